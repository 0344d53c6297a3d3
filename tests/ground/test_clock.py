"""A clock that goes faster than time, written down and read again; names of zones."""

from datetime import UTC, datetime, timedelta

import pytest

from elite8.core.clock import FastClock, fast_clock, utc_now, zone_of

BEGINS = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
SINCE = datetime(2026, 11, 24, 0, 0, 0, 250000, tzinfo=UTC)
CLOCK = FastClock(begins=BEGINS, pace=60, since=SINCE)


def test_it_goes_as_fast_as_it_says() -> None:
    real = SINCE + timedelta(minutes=24)
    assert CLOCK.shows(real) == BEGINS + timedelta(days=1)
    assert CLOCK.real(BEGINS + timedelta(days=1)) == real


def test_now_is_between_what_it_showed_before_and_after() -> None:
    before = CLOCK.shows(utc_now())
    assert before <= CLOCK() <= CLOCK.shows(utc_now())


def test_it_is_read_as_it_was_written() -> None:
    assert fast_clock(str(CLOCK)) == CLOCK


@pytest.mark.parametrize(
    "text",
    [
        "noon",
        "2026-03-08T06:30:00 x60 since 2026-11-24T00:00:00+00:00",
        "2026-03-08T06:30:00+00:00 x0 since 2026-11-24T00:00:00+00:00",
        "2026-03-08T06:30:00+00:00 x1.2.3 since 2026-11-24T00:00:00+00:00",
        "2026-03-08T06:30:00+00:00 x60 since tomorrow",
    ],
)
def test_anything_else_is_no_clock(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        fast_clock(text)


@pytest.mark.parametrize(
    "name", ["a" + "/b" * 1500, "Asia/" + "Tokyo/" * 900, "../../etc", "Mars", "", "\0"]
)
def test_a_name_of_no_zone_is_told_however_it_is_made(name: str) -> None:
    """Python looks for each part of it in a call within the last one."""
    with pytest.raises(ValueError, match="no time zone"):
        zone_of(name)
