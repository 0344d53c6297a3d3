"""Print posts a second through the whole protocol, and how much of that time is ours.

Four threads, SQLite on this disk, the strict simulators in this process: what is spent inside them
is the network's, the rest is ours. Of ours, what is spent in transactions is the protocol's (the
claim, the intents, the outcome); the rest is reading the file, judging and calling. The reference
in the same run is as many bare transactions as the protocol commits. The shares are taken of a
second pass over as many posts: asking for a thread's time twenty times a post slowed the first by
an eighth. Run:
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


class Lines(httpx.BaseTransport):
    """A line to the networks, each behind a port of its own."""

    def __init__(self, ends: dict[int, httpx.BaseTransport]) -> None:
        self._ends = ends

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._ends[request.url.port or 0].handle_request(request)


class TimedLines(Lines):
    """Adds up, per thread, how long the networks take."""

    def __init__(self, ends: dict[int, httpx.BaseTransport]) -> None:
        super().__init__(ends)
        self.here = threading.local()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        began = time.thread_time()
        try:
            return super().handle_request(request)
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


@dataclass(frozen=True)
class Stage:
    """A studio signed in to the simulated networks, and the posts that are to go out of it."""

    studio: Studio
    clock: Clock
    work: list[tuple[Post, Video]]

    def rounds(self) -> Iterator[list[tuple[Post, Video]]]:
        """Yield the posts a day at a time; the marks are verified once a day for the same bytes."""
        for first in range(0, len(self.work), len(NETWORKS) * EACH):
            self.clock.advance(25 * 3600)
            known = publish.finished(self.studio, "latest")
            finish.verified(self.studio, Path(known.path), known.sha256)
            yield self.work[first : first + len(NETWORKS) * EACH]

    def out(self, task: tuple[Post, Video]) -> None:
        """Publish one, half a minute after the one before."""
        self.clock.advance(30)
        publish.out(self.studio, *task)


def stage(
    base: Studio,
    folder: Path,
    line: type[Lines] = Lines,
    database: type[Database] = Database,
) -> Stage:
    """Return a stage in that folder, over such lines and such a database."""
    clock = Clock(base.clock())
    state = folder / "state"
    shutil.copytree(base.settings.state_dir, state)
    where: dict[str, object] = {
        "state_dir": state,
        "database_url": SecretStr(f"sqlite:///{state}/elite8.db"),
    }
    ends: dict[int, httpx.BaseTransport] = {}
    simulators = {}
    for port, network in enumerate(NETWORKS, 1):
        url = f"http://127.0.0.1:{port}"
        simulators[network] = simulator_of(network, clock, url)
        ends[port] = Transport(simulators[network].handle)
        where |= settings_of(network, url)
    settings = base.settings.model_copy(update=where)
    studio = replace(
        base, settings=settings, clock=clock, transport=line(ends), pause=clock.advance
    )
    vars(studio)["verified"] = base.verified
    vars(studio)["database"] = database(settings.database_url.get_secret_value())
    for network in NETWORKS:
        sign_in(studio, network, simulators[network])
    videos = [another(studio, number) for number in range(ROUNDS * EACH)]
    work = [(publish.post_of(studio, one, to), one) for one in videos for to in NETWORKS]
    return Stage(studio, clock, work)


def main() -> None:
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="e8-")))
        base = filmed(scratch)
        plain = stage(base, scratch / "plain")
        commits, took = count_commits(plain.studio), rate(plain)
        posts_out = len(plain.work)
        per_post = commits[0] / posts_out
        bare = bare_commits(plain.studio, round(per_post), posts_out)
        out = published(plain.studio, plain.work)
        print(f"{posts_out} posts, {out} out, {took:.2f} s: {posts_out / took:.0f} posts/s")
        ours, protocol = shares(stage(base, scratch / "timed", TimedLines, TimedDatabase))
        print(f"ours, median of a post: {ours * 1000:.1f} ms of work ({THREADS} threads)")
        print(f"of it the protocol's own: {protocol * 1000:.1f} ms in transactions")
        print(f"{per_post:.1f} commits a post; bare commits alone would take {bare:.2f} s")
        print(f"ratio to bare commits: x{took / bare:.2f}")
        plain.studio.database.close()
        sys.exit(0 if out == posts_out else 1)


def rate(there: Stage) -> float:
    """Return the seconds until everything is out, on all threads; nothing else is timed."""
    took = 0.0
    with ThreadPoolExecutor(THREADS) as workers:
        for posts_of_a_day in there.rounds():
            began = time.perf_counter()
            list(workers.map(there.out, posts_of_a_day))
            took += time.perf_counter() - began
    return took


def shares(there: Stage) -> tuple[float, float]:
    """Return the seconds of a post that are ours, and those in transactions: medians, in work."""
    line, database = there.studio.transport, there.studio.database
    assert isinstance(line, TimedLines)
    assert isinstance(database, TimedDatabase)
    ours: list[float] = []
    protocol: list[float] = []

    def one(task: tuple[Post, Video]) -> None:
        line.here.spent, database.here.spent, began = 0.0, 0.0, time.thread_time()
        there.out(task)
        ours.append(time.thread_time() - began - line.here.spent)
        protocol.append(database.here.spent)

    with ThreadPoolExecutor(THREADS) as workers:
        for posts_of_a_day in there.rounds():
            list(workers.map(one, posts_of_a_day))
    database.close()
    return median(ours), median(protocol)


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
