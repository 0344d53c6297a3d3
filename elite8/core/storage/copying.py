"""Every row of one database in another, whole or not at all, and compared row by row."""

import hashlib
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, String, Table, func, select, text
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, OperationalError
from sqlmodel import SQLModel

from elite8.core import domain
from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.storage.database import Database, Session, schema

BATCH = 2000
WAIT = "5s"
"""How long PostgreSQL waits for who writes; SQLite's own wait is as long."""
WORD = 1 << 128
NARROW, WIDE = 1 << 31, 1 << 63

Row = tuple[Any, ...]
Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A table, its rows, and the sum of their hashes: the same rows in any order, the same sum."""

    table: str
    rows: int
    digest: str


class Sum:
    """Rows counted and hashed as they pass."""

    def __init__(self, table: Table) -> None:
        self.table, self.rows, self.total = table, 0, 0

    def add(self, rows: Sequence[Row]) -> None:
        """Take some more rows in."""
        for row in rows:
            hashed = hashlib.blake2b(repr(row).encode(), digest_size=16).digest()
            self.total += int.from_bytes(hashed, "big")
        self.rows += len(rows)

    def told(self) -> Copied:
        """Return what was seen."""
        return Copied(table=self.table.name, rows=self.rows, digest=f"{self.total % WORD:032x}")


def tables() -> tuple[Table, ...]:
    """Return every table there is, whom others point at first."""
    for one in pkgutil.iter_modules(domain.__path__, f"{domain.__name__}."):
        importlib.import_module(one.name)  # a table is known once its module was read
    return tuple(SQLModel.metadata.sorted_tables)


def copy(
    source: Database, target: Database, tell: Tell, also: Callable[[Session, Session], None]
) -> tuple[Copied, ...]:
    """Copy all rows and compare them; `also` is done in both transactions once they are equal.

    Nobody writes to either meanwhile. The target is committed first: until then it is empty.
    Refused when the target has rows, when a row does not fit, or when what arrived differs.
    """
    try:
        with source.transaction() as there, target.transaction() as here:
            for_us_alone(there.connection(), target=False)
            for_us_alone(here.connection(), target=True)
            needs_no_rows(here.connection(), target.name)
            done = tuple(carried(there.connection(), here.connection(), target.name, tell))
            also(there, here)
            return done
    except OperationalError as trouble:
        raise Unavailable(
            f"{source.name} or {target.name} does not answer or is in use "
            f"({type(trouble.orig).__name__}); stop every elite8 and try again: nothing was copied"
        ) from None


def version(database: Database) -> str | None:
    """Return the schema's version, `None` for none; nothing is made by asking."""
    engine = database.connect()
    try:
        return schema(engine)[0]
    except OperationalError:
        raise Unavailable(
            f"{database.name} does not answer; is it running, and is the URL right?"
        ) from None
    except DatabaseError:
        raise ConfigError(f"{database.name} is not an elite8 database") from None
    finally:
        engine.dispose()


def for_us_alone(line: Connection, *, target: bool) -> None:
    """Keep others from writing until the transaction ends; SQLite's began with that."""
    if line.dialect.name != "postgresql":
        return
    how = "EXCLUSIVE" if target else "SHARE"
    line.execute(text(f"SET LOCAL lock_timeout = '{WAIT}'"))
    line.execute(
        text("SET LOCAL idle_in_transaction_session_timeout = 0")
    )  # the other side is long
    line.execute(
        text(f"LOCK TABLE {', '.join(quoted(line, one) for one in tables())} IN {how} MODE")
    )


def quoted(line: Connection, table: Table) -> str:
    """Return the table's name as SQL has it."""
    return str(line.dialect.identifier_preparer.format_table(table))


def counts(line: Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        one.name: line.execute(select(func.count()).select_from(one)).scalar_one()
        for one in tables()
    }


def needs_no_rows(line: Connection, name: str) -> None:
    """Refuse a database in which there is anything."""
    if found := [f"{table} {rows}" for table, rows in counts(line).items() if rows]:
        raise Refused(
            f"{name} is not empty (rows: {', '.join(found[:4])}); copy into a new database: "
            "nothing is ever mixed"
        )


