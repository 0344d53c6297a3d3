"""Letters on this machine: one in a file, many in an mbox, or in a Maildir."""

import json
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from elite8.core.errors import ConfigError
from elite8.core.settings import Settings
from elite8.core.storage import whole

MARK_FILE = "bounces.mark"
LARGEST = 1 << 20
"""Bytes that are read of a letter: what a server says of it comes before the letter itself."""


def letters(place: Path, stdin: BinaryIO) -> Iterator[bytes]:
    """Yield the letters at a place; `-` is one from standard input. Nothing is changed."""
    if str(place) == "-":
        yield stdin.read(LARGEST)
        return
    if is_maildir(place):
        yield from (begun(file) for _, file in maildir(place, 0))
        return
    try:
        with place.open("rb") as opened:
            many = opened.read(5) == b"From "
    except OSError as broken:
        raise unreadable(place, broken) from None
    yield from (mbox(place) if many else [begun(place)])


def is_maildir(place: Path) -> bool:
    """Return whether a folder is a Maildir."""
    return (place / "cur").is_dir() or (place / "new").is_dir()


def begun(file: Path) -> bytes:
    """Return the beginning of a file; b"" for one that was moved away meanwhile."""
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST)
    except FileNotFoundError:
        return b""
    except OSError as broken:
        raise unreadable(file, broken) from None


def mbox(place: Path) -> Iterator[bytes]:
    """Yield the letters of an mbox."""
    import mailbox  # each tick looks whether anything came, few open a box

    box = mailbox.mbox(place, create=False)
    try:
        for key in box.iterkeys():
            with box.get_file(key) as opened:
                yield opened.read(LARGEST)
    finally:
        box.close()


def maildir(place: Path, since: int) -> list[tuple[int, Path]]:
    """Return the files of a Maildir that came, or were moved, at `since` or later, oldest first."""
    found = []
    for file in (*place.glob("cur/*"), *place.glob("new/*")):
        with suppress(FileNotFoundError):  # somebody reads there as well
            if (at := file.stat().st_ctime_ns) >= since:
                found.append((at, file))
    return sorted(found)


def changed(place: Path, since: int) -> bool:
    """Return whether anything came to a place after `since`, in nanoseconds of its own clock."""
    folders = [place / "new", place / "cur"] if is_maildir(place) else [place]
    with suppress(OSError):
        return any(one.stat().st_ctime_ns > since for one in folders if one.exists())
    return False


def fresh(place: Path, mark: int, most: int) -> tuple[Iterator[bytes], int]:
    """Return the letters that came to a place after `mark`, and the mark to begin with next time.

    Of a Maildir about so many; an mbox is read whole when it changed. A place that cannot be read
    is a ConfigError.
    """
    if is_maildir(place):
        seen = seen_until(place)
        found = maildir(place, mark)
        if len(found) <= most:
            return (begun(file) for _, file in found), max(seen, mark)
        last = found[most - 1][0]
        return (begun(file) for at, file in found if at <= last), min(last + 1, seen - 1)
    try:
        seen = place.stat().st_ctime_ns
    except FileNotFoundError:  # as a box is before its first letter
        return iter(()), mark
    except OSError as broken:
        raise unreadable(place, broken) from None
    return (letters(place, BytesIO()) if seen > mark else iter(())), seen


def seen_until(place: Path) -> int:
    """Return when a Maildir changed last; what changes while it is read is read again."""
    folders = (place / "new", place / "cur")
    return max(one.stat().st_ctime_ns for one in folders if one.exists())


def unreadable(place: Path, broken: OSError) -> ConfigError:
    """Return what to say of a place that cannot be read."""
    return ConfigError(f"{place} cannot be read: {broken.strerror}")


def mark(settings: Settings) -> int:
    """Return up to when the place of what comes back was read; 0 where nobody knows: all of it."""
    try:
        kept = json.loads((settings.state_dir / MARK_FILE).read_text(encoding="utf-8"))
        return int(kept["mark"]) if kept["place"] == str(settings.bounces_path) else 0
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def keep_mark(settings: Settings, until: int) -> None:
    """Keep up to when the place was read."""
    kept = {"place": str(settings.bounces_path), "mark": until}
    whole.replace(settings.state_dir / MARK_FILE, json.dumps(kept).encode())
