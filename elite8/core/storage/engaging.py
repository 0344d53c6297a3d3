"""Whether there is anybody to score, and anything new: asked often, so without NumPy."""

from sqlmodel import Session, col, func, select

from elite8.core.domain.subscriber import (
    ImportBatch,
    Subscriber,
    SubscriberEvent,
    SubscriptionState,
)


def anybody(session: Session) -> bool:
    """Return whether a subscriber is known who is not erased."""
    asked = select(Subscriber.id).where(col(Subscriber.erased_at).is_(None))
    return session.exec(asked.limit(1)).first() is not None


def seen(session: Session) -> str:
    """Return what the tables look like: another word when anything was entered or taken out."""
    people, erased = session.exec(select(func.count(), func.count(col(Subscriber.erased_at)))).one()
    newest = session.exec(select(func.max(col(SubscriberEvent.id)))).one()
    undone, last = session.exec(
        select(func.count(col(ImportBatch.undone_at)), func.max(ImportBatch.undone_at))
    ).one()
    ended = f".{last.timestamp():.6f}" if last else ""  # it is taken out bit by bit
    return f"{people}/{erased}/{newest or 0}/{undone}{ended}"


def entered(session: Session) -> str:
    """Return the same, and another word also when an export said anything of subscriptions."""
    said = session.exec(select(func.max(col(SubscriptionState.id)))).one()
    return f"{seen(session)}/{said or 0}"