def carried(there: Connection, here: Connection, name: str, tell: Tell) -> Iterator[Copied]:
    """Copy table after table, and yield each once its rows are the same on both sides."""
    whole = max(sum(counts(there).values()), 1)
    done = 0
    for table in tables():
        left = Sum(table)
        for rows in batches(there, table):
            left.add(rows)
            enter(here, table, rows, name)
            tell(table.name, (done + left.rows) / whole)
        done += left.rows
        number_on(there, here, table)
        arrived = summed(here, table)
        if arrived != left.told():
            raise Refused(
                f"{table.name} did not arrive in {name} as it was: {left.rows} rows left and "
                f"{arrived.rows} arrived, with other values; nothing was copied"
            )
        yield arrived


def summed(line: Connection, table: Table) -> Copied:
    """Return what a table holds."""
    found = Sum(table)
    for rows in batches(line, table):
        found.add(rows)
    return found.told()


def batches(line: Connection, table: Table) -> Iterator[Sequence[Row]]:
    """Yield all rows of a table as our types have them, some at a time and in no order."""
    asked = select(table).execution_options(yield_per=BATCH)
    for some in line.execute(asked).partitions():
        yield [tuple(row) for row in some]


def enter(line: Connection, table: Table, rows: Sequence[Row], name: str) -> None:
    """Insert rows; what does not fit is told by table and column, never by its value."""
    names = [one.name for one in table.columns]
    try:
        line.execute(table.insert(), [dict(zip(names, row, strict=True)) for row in rows])
    except DataError as trouble:
        which = next(iter(unfit(table, rows)), f"{table.name} ({type(trouble.orig).__name__})")
        raise Refused(f"{name} cannot hold a value of {which}; nothing was copied") from None
    except IntegrityError as trouble:
        raise Refused(
            f"{name} refuses rows of {table.name} ({type(trouble.orig).__name__}); ask "
            "'elite8 db check' what is wrong where they come from; nothing was copied"
        ) from None


def unfit(table: Table, rows: Sequence[Row]) -> set[str]:
    """Return columns with values that SQLite holds and PostgreSQL does not, and why."""
    found = set[str]()
    for place, one in enumerate(table.columns):
        kind = one.type
        for value in (row[place] for row in rows if row[place] is not None):
            if isinstance(value, str) and "\0" in value:
                found.add(f"{table.name}.{one.name}: a NUL character in a text")
            elif isinstance(kind, String) and kind.length and len(value) > kind.length:
                found.add(f"{table.name}.{one.name}: longer than {kind.length} characters")
            elif isinstance(kind, Integer):
                top = WIDE if isinstance(kind, BigInteger) else NARROW
                if not -top <= value < top:
                    found.add(f"{table.name}.{one.name}: a number beyond {top - 1}")
    return found


def tried(line: Connection, tell: Tell) -> tuple[tuple[Copied, ...], tuple[str, ...]]:
    """Return what would be copied, and what PostgreSQL would not hold; nothing is written."""
    whole, done = max(sum(counts(line).values()), 1), 0
    seen, wrong = [], set[str]()
    for table in tables():
        found = Sum(table)
        for rows in batches(line, table):
            found.add(rows)
            wrong |= unfit(table, rows)
            tell(table.name, (done + found.rows) / whole)
        done += found.rows
        seen.append(found.told())
    return tuple(seen), tuple(sorted(wrong))


def number_on(there: Connection, here: Connection, table: Table) -> None:
    """Have new rows numbered after the last number ever given, also one of a row that is gone."""
    column = table.autoincrement_column
    if column is None:
        return
    highest = there.scalar(select(func.max(column))) or 0
    last = max(highest, given(there, table, column.name))
    if not last:
        return
    if here.dialect.name == "postgresql":
        asked = "SELECT setval(pg_get_serial_sequence(:table, :column), :last)"
        here.execute(text(asked), {"table": table.name, "column": column.name, "last": last})
    elif table.dialect_options["sqlite"]["autoincrement"]:
        here.execute(text("DELETE FROM sqlite_sequence WHERE name = :n"), {"n": table.name})
        row = {"n": table.name, "last": last}
        here.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:n, :last)"), row)


def given(line: Connection, table: Table, column: str) -> int:
    """Return the last number the database gave a row of this table, 0 for none."""
    if line.dialect.name == "postgresql":
        where = {"table": table.name, "column": column}
        name = line.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), where)
        asked = text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}")  # noqa: S608  # PostgreSQL's own name
        return int(line.scalar(asked) or 0) if name else 0
    if not table.dialect_options["sqlite"]["autoincrement"]:
        return 0
    asked = text("SELECT seq FROM sqlite_sequence WHERE name = :n")
    return int(line.scalar(asked, {"n": table.name}) or 0)
