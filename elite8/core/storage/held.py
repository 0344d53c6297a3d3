"""Moving a row on, by whoever still holds it."""

from functools import cache

from sqlalchemy import Update, bindparam
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel, func, select, update

from elite8.core.domain.job import Job
from elite8.core.domain.post import Post
from elite8.core.domain.video import Video

MINE = ("id", "status", "claimed_by")
"""By what its holder knows a row: when one of them is different, it was moved since."""


def alone(session: Session, name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it until this one ends.

    On SQLite a transaction that may write is alone already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def move(session: Session, row: Video | Post | Job, **facts: object) -> bool:
    """Write `facts` and end the claim; `False`, and nothing written, when the claim was lost.

    `row` is as its holder knows it: the update finds the row only while nobody has moved it since.
    """
    known: dict[str, object] = {"claimed_by": "", "claimed_until": None, **facts}
    mine = {f"was_{name}": getattr(row, name) for name in MINE}
    moved = session.connection().execute(moving(type(row), tuple(known)), known | mine)
    if moved.rowcount != 1:
        return False
    for name, value in known.items():
        set_committed_value(row, name, value)
    return True


@cache
def moving(kind: type[SQLModel], names: tuple[str, ...]) -> Update:
    """Return the update of a held row; building one costs more than executing it."""
    table = kind.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    mine = [table.c[name] == bindparam(f"was_{name}") for name in MINE]
    return update(table).where(*mine).values({name: bindparam(name) for name in names})
