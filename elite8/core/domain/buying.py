"""Who still buys when nobody says goodbye: tips, paid messages, friends. BG/NBD and MBG/NBD.

A person buys at random at a rate of their own (gamma over people: `r`, `alpha`) and leaves after a
purchase with a chance of their own (beta: `a`, `b`). In BG/NBD nobody leaves before the first
repeat (Fader, Hardie and Lee 2005, Marketing Science 24:275); in MBG/NBD one may leave right away
(Batislam, Denizel and Filiztekin 2007, IJRM 24:201; Wagner and Hoppe 2008, IJRM 25:225). With
b' = b for the first and b + 1 for the second every formula of both is one formula, used here.
Not for monthly renewals, where leaving is seen: those are in `renewal`.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from elite8.core.domain.arrays import Counts, Floats, Numbers, floats, same_length
from elite8.core.domain.fitting import TooLittleData, most_likely, special

DAYS_A_WEEK = 7.0
FEWEST_REPEATERS = 30
"""People who bought again, below which nothing is fitted (prior)."""
NEAR = 1e-6
"""How near 1 `a` is taken as a little beside it: the formula has a removable gap there."""


@dataclass(frozen=True, slots=True)
class Purchases:
    """One entry a person, in weeks: repeats, time of the last since the first, time watched.

    Many purchases on one day are one. Someone who never came back has frequency 0 and recency 0.
    """

    frequency: Floats
    recency: Floats
    age: Floats

    @classmethod
    def of(cls, frequency: Numbers, recency: Numbers, age: Numbers) -> Self:
        """Return checked purchases; impossible ones are a ValueError."""
        repeats = floats(frequency, "frequency", least=0)
        last = floats(recency, "recency", least=0)
        watched = floats(age, "age", least=0)
        same_length(frequency=repeats, recency=last, age=watched)
        if (last > watched).any():
            raise ValueError("recency is beyond age: a purchase after the time that was watched")
        if ((repeats == 0) & (last > 0)).any():
            raise ValueError("recency without a repeat: with frequency 0 it is 0")
        return cls(repeats, last, watched)


def active_days(person: Counts, day: Counts) -> tuple[Counts, Counts, Counts]:
    """Return persons and days of every active day, in order, and which of them each entry is."""
    low = int(day.min()) if day.size else 0
    wide = int(day.max()) - low + 1 if day.size else 1
    keys, where = np.unique(person * wide + (day - low), return_inverse=True)
    return keys // wide, keys % wide + low, where


def summary(person: Counts, day: Counts, last_day: int) -> tuple[Counts, Purchases]:
    """Return who bought, sorted, and their purchases up to and with `last_day`, one row a purchase.

    Days are whole numbers on one count; later ones are left out, so nothing looks ahead.
    """
    same_length(person=person, day=day)
    seen = day <= last_day
    who, active, _ = active_days(person[seen], day[seen])
    people, first, counts = np.unique(who, return_index=True, return_counts=True)
    begun, ended = active[first], active[first + counts - 1]
    return people, Purchases.of(
        (counts - 1).astype(np.float64),
        (ended - begun) / DAYS_A_WEEK,
        (last_day - begun) / DAYS_A_WEEK,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Buying:
    """A fitted model: four parameters, its log-likelihood, people and repeats it was made from."""

    r: float
    alpha: float
    a: float
    b: float
    modified: bool = False
    log_likelihood: float = 0.0
    people: int = 0

    def alive(self, seen: Purchases) -> Floats:
        """Return the chance that each still buys; without a repeat it is 1 in BG/NBD.

        1 / (1 + a/(b'+x-1) * ((alpha+T)/(alpha+t_x))^(r+x)); Fader, Hardie and Lee 2008, note 021.
        """
        return np.asarray(1 / self.against(seen))

    def expected(self, weeks: Numbers | float) -> Floats:
        """Return how many repeats somebody new makes in so many weeks; E[X(t)], eq. 9 of 2005."""
        until = floats(weeks, "weeks", least=0)
        nothing = np.zeros_like(until)
        return self.expected_of(until, Purchases(nothing, nothing, nothing))

    def expected_of(self, weeks: Numbers | float, seen: Purchases) -> Floats:
        """Return how many more each makes in the next weeks; E[Y(t)|x,t_x,T], eq. 10 of 2005.

        (a+b'+x-1)/(a-1) * (1 - (1-z)^(a-1) * 2F1(a+b'-1-r, a-1; a+b'+x-1; z)) / against, with
        z = t/(alpha+T+t): the paper's after Euler's transformation, which cannot overflow.
        """
        until = floats(weeks, "weeks", least=0)
        a = self.a if abs(self.a - 1) > NEAR else 1 + NEAR
        third = a + self.shifted + seen.frequency - 1
        third = np.where(np.abs(third) > NEAR, third, NEAR)
        z = until / (self.alpha + seen.age + until)
        series = special().hyp2f1(a + self.shifted - 1 - self.r, a - 1, third, z)
        bought = third / (a - 1) * (1 - (1 - z) ** (a - 1) * series)
        return np.asarray(bought / self.against(seen))

    def discounted(self, seen: Purchases, *, weeks: int, rate: float) -> Floats:
        """Return the repeats of the next `weeks`, each worth less by `rate` a week of waiting.

        The sum of what each week is expected to bring, taken at its end: DET to a stated horizon.
        """
        totals = [np.zeros_like(seen.age)]
        totals += [self.expected_of(float(week), seen) for week in range(1, weeks + 1)]
        worth = (1 + rate) ** -np.arange(1.0, weeks + 1)
        return np.asarray(worth @ np.diff(np.stack(totals), axis=0))

    @property
    def shifted(self) -> float:
        """Return b': the two models differ in it."""
        return self.b + self.modified

    def against(self, seen: Purchases) -> Floats:
        """Return one plus the odds that someone has left: 1 / P(alive), at most the largest float.

        In BG/NBD who has no repeat cannot have left.
        """
        x = seen.frequency
        can_have_left = (x > 0) | self.modified
        before = np.where(can_have_left, self.shifted + x - 1, 1.0)
        since = (self.r + x) * np.log((self.alpha + seen.age) / (self.alpha + seen.recency))
        odds = np.exp(np.minimum(np.log(self.a) - np.log(before) + since, 700.0))
        return np.asarray(1 + np.where(can_have_left, odds, 0.0))


@dataclass(frozen=True, slots=True)
class Grouped:
    """Purchases with each value once, and which of them each entry has; `people` are alike in all.

    Days and repeats are of few values, so that gamma functions and logarithms are of few as well.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    of: Counts
    people: Counts

    @classmethod
    def by(cls, seen: Purchases) -> Self:
        """Return purchases by their values."""
        rows, people = np.unique(
            np.stack([seen.frequency, seen.recency, seen.age], axis=1), axis=0, return_counts=True
        )
        each = [np.unique(column, return_inverse=True) for column in rows.T]
        frequency, recency, age = (values for values, _ in each)
        return cls(frequency, recency, age, np.stack([of for _, of in each]), people)


def log_likelihood(model: Buying, seen: Grouped) -> float:
    """Return the log-likelihood of all: eq. 6 of Fader, Hardie and Lee 2005, with b' for b."""
    functions = special()
    x, r, alpha, a = seen.frequency, model.r, model.alpha, model.a
    times, last, watched = seen.of
    bought = functions.gammaln(r + x) - functions.gammaln(r) + r * np.log(alpha)
    stayed = functions.betaln(a, model.shifted + x) - functions.betaln(a, model.b)
    can_have_left = (x > 0) | model.modified
    before = np.log(np.where(can_have_left, model.shifted + x - 1, 1.0))
    ever = np.where(can_have_left, np.log(a) - before, -np.inf)
    age, rate = np.log(alpha + seen.age)[watched], (r + x)[times]
    odds = np.minimum(ever[times] + rate * (age - np.log(alpha + seen.recency)[last]), 700.0)
    return float(seen.people @ ((bought + stayed)[times] - rate * age + np.log1p(np.exp(odds))))


def fitted(seen: Purchases, *, modified: bool = False) -> Buying:
    """Return the model most likely to have made these purchases; few repeats are TooLittleData."""
    name = "MBG/NBD" if modified else "BG/NBD"
    repeaters = int((seen.frequency > 0).sum())
    if repeaters < FEWEST_REPEATERS:
        raise TooLittleData(f"{name}: {repeaters} bought again; {FEWEST_REPEATERS} are needed")
    grouped, people = Grouped.by(seen), int(seen.age.size)

    def total(parameters: Floats) -> float:
        return log_likelihood(shaped(parameters, modified=modified), grouped)

    start = np.array([1.0, max(float(seen.age.mean()) / 4, 0.01), 1.0, 2.0])
    best = most_likely(lambda parameters: -total(parameters) / people, start, name)
    return shaped(best, modified=modified, log_likelihood=total(best), people=people)


def shaped(
    parameters: Floats, *, modified: bool, log_likelihood: float = 0.0, people: int = 0
) -> Buying:
    """Return a model of r, alpha, a, b in this order."""
    r, alpha, a, b = (float(value) for value in parameters)
    return Buying(
        r=r,
        alpha=alpha,
        a=a,
        b=b,
        modified=modified,
        log_likelihood=log_likelihood,
        people=people,
    )
