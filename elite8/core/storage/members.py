"""Questions about single subscribers: who they are, what was said of them, whence they came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from elite8.core.domain.event import FunnelEvent
from elite8.core.domain.subscriber import (
    Alias,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.storage.received import MONEY

Row = tuple[Subscriber, Subscription | None]


def listed(session: Session, only: dict[str, str], limit: int) -> tuple[int, Sequence[Row]]:
    """Return how many there are, and some, the newest first, each with what they subscribe to."""
    of = {"platform": Subscriber.platform, "country": Subscriber.country}
    of |= {"status": Subscription.status, "tier": Subscription.tier}
    of |= {"character": Subscription.character_id}
    where = [col(of[name]) == value for name, value in only.items() if value]
    where.append(col(Subscriber.erased_at).is_(None))
    on = col(Subscription.subscriber_id) == col(Subscriber.id)
    total = select(func.count()).select_from(Subscriber).join(Subscription, on, isouter=True)
    asked = select(Subscriber, Subscription).join(Subscription, on, isouter=True).where(*where)
    ordered = asked.order_by(col(Subscriber.id).desc(), col(Subscription.id)).limit(limit)
    return session.exec(total.where(*where)).one(), session.exec(ordered).all()


def matching(session: Session, beginning: str) -> Sequence[Subscriber]:
    """Return subscribers whose pseudonym begins so, two at most."""
    asked = select(Subscriber).where(col(Subscriber.key).startswith(beginning, autoescape=True))
    return session.exec(asked.limit(2)).all()


def by_name(session: Session, digest: str) -> Subscriber | None:
    """Return whose name has this hash."""
    asked = select(Subscriber).join(Alias, col(Alias.subscriber_id) == col(Subscriber.id))
    return session.exec(asked.where(col(Alias.digest) == digest)).first()


def names(session: Session, who: int) -> Sequence[Alias]:
    """Return the names of a subscriber, the oldest first."""
    asked = select(Alias).where(col(Alias.subscriber_id) == who)
    return session.exec(asked.order_by(col(Alias.added_at), col(Alias.kind))).all()


def subscriptions(session: Session, who: int) -> Sequence[Subscription]:
    """Return what a subscriber subscribes to."""
    asked = select(Subscription).where(col(Subscription.subscriber_id) == who)
    return session.exec(asked.order_by(col(Subscription.character_id))).all()


def history(session: Session, subscription: int) -> Sequence[SubscriptionState]:
    """Return what exports said of a subscription, the oldest first."""
    asked = select(SubscriptionState).where(col(SubscriptionState.subscription_id) == subscription)
    return session.exec(
        asked.order_by(col(SubscriptionState.source_at), col(SubscriptionState.id))
    ).all()


def counts(session: Session, who: int) -> Sequence[tuple[str, int, datetime, datetime]]:
    """Return what a subscriber did: kind, how often, first and last."""
    first, last = func.min(SubscriberEvent.at), func.max(SubscriberEvent.at)
    asked = select(SubscriberEvent.act, func.count(), first, last).where(
        col(SubscriberEvent.subscriber_id) == who
    )
    return session.exec(
        asked.group_by(col(SubscriberEvent.act)).order_by(col(SubscriberEvent.act))
    ).all()


def paid(session: Session, who: int) -> Sequence[tuple[str, int, int, int]]:
    """Return what a subscriber paid, less what was paid back: currency, gross, fee, tax."""
    sums: list[Any] = [
        func.coalesce(func.sum(col(one)), 0)
        for one in (
            SubscriberEvent.amount_minor,
            SubscriberEvent.fee_minor,
            SubscriberEvent.tax_minor,
        )
    ]
    asked = select(SubscriberEvent.currency, *sums).where(
        col(SubscriberEvent.subscriber_id) == who,
        col(SubscriberEvent.act).in_(MONEY),
        col(SubscriberEvent.amount_minor).is_not(None),
    )
    found: Sequence[Any] = session.exec(asked.group_by(col(SubscriberEvent.currency))).all()
    return [(code, int(gross), int(fee), int(tax)) for code, gross, fee, tax in found]


def movements(session: Session, who: int, acts: Sequence[str]) -> Sequence[SubscriberEvent]:
    """Return what moved a subscription, the oldest first."""
    asked = select(SubscriberEvent).where(
        col(SubscriberEvent.subscriber_id) == who, col(SubscriberEvent.act).in_(acts)
    )
    return session.exec(asked.order_by(col(SubscriberEvent.at), col(SubscriberEvent.id))).all()


def touches(session: Session, pseudonyms: Sequence[str]) -> Sequence[FunnelEvent]:
    """Return where in the funnel somebody was seen by any of their names, the oldest first."""
    asked = select(FunnelEvent).where(col(FunnelEvent.person).in_(pseudonyms))
    return session.exec(asked.order_by(col(FunnelEvent.at), col(FunnelEvent.id))).all()
