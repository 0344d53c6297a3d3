"""What was asked by chat."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, select, update

from elite8.core.domain.chat import Asked, Outcome
from elite8.core.storage.leases import insert


def begin(session: Session, asked: Asked) -> bool:
    """Keep what is asked, unless it was kept before; return whether it is new."""
    table = Asked.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    new = insert(session, table).values(**asked.model_dump())
    kept = new.on_conflict_do_nothing().returning(table.c.number)
    return session.connection().execute(kept).first() is not None


def end(session: Session, asked: Asked, outcome: Outcome) -> None:
    """Note what became of it."""
    same = (col(Asked.bot) == asked.bot, col(Asked.number) == asked.number)
    session.exec(update(Asked).where(*same).values(outcome=outcome))


def outcome(session: Session, asked: Asked) -> str:
    """Return what became of it, "" when it was never asked."""
    found = session.get(Asked, (asked.bot, asked.number))
    return found.outcome if found else ""


def newest(session: Session, limit: int) -> Sequence[Asked]:
    """Return what was asked last, the newest first."""
    asked = select(Asked).order_by(col(Asked.at).desc(), col(Asked.number).desc())
    return session.exec(asked.limit(limit)).all()


def forget(session: Session, before: datetime) -> None:
    """Delete what is older."""
    session.exec(delete(Asked).where(col(Asked.at) < before))
