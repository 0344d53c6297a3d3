"""One look for many: fresh for a while, made by one, honest about trouble."""

import asyncio
import threading
import time
from typing import Any

import pytest

from elite8.core.errors import Unavailable
from elite8.web import kept
from elite8.web.kept import Kept, NothingSeen, why


class Look:
    """Counts its looks; each takes a moment, and may fail."""

    def __init__(self, takes: float = 0.05) -> None:
        self.count, self.takes = 0, takes
        self.fails: Exception | None = None
        self.at_once, self.most = 0, 0
        self._lock = threading.Lock()

    def __call__(self) -> int:
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        time.sleep(self.takes)
        with self._lock:
            self.at_once -= 1
            self.count += 1
        if self.fails:
            raise self.fails
        return self.count


def test_many_who_ask_at_once_cost_one_look() -> None:
    look = Look()

    async def go() -> set[int]:
        one = Kept("it", look, fresh=60)
        return {seen.value for seen in await asyncio.gather(*(one.get() for _ in range(200)))}

    assert asyncio.run(go()) == {1}
    assert (look.count, look.most) == (1, 1)


def test_what_is_fresh_is_given_at_once_and_what_is_not_is_looked_at() -> None:
    look = Look(0.0)

    async def go() -> list[int]:
        one = Kept("it", look, fresh=0.2)
        found = [(await one.get()).value, (await one.get()).value]
        await asyncio.sleep(0.25)
        found.append((await one.get()).value)
        one.forget()
        return [*found, (await one.get()).value]

    assert asyncio.run(go()) == [1, 1, 2, 3]


def test_while_it_is_watched_nobody_waits_and_unwatched_it_rests() -> None:
    look = Look(0.0)

    async def go() -> list[int]:
        one = Kept("it", look, fresh=60, warm=0.05, watched=0.2)
        await one.get()
        await asyncio.sleep(0.5)
        rested = look.count
        await asyncio.sleep(0.3)
        return [rested, look.count]

    rested, later = asyncio.run(go())
    assert 3 <= rested <= 6
    assert later == rested


def test_trouble_leaves_what_was_seen_and_says_so() -> None:
    look = Look(0.0)

    async def go() -> list[Any]:
        one = Kept("it", look, fresh=0.0)
        good = await one.get()
        look.fails = Unavailable("the store does not answer")
        await asyncio.sleep(0.01)
        bad = await one.get()
        look.fails = None
        await asyncio.sleep(0.01)
        return [good, bad, await one.get()]

    good, bad, again = asyncio.run(go())
    assert (good.value, good.trouble) == (1, "")
    assert (bad.value, bad.trouble) == (1, "the store does not answer")
    assert (again.value, again.trouble) == (3, "")


def test_a_first_look_that_fails_is_told_and_the_next_one_tries() -> None:
    look = Look(0.0)
    look.fails = RuntimeError("SELECT secret FROM somewhere")

    async def go() -> str:
        one = Kept("it", look, fresh=60)
        with pytest.raises(NothingSeen) as told:
            await one.get()
        look.fails = None
        assert (await one.get()).value == 2
        return str(told.value)

    assert asyncio.run(go()) == "a fault (RuntimeError)"


def test_a_look_that_does_not_end_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "PATIENCE", 0.05)
    look = Look(0.3)

    async def go() -> str:
        with pytest.raises(NothingSeen) as told:
            await Kept("it", look, fresh=60).get()
        return str(told.value)

    assert asyncio.run(go()).startswith("no answer within")


def test_one_who_goes_away_ends_no_look_for_the_others() -> None:
    look = Look(0.1)

    async def go() -> int:
        one = Kept("it", look, fresh=60)
        first = asyncio.create_task(one.get())
        await asyncio.sleep(0.02)
        other = asyncio.create_task(one.get())
        await asyncio.sleep(0.01)
        first.cancel()
        return (await other).value

    assert asyncio.run(go()) == 1
    assert look.count == 1


def test_only_our_own_sentences_are_shown() -> None:
    assert why(Unavailable("it sleeps")) == "it sleeps"
    assert why(ValueError("password=x")) == "a fault (ValueError)"
