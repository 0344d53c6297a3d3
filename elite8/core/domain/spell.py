"""What somebody paid for, period after period: when it began, how often renewed, how it ended.

An end has to be seen: an export or an event that says so, or paid time that is over and was not
renewed although its account was heard of later (`heard`). A row that is missing from an export says
nothing by itself, since exports are windows. Days are ordinals (`date.toordinal`).
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from elite8.core.domain.heard import waited
from elite8.core.domain.subscriber import Act, SubscriptionStatus

Standing = Literal["active", "pending", "lapsed", "paused", "unknown"]
"""How a subscription stands; unknown: the paid time is over and no newer export says what then."""
Cause = Literal["own", "payment", "unknown"]
"""Why somebody left: of their own will, because a payment failed, or nobody said."""
PAYS = frozenset({Act.SUB_START, Act.SUB_RENEW})
FAILS = frozenset({Act.PAYMENT_FAILED, Act.CHARGEBACK})
OVER = (SubscriptionStatus.EXPIRED, SubscriptionStatus.CANCELLED)
NEAR_END = 10
"""Days around the end in which a payment that failed is why (prior)."""
A_MONTH = 30.4375


@lru_cache(maxsize=2**14)
def later(day: int, months: int, *, calendar: bool) -> int:
    """Return the day so many months later, by the calendar the last of its month."""
    began = date.fromordinal(day)
    years, month = divmod(began.month - 1 + months, 12)
    year = began.year + years
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, last if calendar else min(began.day, last)).toordinal()


@dataclass(frozen=True, slots=True)
class Terms:
    """How a platform bills: months at a time, by the calendar or from the day of joining."""

    months: int = 1
    grace: int = 0
    calendar: bool = False

    @property
    def days(self) -> float:
        """Return how long a period is."""
        return self.months * A_MONTH

    def after(self, day: int, periods: int = 1) -> int:
        """Return when what is paid on a day is over, so many periods later."""
        ahead = self.months * periods - (1 if self.calendar else 0)
        return later(day, ahead, calendar=self.calendar)

    def periods(self, began: int, until: int) -> int:
        """Return how many periods lie between two days, at least one."""
        first, last = date.fromordinal(began), date.fromordinal(max(until, began))
        if self.calendar:
            months = (last.year - first.year) * 12 + last.month - first.month + 1
            return max(1, -(-months // self.months))
        return max(1, round((last - first).days / self.days))


class Move(NamedTuple):
    """A payment, an end, or a sign of one; of whom and how much, where it is known."""

    day: int
    act: str
    amount: int | None = None
    currency: str = ""
    character: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What an export made on `day` says; None is unknown."""

    day: int
    status: str
    began: int | None
    until: int | None
    auto_renew: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Spell:
    """One time of being subscribed: paid for so many periods, over or due again on `until`.

    `due` are the days on which a renewal was due: those made, and the one that was not if `ended`.
    """

    began: int
    until: int
    periods: int
    due: tuple[int, ...]
    ended: bool
    cause: Cause = "unknown"


