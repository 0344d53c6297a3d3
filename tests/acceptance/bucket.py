"""Films in a bucket: put, fetched by their hash, and others' bytes refused. On an S3 stand-in.

`pip install 'moto[server]' s3fs`, then `PYTHONPATH=. python tests/acceptance/bucket.py`: Moto's S3
is served over loopback, and two machines, each with a state folder of its own, share films of 1 and
120 MB (which go in several parts) by the real library. What does not hold ends it with 1.
"""

import logging
import os
import sys
import tempfile
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from elite8.core.config import Config
from elite8.core.domain.network import Wording
from elite8.core.domain.rendition import Rendition
from elite8.core.errors import Refused, Unavailable, Withheld
from elite8.core.operations import media
from elite8.core.settings import Settings
from elite8.core.storage.media import hashed
from elite8.core.studio import Studio

SIZES = (1 << 20, 120 << 20)


def machine(folder: Path, endpoint: str, bucket: str = "films") -> Studio:
    """Return the studio of a machine."""
    own = {
        "state_dir": folder,
        "media_url": f"s3://{bucket}/elite8",
        "media_endpoint": endpoint,
        "media_key": "made-up",
        "media_secret": SecretStr("made-up-too"),
    }
    settings = Settings().model_copy(update=own)
    return Studio(settings=settings, config=Config(settings.config_dir))


def made(folder: Path, size: int) -> Rendition:
    """Return a film of so many bytes, and its cover."""
    film, cover = folder / f"{size}.mp4", folder / f"{size}.jpg"
    film.write_bytes(os.urandom(size))
    cover.write_bytes(os.urandom(1000))
    return Rendition(
        post_id="post",
        video_id="video",
        character="miyuki",
        folder="folder",
        video=film,
        cover=cover,
        sha256=hashed(film),
        wording=Wording(title="", caption="", hashtags=()),
        facts={},
    )


def played(endpoint: str, scratch: Path) -> list[str]:
    """Play it through; return what does not hold."""
    here, there = machine(scratch / "here", endpoint), machine(scratch / "there", endpoint)
    wrong = []
    far = found = film = made(scratch, 1)
    for size in SIZES:
        film = made(scratch, size)
        began = time.monotonic()
        new = media.share(here, film.video, film.cover, film.sha256)
        put, began = time.monotonic() - began, time.monotonic()
        again = media.share(here, film.video, film.cover, film.sha256)
        far = replace(film, video=scratch / "not" / "here", cover=scratch / "not" / "either")
        found = media.at_hand(there, far)
        took = time.monotonic() - began
        print(f"{size >> 20} MB: put in {put:.1f} s, fetched and compared in {took:.1f} s")
        if (new, again) != (True, False) or hashed(found.video) != film.sha256:
            wrong.append(f"{size} bytes did not arrive as they were")
    shelf = media.shelf(here)
    assert shelf
    shelf.place[0].pipe_file(shelf.where(film.sha256, ".mp4"), b"another film")
    found.video.unlink()
    wrong += refused(there, far, Refused, "other bytes")
    wrong += refused(there, replace(far, sha256="0" * 64), Withheld, "what nobody put there")
    nowhere = machine(scratch / "nowhere", endpoint, "no-such-bucket")
    try:
        media.share(nowhere, film.video, film.cover, film.sha256)
    except Unavailable as away:
        print(f"a bucket that is not there: {away}")
    else:
        wrong.append("a bucket that is not there took a film")
    return wrong


def refused(studio: Studio, ready: Rendition, kind: type[Exception], what: str) -> list[str]:
    """Return what is wrong when a machine takes what it should not."""
    try:
        media.at_hand(studio, ready)
    except kind as told:
        print(f"{what}: {told}")
        return []
    return [f"{what} were taken"]


def main() -> int:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server_module: Any = import_module("moto.server")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        keys = {"key": "made-up", "secret": "made-up-too", "endpoint_url": endpoint}
        import_module("s3fs").S3FileSystem(**keys).mkdir("films")
        wrong = played(endpoint, Path(folder))
    server.stop()
    print(*wrong or ["films arrive as they were, and others go nowhere"], sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
