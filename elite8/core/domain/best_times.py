"""When posts do well: what our own readings say, drawn towards what is thought beforehand.

A post is one observation: the logarithm of its engagements per viewer reached. Viewers of one post
are not independent, so their number gives no weight. Within a cell (weekdays or weekend, three
hours) posts are taken as normal around the cell's mean, with one spread for a region's network; a
cell's mean is normal around that of all, a little higher where it is thought to be a best hour.
So a cell with few posts says about what all say, and one with many what its own do
(partial pooling; Gelman and Hill, Data Analysis Using Regression, 2007, section 12.2).
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import NormalDist, fmean

BLOCK = 3
"""Hours of a cell."""
FEWEST = 20
"""Posts of a cell below which nothing is claimed (regions.md section 3)."""
SPREAD, SPREAD_WEIGHT = 0.8, 10.0
"""How far posts of one cell lie apart, in logarithms, and how many posts that guess is worth."""
BETWEEN = 0.25
"""How far cells are thought to lie apart: about a quarter up or down."""
THOUGHT_BETTER = math.log(1.1)
"""How much better a best hour is thought to be: studies disagree, so little."""
WEEKEND = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One post: where it was, its local time there, who reacted of how many reached."""

    region: str
    network: str
    at: datetime
    engaged: int
    reached: int

    @property
    def rate(self) -> float:
        """The logarithm of engagements per viewer reached; half of one more, so 0 has one."""
        return math.log((self.engaged + 0.5) / (self.reached + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is known of one block of hours: rates as shares, with 80 and 95 % intervals."""

    region: str
    network: str
    weekend: bool
    first: int
    last: int
    n: int
    rate: float
    low: float
    high: float
    lowest: float
    highest: float
    claims: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """A normal belief about a logarithm."""

    mean: float
    sd: float

    def at(self, share: float) -> float:
        """Return the rate below which it is with this probability."""
        return math.exp(NormalDist(self.mean, self.sd).inv_cdf(share))


def cells(samples: Collection[Sample], best: Mapping[str, Collection[int]]) -> tuple[Cell, ...]:
    """Return what is known of every cell with posts; `best` are hours thought best, by region."""
    groups: dict[tuple[str, str], list[Sample]] = defaultdict(list)
    for one in samples:
        groups[one.region, one.network].append(one)
    found = (cell for group, posts in groups.items() for cell in of_group(*group, posts, best))
    return tuple(sorted(found, key=lambda cell: (cell.region, cell.network, -cell.rate)))


def of_group(
    region: str, network: str, posts: Sequence[Sample], best: Mapping[str, Collection[int]]
) -> Iterator[Cell]:
    """Yield the cells of one region's network."""
    by_cell: dict[tuple[bool, int], list[float]] = defaultdict(list)
    for one in posts:
        by_cell[one.at.weekday() >= WEEKEND, one.at.hour // BLOCK * BLOCK].append(one.rate)
    everywhere = fmean(one.rate for one in posts)
    spread = pooled(by_cell.values())
    hours = best.get(region, ())
    for (weekend, first), rates in by_cell.items():
        is_best = any(first <= hour < first + BLOCK for hour in hours)
        thought = Belief(mean=everywhere + is_best * THOUGHT_BETTER, sd=BETWEEN)
        known = learnt(thought, rates, spread)
        yield Cell(
            region=region,
            network=network,
            weekend=weekend,
            first=first,
            last=first + BLOCK,
            n=len(rates),
            rate=math.exp(known.mean),
            low=known.at(0.1),
            high=known.at(0.9),
            lowest=known.at(0.025),
            highest=known.at(0.975),
            claims=len(rates) >= FEWEST,
        )


def pooled(groups: Collection[Sequence[float]]) -> float:
    """Return the spread of posts around their cell's mean, as all cells show it."""
    squares = sum((rate - fmean(rates)) ** 2 for rates in groups for rate in rates)
    free = sum(len(rates) - 1 for rates in groups)
    return math.sqrt((SPREAD_WEIGHT * SPREAD**2 + squares) / (SPREAD_WEIGHT + free))


def learnt(thought: Belief, rates: Sequence[float], spread: float) -> Belief:
    """Return what is believed after these observations (normal mean, known spread)."""
    before, seen = 1 / thought.sd**2, len(rates) / spread**2
    mean = (before * thought.mean + seen * fmean(rates)) / (before + seen)
    return Belief(mean=mean, sd=math.sqrt(1 / (before + seen)))
