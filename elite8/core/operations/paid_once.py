"""Payments of subscribers as the funnel sees them, each once: an import there may tell them too.

Both tell of one payment where the platform's own id is the same; without one, where the same person
paid the same amount in the same second, as many times as the one that tells more of them says. The
funnel's row stays then, since it may say where the money came from.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from elite8.core.domain.event import NOWHERE, EventKind, EventSource, Happening
from elite8.core.domain.subscriber import PSEUDONYM
from elite8.core.storage import events, received
from elite8.core.storage.database import Session
from elite8.core.storage.received import Told

SOURCE = "subscriber"
"""The source of what only subscribers' own exports tell."""
Facts = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class There:
    """Money that the funnel knows: by the beginning of its key, and by what it says."""

    keys: Mapping[str, Happening]
    alike: Mapping[Facts, Sequence[Happening]]


def of_time(session: Session, since: datetime, until: datetime) -> tuple[Happening, ...]:
    """Return who came and paid in a time, as the funnel and subscribers' exports tell it.

    Of a payment that was paid back in it, the payment comes along.
    """
    told = received.told(session, since, until)
    known = events.of_people(
        session, since, until,
        keys={one.key for one in told}, people={one.person for one in told if one.at < since},
    )  # fmt: skip
    known.extend(paid_back(session, known, until))
    extra = [*fresh(known, told), *(subscribed(*o) for o in received.began(session, since, until))]
    return tuple(sorted((*known, *extra), key=lambda one: one.at))


def paid_back(session: Session, known: Sequence[Happening], until: datetime) -> Iterator[Happening]:
    """Yield the payments that were paid back and are not among what is known."""
    money = [one for one in known if one.kind == EventKind.MONEY]
    there = {(one.source, one.key) for one in money}
    for source in EventSource:
        asked = {one.about for one in money if one.about and one.source == source}
        asked -= {key for name, key in there if name == source}
        for one in events.by_keys(session, source, sorted(asked)).values():
            if one.kind == EventKind.MONEY and one.at < until:
                yield one.happening


def fresh(known: Sequence[Happening], told: Sequence[Told]) -> Iterator[Happening]:
    """Yield the payments that the funnel does not know."""
    there = known_money(known)
    named = {one.key for one in told} & there.keys.keys()
    same: dict[str, Happening] = {name: there.keys[name] for name in named}
    taken = Counter(facts_of(one) for one in same.values())
    for one in told:
        rows = there.alike.get((one.person, int(one.at.timestamp()), one.amount, one.currency), ())
        facts = (one.person, int(one.at.timestamp()), one.amount, one.currency)
        if one.key not in same and taken[facts] < len(rows):
            same[one.key] = rows[taken[facts]]
            taken[facts] += 1
    for one in told:
        if one.key not in same:
            yield payment(one, same.get(one.about))


def known_money(known: Sequence[Happening]) -> There:
    """Return the money that the funnel knows."""
    keys: dict[str, Happening] = {}
    alike: dict[Facts, list[Happening]] = {}
    for one in known:
        if one.kind == EventKind.MONEY:
            keys[one.key[:PSEUDONYM]] = one
            alike.setdefault(facts_of(one), []).append(one)
    return There(keys, alike)


def facts_of(one: Happening) -> Facts:
    """Return what a payment says."""
    return one.person, int(one.at.timestamp()), one.amount_minor or 0, one.currency


def payment(one: Told, paid: Happening | None) -> Happening:
    """Return a payment; one back of what the funnel knows is about the funnel's row."""
    return Happening(
        id=f"{SOURCE}-{one.key}",
        kind=EventKind.MONEY,
        at=one.at,
        origin=NOWHERE,
        person=one.person,
        amount_minor=one.amount,
        currency=one.currency,
        source=paid.source if paid else SOURCE,
        key=one.key,
        about=paid.key if paid else one.about,
    )


def subscribed(person: str, at: datetime) -> Happening:
    """Return somebody's first subscription."""
    return Happening(
        id=f"{SOURCE}-{person}",
        kind=EventKind.SUBSCRIBE,
        at=at,
        origin=NOWHERE,
        person=person,
        amount_minor=None,
        currency="",
        source=SOURCE,
        key=person,
        about="",
    )
