"""Subscribers: counts, whose paid time ends, what is asked; by short pseudonyms alone."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from elite8.core.operations import snapshots, subscribed
from elite8.core.studio import Studio
from tests.conftest import StoppedClock
from tests.subscribed import digits
from tests.tui.peopled import foresee, settle
from tests.tui.stagehand import LARGE, SMALL, console, driven, press, text, until


def shown(studio: Studio, size: tuple[int, int], *keys: str) -> str:
    async def go() -> str:
        async with driven(console(studio), size) as pilot:
            await press(pilot, "0")
            await until(pilot, lambda: " active" in text(pilot))
            await press(pilot, *keys)
            return text(pilot)

    return asyncio.run(go())


def test_counts_ends_and_requests_are_shown_without_a_name(alive: Studio) -> None:
    settle(alive)
    seen = shown(alive, LARGE)
    for words in (
        *("2 active of 3", "+3 began", "59.98 USD", "▲ access   due in "),
        *("Mon 30 Nov", digits("fanvue", "ben")[:8], "not worked out yet"),
    ):
        assert words in seen, words
    assert digits("fanvue", "ben")[:9] not in seen
    assert digits("fanvue", "ann")[:8] not in seen, "renews by herself"


def test_who_may_leave_and_what_moved_the_money_are_shown_with_their_age(alive: Studio) -> None:
    settle(alive)
    foresee(alive)
    seen = shown(alive, LARGE)
    for words in (
        *("1 critical", "123.45 USD at stake", "worked out 1 h 30 min ago", "✗ critical 0.90"),
        *("Nov USD", "8,000.00", "+512.00", "-300.00", "8,235.00", "▄▄████▄▃▂", "0.42"),
        "will not renew: auto-renewal",
    ):
        assert words in seen, words


def test_enter_on_somebody_tells_why_they_may_leave(alive: Studio) -> None:
    settle(alive)
    foresee(alive)
    seen = shown(alive, SMALL, "tab", "enter")
    assert "judged by rules" in seen
    assert f"elite8 subscribers show {digits('fanvue', 'ben')[:8]}" in seen


def test_enter_tells_the_rest_where_there_is_no_side(alive: Studio) -> None:
    settle(alive)
    assert "Asked by people" in shown(alive, SMALL, "enter")


def test_it_is_kept_without_anybody_and_read_again(alive: Studio, clock: StoppedClock) -> None:
    settle(alive)
    snapshots.keep(alive)
    clock.advance(minutes=5)
    found = snapshots.at(alive, clock() - timedelta(minutes=4))
    assert found is not None
    now = subscribed.subscribed(alive)
    assert now.endings
    asked = tuple(replace(one, who="") for one in now.requests)
    assert found.scene.subscribed == replace(now, endings=(), requests=asked)


def test_of_what_was_it_does_not_say_that_there_was_nobody(
    alive: Studio, clock: StoppedClock
) -> None:
    settle(alive)
    foresee(alive)
    snapshots.keep(alive)
    clock.advance(minutes=10)
    seen = shown(alive, LARGE, "left_square_bracket")
    assert "as it was" in seen
    assert "whose it was is not kept" in seen
    assert "Nobody" not in seen


def test_nothing_written_is_not_read_again(alive: Studio) -> None:
    first = subscribed.lately(alive)
    assert subscribed.lately(alive) is first
