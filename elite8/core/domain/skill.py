"""How good foretold chances were, once it is known what happened."""

import math
from dataclasses import dataclass

import numpy as np

from elite8.core.domain.arrays import Flags, Floats, Numbers, flags, floats, same_length
from elite8.core.domain.share import Z95

TOP = 0.1
"""The share of people that could be looked after: the first tenth."""
BARELY = 1e-9
STEPS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """Of one set of chances: what each number says is beside it.

    `brier` is the mean squared miss, 0 is perfect (Brier 1950). `slope` 1 and `intercept` 0 say
    that chances are neither too bold nor too high (Cox 1958); None where all chances are one.
    `auc` is how often a leaver had the higher chance than a stayer, a half for a draw (Hanley and
    McNeil 1982). `lift` is how many times more leavers the first tenth has than everybody.
    """

    people: int
    left: int
    brier: float
    slope: float | None
    intercept: float | None
    auc: float | None
    lift: float | None

    @property
    def auc_low(self) -> float | None:
        """Return where the 95 % interval of the AUC begins (Hanley and McNeil 1982, eq. 2)."""
        if self.auc is None:
            return None
        a, gone, there = self.auc, self.left, self.people - self.left
        both_gone, both_there = a / (2 - a), 2 * a * a / (1 + a)
        spread = a * (1 - a) + (gone - 1) * (both_gone - a * a) + (there - 1) * (both_there - a * a)
        return a - Z95 * math.sqrt(max(spread, 0.0) / (gone * there))

    def beats(self, other: "Skill") -> bool:
        """Return whether these chances may be used instead of the others, on the same people."""
        if self.auc is None or self.lift is None or other.auc is None or other.lift is None:
            return False
        nearer = self.brier < other.brier
        return nearer and self.auc > other.auc and self.lift >= other.lift


def measured(chance: Numbers, left: Flags) -> Skill:
    """Return how good these chances were; nobody, or one outcome alone, leaves None where due."""
    p, gone = floats(chance, "chance", least=0), flags(left, "left")
    people = same_length(chance=p, left=gone)
    if (p > 1).any():
        raise ValueError("a chance is above 1")
    both = 0 < int(gone.sum()) < people
    slope, intercept = line(p, gone) if both and np.ptp(p) > 0 else (None, None)
    return Skill(
        people=people,
        left=int(gone.sum()),
        brier=float(((p - gone) ** 2).mean()) if people else 0.0,
        slope=slope,
        intercept=intercept,
        auc=auc(p, gone) if both else None,
        lift=lift(p, gone) if gone.any() else None,
    )


def auc(p: Floats, gone: Flags) -> float:
    """Return Mann and Whitney's share: ties count a half."""
    order = np.sort(p)
    middle = (np.searchsorted(order, p) + np.searchsorted(order, p, side="right") + 1) / 2
    n, m = int(gone.sum()), int((~gone).sum())
    return float((middle[gone].sum() - n * (n + 1) / 2) / (n * m))


def lift(p: Floats, gone: Flags) -> float:
    """Return the share of leavers in the first tenth by that of all; ties at its edge share."""
    places = max(1, round(TOP * p.size))
    edge = np.sort(p)[-places]
    above, at = p > edge, p == edge
    caught = gone[above].sum() + gone[at].sum() * (places - above.sum()) / at.sum()
    return float(caught / places / gone.mean())


def line(p: Floats, gone: Flags) -> tuple[float | None, float | None]:
    """Return slope and intercept of the logit of what happened on the logit of what was told.

    Where the chances part leavers from stayers whole there is none.
    """
    sure = np.clip(p, BARELY, 1 - BARELY)
    design = np.column_stack([np.ones(p.size), np.log(sure / (1 - sure))])
    found = np.array([0.0, 1.0])
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        weight = np.maximum(expected * (1 - expected), 1e-12)
        step = np.linalg.lstsq(
            (design * weight[:, np.newaxis]).T @ design, design.T @ (gone - expected), rcond=None
        )[0]
        found = found + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-9:  # noqa: PLR2004  # the digits of a double
            return float(found[1]), float(found[0])
    return None, None
