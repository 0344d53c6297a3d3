"""Questions about people, their consents, and what was sent to them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from sys import intern
from typing import NamedTuple

from sqlmodel import Session, col, delete, exists, func, select, update

from elite8.core.domain.campaign import Assignment, HandedOut
from elite8.core.domain.consent import Address, Consent, Person, Suppression
from elite8.core.domain.mailing import Delivery, DeliveryStatus, HeldBack, Mailing
from elite8.core.domain.subscriber import Subscriber

AT_ONCE = 1000
"""People that are in memory as objects at one time."""


class Said(NamedTuple):
    """How a consent of somebody stands."""

    status: str
    granted_at: datetime | None
    doi_confirmed_at: datetime | None


def at(session: Session, digest: str) -> Person | None:
    """Return whose address this is."""
    asked = select(Person).join(Address).where(col(Address.digest) == digest)
    return session.exec(asked).first()


def get(session: Session, key: str) -> Person | None:
    """Return the person of a key."""
    return session.get(Person, key)


def addresses(session: Session, person_key: str, channel: str = "") -> Sequence[Address]:
    """Return where a person is reached, on every channel or on one."""
    asked = select(Address).where(col(Address.person_key) == person_key)
    if channel:
        asked = asked.where(col(Address.channel) == channel)
    return session.exec(asked.order_by(col(Address.channel))).all()


def last(session: Session, person_key: str, channel: str, purpose: str) -> Consent | None:
    """Return how a consent stands, `None` when nothing was ever said."""
    asked = select(Consent).where(
        col(Consent.person_key) == person_key,
        col(Consent.channel) == channel,
        col(Consent.purpose) == purpose,
    )
    return session.exec(asked.order_by(col(Consent.id).desc()).limit(1)).first()


def last_no(session: Session, person_key: str, channel: str) -> datetime | None:
    """Return when a person last said no to anything on a channel, `None` when they never did."""
    asked = select(func.max(Consent.withdrawn_at)).where(
        col(Consent.person_key) == person_key, col(Consent.channel) == channel
    )
    found: datetime | None = session.exec(asked).one()
    return found


def last_noes(session: Session) -> dict[tuple[str, str, str], datetime]:
    """Return when a no was last said by address, channel and purpose, of everybody at once."""
    asked = (
        select(Address.digest, Consent.channel, Consent.purpose, func.max(Consent.withdrawn_at))
        .join(Consent, col(Consent.person_key) == col(Address.person_key))
        .where(col(Consent.channel) == col(Address.channel))
        .where(col(Consent.withdrawn_at).is_not(None))
        .group_by(col(Address.digest), col(Consent.channel), col(Consent.purpose))
    )
    return {(who, channel, what): at for who, channel, what, at in session.exec(asked) if at}


def all_closed(session: Session) -> set[str]:
    """Return the hashes of all addresses to which nobody writes."""
    return set(session.exec(select(Suppression.digest)))


def story(session: Session, person_key: str) -> Sequence[Consent]:
    """Return all that was said, oldest first."""
    asked = select(Consent).where(col(Consent.person_key) == person_key)
    return session.exec(asked.order_by(col(Consent.id))).all()


def reachable(session: Session, channel: str) -> Iterator[tuple[Person, Address]]:
    """Yield everybody with an address on a channel, the longest known first.

    Whom nobody keeps is not kept here either: a hundred thousand stay small.
    """
    asked = select(Person, Address).join(Address).where(col(Address.channel) == channel)
    given = asked.order_by(col(Person.key)).execution_options(yield_per=AT_ONCE)
    yield from session.exec(given)


def suppressed(session: Session, digest: str) -> Suppression | None:
    """Return why nobody writes there, `None` when one may."""
    return session.get(Suppression, digest)


def suppress(session: Session, digest: str, at: datetime, reason: str) -> bool:
    """Have nobody write there any more; return whether that is new."""
    if session.get(Suppression, digest) is not None:
        return False
    session.add(Suppression(digest=digest, at=at, reason=reason))
    session.flush()
    return True


def standing(session: Session, channel: str, purpose: str, person_key: str = "") -> dict[str, Said]:
    """Return by person how a consent stands, of everybody or of one."""
    of = [col(Consent.channel) == channel, col(Consent.purpose) == purpose]
    of += [col(Consent.person_key) == person_key] if person_key else []
    newest = select(func.max(col(Consent.id))).where(*of).group_by(col(Consent.person_key))
    asked = select(
        Consent.person_key, Consent.status, Consent.granted_at, Consent.doi_confirmed_at
    ).where(col(Consent.id).in_(newest))
    return {
        person: Said(intern(status), granted, confirmed)
        for person, status, granted, confirmed in session.exec(asked)
    }


def closed(session: Session, channel: str, person_key: str = "") -> set[str]:
    """Return the suppressed addresses of a channel by their hashes, of everybody or of one."""
    asked = select(Suppression.digest).join(Address, col(Address.digest) == col(Suppression.digest))
    asked = asked.where(col(Address.channel) == channel)
    if person_key:
        asked = asked.where(col(Address.person_key) == person_key)
    return set(session.exec(asked))


def contacts(
    session: Session, since: datetime, person_key: str = "", but: str = ""
) -> Counter[str]:
    """Return by person how many marketing messages went, or may have gone, to them since then.

    A draft that was handed out counts for whom its account belongs to; of the campaign `but` none.
    """
    sent = select(Delivery.person_key, func.count()).where(
        col(Delivery.purpose) == "marketing",
        col(Delivery.at) > since,
        col(Delivery.status) != DeliveryStatus.REFUSED,
    )
    by_hand = (
        select(Subscriber.person_key, func.count())
        .join(Assignment, col(Assignment.subscriber_id) == col(Subscriber.id))
        .join(
            HandedOut,
            (col(HandedOut.campaign_id) == col(Assignment.campaign_id))
            & (col(HandedOut.who) == col(Assignment.who)),
        )
        .where(col(HandedOut.at) > since, col(HandedOut.campaign_id) != but)
    )
    found: Counter[str] = Counter()
    for asked, whose in ((sent, col(Delivery.person_key)), (by_hand, col(Subscriber.person_key))):
        of = whose == person_key if person_key else whose.is_not(None)
        for who, many in session.exec(asked.where(of).group_by(whose)):
            found[who or ""] += many
    return found


def born(session: Session, person_key: str = "") -> dict[str, int]:
    """Return by person the year of birth that their accounts declare, the latest of several."""
    linked, year = col(Subscriber.person_key), col(Subscriber.birth_year)
    asked = select(linked, func.max(year)).where(year.is_not(None), linked.is_not(None))
    if person_key:
        asked = asked.where(linked == person_key)
    return {str(one): int(found or 0) for one, found in session.exec(asked.group_by(linked))}


def got(session: Session, mailing_id: str) -> set[str]:
    """Return the keys of those with whom a mailing began."""
    asked = select(Delivery.person_key).where(col(Delivery.mailing_id) == mailing_id)
    return set(session.exec(asked).all())


def has_got(session: Session, mailing_id: str, person_key: str) -> bool:
    """Return whether a mailing began with a person."""
    asked = select(Delivery.id).where(
        col(Delivery.mailing_id) == mailing_id, col(Delivery.person_key) == person_key
    )
    return session.exec(asked).first() is not None


def states(session: Session, mailing_id: str) -> Counter[str]:
    """Return how many deliveries of a mailing stand how."""
    asked = select(Delivery.status, func.count()).where(col(Delivery.mailing_id) == mailing_id)
    return Counter(dict(session.exec(asked.group_by(col(Delivery.status))).all()))


def deliveries(session: Session, mailing_id: str, *statuses: str) -> Sequence[Delivery]:
    """Return what became of a mailing, in the order of sending."""
    asked = select(Delivery).where(col(Delivery.mailing_id) == mailing_id)
    if statuses:
        asked = asked.where(col(Delivery.status).in_(statuses))
    return session.exec(asked.order_by(col(Delivery.id))).all()


def mailing(session: Session, mailing_id: str) -> Mailing | None:
    """Return a mailing."""
    return session.get(Mailing, mailing_id)


def mailings_matching(session: Session, beginning: str) -> Sequence[Mailing]:
    """Return mailings whose id begins so, two at most."""
    asked = select(Mailing).where(col(Mailing.id).startswith(beginning, autoescape=True))
    return session.exec(asked.limit(2)).all()


def mailings(session: Session, limit: int) -> Sequence[Mailing]:
    """Return mailings, the newest first."""
    return session.exec(select(Mailing).order_by(col(Mailing.id).desc()).limit(limit)).all()


def counts(session: Session) -> Sequence[tuple[str, str, str, int]]:
    """Return how many consents stand how: channel, purpose, status, people."""
    newest = select(func.max(col(Consent.id))).group_by(
        col(Consent.person_key), col(Consent.channel), col(Consent.purpose)
    )
    kinds = (col(Consent.channel), col(Consent.purpose), col(Consent.status))
    asked = select(*kinds, func.count()).where(col(Consent.id).in_(newest))
    return session.exec(asked.group_by(*kinds).order_by(*kinds)).all()


def begun_since(session: Session, channel: str, since: datetime) -> int:
    """Return how many messages of a channel began since then."""
    asked = select(func.count()).where(col(Delivery.channel) == channel, col(Delivery.at) > since)
    return int(session.exec(asked).one())


def delivery(session: Session, delivery_id: str) -> Delivery | None:
    """Return what became of one message to one person."""
    return session.get(Delivery, delivery_id)


def hold(session: Session, mailing_id: str, keys: Iterable[str], until: datetime) -> None:
    """Have a mailing wait for these people, and for nobody else."""
    session.exec(delete(HeldBack).where(col(HeldBack.mailing_id) == mailing_id))
    rows = [HeldBack(mailing_id=mailing_id, person_key=key, until=until) for key in keys]
    session.add_all(rows)
    session.flush()


def waits_for(session: Session, mailing_id: str, now: datetime) -> set[str]:
    """Return the keys of those a mailing still waits for."""
    began = exists().where(
        col(Delivery.mailing_id) == mailing_id,
        col(Delivery.person_key) == col(HeldBack.person_key),
    )
    asked = select(HeldBack.person_key).where(
        col(HeldBack.mailing_id) == mailing_id, col(HeldBack.until) > now, ~began
    )
    return set(session.exec(asked))


def waiting(session: Session) -> Sequence[Mailing]:
    """Return the mailings that wait for anybody, oldest first."""
    some = select(HeldBack.mailing_id)
    asked = select(Mailing).where(col(Mailing.id).in_(some))
    return session.exec(asked.order_by(col(Mailing.id))).all()


def let_go(session: Session) -> int:
    """Have no mailing wait for anybody any more; return how many people that were."""
    gone = session.exec(select(func.count(func.distinct(col(HeldBack.person_key))))).one()
    session.exec(delete(HeldBack))
    return int(gone)


def any_known(session: Session) -> bool:
    """Return whether anybody could be written to."""
    return session.exec(select(Address.digest).limit(1)).first() is not None


def forget_held(session: Session, person_key: str) -> None:
    """Have no mailing wait for a person any more."""
    session.exec(delete(HeldBack).where(col(HeldBack.person_key) == person_key))


def unfinished(
    session: Session, channel: str, since: datetime, *statuses: str
) -> Sequence[Mailing]:
    """Return the mailings of a channel with a delivery in such a state that began since then."""
    some = select(Delivery.mailing_id).where(
        col(Delivery.channel) == channel,
        col(Delivery.at) > since,
        col(Delivery.status).in_(statuses),
    )
    asked = select(Mailing).where(col(Mailing.id).in_(some))
    return session.exec(asked.order_by(col(Mailing.id))).all()


def belongs(session: Session, subscriber: int, person_key: str) -> None:
    """Note which person a subscriber is."""
    row = col(Subscriber.id) == subscriber
    session.connection().execute(update(Subscriber).where(row).values(person_key=person_key))
