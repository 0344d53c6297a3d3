"""A share of people: Wilson's interval, and what is told of few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.domain.share import Share


def test_wilsons_interval_is_that_of_newcombe() -> None:
    # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
    rows = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (count, of), bounds in rows.items():
        assert Share(count, of).interval() == pytest.approx(bounds, abs=5e-5)


def test_nobody_has_no_rate_and_may_be_anything() -> None:
    assert Share(0, 0).rate is None
    assert Share(0, 0).interval() == (0.0, 1.0)
    assert Share(20, 20).interval()[1] == 1.0


def test_few_are_not_told_some_with_an_interval_and_many_without() -> None:
    assert Share(3, 9).told == "not told: fewer than 10 people"
    assert Share(1, 20).told == "5.0% (1 of 20), between 0.9% and 23.6%"
    assert Share(18, 180).told == "10.0% (18 of 180)"


@pytest.mark.parametrize(("count", "of"), [(-1, 5), (6, 5)])
def test_no_share_is_refused(count: int, of: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        Share(count, of)


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_rate_is_in_its_interval(count: int, more: int) -> None:
    one = Share(count, count + more)
    low, high = one.interval()
    assert 0 <= low <= high <= 1
    if one.rate is not None:
        assert low - 1e-12 <= one.rate <= high + 1e-12
