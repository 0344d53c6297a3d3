"""Did it work? A campaign against people held out by lot, compared as they were assigned.

Who is held out is decided by a hash before anyone is written to, in each stratum (platform and
tier) the same share. Everybody counts in the arm they were given, reached or not (intention to
treat); one outcome and one window are fixed at launch, and there is no verdict before the window
ends. A verdict may be that nothing can be said.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from elite8.core.domain.arrays import Numbers, floats
from elite8.core.domain.share import FEWEST, Z95, Share

Arm = Literal["treated", "held_out"]
Verdict = Literal["works", "does not", "inconclusive"]
BUCKETS = 10_000
LEAST_HELD, MOST_HELD = 0.2, 0.5
SMALL_LIST = 1000
"""People below whom half are held out: with fewer in an arm nothing is seen (prior)."""
POWER = 0.8


def bucket(campaign: str, person: str) -> int:
    """Return the place of a person in a campaign's lot, 0 to 9999: SHA-256 modulo 10,000."""
    return int(digest(campaign, person), 16) % BUCKETS


def digest(campaign: str, person: str) -> str:
    """Return the hash that a lot is drawn by."""
    return hashlib.sha256(f"{campaign}:{person}".encode()).hexdigest()


def held_share(people: int) -> float:
    """Return the share to hold out: half of a small list, a fifth of a large one."""
    return MOST_HELD if people < SMALL_LIST else LEAST_HELD


def assigned(campaign: str, strata: Mapping[str, str], share: float) -> dict[str, Arm]:
    """Return the arm of each person, whose stratum is given; the same list gives the same arms.

    In each stratum the first of the lot are held out; where the share is no whole number a lot of
    the stratum decides, so everybody's chance is the share. Other shares than 20 to 50 % are a
    ValueError. Keep what comes back: a list that grew later would be drawn anew.
    """
    if not LEAST_HELD <= share <= MOST_HELD:
        raise ValueError(f"{share:.0%} held out; it has to be from 20 % to 50 %")
    by_stratum: dict[str, list[str]] = defaultdict(list)
    for person, stratum in strata.items():
        by_stratum[stratum].append(person)
    found: dict[str, Arm] = {}
    for stratum, people in by_stratum.items():
        lot = sorted(people, key=lambda one: (bucket(campaign, one), digest(campaign, one)))
        held = math.floor(len(lot) * share + bucket(campaign, f"stratum:{stratum}") / BUCKETS)
        found.update((person, "held_out") for person in lot[:held])
        found.update((person, "treated") for person in lot[held:])
    return {person: found[person] for person in strata}


def needed(base: float, hoped: float, *, power: float = POWER) -> int:
    """Return the people in each arm that show this difference of rates, at 5 % two-sided.

    (z + z')^2 * (p(1-p) + q(1-q)) / (q-p)^2: Fleiss, Levin and Paik 2003, chapter 4, with the
    variance of the two rates themselves.
    """
    if base == hoped or not (0 <= base <= 1 and 0 <= hoped <= 1):
        raise ValueError("two different rates from 0 to 1 are compared")
    spread = base * (1 - base) + hoped * (1 - hoped)
    return max(math.ceil(reach(power) ** 2 * spread / (hoped - base) ** 2), 1)


def reach(power: float) -> float:
    """Return how many standard errors off an effect has to be to be seen so often."""
    return Z95 + NormalDist().inv_cdf(power)


def detectable(base: float, treated: int, held: int, *, power: float = POWER) -> float | None:
    """Return the least rise over `base` that these arms show; None where no rise is large enough.

    The same equation as `needed`, solved for the rise with arms of different sizes.
    """
    if treated < 1 or held < 1:
        return None
    k, spread = reach(power) ** 2, base * (1 - base)
    square, line = 1 + k / treated, k * (1 - 2 * base) / treated
    rest = k * spread * (1 / treated + 1 / held)
    rise = (line + math.sqrt(line**2 + 4 * square * rest)) / (2 * square)
    return rise if 0 < rise <= 1 - base else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A difference of two rates, with its 95 % interval."""

    treated: Share
    held: Share
    difference: float
    low: float
    high: float


def effect(treated: Share, held: Share, *, z: float = Z95) -> Effect | None:
    """Return the difference with Newcombe's hybrid score interval; None where an arm is empty.

    Wilson's intervals of both rates, joined: method 10 of Newcombe 1998, Statistics in Medicine
    17:873. Unlike Wald's it does not close to nothing where nobody, or everybody, came back.
    """
    if not treated.of or not held.of:
        return None
    p, q = treated.count / treated.of, held.count / held.of
    (low, high), (least, most) = treated.interval(z), held.interval(z)
    return Effect(
        treated=treated,
        held=held,
        difference=p - q,
        low=p - q - math.hypot(p - low, most - q),
        high=p - q + math.hypot(high - p, q - least),
    )


def doubt(treated: Share, held: Share) -> float:
    """Return the two-sided p-value: the level at which the interval just touches 0.

    It is at 5 % where the 95 % interval is, so verdict and p-value never disagree.
    """
    found = effect(treated, held)
    if found is None or found.difference == 0:
        return 1.0
    low, high = 0.0, 40.0
    for _ in range(60):
        z = (low + high) / 2
        tried = effect(treated, held, z=z)
        apart = tried is not None and (tried.low > 0 or tried.high < 0)
        low, high = (z, high) if apart else (low, z)
    return 2 * NormalDist().cdf(-low)


def holm(doubts: Sequence[float]) -> tuple[float, ...]:
    """Return p-values of several campaigns, corrected for their number, in the same order.

    Holm 1979, Scandinavian Journal of Statistics 6:65. All that were run belong in, also the null.
    """
    order = sorted(range(len(doubts)), key=lambda place: doubts[place])
    found, most = [1.0] * len(doubts), 0.0
    for rank, place in enumerate(order):
        most = max(most, min(1.0, (len(doubts) - rank) * doubts[place]))
        found[place] = most
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What the campaign brought per treated person, after costs, with a 95 % interval."""

    mean: float
    low: float
    high: float


