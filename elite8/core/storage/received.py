"""Questions about money that subscribers' own exports tell, row by row, as the funnel takes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from elite8.core.domain.subscriber import Act, Subscriber, SubscriberEvent
from elite8.core.storage.pieces import pieces

PAYS = (Act.SUB_START, Act.SUB_RENEW, Act.SUB_UPGRADE, Act.SUB_DOWNGRADE)
BUYS = (Act.TIP, Act.PPV)
BACK = (Act.REFUND, Act.CHARGEBACK)
MONEY = (*PAYS, *BUYS, *BACK)
"""What moves money; a payment that failed may tell an amount, and moves none."""


def case_back(event: Any) -> Any:  # noqa: ANN401  # SQLAlchemy's
    """Return the amount, below 0 where it was paid back, whichever sign its source gives it."""
    whole = col(event.amount_minor)
    return case((col(event.act).in_(BACK), -func.abs(whole)), else_=whole)


def money_of(since: datetime, until: datetime) -> Iterator[Any]:
    """Yield what makes an event money of a time."""
    event = SubscriberEvent
    yield col(event.act).in_(MONEY)
    yield col(event.amount_minor).is_not(None)
    yield col(event.at) >= since
    yield col(event.at) < until


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
