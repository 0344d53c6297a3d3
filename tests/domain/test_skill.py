"""How good foretold chances were: each number by hand, and the edges."""

import numpy as np
import pytest

from elite8.core.domain import skill
from elite8.core.domain.skill import Skill


def of(chance: list[float], left: list[int]) -> Skill:
    return skill.measured(chance, np.array(left, dtype=bool))


def test_brier_and_auc_are_those_worked_out_by_hand() -> None:
    found = of([0.9, 0.6, 0.6, 0.1], [1, 1, 0, 0])
    assert found.brier == pytest.approx((0.01 + 0.16 + 0.36 + 0.01) / 4)
    assert found.auc == pytest.approx((1 + 1 + 0.5 + 1) / 4)


def test_lift_is_of_the_first_tenth_and_shares_ties_at_its_edge() -> None:
    assert of([0.9, *[0.1] * 9], [1, 1, *[0] * 8]).lift == pytest.approx(5)
    assert of([0.5] * 20, [1] * 5 + [0] * 15).lift == pytest.approx(1)


def test_the_interval_of_the_auc_is_hanleys_and_mcneils() -> None:
    # Their example: 0.893 with 51 ill and 58 healthy has the standard error 0.032.
    found = Skill(people=109, left=51, brier=0.0, slope=None, intercept=None, auc=0.893, lift=None)
    assert found.auc_low == pytest.approx(0.893 - 1.96 * 0.032, abs=0.002)
    assert of([], []).auc_low is None


def planted(bold: float, high: float) -> Skill:
    rng = np.random.default_rng(1)
    logit = rng.normal(-1, 1, 40_000)
    left = rng.random(logit.size) < 1 / (1 + np.exp(-logit))
    return skill.measured(1 / (1 + np.exp(-(high + bold * logit))), left)


def test_true_chances_have_slope_one_and_intercept_nothing() -> None:
    found = planted(1, 0)
    assert found.slope == pytest.approx(1, abs=0.05)
    assert found.intercept == pytest.approx(0, abs=0.05)


def test_chances_that_are_too_bold_have_a_slope_under_one() -> None:
    found = planted(2, 0.5)
    assert found.slope == pytest.approx(0.5, abs=0.03)
    assert found.brier > planted(1, 0).brier
    assert planted(1, 0).auc == pytest.approx(found.auc)


def test_where_nothing_can_be_said_it_is_none() -> None:
    nobody = of([], [])
    assert (nobody.people, nobody.auc, nobody.lift, nobody.slope) == (0, None, None, None)
    stayed = of([0.2, 0.3], [0, 0])
    assert stayed.auc is stayed.lift is stayed.slope is None
    one = of([0.3] * 10, [1] * 3 + [0] * 7)
    assert (one.slope, one.auc) == (None, 0.5)
    assert of([0.1] * 5 + [0.9] * 5, [0] * 5 + [1] * 5).slope is None


def test_a_model_is_used_only_where_it_beats_the_rules_in_everything() -> None:
    good, bad = of([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0]), of([0.5, 0.6, 0.55, 0.5], [1, 1, 0, 0])
    assert good.beats(bad)
    assert not bad.beats(good)
    assert not good.beats(good)
    assert not good.beats(of([], []))


def test_a_chance_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="above 1"):
        of([1.1], [1])
