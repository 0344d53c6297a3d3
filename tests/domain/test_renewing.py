"""Who renews: both published cohorts to the printed digits, a planted one, and the edges."""

import numpy as np
import pytest

from elite8.core.domain import renewing
from elite8.core.domain.fitting import TooLittleData
from elite8.core.domain.renewing import Renewal

HIGH = (0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491)
REGULAR = (0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241)


def cohort(survival: tuple[float, ...]) -> Renewal:
    there = np.array([1, *survival]) * 1000
    lost = np.concatenate([[0], -np.diff(there)])
    kept = np.zeros(there.size)
    kept[-1] = there[-1]
    return renewing.fitted_to_counts(lost, kept)


@pytest.mark.parametrize(
    ("survival", "alpha", "beta", "later"),
    [
        (HIGH, 0.668, 3.806, [0.460, 0.436, 0.414, 0.395, 0.378]),
        (REGULAR, 0.704, 1.182, [0.220, 0.204, 0.191, 0.180, 0.170]),
    ],
)
def test_a_published_cohort_is_fitted_and_goes_on_as_published(
    survival: tuple[float, ...], alpha: float, beta: float, later: list[float]
) -> None:
    found = cohort(survival)
    assert (round(found.alpha, 3), round(found.beta, 3)) == (alpha, beta)
    assert found.survival([8, 9, 10, 11, 12]).round(3).tolist() == later


def test_what_is_left_before_the_eighth_renewal_is_as_published() -> None:
    assert round(float(cohort(HIGH).left(8, rate=0.1)[0]), 3) == 7.530


def test_what_is_left_is_the_sum_it_stands_for() -> None:
    found = Renewal(alpha=0.668, beta=3.806)
    t = np.arange(8.0, 3000)
    share = found.survival(t) / found.survival(7)
    assert found.left(8, rate=0.1)[0] == pytest.approx((share * 1.1 ** -(t - 8)).sum())


def test_survival_begins_whole_and_is_the_product_of_retention_which_rises() -> None:
    found = Renewal(alpha=0.704, beta=1.182)
    kept = found.retention(np.arange(1.0, 13))
    assert found.survival(0)[0] == 1
    assert found.survival(12)[0] == pytest.approx(kept.prod())
    assert (np.diff(kept) > 0).all()


def test_people_and_counts_say_the_same() -> None:
    tenure = [1] * 20 + [2] * 8 + [3] * 22
    ended = [True] * 32 + [False] * 18
    one = renewing.fitted(tenure, np.array(ended))
    counts = renewing.fitted_to_counts([0, 20, 8, 4], [0, 0, 0, 18])
    assert (one.alpha, one.beta) == pytest.approx((counts.alpha, counts.beta))
    assert one.people == 50


def test_a_planted_cohort_with_people_who_came_later_is_recovered() -> None:
    rng = np.random.default_rng(5)
    leaves = rng.geometric(rng.beta(0.9, 3.0, 20_000))
    watched = rng.integers(0, 13, leaves.size)
    found = renewing.fitted(np.minimum(leaves, watched), leaves <= watched)
    assert found.alpha == pytest.approx(0.9, rel=0.1)
    assert found.beta == pytest.approx(3.0, rel=0.1)


@pytest.mark.parametrize(
    ("tenure", "ended", "why"),
    [
        ([], [], "0 left; 10 are needed"),
        ([6] * 500, [False] * 500, "0 left"),
        ([1], [True], "1 left"),
        ([1] * 50, [True] * 50, "says nothing of the next"),
    ],
)
def test_too_little_is_said(tenure: list[int], ended: list[bool], why: str) -> None:
    with pytest.raises(TooLittleData, match=why):
        renewing.fitted(tenure, np.array(ended, dtype=bool))


def test_people_who_do_not_differ_renew_at_one_rate() -> None:
    found = renewing.fitted_to_counts([0, 500, 250, 125], [0, 0, 0, 125])
    assert found.retention([1, 20]) == pytest.approx([0.5, 0.5], abs=0.01)


def test_the_slope_is_that_of_the_likelihood() -> None:
    lost, kept = np.array([0.0, 30, 12, 7]), np.array([5.0, 4, 3, 20])
    at, aside = np.array([0.7, 1.2]), 1e-6 * np.eye(2)
    seen = [
        (renewing.log_likelihood(at + a, lost, kept) - renewing.log_likelihood(at - a, lost, kept))
        / 2e-6
        for a in aside
    ]
    assert renewing.gradient(at, lost, kept) == pytest.approx(seen, rel=1e-6)


def test_leaving_that_grows_with_time_is_no_such_cohort() -> None:
    with pytest.raises(TooLittleData, match="does not say"):
        renewing.fitted_to_counts([0, 200, 300, 400], [0, 0, 0, 100])


@pytest.mark.parametrize(("tenure", "ended"), [([0], [True]), ([1.5], [False])])
def test_tenure_that_cannot_be_is_refused(tenure: list[float], ended: list[bool]) -> None:
    with pytest.raises(ValueError, match="whole periods"):
        renewing.fitted(tenure, np.array(ended))


def test_what_is_left_needs_a_discount() -> None:
    with pytest.raises(ValueError, match="not above 0"):
        Renewal(alpha=1, beta=1).left(1, rate=0)