def net_value(treated: Numbers, held: Numbers, *, cost: float) -> Value | None:
    """Return net revenue per treated person in the window: treated less held out, less `cost`.

    Revenue is what was really paid, after discount and fees, 0 for most: so a discount given to who
    would have come back anyway is in it. `cost` is messages and gifts per treated person. The
    interval is Welch's (1947): of few who pay very different sums it holds the truth more often
    than a bootstrap's percentiles. None under 10 people in an arm, or where all paid the same:
    nothing can be said.
    """
    paid, organic = floats(treated, "treated"), floats(held, "held")
    if min(paid.size, organic.size) < FEWEST or (np.ptp(paid) == 0 and np.ptp(organic) == 0):
        return None
    errors = np.array([paid.var(ddof=1) / paid.size, organic.var(ddof=1) / organic.size])
    freedom = errors.sum() ** 2 / (errors**2 / [paid.size - 1, organic.size - 1]).sum()
    mean = float(paid.mean() - organic.mean()) - cost
    far = students(float(freedom)) * math.sqrt(errors.sum())
    return Value(mean=mean, low=mean - far, high=mean + far)


def students(freedom: float) -> float:
    """Return the 97.5th percentile of Student's t: to 0.001 from 9 degrees of freedom on.

    Cornish and Fisher's expansion about the normal (Abramowitz and Stegun 1964, 26.7.5).
    """
    z = Z95
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Something that must not happen too often among the treated: complaints, people opting out."""

    name: str
    seen: Share
    limit: float

    @property
    def broken(self) -> bool:
        """Return whether it surely does: the interval lies above the limit."""
        return self.seen.of > 0 and self.seen.interval()[0] > self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A campaign's result: the effect, what it brought, and what may be said."""

    verdict: Verdict
    reason: str
    effect: Effect | None
    value: Value | None
    guards: tuple[Guard, ...] = ()

    @property
    def incremental(self) -> tuple[float, float, float] | None:
        """Return who came back because of it, and its interval: n of the treated times effect."""
        if self.effect is None:
            return None
        n = self.effect.treated.of
        return n * self.effect.difference, n * self.effect.low, n * self.effect.high

    @property
    def value_of_one(self) -> float | None:
        """Return net value by who came back because of it; None unless the effect is above 0."""
        if self.effect is None or self.effect.low <= 0 or self.value is None:
            return None
        return self.value.mean / self.effect.difference


def judged(
    found: Effect | None,
    value: Value | None,
    *,
    over: bool,
    worthwhile: float = 0.0,
    guards: tuple[Guard, ...] = (),
) -> Outcome:
    """Return what may be said when the window is `over`, of an effect `worthwhile` from some size.

    It works if the whole interval is above 0, and does not if it is below what is worthwhile, as
    fixed at launch; a broken guard is told beside it and does not change what was seen.
    """
    verdict, reason = said(found, over=over, worthwhile=worthwhile)
    return Outcome(verdict=verdict, reason=reason, effect=found, value=value, guards=guards)


def said(found: Effect | None, *, over: bool, worthwhile: float) -> tuple[Verdict, str]:
    """Return the verdict and why."""
    if not over:
        return "inconclusive", "the window is still open; no verdict before it ends"
    if found is None:
        return "inconclusive", "one arm has nobody in it"
    span = f"the effect is between {found.low:+.1%} and {found.high:+.1%}"
    if found.low > 0:
        return "works", f"{span}, all above 0"
    if found.high <= worthwhile:
        return "does not", f"{span}, none of it above {worthwhile:.1%}"
    return "inconclusive", f"{span}; it may be nothing, or what is worthwhile"
