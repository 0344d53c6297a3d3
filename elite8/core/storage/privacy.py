"""Questions about what people asked for, who they are here, and what is held of them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime

from sqlmodel import Session, and_, col, delete, exists, func, or_, select

from elite8.core.domain.consent import Address, Consent, Person, Suppression
from elite8.core.domain.event import FunnelEvent
from elite8.core.domain.mailing import Delivery
from elite8.core.domain.privacy import BackupCopy, PrivacyRequest
from elite8.core.domain.subscriber import (
    Act,
    Alias,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.storage.pieces import pieces

ALIVE = ("active", "pending", "paused")
"""Of a subscription that is not over."""
PAST = "g"
"""What comes after each hexadecimal digit: an index finds what lies between."""


def by_key(session: Session, beginning: str) -> Sequence[Subscriber]:
    """Return the subscribers whose pseudonym begins so, two at most."""
    within = (col(Subscriber.key) >= beginning, col(Subscriber.key) < f"{beginning}{PAST}")
    asked = select(Subscriber).where(*within)
    return session.exec(asked.limit(2)).all()


def by_names(session: Session, digests: Collection[str]) -> list[Subscriber]:
    """Return the subscribers who have any of these names or pseudonyms."""
    found: dict[int, Subscriber] = {}
    for some in pieces(digests):
        named = select(Alias.subscriber_id).where(col(Alias.digest).in_(some))
        for mine in (col(Subscriber.id).in_(named), col(Subscriber.key).in_(some)):
            asked = select(Subscriber).where(mine)
            found |= {one.id or 0: one for one in session.exec(asked)}
    return list(found.values())


def by_ids(session: Session, ids: Iterable[int]) -> list[Subscriber]:
    """Return subscribers by their numbers."""
    found: list[Subscriber] = []
    for some in pieces(ids):
        found += session.exec(select(Subscriber).where(col(Subscriber.id).in_(some)))
    return found


def of_person(session: Session, person_key: str) -> Sequence[Subscriber]:
    """Return the subscribers that an operator linked to a person."""
    asked = select(Subscriber).where(col(Subscriber.person_key) == person_key)
    return session.exec(asked.order_by(col(Subscriber.id))).all()


def at(session: Session, digests: Collection[str]) -> list[Person]:
    """Return whose addresses these are."""
    found: dict[str, Person] = {}
    for some in pieces(digests):
        asked = select(Person).join(Address).where(col(Address.digest).in_(some))
        found |= {one.key: one for one in session.exec(asked)}
    return list(found.values())


def aliases(session: Session, subscriber_ids: Iterable[int]) -> list[Alias]:
    """Return the names of subscribers."""
    found: list[Alias] = []
    for some in pieces(subscriber_ids):
        found += session.exec(select(Alias).where(col(Alias.subscriber_id).in_(some)))
    return found


def subscriptions(session: Session, subscriber_id: int) -> Sequence[Subscription]:
    """Return what somebody subscribes to."""
    asked = select(Subscription).where(col(Subscription.subscriber_id) == subscriber_id)
    return session.exec(asked.order_by(col(Subscription.id))).all()


def states(session: Session, subscription_id: int) -> Sequence[SubscriptionState]:
    """Return what exports said of a subscription."""
    asked = select(SubscriptionState).where(
        col(SubscriptionState.subscription_id) == subscription_id
    )
    return session.exec(asked.order_by(col(SubscriptionState.source_at))).all()


def events(session: Session, subscriber_id: int) -> Sequence[SubscriberEvent]:
    """Return what somebody did, in order."""
    asked = select(SubscriberEvent).where(col(SubscriberEvent.subscriber_id) == subscriber_id)
    return session.exec(asked.order_by(col(SubscriberEvent.at), col(SubscriberEvent.id))).all()


def funnel(session: Session, words: Collection[str]) -> Sequence[FunnelEvent]:
    """Return what pseudonyms did on the way to members."""
    asked = select(FunnelEvent).where(col(FunnelEvent.person).in_(list(words)))
    return session.exec(asked.order_by(col(FunnelEvent.at))).all()


def deliveries(session: Session, person_key: str) -> Sequence[Delivery]:
    """Return what was sent to a person."""
    asked = select(Delivery).where(col(Delivery.person_key) == person_key)
    return session.exec(asked.order_by(col(Delivery.at))).all()


def suppressions(session: Session, digests: Collection[str]) -> Sequence[Suppression]:
    """Return which of these addresses are closed."""
    asked = select(Suppression).where(col(Suppression.digest).in_(list(digests)))
    return session.exec(asked).all()


def lapsed(
    session: Session, before: datetime, today: date, *, after_id: int, limit: int
) -> list[int]:
    """Return subscribers whose every subscription is over and who paid nothing since, by id.

    What was paid back counts as paid, so that all money of theirs is from before. What is said to
    go on counts only while an export since then says so. Who never paid is judged by when they were
    last heard of: entered, seen, or subscribed.
    """
    mine = col(Subscription.subscriber_id) == col(Subscriber.id)
    theirs = col(SubscriberEvent.subscriber_id) == col(Subscriber.id)
    goes_on = and_(col(Subscription.status).in_(ALIVE), col(Subscription.source_at) >= before)
    alive = exists().where(mine, or_(goes_on, col(Subscription.period_end) >= today))
    paid = exists().where(
        theirs, col(SubscriberEvent.amount_minor) != 0, col(SubscriberEvent.at) >= before
    )
    ever = exists().where(theirs, col(SubscriberEvent.amount_minor) > 0)
    heard = or_(
        col(Subscriber.added_at) >= before,
        and_(col(Subscriber.last_seen_at).is_not(None), col(Subscriber.last_seen_at) >= before),
        exists().where(mine, col(Subscription.source_at) >= before),
    )
    asked = select(Subscriber.id).where(
        col(Subscriber.id) > after_id, ~alive, ~paid, or_(ever, ~heard)
    )
    return [one or 0 for one in session.exec(asked.order_by(col(Subscriber.id)).limit(limit))]


def request(session: Session, beginning: str) -> Sequence[PrivacyRequest]:
    """Return requests whose id begins so, two at most."""
    asked = select(PrivacyRequest).where(
        col(PrivacyRequest.id).startswith(beginning, autoescape=True)
    )
    return session.exec(asked.limit(2)).all()


def requests(session: Session, *, everything: bool, limit: int) -> Sequence[PrivacyRequest]:
    """Return requests: the open ones, what is due first, then the newest of the others."""
    done = col(PrivacyRequest.done_at).is_not(None)
    asked = select(PrivacyRequest)
    if not everything:
        asked = asked.where(~done)
    order = (done, col(PrivacyRequest.due_at))
    return session.exec(asked.order_by(*order).limit(limit)).all()


def by_source(session: Session, key: str) -> PrivacyRequest | None:
    """Return the request that its source calls so."""
    return session.exec(select(PrivacyRequest).where(col(PrivacyRequest.key) == key)).first()


def of(session: Session, whose: Collection[str]) -> Sequence[PrivacyRequest]:
    """Return what these people asked for."""
    return session.exec(
        select(PrivacyRequest).where(col(PrivacyRequest.who).in_(list(whose)))
    ).all()


def unswept(session: Session) -> Sequence[PrivacyRequest]:
    """Return erasures whose bytes may lie in the files still."""
    asked = select(PrivacyRequest).where(
        col(PrivacyRequest.kind) == "erase",
        col(PrivacyRequest.done_at).is_not(None),
        col(PrivacyRequest.who) == "",
        col(PrivacyRequest.swept_at).is_(None),
    )
    return session.exec(asked).all()


def unopened(session: Session, limit: int) -> Sequence[tuple[SubscriberEvent, Subscriber]]:
    """Return what exports say that people asked to be erased, and no request is there for yet."""
    there = exists().where(col(PrivacyRequest.key) == col(SubscriberEvent.key))
    asked = (
        select(SubscriberEvent, Subscriber)
        .join(Subscriber, col(Subscriber.id) == col(SubscriberEvent.subscriber_id))
        .where(col(SubscriberEvent.act) == Act.ERASE_REQUEST, ~there)
        .limit(limit)
    )
    return session.exec(asked).all()


def waiting(session: Session, now: datetime) -> dict[str, int]:
    """Return how many requests are open, ring, and are late."""
    undone = col(PrivacyRequest.done_at).is_(None)
    limits = {"open": (), "soon": (PrivacyRequest.warn_at,), "late": (PrivacyRequest.due_at,)}
    return {
        name: int(
            session.exec(
                select(func.count()).where(undone, *(col(each) <= now for each in columns))
            ).one()
        )
        for name, columns in limits.items()
    }


def forget_requests(session: Session, before: datetime) -> int:
    """Delete requests that were dealt with before then; return how many."""
    asked = delete(PrivacyRequest).where(
        col(PrivacyRequest.done_at) < before,
        or_(col(PrivacyRequest.kind) != "erase", col(PrivacyRequest.swept_at).is_not(None)),
    )
    return int(session.connection().execute(asked).rowcount)


def stale_consents(session: Session, before: datetime) -> int:
    """Return how many consents that hold were given before then."""
    newest = select(func.max(col(Consent.id))).group_by(
        col(Consent.person_key), col(Consent.channel), col(Consent.purpose)
    )
    asked = select(func.count()).where(
        col(Consent.id).in_(newest),
        col(Consent.status) == "granted",
        col(Consent.granted_at) < before,
    )
    return int(session.exec(asked).one())


def copies(session: Session) -> Sequence[BackupCopy]:
    """Return where the database was copied to, oldest first."""
    return session.exec(select(BackupCopy).order_by(col(BackupCopy.at))).all()


def copied(session: Session, path: str, at: datetime) -> None:
    """Note a copy of the database."""
    session.merge(BackupCopy(path=path, at=at))
    session.flush()


def forget_copy(session: Session, path: str) -> None:
    """Note that a copy is gone."""
    session.exec(delete(BackupCopy).where(col(BackupCopy.path) == path))


def first_erasure(session: Session, since: datetime) -> datetime | None:
    """Return when somebody was erased for the last time after then, `None` for nobody."""
    asked = select(func.max(PrivacyRequest.done_at)).where(
        col(PrivacyRequest.kind) == "erase", col(PrivacyRequest.done_at) > since
    )
    return session.exec(asked).one()
