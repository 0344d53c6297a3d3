"""The campaign against double posts: chance faults, chance kills, races; and what the networks saw.

`PYTHONPATH=. python tests/operations/campaign.py --schedules 1000 --races 100 --seed 1` runs it all
and prints what it found. A schedule breaks one process at a chance request or commit, several
times; a race has two processes on one store, both killed with SIGKILL at a chance moment, several
times. Then an unharmed process goes on until nothing is open, and the posts at the strict
simulator are counted: one, or none with a row that says so; never two.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import stamina
from pydantic import SecretStr

from elite8.core import log
from elite8.core.domain.identity import new_id
from elite8.core.domain.post import Post
from elite8.core.domain.video import Video
from elite8.core.errors import Elite8Error
from elite8.core.operations import accounts, publish
from elite8.core.simulators.cast import CAST, SECRETS
from elite8.core.simulators.wire import Transport, serve
from elite8.core.storage import posts, videos
from elite8.core.storage.database import Database
from elite8.core.studio import Studio

NETWORKS = tuple(CAST)
PASSING = {
    "youtube": (
        *("lost-before", "lost-after", "429", "500", "503", "html", "token-expired"),
        *("cut-upload", "session-gone", "late-visibility", "processing-stuck"),
        *("file-name-lost", "file-details-missing"),
    ),
    "tiktok": (
        *("lost-before", "lost-after", "429", "500", "html", "token-expired", "rotated-lost"),
        *("processing-failed", "processing-stuck", "cut-upload", "upload-expired"),
        *("late-visibility", "no-creator", "counted-otherwise"),
    ),
    "instagram": (
        *("lost-before", "lost-after", "429", "500", "html", "token-expired", "rate-limited"),
        *("processing-failed", "processing-stuck", "container-expired", "cut-upload"),
        *("permalink-missing", "late-visibility", "publish-error-but-done"),
        *("container-forgotten", "captions-missing", "captions-unknown"),
    ),
    "x": (
        *("lost-before", "lost-after", "429", "500", "503", "html", "token-expired"),
        *("error-but-done", "rotated-lost", "usage-capped", "no-credits", "processing-failed"),
        *("processing-stuck", "status-late", "segment-too-large", "media-forgotten"),
        *("late-visibility", "attachments-missing", "old-names", "duplicate"),
    ),
    "discord": (
        *("lost-before", "lost-after", "429", "500", "502", "html", "error-but-done"),
        *("bot-forbidden", "late-visibility", "too-large", "no-content-intent", "no-history"),
    ),
}
"""The faults of a schedule; a ban and the like is not a matter of never twice."""
SIMULATED = "http://127.0.0.1"
HOUR = (-3600.0, 0.0, 3600.0)
"""Seconds by which our clock may jump."""
TOO_SOON = "bucket was empty"
"""What Discord minds when our clock jumped over its wait: it says no again, and nothing is out."""
INBOX = 1 / 3
"""The share of TikTok's schedules that leave a draft in the inbox."""
BLIND = 1 / 3
"""The share of Discord's schedules without a bot: what is lost stays uncertain."""


class Killed(BaseException):
    """The process is gone: nothing of it reaches line or database any more."""


@dataclass
class Life:
    """When the process dies: before or after its nth request or commit, whichever comes first."""

    request: int = 0
    commit: int = 0
    before: bool = False
    dead: bool = False

    def passes(self, kind: str, *, before: bool) -> None:
        """Count one step that is about to be done, or was; die when it is the one."""
        if self.dead:
            raise Killed
        left = getattr(self, kind)
        if before:
            setattr(self, kind, left - 1)
        if (left if before else left + 1) == 1 and before == self.before:
            self.dead = True
            raise Killed


class Line(httpx.BaseTransport):
    """A line to the simulator that ends with the process."""

    def __init__(self, inner: httpx.BaseTransport, life: Life) -> None:
        self._inner = inner
        self.life = life

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.life.passes("request", before=True)
        answer = self._inner.handle_request(request)
        self.life.passes("request", before=False)
        return answer


