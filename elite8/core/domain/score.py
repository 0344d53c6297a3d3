"""How engaged a subscriber is: nine activities, faded by age, saturated, weighted; 0 to 1.

Each activity of each person is faded to a quantity x of today, and saturated to s = x / (x + h),
where h, half of full, is frozen with a version: so a score means the same next month, one whale
moves nobody else, and nothing done is 0 (subscribers.md section 4). Arrays have a row a person and
a column an activity, in the order of `ACTIVITIES`; an activity that a platform does not show is
NaN there, which is not 0. This is the reference: what SQL works out has to say the same.

Received messages are our own doing: those of a winback are left out before they come here, the rest
are capped, and no campaign is ever judged by this score.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

import numpy as np

from elite8.core.domain.arrays import Counts, Floats, floats, same_length
from elite8.core.domain.scoring import Activity

ACTIVITIES: tuple[Activity, ...] = get_args(Activity)
WEIGHTS: Mapping[str, int] = dict(zip(ACTIVITIES, (15, 10, 10, 20, 5, 10, 10, 15, 5), strict=True))
"""Percent of the score (mission 2.3)."""
DEFAULT_HALVES: Mapping[str, float] = dict(
    zip(ACTIVITIES, (3.0, 3.0, 10.0, 5.0, 5.0, 2.0, 1.0, 30.0, 1.0), strict=True)
)
"""Half of full until there are people enough to measure it (prior)."""
HALF_LIFE = 14.0
"""Days after which an activity counts half."""
FEWEST_ACTIVE = 30
"""Active subscribers of a platform from which its halves are measured."""
SESSION_CAP = 30.0
"""Minutes of a session that count: an open tab is not a viewer."""
RECEIVED_CAP = 5.0
"""Faded messages received that count where nobody knows which were answered (prior)."""
SHRINKAGE = 5.0
"""Starts that the cohort's mean completion is worth (prior)."""
DEFAULT_SHARE = 0.5
"""Completions of a start until a cohort's are measured (prior)."""
LEAST_COVERAGE = 0.3
"""Weight that has to be observed for a label of risk."""
COMPARABLE = 0.1
"""How far coverages may lie apart where people are ranked beside each other."""
WHOLE = 100
Key = tuple[str, str]
"""A platform and an activity."""


def checked(weights: Mapping[str, int]) -> Floats:
    """Return the weights as shares in order; a strange name, or a sum beside 100, is a ValueError.

    They are whole percents, so that the sum is exact.
    """
    if set(weights) != set(ACTIVITIES):
        raise ValueError(f"weights are of {sorted(weights)}; they have to be of {ACTIVITIES}")
    if min(weights.values()) < 0 or sum(weights.values()) != WHOLE:
        raise ValueError(f"weights sum to {sum(weights.values())}; none is under 0, the sum is 100")
    return np.array([weights[name] / WHOLE for name in ACTIVITIES])


def faded(
    person: Counts, quantity: Floats, age: Floats, *, people: int, half_life: float = HALF_LIFE
) -> Floats:
    """Return what each person's events are worth today: the sum of q * 2^(-age/H), one an event.

    `person` counts from 0, `age` is days before the day of scoring; later events (age under 0) are
    left out. Events are added in one order whatever order they come in, to the last digit.
    """
    same_length(person=person, quantity=quantity, age=age)
    if half_life <= 0:
        raise ValueError(f"a half-life of {half_life} days; it has to be above 0")
    past = np.flatnonzero(age >= 0)
    order = past[np.lexsort((quantity[past], age[past], person[past]))]
    worth = quantity[order] * np.exp2(-age[order] / half_life)
    return np.bincount(person[order], weights=worth, minlength=people).astype(np.float64)


def counted_minutes(minutes: Floats) -> Floats:
    """Return the minutes of sessions that count: each at most 30."""
    return np.minimum(minutes, SESSION_CAP)


def counted_received(received: Floats, answered: Floats) -> Floats:
    """Return the faded received messages that count: those answered, else 5 at most.

    We send them, so writing more must not make anyone engaged; `answered` is NaN where unknown.
    """
    same_length(received=received, answered=answered)
    return np.where(np.isnan(answered), np.minimum(received, RECEIVED_CAP), answered)


def completed(completions: Floats, starts: Floats, mean: float | None = None) -> Floats:
    """Return faded completions shrunk to the cohort's share: v * (c + k*m) / (v + k), c of v.

    The share alone would give one who did nothing the cohort's mean for ever; times the starts it
    is 0 for nothing, fades, and still keeps one lucky start from looking like a habit. `mean` is
    the share a calibration froze, so that nobody moves anybody; `None`: that of these people.
    """
    same_length(completions=completions, starts=starts)
    if mean is None:
        mean = mean_share(completions, starts)
    return np.asarray(starts * (completions + SHRINKAGE * mean) / (starts + SHRINKAGE))


