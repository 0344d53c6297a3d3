"""Files that are there whole or not at all, on disk before anybody relies on them."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def replace(file: Path, content: bytes) -> None:
    """Write `file` whole, for its owner alone, and return once it and its name are on disk."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def once(file: Path, made: Callable[[], bytes]) -> bytes:
    """Return what `file` holds, made the first time; of two makers one wins."""
    if not file.exists():
        part = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        replace(part, made())
        try:
            os.link(part, file)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return file.read_bytes()
