"""Forks children that order and collect paid videos and are killed on the way; run as a program.

`python nursery.py FOLDER kills SEED COUNT` kills COUNT children at random lines of code, the
line's own socket and database calls among them. `python nursery.py FOLDER at STEP WHEN` kills one
child before or after one step. Both then let an unharmed child finish everything. The clock is the
file FOLDER/now, in seconds since 1970; the environment names the simulated A2E.
"""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from elite8.core.domain.video import VideoStatus
from elite8.core.operations import collect, commission, fetch, finish, purse
from elite8.core.operations.brief import Brief, plan
from elite8.core.production.a2e import A2E
from elite8.core.storage import jobs, videos
from elite8.core.studio import Studio, open_studio

FOLDER = Path(sys.argv[1])
WORDS = "Welcome back, everyone. Three new steps today."
TRACED = ("elite8/core/operations", "elite8/core/storage", "elite8/core/production/a2e", "httpcore")
STEPS: dict[str, tuple[Any, str]] = {
    "afford": (purse, "afford"),
    "hold": (purse, "hold"),
    "send": (commission, "send"),
    "start": (A2E, "start"),
    "look": (A2E, "look"),
    "download": (fetch, "download"),
    "settle": (purse, "settle"),
    "finished": (collect, "finished"),
    "mark": (finish, "mark"),
}


def quiet(_step: str, _share: float) -> None:
    """Show nothing."""


def now() -> datetime:
    return datetime.fromtimestamp(float((FOLDER / "now").read_text()), UTC)


def advance(seconds: float) -> None:
    new = FOLDER / "now.new"
    new.write_text(str(now().timestamp() + seconds))
    new.replace(FOLDER / "now")


def studio() -> Studio:
    return replace(open_studio(), clock=now)


def order(number: int) -> None:
    """Order one video, its avatar first."""
    opened = studio()
    who = commission.avatar(opened, opened.config.roster.named("miyuki"))
    if who is not None:
        brief = Brief(
            characters=("miyuki",), script=WORDS, language="en", engine="a2e", seed=number
        )
        commission.order(opened, plan(opened, brief)[0], who, quiet)


def look(_number: int) -> None:
    """Look after everything once."""
    collect.look(studio(), quiet)


def light(opened: Studio, _job: object, video: Any, _progress: object) -> None:
    """Finish a video without filming."""
    with opened.database.transaction() as session:
        if video.status == VideoStatus.GENERATING:
            videos.move(session, video, VideoStatus.GENERATED)
    with opened.database.transaction() as session:
        videos.move(session, video, VideoStatus.FINISHED)


@cache
def is_traced(file: str) -> bool:
    """Return whether the lines of a file are places to be killed at."""
    return any(part in file for part in TRACED)


def born(
    work: Callable[[int], None], number: int, dies_at: int = 0, *, counted: bool = False
) -> tuple[int, int]:
    """Let a child work; it is killed at the line `dies_at`, if any.

    Return the line at which it committed an intent, 0 for none, and the last one, if counted.
    """
    read, write = os.pipe()
    if pid := os.fork():
        os.close(write)
        os.waitpid(pid, 0)
        with os.fdopen(read) as told:
            first, last = (told.read() or "0 0").split()
            return int(first), int(last)
    lines = intended = 0

    def count(frame: Any, event: str, _argument: object) -> Any:
        nonlocal lines, intended
        if event == "call" and frame.f_code.co_name == "intend":
            intended = lines
        if event == "call" and not is_traced(frame.f_code.co_filename):
            return None
        if event == "line":
            lines += 1
            if lines == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)
        return count

    if counted or dies_at:  # it takes longer than the work
        sys.settrace(count)
    try:
        work(number)
    except BaseException as trouble:  # noqa: BLE001  the child has nobody to raise to
        sys.settrace(None)
        print(type(trouble).__name__, trouble, file=sys.stderr)
    sys.settrace(None)
    os.write(write, f"{intended} {lines}".encode())
    os._exit(0)


def settle_all() -> None:
    """Let time pass and look until nothing is open."""
    for _ in range(40):
        advance(300)
        born(look, 0)
        opened = studio()
        with opened.database.transaction() as session:
            waiting = jobs.in_work(session)
        opened.database.close()
        if not waiting:
            return
    sys.exit("jobs stay open for ever")


def kills(seed: int, count: int) -> None:
    """Kill so many children, half of them while they order, half while they collect."""
    vars(collect)["deliver"] = light  # films nothing
    rng = Random(seed)  # noqa: S311  # chance, not secrecy
    born(order, 0)
    advance(10)
    born(look, 0)
    worked: dict[Callable[[int], None], tuple[int, int]] = {order: born(order, 0, counted=True)}
    advance(10)
    worked[look] = born(look, 0, counted=True)
    for number in range(1, count + 1):
        work = order if number % 2 else look
        intended, last = worked[work]
        # Before the intent there is nothing to lose: three in four die after it.
        first = intended if number % 4 else 1
        born(work, number, rng.randint(first, last))
        advance(rng.choice((1, 5, 20)))
    settle_all()


def at(step: str, when: str) -> None:
    """Kill a child that makes a whole video, before or after one step."""
    if step not in {"finished", "mark"}:
        vars(collect)["deliver"] = light  # films nothing
    for _ in range(2):
        born(order, 0)
        advance(10)
        born(look, 0)
    owner, name = STEPS[step]
    whole = getattr(owner, name)

    def deadly(*args: Any, **kwargs: Any) -> Any:
        if when == "after":
            whole(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    def both(number: int) -> None:
        setattr(owner, name, deadly)
        order(number)
        advance(10)
        look(number)

    born(both, 1)
    settle_all()


if __name__ == "__main__":
    if sys.argv[2] == "kills":
        kills(int(sys.argv[3]), int(sys.argv[4]))
    else:
        at(sys.argv[3], sys.argv[4])
