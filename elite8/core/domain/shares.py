"""Shares with their uncertainty, and small numbers that are not told."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

FEWEST = 10
"""Under so many no share is told, and no number of people (compliance.md section 4)."""
SURE = 0.95
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`hits` of `n`, and between which shares the true one lies, 95 times of 100.

    `rate`, `low` and `high` are `None` where `n` is under ten, or hits are more than `n`.
    """

    hits: int
    n: int
    rate: float | None
    low: float | None
    high: float | None


def share(hits: int, n: int) -> Share:
    """Return a share with Wilson's 95 % interval (Wilson 1927, JASA 22: 209-212)."""
    if n < FEWEST or not 0 <= hits <= n:
        return Share(hits=hits, n=n, rate=None, low=None, high=None)
    z = NormalDist().inv_cdf((1 + SURE) / 2)
    rate = hits / n
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    low = 0.0 if hits == 0 else middle - half
    high = 1.0 if hits == n else middle + half
    return Share(hits=hits, n=n, rate=rate, low=low, high=high)


def hidden(counts: Mapping[Name, int]) -> frozenset[Name]:
    """Return whose number of people is not told: one to nine, and one more where it is alone.

    A single gap could be worked out from the sum; the next smallest goes with it.
    """
    small = {name for name, count in counts.items() if 0 < count < FEWEST}
    others = sorted((count, str(name), name) for name, count in counts.items() if count >= FEWEST)
    if len(small) == 1 and others:
        small.add(others[0][2])
    return frozenset(small)
