"""Exports of subscribers and what they did: taken in once, undone exactly, never guessed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from elite8.core.domain.subscriber import (
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.errors import ConfigError
from elite8.core.operations.taking_in import Order, TakenIn, take
from elite8.core.studio import Studio

EVENTS = "platform,platform_user_id,type,occurred_at,amount,currency,character_id\n"
STATES = (
    "platform,platform_user_id,status,tier,price,currency,character_id,exported_at,"
    "current_period_end\n"
)
TIP = "fanvue,u1,tip,2026-11-01T10:00:00Z,5.00,USD,miyuki\n"
RENEWAL = "fanvue,u2,sub_renew,2026-11-01T11:00:00Z,$9.99,USD,miyuki\n"


Taken = Callable[..., TakenIn]


@pytest.fixture
def taken(studio: Studio, tmp_path: Path) -> Taken:
    def run(
        text: str | bytes,
        profile: str = "events",
        name: str = "e.csv",
        *,
        dry_run: bool = False,
        **more: str,
    ) -> TakenIn:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return take(studio, Order(file=file, profile=profile, **more), dry_run=dry_run)

    return run


def every(studio: Studio, kind: Any) -> list[Any]:
    with studio.database.transaction() as session:
        return list(session.exec(select(kind)))


def test_two_equal_tips_in_one_second_are_two_and_again_none(studio: Studio, taken: Taken) -> None:
    first = taken(EVENTS + TIP + TIP)
    again = taken(EVENTS + RENEWAL + TIP + TIP + TIP)
    assert (first.entered, first.known) == (2, 0)
    assert (again.entered, again.known) == (2, 2)
    assert [one.amount_minor for one in every(studio, SubscriberEvent)].count(500) == 3


def test_the_later_export_holds_whichever_comes_first(studio: Studio, taken: Taken) -> None:
    old = "fanvue,u1,active,basic,9.99,USD,miyuki,2026-11-01T00:00:00Z,2026-12-01\n"
    new = "fanvue,u1,expired,vip,49.99,USD,miyuki,2026-11-20T00:00:00Z,2026-11-20\n"
    taken(STATES + new, "subscribers")
    taken(STATES + old, "subscribers", "older.csv")
    (now,) = every(studio, Subscription)
    assert (now.status, now.tier, now.price_minor) == ("expired", "vip", 4999)
    assert len(every(studio, SubscriptionState)) == 2
    assert taken(STATES + old, "subscribers", "older.csv").entered == 0


def test_a_dry_run_keeps_nothing(studio: Studio, taken: Taken) -> None:
    assert taken(EVENTS + TIP, dry_run=True).entered == 1
    assert every(studio, Subscriber) == []


def test_a_missing_column_refuses_the_file(taken: Taken) -> None:
    with pytest.raises(ConfigError, match="no column 'occurred_at'"):
        taken("platform,platform_user_id,type,when\nfanvue,u1,tip,2026-11-01T10:00:00Z\n")
