"""Questions about those who were erased: an import asks here before it enters anybody.

What is buried is noted in a file beside the salt too, before anything is deleted: a kill in the
middle, or a backup from before, is seen by it and brings nobody back.
"""

import os
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session, col, select

from elite8.core.domain.privacy import Tombstone
from elite8.core.errors import ConfigError
from elite8.core.storage import bulk

FILE = "people.erased"


def dead(session: Session, digests: Collection[str]) -> set[str]:
    """Return which of these hashes are of somebody who was erased.

    A hash is an alias's digest, an address's digest, or a subscriber's pseudonym. Whoever is dead
    by any of their names is left out altogether.
    """
    asked = select(Tombstone.digest).where(bulk.among(session, Tombstone.digest, digests))
    return set(session.exec(asked))


def bury(session: Session, digests: Iterable[str], at: datetime) -> int:
    """Have no import bring these back; return how many are new."""
    wanted = set(digests)
    fresh = wanted - dead(session, wanted)
    session.add_all(Tombstone(digest=one, at=at) for one in sorted(fresh))
    session.flush()
    return len(fresh)


def buried_as(session: Session, beginning: str) -> bool:
    """Return whether a hash that begins so is of somebody who was erased."""
    digest = col(Tombstone.digest)
    asked = select(digest).where(digest >= beginning, digest < f"{beginning}g")
    return session.exec(asked.limit(1)).first() is not None


def note(state: Path, digests: Iterable[str], at: datetime) -> None:
    """Write down that these are to be erased, on disk before this returns."""
    known = noted(state)
    lines = "".join(
        f"{one} {at.astimezone(UTC).isoformat()}\n" for one in sorted({*digests} - known.keys())
    )
    if not lines:
        return
    file = state / "keys" / FILE
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as opened:
        opened.write(lines)
        opened.flush()
        os.fsync(opened.fileno())


def noted(state: Path) -> dict[str, datetime]:
    """Return what was to be erased, and when; a last line that was cut off is left out."""
    file = state / "keys" / FILE
    try:
        lines = file.read_text(encoding="ascii").split("\n")[:-1]
        return {one: datetime.fromisoformat(at) for one, at in map(str.split, lines)}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise ConfigError(
            f"{file} cannot be read; it keeps erased people from coming back: restore it"
        ) from None
