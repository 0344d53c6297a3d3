"""Whether there is anybody to score: asked often, so without what scoring needs."""

from sqlmodel import Session, col, select

from elite8.core.domain.subscriber import Subscriber


def anybody(session: Session) -> bool:
    """Return whether a subscriber is known who is not erased."""
    asked = select(Subscriber.id).where(col(Subscriber.erased_at).is_(None))
    return session.exec(asked.limit(1)).first() is not None
