"""Questions about those who were erased: an import asks here before it enters anybody.

What is buried is noted in a file beside the salt too, before anything is deleted: a kill in the
middle, or a backup from before, is seen by it and brings nobody back.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session, col, func, select

from elite8.core.domain.privacy import Tombstone
from elite8.core.errors import ConfigError
from elite8.core.storage import bulk
from elite8.core.storage import noted as beside

FILE = "people.erased"
WHOLE = 64
"""Digits of the hash of a name or an address; a pseudonym has fewer."""
FOR_EVER = datetime.max.replace(tzinfo=UTC)


def stones(session: Session, digests: Collection[str]) -> dict[str, Tombstone]:
    """Return what is kept of these hashes, readmitted or not."""
    asked = select(Tombstone).where(bulk.among(session, Tombstone.digest, digests))
    return {one.digest: one for one in session.exec(asked)}


def barred(session: Session, digests: Collection[str]) -> dict[str, datetime]:
    """Return before which instant nothing of these hashes is taken in, of those who were erased.

    A hash is an alias's digest, an address's digest, or a subscriber's pseudonym. Whoever is barred
    by any of their names is so altogether.
    """
    asked = select(Tombstone.digest, Tombstone.since)
    found = session.exec(asked.where(bulk.among(session, Tombstone.digest, digests)))
    return {one: since or FOR_EVER for one, since in found}


def dead(session: Session, digests: Collection[str]) -> set[str]:
    """Return which of these hashes are of somebody who was erased and stays so for ever."""
    return {one for one, since in barred(session, digests).items() if since == FOR_EVER}


def bury(session: Session, digests: Iterable[str], at: datetime) -> int:
    """Have no import bring these back, readmitted ones neither; return how many are new."""
    wanted = set(digests)
    known = stones(session, wanted)
    again = [one for one in known.values() if one.since is not None]
    for one in again:
        one.at, one.since, one.readmitted_at, one.evidence = at, None, None, ""
    fresh = wanted - known.keys()
    session.add_all(Tombstone(digest=one, at=at) for one in sorted(fresh))
    session.flush()
    return len(fresh) + len(again)


def readmit(  # noqa: PLR0913  # what a readmission is
    session: Session,
    digests: Iterable[str],
    *,
    erased_at: datetime,
    since: datetime,
    at: datetime,
    evidence: str,
) -> None:
    """Have imports take in what these did from `since` on; one that was only suppressed too."""
    wanted = set(digests)
    known = stones(session, wanted)
    for digest in sorted(wanted):
        one = known.get(digest) or Tombstone(digest=digest, at=erased_at)
        one.since, one.readmitted_at, one.evidence = since, at, evidence
        session.add(one)
    session.flush()


def buried_with(session: Session, at: Collection[datetime], known: Collection[str]) -> int:
    """Return how many other whole hashes were buried at these instants and stay so."""
    asked = select(func.count()).where(
        col(Tombstone.at).in_(list(at)),
        col(Tombstone.since).is_(None),
        col(Tombstone.digest).not_in(list(known)),
        func.length(Tombstone.digest) == WHOLE,
    )
    return int(session.exec(asked).one())


def buried_as(session: Session, beginning: str) -> bool:
    """Return whether a hash that begins so is of somebody who was erased."""
    digest = col(Tombstone.digest)
    asked = select(digest).where(digest >= beginning, digest < f"{beginning}g")
    return session.exec(asked.limit(1)).first() is not None


def readmitted_as(session: Session, beginning: str) -> set[str]:
    """Return the hashes that begin so of somebody who was readmitted."""
    digest = col(Tombstone.digest)
    asked = select(Tombstone.digest).where(
        digest >= beginning, digest < f"{beginning}g", col(Tombstone.since).is_not(None)
    )
    return set(session.exec(asked))


def note(state: Path, digests: Iterable[str], at: datetime) -> None:
    """Write down that these are to be erased, on disk before this returns.

    One that is there is written again: it may have been readmitted since, and is no longer.
    """
    when = at.astimezone(UTC).isoformat()
    beside.append(state / "keys" / FILE, [f"{one} {when}" for one in sorted({*digests})])


def noted(state: Path) -> dict[str, datetime]:
    """Return what was to be erased, and when last; a last line that was cut off is left out."""
    file = state / "keys" / FILE
    try:
        return {one: datetime.fromisoformat(at) for one, at in map(str.split, beside.lines(file))}
    except (OSError, ValueError):
        raise ConfigError(
            f"{file} cannot be read; it keeps erased people from coming back: restore it"
        ) from None
