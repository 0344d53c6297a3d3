"""Subscribers for people: who there is, what is known of one, and which person they are."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from elite8.core.domain.country import countries
from elite8.core.domain.event import FunnelEvent, Origin
from elite8.core.domain.subscriber import (
    PSEUDONYM,
    Act,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
    SubscriptionStatus,
    Tier,
)
from elite8.core.errors import ConfigError
from elite8.core.operations import consents
from elite8.core.storage import members, vault
from elite8.core.storage.database import Session
from elite8.core.storage.subscribers import TERMS
from elite8.core.studio import Studio

FEWEST = 6
"""Digits of a pseudonym that are enough to say whom one means."""
MOVES = (
    *(act for act in Act if act.startswith("sub_")),
    *(Act.AUTO_RENEW_OFF, Act.PAYMENT_FAILED, Act.REFUND, Act.CHARGEBACK),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a subscription is, as an export of `source_at` has it; price in minor units."""

    character: str
    tier: str
    price_minor: int | None
    currency: str
    months: int
    status: str
    auto_renew: bool | None
    started_on: date | None
    period_end: date | None
    left_reason: str
    source_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A subscriber by pseudonym, and one of their subscriptions, `None` without any."""

    key: str
    platform: str
    country: str
    person: str
    terms: Terms | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of all there are."""

    total: int
    rows: tuple[Listed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How often somebody did something, first and last."""

    act: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What somebody paid in one currency, less what was paid back; minor units."""

    currency: str
    gross_minor: int
    fee_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What moved a subscription."""

    at: datetime
    act: str
    character: str
    amount_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Where somebody was seen on the way here."""

    at: datetime
    kind: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that is known of one subscriber; `names` as (kind, name), since one asked for them.

    `history` has a row where the terms changed, by character. `first` and `last` touch are the
    funnel's, `None` when none of their names was seen there.
    """

    key: str
    platform: str
    names: tuple[tuple[str, str], ...]
    country: str
    language: str
    birth_year: int | None
    person: str
    added_at: datetime
    erased_at: datetime | None
    batch: int | None
    subscriptions: tuple[Terms, ...]
    history: tuple[Terms, ...]
    movements: tuple[Move, ...]
    events: tuple[Counted, ...]
    paid: tuple[Paid, ...]
    first: Touch | None
    last: Touch | None


def listed(studio: Studio, limit: int, **only: str) -> Page:
    """Return subscribers by pseudonym, the newest first, only those that are asked for.

    Where there are none, a word that nobody could be found by is a ConfigError.
    """
    with studio.looking.database.transaction() as session:
        total, rows = members.listed(session, only, limit)
        if not rows:
            check_words(studio, only)
        return Page(
            total=total,
            rows=tuple(
                Listed(
                    key=who.key,
                    platform=who.platform,
                    country=who.country,
                    person=who.person_key or "",
                    terms=terms(what, what.character_id) if what else None,
                )
                for who, what in rows
            ),
        )


def check_words(studio: Studio, only: dict[str, str]) -> None:
    """Refuse what is no platform, character, state, tier or country."""
    known: dict[str, Iterable[str]] = {
        "platform": studio.config.policies.platforms,
        "status": SubscriptionStatus,
        "tier": Tier,
    }
    for name, choices in known.items():
        if only.get(name) and only[name] not in set(choices):
            raise ConfigError(f"no {name} '{only[name][:32]}'; choose {', '.join(choices)}")
    if only.get("character"):
        studio.config.roster.named(only["character"])
    if only.get("country") and only["country"] not in countries():
        raise ConfigError(f"no country '{only['country'][:8]}'; write its two letters, as DE or GB")


def terms(one: Subscription | SubscriptionState, character: str) -> Terms:
    """Return the terms of a row."""
    return Terms(character=character, **{name: getattr(one, name) for name in TERMS})


def found(studio: Studio, session: Session, who: str) -> Subscriber:
    """Return who is meant: PLATFORM:NAME, or how a pseudonym begins; nobody is a ConfigError."""
    platform, colon, name = who.partition(":")
    if colon:
        salt = vault.own_salt(studio.settings.state_dir, session)
        one = members.by_name(session, vault.named(salt, platform, name.removeprefix("@")))
        if one is None:
            raise ConfigError(
                f"nobody of that name is known on {platform[:16]}; elite8 subscribers list shows "
                "who is, by pseudonym"
            )
        return one
    if not re.fullmatch(f"[0-9a-f]{{{FEWEST},{PSEUDONYM}}}", who):
        raise ConfigError(
            f"write PLATFORM:NAME, or at least {FEWEST} digits of a pseudonym as "
            "elite8 subscribers list shows it"
        )
    some = members.matching(session, who)
    if len(some) != 1:
        raise ConfigError(f"{'several begin' if some else 'nobody begins'} with {who}")
    return some[0]


def show(studio: Studio, who: str) -> Shown:
    """Return all that is known of one subscriber, their names opened."""
    with studio.database.transaction() as session:
        one = found(studio, session, who)
        number = one.id or 0
        safe = consents.opened(studio, session)
        aliases = members.names(session, number)
        lives = members.subscriptions(session, number)
        pseudonyms = {one.key, *(alias.digest[:PSEUDONYM] for alias in aliases)}
        seen = [touch for touch in members.touches(session, sorted(pseudonyms)) if known(touch)]
        return Shown(
            key=one.key,
            platform=one.platform,
            names=tuple((a.kind, safe.opened_name(a.digest, a.sealed)) for a in aliases),
            country=one.country,
            language=one.language,
            birth_year=one.birth_year,
            person=one.person_key or "",
            added_at=one.added_at,
            erased_at=one.erased_at,
            batch=one.batch_id,
            subscriptions=tuple(terms(life, life.character_id) for life in lives),
            history=tuple(
                term
                for life in lives
                for term in changes(life.character_id, members.history(session, life.id or 0))
            ),
            movements=tuple(map(move, members.movements(session, number, MOVES))),
            events=tuple(
                Counted(act=act, count=count, first=first, last=last)
                for act, count, first, last in members.counts(session, number)
            ),
            paid=tuple(
                Paid(currency=code, gross_minor=gross, fee_minor=fee, tax_minor=tax)
                for code, gross, fee, tax in members.paid(session, number)
            ),
            first=touch_of(seen[0]) if seen else None,
            last=touch_of(seen[-1]) if seen else None,
        )


def changes(character: str, states: Sequence[SubscriptionState]) -> Iterator[Terms]:
    """Yield the states that differ from the one before by more than the time of the export."""
    before: tuple[object, ...] = ()
    for one in states:
        now = tuple(getattr(one, name) for name in TERMS[:-1])
        if now != before:
            yield terms(one, character)
        before = now


def move(one: SubscriberEvent) -> Move:
    """Return an event that moved a subscription."""
    return Move(
        at=one.at,
        act=one.act,
        character=one.character_id,
        amount_minor=one.amount_minor,
        currency=one.currency,
    )


def known(touch: FunnelEvent) -> bool:
    """Return whether it says whence somebody came."""
    return bool(touch.post_id or touch.region or touch.network or touch.stage)


def touch_of(one: FunnelEvent) -> Touch:
    """Return a touch as it is shown."""
    return Touch(at=one.at, kind=one.kind, origin=one.origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Which person a subscriber is from now on, "" for none; `new` whether that is a change."""

    key: str
    person: str
    new: bool


def link(studio: Studio, who: str, person: str) -> Linked:
    """Have a subscriber be a person of the consents, or none; only an operator says so."""
    with studio.database.transaction() as session:
        one = found(studio, session, who)
        if one.erased_at is not None:
            raise ConfigError("this subscriber was erased; nothing is linked to them any more")
        whom = None if person == "none" else consents.named(studio, session, person)
        if whom is not None and whom.erased_at is not None:
            raise ConfigError("this person was erased; nobody is linked to them any more")
        before, one.person_key = one.person_key, whom.key if whom else None
        session.add(one)
        session.flush()
        return Linked(key=one.key, person=one.person_key or "", new=one.person_key != before)
