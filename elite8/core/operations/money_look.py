"""Both ends of a time as money sees them: who pays what, what came in; in one currency or more."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from elite8.core.domain.arrays import Counts, Flags
from elite8.core.domain.exchange import ExchangeRates, Rate
from elite8.core.domain.paid_time import Standing
from elite8.core.errors import ConfigError
from elite8.core.operations.paid_book import Book, Cash


@dataclass(frozen=True, kw_only=True)
class Look:
    """Every subscription at both ends of a time, and what came in between; `ever`: who had paid."""

    book: Book
    cash: Cash
    before: Standing
    after: Standing
    since: int
    until: int
    ever: Flags | None = None

    def had_paid(self, currency: int) -> Flags:
        """Return who had paid in a currency before the time began."""
        if self.ever is not None:
            return self.ever
        return self.book.paid.first_paid(currency) < self.since


def looked(found: Book, since: datetime, until: datetime) -> Look:
    """Return both ends of a time."""
    begin, end = int(since.timestamp()), int(until.timestamp())
    return Look(
        book=found,
        cash=found.cash,
        before=found.paid.at(begin),
        after=found.paid.at(end),
        since=begin,
        until=end,
    )


def exchanged(
    rates: ExchangeRates, look: Look, day: date, into: str
) -> tuple[Look, tuple[Rate, ...]]:
    """Return the same in one currency, each subscription's price exchanged at one rate for all.

    The newest rate of the last day at the latest; one that is not there is a ConfigError. Into
    nothing changes nothing.
    """
    if not into:
        return look, ()
    names = look.book.currencies.names
    there = {
        number
        for column in (look.before.currency, look.after.currency, look.cash.currency)
        for number in np.unique(column[column >= 0]).tolist()
        if names[number] != into and names[number]
    }
    used = {number: rates.on(day, names[number], into) for number in sorted(there)}
    if missing := [names[number] for number, rate in used.items() if rate is None]:
        raise ConfigError(
            f"no rate of {missing[0]} into {into} on {day} or before; write one, with its day and "
            "source, into phase2/exchange_rates.json"
        )
    known = {number: rate for number, rate in used.items() if rate}
    target = int(look.book.currencies.column([into])[0])
    cash = look.cash
    return replace(
        look,
        before=standing_in(look.before, known, target),
        after=standing_in(look.after, known, target),
        ever=look.book.paid.first_paid() < look.since,
        cash=replace(
            cash,
            amount=in_another(cash.amount, cash.currency, known),
            net=in_another(cash.net, cash.currency, known),
            currency=np.where(cash.currency >= 0, target, cash.currency),
        ),
    ), tuple(known.values())


def standing_in(found: Standing, rates: Mapping[int, Rate], target: int) -> Standing:
    """Return the same in another currency."""
    return replace(
        found,
        amount=in_another(found.amount, found.currency, rates),
        net=in_another(found.net, found.currency, rates),
        currency=np.where(found.currency >= 0, target, found.currency),
    )


def in_another(amounts: Counts, currency: Counts, rates: Mapping[int, Rate]) -> Counts:
    """Return amounts exchanged, each different one once."""
    found = amounts.copy()
    for number, rate in rates.items():
        mine = currency == number
        each, where = np.unique(amounts[mine], return_inverse=True)
        found[mine] = np.array([rate.exchange(int(one)) for one in each], dtype=np.int64)[where]
    return found
