"""Who still takes part, where there are occasions and nobody says goodbye: the BG/BB model.

A monthly set, a live show, a drop: at each occasion somebody there takes it with a chance of their
own (beta: `alpha`, `beta`), and leaves for good before the next with another (beta: `gamma`,
`delta`). Fader, Hardie and Shang 2010, "Customer-Base Analysis in a Discrete-Time Noncontractual
Setting", Marketing Science 29:1086. Where purchases come at any time it is `buying`.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from elite8.core.domain.arrays import Floats, Numbers, floats, same_length
from elite8.core.domain.fitting import TooLittleData, most_likely, special

FEWEST_TAKERS = 30
"""People who took part again, below which nothing is fitted (prior)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One entry a person, after the occasion that began it: how often, which was last, of how many.

    Someone who never took part again has 0 and 0.
    """

    times: Floats
    last: Floats
    of: Floats

    @classmethod
    def of_counts(cls, times: Numbers, last: Numbers, of: Numbers) -> Self:
        """Return checked counts; impossible ones are a ValueError."""
        x, t, n = (floats(one, "occasions", least=0) for one in (times, last, of))
        same_length(times=x, last=t, of=n)
        if (np.stack([x, t, n]) % 1 != 0).any():
            raise ValueError("occasions are whole numbers")
        if ((x > t) | (t > n) | ((x == 0) & (t > 0))).any():
            raise ValueError("more were taken than there were until the last, or it is to come")
        return cls(x, t, n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A fitted model, its log-likelihood, and the people it was made from."""

    alpha: float
    beta: float
    gamma: float
    delta: float
    log_likelihood: float = 0.0
    people: int = 0

    def alive(self, seen: Taken) -> Floats:
        """Return the chance that each is still there at the coming occasion; eq. A10, m = 1."""
        staying = self.stayed(seen, ahead=1)
        return np.asarray(np.exp(staying - log_likelihood(self.parameters, seen)))

    def expected_of(self, occasions: int, seen: Taken) -> Floats:
        """Return how many of the next so many each takes: eq. 13, summed occasion by occasion."""
        mean = (self.alpha + seen.times) / (self.alpha + self.beta + seen.of)
        likely = log_likelihood(self.parameters, seen)
        found = np.zeros_like(seen.times)
        for ahead in range(1, occasions + 1):
            found += np.exp(self.stayed(seen, ahead=ahead) - likely)
        return np.asarray(mean * found)

    def stayed(self, seen: Taken, *, ahead: int) -> Floats:
        """Return the log-chance of what was seen with someone still there so many occasions on."""
        functions, n = special(), seen.of
        took = functions.betaln(self.alpha + seen.times, self.beta + n - seen.times)
        there = functions.betaln(self.gamma, self.delta + n + ahead)
        both = functions.betaln(self.alpha, self.beta) + functions.betaln(self.gamma, self.delta)
        return np.asarray(took + there - both)

    @property
    def parameters(self) -> Floats:
        """Return alpha, beta, gamma, delta."""
        return np.array([self.alpha, self.beta, self.gamma, self.delta])


def log_likelihood(parameters: Floats, seen: Taken) -> Floats:
    """Return the log-likelihood of each, eq. 7: still there, or gone after some occasion."""
    alpha, beta, gamma, delta = parameters
    betaln = special().betaln
    x, last, n = seen.times, seen.last, seen.of
    found = betaln(alpha + x, beta + n - x) + betaln(gamma, delta + n)
    for gone in range(int((n - last).max(initial=0))):
        took = betaln(alpha + x, beta + last - x + gone)
        left = took + betaln(gamma + 1, delta + last + gone)
        found = np.where(gone < n - last, np.logaddexp(found, left), found)
    return np.asarray(found - betaln(alpha, beta) - betaln(gamma, delta))


def fitted(seen: Taken, people: Numbers) -> Taking:
    """Return the model most likely to have made these counts, of `people` in each row."""
    weights = floats(people, "people", least=0)
    same_length(times=seen.times, people=weights)
    takers = float(weights[seen.times > 0].sum())
    if takers < FEWEST_TAKERS:
        raise TooLittleData(f"BG/BB: {takers:.0f} took part again; {FEWEST_TAKERS} are needed")

    def total(parameters: Floats) -> float:
        return float(weights @ log_likelihood(parameters, seen))

    size = float(weights.sum())
    best = most_likely(lambda parameters: -total(parameters) / size, np.ones(4), "BG/BB")
    alpha, beta, gamma, delta = (float(value) for value in best)
    return Taking(
        alpha=alpha,
        beta=beta,
        gamma=gamma,
        delta=delta,
        log_likelihood=total(best),
        people=int(size),
    )
