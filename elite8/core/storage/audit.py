"""Questions about the audit log, which only grows."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, Select, insert
from sqlmodel import Session, col, select

from elite8.core.domain.audit import AuditEntry, Decision, following
from elite8.core.storage import held

AT_ONCE = 1000


def add(session: Session, at: datetime, who: str, what: Decision) -> None:
    """Keep a decision in the transaction that carries it out."""
    held.alone(session, "audit")
    found = session.connection().execute(ending()).first()
    entry = following((found[0], found[1]) if found else None, at=at, who=who, what=what)
    session.connection().execute(adding(), entry)


@cache
def adding() -> Insert:
    """Return the insert of one row; a row of the session's own would cost twice as much."""
    return insert(AuditEntry)


@cache
def ending() -> Select[Any]:
    """Return the question for number and hash of the last row."""
    table = AuditEntry.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    asked: Select[Any] = select(table.c.number, table.c.hash)
    return asked.order_by(table.c.number.desc()).limit(1)


def last_of(session: Session, act: str, subject: str) -> AuditEntry | None:
    """Return the last row of this act about this subject."""
    asked = select(AuditEntry).where(col(AuditEntry.subject) == subject, col(AuditEntry.act) == act)
    return session.exec(asked.order_by(col(AuditEntry.number).desc()).limit(1)).first()


def decided(session: Session, act: str, decision: str) -> Sequence[AuditEntry]:
    """Return all rows of this act that were decided so, in order."""
    same = (col(AuditEntry.act) == act, col(AuditEntry.decision) == decision)
    return session.exec(select(AuditEntry).where(*same).order_by(col(AuditEntry.number))).all()


def listed(
    session: Session, *, act: str = "", subject: str = "", limit: int = 50
) -> Sequence[AuditEntry]:
    """Return rows, the newest first; a subject may be the beginning of one."""
    asked = select(AuditEntry)
    if act:
        asked = asked.where(col(AuditEntry.act) == act)
    if subject:
        asked = asked.where(col(AuditEntry.subject).startswith(subject, autoescape=True))
    return session.exec(asked.order_by(col(AuditEntry.number).desc()).limit(limit)).all()


def every(session: Session) -> Iterator[AuditEntry]:
    """Yield all rows in order, some at a time; none stays in memory."""
    after = 0
    while True:
        asked = select(AuditEntry).where(col(AuditEntry.number) > after)
        some = session.exec(asked.order_by(col(AuditEntry.number)).limit(AT_ONCE)).all()
        for one in some:
            session.expunge(one)
            yield one
        if len(some) < AT_ONCE:
            return
        after = some[-1].number
