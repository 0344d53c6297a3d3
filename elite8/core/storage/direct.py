"""Questions for taking in what official APIs tell: what was paid last, what stands, how many."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, func, or_, select

from elite8.core.domain.subscriber import (
    Act,
    ImportBatch,
    Subscriber,
    SubscriberEvent,
    Subscription,
    Tier,
)
from elite8.core.storage import held
from elite8.core.storage.pieces import pieces

PAID = (Act.SUB_START, Act.SUB_RENEW)
BY_API = "api-"
"""How the profile of an API's batch begins; what follows is the platform."""
NEAR = timedelta(minutes=1)
"""How far two sources may differ in when one payment was made (prior)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is known of a subscription beside its status: never less than before."""

    tier: str = Tier.OTHER
    price: int | None = None
    currency: str = ""
    months: int = 1
    auto_renew: bool | None = None
    started_on: date | None = None


def there(session: Session) -> int:
    """Return how many subscribers there are."""
    return session.exec(select(func.count()).select_from(Subscriber)).one()


def ended_before(session: Session, profile: str, file: str) -> datetime | None:
    """Return when the last walk that came to its end began, `None` for none."""
    asked = select(func.max(ImportBatch.started_at)).where(
        col(ImportBatch.profile) == profile,
        col(ImportBatch.file) == file,
        col(ImportBatch.ended_at).is_not(None),
        col(ImportBatch.undone_at).is_(None),
    )
    found: datetime | None = session.exec(asked).one()
    return found


def alone(session: Session) -> None:
    """Wait until nobody else enters payments: who looks what is there enters in the same turn."""
    held.alone(session, "payments")


def paid_by_files(
    session: Session, platform: str, character: str, after: datetime | None = None
) -> tuple[int, datetime] | None:
    """Return the newest payment to a performer there that came with a file, and its batch.

    `None` for none. One that names no performer may be anybody's. Of files that were taken in to
    their end `after` only, when that is given.
    """
    asked = (
        select(ImportBatch.id, SubscriberEvent.at)
        .join(SubscriberEvent, col(SubscriberEvent.batch_id) == col(ImportBatch.id))
        .join(Subscriber, col(Subscriber.id) == col(SubscriberEvent.subscriber_id))
        .where(
            col(Subscriber.platform) == platform,
            col(SubscriberEvent.character_id).in_(("", character)),
            ~col(ImportBatch.profile).startswith(BY_API, autoescape=True),
            col(SubscriberEvent.amount_minor).is_not(None),
        )
        .order_by(col(SubscriberEvent.at).desc())
        .limit(1)
    )
    if after is not None:
        batches = [one for one in files_since(session, after) if one is not None]
        if not batches:
            return None
        asked = asked.where(col(ImportBatch.id).in_(batches))
    found = session.exec(asked).first()
    return (found[0] or 0, found[1]) if found else None


def files_since(session: Session, after: datetime) -> Sequence[int | None]:
    """Return the batches of files that are not in to their end, or came to it `after`."""
    ended = col(ImportBatch.ended_at)
    asked = select(ImportBatch.id).where(
        ~col(ImportBatch.profile).startswith(BY_API, autoescape=True),
        or_(ended.is_(None), ended >= after),
    )
    return session.exec(asked).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """From when until when an API told the payments of a platform's account for a performer."""

    platform: str
    character: str
    since: datetime
    until: datetime
    batch: int


def paid_by_apis(session: Session) -> tuple[Walked, ...]:
    """Return the times of which payments came by an API.

    A walk that came to its end told everything until it began, one that broke off what it entered.
    """
    asked = select(ImportBatch).where(
        col(ImportBatch.profile).startswith(BY_API, autoescape=True),
        col(ImportBatch.undone_at).is_(None),
    )
    return tuple(one for batch in session.exec(asked) for one in told_by(session, batch))


def told_by(session: Session, batch: ImportBatch) -> list[Walked]:
    """Return of which time payments came with a batch, for each performer."""
    at = col(SubscriberEvent.at)
    asked = (
        select(SubscriberEvent.character_id, func.min(at), func.max(at))
        .where(
            col(SubscriberEvent.batch_id) == batch.id,
            col(SubscriberEvent.amount_minor).is_not(None),
        )
        .group_by(col(SubscriberEvent.character_id))
    )
    began = batch.started_at if batch.ended_at else None
    return [
        Walked(
            platform=batch.profile.removeprefix(BY_API),
            character=character,
            since=first - NEAR,
            until=max(last, began or last) + NEAR,
            batch=batch.id or 0,
        )
        for character, first, last in session.exec(asked)
    ]


def standing(session: Session, of: Collection[int], character: str) -> dict[int, Terms]:
    """Return what is known of subscriptions to a character, by subscriber."""
    found: dict[int, Terms] = {}
    for some in pieces(of):
        asked = select(Subscription).where(
            col(Subscription.subscriber_id).in_(some), col(Subscription.character_id) == character
        )
        for one in session.exec(asked):
            found[one.subscriber_id] = Terms(
                tier=one.tier,
                price=one.price_minor,
                currency=one.currency,
                months=one.months,
                auto_renew=one.auto_renew,
                started_on=one.started_on,
            )
    return found


def last_paid(
    session: Session, of: Collection[int], character: str
) -> dict[int, tuple[int, str, datetime]]:
    """Return what each paid last for a subscription, and when they paid first."""
    found: dict[int, tuple[int, str, datetime]] = {}
    for some in pieces(of):
        asked = (
            select(
                SubscriberEvent.subscriber_id,
                SubscriberEvent.amount_minor,
                SubscriberEvent.currency,
                SubscriberEvent.at,
            )
            .where(
                col(SubscriberEvent.subscriber_id).in_(some),
                col(SubscriberEvent.character_id) == character,
                col(SubscriberEvent.act).in_(PAID),
                col(SubscriberEvent.amount_minor).is_not(None),
            )
            .order_by(col(SubscriberEvent.at), col(SubscriberEvent.id))
        )
        for who, amount, currency, at in session.exec(asked):
            first = found[who][2] if who in found else at
            found[who] = (amount or 0, currency, first)
    return found