@contextmanager
def mortal(life: Life) -> Iterator[None]:
    """Have every commit count, and none happen after death."""
    whole = Database.transaction

    @contextmanager
    def transaction(database: Database) -> Iterator[Any]:
        if life.dead:
            raise Killed
        with whole(database) as session:
            yield session
            life.passes("commit", before=True)
        life.passes("commit", before=False)

    Database.transaction = transaction  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        Database.transaction = whole  # type: ignore[method-assign]


@dataclass
class Clock:
    """A clock that stands until it is moved, shared by processes when it has a file."""

    now: datetime
    file: Path | None = None

    def __call__(self) -> datetime:
        if self.file:
            return datetime.fromtimestamp(float(self.file.read_text()), UTC)
        return self.now

    def advance(self, seconds: float) -> None:
        self.now = self() + timedelta(seconds=seconds)
        if self.file:
            new = self.file.with_name(f"now.{os.getpid()}")
            new.write_text(str(self.now.timestamp()))
            new.replace(self.file)


@dataclass
class Ours:
    """This machine's clock, which may be off from everybody else's."""

    theirs: Clock
    off: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return self.theirs() + self.off

    def advance(self, seconds: float) -> None:
        self.theirs.advance(seconds)


@dataclass
class Report:
    """What a campaign found; `faults` are sentences, none when all is well."""

    ended: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    faults: list[str] = field(default_factory=list)

    def judge(self, post: Post, seen: int, seed: str) -> None:
        """Compare the row with what the network has."""
        self.ended[f"{post.platform} {post.status} {seen}"] += 1
        if seen > 1:
            self.faults.append(f"{seed}: {post.platform} shows it {seen} times")
        if seen and post.status not in ("published", "uncertain"):
            self.faults.append(f"{seed}: {post.platform} shows it, the row says {post.status}")
        signed_out = post.status == "waiting" and "accounts login" in post.failure
        if not seen and not signed_out and post.status not in ("refused", "uncertain"):
            self.faults.append(f"{seed}: {post.platform} has nothing, the row says {post.status}")


def simulator_of(network: str, clock: Clock, url: str = SIMULATED) -> Any:
    """Return a fresh network."""
    return CAST[network].simulator(clock=clock, base_url=url)


def settings_of(network: str, url: str = SIMULATED) -> dict[str, object]:
    """Return the settings that lead to the simulator."""
    given = CAST[network].settings
    found = {n: SecretStr(v) if n.endswith(SECRETS) else v for n, v in given.items()}
    return {f"{network}_url": url, **found}


def sign_in(studio: Studio, network: str, simulator: Any) -> None:
    """Sign in as the operator would."""
    shown: list[str] = []

    def browse() -> str:
        if made := CAST[network].token:
            return made(simulator, 0)
        with httpx.Client(transport=studio.transport) as browser:
            return str(browser.get(shown[0]).headers["Location"])

    accounts.login(studio, network, characters=(), regions=(), show=shown.append, paste=browse)


def drafting(studio: Studio) -> Studio:
    """Return the same studio with TikTok's posts left as drafts."""
    social = studio.config.social
    inbox = social.networks["tiktok"].model_copy(update={"mode": "inbox"})
    config = copy(studio.config)
    networks = {**social.networks, "tiktok": inbox}
    vars(config)["social"] = social.model_copy(update={"networks": networks})
    return replace(studio, config=config)


def another(studio: Studio, number: int) -> Video:
    """Return one more finished video, with the same bytes and a title of its own."""
    known = publish.finished(studio, "latest")
    facts = {name: getattr(known, name) for name in type(known).model_fields}
    made = Video(**facts | {"id": new_id(studio.clock()), "title": f"Take {number}"})
    with studio.database.transaction() as session:
        videos.add(session, made)
    return made


def row(studio: Studio, video: Video, network: str) -> Post | None:
    """Return the post as it is now."""
    with studio.database.transaction() as session:
        return posts.find(session, video.id, network)


