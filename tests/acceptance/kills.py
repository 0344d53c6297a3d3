"""The whole daemon, killed again and again at chance moments, and what must hold afterwards.

`PYTHONPATH=. python tests/acceptance/kills.py --minutes 30` runs two real daemons on one store
among simulated networks and a simulated A2E, a virtual hour a minute. Posts fall due all the while,
films are made here and ordered for credits; every few seconds a process is killed with SIGKILL: a
daemon, or a command that orders a film. Then one daemon goes on unharmed until nothing is open, and
it is looked at: no post twice, the ledger's sums are those of A2E, no orphan file, no process left
behind, nothing stuck, a whole database. What does not hold is printed and ends it with 1.
"""

import argparse
import math
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psutil

from elite8.core.clock import FastClock, utc_now
from elite8.core.domain.identity import new_id
from elite8.core.production.specimen import Specimens
from elite8.core.simulators.a2e import SIMULATED_KEY, A2ESimulator
from elite8.core.simulators.wire import Reply, Request, serve
from tests.acceptance.soak import ELITE8, Daemons, Line, Paced, world

PACE = 60.0
SOON = timedelta(minutes=30)
BEGINS = datetime(2026, 3, 6, tzinfo=UTC)
WHERE = ("youtube", "tiktok", "instagram", "outbox")
A_DAY = {"youtube": 45, "tiktok": 7, "instagram": 45}
"""Posts in a virtual day, as many again at once: half of what a network lets one account post."""
WORDS = "Welcome back, everyone. Three new steps today."
BETWEEN = (0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 25.0)
"""Seconds from one kill to the next; in the longest a film can be made."""
LONGEST_ANSWER = 0.4
"""Seconds: a process that waits for an answer is killed there often."""
EVERY_POST, EVERY_ORDER, EVERY_FILM = 1.5, 20.0, 150.0
"""Seconds between two posts, two orders for credits, and two films to be made here."""
SETTLING = 420.0
"""Seconds in which an unharmed daemon has to come to rest."""
OPEN_POSTS = ("publishing", "uncertain")
ENDED_VIDEOS = ("finished", "failed", "planned")
ENDED_JOBS = ("collected", "failed")


