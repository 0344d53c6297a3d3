"""Events into figures: where each person came from, how many got how far, who brought what money.

Every function here is pure; a person stands where their last touch in time was, or first, or both.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from elite8.core.domain.attribution import MODELS, Model, Payment, Touch, credited, within
from elite8.core.domain.event import NOWHERE, EventKind, Happening, Origin

PEOPLE = (EventKind.LEAD, EventKind.SUBSCRIBE, EventKind.MONEY)
Dimension = Callable[[Origin], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody got as far as `kind`, and where they came from."""

    kind: str
    person: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A part of some money, and what a model gives it to."""

    currency: str
    model: Model
    origin: Origin
    amount: int


def touches(
    found: Iterable[tuple[str, datetime, Origin]], people: Collection[str]
) -> Mapping[str, tuple[Touch, ...]]:
    """Return these people's touches, oldest first: what they came by, and when."""
    ways: dict[str, list[Touch]] = defaultdict(list)
    for person, at, origin in found:
        if person in people:
            ways[person].append(Touch(at=at, origin=origin))
    return {person: tuple(sorted(way, key=lambda t: t.at)) for person, way in ways.items()}


def payments(events: Sequence[Happening], since: datetime, until: datetime) -> tuple[Payment, ...]:
    """Return the money of a time; what is paid back looks back from when it was paid."""
    paid = {(one.source, one.key): one for one in events if one.kind == EventKind.MONEY}
    found = []
    for one in events:
        if one.kind == EventKind.MONEY and since <= one.at < until:
            began = paid.get((one.source, one.about), one)
            found.append(
                Payment(
                    person=one.person or began.person,
                    amount=one.amount_minor or 0,
                    currency=one.currency,
                    counts_from=began.at,
                    origin=began.origin if one.origin == NOWHERE else one.origin,
                )
            )
    return tuple(found)


def arrivals(
    events: Sequence[Happening],
    touches: Mapping[str, Sequence[Touch]],
    since: datetime,
    until: datetime,
    days: int,
) -> tuple[Arrival, ...]:
    """Return who got how far in a time, each person once for each kind, at their first.

    They came from where the event itself says, else from their last touch before; else unknown.
    What nobody in particular did counts each time; money that is paid back is no arrival.
    """
    found: dict[tuple[str, str], Arrival] = {}
    for one in events:
        if one.kind not in PEOPLE or not since <= one.at < until:
            continue
        if one.kind == EventKind.MONEY and (one.amount_minor or 0) <= 0:
            continue
        who = (one.kind, one.person or one.id)
        if who not in found:
            origin = from_where(one, touches.get(one.person, ()), days)
            found[who] = Arrival(kind=one.kind, person=one.person, origin=origin)
    return tuple(found.values())


def from_where(event: Happening, touches: Sequence[Touch], days: int) -> Origin:
    """Return where an event came from: as it says, else the person's last touch in time."""
    if event.origin != NOWHERE:
        return event.origin
    asked = Payment(person=event.person, amount=0, currency="", counts_from=event.at)
    found = within(touches, asked, days)
    return found[-1].origin if found else NOWHERE


def shared(
    payments: Sequence[Payment], touches: Mapping[str, Sequence[Touch]], days: int
) -> tuple[Given, ...]:
    """Return who gets what of the money, by each model; each sums to the same."""
    return tuple(
        Given(currency=payment.currency, model=model, origin=origin, amount=amount)
        for payment in payments
        for model in MODELS
        for origin, amount in credited(payment, touches.get(payment.person, ()), model, days)
    )


def revenue(given: Sequence[Given], by: Dimension) -> Mapping[tuple[str, str], Mapping[Model, int]]:
    """Return by currency and name what each model gives it."""
    found: dict[tuple[str, str], Counter[Model]] = defaultdict(Counter)
    for one in given:
        found[one.currency, by(one.origin)][one.model] += one.amount
    return found