def go_on(studio: Studio, video: Video, network: str) -> None:
    """Publish as the daemon would: what is due, as often as it takes."""
    post = publish.post_of(studio, video, network)
    with suppress(Elite8Error):
        publish.out(studio, post, video)


def settle(studio: Studio, video: Video, network: str, clock: Clock | Ours) -> Post:
    """Go on until the post is at an end, or has been asked about for days."""
    for _ in range(24):
        go_on(studio, video, network)
        found = row(studio, video, network)
        if found and found.status in ("published", "refused"):
            return found
        due = found.due_at - clock() if found else timedelta(0)
        clock.advance(max(31 * 60.0, due.total_seconds()))
    found = row(studio, video, network)
    if found is None:
        raise AssertionError("there is no post")
    return found


def schedule(  # noqa: PLR0913, PLR0917  # what a schedule depends on
    base: Studio,
    network: str,
    rng: Random,
    seed: str,
    report: Report,
    jumps: tuple[float, ...] = (),
) -> None:
    """Run one schedule of faults and kills in this process.

    Between two lives our clock jumps by one of `jumps`, in seconds; the network's does not.
    """
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        clock = Clock(base.clock())
        ours = Ours(clock)
        state = Path(folder) / "state"
        shutil.copytree(base.settings.state_dir, state)
        simulator = simulator_of(network, clock)
        line = Line(Transport(simulator.handle), Life())
        address = SecretStr(f"sqlite:///{state}/elite8.db")
        where: dict[str, Any] = {"state_dir": state, "database_url": address}
        where |= settings_of(network)
        if network == "discord" and rng.random() < BLIND:
            where["discord_bot_token"] = None
        settings = base.settings.model_copy(update=where)
        studio = replace(base, settings=settings, clock=ours, transport=line, pause=clock.advance)
        vars(studio)["verified"] = base.verified
        if network == "tiktok" and rng.random() < INBOX:
            studio = drafting(studio)
        sign_in(studio, network, simulator)
        video = another(studio, rng.randrange(10**9))
        for _ in range(rng.randrange(4)):
            simulator.misbehave(rng.choice(PASSING[network]), times=rng.choice((1, 1, 1, 3)))
        for _ in range(rng.randrange(1, 4)):
            report.kills += one_life(studio, line, video, network, rng)
            clock.advance(rng.choice((1.0, 301.0, 1900.0, 7300.0)))
            ours.off = timedelta(seconds=rng.choice(jumps)) if jumps else ours.off
        line.life = Life()
        post = settle(studio, video, network, ours)
        report.judge(post, len(simulator.posts), seed)
        broken = [one for one in simulator.violations if not (jumps and TOO_SOON in one)]
        report.faults += [f"{seed}: {one}" for one in broken]
        studio.database.close()


def one_life(studio: Studio, line: Line, video: Video, network: str, rng: Random) -> bool:
    """Publish until killed; return whether it was."""
    step = rng.choice(("request", "commit"))
    life = Life(before=rng.random() < 0.5)
    setattr(life, step, rng.randrange(1, 14))
    line.life = life
    with mortal(life), suppress(Killed):
        go_on(studio, video, network)
    return life.dead


def race(base: Studio, network: str, stage: "Stage", rng: Random, seed: str) -> None:
    """Run two processes on one store, killed at chance moments, and then one that is not."""
    video = another(stage.studio, rng.randrange(10**9))
    before = len(stage.simulators[network].posts)
    stage.studio.database.close()
    for _ in range(rng.randrange(1, 4)):
        children = [born(stage, video, network) for _ in range(2)]
        time.sleep(rng.uniform(0.0, 0.25))
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            stage.report.kills += 1
    last = [born(stage, video, network) for _ in range(2)]
    for child in last:
        os.waitpid(child, 0)
    post = settle(stage.studio, video, network, stage.clock)
    seen = len(stage.simulators[network].posts) - before
    stage.report.judge(post, seen, seed)
    del base


@dataclass
class Stage:
    """What the racing processes share: one store, one clock, networks on loopback."""

    studio: Studio
    clock: Clock
    simulators: dict[str, Any]
    report: Report


