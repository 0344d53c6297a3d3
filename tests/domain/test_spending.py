"""What a purchase is worth: Gamma-Gamma of CDNOW to the printed digits, and the edges."""

import numpy as np
import pytest

from elite8.core.domain import spending
from elite8.core.domain.fitting import TooLittleData
from elite8.core.domain.spending import Spending
from tests.domain.purchases import cdnow

PAPER = Spending(p=6.25, q=3.74, v=15.44)


def test_gamma_gamma_of_cdnow_is_that_of_fader_and_hardie() -> None:
    raw = cdnow()
    found = spending.fitted(raw.seen.frequency, raw.average)
    assert found.people == 946
    assert round(found.p, 2) == 6.25
    assert found.q == pytest.approx(3.74, abs=0.006)
    assert found.v == pytest.approx(15.44, abs=0.01)
    assert found.log_likelihood == pytest.approx(-4055.9, abs=0.1)


def test_the_unit_of_money_changes_only_v() -> None:
    raw = cdnow()
    dollars = spending.fitted(raw.seen.frequency, raw.average)
    cents = spending.fitted(raw.seen.frequency, raw.average * 100)
    assert (cents.p, cents.q, cents.v / 100) == pytest.approx((dollars.p, dollars.q, dollars.v))


def test_who_bought_never_is_the_mean_of_all_and_who_bought_often_their_own() -> None:
    everyone = 6.25 * 15.44 / 2.74
    found = PAPER.mean([0, 1, 10_000], [0, 80, 80])
    assert found[0] == pytest.approx(everyone)
    assert everyone < found[1] < 80
    assert found[2] == pytest.approx(80, rel=1e-3)


def test_a_mean_that_does_not_exist_is_infinite_and_not_negative() -> None:
    assert Spending(p=0.5, q=0.9, v=1).mean([0, 5], [0, 2]).tolist() == pytest.approx(
        [np.inf, 0.5 * 11 / 2.4]
    )


def test_how_often_and_how_much_go_together_little_in_cdnow() -> None:
    raw = cdnow()
    bought = raw.seen.frequency > 0
    found = spending.link(raw.seen.frequency[bought], raw.average[bought])
    assert found is not None
    assert found.r == pytest.approx(0.114, abs=0.001)
    assert found.low < found.r < found.high
    assert not found.warns


def test_a_planted_link_warns_and_where_there_is_none_to_see_it_is_none() -> None:
    times = np.arange(1.0, 101)
    found = spending.link(times, times * 2 + np.sin(times) * 40 + 50)
    assert found is not None
    assert found.warns
    assert spending.link([1, 2, 3], [1, 2, 3]) is None
    assert spending.link([2] * 50, list(range(50))) is None


@pytest.mark.parametrize(
    ("times", "average", "why"),
    [
        ([], [], "0 buyers; 30 are needed"),
        ([3], [20], "1 buyers"),
        ([0] * 100, [0] * 100, "0 buyers"),
        ([2] * 100, [9.99] * 100, "all spend the same"),
    ],
)
def test_too_little_is_said(times: list[float], average: list[float], why: str) -> None:
    with pytest.raises(TooLittleData, match=why):
        spending.fitted(times, average)
