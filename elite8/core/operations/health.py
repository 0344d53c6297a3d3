"""Whether it works: worked out each time from what it did, so that it can say no."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from elite8.core.domain.cron import missed_runs
from elite8.core.errors import Elite8Error
from elite8.core.operations import stuck
from elite8.core.operations.leading import NAME, leader
from elite8.core.operations.machine import nearest
from elite8.core.operations.tasks import timetable
from elite8.core.storage import figures, leases
from elite8.core.studio import Studio

Verdict = Literal["good", "bad", "unknown"]
LEAST_FREE = 500 * 10**6
"""Bytes: a film and its work files have some tens of millions."""
MOST_MISSED = 3
MOST_FAILURES = 5
STUCK = timedelta(minutes=30)
PROBE = "health"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at; `unknown`: there is nothing to judge by yet."""

    name: str
    verdict: Verdict
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """All of it; `good` when nothing is bad."""

    good: bool
    checks: tuple[Check, ...]


def health(studio: Studio) -> Health:
    """Look at everything; what cannot be looked at is bad."""
    checks = tuple(one for name, look in LOOKS.items() for one in looked(studio, name, look))
    return Health(good=all(one.verdict != "bad" for one in checks), checks=checks)


def looked(studio: Studio, name: str, look: Callable[[Studio], Iterator[Check]]) -> list[Check]:
    """Return what one look says; a fault of it is bad, in words without its details."""
    try:
        return [*look(studio)]
    except Elite8Error as trouble:
        return [Check(name=name, verdict="bad", says=str(trouble))]
    except Exception as fault:  # noqa: BLE001  # a look that fails is an answer
        return [Check(name=name, verdict="bad", says=f"cannot be told ({type(fault).__name__})")]


def database(studio: Studio) -> Iterator[Check]:
    """Write a row and take it back: that it can be read proves little. Who looks only reads."""
    now = studio.clock()
    if studio.looks:
        with studio.database.transaction() as session:
            leases.get(session, PROBE)
        yield Check(name="database", verdict="good", says="rows can be read")
        return
    with studio.database.transaction() as session:
        leases.take(session, PROBE, holder=PROBE, now=now, lasts=timedelta(seconds=1))
        leases.give_back(session, PROBE, PROBE)
    yield Check(name="database", verdict="good", says="rows can be written")


def disk(studio: Studio) -> Iterator[Check]:
    """See that a video has room."""
    free = shutil.disk_usage(nearest(studio.settings.state_dir)).free
    verdict: Verdict = "good" if free > LEAST_FREE else "bad"
    yield Check(name="disk", verdict=verdict, says=f"{free / 10**9:.1f} GB free")


def leads(studio: Studio) -> Iterator[Check]:
    """See that somebody leads."""
    found = leader(studio)
    if found is None:
        with studio.database.transaction() as session:
            died = leases.get(session, NAME) is not None
        says = "no daemon leads; start it, unless cron does its work"
        yield Check(name="leader", verdict="bad" if died else "unknown", says=says)
        return
    yield Check(name="leader", verdict="good", says=f"{found.who} leads")


def tasks(studio: Studio) -> Iterator[Check]:
    """See that each task begins when it is due, and ends well."""
    now, found = studio.clock(), leader(studio)
    with studio.database.transaction() as session:
        known = {tick.task: tick for tick in figures.ticks(session)}
    for name, cron in timetable(studio).items():
        tick = known.get(name)
        since = found.since if found else None
        began = tick.began_at if tick else since or now
        missed = missed_runs(cron, began, since, now)
        if tick is None and missed <= MOST_MISSED:
            yield Check(name=name, verdict="unknown", says="has not run yet")
        elif tick is None:
            says = f"never ran, though it was due {missed} times since somebody leads"
            yield Check(name=name, verdict="bad", says=says)
        elif missed > MOST_MISSED:
            yield Check(name=name, verdict="bad", says=f"missed its last {missed} runs")
        elif tick.failures >= MOST_FAILURES:
            says = f"failed {tick.failures} times in a row: {tick.message}"
            yield Check(name=name, verdict="bad", says=says)
        else:
            yield Check(name=name, verdict="good", says="runs when it is due")


def queue(studio: Studio) -> Iterator[Check]:
    """See that no post is stuck; one that is out and not seen is a matter of its own alert."""
    now, alarms = studio.clock(), stuck.alarms(studio)
    late = [one for one in alarms if one.state != "hidden" and now - one.since > STUCK]
    says = late[0].message if late else "nothing is stuck"
    yield Check(name="posts", verdict="bad" if late else "good", says=says)


LOOKS: dict[str, Callable[[Studio], Iterator[Check]]] = {
    "database": database,
    "disk": disk,
    "leader": leads,
    "tasks": tasks,
    "posts": queue,
}
