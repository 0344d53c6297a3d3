"""What is known of subscriptions and of what people do, as columns: a million rows stay small."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Float, cast, extract, literal, union_all
from sqlmodel import Session, and_, col, func, or_, select

from elite8.core.domain.arrays import Counts, Floats
from elite8.core.domain.heard import Account
from elite8.core.domain.spell import FAILS, PAYS
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
MOVES = (*sorted(PAYS), *sorted(FAILS), Act.SUB_EXPIRE, Act.AUTO_RENEW_OFF)
KEPT = col(Subscriber.erased_at).is_(None)
IN_ORDER = (col(SubscriberEvent.subscriber_id) + 0, col(SubscriberEvent.at), SubscriberEvent.id)
"""By subscriber and time; "+ 0" for SQLite, which else goes by an index: in twice the time."""
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


class MoveRow(NamedTuple):
    """A payment, an end or a sign of one; `day` is an ordinal."""

    subscriber: int
    platform: str
    character: str
    act: str
    day: int
    amount_minor: int | None
    currency: str


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
    for row in rows(session, asked):
        *facts, auto_renew, began, until, reason, said = row
        told = (yes[auto_renew], days[began], days[until], reason, days[said])
        yield StateRow._make((*facts, *told))


def moves(session: Session, as_of: datetime, only: Only = ALL) -> Iterator[MoveRow]:
    """Yield payments, ends and signs of them until then, by subscriber and time."""
    asked = (
        select(  # type: ignore[call-overload]  # seven
            SubscriberEvent.subscriber_id,
            Subscriber.platform,
            SubscriberEvent.character_id,
            SubscriberEvent.act,
            day(session, col(SubscriberEvent.at)),
            SubscriberEvent.amount_minor,
            SubscriberEvent.currency,
        )
        .join(Subscriber, col(Subscriber.id) == col(SubscriberEvent.subscriber_id))
        .where(happened(as_of), col(SubscriberEvent.act).in_(MOVES), *there(only))
        .order_by(*IN_ORDER)
    )
    days = Days()
    for who, where, character, act, on, amount, currency in rows(session, asked):
        yield MoveRow(who, where, character, act, days[on] or 0, amount, currency)


def heard(session: Session, as_of: datetime, only: Only = ALL) -> dict[Account, int]:
    """Return the day on which each account was last heard of by then, as an ordinal.

    A payment that names no performer is of the only subscription there is, if it is one.
    """
    single = (
        select(Subscription.subscriber_id, func.min(Subscription.character_id).label("whose"))
        .group_by(col(Subscription.subscriber_id))
        .having(func.count() == 1)
        .subquery()
    )
    named = func.coalesce(
        func.nullif(col(SubscriberEvent.character_id), ""), single.c.whose, literal("")
    )
    paid = (
        select(Subscriber.platform, named, func.max(col(SubscriberEvent.at)))
        .join(Subscriber, col(Subscriber.id) == IN_ORDER[0])  # one scan, not by an index
        .join(single, single.c.subscriber_id == col(Subscriber.id), isouter=True)
        .where(happened(as_of), col(SubscriberEvent.act).in_(sorted(PAYS)), *there(only))
        .group_by(Subscriber.platform, named)
    )
    found: dict[Account, int] = {}
    for asked in (paid, *told(as_of, only)):
        for platform, character, at in session.exec(asked):
            day = at.astimezone(UTC).toordinal()
            found[platform, character] = max(day, found.get((platform, character), day))
    return found


def told(as_of: datetime, only: Only) -> Iterator[Any]:
    """Yield the questions for when exports of each account were made; a row alone counts as one."""
    own = col(Subscription.source_at)
    of = (Subscriber.platform, Subscription.character_id)
    subscribed = select(*of, func.max(own)).join(
        Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id)
    )
    yield subscribed.where(own <= as_of, KEPT, *there(only)).group_by(*of)
    said = col(SubscriptionState.source_at)
    yield (
        select(*of, func.max(said))
        .join(Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id))
        .join(SubscriptionState, col(SubscriptionState.subscription_id) == col(Subscription.id))
        .where(said <= as_of, KEPT, *there(only))
        .group_by(*of)
    )


def acts(session: Session, as_of: datetime, who: Sequence[int] | None = None) -> Acts:
    """Return when people did anything themselves until then: all of them, or these, by number."""
    asked = (
        select(SubscriberEvent.subscriber_id, seconds(session, col(SubscriberEvent.at)))
        .join(Subscriber, col(Subscriber.id) == col(SubscriberEvent.subscriber_id))
        .where(happened(as_of), col(SubscriberEvent.act).in_(DOES))
    )
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
            np.array([words.number(one) for one in where], dtype=np.int64),
            np.array([words.number(one) for one in character], dtype=np.int64),
            np.floor(np.array(at) / 86_400.0).astype(np.int64),
            np.array(amount, dtype=np.float64),
            np.array([words.number(one) for one in currency], dtype=np.int64),
        )
        for who, where, character, at, amount, currency in (
            zip(*some, strict=True) for some in streamed(session, purchases(session, as_of))
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
    took_part = and_(col(Subscriber.platform) == FRIENDS, col(SubscriberEvent.act).in_(DOES))
    return (
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
            or_(col(SubscriberEvent.act).in_(BOUGHT), took_part),
            happened(as_of),
            col(SubscriberEvent.key).not_in(returned),
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
    if session.connection().dialect.name != "sqlite":
        for some in streamed(session, asked):
            yield from some
        return
    cursor = session.connection().execute(asked).cursor
    while found := cursor.fetchmany(AT_ONCE):
        yield from found


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
