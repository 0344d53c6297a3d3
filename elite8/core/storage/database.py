"""The database: opened with care, its schema brought up to date on first use."""

import os
import sqlite3
import stat
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlmodel
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from elite8.core.clock import utc_now
from elite8.core.errors import ConfigError, Unavailable

__all__ = ["HEAD", "KNOWN", "Database", "Session"]

STATEMENTS = 64
"""Statements that a connection keeps prepared, some 10 kB each; more than one look or post asks."""
KEPT_SECONDS = 60.0
"""For how long a connection keeps what it has read of the file."""
HEAD = "0030"
"""The newest migration; a test compares it with Alembic's own."""
KNOWN = {f"{number:04}" for number in range(1, int(HEAD) + 1)}
"""Every migration there has been."""
BUSY_SECONDS, CHANGE_SECONDS = 5.0, 60.0
"""For how long a process waits for one that writes, and for one that makes the tables."""
ENDS = {
    "connect_timeout": 10,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 40_000,
}
"""A PostgreSQL that cannot be reached any more is given up after 40 seconds (libpq's words)."""
THEIRS = {"idle_in_transaction_session_timeout": "60s"} | {
    f"tcp_{name}": str(value) for name, value in ENDS.items() if name.startswith("keepalives")
}
"""When PostgreSQL gives up one of us: none of ours waits in a transaction, or is silent so long."""


