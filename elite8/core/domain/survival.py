"""How long people stay: Kaplan and Meier's curve, and cohorts by month of first payment.

Who is still there is not yet known to leave: censored, never counted as gone and never as 0.
"""

import math
from dataclasses import dataclass

import numpy as np

from elite8.core.domain.arrays import Counts, Flags, Floats, Numbers, flags, floats, same_length
from elite8.core.domain.buying import active_days
from elite8.core.domain.share import FEWEST, Z95, Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Survival after each time at which somebody left, with 95 % intervals, earliest first."""

    times: Floats
    at_risk: Counts
    lost: Counts
    survival: Floats
    low: Floats
    high: Floats
    people: int
    longest: float

    def at(self, time: float) -> float | None:
        """Return the share still there after `time`; None beyond what anyone was watched for."""
        if time > self.longest or not self.people:
            return None
        before = int(np.searchsorted(self.times, time, side="right"))
        return float(self.survival[before - 1]) if before else 1.0

    @property
    def median(self) -> float | None:
        """Return when half were gone; None while more than half are there."""
        reached = np.flatnonzero(self.survival <= 0.5 + 1e-12)
        return float(self.times[reached[0]]) if reached.size else None


def curve(tenure: Numbers, ended: Flags) -> Curve:
    """Return the curve of tenures, ended or still going on; of nobody it is empty.

    S(t) is the product of 1 - d/n (Kaplan and Meier 1958, JASA 53:457); who is censored at a time
    was still at risk at it. Intervals are Greenwood's on log(-log S), so they stay in 0 to 1
    (Kalbfleisch and Prentice 1980, chapter 1).
    """
    t, gone = floats(tenure, "tenure", least=0), flags(ended, "ended")
    people = same_length(tenure=t, ended=gone)
    times, lost = np.unique(t[gone], return_counts=True)
    at_risk = people - np.searchsorted(np.sort(t), times)
    survival = np.asarray(np.cumprod(1 - lost / at_risk), dtype=np.float64)
    low, high = greenwood(at_risk, lost, survival)
    return Curve(
        times=times,
        at_risk=at_risk,
        lost=lost,
        survival=survival,
        low=low,
        high=high,
        people=people,
        longest=float(t.max(initial=0.0)),
    )


def greenwood(at_risk: Counts, lost: Counts, survival: Floats) -> tuple[Floats, Floats]:
    """Return the 95 % interval of each point; where nobody is left it is 0 to 0."""
    inside = survival > 0
    safe = np.where(inside, survival, 0.5)
    left = np.where(inside, at_risk - lost, 1)
    spread = np.sqrt(np.cumsum(lost / (at_risk * left)))
    reach = Z95 * spread / np.abs(np.log(safe))
    low, high = safe ** np.exp(reach), safe ** np.exp(-reach)
    return np.where(inside, low, 0.0), np.where(inside, high, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Who paid first in one month: how many, and of them in each month after; None is not yet."""

    month: int
    people: int
    active: tuple[int | None, ...]

    @property
    def told(self) -> bool:
        """Return whether shares of it may be shown: 10 people or more."""
        return self.people >= FEWEST

    def share(self, after: int) -> Share | None:
        """Return who was active so many months after; None where it is not known or not told."""
        count = self.active[after] if after < len(self.active) else None
        return Share(count, self.people) if count is not None and self.told else None


def cohorts(person: Counts, month: Counts, last: int) -> tuple[Cohort, ...]:
    """Return cohorts, earliest first, of months that were paid for, one row a person and month.

    `month` counts months on one calendar; `last` is the last complete one, later rows are left out.
    """
    same_length(person=person, month=month)
    seen = month <= last
    if not seen.any():
        return ()
    who, when, _ = active_days(person[seen], month[seen])
    _, first, which = np.unique(who, return_index=True, return_inverse=True)
    began = when[first][which]
    after = when - began
    months, cohort = np.unique(began, return_inverse=True)
    width = last - int(months[0]) + 1
    counts = np.zeros((months.size, width), dtype=np.int64)
    np.add.at(counts, (cohort, after), 1)
    return tuple(
        Cohort(
            month=int(begin),
            people=int(row[0]),
            active=tuple(int(n) if begin + k <= last else None for k, n in enumerate(row)),
        )
        for begin, row in zip(months, counts, strict=True)
    )


def expected_tenure(found: Curve, horizon: float) -> float:
    """Return the mean tenure up to a horizon: the area under the curve until it.

    A horizon beyond what anyone was watched for is a ValueError: nothing is known there.
    """
    if horizon > found.longest or math.isnan(horizon):
        raise ValueError(f"nobody was watched for {horizon:g}; the longest is {found.longest:g}")
    inside = found.times[found.times < horizon]
    edges = np.concatenate([[0.0], inside, [horizon]])
    heights = np.concatenate([[1.0], found.survival[: inside.size]])
    return float(np.diff(edges) @ heights)
