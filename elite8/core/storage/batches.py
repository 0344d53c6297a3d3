"""Questions about files that were taken in, and taking exactly one of them back."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from elite8.core.domain.subscriber import ImportBatch, SubscriberEvent, SubscriptionState


def begun(session: Session, sha256: str, profile: str) -> ImportBatch | None:
    """Return the batch of a file that was begun and not ended: it goes on."""
    asked = select(ImportBatch).where(
        col(ImportBatch.sha256) == sha256,
        col(ImportBatch.profile) == profile,
        col(ImportBatch.ended_at).is_(None),
        col(ImportBatch.undone_at).is_(None),
    )
    return session.exec(asked.order_by(col(ImportBatch.id)).limit(1)).first()


def get(session: Session, number: int) -> ImportBatch | None:
    """Return a batch."""
    return session.get(ImportBatch, number)


def newest(session: Session, limit: int) -> Sequence[ImportBatch]:
    """Return batches, the newest first."""
    return session.exec(select(ImportBatch).order_by(col(ImportBatch.id).desc()).limit(limit)).all()


def entered(session: Session, number: int) -> int:
    """Return how many rows stand there that came with a batch."""
    found = 0
    for kind in (SubscriberEvent, SubscriptionState):
        asked = select(func.count()).where(col(kind.batch_id) == number)
        found += session.exec(asked).one()
    return found


def end(session: Session, number: int, at: datetime, **counts: int) -> None:
    """Note that a file was taken in to its end."""
    batch = session.get(ImportBatch, number)
    if batch is None:
        raise LookupError(number)
    for name, value in counts.items():
        setattr(batch, name, value)
    batch.ended_at = at
    session.add(batch)
    session.flush()
