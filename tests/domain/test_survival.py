"""How long people stay: a published curve, cohorts with blanks, and the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.domain import survival

REMISSION = (6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35)
RELAPSED = (1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)


def test_the_curve_of_freireich_is_as_published() -> None:
    # Freireich et al. 1963, Blood 21:699 (6-MP), as in Cox and Oakes 1984, table 1.1.
    found = survival.curve(REMISSION, np.array(RELAPSED, dtype=bool))
    assert found.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert found.survival.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert found.median == 23
    assert found.at(0) == 1.0
    assert found.at(35) == pytest.approx(0.448, abs=5e-4)
    assert found.at(36) is None
    assert found.low[0] == pytest.approx(0.620, abs=1e-3)
    assert found.high[0] == pytest.approx(0.952, abs=1e-3)


def test_a_median_that_is_not_reached_is_none_and_all_gone_is_nothing() -> None:
    assert survival.curve([1, 2, 3, 4], np.array([True, False, False, False])).median is None
    gone = survival.curve([1, 2], np.array([True, True]))
    assert gone.survival.tolist() == [0.5, 0]
    assert (gone.low[-1], gone.high[-1], gone.median) == (0, 0, 1)


def test_nobody_and_nobody_gone_are_curves_too() -> None:
    nobody = survival.curve([], np.array([], dtype=bool))
    assert (nobody.people, nobody.times.size, nobody.at(0), nobody.median) == (0, 0, None, None)
    staying = survival.curve([5, 9], np.array([False, False]))
    assert (staying.at(9), staying.at(9.1), staying.median) == (1.0, None, None)


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=60))
def test_a_curve_falls_and_without_censoring_is_the_share_left(
    rows: list[tuple[int, bool]],
) -> None:
    tenure = [time for time, _ in rows]
    found = survival.curve(tenure, np.array([gone for _, gone in rows]))
    assert (np.diff(np.concatenate([[1.0], found.survival])) <= 0).all()
    assert ((found.low <= found.survival + 1e-12) & (found.survival <= found.high + 1e-12)).all()
    whole = survival.curve(tenure, np.ones(len(rows), dtype=bool))
    left = [sum(other > time for other in tenure) / len(rows) for time in whole.times]
    assert whole.survival == pytest.approx(left)


def test_mean_tenure_is_the_area_and_not_beyond_what_was_watched() -> None:
    found = survival.curve([2, 4, 4], np.array([True, True, False]))
    assert survival.expected_tenure(found, 4) == pytest.approx(2 + 2 * 2 / 3)
    assert survival.expected_tenure(found, 1) == 1
    with pytest.raises(ValueError, match="nobody was watched for 5"):
        survival.expected_tenure(found, 5)


def test_months_to_come_are_blank_and_a_month_without_payment_is_zero() -> None:
    person = np.array([*range(12), *range(6), 100, 100])
    month = np.array([*[3] * 12, *[5] * 6, 4, 9])
    first, second = survival.cohorts(person, month, 6)
    assert (first.month, first.people, first.active) == (3, 12, (12, 0, 6, 0))
    assert (second.month, second.active) == (4, (1, 0, 0, None))
    share = first.share(2)
    assert share is not None
    assert share.rate == 0.5
    assert first.share(7) is None
    assert second.share(0) is None


def test_a_month_paid_twice_is_one_and_no_months_are_no_cohorts() -> None:
    found = survival.cohorts(np.array([1, 1]), np.array([2, 2]), 2)
    assert found[0].active == (1,)
    assert survival.cohorts(np.array([], int), np.array([], int), 5) == ()
    assert survival.cohorts(np.array([1]), np.array([6]), 5) == ()


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 8)), max_size=80))
def test_cohorts_hold_everybody_once(rows: list[tuple[int, int]]) -> None:
    person, month = (np.array([row[n] for row in rows], dtype=int) for n in (0, 1))
    found = survival.cohorts(person, month, 8)
    assert sum(cohort.people for cohort in found) == len({one for one, _ in rows})
    assert sum(n or 0 for cohort in found for n in cohort.active) == len(set(rows))
