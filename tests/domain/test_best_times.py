"""Best times: what is planted is found, what is noise is not, and few posts claim nothing."""

import math
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.domain.best_times import (
    BETWEEN,
    FEWEST,
    Belief,
    Cell,
    Sample,
    cells,
    learnt,
    pooled,
)


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # the same posts every time


MONDAY = datetime(2026, 11, 2)  # noqa: DTZ001  # local time
HOURS = (8, 12, 18, 21)


def posts(rng: Random, days: int, better: int = -1, by: float = 1.5) -> list[Sample]:
    """Posts at four hours a day; those at hour `better` do `by` times as well."""
    found = []
    for day in range(days):
        for hour in HOURS:
            rate = 0.05 * (by if hour == better else 1.0) * math.exp(rng.gauss(0, 0.5))
            at = MONDAY + timedelta(days=day, hours=hour)
            reached = rng.randrange(500, 5000)
            found.append(
                Sample(
                    region="JP",
                    network="tiktok",
                    at=at,
                    engaged=round(reached * rate),
                    reached=reached,
                )
            )
    return found


def weekdays(found: tuple[Cell, ...]) -> dict[int, Cell]:
    return {cell.first: cell for cell in found if not cell.weekend}


def test_a_planted_best_hour_is_found_and_its_size_is_in_the_interval() -> None:
    found = weekdays(cells(posts(chance(1), 84, better=18), {}))
    assert max(found, key=lambda first: found[first].rate) == 18
    evening, morning = found[18], found[6]
    assert evening.low > morning.high
    assert evening.lowest < 0.075 * math.exp(0.05) < evening.highest
    assert all(cell.claims for cell in found.values())


def test_without_an_effect_the_intervals_overlap() -> None:
    found = weekdays(cells(posts(chance(2), 84), {}))
    assert max(cell.low for cell in found.values()) < min(cell.high for cell in found.values())


def test_intervals_hold_what_is_true_about_as_often_as_they_say() -> None:
    hits = total = 0
    for seed in range(150):
        for cell in cells(posts(chance(seed), 42), {}):
            total += 1
            hits += cell.low < 0.05 < cell.high
    assert 0.74 < hits / total < 0.97  # drawn to what all say, they are a little too wide


def test_under_twenty_posts_nothing_is_claimed() -> None:
    found = weekdays(cells(posts(chance(3), 25), {}))
    assert {cell.n for cell in found.values()} == {FEWEST - 1}
    assert not any(cell.claims for cell in found.values())


def test_with_few_posts_a_best_hour_of_the_config_is_a_little_ahead() -> None:
    same = [
        Sample(
            region="JP",
            network="tiktok",
            at=MONDAY + timedelta(hours=hour),
            engaged=50,
            reached=1000,
        )
        for hour in HOURS
    ]
    found = weekdays(cells(same, {"JP": [18, 19]}))
    others = {round(found[first].rate, 6) for first in (6, 12, 21)}
    assert len(others) == 1
    assert 1.0 < found[18].rate / others.pop() < 1.1


@given(st.floats(-6, 0), st.lists(st.floats(-6, 0), min_size=1, max_size=50), st.floats(0.1, 2))
def test_what_is_learnt_lies_between_what_was_thought_and_what_was_seen(
    thought: float, rates: list[float], spread: float
) -> None:
    after = learnt(Belief(mean=thought, sd=BETWEEN), rates, spread)
    seen = sum(rates) / len(rates)
    assert min(thought, seen) - 1e-9 <= after.mean <= max(thought, seen) + 1e-9
    assert after.sd < BETWEEN


@pytest.mark.parametrize("true", [0.3, 0.8, 1.5])
def test_the_spread_is_learnt_from_the_posts(true: float) -> None:
    rng = chance(4)
    groups = [[rng.gauss(mean, true) for _ in range(60)] for mean in (-3.0, -2.5, -4.0)]
    assert abs(pooled(groups) - true) < 0.15