@dataclass(frozen=True, slots=True)
class Life:
    """All times of one subscription, and how it stands; `until` is None where nobody said."""

    spells: tuple[Spell, ...]
    standing: Standing
    until: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one subscription; both are in the order of time.

    `known` is the day on which its account was last heard of (`heard`), None where it was not.
    """

    terms: Terms
    moves: Sequence[Move]
    said: Sequence[Said]
    known: int | None
    today: int


def lived(told: Told) -> Life:
    """Return the life of one subscription as known today; nothing known is no spell."""
    paid = runs(told)
    if not paid:
        return by_exports(told)
    before = [past(told, run, end) for run, end in paid[:-1]]
    run, end = paid[-1]
    if end is not None:
        return Life(*closed(told, [*before, past(told, run, end)], end))
    said = told.said[-1] if told.said and told.said[-1].day >= run[-1] else None
    until = told.terms.after(run[-1])
    by_export = None if said is None else over(said)
    if said is not None and by_export is not None:
        until = by_export if said.status in OVER else max(until, by_export)
    standing = stands(told, said, until)
    began = run[0] if before else opened(told, run)
    last = spell(told, run, began, until, ended=standing == "lapsed")
    return Life((*before, last), standing, until)


def closed(
    told: Told, spells: Sequence[Spell], end: int
) -> tuple[tuple[Spell, ...], Standing, int | None]:
    """Return how somebody stands whose payments are known to end: unless an export has them back.

    Within the grace it is no end yet.
    """
    newest = told.said[-1] if told.said else None
    if newest is not None and newest.day > end and newest.status == SubscriptionStatus.ACTIVE:
        again = replace(newest, began=max(end, newest.began or end))
        life = by_exports(replace(told, said=[again]))
        return (*spells, *life.spells), life.standing, life.until
    standing = ended(told, end)
    if standing == "lapsed":
        return tuple(spells), standing, end
    last = spells[-1]
    going_on = replace(last, ended=False, due=last.due[:-1], cause="unknown")
    return (*spells[:-1], going_on), standing, end


def runs(told: Told) -> list[tuple[list[int], int | None]]:
    """Return the days of payments that follow each other, and when each run is known to end."""
    found: list[tuple[list[int], int | None]] = []
    run: list[int] = []
    for move in told.moves:
        if move.act in PAYS:
            if run and broken(told, run[-1], move.day):
                found.append((run, told.terms.after(run[-1])))
                run = []
            if not run or move.day - run[-1] >= told.terms.days / 2:
                run.append(move.day)
        elif move.act == Act.SUB_EXPIRE and run:
            found.append((run, max(move.day, run[-1])))
            run = []
    return [*found, (run, None)] if run else found


def broken(told: Told, last: int, day: int) -> bool:
    """Return whether somebody was gone between two payments: too long, and no export denies it."""
    if day <= waited(told.terms.after(last), told.terms.grace):
        return False
    return not any(
        one.day >= day and one.began is not None and one.began <= last for one in told.said
    )


def opened(told: Told, run: Sequence[int]) -> int:
    """Return when the first run began: before its first known payment where an export says so."""
    began = [one.began for one in told.said if one.began is not None and one.began <= run[-1]]
    return min([run[0], *began])


def past(told: Told, run: Sequence[int], end: int | None) -> Spell:
    """Return a run that is over."""
    until = told.terms.after(run[-1]) if end is None else end
    return spell(told, run, run[0], until, ended=True)


def spell(told: Told, run: Sequence[int], began: int, until: int, *, ended: bool) -> Spell:
    """Return the spell of a run of payments; where some are not known, periods go by the days."""
    terms = told.terms
    follow = all(b <= waited(terms.after(a), terms.grace) for a, b in pairwise(run))
    whole = follow and began == run[0] and until <= terms.after(run[-1]) + terms.days / 2
    if whole:
        due = (*run[1:], *([until] if ended else []))
        cause = why(told, began, until) if ended else "unknown"
        return Spell(began, until, len(run), due, ended, cause)
    return dated(told, began, until, ended=ended)


def dated(told: Told, began: int, until: int, *, ended: bool) -> Spell:
    """Return the spell between two days, a renewal due at the end of each period."""
    periods = told.terms.periods(began, until)
    made = [told.terms.after(began, number) for number in range(1, periods)]
    due = (*made, *([until] if ended else []))
    cause = why(told, began, until) if ended else "unknown"
    return Spell(began, until, periods, due, ended, cause)


def by_exports(told: Told) -> Life:
    """Return the life of one whose payments nobody knows: a spell for each beginning told."""
    if not told.said:
        return Life((), "unknown", None)
    newest: dict[int | None, Said] = {}
    for one in told.said:
        newest[one.began] = one
    last = told.said[-1]
    before = [
        dated(told, began, over(one) or one.day, ended=True)
        for began, one in sorted((b, one) for b, one in newest.items() if b is not None)
        if last.began is not None and began < last.began
    ]
    until, standing = by_last(told, last)
    if last.began is None or until is None:
        return Life(tuple(before), standing, until)
    final = dated(told, last.began, until, ended=standing == "lapsed")
    return Life((*before, final), standing, until)


def by_last(told: Told, last: Said) -> tuple[int | None, Standing]:
    """Return until when is paid by the last export, and how that stands today.

    An expiry that was told no earlier ends it. Who is active and whose end nobody told is so for
    one period at most.
    """
    until = over(last)
    gone = [one.day for one in told.moves if one.act == Act.SUB_EXPIRE and one.day >= last.day]
    if gone:
        end = gone[-1] if until is None else min(until, gone[-1])
        return end, ended(told, end)
    if until is None and last.status == SubscriptionStatus.ACTIVE:
        most = later(last.day, told.terms.months, calendar=False)
        standing = stands(told, last, most)
        return most if standing == "lapsed" else None, standing
    return until, stands(told, last, until)


def ended(told: Told, end: int) -> Standing:
    """Return how somebody stands of whose end an event told: within the grace it is none yet."""
    grace = told.terms.grace
    if not grace or told.today > end + grace:
        return "lapsed"
    return "active" if told.today <= end else "pending"


def over(said: Said) -> int | None:
    """Return when the paid time is over by an export; who has left by then left that day at most.

    Who cancelled and whose end nobody told has left.
    """
    left = has_left(said)
    if said.until is None:
        return said.day if left else None
    return min(said.until, said.day) if left else said.until


def has_left(said: Said) -> bool:
    """Return whether an export says that somebody is no longer there, the day it was made."""
    unknown = said.until is None and said.status == SubscriptionStatus.CANCELLED
    return unknown or said.status == SubscriptionStatus.EXPIRED


def stands(told: Told, said: Said | None, until: int | None) -> Standing:
    """Return how the last spell stands today."""
    if said is not None and said.status == SubscriptionStatus.PAUSED:
        return "paused"
    if until is None:
        return "unknown"
    grace = told.terms.grace
    over_at_once = said is not None and has_left(said) and not grace
    if told.today <= until + grace and not over_at_once:
        return "active" if told.today <= until else "pending"
    return after_grace(told, said, until)


def after_grace(told: Told, said: Said | None, until: int) -> Standing:
    """Return how somebody stands whose paid time ended on a day, and then its grace: as was seen.

    The day an account was heard of may have been over only in part: a later one shows it. Whether
    payments tell of it or exports alone is the same, as it is for money.
    """
    day = until + told.terms.grace
    if said is not None and said.status in OVER:
        return "lapsed"
    if said is not None and said.status == SubscriptionStatus.ACTIVE and said.day > day:
        return "active"
    nobody_said = said is not None and said.status == SubscriptionStatus.UNKNOWN
    seen = told.known is not None and told.known > waited(until, told.terms.grace)
    return "lapsed" if seen and not nobody_said else "unknown"


def why(told: Told, began: int, until: int) -> Cause:
    """Return why a spell ended: own will goes before a payment that failed after it."""
    here = [move for move in told.moves if began <= move.day <= until + NEAR_END + told.terms.grace]
    since = max((move.day for move in here if move.act in PAYS), default=began)
    late = [one for one in told.said if since <= one.day]
    reason = next((one.reason for one in reversed(late) if one.reason), "")
    if any(move.act == Act.AUTO_RENEW_OFF and move.day >= since for move in here):
        return "own"
    if reason:
        return "payment" if reason == "payment" else "own"
    if any(move.act in FAILS and move.day >= until - NEAR_END for move in here):
        return "payment"
    before = [one for one in late if one.day <= until]
    return "own" if before and before[-1].auto_renew is False else "unknown"
