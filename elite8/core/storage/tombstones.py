"""Questions about those who were erased: an import asks here before it enters anybody."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Session, select

from elite8.core.domain.privacy import Tombstone
from elite8.core.storage import bulk


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
