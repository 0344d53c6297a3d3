"""Backup, restore and check."""

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import func, select, text
from sqlmodel import SQLModel

from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.storage.copying import tables as every_table
from elite8.core.storage.database import BUSY_SECONDS, HEAD, Database, Session, schema

BIG_WAL = 64 << 20
"""Bytes. SQLite folds its log in at 4 MB by itself; far more means a reader never ends."""
SIDE_FILES = ("-wal", "-shm")
MADE_UP = 0x65387379
"""The application_id of a database of which every row is made up; its user_version is the seed."""


def sqlite_file(database: Database, what: str) -> Path:
    """Return the SQLite file; on PostgreSQL refuse and say what does it there."""
    if database.file is None:
        raise Refused(f"'db {what}' is for SQLite; on PostgreSQL use pg_dump and pg_restore")
    return database.file


def backup(database: Database, target: Path) -> None:
    """Write a consistent copy to a new file `target` (mode 600), whole or not at all."""
    source = sqlite_file(database, "backup")
    if not source.is_file():
        raise ConfigError(f"there is no database at {source} yet; nothing to back up")
    if target.exists():
        raise ConfigError(f"{target} exists already; name a new file")
    if not target.absolute().parent.is_dir():
        raise ConfigError(
            f"there is no folder {target.absolute().parent}; make it, or name another"
        )
    _ = database.engine  # a database of another program is refused here
    copy_to(source, target)


def copy_rows(source: Database, target: Database) -> None:
    """Copy every row of one database into another that is empty, whatever kind each is."""
    with source.engine.connect() as there, target.engine.begin() as here:
        for table in every_table():
            rows = [dict(row) for row in there.execute(select(table)).mappings()]
            if rows:
                here.execute(table.insert(), rows)


def restore(
    source: Path, database: Database, *, force: bool, ready: Callable[[Database], None]
) -> Path | None:
    """Put the backup in the database's place and return where the replaced one is kept, if any.

    Nothing is touched unless the backup is a whole elite8 database of a schema this version knows.
    `ready` has the copy before it is in that place, so that nobody meets it without what it writes.
    """
    target = sqlite_file(database, "restore")
    check_backup(source)
    if target.exists() and not force:
        raise ConfigError(
            f"there is a database at {target}; --force replaces it and keeps it beside"
        )
    database.close()
    with copied(source, target) as part:
        with closing(Database(f"sqlite:///{part}")) as copy:
            ready(copy)
        fold_in(part)
        kept = keep_beside(target) if target.exists() else None
        part.replace(target)
    return kept


