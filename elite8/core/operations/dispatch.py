"""Who does a task: the machines that work for this store, or whoever leads.

The one place where that is decided. On SQLite, and while no worker is there for a task, the leader
does it; else its parts are queued by name. What may be done is guarded by the claim of each row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from elite8.core.domain import shard as shards
from elite8.core.domain.worker import Worker
from elite8.core.errors import ConfigError
from elite8.core.operations import leading, tasks
from elite8.core.operations.task import Task
from elite8.core.storage import leases, queue, workers
from elite8.core.storage.queue import BEAT
from elite8.core.studio import Studio

if TYPE_CHECKING:
    from elite8.core.storage.serving import Serving

SWEEP = "sweep"
"""Who holds this lease looks for what dead workers held."""
SILENT = 3
"""A worker is there for so many signs of life without another one."""
OFF = 30.0
"""Seconds by which a worker's clock may differ from the database's: it sends when posts are due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A worker: where it runs, which tasks it does (none named: all), and whether it is there."""

    who: str
    tasks: tuple[str, ...]
    at_once: int
    since: datetime
    until: datetime
    there: bool


def hand_out(studio: Studio, task: Task) -> str | None:
    """Queue the parts of a task and say so, "" when all wait already; `None`: do it here."""
    if not task.spread or studio.database.file or (task.here and task.here(studio)):
        return None
    now = studio.shared_now()
    with studio.database.transaction() as session:
        there = workers.doing(session, task.name, now)
    if not there:
        return None
    new = queue.hand_out(studio.database, task.name, shards.parts(task.spread))
    many = "a worker" if len(there) == 1 else f"{len(there)} workers"
    parts = f" in {new} parts" if task.spread > 1 else ""
    return f"handed to {many}{parts}" if new else ""


def known(studio: Studio) -> tuple[Seen, ...]:
    """Return every worker, also those not heard of any more, the longest there first."""
    now = studio.shared_now()
    with studio.database.transaction() as session:
        return tuple(
            Seen(
                who=leading.told(one.name),
                tasks=tuple(filter(None, one.queues.split(","))),
                at_once=one.at_once,
                since=one.since,
                until=one.until,
                there=one.until > now,
            )
            for one in workers.every(session)
        )


def chosen(words: str) -> tuple[str, ...]:
    """Return the tasks named, separated by commas, "" for all; ConfigError for a strange one."""
    spread = [task.name for task in tasks.TASKS.values() if task.spread]
    names = tuple(dict.fromkeys(filter(None, (word.strip() for word in words.split(",")))))
    if stranger := next((name for name in names if name not in spread), ""):
        raise ConfigError(f"no worker does '{stranger[:40]}'; choose {', '.join(spread)}")
    return names


def served(studio: Studio, wished: Sequence[str]) -> tuple[str, ...]:
    """Return which of the tasks wished this machine is able to do; none wished are all of them.

    One that is able to do none of them is a ConfigError.
    """
    spread = {task.name: task for task in tasks.TASKS.values() if task.spread}
    lacks = {name for name, task in spread.items() if task.able and not task.able(studio)}
    does = tuple(name for name in wished or spread if name not in lacks)
    if not does:
        raise ConfigError(
            f"this machine has no settings for {' and '.join(wished)}: docs/how-to/machines.md"
        )
    return does if lacks else tuple(wished)


def begin(
    studio: Studio, me: str, queues: Sequence[str], at_once: int, do: Callable[[str, str], None]
) -> "Serving":
    """Return what does jobs of these tasks, once it runs; its queue is made ready."""
    from elite8.core.storage.serving import Serving

    queue.prepare(studio.database)
    return Serving(
        database=studio.database,
        name=me,
        queues=queues,
        at_once=at_once,
        do=do,
        may_sweep=lambda: may_sweep(studio, me),
    )


def check_clock(studio: Studio) -> None:
    """Refuse to begin by a clock that is wrong: posts would go out too early, or late."""
    off = studio.database.ahead().total_seconds()
    if abs(off) > OFF:
        raise ConfigError(
            f"this machine's clock is {abs(off):.0f} s {'behind' if off > 0 else 'ahead of'} the "
            "database's, and posts go out by it: set it (NTP)"
        )


def beat(studio: Studio, me: str, queues: Sequence[str], at_once: int, since: datetime) -> None:
    """Say that a worker is there."""
    until = studio.shared_now() + SILENT * every(studio)
    said = Worker(name=me, queues=",".join(queues), at_once=at_once, since=since, until=until)
    with studio.database.transaction() as session:
        workers.heard_of(session, said)


def gone(studio: Studio, me: str) -> None:
    """Say that a worker has ended."""
    with studio.database.transaction() as session:
        workers.gone(session, me)
        leases.give_back(session, SWEEP, me)


def every(studio: Studio) -> timedelta:
    """Return how long it is from one sign of life to the next, by the studio's clock."""
    return timedelta(seconds=BEAT) * studio.pace


def may_sweep(studio: Studio, me: str) -> bool:
    """Return whether it is this worker's turn to look for what dead ones held; one at a time."""
    now = studio.shared_now()
    with studio.database.transaction() as session:
        lasts = SILENT * every(studio)
        return leases.take(session, SWEEP, holder=me, now=now, lasts=lasts).holder == me
