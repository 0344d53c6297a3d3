"""How many got how far, by name: counts as they are, and as they may be told."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from elite8.core.domain.event import EventKind, Origin
from elite8.core.domain.funnel import Measured, Stage, measured
from elite8.core.domain.journey import PEOPLE, Arrival, Dimension
from elite8.core.domain.share import estimated, hidden

Counts = Mapping[str, int]
BY: Mapping[str, Dimension] = {
    "": lambda _: "all",
    "region": lambda origin: origin.region,
    "network": lambda origin: origin.network,
    "character": lambda origin: origin.character,
    "stage": lambda origin: origin.stage,
    "post": lambda origin: origin.post,
    "video": lambda origin: origin.video,
}
"""What figures are told by; "" is all together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """So many of a kind came from one place at once."""

    kind: str
    origin: Origin
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How many got so far, and the share of those before; `None` as in `Measured`."""

    kind: str
    count: int | None
    hidden: bool
    rate: float | None
    low: float | None
    high: float | None


def tally(seen: Iterable[Seen], arrivals: Iterable[Arrival], by: Dimension) -> dict[str, Counts]:
    """Return by name how many of each kind there are."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in seen:
        found[by(one.origin)][one.kind] += one.count
    for arrival in arrivals:
        found[by(arrival.origin)][arrival.kind] += 1
    return dict(found)


def both(seen: Sequence[Seen], kinds: Collection[str]) -> tuple[Seen, ...]:
    """Return what comes from posts of which each of these kinds is counted."""
    posts: dict[str, set[str]] = defaultdict(set)
    for one in seen:
        posts[one.origin.post].add(one.kind)
    return tuple(one for one in seen if posts[one.origin.post] >= set(kinds))


def engagement(stage: Stage, seen: Sequence[Seen]) -> Measured:
    """Return how many of those who viewed reacted, of posts whose views and reactions are known."""
    known = both(seen, (EventKind.VIEW, EventKind.ENGAGEMENT))
    sums = Counter[str]()
    for one in known:
        sums[one.kind] += one.count
    hits, n = (sums[k] if known else None for k in (EventKind.ENGAGEMENT, EventKind.VIEW))
    return measured(stage.engagement_goal, hits, n)


def conversion(stage: Stage, counts: Counts, known: Collection[str]) -> Measured:
    """Return how many of what the stage converts became what it is to become."""
    asked = stage.conversion
    hits = counts.get(asked.into, 0) if asked.into in known else None
    n = counts.get(asked.of, 0) if asked.of in known else None
    return measured(asked.goal, hits, n)


def told(found: Measured, *, hides: bool) -> Measured:
    """Return a measure as it may be told; its verdict stays, its numbers go."""
    if not hides or found.hits is None:
        return found
    return replace(found, hits=None, n=None, rate=None, low=None, high=None, hidden=True)


def hidden_in(table: Mapping[str, Counts]) -> dict[str, frozenset[str]]:
    """Return for each kind of people in which rows of a table their number is not told."""
    return {
        kind: hidden({name: counts.get(kind, 0) for name, counts in table.items()})
        for kind in PEOPLE
    }


def steps(counts: Counts, known: Collection[str], hides: Collection[str]) -> tuple[Step, ...]:
    """Return the way from views to money; each share is of the step before that is known."""
    found: list[Step] = []
    before: int | None = None
    for kind in EventKind:
        count = counts.get(kind, 0) if kind in known else None
        covered = kind in hides
        rate = low = high = None
        if count is not None and before is not None and not covered:
            rate, low, high = estimated(count, before)
        found.append(
            Step(
                kind=kind,
                count=None if covered else count,
                hidden=covered,
                rate=rate,
                low=low,
                high=high,
            )
        )
        if kind != EventKind.ENGAGEMENT:  # who reacts is beside the way: a click needs no like
            before = None if covered else count
    return tuple(found)
