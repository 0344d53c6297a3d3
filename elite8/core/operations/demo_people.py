"""Enter made-up subscribers as exports would have brought them, and what they did."""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from elite8.core.domain.consent import Person
from elite8.core.domain.privacy import PrivacyRequest
from elite8.core.domain.subscriber import (
    PSEUDONYM,
    Act,
    Alias,
    AliasKind,
    ImportBatch,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.operations import consents, demo_asked
from elite8.core.simulators.crowd import REASONS, Fan, Month, as_date, crowd
from elite8.core.simulators.deeds import Deed, deeds
from elite8.core.storage import batches, bulk, vault
from elite8.core.storage.database import Session
from elite8.core.storage.vault import Vault
from elite8.core.studio import Studio

TABLES: tuple[bulk.Table, ...] = (
    *(Subscriber, Subscription, SubscriptionState, SubscriberEvent, Person, PrivacyRequest),
)
AT_ONCE = 20_000
KEY = 32
Share = Callable[[float], None]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entered:
    """A made-up subscriber as entered, and what they paid: when, how much, called what."""

    fan: Fan
    key: str
    paid: tuple[tuple[datetime, int, str, str], ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """With what rows are made: the vault, now, and the exports there were, the last one just now.

    `fees` are what platforms keep, in percent; a platform without one is not told of.
    """

    seed: int
    safe: Vault
    now: datetime
    exports: tuple[datetime, ...]
    fees: dict[str, float]

    def batch(self, at: datetime) -> int:
        """Return with which export something came: the first one after it."""
        return min(bisect_right(self.exports, at), len(self.exports) - 1) + 1


def salt(seed: int) -> bytes:
    """Return a salt that is no secret: the same names have the same pseudonyms in every studio."""
    return hashlib.sha256(f"synthetic {seed}".encode()).digest()


def enter(studio: Studio, seed: int, people: int, told: Share) -> tuple[Entered, ...]:
    """Enter the people of a seed; return them."""
    today = studio.clock().astimezone(UTC).date()
    names = tuple(one.id for one in studio.config.roster.characters)
    with studio.database.transaction() as session, bulk.room(session):
        desk = opened(studio, session, seed, today)
        fans = tuple(crowd(seed, today, names, people))
        keys = subscribers(session, desk, fans)
        subscriptions(session, desk, fans)
        found = tuple(acts(session, desk, fans, keys, told))
        counted(session, desk)
        demo_asked.enter(session, desk.safe, seed, found, desk.now)
    return found


def opened(studio: Studio, session: Session, seed: int, today: date) -> Desk:
    """Return the desk, its batches entered: an export at the first of each month, and one now."""
    now = studio.clock()
    first = today.replace(day=1)
    months = [first := (first - timedelta(days=1)).replace(day=1) for _ in range(11)][::-1]
    days = [*months, today.replace(day=1)]
    exports = (*(datetime(d.year, d.month, 1, 3, tzinfo=UTC) for d in days), now)
    bulk.enter(session, ImportBatch, [batch(n, at) for n, at in enumerate(exports, 1)])
    terms = studio.config.platform_terms.platforms
    fees = {name: one.fee_percent for name, one in terms.items() if one.fee_percent is not None}
    return Desk(seed, consents.opened(studio, session), now, exports, fees)


def counted(session: Session, desk: Desk) -> None:
    """Note of each batch how many rows came with it."""
    for number, at in enumerate(desk.exports, 1):
        rows = batches.entered(session, number)
        batches.end(session, number, at, rows=rows, entered=rows)


def batch(number: int, at: datetime) -> Row:
    """Return what stands for one export."""
    name = f"synthetic-{at:%Y-%m-%d}.csv"
    return {
        "id": number,
        "file": name,
        "sha256": digest("export", name) * 2,
        "profile": "synthetic",
        "rows": 0,
        "entered": 0,
        "known": 0,
        "rejected": 0,
        "started_at": at,
        "ended_at": at,
    }


def digest(*words: object) -> str:
    """Return 32 digits that stand for these words."""
    return hashlib.sha256("\0".join(map(str, words)).encode()).hexdigest()[:KEY]


def subscribers(session: Session, desk: Desk, fans: Sequence[Fan]) -> list[str]:
    """Enter who there is and what they are called; return their pseudonyms."""
    digests = [vault.named(desk.safe.salt, fan.platform, fan.name) for fan in fans]
    people, names = [], []
    for fan, known in zip(fans, digests, strict=True):
        at = datetime.fromordinal(fan.joined).replace(tzinfo=UTC)
        told = {"added_at": desk.exports[desk.batch(at) - 1], "batch_id": desk.batch(at)}
        people.append(
            {
                "id": fan.number,
                "key": known[:PSEUDONYM],
                "platform": fan.platform,
                **facts(fan),
                **told,
            }
        )
        sealed = desk.safe.seal_name(known, fan.name)
        names.append(
            {"digest": known, "subscriber_id": fan.number, "kind": AliasKind.ID, "sealed": sealed}
            | told
        )
    bulk.enter(session, Subscriber, people)
    bulk.enter(session, Alias, names)
    return [known[:PSEUDONYM] for known in digests]


def facts(fan: Fan) -> Row:
    """Return what every export says of somebody themselves."""
    born = fan.birth_year if fan.number % 3 else None
    return {"country": fan.country, "language": fan.language, "birth_year": born}


def subscriptions(session: Session, desk: Desk, fans: Sequence[Fan]) -> None:
    """Enter how each subscription stands, and what every export said of it."""
    last: list[Row] = []
    said: list[Row] = []
    for fan in fans:
        lot = Random(f"reason {desk.seed} {fan.number}")  # noqa: S311  # nothing here is secret
        reason = lot.choice(REASONS)
        states = [*told(fan, desk, reason)]
        last.append({"id": fan.number, "subscriber_id": fan.number} | states[-1][1])
        last[-1]["character_id"] = fan.character
        mine = {"subscription_id": fan.number} | facts(fan)
        said += ({"batch_id": n} | mine | state for n, state in states)
    bulk.enter(session, Subscription, last)
    bulk.enter(session, SubscriptionState, said)


def told(fan: Fan, desk: Desk, reason: str) -> Iterator[tuple[int, Row]]:
    """Yield what each export says of a subscription, until it says once that it is over."""
    over = False
    begins = [month.began for month in fan.months]
    for number, at in enumerate(desk.exports, 1):
        day = at.date().toordinal()
        place = bisect_right(begins, day) - 1
        if place < 0:
            continue
        month = fan.months[place]
        gone = over and day > month.until + fan.habitat.terms.grace
        over = day > month.until + fan.habitat.terms.grace
        if not gone:
            yield number, state(fan, place, day, reason) | {"source_at": at}


def state(fan: Fan, place: int, day: int, reason: str) -> Row:
    """Return what an export of a day says of a subscription."""
    month = fan.months[place]
    why = fan.left.get(month.until, "") if day > month.until else ""
    grace = bool(why) and day <= month.until + fan.habitat.terms.grace
    off = month.off_on is not None and month.off_on <= day
    free = fan.platform == "line"
    return {
        "tier": month.tier,
        "price_minor": None if free else month.price,
        "currency": fan.habitat.currency,
        "months": 1,
        "status": "pending" if grace else "expired" if why else "active",
        "auto_renew": None if free else not (off or why),
        "started_on": as_date(since(fan.months, place)),
        "period_end": None if free and not why else as_date(month.until),
        "left_reason": "" if grace or not why else "payment" if why == "payment" else reason,
    }


def since(months: Sequence[Month], place: int) -> int:
    """Return since when somebody is there without having been away."""
    while place and months[place].before != "away":
        place -= 1
    return months[place].began


def acts(
    session: Session, desk: Desk, fans: Sequence[Fan], keys: Sequence[str], share: Share
) -> Iterator[Entered]:
    """Enter what everybody did, many rows at once; yield who paid what."""
    waiting: list[Row] = []
    number = 0
    for fan, key in zip(fans, keys, strict=True):
        lot = Random(f"deeds {desk.seed} {fan.number}")  # noqa: S311  # nothing here is secret
        done = [*deeds(fan, desk.now, lot)]
        rows = [row(desk, fan, number + n, done, n - 1) for n in range(1, len(done) + 1)]
        number += len(done)
        waiting += rows
        yield Entered(fan, key, tuple(paid(rows)))
        if len(waiting) >= AT_ONCE:
            bulk.enter(session, SubscriberEvent, waiting)
            waiting = []
            share(fan.number / len(fans))
    bulk.enter(session, SubscriberEvent, waiting)


def row(desk: Desk, fan: Fan, number: int, done: Sequence[Deed], place: int) -> Row:
    """Return one thing that was done as a row."""
    deed = done[place]
    fee = desk.fees.get(fan.platform)
    return {
        "id": number,
        "key": called(fan, place),
        "subscriber_id": fan.number,
        "character_id": fan.character,
        "act": str(deed.act),
        "at": deed.at,
        "amount_minor": deed.amount,
        "fee_minor": None if deed.amount is None or fee is None else round(deed.amount * fee / 100),
        "tax_minor": None if deed.amount is None else 0,
        "currency": "" if deed.amount is None else fan.habitat.currency,
        "quantity": 1.0,
        "content": digest("content", fan.character, deed.content) if deed.content else "",
        "about": called(fan, place - deed.about) if deed.about else "",
        "batch_id": desk.batch(deed.at),
    }


def called(fan: Fan, place: int) -> str:
    """Return what a made-up source calls a thing that was done."""
    return f"{fan.name}-{place:05}"


def paid(rows: Sequence[Row]) -> Iterator[tuple[datetime, int, str, str]]:
    """Yield the money among what somebody did; what was paid back names what it is of."""
    bought = {Act.SUB_START, Act.SUB_RENEW, Act.TIP, Act.PPV, Act.REFUND, Act.CHARGEBACK}
    for one in rows:
        if one["act"] in bought:
            yield one["at"], one["amount_minor"], one["key"], one["about"]
