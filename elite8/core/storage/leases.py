"""Leases: one holder of a name at a time."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case
from sqlmodel import Session, col, delete, or_

from elite8.core.domain.lease import Lease


def get(session: Session, name: str) -> Lease | None:
    """Return the lease, also one that has ended."""
    return session.get(Lease, name, populate_existing=True)


def take(  # noqa: PLR0913  # who, when, for how long
    session: Session, name: str, *, holder: str, now: datetime, lasts: timedelta, dead: str = ""
) -> Lease:
    """Return the lease, `holder`'s now if it was theirs, had ended or was of the holder `dead`.

    One statement: of several that want it, one gets it.
    """
    table = Lease.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    mine = col(Lease.holder) == holder
    until = now + lasts
    facts = {"holder": holder, "since": now, "until": until}
    # A lease that ends far later than one that begins now was given by a clock that was wrong; a
    # little later is one that was renewed while this one waited for its turn.
    ended = or_(col(Lease.until) <= now, col(Lease.until) > until + lasts)
    asked = insert(session, table).values(name=name, **facts)
    asked = asked.on_conflict_do_update(
        index_elements=[table.c.name],
        set_={**facts, "since": case((mine, table.c.since), else_=now)},
        where=or_(mine, ended, (col(Lease.holder) == dead) & (dead != "")),
    )
    session.connection().execute(asked)
    return session.get_one(Lease, name, populate_existing=True)


def insert(session: Session, table: Any) -> Any:  # noqa: ANN401  # the dialect's
    """Return the insert of this database that knows conflicts."""
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def give_back(session: Session, name: str, holder: str) -> None:
    """Let go of the lease; another's is left alone."""
    session.exec(delete(Lease).where(col(Lease.name) == name, col(Lease.holder) == holder))
