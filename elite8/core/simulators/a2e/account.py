"""One account at A2E: its coins, tasks, files and avatars, and what was done to them."""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from elite8.core.simulators.a2e.faults import FAULTS
from elite8.core.simulators.a2e.ledger import Ledger
from elite8.core.simulators.a2e.rules import unknown, wrong
from elite8.core.simulators.a2e.shelf import STRANGE_HOST, Shelf
from elite8.core.simulators.a2e.tasks import Family, Output, Task, record
from elite8.core.simulators.faults import Faults

LIST_DELAY = timedelta(seconds=20)


class Media(Protocol):
    """Makes the bytes of what A2E would make, and measures them."""

    def speech(self, text: str, rate: float) -> bytes:
        """Return an MP3 of `text`."""

    def seconds(self, media: bytes) -> float:
        """Return the length of an MP3, WAV or MP4; what is none of them is a ValueError."""

    def video(self, seconds: float, width: int, height: int) -> bytes:
        """Return an MP4 with sound."""

    def picture(self, width: int, height: int) -> bytes:
        """Return a PNG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One accepted start; `endpoint` is its path, `name` its name or title."""

    endpoint: str
    name: str
    task_id: str
    coins: int
    at: datetime


class Account:
    """What the calls work on; not safe for threads by itself."""

    def __init__(
        self, *, clock: Callable[[], datetime], media: Media, coins: int, work_seconds: float
    ) -> None:
        self.clock = clock
        self.media = media
        self.work_seconds = work_seconds
        self.faults = Faults(FAULTS)
        self.ledger = Ledger(coins)
        self.shelf = Shelf("", self.faults, clock)
        self.tasks: dict[str, Task] = {}
        self.starts: list[Start] = []
        self.violations: list[str] = []
        self._made = 0
        self._videos: dict[tuple[float, int, int], bytes] = {}

    def new_id(self) -> str:
        """Return the next ObjectId: seconds, then a count."""
        self._made += 1
        return f"{int(self.clock().timestamp()):08x}{self._made:016x}"

    def begin(  # noqa: PLR0913  # what a start is made of
        self,
        family: Family,
        body: Mapping[str, object],
        endpoint: str,
        *,
        coins: int,
        outputs: Iterable[Output],
        number: int = 1,
    ) -> list[Task]:
        """Charge for and start `number` tasks of `coins` each; `No` when they cannot be paid."""
        if self.faults.take("price-change", endpoint):
            coins = math.ceil(coins * 1.5)
        now = self.clock()
        self.ledger.charge(coins * number, type_=endpoint, at=now)
        name = str(body.get("title" if family is Family.AVATAR_VIDEO else "name", ""))
        outputs = tuple(outputs)
        begun = [
            Task(
                id=self.new_id(),
                family=family,
                name=name,
                coins=coins,
                at=now,
                body=dict(body),
                outputs=outputs,
            )
            for _ in range(number)
        ]
        self._befall(begun, endpoint)
        for task in begun:
            self.tasks[task.id] = task
            self.starts.append(
                Start(endpoint=endpoint, name=name, task_id=task.id, coins=coins, at=now)
            )
        return begun

    def _befall(self, begun: list[Task], endpoint: str) -> None:
        kept = self.faults.take("failed-kept", endpoint)
        failing = kept or self.faults.take("failed", endpoint)
        nameless = self.faults.take("nameless", endpoint)
        stuck = self.faults.take("stuck", endpoint)
        strange = self.faults.take("unknown-status", endpoint)
        astray = self.faults.take("forbidden-host", endpoint)
        delayed = self.faults.take("list-delay", endpoint)
        for task in begun:
            task.failing, task.unrefunded, task.stuck = failing, kept, stuck
            task.name = "" if nameless else task.name
            task.strange, task.astray = strange, astray
            task.hidden_until = task.at + LIST_DELAY if delayed else None

    def settle(self) -> None:
        """Bring every task to now: results are laid down, failures refunded (INFERRED)."""
        for task in self.tasks.values():
            if task.settled or self.share(task) < 1.0:
                continue
            task.settled = True
            if task.failing:
                ended = task.at + timedelta(seconds=self.work_seconds)
                back = 0 if task.unrefunded else task.coins
                self.ledger.refund(back, type_=task.family.value, at=ended)
                continue
            for place, output in enumerate(task.outputs):
                key = f"files/{task.id}-{place}.{output.ending}"
                self.shelf.put(key, output.content_type, output.make, result=True)
                task.results.append(key)

    def share(self, task: Task) -> float:
        """Return how much of a task's work is done."""
        return task.share(self.clock(), self.work_seconds)

    def show(self, task: Task) -> dict[str, object]:
        """Return a task's record as of now; a result that ran out gets a fresh address."""
        task.results = [self.shelf.current(key) for key in task.results]
        urls = [
            f"https://{STRANGE_HOST}/{key}" if task.astray else self.shelf.url(key)
            for key in task.results
        ]
        return record(task, self.share(task), urls)

    def shown(self, family: Family) -> list[Task]:
        """Return the visible tasks of a family, newest first."""
        now = self.clock()
        return [
            task
            for task in reversed(self.tasks.values())
            if task.family is family and task.visible(now)
        ]

    def task(self, family: Family, task_id: str) -> Task:
        """Return one visible task of a family, or raise `No`."""
        for task in self.shown(family):
            if task.id == task_id:
                return task
        raise unknown(f"{family.value} task")

    def video(self, seconds: float, width: int, height: int) -> bytes:
        """Return a video of this length, made once."""
        key = (seconds, width, height)
        if key not in self._videos:
            self._videos[key] = self.media.video(*key)
        return self._videos[key]

    def require_input(self, url: str, field: str) -> None:
        """Raise `No` unless A2E could fetch a picture or clip from `url`.

        The raw R2 address of an upload makes generations fail [C13]; the cdnUrl is meant [S].
        """
        key = self.shelf.key(url)
        if key and not key.startswith("r2/") and self.shelf.item(key):
            return
        if key or self.shelf.loopback or not url.startswith("https://"):
            raise wrong(f"{field} cannot be fetched; upload it and send its cdnUrl", field)

    def audio_seconds(self, url: str, field: str) -> float:
        """Return the length of a sound this service made or was given; else raise `No`."""
        item = self.shelf.item(self.shelf.key(url))
        if item is None or not item.content_type.startswith("audio/"):
            raise wrong(f"{field} is no sound that can be fetched", field)
        try:
            return self.media.seconds(item.make())
        except ValueError as trouble:
            raise wrong(f"{field} cannot be read: {trouble}", field) from None


def stable_id(what: str) -> str:
    """Return the same ObjectId for the same words, in every run."""
    return hashlib.sha256(f"a2e {what}".encode()).hexdigest()[:24]
