"""Questions about snapshots."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, func, select, update

from elite8.core.domain.snapshot import KeptScene


def newest(session: Session, *, by: datetime | None = None) -> KeptScene | None:
    """Return the last snapshot, or the last one that was taken by then."""
    asked = select(KeptScene).order_by(col(KeptScene.at).desc()).limit(1)
    return session.exec(asked.where(col(KeptScene.at) <= by) if by else asked).first()


def beside(session: Session, at: datetime, step: int) -> KeptScene | None:
    """Return the one that is `step` later than `at`, or earlier where `step` is below 0."""
    when, asked = col(KeptScene.at), select(KeptScene).offset(abs(step) - 1).limit(1)
    if step > 0:
        return session.exec(asked.where(when > at).order_by(when)).first()
    return session.exec(asked.where(when < at).order_by(when.desc())).first()


def span(session: Session) -> tuple[datetime, datetime] | None:
    """Return when the first was taken and until when the last one held; `None` without any."""
    found = session.exec(select(func.min(KeptScene.at), func.max(KeptScene.until))).one()
    return None if None in found else (found[0], found[1])


def keep(session: Session, one: KeptScene) -> None:
    """Keep a snapshot; of two of the same instant the second."""
    session.merge(one)


def still(session: Session, at: datetime, until: datetime) -> None:
    """Note that what was taken at an instant held until then."""
    session.exec(update(KeptScene).where(col(KeptScene.at) == at).values(until=until))


def instants(session: Session, *, before: datetime) -> Sequence[datetime]:
    """Return when the older ones were taken, the oldest first."""
    when = col(KeptScene.at)
    return session.exec(select(KeptScene.at).where(when < before).order_by(when)).all()


def drop(session: Session, instants: Sequence[datetime], *, before: datetime) -> int:
    """Forget these and all that are older than `before`; return how many went."""
    when = col(KeptScene.at)
    gone = list(session.exec(delete(KeptScene).where(when < before).returning(when)).all())
    for first in range(0, len(instants), 500):
        some = delete(KeptScene).where(when.in_(instants[first : first + 500]))
        gone += session.exec(some.returning(when)).all()
    return len(gone)