def born(stage: Stage, video: Video, network: str) -> int:
    """Fork a process that publishes and leaves."""
    child = os.fork()
    if child:
        return child
    try:
        with suppress(Elite8Error):
            go_on(stage.studio, video, network)
    finally:
        os._exit(0)


def races(base: Studio, count: int, seed: int, report: Report) -> None:
    """Run so many races, the networks in turn."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="e8-")))
        file = folder / "now"
        file.write_text(str(base.clock().timestamp()))
        clock = Clock(base.clock(), file)
        state = folder / "state"
        shutil.copytree(base.settings.state_dir, state)
        address = SecretStr(f"sqlite:///{state}/elite8.db")
        where: dict[str, object] = {"state_dir": state, "database_url": address}
        simulators = {}
        for network in NETWORKS:
            simulators[network] = simulator_of(network, clock)
            url = stack.enter_context(serve(simulators[network].handle))
            simulators[network].base_url = url
            where |= settings_of(network, url)
        settings = base.settings.model_copy(update=where)
        studio = replace(base, settings=settings, clock=clock, pause=clock.advance)
        vars(studio)["verified"] = base.verified
        for network in NETWORKS:
            sign_in(studio, network, simulators[network])
        stage = Stage(studio=studio, clock=clock, simulators=simulators, report=report)
        for number in range(count):
            name = f"race {seed}.{number}"
            rng = Random(name)  # noqa: S311  # chance, not secrecy
            race(base, NETWORKS[number % len(NETWORKS)], stage, rng, name)
        for network in NETWORKS:
            report.faults += [f"races: {one}" for one in simulators[network].violations]
        studio.database.close()


def schedules(  # noqa: PLR0913, PLR0917  # what a schedule depends on
    base: Studio,
    count: int,
    seed: int,
    report: Report,
    networks: tuple[str, ...] = NETWORKS,
    jumps: tuple[float, ...] = (),
) -> None:
    """Run so many schedules, the networks in turn."""
    for number in range(count):
        name = f"schedule {seed}.{number}"
        rng = Random(name)  # noqa: S311  # chance, not secrecy
        schedule(base, networks[number % len(networks)], rng, name, report, jumps)


def jumping(base: Studio, count: int, seed: int, report: Report) -> None:
    """Run so many schedules in which our clock jumps an hour on or back."""
    schedules(base, count, seed, report, jumps=HOUR)


def filmed(folder: Path) -> Studio:
    """Return a studio with one finished video, made by the real command."""
    os.environ["ELITE8_STATE_DIR"] = str(folder / "state")
    os.environ["ELITE8_CACHE_DIR"] = str(folder / "cache")
    from elite8.cli import run
    from elite8.core.studio import open_studio

    made = run(
        ["generate", "--character", "miyuki", "--duration", "3", "--out", str(folder / "out")]
    )
    if made:
        sys.exit("no video could be made")
    studio = open_studio()
    log.configure("critical", "json")
    video = publish.finished(studio, "latest")
    return replace(studio, clock=lambda: video.created_at)


def main(arguments: list[str] | None = None) -> int:
    """Run the campaign and print what it found."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--schedules", type=int, default=1000)
    asked.add_argument("--races", type=int, default=100)
    asked.add_argument("--jumps", type=int, default=200, help="schedules in which our clock jumps")
    asked.add_argument("--seed", type=int, default=1)
    wanted = asked.parse_args(arguments)
    stamina.set_testing(True, attempts=4, cap=True)
    report, began = Report(), time.monotonic()
    steps: list[Callable[..., None]] = [schedules, races, jumping]
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        base = filmed(Path(folder))
        for step, count in zip(steps, (wanted.schedules, wanted.races, wanted.jumps), strict=True):
            step(base, count, wanted.seed, report)
    for ended, times in sorted(report.ended.items()):
        print(f"{times:6d}  {ended} at the network")
    print(f"{report.kills} kills, {time.monotonic() - began:.0f} s, {len(report.faults)} faults")
    for fault in report.faults:
        print(fault)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
