"""What is paid for at an instant: claims of payments and exports, and who wins where they overlap.

A claim says that a subscription is paid from one instant to another at a price. Payments outrank
exports, exports outrank what they say of the time before; among equals the later one wins. A lapse
counts once the days are over in which a renewal may still come: until then it is pending. Instants
are whole seconds since 1970.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time
from functools import cached_property, lru_cache
from typing import Self
from zoneinfo import ZoneInfo

import numpy as np

from elite8.core.domain.arrays import Counts, Flags

DAY = 86_400
FOREVER = 2**33
"""Later than anything: the end of what nobody has seen the end of."""
UNKNOWN = -1
"""Where a price is not known, or a date."""
BACKWARDS, TOLD, PAID = 0, 1, 2
"""What an export says of before, what it says of its period, what was really paid."""
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Claims:
    """One entry a claim; `of` is the number of its subscription, `lapse` when it counts as left.

    `amount` and `net` are minor units a month, `UNKNOWN` where nobody says; `order` is what the
    greater of wins within a `rank`; `months` are paid for at once.
    """

    of: Counts
    begin: Counts
    end: Counts
    lapse: Counts
    rank: Counts
    order: Counts
    amount: Counts
    net: Counts
    currency: Counts
    tier: Counts
    months: Counts

    @classmethod
    def joined(cls, some: Iterable[Self]) -> Self:
        """Return all of them as one; what lasts no time is left out."""
        every = tuple(some)
        columns = [
            np.concatenate([np.empty(0, np.int64), *(getattr(one, f.name) for one in every)])
            for f in fields(cls)
        ]
        whole = cls(*columns)
        return whole.where(whole.lapse > whole.begin)

    def where(self, kept: Flags | Counts) -> Self:
        """Return some of them."""
        return type(self)(*(getattr(self, f.name)[kept] for f in fields(self)))

    def winners(self, now: Counts) -> tuple[Self, Flags]:
        """Return the claim that wins for each subscription, and whether its time is not over.

        `now` is for each claim the instant of its subscription.
        """
        seen = np.flatnonzero((self.begin <= now) & (now < self.lapse))
        covered = self.end[seen] > now[seen]
        order = np.lexsort((self.order[seen], self.rank[seen], covered, self.of[seen]))
        of = self.of[seen][order]
        last = order[np.concatenate([of[1:] != of[:-1], [True]])[: of.size]]
        return self.where(seen[last]), covered[last]

    def cut(self) -> Self:
        """Return what wins and pays from one change of anything to the next."""
        if not self.of.size:
            return self
        size = 2 * FOREVER
        edges = np.unique(
            np.concatenate([self.of * size + e for e in (self.begin, self.end, self.lapse)])
        )
        of, at = edges // size, edges % size
        rank = np.arange(of.size) - np.searchsorted(of, of)
        ends = np.concatenate([np.where(of[1:] == of[:-1], at[1:], FOREVER), [FOREVER]])
        found = []
        for turn in range(int(rank.max()) + 1):
            now, until = (np.full(int(self.of.max()) + 1, FOREVER) for _ in range(2))
            mine = rank == turn
            now[of[mine]], until[of[mine]] = at[mine], ends[mine]
            won, _ = self.winners(now[self.of])
            won = won.where(won.amount > 0)
            lapse = np.minimum(won.lapse, until[won.of])
            found.append(
                replace(won, begin=now[won.of], lapse=lapse, end=np.minimum(won.end, lapse))
            )
        return type(self).joined(found)


@dataclass(frozen=True, slots=True)
class Standing:
    """How each subscription stands at an instant; amounts are 0 where nothing is paid or known."""

    amount: Counts
    net: Counts
    currency: Counts
    tier: Counts
    active: Flags
    """Free ones and trials too."""
    pending: Flags
    """The paid time is over, but a renewal may still come."""
    unpriced: Flags
    """Active at a price that nobody told."""
    unnetted: Flags
    """Paying, but nobody knows what the platform keeps."""

    @property
    def paying(self) -> Flags:
        """Return who pays."""
        return self.amount > 0


@dataclass(frozen=True, slots=True)
class Spells:
    """Times without a gap in which something was paid, by subscription and then time.

    `ended`: the end was seen; otherwise it is not known yet.
    """

    of: Counts
    begin: Counts
    end: Counts
    lapse: Counts
    ended: Flags
    months: Counts

    @property
    def first(self) -> Flags:
        """Return which are the first of their subscription."""
        return np.concatenate([[True], self.of[1:] != self.of[:-1]])[: self.of.size]


@dataclass(frozen=True)
class PaidTime:
    """All claims on `people` subscriptions."""

    claims: Claims
    people: int

    def at(self, instant: int) -> Standing:
        """Return how each stands just before an instant, so that what begins there is not in."""
        won, covered = self.claims.winners(self.claims.begin * 0 + instant - 1)
        of, amount, net = won.of, won.amount, won.net
        return Standing(
            amount=self.spread(of, np.maximum(amount, 0)),
            net=self.spread(of, np.where(amount > 0, np.maximum(net, 0), 0)),
            currency=self.spread(of, won.currency, UNKNOWN),
            tier=self.spread(of, won.tier, UNKNOWN),
            active=self.spread(of, np.ones(of.size, np.int64)) > 0,
            pending=self.spread(of, ~covered) > 0,
            unpriced=self.spread(of, amount == UNKNOWN) > 0,
            unnetted=self.spread(of, (amount > 0) & (net == UNKNOWN)) > 0,
        )

    def last_tier(self, instant: int) -> Counts:
        """Return the tier each was last in before an instant; `UNKNOWN` where nobody tells."""
        every = self.claims.where((self.claims.begin < instant) & (self.claims.tier != UNKNOWN))
        order = np.lexsort((every.rank, every.begin))
        found = np.full(self.people, UNKNOWN, dtype=np.int64)
        found[every.of[order]] = every.tier[order]
        return found

    def spread(self, of: Counts, values: Counts | Flags, empty: int = 0) -> Counts:
        """Return one value for each subscription."""
        found = np.full(self.people, empty, dtype=np.int64)
        found[of] = values
        return found

    @cached_property
    def paying(self) -> Claims:
        """Return claims at a price where they win: what is only outdone by nothing paid is cut.

        Among claims that all pay, which one wins changes nothing of when something is paid.
        """
        every = self.claims
        free, pays = np.zeros(self.people, dtype=bool), np.zeros(self.people, dtype=bool)
        free[every.of[every.amount <= 0]] = True
        pays[every.of[every.amount > 0]] = True
        mixed = (free & pays)[every.of]
        return Claims.joined([every.where(~mixed & (every.amount > 0)), every.where(mixed).cut()])

    def first_paid(self, currency: int | None = None) -> Counts:
        """Return when each paid first, `FOREVER` for never; in one currency, or in any."""
        every = self.paying
        if currency is not None:
            every = every.where(every.currency == currency)
        found = np.full(self.people, FOREVER, dtype=np.int64)
        np.minimum.at(found, every.of, every.begin)
        return found

    @cached_property
    def spells(self) -> Spells:
        """Return the times in which each paid."""
        every = self.paying
        order = np.lexsort((every.begin, every.of))
        of, begin, lapse = every.of[order], every.begin[order], every.lapse[order]
        end, months = np.minimum(every.end[order], lapse), every.months[order]
        apart = of * (2 * FOREVER)
        until = np.maximum.accumulate(apart + lapse) if of.size else apart
        opens = np.concatenate([[True], apart[1:] + begin[1:] > until[:-1]])[: of.size]
        starts = np.flatnonzero(opens)
        if not starts.size:
            none = np.empty(0, np.int64)
            return Spells(none, none, none, none, none > 0, none)
        last = np.maximum.reduceat(lapse, starts)
        return Spells(
            of=of[starts],
            begin=begin[starts],
            end=np.maximum.reduceat(end, starts),
            lapse=last,
            ended=last < FOREVER,
            months=np.maximum.reduceat(months, starts),
        )


@lru_cache(maxsize=8)
def month_starts(zone: str) -> Counts:
    """Return when each month begins in a zone, from January 2000."""
    there = ZoneInfo(zone)
    found = [
        datetime(year, month, 1, tzinfo=there).timestamp()
        for year in range(FIRST_YEAR, LAST_YEAR)
        for month in range(1, 13)
    ]
    return np.array(found, dtype=np.int64)


def month_of(instants: Counts, zone: str) -> Counts:
    """Return the month of each instant in a zone, counted from January 2000."""
    return np.asarray(np.searchsorted(month_starts(zone), instants, side="right") - 1)


def month_named(number: int) -> date:
    """Return the first day of a month that is counted from January 2000."""
    return date(FIRST_YEAR + number // 12, number % 12 + 1, 1)


def ends_of_calendar(instants: Counts, months: Counts, zone: str) -> Counts:
    """Return when what is paid at each instant is over where months are the calendar's."""
    starts = month_starts(zone)
    return np.asarray(starts[np.clip(month_of(instants, zone) + months, 0, starts.size - 1)])


def months_later(instants: Counts, months: Counts) -> Counts:
    """Return the same day and time so many months later, in UTC; the 31st may become the 28th."""
    whole = instants.astype("datetime64[s]")
    month = whole.astype("datetime64[M]")
    there = month + months
    days = ((there + 1).astype("datetime64[D]") - there.astype("datetime64[D]")).astype(np.int64)
    day = (whole.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(np.int64)
    second = instants - whole.astype("datetime64[D]").astype("datetime64[s]").astype(np.int64)
    first = there.astype("datetime64[s]").astype(np.int64)
    return np.asarray(first + np.minimum(day, days - 1) * DAY + second)


def midnights(days: Counts, zone: str) -> Counts:
    """Return when days begin in a zone; they are days since 1970."""
    if zone == "UTC":
        return days * DAY
    there = ZoneInfo(zone)
    each, where = np.unique(days, return_inverse=True)
    epoch = date(1970, 1, 1).toordinal()
    found = [
        datetime.combine(date.fromordinal(epoch + int(day)), time(), there)
        .astimezone(UTC)
        .timestamp()
        for day in each
    ]
    return np.array(found, dtype=np.int64)[where]
