"""When tasks ran last."""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from elite8.core.domain.tick import Tick
from elite8.core.storage.leases import insert


def began(session: Session, task: str, at: datetime) -> None:
    """Note that a task begins."""
    write(session, task, {"began_at": at}, {"began_at": at})


def ended(session: Session, task: str, at: datetime, failure: str) -> None:
    """Note that a task ended, and why not well: "" for well."""
    columns = Tick.__table__.c  # type: ignore[attr-defined]  # SQLModel sets it
    more = int(bool(failure))
    counted = {"failures": columns.failures + 1 if failure else 0, "failed": columns.failed + more}
    facts: dict[str, Any] = {"ended_at": at, "message": failure[:500]}
    facts |= {} if failure else {"good_at": at}
    write(
        session,
        task,
        {"began_at": at, "failures": more, "failed": more, **facts},
        {**facts, **counted},
    )


def write(session: Session, task: str, new: dict[str, Any], known: dict[str, Any]) -> None:
    """Write the row of a task: `new` when there is none, else what changes of it."""
    table = Tick.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    row = {"task": task, "failures": 0, "failed": 0, "message": "", **new}
    asked = insert(session, table).values(**row)
    asked = asked.on_conflict_do_update(index_elements=[table.c.task], set_=known)
    session.connection().execute(asked)
