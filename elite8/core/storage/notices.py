"""Notices that wait for a route, and what became of them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select, update

from elite8.core.domain.notice import STALE, Arrival, Notice, NoticeState, Told
from elite8.core.storage.bulk import among

HELD = timedelta(minutes=5)
"""For so long nobody else sends a notice that one has begun to send."""


def add(session: Session, notice: Notice) -> None:
    """Keep a notice."""
    session.add(notice)


def due(session: Session, now: datetime) -> list[Notice]:
    """Return the notices to be sent now, the oldest first."""
    waits = (col(Notice.state) == NoticeState.WAITING, col(Notice.due_at) <= now)
    return list(session.exec(select(Notice).where(*waits).order_by(col(Notice.id))))


def claim(session: Session, notice: Notice, now: datetime) -> bool:
    """Return whether this process is to send it: of several that want to, one is."""
    seen = (col(Notice.id) == notice.id, col(Notice.due_at) == notice.due_at)
    waits = col(Notice.state) == NoticeState.WAITING
    taken = session.exec(
        update(Notice)
        .where(*seen, waits)
        .values(due_at=now + HELD, tries=col(Notice.tries) + 1)
        .returning(col(Notice.id))
    ).first()
    return taken is not None


def arrive(session: Session, notice_id: str, chat: int) -> None:
    """Note that a chat has a notice."""
    session.merge(Arrival(notice_id=notice_id, chat=chat))


def arrived(session: Session, notice_id: str) -> set[int]:
    """Return the chats that have a notice."""
    return set(session.exec(select(Arrival.chat).where(Arrival.notice_id == notice_id)))


def settle(session: Session, notice: Notice, **facts: object) -> None:
    """Write down what became of a notice."""
    session.exec(update(Notice).where(col(Notice.id) == notice.id).values(**facts))


def give_up_stale(session: Session, now: datetime) -> None:
    """Have what nobody took for half a day wait no more: it would tell nothing new.

    The day begins when it was to go out: a long night takes nothing of it.
    """
    old = (col(Notice.state) == NoticeState.WAITING, col(Notice.due_at) < now - STALE)
    values = {"state": NoticeState.GIVEN_UP, "failure": "nobody took it in time"}
    session.exec(update(Notice).where(*old).values(**values))


def fates(
    session: Session, kind: str, made: Collection[datetime]
) -> Sequence[tuple[datetime, str, str]]:
    """Return when, by which route and with what end the notices of a kind were made then."""
    asked = select(Notice.at, Notice.route, Notice.state)
    return session.exec(asked.where(Notice.kind == kind, col(Notice.at).in_(made))).all()


def newest(session: Session, limit: int) -> Sequence[Notice]:
    """Return the notices made last."""
    return session.exec(select(Notice).order_by(col(Notice.id).desc()).limit(limit)).all()


def last_of(session: Session, kind: str) -> datetime | None:
    """Return when a notice of this kind was made last."""
    return session.exec(select(func.max(Notice.at)).where(col(Notice.kind) == kind)).one()


def untold(session: Session, kind: str, abouts: Collection[str]) -> set[str]:
    """Return those of which nobody has been told."""
    there = (col(Told.kind) == kind, among(session, col(Told.about), abouts))
    known: list[str] = [*session.exec(select(Told.about).where(*there))]
    return set(abouts).difference(known)


def tell(session: Session, kind: str, abouts: Collection[str], at: datetime) -> None:
    """Note that the operator is told of these."""
    session.add_all(Told(kind=kind, about=one, at=at) for one in abouts)


def forget(session: Session, before: datetime) -> None:
    """Delete notices, and what was told, that are older."""
    stays = select(Notice.id).where(col(Notice.at) >= before)
    session.exec(delete(Arrival).where(col(Arrival.notice_id).not_in(stays)))
    session.exec(delete(Notice).where(col(Notice.at) < before))
    session.exec(delete(Told).where(col(Told.at) < before))
