"""Questions about what subscribers pay, answered in columns: a million rows stay small."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from sys import intern
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, case, cast, extract, literal, union_all
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
from elite8.core.storage.pieces import pieces

AT_ONCE = 2_000
"""Rows that are in memory as objects at one time; with many, Python looks through them all."""
PAYS = (Act.SUB_START, Act.SUB_RENEW, Act.SUB_UPGRADE, Act.SUB_DOWNGRADE)
BUYS = (Act.TIP, Act.PPV)
BACK = (Act.REFUND, Act.CHARGEBACK)
Column = Any
"""An array of numbers or a list of words."""


def seconds(session: Session, column: Any) -> Any:  # noqa: ANN401  # SQLAlchemy's
    """Return an instant or a day as whole seconds since 1970, on either database."""
    if session.connection().dialect.name == "sqlite":
        return cast(func.strftime("%s", column), BigInteger)
    return cast(func.floor(extract("epoch", column)), BigInteger)


def columns(session: Session, asked: Any, kinds: str) -> list[Any]:  # noqa: ANN401  # same
    """Return what is asked for as columns, one for each letter of `kinds`.

    `n` is an array of whole numbers, `UNKNOWN` where there is none; `w` a list of words, each kept
    once. They are taken as the driver has them.
    """
    found: list[list[Any]] = [[] for _ in kinds]
    rows = session.connection().execute(asked).cursor
    while some := rows.fetchmany(AT_ONCE):
        for kind, column, values in zip(kinds, found, zip(*some, strict=True), strict=True):
            column.append(numbers(values)) if kind == "n" else column.extend(map(intern, values))
    return [
        np.concatenate([np.empty(0, np.int64), *column]) if kind == "n" else column
        for kind, column in zip(kinds, found, strict=True)
    ]


def numbers(values: Sequence[int | None]) -> Counts:
    """Return whole numbers as an array, `UNKNOWN` where there is none."""
    try:
        return np.array(values, dtype=np.int64)
    except TypeError:
        return np.array([UNKNOWN if one is None else one for one in values], dtype=np.int64)


def people(session: Session) -> list[Column]:
    """Return id, platform and country of everybody."""
    asked = select(Subscriber.id, Subscriber.platform, Subscriber.country)
    return columns(session, asked.order_by(col(Subscriber.id)), "nww")


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
    days = [seconds(session, every.c[name]) for name in ("started_on", "period_end")]
    asked = (
        select(
            every.c.of,
            seconds(session, every.c.source_at),
            every.c.status,
            *days,
            *(every.c[name] for name in ("months", "price_minor", "currency", "tier")),
        )
        .where(every.c.source_at <= until)
        .order_by(every.c.of, every.c.source_at, every.c.n)
    )
    return columns(session, asked, "nnwnnnnww")


def said_by(table: Any) -> list[Any]:  # noqa: ANN401  # SQLAlchemy's
    """Return the columns of what an export says."""
    names = ("source_at", "status", "started_on", "period_end", "months", "price_minor")
    return [col(getattr(table, name)) for name in (*names, "currency", "tier")]


def payments(session: Session, until: datetime) -> list[Column]:
    """Return payments for subscriptions until then, and ends that were told, in no order.

    Event, subscriber, performer, kind, instant, amount, fee, tax, currency.
    """
    event = SubscriberEvent
    asked = select(  # type: ignore[call-overload]  # nine
        *(event.id, event.subscriber_id, event.character_id, event.act),
        seconds(session, col(event.at)),
        *(event.amount_minor, event.fee_minor, event.tax_minor, event.currency),
    ).where(col(event.act).in_((*PAYS, Act.SUB_EXPIRE)), col(event.at) <= until)
    return columns(session, asked, "nnwwnnnnw")


def paid_back(session: Session, until: datetime) -> dict[int, tuple[int, int]]:
    """Return by payment what was paid back of it, below 0, and when last.

    One that says no amount pays all of it back.
    """
    paid, back = SubscriberEvent.__table__.alias("paid"), SubscriberEvent.__table__.alias("back")  # type: ignore[attr-defined]  # SQLModel's
    amount = -func.abs(func.coalesce(back.c.amount_minor, paid.c.amount_minor))
    asked = (
        select(paid.c.id, func.sum(amount), func.max(seconds(session, back.c.at)))
        .join(back, back.c.about == paid.c.key)
        .where(back.c.act.in_(BACK), back.c.at <= until, paid.c.act.in_(PAYS))
        .group_by(paid.c.id)
    )
    rows = session.connection().execute(asked)
    return {int(name): (int(total or 0), int(at)) for name, total, at in rows}


def case_back(event: Any) -> Any:  # noqa: ANN401  # SQLAlchemy's
    """Return the amount, below 0 where it was paid back, whichever sign its source gives it."""
    whole = col(event.amount_minor)
    return case((col(event.act).in_(BACK), -func.abs(whole)), else_=whole)


def money_of(since: datetime, until: datetime) -> Iterator[Any]:
    """Yield what makes an event money of a time."""
    event = SubscriberEvent
    yield col(event.act).in_((*PAYS, *BUYS, *BACK))
    yield col(event.amount_minor).is_not(None)
    yield col(event.at) >= since
    yield col(event.at) < until


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
        .where(*money_of(since, until))
        .group_by(*map(col, place))
    )
    return columns(session, asked, "nwwwnnnn")


def purchases(session: Session, until: datetime) -> list[Column]:
    """Return subscriber, day, amount and currency of tips and paid messages not paid back.

    By subscriber and time; days are whole seconds by 86,400.
    """
    event = SubscriberEvent
    returned = select(event.about).where(
        col(event.act).in_(BACK), col(event.at) <= until, col(event.about) != ""
    )
    asked = (
        select(
            event.subscriber_id,
            seconds(session, col(event.at)),
            event.amount_minor,
            event.currency,
        )
        .where(
            col(event.act).in_(BUYS),
            col(event.amount_minor) > 0,
            col(event.at) <= until,
            col(event.key).not_in(returned),
        )
        .order_by(col(event.subscriber_id), col(event.at), col(event.id))
    )
    return columns(session, asked, "nnnw")


def keys_of(session: Session, ids: Collection[int] | None = None) -> dict[str, int]:
    """Return ids by pseudonym, of everybody or of some."""
    wanted = None if ids is None else set(ids)
    who, keys = columns(session, select(Subscriber.id, Subscriber.key), "nw")
    every = zip(keys, who.tolist(), strict=True)
    return {key: one for key, one in every if wanted is None or one in wanted}


@dataclass(frozen=True, slots=True)
class Told:
    """Money that a subscriber's own export tells, below 0 when paid back, by pseudonym."""

    key: str
    person: str
    at: datetime
    amount: int
    currency: str
    about: str


