"""Many rows at once: asked for by one list, entered by one statement."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Insert,
    Integer,
    String,
    TableValuedAlias,
    any_,
    cast,
    column,
    func,
    select,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlmodel import Session, SQLModel

Table = type[SQLModel]
ROOM = 64 << 10
"""kB of pages while a million keys are entered in no order: half a MB would go to the disk and back
for each of them."""


def among(session: Session, field: Any, values: Collection[str]) -> ColumnElement[bool]:  # noqa: ANN401  # a column
    """Return the clause that a text is one of these, however many: they go as one value."""
    found: ColumnElement[bool]
    if dialect(session) == "postgresql":
        found = field == any_(cast(list(values), ARRAY(String)))
    else:
        given = func.json_each(json.dumps(list(values)))
        found = field.in_(select(given.table_valued(column("value", String)).c.value))
    return found


def listed(session: Session, values: Collection[str]) -> TableValuedAlias:
    """Return texts as a table to join, in its column `value`, however many: they go as one."""
    field = column("value", String)
    if dialect(session) == "postgresql":
        given = func.unnest(cast(list(values), ARRAY(String)))
        return given.table_valued(field).render_derived()
    return func.json_each(json.dumps(list(values))).table_valued(field)


def among_numbers(session: Session, field: Any, values: Collection[int]) -> ColumnElement[bool]:  # noqa: ANN401  # a column
    """Return the clause that a number is one of these, however many: they go as one value."""
    found: ColumnElement[bool]
    if dialect(session) == "postgresql":
        found = field == any_(cast(list(values), ARRAY(Integer)))
    else:
        given = func.json_each(json.dumps(list(values)))
        found = field.in_(select(given.table_valued(column("value", Integer)).c.value))
    return found


def enter(session: Session, kind: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> int:
    """Enter the rows whose keys are not there yet; return how many those were."""
    if not rows:
        return 0
    done = session.connection().execute(entering(kind, dialect(session)), [dict(r) for r in rows])
    return int(done.rowcount)


@cache
def entering(kind: type[SQLModel], name: str) -> Insert:
    """Return the statement that enters what is not there yet."""
    table = kind.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    if name == "postgresql":
        from sqlalchemy.dialects import postgresql  # 2 MB that SQLite does without

        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def pour(
    session: Session,
    kind: type[SQLModel],
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    checked: bool = False,
) -> int:
    """Enter rows as the driver takes them, those that are not there yet; return how many are new.

    A third of what `enter` costs, for millions of rows: nothing between converts a value, so that
    an instant has to be `stored`. `checked`: the caller has seen to what the table's CHECKs ask.
    """
    if not rows:
        return 0
    sign = "%s" if dialect(session) == "postgresql" else "?"
    statement = (
        f"INSERT INTO {kind.__tablename__} ({', '.join(names)}) "  # noqa: S608  # our own names
        f"VALUES ({', '.join([sign] * len(names))}) ON CONFLICT DO NOTHING"
    )
    with unchecked(session) if checked else nullcontext():
        return int(session.connection().exec_driver_sql(statement, list(rows)).rowcount)


@contextmanager
def unchecked(session: Session) -> Iterator[None]:
    """Have SQLite look at no CHECK meanwhile: a list of words is two fifths of an insert's time."""
    if dialect(session) != "sqlite":
        yield
        return
    connection = session.connection()
    connection.execute(text("PRAGMA ignore_check_constraints=ON"))
    try:
        yield
    finally:
        connection.execute(text("PRAGMA ignore_check_constraints=OFF"))


def stored(session: Session) -> Callable[[datetime], object]:
    """Return what makes an instant in UTC what `UtcDateTime` stores."""
    if dialect(session) == "postgresql":
        return lambda at: at.replace(tzinfo=None)
    bare = len("2026-11-27 12:00:00.000000")
    return lambda at: at.isoformat(" ", "microseconds")[:bare]


@contextmanager
def room(session: Session) -> Iterator[None]:
    """Keep more pages of an SQLite file in memory meanwhile."""
    usual = widen(session)
    try:
        yield
    finally:
        narrow(session, usual)


def widen(session: Session) -> int:
    """Keep more pages from now on, also between transactions; return how many were kept before."""
    if dialect(session) != "sqlite":
        return 0
    usual = session.connection().execute(text("PRAGMA cache_size")).scalar_one()
    if usual != -ROOM:  # to set it anew would drop what is kept
        session.connection().execute(text(f"PRAGMA cache_size=-{ROOM}"))
    return int(usual)


def narrow(session: Session, usual: int) -> None:
    """Keep as many pages as before."""
    if usual:
        session.connection().execute(text(f"PRAGMA cache_size={usual}"))


def dialect(session: Session) -> str:
    """Return which database it is."""
    return session.get_bind().dialect.name
