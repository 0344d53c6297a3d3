"""A share of people, never without how many it is of; small numbers are not told."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

Z95 = NormalDist().inv_cdf(0.975)
FEW = 100
"""People below whom a share is told with its interval."""
FEWEST = 10
"""People below whom no share is told, and no number of people: it says nothing, and may say it of
somebody (compliance.md section 4)."""
Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise ValueError(f"{self.count} of {self.of} is no share")

    @property
    def rate(self) -> float | None:
        """Return the share from 0 to 1, None of nobody."""
        return self.count / self.of if self.of else None

    def interval(self, z: float = Z95) -> tuple[float, float]:
        """Return Wilson's score interval, 95 % by default; of nobody it is 0 to 1.

        Source: Wilson 1927, JASA 22:209; method 3 of Newcombe 1998, Statistics in Medicine 17:857.
        """
        if not self.of:
            return 0.0, 1.0
        n, p = self.of, self.count / self.of
        middle = 2 * n * p + z * z
        reach = z * math.sqrt(z * z + 4 * n * p * (1 - p))
        below = 2 * (n + z * z)
        low = 0.0 if self.count == 0 else (middle - reach) / below
        high = 1.0 if self.count == n else (middle + reach) / below
        return low, high

    @property
    def told(self) -> str:
        """Return it in words: nothing under 10 people, with its interval under 100."""
        if self.of < FEWEST:
            return f"not told: fewer than {FEWEST} people"
        said = f"{self.count / self.of:.1%} ({self.count} of {self.of})"
        if self.of >= FEW:
            return said
        low, high = self.interval()
        return f"{said}, between {low:.1%} and {high:.1%}"


def estimated(count: int, of: int) -> tuple[float | None, float | None, float | None]:
    """Return a share and its interval; `None` for under ten, or for more than there are.

    More than there are is what counts of two sources say.
    """
    if of < FEWEST or not 0 <= count <= of:
        return None, None, None
    found = Share(count, of)
    return found.rate, *found.interval()


def hidden(counts: Mapping[Name, int]) -> frozenset[Name]:
    """Return whose number of people is not told: one to nine, and one more where it is alone.

    A single gap could be worked out from the sum; the next smallest goes with it.
    """
    small = {name for name, count in counts.items() if 0 < count < FEWEST}
    others = sorted((count, str(name), name) for name, count in counts.items() if count >= FEWEST)
    if len(small) == 1 and others:
        small.add(others[0][2])
    return frozenset(small)
