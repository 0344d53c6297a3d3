"""Letters on this machine: one in a file, many in an mbox, or in a Maildir."""

import mailbox
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from elite8.core.errors import ConfigError

LARGEST = 20_000_000


def letters(place: Path, stdin: BinaryIO) -> Iterator[bytes]:
    """Yield the letters at a place, whole; `-` is one from standard input. Nothing is changed."""
    if str(place) == "-":
        yield stdin.read(LARGEST)
        return
    if (place / "cur").is_dir() or (place / "new").is_dir():
        for file in sorted([*place.glob("cur/*"), *place.glob("new/*")]):
            yield file.read_bytes()[:LARGEST]
        return
    try:
        with place.open("rb") as opened:
            first = opened.read(5)
            many = first == b"From "
            if not many:
                yield (first + opened.read(LARGEST))
    except OSError as broken:
        raise ConfigError(f"{place} cannot be read: {broken.strerror}") from None
    if many:
        box = mailbox.mbox(place, create=False)
        try:
            for key in box.iterkeys():
                yield box.get_bytes(key)
        finally:
            box.close()
