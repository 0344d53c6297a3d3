"""Questions about what came of a winback: who paid again, how much, who said no."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col, exists, func

from elite8.core.domain.campaign import Assignment
from elite8.core.domain.consent import Consent
from elite8.core.domain.mailing import Delivery, DeliveryStatus
from elite8.core.domain.subscriber import (
    Act,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
    SubscriptionStatus,
    Tier,
)
from elite8.core.storage import takings
from elite8.core.storage.received import MONEY

PAYS = (Act.SUB_START, Act.SUB_RENEW)


class Paid(NamedTuple):
    """A payment for a subscription; the amount is None where nobody says it."""

    id: int
    subscriber_id: int
    at: datetime
    amount_minor: int | None


class Active(NamedTuple):
    """An export that has a subscription active."""

    subscriber_id: int
    started_on: date | None
    source_at: datetime
    price_minor: int | None


def whom(campaign_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return by what those are found whom a campaign knows."""
    return col(Assignment.campaign_id) == campaign_id, col(Assignment.subscriber_id).is_not(None)


def payments(
    session: Session, campaign_id: str, since: datetime, until: datetime
) -> Iterator[Paid]:
    """Yield the payments for subscriptions in a time, apart from what was paid back whole.

    Of one whose amount nobody says, any refund is all of it.
    """
    columns = [getattr(SubscriberEvent, name) for name in Paid._fields]
    asked = (
        select(*columns)
        .join(Assignment, col(Assignment.subscriber_id) == col(SubscriberEvent.subscriber_id))
        .where(
            col(SubscriberEvent.act).in_(PAYS),
            col(SubscriberEvent.at) > since,
            col(SubscriberEvent.at) <= until,
        )
    )
    back = {event: total for event, (total, _) in takings.paid_back(session).items()}
    for one in map(Paid._make, session.connection().execute(asked.where(*whom(campaign_id)))):
        if one.id not in back or (one.amount_minor or 0) + back[one.id] > 0:
            yield one


def exports(session: Session, campaign_id: str, since: datetime) -> Iterator[Active]:
    """Yield the exports made since then that have somebody active in what is paid for."""
    columns = [getattr(SubscriptionState, name) for name in Active._fields[1:]]
    asked = (
        select(col(Subscription.subscriber_id), *columns)
        .join(Subscription, col(Subscription.id) == col(SubscriptionState.subscription_id))
        .join(Assignment, col(Assignment.subscriber_id) == col(Subscription.subscriber_id))
        .where(
            col(SubscriptionState.status) == SubscriptionStatus.ACTIVE,
            col(SubscriptionState.tier) != Tier.FREE,
            col(SubscriptionState.source_at) > since,
        )
    )
    found = map(Active._make, session.connection().execute(asked.where(*whom(campaign_id))))
    return (one for one in found if one.price_minor is None or one.price_minor > 0)


def prices(session: Session, campaign_id: str) -> set[int]:
    """Return whose subscription has a price above 0, as far as any export says."""
    asked = (
        select(col(Subscription.subscriber_id))
        .join(Assignment, col(Assignment.subscriber_id) == col(Subscription.subscriber_id))
        .where(col(Subscription.price_minor) > 0)
    )
    return {row[0] for row in session.connection().execute(asked.where(*whom(campaign_id)))}


def net(
    session: Session, campaign_id: str, since: datetime, until: datetime
) -> dict[tuple[int, str], int]:
    """Return what each brought in a time, by currency, after fees and taxes: all kinds of money."""
    kept = (
        col(SubscriberEvent.amount_minor)
        - func.coalesce(col(SubscriberEvent.fee_minor), 0)
        - func.coalesce(col(SubscriberEvent.tax_minor), 0)
    )
    who, currency = col(SubscriberEvent.subscriber_id), col(SubscriberEvent.currency)
    asked = (
        select(who, currency, func.sum(kept))
        .join(Assignment, col(Assignment.subscriber_id) == who)
        .where(
            col(SubscriberEvent.act).in_(MONEY),
            col(SubscriberEvent.amount_minor).is_not(None),
            col(SubscriberEvent.at) > since,
            col(SubscriberEvent.at) <= until,
        )
        .group_by(who, currency)
    )
    found = session.connection().execute(asked.where(*whom(campaign_id)))
    return {(row[0], row[1]): int(row[2] or 0) for row in found}


def did(session: Session, campaign_id: str, act: Act, since: datetime, until: datetime) -> set[int]:
    """Return who did something in a time."""
    asked = (
        select(col(SubscriberEvent.subscriber_id))
        .join(Assignment, col(Assignment.subscriber_id) == col(SubscriberEvent.subscriber_id))
        .where(
            col(SubscriberEvent.act) == act,
            col(SubscriberEvent.at) > since,
            col(SubscriberEvent.at) <= until,
        )
    )
    return {row[0] for row in session.connection().execute(asked.where(*whom(campaign_id)))}


def withdrawn(session: Session, since: datetime, until: datetime) -> dict[str, set[str]]:
    """Return by person how they withdrew a consent to marketing in a time, if they did."""
    asked = select(col(Consent.person_key), col(Consent.withdrawn_via)).where(
        col(Consent.status) == "withdrawn",
        col(Consent.purpose) == "marketing",
        col(Consent.withdrawn_at) > since,
        col(Consent.withdrawn_at) <= until,
    )
    found: dict[str, set[str]] = {}
    for person, via in session.connection().execute(asked):
        found.setdefault(person, set()).add(via)
    return found


def reached(session: Session, mailing_id: str) -> set[str]:
    """Return the people that a message went, or may have gone, to."""
    asked = select(col(Delivery.person_key)).where(
        col(Delivery.mailing_id) == mailing_id, col(Delivery.status) != DeliveryStatus.REFUSED
    )
    return {row[0] for row in session.connection().execute(asked)}


def known_until(session: Session, platforms: Sequence[str], character: str) -> dict[str, datetime]:
    """Return by platform when its account for a performer was last heard of: paid, or exported.

    A payment that names no performer is of the only subscription there is, if it is one.
    """
    on, event = col(Subscriber.platform), SubscriberEvent
    theirs = col(Subscription.subscriber_id) == col(event.subscriber_id)
    hers = exists().where(theirs, col(Subscription.character_id) == character)
    others = exists().where(theirs, col(Subscription.character_id) != character)
    named = col(event.character_id)
    paid = (
        select(on, func.max(col(event.at)))
        .join(event, col(event.subscriber_id) == col(Subscriber.id))
        .where(col(event.act).in_(PAYS))
        .where((named == character) | ((named == "") & hers & ~others))
    )
    said = (
        select(on, func.max(col(SubscriptionState.source_at)))
        .join(Subscription, col(Subscription.subscriber_id) == col(Subscriber.id))
        .join(SubscriptionState, col(SubscriptionState.subscription_id) == col(Subscription.id))
        .where(col(Subscription.character_id) == character)
    )
    found: dict[str, datetime] = {}
    for asked in (paid, said):
        rows = session.connection().execute(asked.where(on.in_(platforms)).group_by(on))
        for platform, at in rows:
            found[platform] = max(at, found.get(platform, at))
    return found
