"""What makes people leave, measured: the chance of leaving at each renewal, by what came before.

A discrete-time hazard: one row each time somebody could have renewed, with what was known before
it, and whether they left; the logit of leaving is a sum of what each feature adds (Singer and
Willett 1993, Journal of Educational Statistics 18:155). Needs no SciPy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from elite8.core.domain.arrays import Counts, Flags, Floats, flags
from elite8.core.domain.fitting import TooLittleData
from elite8.core.domain.share import Z95

Table = NDArray[np.float64]
"""A row a renewal, a column a feature."""
FEWEST_RENEWALS = 200
"""Renewals, made or not, below which nothing is fitted (subscribers.md section 5)."""
FEWEST_PER_FEATURE = 10
"""People who left, and who stayed, for each parameter."""
STEPS = 50
FAR = 30.0
"""A logit nobody can tell from never or always: features that part the two whole run there."""
CONSTANT = "constant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """What one more of a feature adds to the logit of leaving, with its 95 % interval (Wald).

    From `lowest` to `highest` is where all drivers of the model are at once with 95 % (Bonferroni):
    for asking which of several matter.
    """

    name: str
    weight: float
    low: float
    high: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """A fitted model: its drivers, the constant first, and what it was made from."""

    drivers: tuple[Driver, ...]
    renewals: int
    left: int

    def leaving(self, features: Table) -> Floats:
        """Return the chance that each leaves at the coming renewal."""
        weights = np.array([driver.weight for driver in self.drivers])
        return chances(with_constant(features), weights)


def with_constant(features: Table) -> Table:
    """Return the features with a first column of ones."""
    return np.column_stack([np.ones(len(features)), features])


def chances(design: Table, weights: Floats) -> Floats:
    """Return the logistic of what the features add up to."""
    return np.asarray(1 / (1 + np.exp(-np.clip(design @ weights, -FAR, FAR))))


def fitted(features: Table, left: Flags, names: Sequence[str]) -> Hazard:
    """Return the hazard most likely to have made these renewals; too few are TooLittleData.

    Newton's steps on columns of one scale (McCullagh and Nelder 1989, chapter 4); intervals are
    from the information at the end. A feature that never varies, or parts leavers from stayers
    whole, is TooLittleData that says which.
    """
    gone = flags(left, "left")
    check_enough(features, gone, names)
    middle, scale = features.mean(axis=0), features.std(axis=0)
    if flat := [
        name for name, spread in zip(names, np.ptp(features, axis=0), strict=True) if spread == 0
    ]:
        raise TooLittleData(f"hazard: {', '.join(flat)} never varies; leave it out")
    design = with_constant((features - middle) / scale)
    weights = climbed(design, gone, names)
    expected = chances(design, weights)
    information = (design * (expected * (1 - expected))[:, np.newaxis]).T @ design
    covariance = np.linalg.inv(information)
    back = unscaled(middle, scale)
    weights, covariance = back @ weights, back @ covariance @ back.T
    errors = np.sqrt(np.diag(covariance))
    return Hazard(drivers=driven(names, weights, errors), renewals=gone.size, left=int(gone.sum()))


def driven(names: Sequence[str], weights: Floats, errors: Floats) -> tuple[Driver, ...]:
    """Return the drivers of weights and their standard errors, the constant first."""
    at_once = NormalDist().inv_cdf(1 - 0.025 / weights.size)
    return tuple(
        Driver(
            name=name,
            weight=weight,
            low=weight - Z95 * error,
            high=weight + Z95 * error,
            lowest=weight - at_once * error,
            highest=weight + at_once * error,
        )
        for name, weight, error in zip(
            (CONSTANT, *names), weights.tolist(), errors.tolist(), strict=True
        )
    )


def check_enough(features: Table, gone: Flags, names: Sequence[str]) -> None:
    """Raise where the table is not one, or too little was seen for so many features."""
    if features.shape != (gone.size, len(names)) or not np.isfinite(features).all():
        raise ValueError(f"features are {features.shape}; {gone.size} rows of {names}, all known")
    if gone.size < FEWEST_RENEWALS:
        raise TooLittleData(f"hazard: {gone.size} renewals; {FEWEST_RENEWALS} are needed")
    fewer, least = min(gone.sum(), (~gone).sum()), FEWEST_PER_FEATURE * (len(names) + 1)
    if fewer < least:
        raise TooLittleData(f"hazard: {fewer} left or stayed; {least} are needed of each")


def climbed(design: Table, gone: Flags, names: Sequence[str]) -> Floats:
    """Return the weights at the top of the likelihood."""
    weights = np.zeros(design.shape[1])
    if np.linalg.matrix_rank(design) < weights.size:
        raise TooLittleData(f"hazard: of {', '.join(names)} some say the same thing twice")
    for _ in range(STEPS):
        expected = chances(design, weights)
        information = (design * (expected * (1 - expected))[:, np.newaxis]).T @ design
        step = np.linalg.solve(information, design.T @ (gone - expected))
        weights = weights + np.clip(step, -2, 2)
        if np.abs(weights).max() > FAR / 2:
            name = (CONSTANT, *names)[int(np.abs(weights).argmax())]
            raise TooLittleData(f"hazard: {name} parts who left from who stayed without a doubt")
        if np.abs(step).max() < 1e-10:  # noqa: PLR2004  # the digits of a double
            return np.asarray(weights)
    raise TooLittleData("hazard: the fit does not settle")


def unscaled(middle: Floats, scale: Floats) -> Table:
    """Return what turns weights of scaled columns into weights of the columns themselves."""
    back = np.diag(np.concatenate([[1.0], 1 / scale]))
    back[0, 1:] = -middle / scale
    return back


def split(day: Counts, *, share: float = 0.7) -> Flags:
    """Return which rows to learn from: those of the earlier days, about so many of them.

    By time, not by lot: what is learnt is always tried on what came after it. No day is in both.
    """
    if not day.size:
        return np.zeros(0, dtype=np.bool_)
    return np.asarray(day <= np.sort(day)[max(int(share * day.size) - 1, 0)])
