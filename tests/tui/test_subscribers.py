"""Subscribers: counts, whose paid time ends, what is asked; by short pseudonyms alone."""

import asyncio
from datetime import date, timedelta

from elite8.core.domain.outlook import Likely, Month, Outlook, Spread
from elite8.core.domain.privacy import PrivacyRequest
from elite8.core.domain.reckoned import OUTLOOK, Reckoned
from elite8.core.domain.subscriber import Act
from elite8.core.operations import outlook, snapshots, subscribed
from elite8.core.storage import reckoned
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


def foresee(studio: Studio) -> None:
    """Keep what the task would have worked out an hour and a half ago."""
    at = studio.clock() - timedelta(minutes=90)
    ben = Likely(
        who=digits("fanvue", "ben")[:8], platform="fanvue", character="miyuki", what="vip",
        band="critical", risk=0.9, until=date(2026, 11, 30), model="rules",
        reasons=("will not renew: auto-renewal is off",), stakes=(("USD", 12345),),
    )  # fmt: skip
    month = Month(
        first=date(2026, 11, 1), so_far=True, currency="USD", start=800000, new=51200,
        reactivation=3300, expansion=0, contraction=1000, churned=30000, end=823500,
    )  # fmt: skip
    spread = Spread(
        platform="fanvue", coverage=1.0, enough=True, people=60, median=0.42,
        tenths=(5, 5, 10, 10, 10, 10, 5, 3, 2, 0),
    )  # fmt: skip
    found = Outlook(
        as_of=at, fitted_at=at, bands=(("critical", 1), ("high", 0), ("medium", 0)), people=(ben,),
        shown_of=1, at_stake=(("USD", 12345),), months=(month,), spreads=(spread,), notes=(),
    )  # fmt: skip
    body = outlook.adapter().dump_json(found).decode()
    with studio.database.transaction() as session:
        row = Reckoned(name=OUTLOOK, made_at=at, basis=outlook.SHAPE, seen="", body=body)
        reckoned.keep(session, row)


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
