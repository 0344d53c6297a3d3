"""Print how long the console's scene takes with 10,000 and 100,000 posts, and what snapshots weigh.

Beside each time that passed stands the time this process computed: on a busy machine the former
says more of the neighbours. Run: `PYTHONPATH=. python tests/bench/bench_scene.py`; `--posts N` for
another size, `--plans` for how SQLite finds the rows.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event

from elite8.core.domain.alert import AlertEvent
from elite8.core.domain.attempt import Attempt, new_attempt
from elite8.core.domain.identity import new_id
from elite8.core.operations import snapshots
from elite8.core.operations.scene import scene
from elite8.core.studio import Studio
from tests.bench import bench_page
from tests.bench.bench_page import a_year, fill

TRIES = 3000
DAY_OF_MINUTES = 24 * 60
WORDS = ("", "429 Too Many Requests; asked again later", "published")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--posts", type=int, default=0)
    asked.add_argument("--rounds", type=int, default=50)
    asked.add_argument("--plans", action="store_true")
    told = asked.parse_args()
    for posts in (told.posts,) if told.posts else (10_000, 100_000):
        bench_page.videos_kept.clear()
        bench_page.posts_kept.clear()
        with tempfile.TemporaryDirectory(prefix="e8-") as folder:
            studio = a_year(Path(folder), posts)
            lately(studio)
            measure(studio, posts, told.rounds)
            if told.plans:
                print_plans(studio)
            studio.looking.database.close()
            studio.database.close()


def lately(studio: Studio) -> None:
    """Add what was tried with the last posts, and some alerts."""
    now, lot = studio.clock(), random.Random(8)
    last = bench_page.posts_kept[-TRIES:]
    fill(studio, Attempt, (a_try(post["id"], now, number, lot) for number, post in enumerate(last)))
    facts = {"rule": "disk-low", "subject": "", "severity": "warning", "who": ""}
    facts |= {"what": "firing", "message": "the disk is full in 3 days"}
    times = [now - timedelta(hours=3 * n) for n in range(300)]
    fill(studio, AlertEvent, ({"id": new_id(at), "at": at, **facts} for at in times))


def a_try(post: str, now: Any, number: int, lot: random.Random) -> dict[str, Any]:
    """Return what was tried with a post."""
    at = now - timedelta(minutes=7 * (TRIES - number))
    said = lot.choice(WORDS)
    made = new_attempt(at=at, post_id=post, kind="send", outcome="published", message=said)
    return made.model_dump()


def measure(studio: Studio, posts: int, rounds: int) -> None:
    """Print the times and sizes."""
    found = scene(studio)
    counts = f"{len(found.queue)} queued, {len(found.films)} films, {len(found.events)} events"
    print(f"{posts} posts: {counts}")
    show("  a scene", rounds, lambda: scene(studio))
    show("  is there a change", rounds * 20, studio.looking.database.changes)
    with counted(studio) as asked:
        scene(studio)
        print(f"  statements of a scene: {len(asked)}")
        asked.clear()
        for _ in range(100):
            studio.looking.database.changes()
        print(f"  statements of 100 looks at an idle database: {len(asked)}")
    snapshots.keep(studio)
    plain = snapshots.written(snapshots.past(found))
    print(f"  a snapshot: {len(snapshots.packed(plain))} bytes")
    show("  keeping one", 10, lambda: kept_later(studio))
    show("  showing one", 10, lambda: snapshots.at(studio, studio.clock()))
    before = resident()
    for _ in range(200):
        scene(studio)
    print(f"  memory after 200 more scenes: {before:.0f} MB, {resident():.0f} MB")


def kept_later(studio: Studio) -> str:
    """Keep one although nothing has changed: as if a quarter of an hour had passed."""
    later = replace(studio, clock=lambda: studio.clock() + timedelta(minutes=20))
    said = snapshots.keep(later)
    later.looking.database.close()
    later.database.close()
    return said


def show(name: str, rounds: int, does: Callable[[], object]) -> None:
    """Print the median time of several goes, and of computing in them."""
    took, computed = [], []
    for _ in range(rounds):
        began, ran = time.perf_counter(), time.process_time()
        does()
        took.append((time.perf_counter() - began) * 1000)
        computed.append((time.process_time() - ran) * 1000)
    print(f"{name}: p50 {median(took):.2f} ms, computed {median(computed):.2f} ms, n={rounds}")


@contextmanager
def counted(studio: Studio) -> Iterator[list[tuple[str, Any]]]:
    """Give a list of what is asked of the database meanwhile."""
    found: list[tuple[str, Any]] = []

    def note(_c: Any, _k: Any, statement: str, values: Any, *_: Any) -> None:
        found.append((statement, values))

    engine = studio.looking.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def print_plans(studio: Studio) -> None:
    """Print how SQLite finds the rows of each statement, and those it reads without an index."""
    with counted(studio) as asked:
        scene(studio)
        statements = [*asked]
    with studio.looking.database.engine.connect() as connection:
        for statement, values in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            began = time.perf_counter()
            connection.exec_driver_sql(statement, values).all()
            took = (time.perf_counter() - began) * 1000
            print(f"{took:7.2f} ms  {' '.join(statement.split())[:150]}")
            for row in plan:
                print(f"            {row[3]}")


def resident() -> float:
    """Return this process's memory in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
