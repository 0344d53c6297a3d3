"""The portfolio: it finds what is planted, loses nothing where there is nothing, forgets nobody."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from random import Random
from statistics import fmean, stdev

import pytest

from elite8.core.domain.best_times import BETWEEN, Belief, learnt
from elite8.core.domain.portfolio import Terms, choose

PERFORMERS = ("miyuki", "airi", "hana", "aiko", "rio", "ren", "chiyo", "jin")
SLOTS = ("morning", "noon", "evening", "night")
DAY = [slot for slot in SLOTS for _ in range(2)]
SPREAD, FLOOR = 0.5, 0.05
World = dict[tuple[str, str], float]


def chance(seed: str) -> Random:
    return Random(seed)  # noqa: S311  # the same lives every time


def world(rng: Random, spread: float) -> World:
    """The true logarithm of each performer's rate in each slot."""
    return {(name, slot): rng.gauss(-3.0, spread) for name in PERFORMERS for slot in SLOTS}


def round_robin(day: int, _: object, __: object) -> list[tuple[str, str]]:
    turn = day * len(DAY)
    return [(PERFORMERS[(turn + n + day) % 8], slot) for n, slot in enumerate(DAY)]


def thompson(
    _: int, seen: dict[tuple[str, str], list[float]], rng: Random
) -> list[tuple[str, str]]:
    everywhere = [rate for rates in seen.values() for rate in rates] or [-3.0]
    thought = Belief(mean=fmean(everywhere), sd=BETWEEN * 2)
    beliefs = {
        (name, slot): learnt(thought, rates, SPREAD) if (rates := seen[name, slot]) else thought
        for name in PERFORMERS
        for slot in SLOTS
    }
    chosen = choose(DAY, beliefs, PERFORMERS, rng, Terms(floor=FLOOR))
    return [(one.performer, one.slot) for one in chosen]


def lived(true: World, policy: Callable[..., list[tuple[str, str]]], seed: int, days: int) -> float:
    """The mean rate of all posts of so many days."""
    luck, rng = chance(f"luck {seed}"), chance(f"draws {seed}")
    seen: dict[tuple[str, str], list[float]] = defaultdict(list)
    total = []
    for day in range(days):
        for arm in policy(day, seen, rng):
            rate = true[arm] + luck.gauss(0, SPREAD)
            seen[arm].append(rate)
            total.append(math.exp(rate))
    return fmean(total)


def gains(spread: float, lives: int = 24, days: int = 60) -> list[float]:
    """How much better than round robin, life by life, as a share."""
    found = []
    for seed in range(lives):
        true = world(chance(f"world {seed}"), spread)
        sampled = lived(true, thompson, seed, days)
        found.append(sampled / lived(true, round_robin, seed, days) - 1)
    return found


def test_where_performers_differ_it_beats_round_robin() -> None:
    found = gains(0.4)
    error = stdev(found) / math.sqrt(len(found))
    assert fmean(found) > 0.1
    assert fmean(found) > 4 * error


def test_where_all_are_alike_it_loses_nothing_but_noise() -> None:
    found = gains(0.0)
    error = stdev(found) / math.sqrt(len(found))
    assert abs(fmean(found)) < max(4 * error, 0.01)


@pytest.mark.parametrize("floor", [0.0, 0.05, 0.1, 0.125])
def test_everybody_has_their_share(floor: float) -> None:
    beliefs = {
        (name, slot): Belief(mean=-1.0 if name == "jin" else -9.0, sd=0.1)
        for name in PERFORMERS
        for slot in SLOTS
    }
    chosen = choose(DAY * 30, beliefs, PERFORMERS, chance("floor"), Terms(floor=floor))
    had = Counter(one.performer for one in chosen)
    assert min(had[name] for name in PERFORMERS) >= int(floor * len(chosen)) - 1
    assert had.most_common(1)[0][0] == "jin" or floor == 0.125
    pairs = [
        (one.performer, other.performer)
        for one, other in zip(chosen[::2], chosen[1::2], strict=True)
    ]
    assert all(one != other for one, other in pairs)


def test_a_choice_says_why() -> None:
    beliefs = {(name, slot): Belief(mean=-3.0, sd=0.3) for name in PERFORMERS for slot in SLOTS}
    first, *_ = choose(DAY, beliefs, PERFORMERS, chance("why"), Terms(floor=FLOOR))
    assert not first.by_floor
    assert max(first.drawn, key=lambda draw: draw[1])[0] == first.performer
    assert len(first.drawn) == len(PERFORMERS)


def test_a_floor_above_an_equal_share_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot have"):
        choose(DAY, {}, PERFORMERS, chance("no"), Terms(floor=0.2))


def test_nobody_has_more_than_the_most() -> None:
    beliefs = {
        (name, slot): Belief(mean=-1.0 if name == "jin" else -9.0, sd=0.1)
        for name in PERFORMERS
        for slot in SLOTS
    }
    chosen = choose(DAY * 7, beliefs, PERFORMERS, chance("most"), Terms(floor=0.0, most=7))
    had = Counter(one.performer for one in chosen)
    assert max(had.values()) == had["jin"] == 7
    assert min(had.values()) >= 6  # the last place of all may find only who is in that slot already
