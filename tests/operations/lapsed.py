"""People who were subscribed and are not any more, for tests of winbacks: all alike, in bulk."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from elite8.core.domain.campaign import Assignment
from elite8.core.domain.subscriber import Act, Alias, Subscriber, Subscription
from elite8.core.operations import consents
from elite8.core.operations.given import Given
from elite8.core.operations.winback_plan import Wish
from elite8.core.storage.database import Session
from elite8.core.studio import Studio
from tests import subscribed

EXPORTED = datetime(2026, 11, 20, tzinfo=UTC)
OVER: dict[str, Any] = {
    "status": "expired",
    "auto_renew": False,
    "started_on": date(2026, 5, 1),
    "period_end": date(2026, 9, 1),
    "source_at": EXPORTED,
}
WISH = Wish(
    name="autumn",
    kind="discount",
    channel="email",
    character="miyuki",
    platforms=("fanvue",),
    text="We miss you.",
    subject="Come back",
    price_after_minor=999,
    currency="USD",
    percent=50,
    months=2,
    cancel="Settings, Subscriptions, Cancel",
)
DRAFT = replace(WISH, channel="draft", subject="")


def lapse(session: Session, name: str, platform: str = "fanvue", **facts: Any) -> Subscriber:
    """Enter somebody whose subscription to miyuki ended on the first of September."""
    who = subscribed.subscriber(session, name, platform, **({"birth_year": 1990} | facts))
    subscribed.subscription(session, who, **OVER)
    return who


def crowd(studio: Studio, count: int, **facts: Any) -> list[int]:
    """Enter so many who lapsed; return their ids."""
    with studio.database.transaction() as session, session.no_autoflush:
        known: dict[str, Any] = {"country": "US", "platform": "fanvue", "birth_year": 1990} | facts
        whose = [
            Subscriber(key=subscribed.digits("fan", n), added_at=EXPORTED, **known)
            for n in range(count)
        ]
        session.add_all(whose)
        session.flush()
        terms: dict[str, Any] = {
            "tier": "basic",
            "price_minor": 999,
            "currency": "USD",
            "character_id": "miyuki",
        }
        session.add_all(Subscription(subscriber_id=who.id or 0, **terms, **OVER) for who in whose)
        session.flush()
        return [who.id or 0 for who in whose]


def agree(studio: Studio, address: str, channel: str = "email", **more: Any) -> str:
    """Have somebody agree to be written to; return their key."""
    facts = {"country": "JP", "evidence": "form/1", "age": "adult"} | more
    return consents.record(studio, Given(channel=channel, address=address, **facts)).person


def link(studio: Studio, ids: list[int], channel: str = "email") -> dict[str, int]:
    """Have each agree by an address, or a LINE id, of their own; return ids by address."""
    found = {}
    for number, each in enumerate(ids):
        address = f"fan{number}@example.org" if channel == "email" else f"U{number:032x}"
        key = agree(studio, address, channel)
        with studio.database.transaction() as session:
            who = session.get(Subscriber, each)
            assert who is not None
            who.person_key = key
        found[address] = each
    return found


def name(studio: Studio, who: int, said: str) -> None:
    """Give somebody a handle."""
    with studio.database.transaction() as session:
        safe = consents.opened(studio, session)
        digest = safe.signed(said)
        session.add(
            Alias(
                digest=digest,
                subscriber_id=who,
                kind="handle",
                sealed=safe.seal_name(digest, said),
                added_at=EXPORTED,
            )
        )


def back(session: Session, row: Assignment, at: datetime, paid: int = 500, **facts: Any) -> None:
    """Have somebody subscribe again."""
    who = session.get(Subscriber, row.subscriber_id)
    assert who is not None
    money = {"amount_minor": paid, "currency": "USD", "fee_minor": paid // 5}
    subscribed.event(session, who, Act.SUB_START, at, **(money | facts))
