"""Times gone by, as a person writes them, also where the clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from elite8.core.domain.wall import instant_past

BERLIN, TOKYO, NEW_YORK = (
    ZoneInfo(name) for name in ("Europe/Berlin", "Asia/Tokyo", "America/New_York")
)
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)  # a Thursday


def utc(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "then"),
    [
        ("Fri 03:00", "2026-11-19 18:00"),
        ("friday 03:00", "2026-11-19 18:00"),
        ("Thu 20:59", "2026-11-26 11:59"),
        ("THU 21:01", "2026-11-19 12:01"),
        ("Thu 21:00", "2026-11-26 12:00"),
        ("03:00", "2026-11-25 18:00"),
        ("3:00", "2026-11-25 18:00"),
        ("22:00", "2026-11-25 13:00"),
        ("today 08:00", "2026-11-25 23:00"),
        ("yesterday 22:00", "2026-11-25 13:00"),
        ("2026-11-26 03:00", "2026-11-25 18:00"),
        ("2026-11-26T03:00", "2026-11-25 18:00"),
        ("2026-11-26 03:00:30", "2026-11-25 18:00:30"),
        ("2026-11-26", "2026-11-25 15:00"),
        ("2026-11-26 03:00Z", "2026-11-26 03:00"),
        ("2026-11-26 03:00+01:00", "2026-11-26 02:00"),
        ("-2h", "2026-11-26 10:00"),
        ("-90m", "2026-11-26 10:30"),
        ("-1d12h", "2026-11-25 00:00"),
        (" -2h ", "2026-11-26 10:00"),
    ],
)
def test_a_time_in_the_operators_zone(written: str, then: str) -> None:
    assert instant_past(written, TOKYO, NOW) == utc(then)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("tomorrow 03:00", "names no day"),
        ("Fr 03:00", "names no day"),
        ("noon", "is no time"),
        ("", "is no time"),
        ("24:00", "no time of the day"),
        ("Fri 12:60", "no time of the day"),
        ("today 23:00", "has not been yet"),
        ("2026-11-27", "has not been yet"),
        ("2026-13-01", "is no time"),
        ("0001-01-01", "is no time"),
        ("-2", "no length of time"),
        ("--2h", "no length of time"),
        ("-999d", "more than a year"),
    ],
)
def test_what_is_no_time_gone_by_says_so(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        instant_past(written, TOKYO, NOW)


def test_a_time_that_the_clock_skipped_is_later_by_the_gap() -> None:
    after = utc("2026-03-29 12:00")
    assert instant_past("Sun 02:30", BERLIN, after) == utc("2026-03-29 01:30")
    assert instant_past("2026-03-29 02:30", BERLIN, after) == utc("2026-03-29 01:30")


def test_a_time_that_the_clock_showed_twice_is_the_first() -> None:
    after = utc("2026-10-25 12:00")
    assert instant_past("Sun 02:30", BERLIN, after) == utc("2026-10-25 00:30")
    assert instant_past("2026-11-01 01:30", NEW_YORK, utc("2026-11-02 00:00")) == utc(
        "2026-11-01 05:30"
    )


def test_between_the_two_the_first_is_gone_by() -> None:
    between = utc("2026-10-25 00:45")  # 02:45 for the first time
    assert instant_past("02:30", BERLIN, between) == utc("2026-10-25 00:30")


def test_a_day_back_over_a_change_is_the_same_time_on_the_wall() -> None:
    monday = utc("2026-10-26 07:00")
    assert instant_past("Sat 08:00", BERLIN, monday) == utc("2026-10-24 06:00")
    assert instant_past("-2d", BERLIN, monday) == monday - timedelta(hours=48)
