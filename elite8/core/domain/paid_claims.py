"""Payments, exports and ends into claims on paid time; the rule is in docs/explanation."""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from elite8.core.domain.arrays import Counts, Flags
from elite8.core.domain.heard import waited
from elite8.core.domain.paid_time import (
    BACKWARDS,
    DAY,
    FOREVER,
    PAID,
    TOLD,
    UNKNOWN,
    Claims,
    ends_of_calendar,
    months_later,
)
from elite8.core.domain.recurring import monthly

SPREAD = 2 * FOREVER
"""What subscriptions lie apart when their numbers and instants are one key."""


class Said(IntEnum):
    """What an export says, as a number; in this order in the columns."""

    ACTIVE = 0
    EXPIRED = 1
    CANCELLED = 2
    PAUSED = 3
    PENDING = 4
    UNKNOWN = 5


@dataclass(frozen=True, slots=True)
class Payments:
    """One entry a payment for a subscription, by subscription and time.

    `back` is what was paid back of it, `back_at` when last; a fee or tax not told is `UNKNOWN`, and
    so is an amount.
    """

    of: Counts
    at: Counts
    amount: Counts
    fee: Counts
    tax: Counts
    currency: Counts
    back: Counts
    back_at: Counts


@dataclass(frozen=True, slots=True)
class Exports:
    """One entry for what one export says of a subscription, by subscription and time.

    `began` and `until` are instants; the paid time goes on to the end of the last day.
    """

    of: Counts
    seen: Counts
    status: Counts
    began: Counts
    until: Counts
    months: Counts
    amount: Counts
    currency: Counts
    tier: Counts


@dataclass(frozen=True, slots=True)
class Ends:
    """When subscriptions ended, and when that was told: who knows better later was told later."""

    of: Counts
    at: Counts
    told: Counts


@dataclass(frozen=True, slots=True)
class Bills:
    """How each subscription is billed, an entry a subscription.

    `known` is when anything was last heard of the platform's account for that performer; `keeps` is
    the platform's share of a price, NaN where it is not known.
    """

    grace: Counts
    calendar: Flags
    known: Counts
    keeps: np.ndarray
    zone: str = "Asia/Tokyo"
    """Whose calendar it is; Fantia's alone goes by one."""


def claims(paid: Payments, said: Exports, ends: Ends, bills: Bills) -> Claims:
    """Return all claims, those of payments first."""
    said = replace(said, began=to_the_hour(said, paid))
    theirs = of_payments(paid, said, bills)
    begin, end = periods(said)
    every = joined(ends, over(said, end), taken_back(paid, theirs))
    own, before = of_exports(said, begin, end, every, bills)
    cut = [
        closed(theirs, paid.at, every, bills),
        closed(own, said.seen, every, bills),
        closed(before, said.seen, every, bills),
    ]
    return Claims.joined(cut)


def to_the_hour(said: Exports, paid: Payments) -> Counts:
    """Return when each began: exports tell the day, and a payment of that day tells the hour."""
    if not paid.of.size:
        return said.began
    keys = paid.of * SPREAD + paid.at
    first = np.minimum(np.searchsorted(keys, said.of * SPREAD + said.began), keys.size - 1)
    that_day = (paid.of[first] == said.of) & (paid.at[first] - said.began < DAY)
    that_day &= (said.began != UNKNOWN) & (paid.at[first] >= said.began)
    return np.where(that_day, paid.at[first], said.began)


