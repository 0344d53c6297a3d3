"""Which sign-ins to the page were taken back."""

from datetime import datetime

from sqlmodel import Session, col, delete, select

from elite8.core.domain.session import SignedOut


def end(session: Session, nonce: str, until: datetime) -> None:
    """Keep that a sign-in was taken back; twice is once."""
    session.merge(SignedOut(nonce=nonce, until=until))


def ended(session: Session, now: datetime) -> frozenset[str]:
    """Return those taken back whose time is not over."""
    return frozenset(session.exec(select(SignedOut.nonce).where(col(SignedOut.until) > now)))


def forget(session: Session, now: datetime) -> None:
    """Delete those whose time is over."""
    session.exec(delete(SignedOut).where(col(SignedOut.until) <= now))
