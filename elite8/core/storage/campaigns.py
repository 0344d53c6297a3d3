"""Questions about winbacks: whom they may be for, who drew which arm, who was written to."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from sys import intern
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlmodel import Session, col, exists, func, select, update

from elite8.core.domain.campaign import Assignment, Campaign, CampaignStatus, HandedOut
from elite8.core.domain.consent import Person
from elite8.core.domain.mailing import Delivery, DeliveryStatus
from elite8.core.domain.subscriber import (
    Act,
    Alias,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionStatus,
)
from elite8.core.storage.pieces import pieces

AT_ONCE = 2_000
"""Rows that are in memory as objects at one time."""
BEGAN = (Act.SUB_START, Act.SUB_RENEW)
"""What says that somebody subscribes from then on."""


class Known(NamedTuple):
    """A subscriber, as far as a winback has to know."""

    id: int
    key: str
    platform: str
    country: str
    birth_year: int | None
    person_key: str | None
    erased_at: datetime | None


class Linked(NamedTuple):
    """A person that a subscriber is linked to, as far as a winback has to know."""

    key: str
    country: str
    age: str


def get(session: Session, campaign_id: str) -> Campaign | None:
    """Return a campaign."""
    return session.get(Campaign, campaign_id)


def named(session: Session, name: str) -> Campaign | None:
    """Return the campaign of this name."""
    return session.exec(select(Campaign).where(col(Campaign.name) == name)).first()


def of_mailing(session: Session, mailing_id: str) -> Campaign | None:
    """Return the campaign whose message this is."""
    return session.exec(select(Campaign).where(col(Campaign.mailing_id) == mailing_id)).first()


def every(session: Session) -> Sequence[Campaign]:
    """Return all campaigns, the newest first."""
    return session.exec(select(Campaign).order_by(col(Campaign.id).desc())).all()


def of_code(session: Session, code: str, name: str) -> Sequence[Campaign]:
    """Return other started campaigns with this code, oldest first."""
    asked = select(Campaign).where(
        col(Campaign.code) == code,
        col(Campaign.name) != name,
        col(Campaign.status) != CampaignStatus.PLANNED,
    )
    return session.exec(asked.order_by(col(Campaign.id))).all()


def subscribers(session: Session, platforms: Sequence[str]) -> dict[int, Known]:
    """Return everybody on these platforms."""
    columns = [getattr(Subscriber, name) for name in Known._fields]
    asked = select(*columns).where(col(Subscriber.platform).in_(platforms))
    found = (Known._make(row) for row in session.connection().execute(asked))
    return {
        one.id: one._replace(platform=intern(one.platform), country=intern(one.country))
        for one in found
    }


def last_acts(
    session: Session, platforms: Sequence[str], acts: Sequence[Act]
) -> dict[tuple[int, str], datetime]:
    """Return when each subscriber last did each of these."""
    asked = (
        select(
            col(SubscriberEvent.subscriber_id),
            col(SubscriberEvent.act),
            func.max(col(SubscriberEvent.at)),
        )
        .join(Subscriber, col(Subscriber.id) == col(SubscriberEvent.subscriber_id))
        .where(col(Subscriber.platform).in_(platforms), col(SubscriberEvent.act).in_(acts))
        .group_by(col(SubscriberEvent.subscriber_id), col(SubscriberEvent.act))
    )
    return {(who, act): at for who, act, at in session.exec(asked)}


def acts_of(session: Session, subscriber_id: int, acts: Sequence[Act]) -> dict[str, datetime]:
    """Return when one subscriber last did each of these."""
    asked = (
        select(col(SubscriberEvent.act), func.max(col(SubscriberEvent.at)))
        .where(
            col(SubscriberEvent.subscriber_id) == subscriber_id, col(SubscriberEvent.act).in_(acts)
        )
        .group_by(col(SubscriberEvent.act))
    )
    return dict(session.exec(asked).all())


def subscribes_since(session: Session, subscriber_id: int, since: datetime) -> bool:
    """Return whether an export made since then has them active."""
    asked = select(Subscription.id).where(
        col(Subscription.subscriber_id) == subscriber_id,
        col(Subscription.status) == SubscriptionStatus.ACTIVE,
        col(Subscription.source_at) > since,
    )
    return session.exec(asked).first() is not None


def people_linked(session: Session) -> dict[str, Linked]:
    """Return the people that subscribers are linked to, by their keys."""
    some = exists().where(col(Subscriber.person_key) == col(Person.key))
    asked = select(Person.key, Person.country, Person.age).where(some)
    found = session.connection().execute(asked)
    return {key: Linked(key, intern(country), intern(age)) for key, country, age in found}


def contacts(session: Session, but: str) -> Iterable[tuple[int, datetime]]:
    """Return who was written to or handed out, and when, in every campaign but one."""
    drafts = (
        select(col(Assignment.subscriber_id), col(HandedOut.at))
        .join(
            HandedOut,
            (col(HandedOut.campaign_id) == col(Assignment.campaign_id))
            & (col(HandedOut.who) == col(Assignment.who)),
        )
        .where(col(Assignment.campaign_id) != but, col(Assignment.subscriber_id).is_not(None))
    )
    sent = (
        select(col(Assignment.subscriber_id), col(Delivery.at))
        .join(Campaign, col(Campaign.id) == col(Assignment.campaign_id))
        .join(
            Delivery,
            (col(Delivery.mailing_id) == col(Campaign.mailing_id))
            & (col(Delivery.person_key) == col(Assignment.person_key)),
        )
        .where(
            col(Assignment.campaign_id) != but,
            col(Assignment.subscriber_id).is_not(None),
            col(Assignment.person_key) != "",
            col(Delivery.status) != DeliveryStatus.REFUSED,
        )
    )
    for asked in (drafts, sent):
        for who, at in session.exec(asked):
            if who is not None:
                yield who, at


def busy(session: Session, but: str, now: datetime) -> tuple[set[int], set[str]]:
    """Return who is in another campaign whose window is open, in either arm: ids and people."""
    asked = (
        select(col(Assignment.subscriber_id), col(Assignment.person_key))
        .join(Campaign, col(Campaign.id) == col(Assignment.campaign_id))
        .where(col(Assignment.campaign_id) != but, col(Campaign.window_until) > now)
    )
    found = session.exec(asked).all()
    return {who for who, _ in found if who is not None}, {key for _, key in found if key}


def lapses(session: Session, platforms: Sequence[str]) -> tuple[tuple[date, date | None], ...]:
    """Return the days on which subscriptions ended, each with that of the next one, or None.

    Whoever was in a winback is left out: it is how many come back without one that is asked.
    """
    drew = exists().where(col(Assignment.subscriber_id) == col(SubscriberEvent.subscriber_id))
    asked = (
        select(
            col(SubscriberEvent.subscriber_id), col(SubscriberEvent.act), col(SubscriberEvent.at)
        )
        .join(Subscriber, col(Subscriber.id) == col(SubscriberEvent.subscriber_id))
        .where(
            col(Subscriber.platform).in_(platforms),
            col(SubscriberEvent.act).in_((Act.SUB_EXPIRE, Act.SUB_START, Act.SUB_RENEW)),
            ~drew,
        )
        .order_by(col(SubscriberEvent.subscriber_id), col(SubscriberEvent.at))
    )
    found: list[tuple[date, date | None]] = []
    before, ended = None, None
    # Row by row: all payments of a platform as objects are twice what the rest of a plan takes.
    for who, act, at in session.connection().execute(asked.execution_options(yield_per=AT_ONCE)):
        if who != before and ended is not None:
            found.append((ended, None))
            ended = None
        before = who
        if act == Act.SUB_EXPIRE:
            ended = ended or at.date()
        elif ended is not None:
            found.append((ended, at.date()))
            ended = None
    return (*found, *([(ended, None)] if ended is not None else []))


def draw(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Keep who drew which arm."""
    session.connection().execute(insert(Assignment), rows)


