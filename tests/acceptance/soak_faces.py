"""Twenty minutes of daemon, page and chat together: does the memory stay flat.

`PYTHONPATH=. python tests/acceptance/soak_faces.py --minutes 20` runs one real daemon among
simulated networks, asked all the while: a browser that looks anew, Prometheus, a health check, and
an operator who writes. The first third is for warming up; the slope of the rest is printed, and 1
MB an hour or more ends it with 1.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from statistics import linear_regression, median
from typing import TYPE_CHECKING

import httpx

from elite8.core.clock import FastClock, utc_now
from elite8.core.simulators import telegram
from elite8.core.simulators.wire import serve
from tests.acceptance.soak import Daemons, world

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "soak-" + "0123456789abcdef" * 2
PORT = 18088
CHAT = 7
SAID = ("/status", "/schedule", "/credits", "/budget", "/pending", "/alerts", "/daily", "/platform")
EVERY = {"page": 5.0, "metrics": 15.0, "health": 10.0, "chat": 20.0, "memory": 5.0}
"""Seconds between two of each: about ten browsers, one Prometheus, one chatty operator."""
MOST_SLOPE = 1.0
"""MB an hour."""


def resident(pid: int) -> float:
    """Return the megabytes that a process has in memory, not counting what is shared."""
    lines = dict(
        line.split(":", 1)
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    )
    return sum(int(lines[name].split()[0]) for name in ("Private_Dirty", "Private_Clean")) / 1024


def ask(url: str, answers: Counter[str], path: str) -> None:
    """Ask the page for something, as one who has the token."""
    with httpx.Client(trust_env=False, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        found = client.get(url + path)
    answers[f"{path} {found.status_code}"] += 1


def live(daemons: Daemons, chat: telegram.TelegramSimulator, minutes: float) -> list[float]:
    """Ask and write for so long; return the memory every five seconds."""
    (daemon,), url = daemons.running, f"http://127.0.0.1:{PORT}"
    answers: Counter[str] = Counter()
    used: list[float] = []
    lines = httpx.Limits(keepalive_expiry=1)  # the page's server lets go of idle ones after 5 s
    with httpx.Client(
        trust_env=False, base_url=url, headers={"Origin": url}, limits=lines
    ) as browser:
        answers[f"/sign-in {browser.post('/sign-in', data={'token': TOKEN}).status_code}"] += 1

        def page() -> None:
            answers[f"/part {browser.get('/part').status_code}"] += 1

        does: dict[str, Callable[[], object]] = {
            "page": page,
            "metrics": lambda: ask(url, answers, "/metrics"),
            "health": lambda: ask(url, answers, "/healthz"),
            "chat": lambda: chat.say(SAID[len(used) % len(SAID)], chat=CHAT),
            "memory": lambda: used.append(resident(daemon.pid)),
        }
        began = time.monotonic()
        next_at = dict.fromkeys(does, began)
        while time.monotonic() - began < minutes * 60:
            name = min(next_at, key=lambda one: next_at[one])
            time.sleep(max(next_at[name] - time.monotonic(), 0))
            next_at[name] += EVERY[name]
            does[name]()
    print("answers:", dict(answers), "chat messages:", len(chat.messages))
    return used


def slope(used: list[float]) -> float:
    """Return the megabytes an hour of the last two thirds."""
    rest = used[len(used) // 3 :]
    hours = [number * EVERY["memory"] / 3600 for number in range(len(rest))]
    return linear_regression(hours, rest).slope


def main() -> int:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--minutes", type=float, default=20)
    asked = wanted.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="elite8-soak-"))
    clock = FastClock(begins=utc_now(), pace=1, since=utc_now())
    chat = telegram.TelegramSimulator(clock=clock)
    with ExitStack() as stack:
        daemons, _ = stack.enter_context(world(folder, clock, ""))
        chat.base_url = stack.enter_context(serve(chat.handle))
        decided = folder / "decided" / "monitoring" / "telegram_config.json"
        decided.write_text(json.dumps({**json.loads(decided.read_text()), "chats": [CHAT]}))
        daemons.environment |= {
            "ELITE8_TELEGRAM_URL": chat.base_url,
            "ELITE8_TELEGRAM_TOKEN": telegram.SIMULATED_TOKEN,
            "ELITE8_WEB_LISTEN": f"127.0.0.1:{PORT}",
            "ELITE8_WEB_TOKEN": TOKEN,
        }
        daemons.ask("schedule", "run", "plan")  # there is something to look at from the start
        daemons.start()
        daemons.leader()
        time.sleep(5)
        used = live(daemons, chat, asked.minutes)
        took = daemons.end(daemons.running[0], signal.SIGTERM)
        print("events:", dict(daemons.events()))
    sixths = [used[n * len(used) // 6 : (n + 1) * len(used) // 6] for n in range(6)]
    print("MB, median of each sixth:", [round(median(part), 2) for part in sixths])
    found = slope(used)
    print(f"slope after the first third: {found:+.2f} MB/h; it ended in {took:.1f} s")
    shutil.rmtree(folder)
    return int(found >= MOST_SLOPE)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