@dataclass
class Campaign:
    """What runs, what was asked of it, and how often it was killed."""

    folder: Path
    daemons: Daemons
    lines: dict[str, Line]
    a2e: A2ESimulator
    clock: Paced
    rng: Random
    ordering: list[subprocess.Popen[bytes]] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)

    @property
    def store(self) -> Path:
        """The file of the database."""
        return self.folder / "state" / "elite8.db"

    def rows(self, asked: str) -> list[tuple[Any, ...]]:
        """Return what the database answers."""
        with closing(sqlite3.connect(self.store, timeout=60)) as rows:
            return rows.execute(asked).fetchall()

    def post(self) -> None:
        """Have one more film, of the same bytes, fall due on one network."""
        number = self.did["posts"]
        network = WHERE[number % len(WHERE)]
        if self.did[network] >= self.allowed(network):
            network = "outbox"
        with closing(sqlite3.connect(self.store, timeout=60)) as rows, rows:
            film = copy_film(rows, number, new_id(self.clock()))
            due_now(rows, film, network, self)
        self.did["posts"] += 1
        self.did[network] += 1

    def allowed(self, network: str) -> float:
        """Return how many posts a network may have been asked to take by now."""
        days = (self.clock() - BEGINS) / timedelta(days=1)
        return A_DAY[network] * (1 + days) if network in A_DAY else math.inf

    def shown(self) -> str:
        """Return what the daemons' clock shows, as the database has it."""
        return f"{self.clock():%Y-%m-%d %H:%M:%S.%f}"

    def order(self) -> None:
        """Have a command order a film for credits; it may be killed meanwhile."""
        order = ("generate", "-c", "miyuki", "-l", "en", "--script", WORDS, "--engine", "a2e")
        self.ordering.append(self.start(*order, "--no-wait"))
        self.did["orders"] += 1

    def film(self) -> None:
        """Have a film be wanted that the daemon makes here, in half a virtual hour."""
        at = f"{self.clock() + SOON:%Y-%m-%d %H:%M}"
        when = ("--at", at, "--zone", "UTC", "--to", "outbox")
        self.daemons.ask("schedule", "add", "-c", "airi", *when)
        self.did["films"] += 1

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command of which nothing is read."""
        with Path(self.folder / "commands").open("ab") as out:
            return subprocess.Popen(
                [ELITE8, *arguments], stdout=out, stderr=out, env=self.daemons.environment
            )

    def kill(self) -> None:
        """Kill one of all that run; a daemon is started anew."""
        self.ordering = [one for one in self.ordering if one.poll() is None]
        one = self.rng.choice([*self.daemons.running, *self.ordering])
        if one in self.ordering:
            one.kill()
            one.wait()
            self.ordering.remove(one)
            self.did["commands killed"] += 1
            return
        self.daemons.end(one, signal.SIGKILL)
        self.daemons.start()
        self.did["daemons killed"] += 1

    def rage(self, minutes: float) -> None:
        """Kill at chance moments for so long, while there is something to do."""
        ends = time.monotonic() + minutes * 60
        due = {self.post: 0.0, self.order: 0.0, self.film: 0.0, self.kill: time.monotonic() + 8}
        each = {self.post: EVERY_POST, self.order: EVERY_ORDER, self.film: EVERY_FILM}
        while (now := time.monotonic()) < ends:
            act = min(due, key=lambda one: due[one])
            time.sleep(max(due[act] - now, 0))
            act()
            due[act] = time.monotonic() + (each.get(act) or self.rng.choice(BETWEEN))

    def settle(self) -> float:
        """Have one daemon go on unharmed until nothing is open; return how many seconds it took."""
        while len(self.daemons.running) > 1:
            self.daemons.end(self.daemons.running[-1], signal.SIGTERM)
        for one in self.ordering:
            one.wait(120)
        began = time.monotonic()
        while self.open() and time.monotonic() - began < SETTLING:
            time.sleep(2)
        took = time.monotonic() - began
        time.sleep(60 * 60 / PACE + 5)  # each hour's tasks once more
        self.daemons.end(self.daemons.running[0], signal.SIGTERM)
        return took

    def open(self) -> list[str]:
        """Return what is on its way, in words."""
        return [*open_rows(self, "post", ("published", "refused")), *self.open_work()]

    def open_work(self) -> list[str]:
        """Return the videos and orders that are on their way."""
        return [*open_rows(self, "video", ENDED_VIDEOS), *open_rows(self, "job", ENDED_JOBS)]


def open_rows(campaign: Campaign, table: str, ended: tuple[str, ...]) -> list[str]:
    """Return the rows of a table that have not come to an end."""
    found = campaign.rows(f"SELECT id, status, failure FROM {table}")  # noqa: S608  # our own names
    left = [one for one in found if one[1] not in ended]
    return [f"{table} {row} is {status}: {why}" for row, status, why in left]


def copy_film(rows: sqlite3.Connection, number: int, film: str) -> str:
    """Add a finished video with the bytes of the first one and an id of its own; return that."""
    names = [name for _, name, *_ in rows.execute("PRAGMA table_info(video)")]
    new = {"id": f"'{film}'", "title": f"'Take {number}'"}
    values = ", ".join(new.get(name, name) for name in names)
    asked = f"INSERT INTO video ({', '.join(names)}) SELECT {values} FROM video"  # noqa: S608
    rows.execute(f"{asked} WHERE status = 'finished' ORDER BY id LIMIT 1")
    return film


def due_now(rows: sqlite3.Connection, film: str, network: str, campaign: Campaign) -> None:
    """Add the post of a copy, due at once."""
    facts: dict[str, object] = {
        "id": new_id(campaign.clock()),
        "video_id": film,
        "platform": network,
        "status": "waiting",
        "due_at": campaign.shown(),
        "meant_at": campaign.shown(),
    }
    for _, name, kind, needed, default, _ in rows.execute("PRAGMA table_info(post)"):
        if needed and default is None:
            facts.setdefault(name, 0 if kind == "INTEGER" else "")
    holes = ", ".join("?" * len(facts))
    asked = f"INSERT INTO post ({', '.join(facts)}) VALUES ({holes})"  # noqa: S608  # our own names
    rows.execute(asked, tuple(facts.values()))


def faults(campaign: Campaign) -> Iterator[str]:
    """Yield what must not be, in words."""
    yield from campaign.open()
    yield from twice(campaign)
    yield from ledger_faults(campaign)
    yield from orphans(campaign)
    yield from left_behind(campaign)
    yield from store_faults(campaign)
    yield from logged(campaign)


def twice(campaign: Campaign) -> Iterator[str]:
    """Yield where a network has another number of posts than there are rows of them."""
    out = Counter(network for (network,) in campaign.rows(PUBLISHED))
    for name, line in campaign.lines.items():
        seen = len(line.network.posts)
        if seen != out[name]:
            yield f"{name} has {seen} posts for {out[name]} rows"
        yield from (f"{name}: {each}" for each in line.network.violations)
    boxes = [one for one in (campaign.folder / "outbox").iterdir() if one.name[0] != "."]
    if len(boxes) != out["outbox"]:
        yield f"the outbox has {len(boxes)} posts for {out['outbox']} rows"


PUBLISHED = "SELECT platform FROM post WHERE status = 'published'"


def ledger_faults(campaign: Campaign) -> Iterator[str]:
    """Yield where the ledger differs from what A2E charged, or one order went out twice."""
    sums = dict(campaign.rows("SELECT kind, sum(amount) FROM credit_entry GROUP BY kind"))
    charged = -sum(one.amount for one in campaign.a2e.history)
    if -sums.get("settle", 0) != charged:
        yield f"A2E charged {charged} credits, the ledger settled {-sums.get('settle', 0)}"
    if held := sums.get("hold", 0) + sums.get("release", 0):
        yield f"{-held} credits are held for nothing"
    names = Counter(start.name for start in campaign.a2e.starts)
    yield from (f"{name} was started {times} times" for name, times in names.items() if times > 1)
    yield from (f"a2e: {each}" for each in campaign.a2e.violations)


def orphans(campaign: Campaign) -> Iterator[str]:
    """Yield each file nobody knows of: scratch of those who were killed, films without a row."""
    asked = "SELECT path, cover FROM video UNION SELECT result, '' FROM job"
    known = {name for pair in campaign.rows(asked) for name in pair}
    for root in ("state", "outbox", "tmp", "cache"):
        for file in sorted((campaign.folder / root).rglob("*")):
            place = file.relative_to(campaign.folder)
            scratch = any(is_scratch(part) for part in place.parts)
            film = file.suffix in {".mp4", ".wav", ".mp3"} and root == "state"
            if scratch or (root == "tmp") or (film and str(file) not in known):
                yield f"orphan {place} ({file.stat().st_size} bytes)"


def is_scratch(name: str) -> bool:
    """Return whether something is called as what is being made is."""
    return name.startswith((".", "elite8-")) or name.endswith((".part", ".tag", ".tmp"))


def left_behind(campaign: Campaign) -> Iterator[str]:
    """Yield each process that outlived who started it."""
    for one in psutil.process_iter(["pid", "cmdline"]):
        try:
            ours = one.environ().get("ELITE8_STATE_DIR") == str(campaign.folder / "state")
        except psutil.Error:
            continue
        if ours and one.pid != os.getpid():
            yield f"process {one.pid} is left: {' '.join(one.info['cmdline'])[:120]}"


def store_faults(campaign: Campaign) -> Iterator[str]:
    """Yield what is broken in the database, and tasks that failed last."""
    for check in ("integrity_check", "foreign_key_check"):
        found = campaign.rows(f"PRAGMA {check}")
        yield from (f"{check}: {row}" for row in found if row != ("ok",))
    for name, failure in campaign.rows("SELECT task, message FROM tick WHERE failures > 0"):
        yield f"task {name} failed last: {failure}"


def logged(campaign: Campaign) -> Iterator[str]:
    """Yield each kind of fault of ours that was logged."""
    told = campaign.daemons.events()
    for event in ("task.failed", "a2e.fault", "daemon.broken"):
        if told[event]:
            yield f"{event} is in the logs {told[event]} times"
    traces = sum("Traceback" in log.read_text() for log in campaign.daemons.logs)
    if traces:
        yield f"{traces} logs hold a Traceback"


def delayed(line: Line, rng: Random) -> None:
    """Have a network take its time for each answer."""
    answer = line.network.handle

    def handle(request: Request) -> Reply:
        time.sleep(rng.uniform(0, LONGEST_ANSWER))
        reply: Reply = answer(request)
        return reply

    line.network.handle = handle


def prepare(folder: Path, environment: dict[str, str]) -> None:
    """Have temporary files lie where they can be seen, A2E asked often, and one film made."""
    for name in ("tmp", "cache"):
        (folder / name).mkdir()
    tariff = folder / "decided" / "avatars" / "pro_plan_optimized.json"
    tariff.write_text(tariff.read_text().replace('"poll_seconds": 5.0', '"poll_seconds": 0.2'))
    calendar = folder / "decided" / "scheduler_config.json"
    calendar.write_text(calendar.read_text().replace('"plan": "2 * * * *"', '"plan": "off"'))
    environment |= {
        "TMPDIR": str(folder / "tmp"),
        "ELITE8_CACHE_DIR": str(folder / "cache"),
        "ELITE8_A2E_API_KEY": SIMULATED_KEY,
    }
    made = subprocess.run(
        [ELITE8, "generate", "-c", "miyuki", "--duration", "3", "--engine", "local"],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        sys.exit(made.stderr)


def main() -> int:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--minutes", type=float, default=30)
    wanted.add_argument("--seed", type=int, default=1)
    asked = wanted.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="elite8-kills-"))
    print(f"logs and state are in {folder} until all is well", flush=True)
    clock = Paced(FastClock(begins=BEGINS, pace=1, since=utc_now()))
    rng = Random(asked.seed)  # noqa: S311  # chance, not secrecy
    a2e = A2ESimulator(clock=clock, media=Specimens(), coins=1800, work_seconds=600.0)
    with ExitStack() as stack:
        daemons, lines = stack.enter_context(world(folder, clock, ""))
        a2e.base_url = stack.enter_context(serve(a2e.handle))
        daemons.environment["ELITE8_A2E_URL"] = a2e.base_url
        prepare(folder, daemons.environment)
        clock.hurry(PACE)
        daemons.environment["ELITE8_CLOCK"] = str(clock)
        for line in lines.values():
            delayed(line, rng)
        daemons.start()
        daemons.start()
        daemons.leader()
        campaign = Campaign(folder, daemons, lines, a2e, clock, rng)
        campaign.rage(asked.minutes)
        took = campaign.settle()
        wrong = list(faults(campaign))
    print(f"{dict(campaign.did)}; at rest {took:.0f} s after the last kill", flush=True)
    print("posts:", dict(Counter(campaign.rows("SELECT platform, status FROM post"))))
    print("videos:", dict(Counter(campaign.rows("SELECT engine, status FROM video"))))
    print("jobs:", dict(Counter(campaign.rows("SELECT family, status FROM job"))))
    print("events:", dict(daemons.events()))
    if not wrong:
        shutil.rmtree(folder)
    print(*wrong or ["nothing twice, nothing lost, nothing left"], sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
