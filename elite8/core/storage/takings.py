"""Questions about what subscribers pay, answered in columns: a million rows stay small."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, String, case, cast, extract, false, literal, true, union_all
from sqlmodel import Session, col, exists, func, select

from elite8.core.domain.arrays import Counts
from elite8.core.domain.paid_time import UNKNOWN
from elite8.core.domain.subscriber import (
    Act,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.storage.received import BACK, BUYS, PAYS, case_back, money_of

AT_ONCE = 2_000
"""Rows that are in memory as objects at one time; with many, Python looks through them all."""
Column = Any
"""An array of numbers, or words as `Coded`."""
BETWEEN = "\n"
"""Between words that come as one: a value fewer a row is a tenth of a second in a million."""
QUICK = sqlite3.sqlite_version_info >= (3, 38)
"""Whether SQLite tells seconds as a number (`unixepoch`), not as text."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words, each as its place in `names`."""

    codes: Counts
    names: Sequence[str]

    def of(self, numbers: Mapping[str, int]) -> Counts:
        """Return the column as numbers, of a number for each word."""
        return np.array([numbers[name] for name in self.names], dtype=np.int64)[self.codes]

    def apart(self) -> "list[Coded]":
        """Return the columns of what came as one (`joined`)."""
        every = zip(*(name.split(BETWEEN) for name in self.names), strict=True)
        found = []
        for names in every:
            place = Places()
            of = np.array([place[name] for name in names], dtype=np.int64)
            found.append(Coded(of[self.codes], [*place]))
        return found

    def words(self) -> Iterator[str]:
        """Yield the words."""
        return map(self.names.__getitem__, self.codes.tolist())


def joined(*words: Any) -> Any:  # noqa: ANN401  # SQLAlchemy's
    """Return words as one, for `Coded.apart`."""
    found: Any = cast(words[0], String)
    for one in words[1:]:
        found = found + BETWEEN + cast(one, String)
    return found


class Places(dict[str, int]):
    """The place of each word in the order they came; a new one gets the next."""

    def __missing__(self, word: str) -> int:
        """Return the place of a new word."""
        self[word] = place = len(self)
        return place


def seconds(session: Session, column: Any) -> Any:  # noqa: ANN401  # SQLAlchemy's
    """Return an instant or a day as whole seconds since 1970, on either database."""
    if session.connection().dialect.name == "sqlite":
        return func.unixepoch(column) if QUICK else cast(func.strftime("%s", column), BigInteger)
    return cast(func.floor(extract("epoch", column)), BigInteger)


def columns(session: Session, asked: Any, kinds: str) -> list[Any]:  # noqa: ANN401  # same
    """Return what is asked for as columns, one for each letter of `kinds`.

    `n` is an array of whole numbers, `UNKNOWN` where there is none; `w` one of words. They are
    taken as the driver has them.
    """
    words = [Places() for _ in kinds]
    found: list[list[Counts]] = [[np.empty(0, np.int64)] for _ in kinds]
    rows = session.connection().execute(asked).cursor
    while some := rows.fetchmany(AT_ONCE):
        for kind, place, column, values in zip(
            kinds, words, found, zip(*some, strict=True), strict=True
        ):
            told = values if kind == "n" else [*map(place.__getitem__, values)]
            column.append(numbers(told))
    whole = [np.concatenate(column) for column in found]
    return [
        column if kind == "n" else Coded(column, [*place])
        for kind, place, column in zip(kinds, words, whole, strict=True)
    ]


def numbers(values: Sequence[int | None]) -> Counts:
    """Return whole numbers as an array, `UNKNOWN` where there is none."""
    try:
        return np.array(values, dtype=np.int64)
    except TypeError:
        return np.array([UNKNOWN if one is None else one for one in values], dtype=np.int64)


def known(column: Any) -> Any:  # noqa: ANN401  # SQLAlchemy's
    """Return a number, `UNKNOWN` where there is none: an array takes it at once."""
    return func.coalesce(column, UNKNOWN)


def people(session: Session) -> list[Column]:
    """Return id, platform and country of everybody."""
    asked = select(Subscriber.id, joined(Subscriber.platform, Subscriber.country))
    who, words = columns(session, asked.order_by(col(Subscriber.id)), "nw")
    return [who, *of_two(words)]


def of_two(words: Coded) -> list[Coded]:
    """Return both columns of words that came as one; of nothing they are empty."""
    return words.apart() or [words, words]


def subscriptions(session: Session) -> list[Column]:
    """Return id, subscriber and performer of every subscription."""
    asked = select(Subscription.id, Subscription.subscriber_id, Subscription.character_id)
    return columns(session, asked.order_by(col(Subscription.id)), "nnw")