def of_payments(paid: Payments, said: Exports, bills: Bills) -> Claims:
    """Return what was paid for: from each payment on, at what was really paid.

    How many months and which tier: as the next export says, else the last before; a month and no
    tier where none does. An amount that is not told is the export's.
    """
    export = next_export(paid.of, paid.at, said)
    there = export >= 0

    def told(column: Counts, otherwise: int) -> Counts:
        found = np.full(paid.of.size, otherwise, dtype=np.int64)
        found[there] = column[export[there]]
        return found

    months = told(said.months, 1)
    silent = paid.amount == UNKNOWN
    amount = np.where(silent, told(said.amount, UNKNOWN), paid.amount)
    end = months_later(paid.at, months)
    for_calendar = np.flatnonzero(bills.calendar[paid.of])
    end[for_calendar] = ends_of_calendar(paid.at[for_calendar], months[for_calendar], bills.zone)
    kept = left_of(amount, paid.fee, paid.tax, bills.keeps[paid.of])
    return Claims(
        of=paid.of,
        begin=paid.at,
        end=end,
        lapse=end,
        rank=np.full(paid.of.size, PAID),
        order=paid.at,
        amount=by_month(amount, months),
        net=by_month(kept, months),
        currency=np.where(silent, told(said.currency, UNKNOWN), paid.currency),
        tier=told(said.tier, UNKNOWN),
        months=months,
    )


def left_of(amount: Counts, fee: Counts, tax: Counts, keeps: np.ndarray) -> Counts:
    """Return what is left of amounts: less fee and tax as told, else less the platform's share."""
    share = np.rint(np.maximum(amount, 0) * np.nan_to_num(keeps)).astype(np.int64)
    off = np.where(fee == UNKNOWN, share, fee) + np.maximum(tax, 0)
    unknown = (amount == UNKNOWN) | ((fee == UNKNOWN) & np.isnan(keeps) & (amount > 0))
    return np.where(unknown, UNKNOWN, np.maximum(amount - off, 0))


def by_month(amount: Counts, months: Counts) -> Counts:
    """Return the month's part of each amount, `UNKNOWN` staying so."""
    return np.where(amount == UNKNOWN, UNKNOWN, monthly(np.maximum(amount, 0), months))


def next_export(of: Counts, at: Counts, said: Exports) -> Counts:
    """Return which export speaks of each instant: the next, else the last before; -1 for none."""
    if not said.of.size:
        return np.full(of.size, -1, dtype=np.int64)
    keys = said.of * SPREAD + said.seen
    after = np.searchsorted(keys, of * SPREAD + at)
    own = np.minimum(after, keys.size - 1)
    before = np.maximum(after - 1, 0)
    found = np.where(said.of[before] == of, before, -1)
    return np.where((after < keys.size) & (said.of[own] == of), own, found)


def periods(said: Exports) -> tuple[Counts, Counts]:
    """Return from when until when each export says that is paid for what it costs.

    Without an end it is known to be paid for when it was seen, and for one period from then at
    most; who is told to have left had done so when that was seen at the latest.
    """
    nowhere, status = said.until == UNKNOWN, said.status
    open_end = np.where(status == Said.ACTIVE, months_later(said.seen, said.months), said.seen)
    end = np.where(nowhere, open_end, said.until)
    gone = (status == Said.EXPIRED) | (status == Said.PAUSED)
    end = np.where(gone, np.minimum(end, said.seen), end)
    begin = np.maximum(months_later(end, -said.months), said.began)
    return np.where(status == Said.UNKNOWN, end, begin), end


def over(said: Exports, end: Counts) -> Ends:
    """Return the ends that exports tell of: who left, is paused, or will not renew."""
    told = np.isin(said.status, (Said.EXPIRED, Said.PAUSED, Said.CANCELLED))
    return Ends(said.of[told], end[told], said.seen[told])


def taken_back(paid: Payments, theirs: Claims) -> Ends:
    """Return the ends of what was paid back whole before it was over; a part of it ends nothing."""
    whole = (paid.back_at < theirs.end) & (paid.amount > 0) & (paid.amount + paid.back <= 0)
    return Ends(paid.of[whole], paid.back_at[whole], paid.back_at[whole])


def joined(*some: Ends) -> Ends:
    """Return all ends, by subscription and then instant."""
    of, at, told = (np.concatenate([getattr(e, n) for e in some]) for n in ("of", "at", "told"))
    order = np.lexsort((told, at, of))
    return Ends(of[order], at[order], told[order])


