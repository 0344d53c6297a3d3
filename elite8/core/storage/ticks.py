"""When tasks ran last."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, case, or_

from elite8.core.domain.tick import Tick
from elite8.core.storage.leases import insert

OF_A_PART = ("_/_: %", "_/__: %", "__/__: %")
"""How messages of parts begin."""


def began(session: Session, task: str, at: datetime) -> None:
    """Note that a task begins."""
    write(session, task, {"began_at": at}, {"began_at": at})


def ended(session: Session, task: str, at: datetime, failure: str, part: str = "") -> None:
    """Note that a task ended, or a part such as 3/8, and why not well: "" for well.

    A part that went well ends only its own failures: another's go on until it is well too.
    """
    columns = Tick.__table__.c  # type: ignore[attr-defined]  # SQLModel sets it
    message = f"{part}: {failure}"[:500] if part and failure else failure[:500]
    facts: dict[str, Any] = {"ended_at": at, "message": message}
    facts |= {} if failure else {"good_at": at}
    more = int(bool(failure))
    counted = {"failures": columns.failures + 1 if failure else 0, "failed": columns.failed + more}
    known = {**facts, **counted}
    if part and not failure:
        others = or_(*map(columns.message.like, OF_A_PART)) & ~columns.message.startswith(
            f"{part}: "
        )
        known["failures"] = case((others, columns.failures), else_=0)
        known["message"] = case((others, columns.message), else_="")
    write(session, task, {"began_at": at, "failures": more, "failed": more, **facts}, known)


def write(session: Session, task: str, new: dict[str, Any], known: dict[str, Any]) -> None:
    """Write the row of a task: `new` when there is none, else what changes of it."""
    table = Tick.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    row = {"task": task, "failures": 0, "failed": 0, "message": "", **new}
    asked = insert(session, table).values(**row)
    asked = asked.on_conflict_do_update(index_elements=[table.c.task], set_=known)
    session.connection().execute(asked)
