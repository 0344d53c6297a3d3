"""The queue of what is handed out: Procrastinate's tables, in a PostgreSQL schema of its own.

A job is the name of a task and of a part of it, never a state: losing one loses nothing.
"""

import logging
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from elite8.core.domain.shard import Shard
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.storage.database import Database

if TYPE_CHECKING:
    from procrastinate import App

LOCK = 0x0E117E9
"""PostgreSQL's advisory lock while the queue's tables are made."""
JOB = "part"
"""The one kind of job there is."""
BEAT = 10.0
"""Seconds between two signs of life of a worker, and two looks for what dead ones held."""
BY = "procrastinate "
"""The schema's comment begins so; its newest step follows."""
NEEDS = "several machines need PostgreSQL and an extra: pip install 'elite8[scale]'"


def library() -> Any:  # noqa: ANN401  # a module
    """Return Procrastinate, which tells nothing by itself."""
    try:
        import procrastinate
    except ModuleNotFoundError:
        raise ConfigError(NEEDS) from None
    for name in ("procrastinate", "psycopg.pool"):  # what they warn of we say
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    return procrastinate


def place(line: Connection) -> str:
    """Return the schema that the queue lives in, beside the one our own tables live in."""
    ours = line.scalar(text("SELECT current_schema()")) or "public"
    return "elite8_queue" if ours == "public" else f"{ours}_queue"


@cache
def steps() -> dict[str, str]:
    """Return the installed library's changes of its tables, the oldest first, each by its name."""
    found = resources.files("procrastinate.sql") / "migrations"
    names = sorted(one.name for one in found.iterdir() if one.name.endswith(".sql"))
    return {name: (found / name).read_text(encoding="utf-8") for name in names}


def prepare(database: Database) -> None:
    """Make the queue's tables, or bring them to the installed library's: one process at a time."""
    if database.file:
        raise ConfigError(
            f"{database.name} is SQLite, which one machine has for itself: to work on several, "
            "move to PostgreSQL (elite8 db copy) and name it in ELITE8_DATABASE_URL"
        )
    procrastinate = library()
    try:
        with database.engine.begin() as line:
            line.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            _bring_up_to_date(line, procrastinate.schema.SchemaManager.get_schema(), database.name)
    except OperationalError:
        raise Unavailable(f"{database.name} does not answer; is it running?") from None


def _bring_up_to_date(line: Connection, whole: str, name: str) -> None:
    where = place(line)
    quoted = line.dialect.identifier_preparer.quote(where)
    said = "SELECT obj_description(to_regnamespace(:name), 'pg_namespace')"
    at = str(line.scalar(text(said), {"name": quoted}) or "").removeprefix(BY)
    newest = list(steps())[-1]
    if at == newest:
        return
    if at > newest:
        raise ConfigError(
            f"the queue in {name} is of a newer procrastinate ({at}) than this machine's "
            f"({newest}); run here: pip install --upgrade 'elite8[scale]'"
        )
    scripts = [script for step, script in steps().items() if step > at] if at else [whole]
    for script in (*_home(line, quoted), f"SET LOCAL search_path TO {quoted}", *scripts):
        _carry_out(line, script, name)
    _carry_out(line, f"COMMENT ON SCHEMA {quoted} IS '{BY}{newest}'", name)


def _home(line: Connection, quoted: str) -> tuple[str, ...]:
    there = line.scalar(text("SELECT to_regnamespace(:name)"), {"name": quoted})
    return () if there else (f"CREATE SCHEMA {quoted}",)


def _carry_out(line: Connection, script: str, name: str) -> None:
    """Carry out statements as they are written; what PostgreSQL does not allow is a ConfigError."""
    import psycopg

    try:
        line.connection.cursor().execute(script)  # no parameters: several statements at once
    except psycopg.errors.InsufficientPrivilege:
        raise ConfigError(
            f"the user of {name} may make no schema; as its owner: GRANT CREATE ON DATABASE"
        ) from None
    except psycopg.Error as trouble:
        raise ConfigError(
            f"the queue's tables cannot be made in {name} ({type(trouble).__name__}); stop every "
            "elite8, DROP SCHEMA elite8_queue CASCADE, which loses nothing, and start anew"
        ) from None


def hand_out(database: Database, task: str, shards: Iterable[Shard]) -> int:
    """Queue parts of a task, each once while it waits; return how many are new."""
    app = handing(database)
    with database.engine.begin() as line:
        quoted = line.dialect.identifier_preparer.quote(place(line))
        line.execute(text(f"SET LOCAL search_path TO {quoted}"))
        return sum(_queued(app, line, task, shard) for shard in shards)


def _queued(app: "App", line: Connection, task: str, shard: Shard) -> bool:
    name = shard.of_task(task)
    job = app.configure_task(
        JOB,
        queue=task,
        queueing_lock=name,  # one waits
        lock=name,  # and one runs
        connection=line.connection.driver_connection,
    )
    point = line.begin_nested()
    try:
        job.defer(task=task, shard=str(shard))
    except library().exceptions.AlreadyEnqueued:
        point.rollback()
        return False
    point.commit()
    return True


def handing(database: Database) -> "App":
    """Return what queues jobs on connections of ours; it opens none."""
    known: App | None = vars(database).get("_handing")
    if known is None:
        procrastinate = library()
        prepare(database)
        known = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())
        vars(database)["_handing"] = known
    return known