class Session(sqlmodel.Session):
    """Rows and statements within one transaction, which its database ends.

    A statement that needs no rows goes to the connection itself: it costs half as much.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection, expire_on_commit=False)
        self._line = connection

    def connection(self, *_: object, **__: object) -> Connection:
        """Return the connection of the transaction."""
        return self._line

    def rollback(self) -> None:
        """Take back what the transaction wrote; nothing more can be done in it."""
        super().rollback()
        self._line.rollback()


@dataclass
class Database:
    """Rows in SQLite or PostgreSQL, behind the same statements.

    One that is not `durable` may lose what was committed in a power cut: for what is thrown away.
    One that only `looks` waits for no writer and writes nothing. What is written to one of `drafts`
    is taken back at the end of each transaction: it shows what would happen.
    """

    address: str = field(repr=False)
    durable: bool = True
    looks: bool = False
    drafts: bool = False
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    _mine: threading.local = field(default_factory=threading.local, repr=False, compare=False)
    _turn_at_watch: threading.Lock = field(
        default_factory=threading.Lock, repr=False, compare=False
    )

    @cached_property
    def url(self) -> URL:
        """The parsed address; a PostgreSQL one names psycopg."""
        try:
            url = make_url(self.address)
        except (ArgumentError, ValueError):
            raise ConfigError(
                "ELITE8_DATABASE_URL is not a database URL; write sqlite:///FILE or postgresql://…"
            ) from None
        if url.drivername in {"postgresql", "postgres"}:
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() not in {"sqlite", "postgresql"}:
            raise ConfigError(
                f"ELITE8_DATABASE_URL: {url.get_backend_name()} is not supported; "
                "use SQLite or PostgreSQL"
            )
        if url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}:
            raise ConfigError("ELITE8_DATABASE_URL needs a file: sqlite:////folder/elite8.db")
        return url

    @cached_property
    def file(self) -> Path | None:
        """The SQLite file; `None` on PostgreSQL."""
        name = self.url.database
        return Path(name) if self.url.get_backend_name() == "sqlite" and name else None

    @cached_property
    def engine(self) -> Engine:
        """The engine, connected to a database whose schema is this version's."""
        if self.file:
            prepare_file(self.file)
        engine = self.connect()
        try:
            self._wait_for_tables(engine)
        except OperationalError as trouble:
            engine.dispose()
            raise self._unreachable(trouble) from None
        except DatabaseError as trouble:
            engine.dispose()
            raise self._not_a_database(trouble) from None
        except BaseException:
            engine.dispose()
            raise
        weakref.finalize(self, engine.dispose)  # at exit too: SQLite folds its -wal file in
        return engine

    def is_current(self) -> bool:
        """Return whether the schema is this version's; nothing is made or changed by asking.

        What cannot be asked counts as current: opening it says what is wrong.
        """
        if self.file and not self.file.exists():
            return False
        try:
            engine = self.connect()
            try:
                return schema(engine)[0] == HEAD
            finally:
                engine.dispose()
        except (ConfigError, DatabaseError):
            return True

    def connect(self) -> Engine:
        """Return an engine without looking at the schema."""
        if self.file:
            # Writers take turns, and each connection keeps pages: few are kept open, and the one
            # that was used last is used next.
            kept: dict[str, Any] = {"pool_size": 2, "max_overflow": -1, "pool_use_lifo": True}
            how = {"timeout": BUSY_SECONDS, "cached_statements": STATEMENTS}
            kept |= {"connect_args": how, "hide_parameters": True}
            engine = create_engine(self.url, **kept)
            event.listen(engine, "connect", sqlite_settings)
            event.listen(engine, "checkin", let_go)
            if not self.durable:
                event.listen(engine, "connect", in_no_hurry)
            if self.looks:
                event.listen(engine, "connect", only_read)
            event.listen(engine, "begin", begin if self.looks else begin_immediate)
            return engine
        only: dict[str, Any] = {"postgresql_readonly": True} if self.looks else {}
        kept = {"connect_args": ends(self.url), "execution_options": only}
        try:  # an error names no values: they may be somebody's name
            engine = create_engine(self.url, pool_pre_ping=True, hide_parameters=True, **kept)
        except ModuleNotFoundError:
            raise ConfigError("PostgreSQL needs an extra: pip install 'elite8[scale]'") from None
        event.listen(engine, "connect", end_when_idle)
        return engine

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session that commits at the end and rolls back when anything is raised.

        On SQLite the threads of a process take turns here: SQLite's own waiting sleeps for longer
        than a transaction lasts. Who only looks takes no turn.
        """
        turn = self._taken() if self.file and not self.looks else nullcontext()
        with turn, self.engine.begin() as connection, Session(connection) as session:
            yield session
            session.flush()
            if self.drafts:
                connection.rollback()  # what was read or written can still be told

    @contextmanager
    def _taken(self) -> Iterator[None]:
        """Hold this thread's turn; one within another would wait for itself: a fault of ours."""
        if getattr(self._mine, "turn", False):
            raise RuntimeError("a transaction within a transaction: hand its session on")
        with self._turn:
            self._mine.turn = True
            try:
                yield
            finally:
                self._mine.turn = False

    def ahead(self) -> timedelta:
        """Return how far the database's clock is ahead of this machine's; on SQLite it is ours."""
        if self.file:
            return timedelta()
        with self.engine.connect() as connection:
            there = connection.scalar(text("SELECT clock_timestamp()"))
        return there - utc_now() if isinstance(there, datetime) else timedelta()

    def changes(self) -> int | None:
        """Return a number that is another one when anything was committed since; no row is read.

        `None` on PostgreSQL, which has no such number.
        """
        if self.file is None:
            return None
        with self._turn_at_watch, closing(self.watching.execute("PRAGMA data_version")) as found:
            return int(found.fetchone()[0])

    @cached_property
    def watching(self) -> sqlite3.Connection:
        """A connection that writes nothing: the number of changes is told by one's own eyes."""
        _ = self.engine  # the file is there, and ours
        connection = sqlite3.connect(self.file or "", check_same_thread=False, isolation_level=None)
        weakref.finalize(self, connection.close)
        return connection

    def close(self) -> None:
        """Let the connections go."""
        if "watching" in vars(self):
            self.watching.close()
            del self.watching
        if "engine" in vars(self):
            self.engine.dispose()
            del self.engine

    def _wait_for_tables(self, engine: Engine) -> None:
        gives_up, there = time.monotonic() + CHANGE_SECONDS, False
        while True:
            try:
                return self._bring_up_to_date(engine)
            except OperationalError as trouble:
                held = self.file and "locked" in str(trouble.orig) and not there
                if not held or time.monotonic() > gives_up:
                    raise
            # Once more when they are there: they may have come this very moment.
            there = replace(self, looks=True).is_current()

    def _bring_up_to_date(self, engine: Engine) -> None:
        found, tables = schema(engine)
        if not found and tables and self.file:
            raise ConfigError(f"{self.name} is a database of another program; name another")
        if found and found > HEAD:
            raise ConfigError(
                f"{self.name} was written by a newer elite8 (schema {found}, this one knows "
                f"{HEAD}); upgrade elite8"
            )
        if found and found not in KNOWN:
            raise ConfigError(f"{self.name} has the unknown schema '{found}'; restore a backup")
        if self.file:
            write_ahead(self.file)
        if found == HEAD:
            return
        if self.looks:  # who may write does it
            with closing(Database(self.address)) as ordinary:
                _ = ordinary.engine
            return
        from elite8.core.storage.migrations.runner import upgrade

        upgrade(engine)

    @property
    def name(self) -> str:
        """The database as people may see it: no password."""
        if self.file:
            return str(self.file)
        # Built from parts: an unescaped @ in a password would leave its tail in the host.
        host = (self.url.host or "").rpartition("@")[2]
        return f"{self.url.get_backend_name()}://{host}/{self.url.database}"

    def _unreachable(self, trouble: OperationalError) -> Exception:
        if self.file and "locked" not in str(trouble.orig):
            return ConfigError(f"{self.name} cannot be used: {trouble.orig}")
        if self.file:
            return Unavailable(f"{self.name} is busy: another process holds it; try again")
        return Unavailable(f"{self.name} does not answer; is it running, and is the URL right?")

    def _not_a_database(self, trouble: DatabaseError) -> ConfigError:
        return ConfigError(f"{self.name} is not an elite8 database: {trouble.orig}")


