"""What was known of people at one instant each: silence, habits, scores. Nothing looks ahead.

The same is asked of everybody today, and of each renewal there was before it was due.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from elite8.core.domain import score
from elite8.core.domain.arrays import Counts, Flags, Floats
from elite8.core.domain.subscriber import Act
from elite8.core.storage.leaving import DOES, Acts

DAY = 86_400.0
WANTED = (*DOES, Act.MESSAGE_OUT)
OF_ACT = {
    Act.MESSAGE_IN: "messages_sent",
    Act.MESSAGE_OUT: "messages_received",
    Act.VIEW: "views",
    Act.COMPLETION: "completions",
    Act.LIKE: "likes",
    Act.COMMENT: "comments",
    Act.SHARE: "shares",
    Act.SESSION: "minutes",
    Act.DM_OPEN: "conversations",
}
CHUNK = 2_000_000
"""Events that are looked at together."""
FEWEST = 4
"""Gaps from which one has a habit (domain.churn)."""
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

    def moved(self, days: float) -> "Looks":
        """Return the same people looked at so many days later, earlier where negative."""
        return replace(self, at=self.at + days * DAY)


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
    own = acts.act < len(DOES)
    who, at = acts.subscriber[own], acts.at[own]
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
    steps = np.diff(day)
    middle = np.full(looks.at.size, np.nan)
    for look in np.flatnonzero(gaps >= FEWEST).tolist():
        middle[look] = np.median(steps[first[look] : last[look] - 1])
    return middle, gaps


def scores(acts: Acts, looks: Looks, halves: Floats, weights: Floats) -> Floats:
    """Return the score at each look, what a platform does not show taken as 0.

    `halves` has a row a platform. The cohort's share of completions is that of all looks together.
    """
    first, last = until(acts.subscriber, acts.at, looks)
    x = np.zeros((looks.at.size, len(score.ACTIVITIES)))
    for begin, end in chunks(last - first):
        here = slice(begin, end)
        x[here] = faded(acts, looks.at[here], first[here], last[here])
    for platform in np.unique(looks.platform):
        there = looks.platform == platform
        x[there] = counted(x[there])
    return score.scored(x, halves[looks.platform], weights).score


def chunks(sizes: Counts) -> Iterator[tuple[int, int]]:
    """Yield from which to which look few enough acts are seen."""
    total = np.cumsum(sizes)
    begin = 0
    while begin < sizes.size:
        before = int(total[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, before + CHUNK, side="right")))
        yield begin, end
        begin = end


def faded(acts: Acts, at: Floats, first: Counts, last: Counts) -> Floats:
    """Return what each look sees, faded: a row a look, a column an activity."""
    sizes = last - first
    look = np.repeat(np.arange(at.size), sizes)
    seen = np.arange(look.size) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[look]
    age, act, worth = (at[look] - acts.at[seen]) / DAY, acts.act[seen], worths(acts, seen)
    found = np.zeros((at.size, len(score.ACTIVITIES)))
    for kind, activity in OF_ACT.items():
        mine = act == WANTED.index(kind)
        found[:, score.ACTIVITIES.index(activity)] = score.faded(
            look[mine], worth[mine], age[mine], people=at.size
        )
    return found


def worths(acts: Acts, seen: Counts) -> Floats:
    """Return how much each act is: how many at once, of sessions the minutes that count."""
    minutes = score.counted_minutes(np.nan_to_num(acts.seconds[seen]) / 60)
    sessions = acts.act[seen] == WANTED.index(Act.SESSION)
    return np.where(sessions, minutes, acts.quantity[seen])


def counted(x: Floats) -> Floats:
    """Return faded activities of one platform as they count (domain.score)."""
    found = x.copy()
    column = {name: number for number, name in enumerate(score.ACTIVITIES)}
    received, views, done = (column[name] for name in ("messages_received", "views", "completions"))
    unknown = np.full(len(x), np.nan)
    found[:, received] = score.counted_received(x[:, received], unknown)
    if x[:, views].any():
        found[:, done] = score.completed(x[:, done], x[:, views])
    return found
