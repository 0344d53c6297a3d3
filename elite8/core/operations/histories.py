"""What is known of each monthly subscription: what it costs, its periods, how it stands."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from elite8.core.domain.heard import Account
from elite8.core.domain.platform_terms import PlatformTerms
from elite8.core.domain.spell import FAILS, OVER, PAYS, Life, Move, Said, Terms, Told, lived
from elite8.core.domain.subscriber import Act, SubscriptionStatus, Tier
from elite8.core.lean import no_rings
from elite8.core.storage import leaving, moved
from elite8.core.storage.database import Session
from elite8.core.storage.leaving import ALL, FRIENDS, Only, StateRow
from elite8.core.storage.moved import Own


@dataclass(frozen=True, slots=True)
class Contract:
    """A monthly subscription as known on a day; money is minor units of `currency`."""

    subscriber: int
    platform: str
    character: str
    tier: str
    currency: str
    terms: Terms
    moves: tuple[Move, ...]
    said: tuple[Said, ...]
    prices: tuple[tuple[int, int], ...]
    life: Life

    @property
    def renewals(self) -> int:
        """Return how many renewals were made since it began, or began again."""
        return self.life.spells[-1].periods - 1 if self.life.spells else 0

    def auto_renew_off(self, day: int) -> bool:
        """Return whether by that day it was known that it will not renew; paying again undoes it.

        Who cancelled and has paid until the end will not renew either.
        """
        paid = max((one.day for one in self.moves if one.act in PAYS and one.day <= day), default=0)
        if any(o.act == Act.AUTO_RENEW_OFF and paid <= o.day <= day for o in self.moves):
            return True
        said = next((one for one in reversed(self.said) if one.day <= day), None)
        if said is None or said.day < paid:
            return False
        return said.auto_renew is False or said.status == SubscriptionStatus.CANCELLED

    def payment_failed(self, day: int) -> bool:
        """Return whether the last payment tried by that day failed or was taken back."""
        tried = [o for o in self.moves if o.day <= day and (o.act in PAYS or o.act in FAILS)]
        return bool(tried) and tried[-1].act in FAILS

    def price(self, day: int) -> int | None:
        """Return what a period cost by that day: as paid, else as an export said it."""
        paid = [
            o.amount
            for o in self.moves
            if o.act in PAYS and o.day <= day and o.amount and o.currency == self.currency
        ]
        told = [price for at, price in self.prices if at <= day]
        return paid[-1] if paid else told[-1] if told else None


class Gone(NamedTuple):
    """A monthly subscription that surely has lapsed: whose it was, and nothing else."""

    subscriber: int
    platform: str
    character: str


Person = tuple["Today", Sequence[StateRow], Own | None]
"""What day it is, what exports say of one, and what they did."""


@no_rings()
def contracts(
    session: Session, as_of: datetime, only: Only, terms: Mapping[str, PlatformTerms]
) -> list[Contract]:
    """Return every monthly subscription there ever was, as known then (`each`)."""
    return [*each(session, as_of, only, terms)]


def each(
    session: Session, as_of: datetime, only: Only, terms: Mapping[str, PlatformTerms]
) -> Iterator[Contract]:
    """Yield every monthly subscription there ever was, as known then, by subscriber.

    Free ones and friends are none. Payments that no export has a subscription for make one. Rows of
    one person at a time are in memory.
    """
    for person in persons(session, as_of, only, terms):
        for one in of_one(*person):
            if is_monthly(one) and only.character in {"", one.character}:
                yield one


@no_rings()
def parted(
    session: Session, as_of: datetime, terms: Mapping[str, PlatformTerms]
) -> tuple[list[Contract], list[Gone]]:
    """Return the same in two: who may be there still, whole, and who is surely gone, by name.

    Three of four have left in time, and making whole ones of them takes most of the time.
    """
    there: list[Contract] = []
    gone: list[Gone] = []
    for here, exports, own in persons(session, as_of, ALL, terms):
        if is_gone(here, exports, own):
            last = {row.character: row for row in exports}.values()
            gone += (Gone(o.subscriber, o.platform, o.character) for o in last if is_monthly(o))
        else:
            there += filter(is_monthly, of_one(here, exports, own))
    return there, gone


def is_monthly(one: Contract | StateRow) -> bool:
    """Return whether it is neither free nor of a friend."""
    return one.tier != Tier.FREE and one.platform != FRIENDS


def is_gone(here: "Today", exports: Sequence[StateRow], own: Own | None) -> bool:
    """Return whether somebody has surely left everything they had (`spell.lived` says how so).

    Every last export says so, none is older than the last payment or end, and all of that was over
    before the grace. Of anybody else `lived` has to be asked.
    """
    bills = here.terms.get(exports[0].platform) if exports else None
    over = here.day - (bills.grace_days if bills else 0)
    last = {row.character: row for row in exports}
    latest = own.latest if own else 0
    if not last or latest >= over or (own and not own.characters <= {"", *last}):
        return False
    return all(
        row.status in OVER
        and row.said is not None
        and row.said >= latest
        and (row.until or row.said) < over
        for row in last.values()
    )


def persons(
    session: Session, as_of: datetime, only: Only, terms: Mapping[str, PlatformTerms]
) -> Iterator[Person]:
    """Yield what is known of each person, one at a time, by number."""
    moves = moved.moves(session, as_of, only)
    known = moved.heard(session, as_of, moves, only)
    here = Today(as_of.astimezone(UTC).toordinal(), terms, known)
    people = deque(moves.people)
    for who, rows in groupby(leaving.known(session, as_of, only), attrgetter("subscriber")):
        while people and people[0].subscriber < who:
            yield here, (), people.popleft()
        own = people.popleft() if people and people[0].subscriber == who else None
        yield here, [*rows], own
    for own in people:
        yield here, (), own


def of_one(here: "Today", exports: Sequence[StateRow], own: Own | None) -> Iterator[Contract]:
    """Yield the subscriptions of one person, those that exports name first."""
    told: dict[str, list[StateRow]] = {}
    for row in exports:
        told.setdefault(row.character, []).append(row)
    done = payments(own.rows() if own else (), told)
    for character, rows in told.items():
        yield contract(here, rows, done.get(character, []))
    for character, some in done.items():
        loose = character in told or (not character and told)
        if own and not loose and any(one.act in PAYS for one in some):
            yield contract(here, [unexported(own, character, some)], some)


def payments(
    moves: Sequence[Move], told: Mapping[str, Sequence[StateRow]]
) -> dict[str, list[Move]]:
    """Return payments and ends by performer.

    Those that name none are of the one subscription there is, if it is one.
    """
    found: dict[str, list[Move]] = {}
    single = next(iter(told)) if len(told) == 1 else ""
    for move in moves:
        found.setdefault(move.character or single, []).append(move)
    return found


def unexported(own: Own, character: str, moves: Sequence[Move]) -> StateRow:
    """Return what payments say of a subscription that no export names: nothing but the price."""
    last = next(one for one in reversed(moves) if one.act in PAYS)
    return StateRow(
        subscriber=own.subscriber,
        platform=own.platform,
        character=character,
        tier=Tier.OTHER,
        price_minor=None,
        currency=last.currency,
        months=1,
        status=SubscriptionStatus.UNKNOWN,
        auto_renew=None,
        began=None,
        until=None,
        left_reason="",
        said=None,
    )


@dataclass(frozen=True, slots=True)
class Today:
    """The day it is, how platforms bill, and when each account was last heard of."""

    day: int
    terms: Mapping[str, PlatformTerms]
    known: Mapping[Account, int]


def contract(here: Today, rows: Sequence[StateRow], moves: Sequence[Move]) -> Contract:
    """Return one subscription by all that is known of it."""
    last = rows[-1]
    bills = here.terms.get(last.platform)
    how = Terms(
        months=max(last.months, 1),
        grace=bills.grace_days if bills else 0,
        calendar=bool(bills and bills.calendar_months),
    )
    said = tuple(said_by(row, row.said) for row in rows if row.said is not None)
    known = here.known.get((last.platform, last.character))
    told = Told(how, moves, said, known, here.day)
    return Contract(
        subscriber=last.subscriber,
        platform=last.platform,
        character=last.character,
        tier=last.tier,
        currency=last.currency,
        terms=how,
        moves=tuple(moves),
        said=said,
        prices=tuple(
            (row.said, row.price_minor)
            for row in rows
            if row.said and row.price_minor is not None and row.currency == last.currency
        ),
        life=lived(told),
    )


def said_by(row: StateRow, day: int) -> Said:
    """Return what an export of a day says."""
    return Said(day, row.status, row.began, row.until, row.auto_renew, row.left_reason)