def prepare_file(file: Path) -> None:
    """Make the folder (700) and the file (600) of an SQLite database, or say why not."""
    folder = file.absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        owner = folder.stat().st_uid
        if owner != os.geteuid():
            raise ConfigError(
                f"{folder} belongs to another user (uid {owner}); set ELITE8_STATE_DIR to your own"
            )
        if file.exists() and not stat.S_ISREG(file.stat().st_mode):
            raise ConfigError(f"{file} is not a file; set ELITE8_STATE_DIR or ELITE8_DATABASE_URL")
        # Never opened when it is there: closing it would let go of the locks SQLite holds on it
        # for the whole process.
        if not file.exists():
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return  # another process was first
    except OSError as trouble:
        raise ConfigError(
            f"{file} cannot be opened: {trouble.strerror}; set ELITE8_STATE_DIR to your own"
        ) from None


def schema(engine: Engine) -> tuple[str | None, list[str]]:
    """Return the schema's version, `None` for none, and the tables, seen at one moment."""
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        if "alembic_version" not in tables:
            return None, tables
        return connection.scalar(text("SELECT version_num FROM alembic_version")), tables


def write_ahead(file: Path) -> None:
    """Let readers go on while one writes; the file keeps this, so only a file of ours gets it.

    Asked again while another process is at the file: SQLite's own waiting is not for this change.
    """
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as connection:
        if connection.execute("PRAGMA journal_mode").fetchone() == ("wal",):
            return
        import stamina

        try:
            for attempt in stamina.retry_context(
                on=sqlite3.OperationalError, attempts=None, timeout=BUSY_SECONDS, wait_max=0.2
            ):
                with attempt:
                    connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as trouble:  # as SQLAlchemy itself would tell it
            raise OperationalError("PRAGMA journal_mode", None, trouble) from None


def sqlite_settings(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's
    """Set what SQLite forgets with each connection."""
    # Transactions are begun by `begin_immediate`, not by the driver at some first write.
    connection.isolation_level = None
    # FULL: an intent that was committed is still there after a power cut.
    # Half a MB of pages for each connection: the system keeps the file's pages anyway.
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "cache_size=-512"):
        connection.execute(f"PRAGMA {pragma}")


def let_go(connection: Any, record: Any) -> None:  # noqa: ANN401  # the driver's, SQLAlchemy's
    """Free the pages that a connection keeps, at most once a minute: in days they would pile up."""
    now = time.monotonic()
    if connection is not None and now - record.info.setdefault("let_go", now) >= KEPT_SECONDS:
        connection.execute("PRAGMA shrink_memory")
        record.info["let_go"] = now


def ends(url: URL) -> dict[str, Any]:
    """Return when a PostgreSQL that is silent is given up, where the address does not say."""
    return {name: value for name, value in ENDS.items() if name not in url.query}


def end_when_idle(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's
    """Have PostgreSQL take back what a machine that is gone holds: rows, and locks of sign-ins."""
    with connection.cursor() as cursor:
        for name, value in THEIRS.items():
            cursor.execute(f"SET {name} = '{value}'")
    connection.commit()


def in_no_hurry(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's
    """Leave it to the system when what is committed reaches the disk."""
    connection.execute("PRAGMA synchronous=OFF")


def only_read(connection: Any, _record: object) -> None:  # noqa: ANN401  # the driver's
    """Refuse to write; what a reader sees is as it was when it began."""
    connection.execute("PRAGMA query_only=ON")


def begin(connection: Any) -> None:  # noqa: ANN401  # SQLAlchemy's hook
    """Begin without a lock: a reader waits for no writer, and no writer for it."""
    connection.connection.driver_connection.execute("BEGIN")


def begin_immediate(connection: Any) -> None:  # noqa: ANN401  # SQLAlchemy's hook
    """Take the write lock at once: two writers wait for each other instead of failing half way."""
    try:
        connection.connection.driver_connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as trouble:  # as SQLAlchemy itself would tell it
        raise OperationalError("BEGIN IMMEDIATE", None, trouble) from None
