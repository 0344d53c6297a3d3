"""Money that comes back: movements to the cent, churn by its names, and worth."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.domain import recurring
from elite8.core.domain.renewing import Renewal
from elite8.core.domain.share import Share

BEFORE = np.array([999, 999, 1999, 4999, 0, 0, 0])
AFTER = np.array([999, 0, 4999, 1999, 999, 1999, 0])
EVER = np.array([True, True, True, True, False, True, False])


def test_every_movement_has_its_name_and_they_add_up() -> None:
    found = recurring.movements(BEFORE, AFTER, EVER)
    assert (found.start, found.end) == (8996, 10_995)
    assert (found.new, found.reactivation) == (999, 1999)
    assert (found.expansion, found.contraction, found.churned) == (3000, 3000, 999)
    assert found.customers.rate == 0.25
    assert found.per_customer == 10_995 / 5


def test_each_churn_is_what_its_name_says() -> None:
    found = recurring.movements(BEFORE, AFTER, EVER)
    assert found.gross_churn == pytest.approx((999 + 3000) / 8996)
    assert found.net_churn == pytest.approx((999 + 3000 - 3000 - 1999) / 8996)
    assert found.net_retention == pytest.approx((8996 + 3000 - 3000 - 999) / 8996)
    assert found.gross_retention == pytest.approx((8996 - 3000 - 999) / 8996)


def test_without_a_start_there_is_no_rate() -> None:
    nobody = np.array([], dtype=np.int64)
    found = recurring.movements(nobody, nobody, np.array([], dtype=bool))
    assert found.gross_churn is found.net_churn is found.net_retention is None
    assert found.gross_retention is found.per_customer is found.customers.rate is None


PRICES = st.sampled_from([0, 0, 1, 833, 999, 1999, 4999, 10**9])


@given(st.lists(st.tuples(PRICES, PRICES, st.booleans()), min_size=1, max_size=80))
def test_movements_reconcile_to_the_cent(rows: list[tuple[int, int, bool]]) -> None:
    before, after = (np.array([row[n] for row in rows], dtype=np.int64) for n in (0, 1))
    found = recurring.movements(before, after, np.array([row[2] for row in rows]))
    gained = found.new + found.reactivation + found.expansion
    assert found.start + gained - found.contraction - found.churned == found.end
    assert found.kept == found.start - found.contraction - found.churned
    if found.gross_retention is not None and found.gross_churn is not None:
        assert 0 <= found.gross_retention <= 1
        assert found.gross_retention + found.gross_churn == pytest.approx(1)


@given(st.lists(st.lists(PRICES, min_size=5, max_size=5), min_size=2, max_size=8))
def test_the_end_of_a_month_is_the_start_of_the_next(months: list[list[int]]) -> None:
    ever, total = np.zeros(5, dtype=bool), sum(months[0])
    for before, after in pairwise(months):
        ever |= np.array(before) > 0
        found = recurring.movements(np.array(before), np.array(after), ever)
        assert found.start == total
        total = found.end


def test_a_years_price_is_a_twelfth_to_the_nearest_halves_to_even() -> None:
    paid, months = np.array([9990, 999, 0, 3, 9, 10]), np.array([12, 1, 1, 2, 6, 4])
    assert recurring.monthly(paid, months).tolist() == [832, 999, 0, 2, 2, 2]
    with pytest.raises(ValueError, match="under a month"):
        recurring.monthly(np.array([1]), np.array([0]))


@pytest.mark.parametrize("wrong", [np.array([-1]), np.array([9.99])])
def test_amounts_that_are_not_whole_units_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="whole minor units"):
        recurring.movements(np.array([1]), wrong, np.array([True]))


def test_a_lifetime_is_summed_to_its_horizon_and_says_so() -> None:
    share = Renewal(alpha=0.668, beta=3.806).survival(np.arange(12.0))
    found = recurring.lifetime_value(800, share, discount=0.01, method="sBG")
    assert found.amount == pytest.approx(sum(800 * s / 1.01**k for k, s in enumerate(share)))
    assert found.told == "sBG, over 12 periods, 1.0% discount a period"


def test_revenue_by_churn_understates_who_stays_long() -> None:
    found = Renewal(alpha=0.668, beta=3.806)
    first = 1 - found.retention(1)[0]
    true = recurring.lifetime_value(
        1, found.survival(np.arange(240.0)), discount=0.0, method="sBG"
    ).amount
    assert true > 2 / first


def test_what_is_left_and_what_buyers_are_worth() -> None:
    found = recurring.residual_value(800, 7.53, discount=0.1)
    assert found.amount == pytest.approx(6024)
    assert found.told == "sBG, renewals left, without a horizon, 10.0% discount a period"
    assert recurring.buyer_value(np.array([1.2]), np.array([30.0]), margin=0.8) == pytest.approx(
        28.8
    )


@pytest.mark.parametrize("share", [[], [1, 0.5, 0.6], [1.2]])
def test_survival_that_cannot_be_is_refused(share: list[float]) -> None:
    with pytest.raises(ValueError, match="survival"):
        recurring.lifetime_value(1, share, discount=0, method="sBG")


def test_a_discount_under_nothing_and_movements_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="discount is under 0"):
        recurring.lifetime_value(1, [1], discount=-0.1, method="sBG")
    with pytest.raises(ValueError, match="add up"):
        recurring.Movements(
            start=1,
            new=1,
            reactivation=0,
            expansion=0,
            contraction=0,
            churned=0,
            end=3,
            kept=1,
            customers=Share(0, 1),
            paying=2,
        )