def of_exports(
    said: Exports, begin: Counts, end: Counts, ends: Ends, bills: Bills
) -> tuple[Claims, Claims]:
    """Return what exports say of their period, and of the time before, back to the beginning.

    Neither goes back over an end that had been told and had come by then.
    """
    gone = last_end(said.of, said.seen, ends)
    start = np.maximum(begin, np.minimum(gone, end))
    kept = left_of(
        said.amount,
        np.full(said.of.size, UNKNOWN),
        np.full(said.of.size, UNKNOWN),
        bills.keeps[said.of],
    )
    own = Claims(
        of=said.of,
        begin=start,
        end=end,
        lapse=end,
        rank=np.full(said.of.size, TOLD),
        order=start,
        amount=by_month(said.amount, said.months),
        net=by_month(kept, said.months),
        currency=said.currency,
        tier=said.tier,
        months=said.months,
    )
    says = (said.began != UNKNOWN) & (said.began >= gone) & (said.status != Said.UNKNOWN)
    before = Claims(
        **{name: getattr(own, name) for name in ("of", "amount", "net", "currency", "tier")},
        begin=np.where(says, np.minimum(said.began, start), start),
        end=start,
        lapse=start,
        rank=np.full(said.of.size, BACKWARDS),
        order=-said.seen,
        months=said.months,
    )
    return own, before


def last_end(of: Counts, seen: Counts, ends: Ends) -> Counts:
    """Return the latest end of each that had been told and had come by `seen`; 0 for none."""
    if not ends.of.size:
        return np.zeros(of.size, dtype=np.int64)
    since = np.maximum(ends.at, ends.told)
    order = np.lexsort((since, ends.of))
    keys = ends.of[order] * SPREAD + since[order]
    latest = np.maximum.accumulate(ends.of[order] * SPREAD + ends.at[order])
    before = np.searchsorted(keys, of * SPREAD + seen) - 1
    own = (before >= 0) & (ends.of[order][np.maximum(before, 0)] == of)
    return np.where(own, latest[np.maximum(before, 0)] % SPREAD, 0)


def closed(every: Claims, told: Counts, ends: Ends, bills: Bills) -> Claims:
    """Return claims ended by what was told of them later, and lapsing when they count as left.

    Where nothing was heard of the account since, nobody knows of a lapse: it is pending. What an
    export says of before goes over into its period, so it has no lapse of its own.
    """
    late = waited(every.end, bills.grace[every.of], DAY)
    lapse = np.where(every.rank == BACKWARDS, every.end, late)
    unseen = (every.rank != BACKWARDS) & (bills.known[every.of] < lapse)
    lapse = np.where(unseen, FOREVER, lapse)
    lapse = np.where(every.end <= every.begin, every.begin, lapse)
    # An end before a period that an export told ahead is one all the same.
    first = first_end(every.of, np.minimum(every.begin, told), told, ends)
    first = np.maximum(first, every.begin)
    return Claims(
        **{
            name: getattr(every, name)
            for name in ("of", "begin", "rank", "order", "amount", "net", "currency", "tier")
        },
        end=np.minimum(every.end, first),
        lapse=np.minimum(lapse, first),
        months=every.months,
    )


def first_end(of: Counts, begin: Counts, told: Counts, ends: Ends) -> Counts:
    """Return the first end after each instant that was told no earlier; `FOREVER` for none."""
    found = np.full(of.size, FOREVER, dtype=np.int64)
    keys = ends.of * SPREAD + ends.at
    at = np.searchsorted(keys, of * SPREAD + begin, side="right")
    left = np.arange(of.size)
    while left.size:
        left = left[at[left] < keys.size]
        left = left[ends.of[at[left]] == of[left]]
        holds = ends.told[at[left]] >= told[left]
        found[left[holds]] = ends.at[at[left[holds]]]
        left = left[~holds]
        at[left] += 1
    return found
