"""What makes people leave: planted weights are found, too little is said, time is split."""

import numpy as np
import pytest

from elite8.core.domain import hazard
from elite8.core.domain.arrays import Flags
from elite8.core.domain.fitting import TooLittleData

NAMES = ("engagement", "price")


def planted(seed: int, n: int = 3000) -> tuple[hazard.Table, Flags]:
    rng = np.random.default_rng(seed)
    features = np.column_stack([rng.beta(2, 3, n), rng.choice([6.9, 7.6, 8.5], n)])
    logit = -3 - 2.5 * features[:, 0] + 0.3 * features[:, 1]
    return features, rng.random(n) < 1 / (1 + np.exp(-logit))


def test_planted_weights_are_in_their_intervals() -> None:
    found = hazard.fitted(*planted(1), NAMES)
    true = {"constant": -3, "engagement": -2.5, "price": 0.3}
    assert [driver.name for driver in found.drivers] == list(true)
    assert all(driver.low < true[driver.name] < driver.high for driver in found.drivers)
    assert found.renewals == 3000


def test_foretold_leavers_sum_to_those_who_left() -> None:
    features, left = planted(2)
    found = hazard.fitted(features, left, NAMES)
    assert found.leaving(features).sum() == pytest.approx(left.sum())
    assert found.left == left.sum()


def test_two_groups_are_the_odds_ratio_with_its_textbook_interval() -> None:
    # ad/bc with Woolf's interval (1955): 60 of 200 against 30 of 200.
    group = np.repeat([1.0, 0.0], 200)[:, np.newaxis]
    left = np.array([True] * 60 + [False] * 140 + [True] * 30 + [False] * 170)
    found = hazard.fitted(group, left, ("group",)).drivers[1]
    reach = 1.959964 * np.sqrt(1 / 60 + 1 / 140 + 1 / 30 + 1 / 170)
    assert found.weight == pytest.approx(np.log(60 * 170 / (140 * 30)))
    assert found.lowest < found.low < found.high < found.highest
    assert (found.low, found.high) == pytest.approx((found.weight - reach, found.weight + reach))


def test_the_order_of_rows_says_nothing() -> None:
    features, left = planted(3)
    order = np.random.default_rng(0).permutation(left.size)
    one, other = (
        hazard.fitted(features, left, NAMES),
        hazard.fitted(features[order], left[order], NAMES),
    )
    assert [d.weight for d in one.drivers] == pytest.approx([d.weight for d in other.drivers])


def short(n: int) -> tuple[hazard.Table, Flags]:
    features, left = planted(4)
    return features[:n], left[:n]


def test_too_few_renewals_or_leavers_are_said() -> None:
    with pytest.raises(TooLittleData, match="199 renewals; 200 are needed"):
        hazard.fitted(*short(199), NAMES)
    features, left = planted(4)
    with pytest.raises(TooLittleData, match="0 left or stayed; 30 are needed of each"):
        hazard.fitted(features, np.zeros_like(left), NAMES)
    with pytest.raises(TooLittleData, match="0 renewals"):
        hazard.fitted(np.empty((0, 2)), np.array([], dtype=bool), NAMES)


def test_a_feature_that_never_varies_is_named() -> None:
    features, left = planted(5)
    features[:, 1] = 9.99
    with pytest.raises(TooLittleData, match="price never varies"):
        hazard.fitted(features, left, NAMES)


def test_a_feature_that_parts_leavers_from_stayers_is_named() -> None:
    features, left = planted(6)
    features[:, 1] = left
    with pytest.raises(TooLittleData, match="price parts who left"):
        hazard.fitted(features, left, NAMES)


def test_features_that_say_the_same_or_are_unknown_are_refused() -> None:
    features, left = planted(7)
    features[:, 1] = features[:, 0] * 2
    with pytest.raises(TooLittleData, match="some say the same thing"):
        hazard.fitted(features, left, NAMES)
    features[0, 0] = np.nan
    with pytest.raises(ValueError, match="all known"):
        hazard.fitted(features, left, NAMES)


def test_learning_is_from_earlier_days_and_no_day_is_in_both() -> None:
    day = np.array([5, 1, 2, 2, 2, 3, 4, 9, 9, 9])
    early = hazard.split(day, share=0.35)
    assert sorted(day[early]) == [1, 2, 2, 2]
    assert day[early].max() < day[~early].min()
    assert hazard.split(np.array([], dtype=np.int64)).size == 0
    assert hazard.split(np.array([3])).tolist() == [True]


def test_a_fit_that_does_not_settle_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hazard, "STEPS", 1)
    with pytest.raises(TooLittleData, match="does not settle"):
        hazard.fitted(*planted(8), NAMES)
