"""What is known of each monthly subscription: what it costs, its periods, how it stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from elite8.core.domain.platform_terms import PlatformTerms
from elite8.core.domain.spell import FAILS, PAYS, Life, Move, Said, Terms, Told, lived
from elite8.core.domain.subscriber import Act, SubscriptionStatus, Tier
from elite8.core.storage import leaving
from elite8.core.storage.database import Session
from elite8.core.storage.leaving import FRIENDS, Only, StateRow

Of = tuple[int, str]
"""A subscriber and a character."""


@dataclass(frozen=True, slots=True)
class Payment(Move):
    """A move with its money; None is unknown."""

    amount: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Contract:
    """A monthly subscription as known on a day; money is minor units of `currency`."""

    subscriber: int
    platform: str
    character: str
    tier: str
    currency: str
    terms: Terms
    moves: tuple[Payment, ...]
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


@dataclass(frozen=True, slots=True)
class Moves:
    """Payments and ends by whom they are of; `known` is the last day of each platform's payments.

    `platforms` has whose events alone say that they pay.
    """

    of: dict[Of, list[Payment]]
    platforms: dict[int, str]
    known: dict[str, int]


def contracts(
    session: Session, as_of: datetime, only: Only, terms: Mapping[str, PlatformTerms]
) -> list[Contract]:
    """Return every monthly subscription there ever was, as known then.

    Free ones and friends are none. Payments that no export has a subscription for make one.
    """
    day = as_of.astimezone(UTC).toordinal()
    moved = payments(session, as_of, only)
    told = exported(session, as_of, only)
    shared_out(moved, told)
    here = Today(day, terms, moved.known)
    nameless = {(who, "") for who, _ in told}
    every = [contract(here, of, rows, moved.of.get(of, [])) for of, rows in told.items()] + [
        contract(here, of, [unexported(of, moved.platforms[of[0]], own)], own)
        for of, own in moved.of.items()
        if of not in told and of not in nameless and any(one.act in PAYS for one in own)
    ]
    return [
        one
        for one in every
        if one.tier != Tier.FREE
        and one.platform != FRIENDS
        and only.character in {"", one.character}
    ]


def payments(session: Session, as_of: datetime, only: Only) -> Moves:
    """Return payments and ends until then."""
    found = Moves({}, {}, {})
    for row in leaving.moves(session, as_of, only):
        day = row.at.toordinal()
        move = Payment(day, row.act, row.amount_minor, row.currency)
        found.of.setdefault((row.subscriber, row.character), []).append(move)
        found.platforms[row.subscriber] = row.platform
        if row.act in PAYS:
            found.known[row.platform] = max(day, found.known.get(row.platform, day))
    return found


def exported(session: Session, as_of: datetime, only: Only) -> dict[Of, list[StateRow]]:
    """Return what exports made until then said of each subscription, in the order of time."""
    found: dict[Of, list[StateRow]] = {}
    for row in leaving.known(session, as_of, only):
        found.setdefault((row.subscriber, row.character), []).append(row)
    return found


def shared_out(moved: Moves, told: Mapping[Of, list[StateRow]]) -> None:
    """Give payments that name no character to the one subscription there is, if it is one."""
    several = Counter(who for who, _ in told)
    single = {who: (who, character) for who, character in told if several[who] == 1}
    for who in [who for who, character in moved.of if not character and who in single]:
        loose = moved.of.pop((who, ""))
        own = [*moved.of.get(single[who], []), *loose]
        moved.of[single[who]] = sorted(own, key=lambda one: one.day)


def unexported(of: Of, platform: str, own: Sequence[Payment]) -> StateRow:
    """Return what payments say of a subscription that no export names: nothing but the price."""
    last = next(one for one in reversed(own) if one.act in PAYS)
    return StateRow(
        subscriber=of[0],
        platform=platform,
        character=of[1],
        tier=Tier.OTHER,
        price_minor=None,
        currency=last.currency,
        months=1,
        status=SubscriptionStatus.UNKNOWN,
        auto_renew=None,
        started_on=None,
        period_end=None,
        left_reason="",
        source_at=None,
    )


@dataclass(frozen=True, slots=True)
class Today:
    """The day it is, how platforms bill, and until when payments are known by platform."""

    day: int
    terms: Mapping[str, PlatformTerms]
    known: Mapping[str, int]


def contract(here: Today, of: Of, rows: Sequence[StateRow], moves: Sequence[Payment]) -> Contract:
    """Return one subscription by all that is known of it."""
    last = rows[-1]
    bills = here.terms.get(last.platform)
    how = Terms(
        months=max(last.months, 1),
        grace=bills.grace_days if bills else 0,
        calendar=bool(bills and bills.calendar_months),
    )
    said = tuple(said_by(row, row.source_at) for row in rows if row.source_at is not None)
    told = Told(how, moves, said, here.known.get(last.platform), here.day)
    return Contract(
        subscriber=of[0],
        platform=last.platform,
        character=of[1],
        tier=last.tier,
        currency=last.currency,
        terms=how,
        moves=tuple(moves),
        said=said,
        prices=tuple(
            (row.source_at.toordinal(), row.price_minor)
            for row in rows
            if row.source_at and row.price_minor is not None and row.currency == last.currency
        ),
        life=lived(told),
    )


def said_by(row: StateRow, at: datetime) -> Said:
    """Return what an export says, its days as ordinals."""
    return Said(
        day=at.toordinal(),
        status=row.status,
        began=row.started_on.toordinal() if row.started_on else None,
        until=row.period_end.toordinal() if row.period_end else None,
        auto_renew=row.auto_renew,
        reason=row.left_reason,
    )
