"""The destination that needs no account: a folder with all that is needed to post by hand."""

import errno
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from elite8.core import scratch
from elite8.core.domain.rendition import Published, Rendition
from elite8.core.errors import ConfigError, Refused

VIDEO, COVER, CAPTION, SIDECAR = "video.mp4", "cover.jpg", "caption.txt", "post.json"


@dataclass(frozen=True, slots=True)
class Outbox:
    """Posts as folders under `root`; each appears whole or not at all."""

    root: Path

    def publish(self, rendition: Rendition) -> Published:
        """Return where the post's folder is, writing it unless it is there already.

        The bytes copied are hashed on the way; others than the ones checked are Refused.
        """
        there = self.reconcile(rendition)
        if there is not None:
            return there
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with scratch.folder("part", self.root) as half:
                folder = Path(half) / "post"
                folder.mkdir(mode=0o755)
                self._fill(folder, rendition)
                folder.rename(self.root / rendition.folder)
        except OSError as trouble:
            raise ConfigError(f"{self.root} cannot be written: {reason(trouble)}") from None
        return self._where(rendition)

    def reconcile(self, rendition: Rendition) -> Published | None:
        """Return where the post is when it is out; `None` is proof that it is not."""
        sidecar = self.root / rendition.folder / SIDECAR
        try:
            known = json.loads(sidecar.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except OSError as trouble:
            raise ConfigError(f"{self.root} cannot be written: {reason(trouble)}") from None
        except ValueError:
            raise Refused(f"{sidecar} is not ours or broken; move that folder away") from None
        if not isinstance(known, dict) or known.get("post_id") != rendition.post_id:
            raise Refused(f"{sidecar.parent} belongs to another post; move that folder away")
        return self._where(rendition)

    def _where(self, rendition: Rendition) -> Published:
        folder = (self.root / rendition.folder).absolute()
        return Published(remote_id=rendition.folder, url=str(folder))

    def _fill(self, folder: Path, rendition: Rendition) -> None:
        copied = copy_hashed(rendition.video, folder / VIDEO)
        if copied != rendition.sha256:
            raise Refused(
                f"{rendition.video} is not the file that was checked; make the video again"
            )
        shutil.copyfile(rendition.cover, folder / COVER)
        (folder / CAPTION).write_text(rendition.wording.caption + "\n", encoding="utf-8")
        sidecar = {
            "post_id": rendition.post_id,
            "video_id": rendition.video_id,
            "sha256": rendition.sha256,
            **rendition.facts,
        }
        (folder / SIDECAR).write_text(
            json.dumps(sidecar, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        for path in folder.iterdir():
            sync(path)


def copy_hashed(source: Path, target: Path, *, block: int = 1 << 20) -> str:
    """Copy the file and return the SHA-256 of the bytes written."""
    digest = hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as write:
        while chunk := read.read(block):
            digest.update(chunk)
            write.write(chunk)
    return digest.hexdigest()


def sync(path: Path) -> None:
    """Wait until the file is on disk, so that a folder that appears is a folder that stays."""
    with path.open("rb") as opened:
        os.fsync(opened.fileno())


def reason(trouble: OSError) -> str:
    """Return why in words."""
    return "no room left" if trouble.errno == errno.ENOSPC else trouble.strerror or str(trouble)
