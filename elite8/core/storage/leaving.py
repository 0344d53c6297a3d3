"""What is known of subscriptions and of what people do, as columns: a million rows stay small."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Float, cast, extract, literal, union_all
from sqlmodel import Session, and_, col, func, select

from elite8.core.domain.arrays import Counts, Floats
from elite8.core.domain.subscriber import (
    Act,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.storage.pieces import pieces

AT_ONCE = 20_000
"""Rows that are in memory as objects at one time."""
UNIX_DAY = 2_440_587.5
"""The Julian day at which Unix time began."""
BOUGHT = (Act.TIP, Act.PPV)
FRIENDS = "line"
"""Where nothing is sold: taking part on a day stands for a purchase."""
DOES = (
    *(Act.MESSAGE_IN, Act.DM_OPEN, Act.VIEW, Act.COMPLETION, Act.LIKE, Act.COMMENT, Act.SHARE),
    *(Act.SESSION, Act.TIP, Act.PPV),
)
"""What people do themselves."""
BACK = (Act.REFUND, Act.CHARGEBACK)
KEPT = col(Subscriber.erased_at).is_(None)
TERMS = (
    *("tier", "price_minor", "currency", "months", "status", "auto_renew"),
    *("started_on", "period_end", "left_reason", "source_at"),
)
DATED = ("started_on", "period_end", "source_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Whose subscriptions to look at; "" is all."""

    platform: str = ""
    character: str = ""


ALL = Only()


@dataclass(slots=True)
class Words:
    """Words by number, so that a column of them is a column of numbers."""

    names: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """Return the number of a word, a new one the first time."""
        if name not in self.numbers:
            self.numbers[name] = len(self.names)
            self.names.append(name)
        return self.numbers[name]

    def column(self, names: Sequence[str]) -> Counts:
        """Return the number of each word."""
        for name in sorted(set(names)):
            self.number(name)
        return np.fromiter(map(self.numbers.__getitem__, names), np.int64, len(names))


class StateRow(NamedTuple):
    """What one export said of a subscription, and whose it is; days are ordinals.

    Without a day of its own (`said`) none did.
    """

    subscriber: int
    platform: str
    character: str
    tier: str
    price_minor: int | None
    currency: str
    months: int
    status: str
    auto_renew: bool | None
    began: int | None
    until: int | None
    left_reason: str
    said: int | None


@dataclass(frozen=True, slots=True)
class Acts:
    """When subscribers did anything, an entry a row, by subscriber and time, in seconds."""

    subscriber: Counts
    at: Floats


@dataclass(frozen=True, slots=True)
class Bought:
    """Purchases, an entry a row; `amount` is NaN where it is not known."""

    subscriber: Counts
    platform: Counts
    character: Counts
    day: Counts
    amount: Floats
    currency: Counts


class Days(dict[str | None, int | None]):
    """Ordinals of days as databases write them: each of them is read once."""

    def __missing__(self, day: str | None) -> int | None:
        """Return the ordinal of a new one."""
        self[day] = found = None if day is None else date.fromisoformat(day).toordinal()
        return found


def day(session: Session, column: Any) -> Any:  # noqa: ANN401  # SQLAlchemy's
    """Return the day of an instant in UTC, or a day, as text on either database."""
    if session.connection().dialect.name == "sqlite":
        return func.substr(column, 1, len("2026-11-27"))
    return func.to_char(column, "YYYY-MM-DD")


def seconds(session: Session, column: Any) -> Any:  # noqa: ANN401  # SQLAlchemy's
    """Return an instant as seconds since 1970, on either database."""
    if session.connection().dialect.name == "sqlite":
        return (func.julianday(column) - UNIX_DAY) * 86_400.0
    return cast(extract("epoch", column), Float)


def known(session: Session, as_of: datetime, only: Only = ALL) -> Iterator[StateRow]:
    """Yield what exports made until then say, by subscriber, subscription and time.

    Nobody who was erased is in it. A subscription counts as an export of its own, where none is.
    """
    given = [getattr(SubscriptionState, name) for name in TERMS]
    own = [getattr(Subscription, name) for name in TERMS]
    every = union_all(
        select(
            col(SubscriptionState.subscription_id).label("of"),
            col(SubscriptionState.id).label("n"),
            *map(col, given),
        ),
        select(col(Subscription.id).label("of"), literal(0).label("n"), *map(col, own)),
    ).subquery()
    asked = (
        select(
            Subscriber.id,
            Subscriber.platform,
            Subscription.character_id,
            *(day(session, every.c[n]) if n in DATED else every.c[n] for n in TERMS),
        )
        .join(Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id))
        .join(every, every.c.of == col(Subscription.id))
        .where(every.c.source_at <= as_of, KEPT, *there(only))
        .order_by(col(Subscriber.id), col(Subscription.id), every.c.source_at, every.c.n)
    )
    days, yes = Days(), {None: None, 0: False, 1: True}
    for a, b, c, d, e, f, g, h, auto_renew, began, until, reason, said in rows(session, asked):
        told = (yes[auto_renew], days[began], days[until], reason, days[said])
        yield StateRow(a, b, c, d, e, f, g, h, *told)


