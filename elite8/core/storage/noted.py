"""Lines that are kept in a file beside the database, for a backup that is put back without them."""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO


def append(file: Path, written: Sequence[str]) -> None:
    """Add lines of ASCII to a file of our own (mode 600), on disk before this returns.

    After a line that a full disk or a power cut left half, the next begins on a line of its own;
    the half one was promised to nobody. One writes at a time: half of what another writes is none.
    """
    if not written:
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        if opened.seek(0, os.SEEK_END) and not ends_whole(opened):
            opened.seek(0)
            opened.truncate(opened.read().rfind(b"\n") + 1)
        opened.write("".join(f"{one}\n" for one in written).encode("ascii"))
        opened.flush()
        os.fsync(opened.fileno())


def ends_whole(opened: IO[bytes]) -> bool:
    """Return whether a file that is not empty ends with the end of a line; nothing else is read."""
    opened.seek(-1, os.SEEK_END)
    return opened.read(1) == b"\n"


def lines(file: Path) -> list[str]:
    """Return the lines of a file, none where there is none; a last one that was cut off is not."""
    try:
        return file.read_text(encoding="ascii").split("\n")[:-1]
    except FileNotFoundError:
        return []
