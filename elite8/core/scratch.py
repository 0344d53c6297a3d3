"""Folders for what is half done, named after their process: what a killed one leaves is swept.

Nothing that is finished is ever in one, so to delete one whose process is gone loses nothing.
"""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from elite8.core.processes import is_gone, machine

NAMED = re.compile(r"\.?(?:elite8|making|part|marks)-(?P<machine>[0-9a-f]{8})-(?P<pid>[0-9]+)-.+")


def folder(kind: str = "elite8", where: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """Return a folder that goes when it is left, in the system's place unless `where` is said."""
    return tempfile.TemporaryDirectory(dir=where, prefix=prefix(kind, hidden=where is not None))


def prefix(kind: str, *, hidden: bool) -> str:
    """Return how the name of something half done begins."""
    return f"{'.' * hidden}{kind}-{machine()[:8]}-{os.getpid()}-"


def sweep(places: Iterable[Path]) -> int:
    """Delete what processes of this machine that are gone left there; return how many."""
    left = [one for place in places for one in listed(place) if is_left(one.name)]
    for one in left:
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                one.unlink(missing_ok=True)
    return len(left)


def listed(place: Path) -> list[Path]:
    """Return what is in a folder; one that cannot be looked into holds nothing of ours."""
    try:
        return list(place.iterdir())
    except OSError:
        return []


def is_left(name: str) -> bool:
    """Return whether something is called as what is half done is, and whose process is gone."""
    found = NAMED.fullmatch(name)
    return found is not None and found["machine"] == machine()[:8] and is_gone(int(found["pid"]))
