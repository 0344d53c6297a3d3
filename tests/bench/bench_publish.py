"""Print posts a second through the whole protocol, and how much of that time is ours.

Four threads, SQLite on this disk, the strict simulators in this process: what is spent inside them
is the network's, the rest is ours. Of ours, what is spent in transactions is the protocol's (the
claim, the intents, the outcome); the rest is reading the file, judging and calling. The reference
in the same run is as many bare transactions as the protocol commits. Run:
`PYTHONPATH=. python tests/bench/bench_publish.py`.
"""

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

import httpx
from pydantic import SecretStr

from elite8.core.domain.post import Post
from elite8.core.domain.video import Video
from elite8.core.operations import finish, publish
from elite8.core.simulators.wire import Transport
from elite8.core.storage import posts
from elite8.core.storage.database import Database, Session
from elite8.core.studio import Studio
from tests.operations.campaign import (
    NETWORKS,
    Clock,
    another,
    filmed,
    settings_of,
    sign_in,
    simulator_of,
)

THREADS = 4
ROUNDS, EACH = 6, 12
"""Rounds a day apart of so many posts on each network: they count by the minute and the day."""


class Timed(httpx.BaseTransport):
    """A line to three networks that adds up, per thread, how long they take."""

    def __init__(self, lines: dict[int, httpx.BaseTransport]) -> None:
        self._lines = lines
        self.here = threading.local()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        began = time.thread_time()
        try:
            return self._lines[request.url.port or 0].handle_request(request)
        finally:
            self.here.spent = getattr(self.here, "spent", 0.0) + time.thread_time() - began


@dataclass
class TimedDatabase(Database):
    """A database that adds up, per thread, how long its transactions keep it busy."""

    here: threading.local = field(default_factory=threading.local, repr=False, compare=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        began = time.thread_time()
        try:
            with super().transaction() as session:
                yield session
        finally:
            self.here.spent = getattr(self.here, "spent", 0.0) + time.thread_time() - began


def stage(base: Studio, folder: Path) -> tuple[Studio, Timed, Clock]:
    """Return a studio signed in to three simulated networks."""
    clock = Clock(base.clock())
    state = folder / "state"
    shutil.copytree(base.settings.state_dir, state)
    where: dict[str, object] = {
        "state_dir": state,
        "database_url": SecretStr(f"sqlite:///{state}/elite8.db"),
    }
    lines: dict[int, httpx.BaseTransport] = {}
    simulators = {}
    for port, network in enumerate(NETWORKS, 1):
        url = f"http://127.0.0.1:{port}"
        simulators[network] = simulator_of(network, clock, url)
        lines[port] = Transport(simulators[network].handle)
        where |= settings_of(network, url)
    timed = Timed(lines)
    settings = base.settings.model_copy(update=where)
    studio = replace(base, settings=settings, clock=clock, transport=timed, pause=clock.advance)
    vars(studio)["verified"] = base.verified
    vars(studio)["database"] = TimedDatabase(settings.database_url.get_secret_value())
    for network in NETWORKS:
        sign_in(studio, network, simulators[network])
    return studio, timed, clock


def main() -> None:
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="e8-")))
        base = filmed(scratch)
        studio, timed, clock = stage(base, scratch / "stage")
        work = []
        for number in range(ROUNDS * EACH):
            video = another(studio, number)
            work += [(publish.post_of(studio, video, network), video) for network in NETWORKS]
        publish.out(studio, *work.pop(0))  # the marks are verified once for the same bytes
        ours: list[float] = []
        protocol: list[float] = []
        kept = studio.database
        assert isinstance(kept, TimedDatabase)
        commits = count_commits(studio)
        took = 0.0

        def one(task: tuple[Post, Video]) -> None:
            clock.advance(30)
            timed.here.spent, kept.here.spent, start = 0.0, 0.0, time.thread_time()
            publish.out(studio, *task)
            ours.append(time.thread_time() - start - timed.here.spent)
            protocol.append(kept.here.spent)

        with ThreadPoolExecutor(THREADS) as workers:
            for first in range(0, len(work), 3 * EACH):
                clock.advance(25 * 3600)
                known = publish.finished(studio, "latest")
                finish.verified(studio, Path(known.path), known.sha256)  # once a day, for its bytes
                began = time.perf_counter()
                list(workers.map(one, work[first : first + 3 * EACH]))
                took += time.perf_counter() - began
        per_post = commits[0] / len(work)
        bare = bare_commits(studio, round(per_post), len(work))
        out = published(studio, work)
        print(f"{len(work)} posts, {out} out, {took:.2f} s: {len(work) / took:.0f} posts/s")
        print(f"ours, median of a post: {median(ours) * 1000:.1f} ms of work ({THREADS} threads)")
        print(f"of it the protocol's own: {median(protocol) * 1000:.1f} ms in transactions")
        print(f"{per_post:.1f} commits a post; bare commits alone would take {bare:.2f} s")
        print(f"ratio to bare commits: x{took / bare:.2f}")
        studio.database.close()
        sys.exit(0 if out == len(work) else 1)


def count_commits(studio: Studio) -> list[int]:
    """Return a list whose first number grows with every commit."""
    from sqlalchemy import event

    seen = [0]
    event.listen(studio.database.engine, "commit", lambda _: seen.__setitem__(0, seen[0] + 1))
    return seen


def bare_commits(studio: Studio, commits: int, rounds: int) -> float:
    """Return the seconds that as many transactions with one small write take, on four threads."""
    from sqlalchemy import text

    with studio.database.transaction() as session:
        one = session.execute(text("SELECT min(id) FROM post")).scalar_one()

    def once(number: int) -> None:
        for _ in range(commits):
            with studio.database.transaction() as session:
                session.execute(
                    text("UPDATE post SET caption = :n WHERE id = :id"),
                    {"n": str(number), "id": one},
                )

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as workers:
        list(workers.map(once, range(rounds)))
    return time.perf_counter() - began


def published(studio: Studio, work: Sequence[tuple[Post, Video]]) -> int:
    """Return how many are out."""
    with studio.database.transaction() as session:
        rows = [posts.get(session, post.id) for post, _ in work]
    return sum(row is not None and row.status == "published" for row in rows)


if __name__ == "__main__":
    main()
