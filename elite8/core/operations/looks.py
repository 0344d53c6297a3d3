"""What was known of people at one instant each: silence, habits, scores. Nothing looks ahead.

The same is asked of everybody today, and of each renewal there was before it was due.
"""

from dataclasses import dataclass
from statistics import median

import numpy as np

from elite8.core.domain.arrays import Counts, Flags, Floats
from elite8.core.domain.churn import FEWEST_GAPS
from elite8.core.storage.leaving import Acts

DAY = 86_400.0
TICKS = 39
"""Bits of an instant in hundredths of a second: until the year 2144."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Whom to look at, and when, in seconds: an entry a look; later things are not seen.

    `began` is when they subscribed, `since` when the running period did, both NaN where unknown.
    """

    subscriber: Counts
    platform: Counts
    at: Floats
    began: Floats
    since: Floats
    seen: Floats


@dataclass(frozen=True, slots=True)
class Habit:
    """What each look saw: days of silence, the median of days between active ones, how many gaps.

    `used` is whether the running period was. NaN is unknown.
    """

    inactive: Floats
    gap: Floats
    gaps: Floats
    used: Flags


def places(subscriber: Counts, at: Floats) -> Counts:
    """Return numbers that sort by subscriber and then time."""
    return (subscriber << TICKS) | np.floor(at * 100).astype(np.int64)


def until(acts_of: Counts, acts_at: Floats, looks: Looks) -> tuple[Counts, Counts]:
    """Return from which to which act each look sees, the last left out."""
    keys = places(acts_of, acts_at)
    first = np.searchsorted(keys, looks.subscriber << TICKS)
    return first, np.searchsorted(keys, places(looks.subscriber, looks.at), side="right")


def habits(acts: Acts, looks: Looks) -> Habit:
    """Return silence and habits; on one day is once.

    Who was never active is silent since the beginning.
    """
    who, at = acts.subscriber, acts.at
    first, last = until(who, at, looks)
    active = np.full(looks.at.size, np.nan)
    some = last > first
    active[some] = at[last[some] - 1]
    active = np.fmax(active, np.where(looks.seen <= looks.at, looks.seen, np.nan))
    used = ~np.isnan(looks.since) & (active >= looks.since)
    silent = (looks.at - np.where(np.isnan(active), looks.began, active)) / DAY
    gap, gaps = between(who, at, looks)
    return Habit(np.maximum(silent, 0.0), gap, gaps, used)


def between(who: Counts, at: Floats, looks: Looks) -> tuple[Floats, Floats]:
    """Return the median of days between active days, and how many such gaps."""
    day = np.floor(at / DAY)
    fresh = np.ones(who.size, dtype=np.bool_)
    fresh[1:] = (who[1:] != who[:-1]) | (day[1:] != day[:-1])
    who, at, day = who[fresh], at[fresh], day[fresh]
    first, last = until(who, at, looks)
    gaps = np.maximum(last - first - 1, 0).astype(np.float64)
    steps = np.diff(day).tolist()
    middle = np.full(looks.at.size, np.nan)
    some = np.flatnonzero(gaps >= FEWEST_GAPS)
    # Of a handful of numbers Python's own median is there ten times sooner than NumPy's.
    middle[some] = [
        median(steps[begin:end])
        for begin, end in zip(first[some].tolist(), (last[some] - 1).tolist(), strict=True)
    ]
    return middle, gaps


def blind(habit: Habit, shown: Flags) -> Habit:
    """Return habits with nothing known of who is where too little is shown: silence is not seen."""
    return Habit(
        np.where(shown, habit.inactive, np.nan),
        np.where(shown, habit.gap, np.nan),
        np.where(shown, habit.gaps, 0.0),
        habit.used | ~shown,
    )