def acts(session: Session, as_of: datetime, who: Sequence[int] | None = None) -> Acts:
    """Return when people did anything themselves until then: all there are, or these, by number."""
    asked = select(SubscriberEvent.subscriber_id, seconds(session, col(SubscriberEvent.at))).where(
        col(SubscriberEvent.at) <= as_of, col(SubscriberEvent.act).in_(DOES)
    )
    if who is None:
        whose = col(Subscriber.id) == col(SubscriberEvent.subscriber_id)
        asked = asked.join(Subscriber, whose).where(KEPT)
    parts = [(some[:, 0].astype(np.int64), some[:, 1]) for some in numbers(session, asked)]
    people, at = joined(parts, (np.int64, np.float64))
    if who is not None:
        mine = np.isin(people, np.array(who, dtype=np.int64))
        people, at = people[mine], at[mine]
    order = np.lexsort((at, people))
    return Acts(people[order], at[order])


def numbers(session: Session, asked: Any) -> Iterator[NDArray[np.float64]]:  # noqa: ANN401  # same
    """Yield rows of numbers, so many at a time, as the driver has them."""
    rows = session.connection().execute(asked).cursor
    while some := rows.fetchmany(AT_ONCE):
        yield np.array(some, dtype=np.float64)  # exact up to 2^53


def bought(session: Session, as_of: datetime, words: Words) -> Bought:
    """Return purchases until then that were not paid back, those of one day beside each other.

    Among friends it is the days on which they took part.
    """
    parts = [
        (
            np.array(who, dtype=np.int64),
            *map(words.column, (where, character)),
            np.floor(np.array(at) / 86_400.0).astype(np.int64),
            np.array(amount, dtype=np.float64),
            words.column(currency),
        )
        for who, where, character, at, amount, currency in (
            zip(*some, strict=True) for some in batches(session, purchases(session, as_of))
        )
    ]
    counts, floats = np.int64, np.float64
    return Bought(*joined(parts, (*[counts] * 4, floats, counts)))


def purchases(session: Session, as_of: datetime) -> Any:  # noqa: ANN401  # SQLAlchemy's
    """Return the question for purchases until then that were not paid back."""
    returned = select(SubscriberEvent.about).where(
        col(SubscriberEvent.act).in_(BACK),
        col(SubscriberEvent.at) <= as_of,
        col(SubscriberEvent.about) != "",
    )
    friends = col(Subscriber.platform) == FRIENDS
    # Two questions, since one that asks for either reads everything anybody did.
    return union_all(
        *(
            select(  # type: ignore[call-overload]  # six
                SubscriberEvent.subscriber_id,
                Subscriber.platform,
                SubscriberEvent.character_id,
                seconds(session, col(SubscriberEvent.at)),
                SubscriberEvent.amount_minor,
                SubscriberEvent.currency,
            )
            .join(Subscriber, col(Subscriber.id) == col(SubscriberEvent.subscriber_id))
            .where(
                where,
                col(SubscriberEvent.act).in_(acts),
                happened(as_of),
                col(SubscriberEvent.key).not_in(returned),
            )
            for where, acts in ((~friends, BOUGHT), (friends, DOES))
        )
    )


def keys(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Return the pseudonym of each."""
    found: dict[int, str] = {}
    for some in pieces(ids):
        asked = select(Subscriber.id, Subscriber.key).where(col(Subscriber.id).in_(some))
        found |= {number: key for number, key in session.exec(asked) if number}
    return found


def last_seen(session: Session, as_of: datetime) -> dict[int, datetime]:
    """Return when a platform says it saw somebody last, of whom it does."""
    asked = select(Subscriber.id, Subscriber.last_seen_at).where(
        KEPT, col(Subscriber.last_seen_at) <= as_of
    )
    return {number: at for number, at in session.exec(asked) if number and at}


def left_friends(session: Session, as_of: datetime) -> set[int]:
    """Return who ended the friendship: the last word of theirs until then is an opt-out."""
    asked = select(
        SubscriberEvent.at, SubscriberEvent.id, SubscriberEvent.subscriber_id, SubscriberEvent.act
    ).where(col(SubscriberEvent.act).in_((Act.OPTIN, Act.OPTOUT)), col(SubscriberEvent.at) <= as_of)
    # In the order of time each one's last word stays; a sort in SQL goes by an index, and is slow.
    last = {who: act for _, _, who, act in sorted(rows(session, asked))}
    return {who for who, act in last.items() if act == Act.OPTOUT}


def happened(as_of: datetime) -> Any:  # noqa: ANN401  # SQLAlchemy's
    """Return what leaves out what came later, and who was erased."""
    return and_(col(SubscriberEvent.at) <= as_of, KEPT)


def there(only: Only) -> tuple[Any, ...]:
    """Return what leaves out other platforms."""
    return (col(Subscriber.platform) == only.platform,) if only.platform else ()


def rows(session: Session, asked: Any) -> Iterator[Any]:  # noqa: ANN401  # same
    """Yield rows as the driver has them, so many in memory at a time."""
    for some in batches(session, asked):
        yield from some


def batches(session: Session, asked: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401  # same
    """Yield the same, so many at a time."""
    if session.connection().dialect.name != "sqlite":
        yield from streamed(session, asked)
        return
    cursor = session.connection().execute(asked).cursor
    while found := cursor.fetchmany(AT_ONCE):
        yield found


def streamed(session: Session, asked: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401  # same
    """Yield what is asked for, so many rows at a time."""
    given = asked.execution_options(yield_per=AT_ONCE)
    yield from session.connection().execute(given).partitions()


def joined(parts: Sequence[Sequence[Any]], kinds: Sequence[Any]) -> list[Any]:
    """Return columns whole; of nothing they are empty."""
    return [
        np.concatenate([np.empty(0, dtype=kind), *(part[at] for part in parts)])
        for at, kind in enumerate(kinds)
    ]