def told(session: Session, since: datetime, until: datetime) -> list[Told]:
    """Return the money of a time, and what was paid back in it, whenever that was paid."""
    event = SubscriberEvent
    given = (event.key, Subscriber.key, event.at, case_back(event), event.currency, event.about)
    every = select(*given).join(Subscriber, col(Subscriber.id) == col(event.subscriber_id))  # type: ignore[call-overload]  # six
    found = {row[0]: Told(*row) for row in session.exec(every.where(*money_of(since, until)))}
    about = {one.about for one in found.values()} - found.keys() - {""}
    for some in pieces(sorted(about)):
        asked = every.where(col(event.key).in_(some), col(event.amount_minor).is_not(None))
        found |= {row[0]: Told(*row) for row in session.exec(asked)}
    return list(found.values())


def began(session: Session, since: datetime, until: datetime) -> list[tuple[str, datetime]]:
    """Return who subscribed first in a time, and when."""
    first = func.min(col(SubscriberEvent.at))
    asked = (
        select(Subscriber.key, first)
        .join(Subscriber, col(Subscriber.id) == col(SubscriberEvent.subscriber_id))
        .where(col(SubscriberEvent.act) == Act.SUB_START)
        .group_by(Subscriber.key)
        .having(first >= since, first < until)
    )
    return [(key, at) for key, at in session.exec(asked)]


def kinds(session: Session) -> set[str]:
    """Return which of money and subscriptions any subscriber's export ever told."""
    money = select(SubscriberEvent.id).where(col(SubscriberEvent.amount_minor).is_not(None))
    starts = select(SubscriberEvent.id).where(col(SubscriberEvent.act) == Act.SUB_START)
    asked = (("money", money), ("subscribe", starts))
    return {kind for kind, one in asked if session.exec(one.limit(1)).first() is not None}