def mean_share(completions: Floats, starts: Floats) -> float:
    """Return completions by starts of all together; 0 where nothing was begun."""
    begun = float(starts.sum())
    return float(completions.sum()) / begun if begun else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Frozen halves: which version, and h of each platform's activities that were measured.

    `shares` are completions of a start by platform.
    """

    version: str
    halves: Mapping[Key, float]
    shares: Mapping[str, float] = field(default_factory=dict)

    def row(self, platform: str) -> Floats:
        """Return h of each activity on a platform, the default where none was measured."""
        found = [self.halves.get((platform, name), DEFAULT_HALVES[name]) for name in ACTIVITIES]
        return np.array(found)

    def share(self, platform: str) -> float:
        """Return how many starts are completed on a platform."""
        return self.shares.get(platform, DEFAULT_SHARE)


DEFAULT_CALIBRATION = Calibration(version="default", halves={})


def calibrate(version: str, windows: Mapping[str, Floats]) -> Calibration:
    """Return halves measured in a window: by platform the median of what is above 0.

    `windows` are faded activities, a row a person. Under 30 active people, and where an activity
    was never seen, the default stands.
    """
    halves: dict[Key, float] = {}
    for platform, seen in windows.items():
        positive = np.nan_to_num(seen) > 0
        if int(positive.any(axis=1).sum()) < FEWEST_ACTIVE:
            continue
        for column, name in enumerate(ACTIVITIES):
            if positive[:, column].any():
                halves[platform, name] = float(np.median(seen[positive[:, column], column]))
    return Calibration(version=version, halves=halves)


def saturated(x: Floats, halves: Floats) -> Floats:
    """Return x / (x + h): 0 at 0, a half at h, never 1; NaN stays NaN."""
    if (halves <= 0).any() or not np.isfinite(halves).all():
        raise ValueError("half of full has to be above 0")
    if (x < 0).any():
        raise ValueError("an activity is under 0")
    return np.asarray(x / (x + halves))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """One entry a person, each from 0 to 1.

    `score` takes what is missing as 0, `observed` leaves it out (NaN where nothing is observed),
    `coverage` is the weight that is observed.
    """

    score: Floats
    observed: Floats
    coverage: Floats


def scored(x: Floats, halves: Floats, weights: Floats) -> Scores:
    """Return scores of faded activities: `x` and `halves` a row a person, or halves one for all."""
    if x.ndim != 2 or x.shape[1] != len(ACTIVITIES):  # noqa: PLR2004  # rows and columns
        raise ValueError(f"activities are {x.shape}; a row a person has {len(ACTIVITIES)}")
    seen = ~np.isnan(x)
    parts = np.where(seen, saturated(x, halves), 0.0) * weights
    # Added column by column, so that one person alone has the digits it has among a million.
    score, coverage = np.zeros(len(x)), np.zeros(len(x))
    for column in range(len(ACTIVITIES)):
        score += parts[:, column]
        coverage += seen[:, column] * weights[column]
    observed = np.divide(score, coverage, out=np.full(len(x), np.nan), where=coverage > 0)
    return Scores(score=score, observed=observed, coverage=coverage)


def comparable(coverages: Floats) -> bool:
    """Return whether these people may be ranked beside each other: they are seen alike."""
    return coverages.size == 0 or float(np.ptp(coverages)) <= COMPARABLE + math.ulp(1)


def ranked(score: Floats, cohort: Sequence[str]) -> Floats:
    """Return each one's middle rank in its cohort (platform and tier), 0 to 1; alone it is 0.5."""
    values, found = floats(score, "score"), np.empty(len(cohort))
    names, which = np.unique(np.asarray(cohort, dtype=np.str_), return_inverse=True)
    for number in range(names.size):
        mine = values[which == number]
        order = np.sort(mine)
        below, until = np.searchsorted(order, mine), np.searchsorted(order, mine, side="right")
        found[which == number] = (below + until) / 2 / mine.size
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one activity adds to a score; `x` and `adds` are None where it is not observed."""

    activity: str
    weight: float
    half: float
    x: float | None = None
    adds: float | None = None

    @property
    def told(self) -> str:
        """Return it in words."""
        name = self.activity.replace("_", " ")
        if self.x is None or self.adds is None:
            return f"{name}: not shown by this platform; {self.weight:.0%} of the score is missing"
        if not self.x:
            return f"{name}: none lately; adds nothing of {self.weight:.2f}"
        return (
            f"{name}: {self.x:.1f} once faded, half of full is {self.half:.1f}; "
            f"adds {self.adds:.3f} of {self.weight:.2f}"
        )


def parts(x: Floats, halves: Floats, weights: Floats) -> tuple[Part, ...]:
    """Return what makes up one person's score, most first; what is not observed comes last."""
    found = [
        Part(activity=name, weight=weight, half=half)
        if math.isnan(worth)
        else Part(
            activity=name,
            weight=weight,
            half=half,
            x=worth,
            adds=weight * worth / (worth + half),
        )
        for name, worth, half, weight in zip(
            ACTIVITIES, x.tolist(), halves.tolist(), weights.tolist(), strict=True
        )
    ]
    return tuple(sorted(found, key=lambda part: -1.0 if part.adds is None else part.adds))[::-1]
