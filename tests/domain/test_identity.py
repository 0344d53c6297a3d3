"""Ids sort by time and never repeat."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from elite8.core.domain.identity import encode, new_id
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_later_ids_sort_after_earlier_ones() -> None:
    made = [new_id(NOW + timedelta(milliseconds=n)) for n in range(200)]
    assert made == sorted(made)
    assert {len(one) for one in made} == {26}


def test_ids_of_one_millisecond_rise_and_differ() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: new_id(NOW), range(2000)))
    assert len(set(made)) == 2000


def test_a_clock_that_steps_back_does_not_bring_ids_back() -> None:
    first = new_id(NOW + timedelta(days=1))
    assert new_id(NOW) > first


@given(st.integers(0, 2**128 - 1), st.integers(0, 2**128 - 1))
def test_the_text_sorts_like_the_number(a: int, b: int) -> None:
    assert (encode(a) < encode(b)) == (a < b)
