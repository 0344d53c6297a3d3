"""Whom a message may reach now: each person is judged by the rules at the moment of sending."""

import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from elite8.core.domain.check import UNKNOWN_REGION
from elite8.core.domain.consent import Address, Person
from elite8.core.domain.message import Age, Channel, ConsentStatus, MessageFacts, Purpose
from elite8.core.domain.network import Wording
from elite8.core.domain.rule import Rule, Verdict, judge
from elite8.core.domain.winback import is_adult
from elite8.core.domain.wording import find
from elite8.core.storage import people
from elite8.core.storage.database import Session
from elite8.core.storage.people import Said
from elite8.core.studio import Studio

WEEK = timedelta(days=7)
AGES: Mapping[bool | None, Age] = {True: "adult", False: "minor", None: "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What would be sent, as one person would read it; `opt_out` says whether a way out is in it.

    `sentence` is the AI sentence it owes, `rating` the performer's.
    """

    channel: Channel
    purpose: Purpose
    wording: Wording
    sentence: str
    sender: str
    postal_address: str
    opt_out: bool
    rating: str
    adult: bool = False
    advertising: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom a message may reach now, and how many are held back by which rule.

    `asleep` are the keys of those whom nothing but the hour where they are keeps back.
    """

    people: tuple[tuple[Person, Address], ...]
    held: tuple[tuple[str, int], ...]
    notes: tuple[Verdict, ...] = field(default=())
    asleep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What people said and got so far: by their keys, closed addresses by their hashes.

    `born` is the year their accounts declare, the latest of several.
    """

    consents: Mapping[str, Said]
    contacts: Counter[str]
    closed: Collection[str]
    born: Mapping[str, int]


def past(studio: Studio, session: Session, letter: Letter, person_key: str = "") -> Past:
    """Return what everybody, or one person, said and got so far."""
    week_ago = studio.clock() - WEEK
    return Past(
        consents=people.standing(session, letter.channel, letter.purpose, person_key),
        contacts=people.contacts(session, week_ago, person_key),
        closed=people.closed(session, letter.channel, person_key),
        born=people.born(session, person_key),
    )


def to_nobody(studio: Studio, letter: Letter) -> MessageFacts:
    """Return what is known of a message by itself; to somebody of whom nothing is known is no."""
    words = f"{letter.wording.title}\n{letter.wording.caption}"
    platform = studio.config.policies.platforms.get(letter.channel)
    return MessageFacts(
        channel=letter.channel,
        purpose=letter.purpose,
        region=UNKNOWN_REGION,
        now=studio.clock(),
        wording=letter.wording,
        sentence=letter.sentence,
        consent="none",
        granted_at=None,
        confirmed_at=None,
        suppressed=True,
        age="unknown",
        hour=None,
        contacts=sys.maxsize,
        sender=letter.sender,
        postal_address=letter.postal_address,
        opt_out=letter.opt_out,
        policy=platform.reach if platform else "unknown",
        rating=letter.rating,
        adult=letter.adult,
        advertising=letter.advertising,
        minor_words=tuple(hit.word for hit in find(words, studio.config.words)),
    )


def facts(said: MessageFacts, who: Person, address: Address, known: Past) -> MessageFacts:
    """Return what is known of a message to this person, now."""
    consent = known.consents.get(who.key)
    return replace(
        said,
        region=who.country or UNKNOWN_REGION,
        consent=status_of(consent),
        granted_at=consent.granted_at if consent else None,
        confirmed_at=consent.doi_confirmed_at if consent else None,
        suppressed=address.digest in known.closed,
        age=AGES[is_adult(who.age, known.born.get(who.key), said.now.date())],
        hour=hour_of(said.now, who.zone),
        contacts=known.contacts[who.key],
    )


def status_of(consent: Said | None) -> ConsentStatus:
    """Return how a consent stands, `none` when nothing was ever said."""
    return consent.status if consent else "none"  # type: ignore[return-value]  # one of them


def hour_of(now: datetime, zone: str) -> float | None:
    """Return the wall clock in a zone in hours, `None` in an unknown one."""
    if not zone:
        return None
    here = now.astimezone(ZoneInfo(zone))
    return here.hour + here.minute / 60 + here.second / 3600


def verdicts(
    studio: Studio, session: Session, letter: Letter, who: Person, address: Address
) -> tuple[Verdict, ...]:
    """Return what each rule says of this message to this person, now."""
    known = facts(to_nobody(studio, letter), who, address, past(studio, session, letter, who.key))
    return judge(message_rules(studio), known, known.now.date())


def message_rules(studio: Studio) -> Sequence[Rule]:
    """Return the rules that messages are judged by."""
    return [rule for rule in studio.config.rules.filled if rule.scope.action != "publish"]


def reach(
    studio: Studio,
    session: Session,
    letter: Letter,
    got: Collection[str],
    only: Collection[str] | None = None,
) -> Reach:
    """Return whom it may reach now, apart from who `got` it; of `only` these, if they are given."""
    may: list[tuple[Person, Address]] = []
    asleep: list[str] = []
    held: Counter[str] = Counter()
    notes: dict[str, Verdict] = {}
    message, known = to_nobody(studio, letter), past(studio, session, letter)
    rules, today = message_rules(studio), message.now.date()
    quiet = {one.id for one in rules if one.check == "hour_is_not_quiet"}
    for who, address in people.reachable(session, letter.channel):
        if who.key in got or (only is not None and who.key not in only):
            continue
        said = judge(rules, facts(message, who, address, known), today)
        blocks = [one.rule for one in said if one.verdict == "block"]
        held.update(set(blocks))
        if not blocks:
            may.append((who, address))
        elif who.zone and quiet.issuperset(blocks):
            asleep.append(who.key)
        notes |= {one.rule: one for one in said if one.verdict in ("note", "warn")}
    return Reach(
        people=tuple(may),
        held=tuple(held.most_common()),
        notes=tuple(notes.values()),
        asleep=tuple(asleep),
    )
