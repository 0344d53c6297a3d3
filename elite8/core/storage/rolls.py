"""Questions about all subscribers together, for who looks: counts, never names."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from elite8.core.domain.privacy import PrivacyRequest
from elite8.core.domain.subscriber import (
    Act,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionStatus,
)

KEPT = col(Subscriber.erased_at).is_(None)
WHOSE = col(Subscriber.id) == col(Subscription.subscriber_id)


def standings(session: Session) -> Sequence[tuple[str, str, str, str, int, float | None]]:
    """Return platform, tier, currency, status, how many, and what they pay a month together."""
    month = func.sum(col(Subscription.price_minor) * 1.0 / col(Subscription.months))
    by = (
        col(Subscriber.platform),
        col(Subscription.tier),
        col(Subscription.currency),
        col(Subscription.status),
    )
    asked = select(*by, func.count(), month).join(Subscriber, WHOSE).where(KEPT).group_by(*by)  # type: ignore[call-overload]  # six columns
    return [tuple(row) for row in session.exec(asked.order_by(*by))]


def happened(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    """Return how many joined, ended and turned renewal off in a time, by act."""
    acts = (Act.SUB_START, Act.SUB_EXPIRE, Act.AUTO_RENEW_OFF, Act.PAYMENT_FAILED)
    asked = (
        select(SubscriberEvent.act, func.count())
        .where(
            col(SubscriberEvent.act).in_(acts),
            col(SubscriberEvent.at) >= since,
            col(SubscriberEvent.at) < until,
        )
        .group_by(col(SubscriberEvent.act))
    )
    return dict(session.exec(asked).all())


def ending(
    session: Session, first: date, last: date, limit: int
) -> Sequence[tuple[Subscription, str, str]]:
    """Return active subscriptions without renewal that end in those days, the dearest first.

    Beside each the subscriber's pseudonym and platform.
    """
    asked = (
        select(Subscription, Subscriber.key, Subscriber.platform)
        .join(Subscriber, WHOSE)
        .where(
            KEPT,
            col(Subscription.status) == SubscriptionStatus.ACTIVE,
            col(Subscription.auto_renew).is_(False),
            col(Subscription.period_end) >= first,
            col(Subscription.period_end) <= last,
        )
        .order_by(col(Subscription.price_minor).desc(), col(Subscription.period_end))
        .order_by(col(Subscription.id))
        .limit(limit)
    )
    return session.exec(asked).all()


def requests(session: Session) -> Sequence[PrivacyRequest]:
    """Return what people asked and nobody did yet, the most pressing first."""
    open_ = col(PrivacyRequest.done_at).is_(None)
    asked = select(PrivacyRequest).where(open_).order_by(col(PrivacyRequest.due_at))
    return session.exec(asked).all()
