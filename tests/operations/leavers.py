"""Many subscribers at once, straight into the tables: who renewed how often, who bought when."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from elite8.core.domain.subscriber import (
    Act,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.studio import Studio
from tests.subscribed import digits

LONG_AGO = datetime(1997, 1, 1, tzinfo=UTC)


def many(studio: Studio, kind: type[SQLModel], rows: Iterable[Mapping[str, Any]]) -> None:
    """Enter rows together: a thousand take a moment."""
    given = [*rows]
    with studio.database.transaction() as session:
        if given:
            session.connection().execute(insert(kind), given)


def people(studio: Studio, count: int, platform: str = "fanvue", first: int = 1) -> list[int]:
    """Enter so many subscribers; return their numbers."""
    numbers = [*range(first, first + count)]
    many(
        studio,
        Subscriber,
        (
            {
                "id": number,
                "key": digits(platform, number),
                "platform": platform,
                "added_at": LONG_AGO,
                "country": "",
                "language": "",
            }
            for number in numbers
        ),
    )
    return numbers


def terms(at: datetime, **facts: Any) -> dict[str, Any]:
    """Return what an export says."""
    return {
        "tier": "basic",
        "price_minor": 999,
        "currency": "USD",
        "months": 1,
        "status": "active",
        "auto_renew": True,
        "started_on": None,
        "period_end": None,
        "left_reason": "",
        "source_at": at,
    } | facts


def subscriptions(studio: Studio, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Enter a subscription of each, and the one export that says so."""
    many(
        studio,
        Subscription,
        (
            {"id": who, "subscriber_id": who, "character_id": "miyuki", **facts}
            for who, facts in rows
        ),
    )
    states = ({"subscription_id": who, **facts} for who, facts in rows)
    many(studio, SubscriptionState, states)


def events(studio: Studio, rows: Iterable[tuple[int, Act, datetime, Mapping[str, Any]]]) -> None:
    """Enter what people did, each with its number as key."""
    plain = {"character_id": "miyuki", "quantity": 1.0, "currency": "", "content": "", "about": ""}
    nothing = dict.fromkeys(("amount_minor", "fee_minor", "tax_minor", "duration_s", "completion"))
    many(
        studio,
        SubscriberEvent,
        (
            {
                "key": digits("event", number, who, act, at),
                "subscriber_id": who,
                "act": act,
                "at": at,
                **plain,
                **nothing,
                **facts,
            }
            for number, (who, act, at, facts) in enumerate(rows)
        ),
    )


def years(started: int, periods: int) -> date:
    """Return when so many years are over for who began on 1 June."""
    return date(started + periods, 6, 1)
