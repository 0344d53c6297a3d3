"""A day of the daemon among simulated networks, with everything that goes wrong in one.

`PYTHONPATH=. python tests/acceptance/soak.py --pace 60 --hours 24` plays it in 24 minutes: two real
daemons on one store, videos filmed on this machine, and on the way a SIGKILL, a broken config with
SIGHUP, a network that is down, and a SIGTERM in the middle of an upload. It ends with what was
planned beside what the networks saw; anything posted twice or lost ends it with 1.
`--database-url postgresql://…` has both daemons on an empty PostgreSQL.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from elite8.core.clock import Clock, FastClock, utc_now
from elite8.core.simulators import instagram, tiktok, youtube
from elite8.core.simulators.wire import Reply, Request, serve

ELITE8 = str(Path(sys.executable).with_name("elite8"))
EVENT = re.compile(r'{.*?"event": "([^"]+)"')
"""A line of a log; the last one of a killed process may end in its middle."""
CONFIG = Path(__file__).parents[2] / "config"
SLOW = 30.0
"""Seconds that a slow upload takes: longer than a daemon waits for it."""
PATIENCE = 120.0


@dataclass
class Paced:
    """A clock that is hurried once everybody has signed in: a code is good for minutes."""

    now: FastClock

    def __call__(self) -> datetime:
        return self.now()

    def __str__(self) -> str:
        return str(self.now)

    def hurry(self, pace: float) -> None:
        self.now = FastClock(begins=self.now(), pace=pace, since=utc_now())


@dataclass
class Line:
    """The way to one network: it can be down, and one upload on it can be slow."""

    network: Any
    down: bool = False
    slow: bool = False
    uploading: threading.Event = field(default_factory=threading.Event)

    def handle(self, request: Request) -> Reply:
        if self.down:
            return Reply(status=503)
        if self.slow and request.method == "PUT":
            self.slow = False
            self.uploading.set()
            time.sleep(SLOW)
        answer: Reply = self.network.handle(request)
        return answer


@dataclass
class Daemons:
    """The daemons that run, each with its log."""

    folder: Path
    environment: dict[str, str] = field(repr=False)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    logs: list[Path] = field(default_factory=list)

    def start(self) -> None:
        self.logs.append(self.folder / f"log-{len(self.logs)}")
        with self.logs[-1].open("wb") as out:
            self.running.append(
                subprocess.Popen([ELITE8, "daemon"], stderr=out, env=self.environment)
            )

    def leader(self) -> subprocess.Popen[bytes]:
        """Return the one that leads, as soon as one does."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            who = (self.ask("daemon", "status") or {}).get("who", "")
            found = [one for one in self.running if f"process {one.pid} " in str(who)]
            if found:
                return found[0]
            time.sleep(0.5)
        raise AssertionError("nobody leads")

    def end(self, one: subprocess.Popen[bytes], how: signal.Signals) -> float:
        """End one and return how many seconds it took."""
        self.running.remove(one)
        began = time.monotonic()
        one.send_signal(how)
        one.wait(60)
        return time.monotonic() - began

    def ask(self, *arguments: str) -> Any:
        done = subprocess.run(
            [ELITE8, *arguments, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return json.loads(done.stdout)["data"] if done.stdout else None

    def events(self) -> Counter[str]:
        """Return how often each event is in the logs."""
        lines = (line for log in self.logs for line in log.read_text().splitlines())
        return Counter(found[1] for line in lines if (found := EVENT.match(line)))


def sign_in(environment: dict[str, str], name: str, network: Any) -> None:
    """Sign in as over SSH: read the page's address, agree there, paste where it ends."""
    child = subprocess.Popen(
        [ELITE8, "accounts", "login", name, "--paste"],
        env=environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stderr
    page = None
    while page is None:
        page = re.search(r"https?://\S+", child.stderr.readline())
    if name == "instagram":
        typed = network.issue_token()
    else:
        with httpx.Client(trust_env=False) as browser:
            typed = browser.get(page[0]).headers["Location"]
    _, told = child.communicate(f"{typed}\n", timeout=60)
    assert child.returncode == 0, told


@contextmanager
def world(folder: Path, clock: Clock, url: str) -> Iterator[tuple[Daemons, dict[str, Line]]]:
    """Serve the networks and sign in everywhere; every daemon is stopped at the end."""
    shutil.copytree(CONFIG, folder / "decided")
    lines = {
        "youtube": Line(youtube.YouTubeSimulator(clock=clock, processing_seconds=30)),
        "tiktok": Line(tiktok.TikTokSimulator(clock=clock, processing_seconds=30)),
        "instagram": Line(instagram.InstagramSimulator(clock=clock, processing_seconds=30)),
    }
    decided = {
        "ELITE8_STATE_DIR": str(folder / "state"),
        "ELITE8_OUTBOX_DIR": str(folder / "outbox"),
        "ELITE8_CONFIG_DIR": str(folder / "decided"),
        "ELITE8_DATABASE_URL": url or f"sqlite:///{folder}/state/elite8.db",
        "ELITE8_YOUTUBE_CLIENT_ID": youtube.CLIENT_ID,
        "ELITE8_YOUTUBE_CLIENT_SECRET": youtube.CLIENT_SECRET,
        "ELITE8_TIKTOK_CLIENT_ID": tiktok.CLIENT_KEY,
        "ELITE8_TIKTOK_CLIENT_SECRET": tiktok.CLIENT_SECRET,
        "ELITE8_CLOCK": str(clock),
        "ELITE8_X_URL": "http://127.0.0.1:9",  # nothing is sent there
        "ELITE8_DISCORD_URL": "http://127.0.0.1:9",
    }
    with ExitStack() as stack:
        for name, line in lines.items():
            line.network.base_url = stack.enter_context(serve(line.handle))
            decided[f"ELITE8_{name.upper()}_URL"] = line.network.base_url
        environment = {key: value for key, value in os.environ.items() if key[:7] != "ELITE8_"}
        environment |= decided
        for name, line in lines.items():
            sign_in(environment, name, line.network)
        daemons = Daemons(folder, environment)
        try:
            yield daemons, lines
        finally:
            for one in daemons.running:
                one.kill()


def kill(daemons: Daemons, _lines: dict[str, Line]) -> str:
    """Kill the leader; the other one has to follow."""
    daemons.end(daemons.leader(), signal.SIGKILL)
    daemons.start()
    return f"process {daemons.leader().pid} follows"


def break_config(daemons: Daemons, _lines: dict[str, Line]) -> str:
    """Have a wrong file read; the old config has to stay."""
    file = daemons.folder / "decided" / "scheduler_config.json"
    good = file.read_text()
    file.write_text(good.replace('"08:00"', '"8 o\'clock"'))
    for one in daemons.running:
        one.send_signal(signal.SIGHUP)
    time.sleep(5)
    file.write_text(good)
    return f"{daemons.events()['config.broken']} daemons said that it is wrong"


def mend_config(daemons: Daemons, _lines: dict[str, Line]) -> str:
    """Have the right file read again."""
    for one in daemons.running:
        one.send_signal(signal.SIGHUP)
    time.sleep(5)
    return f"{daemons.events()['config.read']} daemons read it"


def cut(_daemons: Daemons, lines: dict[str, Line]) -> str:
    """Have a network go down."""
    lines["tiktok"].down = True
    return "TikTok answers 503"


def join(_daemons: Daemons, lines: dict[str, Line]) -> str:
    """Have the network come back."""
    lines["tiktok"].down = False
    return "TikTok is back"


def dawdle(_daemons: Daemons, lines: dict[str, Line]) -> str:
    """Have the next upload to YouTube be a slow one."""
    lines["youtube"].slow = True
    return "the next upload to YouTube is slow"


def stop(daemons: Daemons, lines: dict[str, Line]) -> str:
    """Stop the leader in the middle of an upload; it has to end in time."""
    if not lines["youtube"].uploading.wait(PATIENCE):
        return "no upload came"
    took = daemons.end(daemons.leader(), signal.SIGTERM)
    daemons.start()
    return f"it ended in {took:.1f} s in the middle of an upload"


ACTS: tuple[tuple[float, Callable[[Daemons, dict[str, Line]], str]], ...] = (
    (3.5, kill),
    (5.0, break_config),
    (7.0, mend_config),
    (8.8, cut),
    (9.8, join),
    (11.8, dawdle),
    (12.02, stop),
    (15.0, kill),
)
"""At which hour of the day what goes wrong; the slots are at 3, 9, 12 and 23 UTC."""


def play(daemons: Daemons, lines: dict[str, Line], clock: FastClock, hours: float) -> None:
    """Live through the day."""
    end = clock.begins + timedelta(hours=hours)
    for hour, act in (*ACTS, (hours, None)):
        at = min(clock.begins + timedelta(hours=hour), end)
        time.sleep(max((clock.real(at) - utc_now()).total_seconds(), 0))
        if act is not None and at < end:
            print(f"{clock():%H:%M} UTC  {act.__name__}: {act(daemons, lines)}", flush=True)


def faults(daemons: Daemons, lines: dict[str, Line], clock: FastClock) -> list[str]:
    """Print what was planned beside what is out; return what must not be."""
    now = clock()
    planned = [
        one
        for one in daemons.ask("publish", "list", "--limit", "1000")
        if datetime.fromisoformat(one["due_at"]) < now - timedelta(hours=2)
    ]
    print(f"\n{len(planned)} posts were due: {dict(Counter(one['status'] for one in planned))}")
    print("events:", dict(daemons.events()))
    wrong = [f"{one['network']} {one['due_at']}: {one['status']}" for one in planned]
    wrong = [line for line in wrong if not line.endswith(": published")]
    for name, line in lines.items():
        ours = sum(one["network"] == name and one["status"] == "published" for one in planned)
        print(f"{name}: {len(line.network.posts)} posts seen, {ours} of them planned until then")
        every = daemons.ask("publish", "list", "--limit", "1000")
        out = sum(one["network"] == name and one["status"] == "published" for one in every)
        if out != len(line.network.posts):
            wrong.append(f"{name}: {len(line.network.posts)} posts for {out} rows")
        wrong += [f"{name}: {each}" for each in line.network.violations]
    return wrong


def main() -> int:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--pace", type=float, default=60)
    wanted.add_argument("--hours", type=float, default=24)
    wanted.add_argument("--from", dest="begins", default="2026-03-06T00:00:00+00:00")
    wanted.add_argument("--database-url", default="")
    asked = wanted.parse_args()
    begins = datetime.fromisoformat(asked.begins)
    folder = Path(tempfile.mkdtemp(prefix="elite8-soak-"))
    print(f"logs and state are in {folder} until all is well", flush=True)
    clock = FastClock(begins=begins, pace=asked.pace, since=utc_now())
    with world(folder, clock, asked.database_url) as (daemons, lines):
        daemons.start()
        daemons.start()
        play(daemons, lines, clock, asked.hours)
        while daemons.running:
            daemons.end(daemons.running[0], signal.SIGTERM)
        wrong = faults(daemons, lines, clock)
    if not wrong:
        shutil.rmtree(folder)
    print(*wrong or ["nothing twice, nothing lost"], sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
