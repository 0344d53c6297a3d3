"""What a purchase is worth, for each who buys: the Gamma-Gamma model.

What one person spends at a time varies around a mean of their own; means vary over people by a
gamma; how often one buys says nothing of how much (Fader and Hardie 2013, "The Gamma-Gamma Model
of Monetary Value", brucehardie.com/notes/025). The last is tested by `link`.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Self

import numpy as np

from elite8.core.domain.arrays import Floats, Numbers, floats, same_length
from elite8.core.domain.fitting import TooLittleData, most_likely, special

FEWEST_BUYERS = 30
"""Buyers below which nothing is fitted (prior)."""
TOO_LINKED = 0.2
"""Correlation of how often and how much from which the model is not to be trusted (prior)."""
FEWEST_LINKED = 4
"""Buyers below which a correlation has no interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """A fitted model: `p` and `q` are shapes, `v` is money like what it was made from."""

    p: float
    q: float
    v: float
    log_likelihood: float = 0.0
    people: int = 0

    def mean(self, times: Numbers, average: Numbers) -> Floats:
        """Return what each is expected to spend at a time: (v + x*m) * p / (p*x + q - 1), eq. 5.

        `times` purchases of `average`. With none it is the mean of all, infinite where q <= 1.
        """
        x, m = floats(times, "times", least=0), floats(average, "average", least=0)
        same_length(times=x, average=m)
        below = self.p * x + self.q - 1
        worth = self.p * (self.v + x * m)
        return np.divide(worth, below, out=np.full_like(worth, np.inf), where=below > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The correlation of how often people buy and how much, with a 95 % interval."""

    r: float
    low: float
    high: float

    @property
    def warns(self) -> bool:
        """Return whether it is too far from nothing, and surely on one side of it."""
        return abs(self.r) >= TOO_LINKED and self.low * self.high > 0


def link(times: Numbers, average: Numbers) -> Link | None:
    """Return how often and how much go together (Fisher 1921), None where it cannot be said."""
    x, m = floats(times, "times", least=0), floats(average, "average", least=0)
    if same_length(times=x, average=m) < FEWEST_LINKED or x.std() == 0 or m.std() == 0:
        return None
    r = float(np.clip(np.corrcoef(x, m)[0, 1], -1 + 1e-12, 1 - 1e-12))
    reach = NormalDist().inv_cdf(0.975) / math.sqrt(x.size - 3)
    return Link(r=r, low=math.tanh(math.atanh(r) - reach), high=math.tanh(math.atanh(r) + reach))


def fitted(times: Numbers, average: Numbers) -> Spending:
    """Return the model of those who bought; few, or all spending the same, are TooLittleData.

    A person with no purchase or no money is left out: the model has nothing to say of them.
    """
    x, m = floats(times, "times", least=0), floats(average, "average", least=0)
    same_length(times=x, average=m)
    bought = (x > 0) & (m > 0)
    x, m = x[bought], m[bought]
    if x.size < FEWEST_BUYERS:
        raise TooLittleData(f"Gamma-Gamma: {x.size} buyers; {FEWEST_BUYERS} are needed")
    if np.ptp(m) == 0:
        raise TooLittleData("Gamma-Gamma: all spend the same; that is the mean, without a model")
    unit = float(m.mean())
    spent = Spent.by(x, m / unit)

    def loss(parameters: Floats) -> float:
        return -log_likelihood(parameters, spent) / x.size

    best = most_likely(loss, np.array([3.0, 3.0, 1.0]), "Gamma-Gamma")
    p, q, v = (float(value) for value in best)
    total = log_likelihood(best, spent) - x.size * math.log(unit)
    return Spending(p=p, q=q, v=v * unit, log_likelihood=total, people=int(x.size))


@dataclass(frozen=True, slots=True)
class Spent:
    """What each spent, with what no parameter changes: sums, and how many bought how often."""

    all_of: Floats
    times: Floats
    often: Floats
    people: Floats
    logs: float
    weighted: float

    @classmethod
    def by(cls, times: Floats, average: Floats) -> Self:
        """Return purchases so often, of so much on average."""
        often, people = np.unique(times, return_counts=True)
        logs = np.log(average)
        weighted = float(times @ (logs + np.log(times)))
        return cls(times * average, times, often, people.astype(float), float(logs.sum()), weighted)


def log_likelihood(parameters: Floats, spent: Spent) -> float:
    """Return the log-likelihood of mean spends, given how often: eq. 1a of note 025."""
    p, q, v = parameters
    alike = -special().betaln(p * spent.often, q) + q * np.log(v)
    together = (p * spent.times + q) @ np.log(v + spent.all_of)
    return float(spent.people @ alike + p * spent.weighted - spent.logs - together)
