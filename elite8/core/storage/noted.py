"""Lines that are kept in a file beside the database, for a backup that is put back without them."""

import os
from collections.abc import Sequence
from pathlib import Path


def append(file: Path, written: Sequence[str]) -> None:
    """Add lines of ASCII to a file of our own (mode 600), on disk before this returns."""
    if not written:
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as opened:
        opened.write("".join(f"{one}\n" for one in written))
        opened.flush()
        os.fsync(opened.fileno())


def lines(file: Path) -> list[str]:
    """Return the lines of a file, none where there is none; a last one that was cut off is not."""
    try:
        return file.read_text(encoding="ascii").split("\n")[:-1]
    except FileNotFoundError:
        return []