def exports(session: Session, until: datetime) -> list[Column]:
    """Return what exports made until then say, by subscription and time.

    Subscription, instant, status, first day, last day (seconds at their midnight in UTC), months,
    price, currency, tier. A subscription without any export counts as one.
    """
    table = SubscriptionState
    of_none = ~exists().where(col(table.subscription_id) == col(Subscription.id))
    every = union_all(
        select(col(table.subscription_id).label("of"), col(table.id).label("n"), *said_by(table)),
        select(col(Subscription.id), literal(0), *said_by(Subscription)).where(of_none),
    ).subquery()
    days = [known(seconds(session, every.c[name])) for name in ("started_on", "period_end")]
    asked = (
        select(  # type: ignore[call-overload]  # seven
            every.c.of,
            seconds(session, every.c.source_at),
            *days,
            every.c.months,
            known(every.c.price_minor),
            joined(*(every.c[name] for name in ("status", "currency", "tier"))),
        )
        .where(every.c.source_at <= until)
        .order_by(every.c.of, every.c.source_at, every.c.n)
    )
    of, seen, began, ends, months, price, words = columns(session, asked, "nnnnnnw")
    status, currency, tier = words.apart() or [words] * 3
    return [of, seen, status, began, ends, months, price, currency, tier]


def said_by(table: Any) -> list[Any]:  # noqa: ANN401  # SQLAlchemy's
    """Return the columns of what an export says."""
    names = ("source_at", "status", "started_on", "period_end", "months", "price_minor")
    return [col(getattr(table, name)) for name in (*names, "currency", "tier")]


def payments(session: Session, until: datetime) -> list[Column]:
    """Return payments for subscriptions until then, and ends that were told, in no order.

    Event, subscriber, performer, whether it is an end (1), instant, amount, fee, tax, currency.
    """
    event = SubscriberEvent
    asked = select(  # type: ignore[call-overload]  # eight
        *(event.id, event.subscriber_id, joined(event.character_id, event.currency)),
        case((col(event.act) == Act.SUB_EXPIRE, 1), else_=0),
        seconds(session, col(event.at)),
        *(known(one) for one in (event.amount_minor, event.fee_minor, event.tax_minor)),
    ).where(col(event.act).in_((*PAYS, Act.SUB_EXPIRE)), col(event.at) <= until)
    name, who, words, over, *facts = columns(session, asked, "nnwnnnnn")
    character, currency = of_two(words)
    return [name, who, character, over, *facts, currency]


def paid_back(session: Session, until: datetime | None = None) -> dict[int, tuple[int, int]]:
    """Return by payment what was paid back of it until then, or ever, below 0, and when last.

    One that says no amount pays all of it back.
    """
    paid, back = SubscriberEvent.__table__.alias("paid"), SubscriberEvent.__table__.alias("back")  # type: ignore[attr-defined]  # SQLModel's
    amount = -func.abs(func.coalesce(back.c.amount_minor, paid.c.amount_minor))
    asked = (
        select(paid.c.id, func.sum(amount), func.max(seconds(session, back.c.at)))
        .join(back, back.c.about == paid.c.key)
        .where(back.c.act.in_(BACK), paid.c.act.in_(PAYS))
        .where(true() if until is None else back.c.at <= until)
        .group_by(paid.c.id)
    )
    rows = session.connection().execute(asked)
    return {int(name): (int(total or 0), int(at)) for name, total, at in rows}


def cash(session: Session, since: datetime, until: datetime) -> list[Column]:
    """Return what each paid in a time, paid back below 0, by performer, kind and currency.

    Subscriber, performer, kind, currency, amount, fee, tax, and the amount of what told no fee.
    """
    event = SubscriberEvent
    amount = case_back(event)
    untold = func.sum(amount).filter(col(event.fee_minor).is_(None))
    place = (event.subscriber_id, event.character_id, event.act, event.currency)
    asked = (
        select(
            *place,
            *(
                cast(func.coalesce(one, 0), BigInteger)
                for one in (
                    func.sum(amount),
                    func.sum(event.fee_minor),
                    func.sum(event.tax_minor),
                    untold,
                )
            ),
        )
        .where(*money_of(since, until), true() if since < until else false())
        .group_by(*map(col, place))
    )
    return columns(session, asked, "nwwwnnnn")


def purchases(session: Session, until: datetime) -> list[Column]:
    """Return subscriber, instant, amount and currency of what was bought and not paid back.

    In no order: it is tips and paid messages.
    """
    event = SubscriberEvent
    returned = select(event.about).where(
        col(event.act).in_(BACK), col(event.at) <= until, col(event.about) != ""
    )
    asked = select(
        event.subscriber_id,
        seconds(session, col(event.at)),
        event.amount_minor,
        event.currency,
    ).where(
        col(event.act).in_(BUYS),
        col(event.amount_minor) > 0,
        col(event.at) <= until,
        col(event.key).not_in(returned),
    )
    return columns(session, asked, "nnnw")


def keys_of(session: Session, ids: Collection[int] | None = None) -> dict[str, int]:
    """Return ids by pseudonym, of everybody or of some."""
    wanted = None if ids is None else set(ids)
    who, keys = columns(session, select(Subscriber.id, Subscriber.key), "nw")
    every = zip(keys.words(), who.tolist(), strict=True)
    return {key: one for key, one in every if wanted is None or one in wanted}
