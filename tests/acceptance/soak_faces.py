"""Twenty minutes of daemon, page and chat together: does the memory stay flat.

`PYTHONPATH=. python tests/acceptance/soak_faces.py --minutes 20` runs one real daemon among
simulated networks, asked all the while: a browser that looks anew, Prometheus, a health check, an
operator who writes, and every four minutes a film to be made and posted. It warms up first, with
films and posts too, so that whatever is loaded on first use is there; then it is measured, and
1 MB an hour or more ends it with 1.

Measured is what the process alone has and cannot be taken from it (RssAnon and VmSwap of
/proc/PID/status). Pages of files, such as libraries, are the system's: they come and go with every
other process that maps the same file, a film being made for one; they are printed beside it.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from math import sqrt
from pathlib import Path
from statistics import median

import httpx

from elite8.core.clock import FastClock, utc_now
from elite8.core.simulators import telegram
from elite8.core.simulators.wire import serve
from tests.acceptance.soak import Daemons, world

TOKEN = "soak-" + "0123456789abcdef" * 2
CHAT = 7
SAID = ("/status", "/schedule", "/credits", "/budget", "/pending", "/alerts", "/daily", "/platform")
WHO = ("miyuki", "airi", "hana", "aiko", "rio", "ren", "chiyo", "jin")
WHERE = ("youtube", "tiktok", "instagram", "outbox")
LATER, SOON = timedelta(minutes=35), timedelta(minutes=2)
"""When a film that is asked for is to go out, and when one that is made already."""
WARMER = 4
"""How often as much is asked in the warm-up: what fills up with use is full after it."""
EVERY = {
    "page": 5.0,
    "metrics": 15.0,
    "health": 10.0,
    "chat": 20.0,
    "film": 240.0,
    "memory": 5.0,
}
"""Seconds between two of each: about ten browsers, one Prometheus, one chatty operator."""
MOST_SLOPE = 1.0
"""MB an hour."""


@dataclass(frozen=True)
class Memory:
    """What a process has, in MB: its own, and pages of files."""

    own: float
    files: float


def memory(pid: int) -> Memory:
    """Return what a process has in memory."""
    told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    kb = {name: int(told[name].split()[0]) for name in ("RssAnon", "VmSwap", "RssFile", "RssShmem")}
    return Memory(
        own=(kb["RssAnon"] + kb["VmSwap"]) / 1024, files=(kb["RssFile"] + kb["RssShmem"]) / 1024
    )


def ask(url: str, answers: Counter[str], path: str) -> None:
    """Ask the page for something, as one who has the token."""
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        found = client.get(url + path)
    answers[f"{path} {found.status_code}"] += 1


@dataclass
class Life:
    """All that is asked of the daemon, and what it has in memory meanwhile."""

    daemons: Daemons
    chat: telegram.TelegramSimulator
    url: str
    browser: httpx.Client
    answers: Counter[str] = field(default_factory=Counter)
    used: list[Memory] = field(default_factory=list)

    def goes_on(self, minutes: float, pace: int = 1) -> None:
        """Ask and write for so long, `pace` times as often as usual."""
        does: dict[str, Callable[[], object]] = {
            "page": self.look,
            "metrics": lambda: ask(self.url, self.answers, "/metrics"),
            "health": lambda: ask(self.url, self.answers, "/healthz"),
            "chat": self.write,
            "film": self.film,
            "memory": lambda: self.used.append(memory(self.daemons.running[0].pid)),
        }
        began = time.monotonic()
        next_at = dict.fromkeys(does, began)
        while time.monotonic() - began < minutes * 60:
            name = min(next_at, key=lambda one: next_at[one])
            time.sleep(max(next_at[name] - time.monotonic(), 0))
            next_at[name] += EVERY[name] / (1 if name in {"memory", "film"} else pace)
            does[name]()

    def sign_in(self) -> None:
        """Sign in as a browser."""
        answer = self.browser.post("/sign-in", data={"token": TOKEN})
        self.answers[f"/sign-in {answer.status_code}"] += 1

    def look(self) -> None:
        """Look anew, as a page that is open."""
        self.answers[f"/part {self.browser.get('/part').status_code}"] += 1

    def write(self) -> None:
        """Write to the chat."""
        self.chat.say(SAID[len(self.used) % len(SAID)], chat=CHAT)

    def film(self) -> None:
        """Have a film made, and the newest posted."""
        number = self.answers["film"]
        self.answers["film"] += 1
        who, where = WHO[number % len(WHO)], WHERE[number % len(WHERE)]
        self.plan(utc_now() + LATER, where, "-c", who)
        if number:
            self.plan(utc_now() + SOON, where, "latest")

    def plan(self, at: datetime, where: str, *what: str) -> None:
        """Put something into the calendar; whether it was taken is counted."""
        when = ("--at", f"{at:%Y-%m-%d %H:%M}", "--zone", "UTC", "--to", where)
        taken = self.daemons.ask("schedule", "add", *what, *when)
        self.answers["planned" if taken else "not planned"] += 1

    def made(self) -> Counter[str]:
        """Return how many films and posts are done by now."""
        films = self.daemons.ask("generate", "list") or ()
        posts = self.daemons.ask("publish", "list", "--limit", "1000") or ()
        return Counter(
            films=sum(one["status"] == "finished" for one in films),
            posts=sum(one["status"] == "published" for one in posts),
        )


def lived(daemons: Daemons, chat: telegram.TelegramSimulator, port: int, asked: Namespace) -> Life:
    """Warm up, then measure; return the life, with what was measured."""
    url = f"http://127.0.0.1:{port}"
    lines = httpx.Limits(keepalive_expiry=1)  # the page's server lets go of idle ones after 5 s
    with httpx.Client(
        trust_env=False, base_url=url, headers={"Origin": url}, limits=lines, timeout=30
    ) as browser:
        life = Life(daemons, chat, url, browser)
        life.sign_in()
        life.goes_on(asked.warm, WARMER)
        told("warm-up", life.used)
        before, life.used = life.made(), []
        life.goes_on(asked.minutes)
        told("measured", life.used)
        print("done in the warm-up:", dict(before), "while measured:", dict(life.made() - before))
    return life


def told(part: str, used: list[Memory]) -> None:
    """Print a part of the run, in sixths."""
    sixths = [used[n * len(used) // 6 : (n + 1) * len(used) // 6] for n in range(6)]
    own = [round(median(one.own for one in part), 2) for part in sixths if part]
    files = [round(median(one.files for one in part), 1) for part in sixths if part]
    print(
        f"{part}: MB of its own, median of each sixth: {own}; pages of files: {files}", flush=True
    )


def slope(values: Sequence[float], seconds: float) -> tuple[float, float, float]:
    """Return what values rise by in an hour, and between what bounds that is with 95 % confidence.

    The median of the slopes between any two (Theil 1950); bounds by Sen (1968), whose ranks count
    what follows each other as independent: give it one value for each minute.
    """
    hours = seconds / 3600
    every = sorted(
        (late - early) / (hours * (j - i))
        for (i, early), (j, late) in combinations(enumerate(values), 2)
    )
    n, count = len(values), len(every)
    spread = 1.96 * sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low, high = round((count - spread) / 2), round((count + spread) / 2)
    return median(every), every[max(low, 0)], every[min(high, count - 1)]


def by_minute(used: Sequence[float]) -> list[float]:
    """Return the median of each minute."""
    each = int(60 / EVERY["memory"])
    return [median(used[n : n + each]) for n in range(0, len(used) - each + 1, each)]


def main() -> int:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--minutes", type=float, default=20)
    wanted.add_argument("--warm", type=float, default=25, help="minutes before it is measured")
    asked = wanted.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="elite8-soak-"))
    clock = FastClock(begins=utc_now(), pace=1, since=utc_now())
    chat = telegram.TelegramSimulator(clock=clock)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with ExitStack() as stack:
        daemons, _ = stack.enter_context(world(folder, clock, ""))
        chat.base_url = stack.enter_context(serve(chat.handle))
        decided = folder / "decided" / "monitoring" / "telegram_config.json"
        decided.write_text(json.dumps({**json.loads(decided.read_text()), "chats": [CHAT]}))
        daemons.environment |= {
            "ELITE8_TELEGRAM_URL": chat.base_url,
            "ELITE8_TELEGRAM_TOKEN": telegram.SIMULATED_TOKEN,
            "ELITE8_WEB_LISTEN": f"127.0.0.1:{port}",
            "ELITE8_WEB_TOKEN": TOKEN,
        }
        daemons.ask("schedule", "run", "plan")  # there is something to look at from the start
        daemons.start()
        daemons.leader()
        time.sleep(5)
        life = lived(daemons, chat, port, asked)
        took = daemons.end(daemons.running[0], signal.SIGTERM)
        print("answers:", dict(life.answers), "chat messages:", len(chat.messages))
        print("events:", dict(daemons.events()))
    own, low, high = slope(by_minute([one.own for one in life.used]), 60)
    whole, *_ = slope(by_minute([one.own + one.files for one in life.used]), 60)
    print(f"slope: {own:+.2f} MB/h, with 95 % confidence {low:+.2f} to {high:+.2f}")
    print(f"with pages of files: {whole:+.2f} MB/h; it ended in {took:.1f} s")
    shutil.rmtree(folder)
    return int(own >= MOST_SLOPE)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
