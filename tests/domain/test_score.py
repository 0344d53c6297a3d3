"""The engagement score: bounds, order, missing values, frozen halves, words."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elite8.core.domain import score
from elite8.core.domain.arrays import Floats
from elite8.core.domain.score import ACTIVITIES, DEFAULT_CALIBRATION, WEIGHTS, Scores

HALVES = DEFAULT_CALIBRATION.row("fanvue")
SHARES = score.checked(WEIGHTS)
AMOUNTS = st.lists(st.one_of(st.just(float("nan")), st.floats(0, 1e6)), min_size=9, max_size=9).map(
    np.array
)


def of(*rows: Floats) -> Scores:
    return score.scored(np.array(rows), HALVES, SHARES)


def test_weights_are_the_missions_and_sum_to_one() -> None:
    assert list(WEIGHTS.values()) == [15, 10, 10, 20, 5, 10, 10, 15, 5]
    assert sum(WEIGHTS.values()) == 100
    assert SHARES.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    "weights", [{**WEIGHTS, "likes": 6}, {**WEIGHTS, "likes": -5, "shares": 20}, {"likes": 100}]
)
def test_weights_that_do_not_sum_or_are_of_something_else_are_refused(
    weights: dict[str, int],
) -> None:
    with pytest.raises(ValueError, match="weights"):
        score.checked(weights)


def test_an_event_counts_half_after_fourteen_days_and_one_to_come_not_at_all() -> None:
    person, quantity = np.array([0, 0, 1, 1]), np.array([1.0, 1.0, 4.0, 9.0])
    found = score.faded(person, quantity, np.array([0.0, 14.0, 28.0, -0.1]), people=3)
    assert found.tolist() == [1.5, 1.0, 0.0]


def test_a_score_is_the_weighted_sum_of_saturated_activities() -> None:
    half = of(HALVES)
    assert half.score[0] == pytest.approx(0.5)
    assert of(np.zeros(9)).score[0] == 0
    assert 0.99 < of(HALVES * 1e6).score[0] < 1


def test_missing_is_not_zero() -> None:
    x = HALVES.copy()
    x[[2, 3, 7]] = np.nan
    found = of(x)
    assert found.coverage[0] == pytest.approx(0.55)
    assert found.score[0] == pytest.approx(0.275)
    assert found.observed[0] == pytest.approx(0.5)
    nothing = of(np.full(9, np.nan))
    assert (nothing.score[0], nothing.coverage[0]) == (0, 0)
    assert np.isnan(nothing.observed[0])


@given(AMOUNTS, st.integers(0, 8), st.floats(0, 1e5))
def test_a_score_is_bounded_and_more_of_anything_is_never_less(
    x: Floats, which: int, more: float
) -> None:
    before = of(x)
    assert 0 <= before.score[0] <= before.coverage[0] <= 1 + 1e-12
    after = x.copy()
    after[which] += more
    assert of(after).score[0] >= before.score[0]


@settings(max_examples=50)
@given(st.lists(AMOUNTS, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_a_score_is_the_same_alone_or_among_others_to_the_last_digit(
    rows: list[Floats], rng: Random
) -> None:
    together = of(*rows).score
    assert together.tolist() == [of(row).score[0] for row in rows]
    order = list(range(len(rows)))
    rng.shuffle(order)
    assert of(*(rows[n] for n in order)).score.tolist() == together[order].tolist()


EVENTS = st.lists(
    st.tuples(st.integers(0, 3), st.floats(0, 50), st.floats(-5, 200)), min_size=1, max_size=40
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_events_in_any_order_are_worth_the_same_to_the_last_digit(
    events: list[tuple[int, float, float]], rng: Random
) -> None:
    def worth() -> list[float]:
        person, quantity, age = (np.array(column) for column in zip(*events, strict=True))
        found: list[float] = score.faded(person, quantity, age, people=4).tolist()
        return found

    before = worth()
    rng.shuffle(events)
    assert worth() == before


@given(EVENTS, st.floats(0, 60))
def test_days_without_anything_new_only_fade(
    events: list[tuple[int, float, float]], days: float
) -> None:
    past = [event for event in events if event[2] >= 0] or [(0, 1.0, 0.0)]
    person, quantity, age = (np.array(column) for column in zip(*past, strict=True))
    now = score.faded(person, quantity, age, people=4)
    later = score.faded(person, quantity, age + days, people=4)
    assert (later <= now).all()
    assert later == pytest.approx(now * 2 ** (-days / 14))


def test_halves_are_medians_of_what_is_above_nothing_once_thirty_are_active() -> None:
    window = np.zeros((40, 9))
    window[:31, 0] = np.arange(1, 32)
    window[:, 4] = np.nan
    few = np.zeros((40, 9))
    few[:29, 0] = 7
    found = score.calibrate("2026-11", {"fanvue": window, "line": few})
    assert found.halves == {("fanvue", "messages_sent"): 16}
    assert found.row("fanvue")[0] == 16
    assert found.row("line").tolist() == HALVES.tolist()
    assert score.calibrate("none", {"fanvue": np.empty((0, 9))}).halves == {}


def test_one_whale_moves_nobody_else() -> None:
    ordinary, whale = HALVES.copy(), HALVES * 1e5
    assert of(ordinary).score[0] == of(ordinary, whale).score[0]


def test_long_sessions_are_capped() -> None:
    assert score.counted_minutes(np.array([5.0, 30.0, 600.0])).tolist() == [5, 30, 30]


def test_messages_we_send_count_when_answered_and_else_up_to_a_cap() -> None:
    received, answered = np.array([40.0, 40.0, 2.0]), np.array([3.0, np.nan, np.nan])
    assert score.counted_received(received, answered).tolist() == [3, 5, 2]


def test_completions_are_shrunk_to_the_cohort_and_nothing_begun_is_nothing() -> None:
    found = score.completed(np.array([0.0, 1.0, 90.0]), np.array([0.0, 1.0, 100.0]))
    mean = 91 / 101
    assert found[0] == 0
    assert found[1] == pytest.approx((1 + 5 * mean) / 6)
    assert found[2] == pytest.approx(100 * (90 + 5 * mean) / 105)
    assert score.completed(np.zeros(2), np.zeros(2)).tolist() == [0, 0]


def test_people_seen_unlike_are_not_ranked_beside_each_other() -> None:
    assert score.comparable(np.array([0.9, 1.0]))
    assert not score.comparable(np.array([0.55, 1.0]))
    assert score.comparable(np.array([]))


def test_ranks_are_in_the_cohort_ties_share_and_alone_is_the_middle() -> None:
    found = score.ranked(
        np.array([0.1, 0.5, 0.5, 0.9, 0.3]), ["a basic", "a basic", "a basic", "a basic", "b vip"]
    )
    assert found.tolist() == [0.125, 0.5, 0.5, 0.875, 0.5]


def test_each_part_is_told_and_they_add_up() -> None:
    x = HALVES * 2
    x[1], x[5] = 0, np.nan
    found = score.parts(x, HALVES, SHARES)
    assert sum(part.adds or 0 for part in found) == pytest.approx(of(x).score[0])
    assert found[0].activity == "completions"
    assert found[0].told == (
        "completions: 10.0 once faded, half of full is 5.0; adds 0.133 of 0.20"
    )
    assert found[-2].told == "messages received: none lately; adds nothing of 0.10"
    assert found[-1].told == ("comments: not shown by this platform; 10% of the score is missing")


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(ValueError, match="under 0"):
        of(-HALVES)
    with pytest.raises(ValueError, match="above 0"):
        score.scored(np.ones((1, 9)), np.zeros(9), SHARES)
    with pytest.raises(ValueError, match="a row a person has 9"):
        score.scored(np.ones((1, 8)), HALVES, SHARES)
    with pytest.raises(ValueError, match="half-life"):
        score.faded(np.array([0]), np.array([1.0]), np.array([1.0]), people=1, half_life=0)


def test_activities_have_a_default_half_each() -> None:
    assert set(score.DEFAULT_HALVES) == set(ACTIVITIES)