def drawn(session: Session, campaign_id: str, person_key: str) -> Sequence[Assignment]:
    """Return what a person drew, by each of their accounts."""
    asked = select(Assignment).where(
        col(Assignment.campaign_id) == campaign_id, col(Assignment.person_key) == person_key
    )
    return session.exec(asked).all()


def assignments(
    session: Session, campaign_id: str, *, held_out: bool | None = None
) -> Sequence[Assignment]:
    """Return who is in a campaign, in the order of pseudonyms; of one arm, if it is given."""
    asked = select(Assignment).where(col(Assignment.campaign_id) == campaign_id)
    if held_out is not None:
        asked = asked.where(col(Assignment.held_out).is_(held_out))
    return session.exec(asked.order_by(col(Assignment.who))).all()


def sizes(session: Session, campaign_id: str) -> dict[bool, int]:
    """Return how many were held out (True) and how many were not."""
    asked = (
        select(col(Assignment.held_out), func.count())
        .where(col(Assignment.campaign_id) == campaign_id)
        .group_by(col(Assignment.held_out))
    )
    return {bool(held): count for held, count in session.exec(asked)}


def handed_out(session: Session, campaign_id: str, batch: int | None = None) -> Sequence[HandedOut]:
    """Return the drafts that were given out, of all batches or of one."""
    asked = select(HandedOut).where(col(HandedOut.campaign_id) == campaign_id)
    if batch is not None:
        asked = asked.where(col(HandedOut.batch) == batch)
    return session.exec(asked.order_by(col(HandedOut.who))).all()


def names(session: Session, ids: Sequence[int]) -> Iterable[Alias]:
    """Return by which names these subscribers are known, encrypted."""
    for some in pieces(ids):
        yield from session.exec(select(Alias).where(col(Alias.subscriber_id).in_(some)))


def with_any(session: Session, ids: Sequence[int]) -> Sequence[Campaign]:
    """Return the campaigns that any of these subscribers is in."""
    found: dict[str, Campaign] = {}
    for some in pieces(ids):
        mine = exists().where(
            col(Assignment.campaign_id) == col(Campaign.id), col(Assignment.subscriber_id).in_(some)
        )
        found |= {one.id: one for one in session.exec(select(Campaign).where(mine))}
    return [found[name] for name in sorted(found)]


def unlink(session: Session, row: Assignment, hashed: str, **came: object) -> None:
    """Put a hash in the place of who somebody is, with what came of them, also where drafts are."""
    of = (col(HandedOut.campaign_id) == row.campaign_id, col(HandedOut.who) == row.who)
    session.exec(update(HandedOut).where(*of).values(who=hashed))
    mine = (col(Assignment.campaign_id) == row.campaign_id, col(Assignment.who) == row.who)
    known = {"who": hashed, "subscriber_id": None, "person_key": "", **came}
    session.exec(update(Assignment).where(*mine).values(**known))
    session.expunge(row)


def older(session: Session, before: datetime) -> Sequence[Campaign]:
    """Return the campaigns that started before then and still know who was in them."""
    known = exists().where(
        col(Assignment.campaign_id) == col(Campaign.id), col(Assignment.subscriber_id).is_not(None)
    )
    asked = select(Campaign).where(col(Campaign.launched_at) < before, known)
    return session.exec(asked.order_by(col(Campaign.id))).all()
