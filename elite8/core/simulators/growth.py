"""How a post's numbers grow on a simulated network: made up, the same in every run, never less.

Views rise fast and level off; everything else is a share of them. All of it is INFERRED: no network
tells such a curve.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import timedelta

LEAST, MOST = 400, 8000
"""Views that a post has in the end, before its multiplier."""
SLOWEST = timedelta(hours=72)
QUICKEST = timedelta(hours=12)
SHARES = {
    "reach": (0.7, 0.9),
    "likes": (0.04, 0.12),
    "comments": (0.004, 0.015),
    "shares": (0.003, 0.02),
    "saves": (0.005, 0.03),
    "reposts": (0.001, 0.005),
    "followers": (0.002, 0.01),
}
"""Between which parts of the views a number is."""
WATCHED = (4.0, 11.0)
"""Seconds that one view lasts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How well one post does; with a `multiplier` of 2 twice as well as it would by itself."""

    seed: str
    multiplier: float = 1.0

    def views(self, age: timedelta) -> int:
        """Return the views at an age; none before it is out."""
        final = LEAST * (MOST / LEAST) ** self._chance("views") * self.multiplier
        pace = QUICKEST + (SLOWEST - QUICKEST) * self._chance("pace")
        return int(final * -math.expm1(-max(age, timedelta(0)) / pace))

    def count(self, name: str, age: timedelta) -> int:
        """Return a number of `SHARES` at an age."""
        least, most = SHARES[name]
        return int(self.views(age) * (least + (most - least) * self._chance(name)))

    @property
    def seconds_a_view(self) -> float:
        """Return how long one view lasts."""
        return WATCHED[0] + (WATCHED[1] - WATCHED[0]) * self._chance("watched")

    def _chance(self, what: str) -> float:
        """Return a number in [0, 1) that is this post's own."""
        digest = hashlib.sha256(f"{self.seed} {what}".encode()).digest()
        return int.from_bytes(digest[:4], "big") / (1 << 32)


def check(multiplier: float) -> float:
    """Return a multiplier; one that is no finite number above zero is a ValueError."""
    if not (math.isfinite(multiplier) and multiplier > 0):
        raise ValueError(f"a multiplier is above 0, not {multiplier}")
    return multiplier
