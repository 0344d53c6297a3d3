"""Subscribers for tests, straight into the tables: valid unless told otherwise, never random."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session

from elite8.core.domain.subscriber import (
    Act,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)

WHEN = datetime(2026, 11, 1, 12, tzinfo=UTC)


def digits(*words: object) -> str:
    """Return 32 digits that stand for these words."""
    return hashlib.sha256("\0".join(map(str, words)).encode()).hexdigest()[:32]


def subscriber(session: Session, name: str, platform: str = "fanvue", **facts: Any) -> Subscriber:
    """Enter a subscriber by a name on a platform."""
    known: dict[str, Any] = {"key": digits(platform, name), "country": "US", "added_at": WHEN}
    row = Subscriber(platform=platform, **known | facts)
    session.add(row)
    session.flush()
    return row


def subscription(
    session: Session, who: Subscriber, character: str = "miyuki", **facts: Any
) -> Subscription:
    """Enter a subscription of 9.99 dollars a month, and what says so."""
    assert who.id is not None
    terms: dict[str, Any] = {
        "tier": "basic",
        "price_minor": 999,
        "currency": "USD",
        "months": 1,
        "status": "active",
        "auto_renew": True,
        "started_on": date(2026, 6, 1),
        "period_end": date(2026, 12, 1),
        "left_reason": "",
        "source_at": WHEN,
    } | facts
    row = Subscription(subscriber_id=who.id, character_id=character, **terms)
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add(SubscriptionState(subscription_id=row.id, **terms))
    session.flush()
    return row


def event(
    session: Session, who: Subscriber, act: Act, at: datetime = WHEN, **facts: Any
) -> SubscriberEvent:
    """Enter what a subscriber did; two alike need different `key`s."""
    assert who.id is not None
    known: dict[str, Any] = {
        "key": digits(who.key, act, at, sorted(facts.items())),
        "character_id": "miyuki",
    }
    row = SubscriberEvent(subscriber_id=who.id, act=act, at=at, **known | facts)
    session.add(row)
    session.flush()
    return row