def keep_beside(target: Path) -> Path:
    """Copy the database to the first free name beside it; a damaged one as it is, with its log.

    Unavailable when a process has it open.
    """
    fold_in(target)
    names = (target.with_name(f"{target.name}.{n}.bak") for n in range(1, 10_000))
    kept = next(name for name in names if not name.exists())
    try:
        os.close(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        shutil.copy2(target, kept)
        for side in SIDE_FILES:
            if (log := Path(f"{target}{side}")).exists():
                log.replace(f"{kept}{side}")
    except OSError as trouble:
        raise ConfigError(f"{kept} cannot be written: {trouble.strerror}") from None
    return kept


def fold_in(target: Path) -> None:
    """Move the write-ahead log into the file; a damaged database stays as it is."""
    try:
        with closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as connection:
            # Leaving write-ahead mode needs the file alone: success proves that nobody has it open.
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as trouble:
        if "locked" in str(trouble):
            raise Unavailable(f"{target} is in use; stop every elite8 first") from None
    except sqlite3.DatabaseError:
        return


def copy_to(source: Path, target: Path) -> None:
    """Copy with SQLite's own online backup to a temporary name, then rename."""
    with copied(source, target) as part:
        part.replace(target)


@contextmanager
def copied(source: Path, target: Path) -> Iterator[Path]:
    """Give a copy under a temporary name beside `target`; it is deleted unless it was renamed."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        os.close(handle)
        part = Path(name)
        try:
            with opened(source) as read, closing(sqlite3.connect(part)) as write:
                read.backup(write)
            yield part
        finally:
            for side in ("", *SIDE_FILES):
                Path(f"{part}{side}").unlink(missing_ok=True)
    except sqlite3.DatabaseError as trouble:
        raise ConfigError(f"{source} cannot be copied: {trouble}") from None
    except OSError as trouble:
        raise ConfigError(f"{target} cannot be written: {trouble.strerror}") from None


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """Give a read-only connection to `file`."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


ACTS = "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY name"
OURS = re.compile(
    r"CREATE TRIGGER audit_no_\w+ BEFORE (UPDATE|DELETE) ON audit "
    r"BEGIN SELECT RAISE\(ABORT, '[^';]*'\); END"
)
"""The only ones of ours; with another somebody could have rows change later."""


def check_backup(source: Path) -> None:
    """Refuse a file that is not a whole elite8 database this version can use."""
    if not source.is_file():
        raise ConfigError(f"there is no file {source}")
    try:
        with opened(source) as backup_file:
            found = backup_file.execute("SELECT version_num FROM alembic_version").fetchone()
            sound = backup_file.execute("PRAGMA integrity_check").fetchone()[0]
            acts = backup_file.execute(ACTS).fetchall()
    except sqlite3.DatabaseError:
        raise ConfigError(f"{source} is not an elite8 database") from None
    if strange := next((name for name, said in acts if not OURS.fullmatch(said or "")), ""):
        raise ConfigError(
            f"{source} does things by itself ('{strange[:40]}'), which no copy of ours does: "
            "somebody changed it; take another one"
        )
    if sound != "ok":
        raise ConfigError(f"{source} is damaged: {sound}")
    if not found or found[0] > HEAD:
        raise ConfigError(f"{source} was written by a newer elite8; upgrade elite8 first")


def scrub(database: Database) -> bool:
    """Have nothing of what was deleted stay in the database's files; False when somebody reads.

    SQLite writes the file anew and empties its log. PostgreSQL rewrites the tables of names; its
    own archive of logs is the operator's.
    """
    if database.file is None:
        with database.engine.connect() as plain:
            line = plain.execution_options(isolation_level="AUTOCOMMIT")
            for table in NAMING:
                line.execute(text(f"VACUUM FULL {table}"))
        return True
    try:
        with closing(sqlite3.connect(database.file, timeout=BUSY_SECONDS)) as connection:
            connection.isolation_level = None
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("VACUUM")
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as trouble:
        if "locked" in str(trouble) or "busy" in str(trouble):
            return False
        raise ConfigError(f"{database.name} cannot be written anew: {trouble}") from None
    return not busy


NAMING = ("alias", "address", "consent", "subscriber", "delivery")
"""Tables that hold names, pseudonyms, or what may hold one."""


def beside(database: Database) -> Iterator[Path]:
    """Yield the copies that 'db restore' kept beside the database."""
    if database.file:
        yield from sorted(database.file.parent.glob(f"{database.file.name}.*.bak"))


def check(database: Database) -> tuple[str, ...]:
    """Return one sentence per thing that is wrong with the database; empty when it is sound.

    The films of one that is made up have no files, and need none.
    """
    if database.file and not database.file.exists():
        return ()
    return tuple(findings(database))


def findings(database: Database) -> Iterator[str]:
    """Yield what is wrong."""
    found, _ = schema(database.engine)
    if found != HEAD:
        yield f"the schema is {found}, this version knows {HEAD}"
    with database.engine.connect() as connection:
        if database.file:
            for (line,) in connection.execute(text("PRAGMA integrity_check")):
                if line != "ok":
                    yield f"damaged: {line}"
            for row in connection.execute(text("PRAGMA foreign_key_check")):
                yield f"a row of {row[0]} points at a {row[2]} that is not there"
        made_up = seed_of(database.file) is not None
        for name, query in IMPOSSIBLE.items():
            if name == NO_FILE and made_up:
                continue
            if count := connection.scalar(text(query)):
                yield f"{count} {name}"
    wal = Path(f"{database.file}-wal")
    if database.file and wal.exists() and wal.stat().st_size > BIG_WAL:
        yield f"{wal} has grown to {wal.stat().st_size >> 20} MB; stop whatever reads for hours"


NO_FILE = "finished videos have no file or hash"
IMPOSSIBLE = {
    NO_FILE: (
        "SELECT count(*) FROM video WHERE status = 'finished' AND (path = '' OR sha256 = '')"
    ),
    "videos are being made by nobody": (
        "SELECT count(*) FROM video WHERE status = 'generating' AND claimed_until IS NULL"
    ),
    "posts are out but nobody knows where": (
        "SELECT count(*) FROM post WHERE status = 'published' AND remote_id = '' AND url = ''"
        " AND seen <> 'told'"
    ),
}
"""Rows that no code of ours writes."""


def mark(file: Path, seed: int) -> None:
    """Write into the database itself that it is made up; copies of it say so too."""
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as line:
        line.execute(f"PRAGMA application_id={MADE_UP}")
        line.execute(f"PRAGMA user_version={seed:d}")
        line.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def seed_of(file: Path | None) -> int | None:
    """Return the seed of an SQLite file that is made up, `None` of every other one."""
    if file is None or not file.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as line:
            (kind,) = line.execute("PRAGMA application_id").fetchone()
            (seed,) = line.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error:
        return None
    return int(seed) if kind == MADE_UP else None


def rows_of(session: Session, tables: Iterable[type[SQLModel]]) -> dict[str, int]:
    """Return how many rows each table has, by its name."""
    return {
        str(one.__tablename__): session.connection()
        .execute(select(func.count()).select_from(one))
        .scalar_one()
        for one in tables
    }
