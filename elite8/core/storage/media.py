"""Finished films by their hash, on a store that every machine reaches: a bucket, or a folder."""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elite8.core import scratch
from elite8.core.errors import ConfigError, Refused, Unavailable

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

NEEDS = "ELITE8_MEDIA_URL needs an extra: pip install 'elite8[media]'"


@dataclass(frozen=True)
class Shelf:
    """A place for files, named as fsspec names it: s3://BUCKET/FOLDER or file:///FOLDER."""

    url: str
    options: dict[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def place(self) -> "tuple[AbstractFileSystem, str]":
        """What the URL leads to, and the folder there."""
        try:
            from fsspec.core import url_to_fs

            found, folder = url_to_fs(self.url, **self.options)
        except (ImportError, ValueError) as trouble:
            raise ConfigError(NEEDS if isinstance(trouble, ImportError) else str(trouble)) from None
        return found, str(folder).rstrip("/")

    def where(self, sha256: str, name: str) -> str:
        """Return where a file of the film with this hash is: films are spread over 256 folders."""
        return f"{self.place[1]}/{sha256[:2]}/{sha256}{name}"

    def put(self, file: Path, sha256: str, name: str) -> bool:
        """Keep a file; whole or not at all. Return whether it was not there yet."""
        there, to = self.place[0], self.where(sha256, name)
        try:
            there.invalidate_cache()
            if there.exists(to) and there.size(to) == file.stat().st_size:
                return False
            if self.url.startswith("file:"):
                whole(file, Path(to))
            else:  # an object is there once it is whole
                there.put_file(str(file), to)
        except Exception as trouble:  # noqa: BLE001  # each library has its own
            raise self._away(trouble) from None
        return True

    def get(self, sha256: str, name: str, target: Path, expected: str) -> None:
        """Fetch a file to `target`, whole and with the SHA-256 `expected`, or not at all."""
        there, of = self.place[0], self.where(sha256, name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, part = beside(target)
        os.close(handle)
        try:
            there.invalidate_cache()
            there.get_file(of, part)
            self._check(Path(part), expected, of)
            Path(part).replace(target)
        except (Refused, FileNotFoundError):
            raise
        except Exception as trouble:  # noqa: BLE001  # each library has its own
            raise self._away(trouble) from None
        finally:
            Path(part).unlink(missing_ok=True)

    def _check(self, file: Path, expected: str, of: str) -> None:
        """Refuse other bytes than were finished."""
        if hashed(file) != expected:
            raise Refused(
                f"{self.name} holds other bytes than were finished in {of}; delete that object "
                "and run, where the film was made: elite8 generate share"
            )

    def names(self, sha256: str, begin: str) -> list[str]:
        """Return how files of this film are called that begin so."""
        there, of = self.place[0], self.where(sha256, begin)
        try:
            there.invalidate_cache()
            folder = of.rpartition("/")[0]
            found = [str(one).rpartition("/")[2] for one in there.ls(folder, detail=False)]
        except FileNotFoundError:
            return []
        except Exception as trouble:  # noqa: BLE001  # each library has its own
            raise self._away(trouble) from None
        return sorted(one[len(sha256) :] for one in found if one.startswith(f"{sha256}{begin}"))

    @property
    def name(self) -> str:
        """The store as people may see it: nothing that signs in."""
        return self.url.rpartition("@")[2] if "@" in self.url else self.url

    def _away(self, trouble: Exception) -> Exception:
        kind = type(trouble).__name__
        return Unavailable(f"the store {self.name} does not answer ({kind}); is it there?")


def hashed(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def beside(target: Path) -> tuple[int, str]:
    """Open a new file beside `target`, called so that it is swept when this process is killed."""
    return tempfile.mkstemp(dir=target.parent, prefix=scratch.prefix("part", hidden=True))


def whole(file: Path, to: Path) -> None:
    """Copy a file into a shared folder; others see it whole or not at all."""
    to.parent.mkdir(parents=True, exist_ok=True)
    handle, part = beside(to)
    try:
        with open(handle, "wb") as write, file.open("rb") as read:  # noqa: PTH123  # a handle
            shutil.copyfileobj(read, write)
            write.flush()
            os.fsync(write.fileno())
        Path(part).replace(to)
    finally:
        Path(part).unlink(missing_ok=True)
