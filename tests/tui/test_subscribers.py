"""Subscribers: counts, whose paid time ends, what is asked; by short pseudonyms alone."""

import asyncio
from datetime import date, timedelta

from elite8.core.domain.privacy import PrivacyRequest
from elite8.core.domain.subscriber import Act
from elite8.core.operations import snapshots, subscribed
from elite8.core.studio import Studio
from tests.conftest import StoppedClock
from tests.subscribed import digits, event, subscriber, subscription
from tests.tui.stagehand import LARGE, SMALL, console, driven, press, text, until


def settle(studio: Studio) -> None:
    """Enter three subscribers, one of whom turned renewal off, and a request."""
    now = studio.clock()
    with studio.database.transaction() as session:
        for name, price, renews in (("ann", 999, True), ("ben", 4999, False), ("cleo", 1999, None)):
            who = subscriber(session, name)
            tier = {999: "basic", 4999: "vip", 1999: "premium"}[price]
            subscription(
                session, who, price_minor=price, tier=tier, auto_renew=renews,
                status="expired" if renews is None else "active", period_end=date(2026, 11, 30),
            )  # fmt: skip
            event(session, who, Act.SUB_START, now - timedelta(days=3), amount_minor=price)
        session.add(
            PrivacyRequest(
                id="1", kind="access", who=digits("fanvue", "ann"), key="1", asked_at=now,
                warn_at=now - timedelta(1), due_at=now + timedelta(days=2),
            )
        )  # fmt: skip


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
        *("Mon 30 Nov", digits("fanvue", "ben")[:8], "elite8 subscribers at-risk"),
    ):
        assert words in seen, words
    assert digits("fanvue", "ben")[:9] not in seen
    assert digits("fanvue", "ann")[:8] not in seen, "renews by herself"


def test_enter_tells_the_rest_where_there_is_no_side(alive: Studio) -> None:
    settle(alive)
    assert "Asked by people" in shown(alive, SMALL, "enter")


def test_it_is_kept_and_read_again(alive: Studio, clock: StoppedClock) -> None:
    settle(alive)
    snapshots.keep(alive)
    clock.advance(minutes=5)
    found = snapshots.at(alive, clock() - timedelta(minutes=4))
    assert found is not None
    assert found.scene.subscribed == subscribed.subscribed(alive)


def test_nothing_written_is_not_read_again(alive: Studio) -> None:
    first = subscribed.lately(alive)
    assert subscribed.lately(alive) is first
