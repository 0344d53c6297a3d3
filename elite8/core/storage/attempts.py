"""Questions about what was tried with posts, and about stops."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, Select, Update, bindparam, insert
from sqlmodel import Session, col, delete, func, select, update

from elite8.core.domain.attempt import Attempt, Stop
from elite8.core.storage.read import row_of

TIMED = ("moved", "retried", "resolved", "brought forward")
"""Words of an operator that give a post another time."""


def add(session: Session, attempt: Attempt) -> None:
    """Keep what is about to be tried, or was decided."""
    session.connection().execute(adding(), attempt.model_dump())


@cache
def adding() -> Insert:
    """Return the insert of one try; a row of the session's own would cost twice as much."""
    return insert(Attempt)


def tell(session: Session, attempt_id: str, **facts: object) -> None:
    """Write down how a try ended."""
    session.connection().execute(telling(tuple(facts)), {"told": attempt_id, **facts})


@cache
def telling(names: tuple[str, ...]) -> Update:
    """Return the update of one try; building it costs more than executing it."""
    table = Attempt.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    told = update(table).where(table.c.id == bindparam("told"))
    return told.values({name: bindparam(name) for name in names})


def of_post(session: Session, post_id: str) -> Sequence[Attempt]:
    """Return the story of a post, oldest first."""
    asked = select(Attempt).where(col(Attempt.post_id) == post_id)
    return session.exec(asked.order_by(col(Attempt.id))).all()


def first_at(session: Session, post_id: str) -> datetime | None:
    """Return when a post was first tried, `None` for never."""
    tried = col(Attempt.kind).in_(("send", "ask"))
    asked = select(func.min(col(Attempt.at))).where(col(Attempt.post_id) == post_id, tried)
    return session.exec(asked).one()


def doubted_at(session: Session, post_id: str) -> datetime | None:
    """Return when a post was first tried since an operator had it begun anew, `None` for never."""
    anew = select(func.max(col(Attempt.id))).where(
        col(Attempt.post_id) == post_id,
        col(Attempt.kind) == "operator",
        col(Attempt.outcome).in_(("retried", "resolved")),
    )
    last = session.exec(anew).one() or ""
    tried = col(Attempt.kind).in_(("send", "ask")) & (col(Attempt.id) > last)
    asked = select(func.min(col(Attempt.at))).where(col(Attempt.post_id) == post_id, tried)
    return session.exec(asked).one()


def ended_as(session: Session, post_id: str, outcome: str) -> int:
    """Return how many tries of a post ended so."""
    asked = select(func.count()).where(
        col(Attempt.post_id) == post_id, col(Attempt.outcome) == outcome
    )
    return int(session.exec(asked).one())


def moved_since(session: Session, post_id: str, since: datetime) -> bool:
    """Return whether a post was given another time since then: by a word, or as it was missed."""
    story = of_post(session, post_id)
    later = (one for one in story if one.at > since)
    return any(one.kind == "missed" or one.outcome in TIMED for one in later)


def missed(session: Session) -> dict[str, str]:
    """Return why posts were missed, by their id."""
    asked = select(Attempt.post_id, Attempt.message).where(col(Attempt.kind) == "missed")
    return dict(session.exec(asked.order_by(col(Attempt.id))).all())


def stops(session: Session) -> Sequence[Stop]:
    """Return what is stopped, oldest first."""
    found = session.connection().execute(stopped())
    return [row_of(Stop, one) for one in found.mappings()]


@cache
def stopped() -> Select[Any]:
    """Return the question what is stopped; each claim asks it."""
    return select(*Stop.__table__.c).order_by(col(Stop.id))  # type: ignore[attr-defined]  # SQLModel sets it


def stop(session: Session, wanted: Stop) -> None:
    """Keep a new stop; a second one of its scope is the database's IntegrityError."""
    session.add(wanted)
    session.flush()


def end(session: Session, ended: Stop) -> bool:
    """End just this stop; return whether it was there."""
    gone = delete(Stop).where(col(Stop.id) == ended.id)
    return bool(session.exec(gone.returning(col(Stop.id))).all())
