"""Who renews, period after period, when leaving is seen: the shifted beta-geometric model (sBG).

Each has a chance of leaving of their own at every renewal (beta over people: `alpha`, `beta`);
those likely to leave do so early, so retention of who is left rises although nobody changes
(Fader and Hardie 2007, "How to Project Customer Retention", Journal of Interactive Marketing
21:76; 2010, Marketing Science 29:85 for what is left). One cohort, whole periods.
"""

from dataclasses import dataclass

import numpy as np

from elite8.core.domain.arrays import Flags, Floats, Numbers, flags, floats, same_length
from elite8.core.domain.fitting import TooLittleData, most_likely, special

FEWEST_LOST = 10
"""People who left, below which nothing is fitted (prior)."""
FEWEST_PERIODS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A fitted cohort: the two parameters and what they were made from."""

    alpha: float
    beta: float
    log_likelihood: float = 0.0
    people: int = 0

    def survival(self, periods: Numbers | float) -> Floats:
        """Return the share still there after so many renewals: B(alpha, beta+t) / B(alpha, beta).

        S(0) is 1; periods are whole.
        """
        t = floats(periods, "periods", least=0)
        functions = special()
        stays = functions.betaln(self.alpha, self.beta + t)
        return np.asarray(np.exp(stays - functions.betaln(self.alpha, self.beta)))

    def retention(self, period: Numbers | float) -> Floats:
        """Return the share of who is there that renews the t-th time: (beta+t-1)/(alpha+beta+t-1).

        The first renewal is 1.
        """
        t = floats(period, "period", least=1)
        return np.asarray((self.beta + t - 1) / (self.alpha + self.beta + t - 1))

    def left(self, period: Numbers | float, *, rate: float) -> Floats:
        """Return the discounted renewals of who has the `period`-th one just before them (DERL).

        (beta+n-1)/(alpha+beta+n-1) * 2F1(1, beta+n; alpha+beta+n; 1/(1+d)), the DERL of 2010: the
        coming one counts whole if it comes, the one after it 1/(1+d). `rate` d is by the period.
        """
        if rate <= 0:
            raise ValueError("rate is not above 0; without a discount the sum may have no end")
        n = floats(period, "period", least=1)
        series = special().hyp2f1(1, self.beta + n, self.alpha + self.beta + n, 1 / (1 + rate))
        return np.asarray(self.retention(n) * series)


def fitted(tenure: Numbers, ended: Flags) -> Renewal:
    """Return the cohort most likely to have stayed so: renewals made or failed, and whether ended.

    Someone with tenure t who ended left at the t-th renewal; one who has not made t of them.
    """
    t, gone = floats(tenure, "tenure", least=0), flags(ended, "ended")
    same_length(tenure=t, ended=gone)
    if (t % 1 != 0).any() or (gone & (t < 1)).any():
        raise ValueError("tenure is whole periods, at least 1 for who has ended")
    size = int(t.max(initial=0)) + 1
    whole = t.astype(np.int64)
    lost = np.bincount(whole[gone], minlength=size).astype(np.float64)
    kept = np.bincount(whole[~gone], minlength=size).astype(np.float64)
    return fitted_to_counts(lost, kept)


def fitted_to_counts(lost: Numbers, kept: Numbers) -> Renewal:
    """Return the cohort of counts by tenure from 0: who left at it, and who was last seen at it."""
    gone, there = floats(lost, "lost", least=0), floats(kept, "kept", least=0)
    same_length(lost=gone, kept=there)
    if gone.sum() < FEWEST_LOST:
        raise TooLittleData(f"sBG: {gone.sum():.0f} left; {FEWEST_LOST} are needed")
    if np.count_nonzero(gone + there) < FEWEST_PERIODS or there.sum() == 0:
        raise TooLittleData("sBG: one renewal alone, or nobody left, says nothing of the next")
    people = float(gone.sum() + there.sum())

    def total(parameters: Floats) -> float:
        return log_likelihood(parameters, gone, there)

    def slope(parameters: Floats) -> Floats:
        return -gradient(parameters, gone, there) / people

    def loss(parameters: Floats) -> float:
        return -total(parameters) / people

    best = most_likely(loss, np.array([1.0, 2.0]), "sBG", slope)
    return Renewal(
        alpha=float(best[0]), beta=float(best[1]), log_likelihood=total(best), people=int(people)
    )


def log_likelihood(parameters: Floats, lost: Floats, kept: Floats) -> float:
    """Return the log-likelihood of counts by tenure: Fader and Hardie 2007, appendix B.

    Leaving at t has the chance B(alpha+1, beta+t-1) / B(alpha, beta).
    """
    alpha, beta = parameters
    functions = special()
    t = np.arange(float(lost.size))
    all_of_them = functions.betaln(alpha, beta)
    leaving = functions.betaln(alpha + 1, beta + np.maximum(t - 1, 0)) - all_of_them
    staying = functions.betaln(alpha, beta + t) - all_of_them
    return float(lost @ leaving + kept @ staying)


def gradient(parameters: Floats, lost: Floats, kept: Floats) -> Floats:
    """Return what the log-likelihood changes by with alpha and with beta."""
    alpha, beta = parameters
    digamma = special().digamma
    t = np.arange(float(lost.size))
    before = np.maximum(t - 1, 0)
    of_alpha, of_beta, of_both = (digamma(one) for one in (alpha, beta, alpha + beta))
    leaving, staying = (
        of_both - digamma(alpha + beta + before + 1),
        of_both - digamma(alpha + beta + t),
    )
    by_alpha = lost @ (leaving + digamma(alpha + 1) - of_alpha) + kept @ staying
    by_beta = lost @ (leaving + digamma(beta + before) - of_beta)
    by_beta += kept @ (staying + digamma(beta + t) - of_beta)
    return np.array([by_alpha, by_beta])
