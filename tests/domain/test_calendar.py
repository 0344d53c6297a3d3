"""A slot is one instant of each day, in every zone, through every change of the clock."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from pydantic import ValidationError

from elite8.core.domain.calendar import Calendar, Slot
from elite8.core.errors import ConfigError

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
CALENDAR = json.loads((Path(__file__).parents[2] / "config/scheduler_config.json").read_text())
HALF_HOURS = [f"{hour:02}:{minute}" for hour in range(24) for minute in ("00", "30")]
NONE = timedelta(0)


def calendar(zone: str, *times: str) -> Calendar:
    same = {"networks": ["tiktok"], "late_minutes": 60, "missed": "skip"}
    slots = [{"name": f"slot_{n}", "time": t, **same} for n, t in enumerate(times)]
    return Calendar.model_validate({**CALENDAR, "zone": zone, "slots": slots})


def slot(at: str) -> Slot:
    return Slot(name="night", time=at, networks=("tiktok",), late_minutes=60, missed="skip")


@pytest.mark.parametrize(
    ("zone", "day", "at", "utc"),
    [
        ("America/New_York", date(2026, 3, 8), "02:30", "07:30"),  # skipped: 03:30 EDT
        ("America/New_York", date(2026, 11, 1), "01:30", "05:30"),  # twice: the first, EDT
        ("Europe/Berlin", date(2026, 3, 29), "02:30", "01:30"),  # skipped: 03:30 CEST
        ("Europe/Berlin", date(2026, 10, 25), "02:30", "00:30"),  # twice: the first, CEST
        ("America/Sao_Paulo", date(2018, 11, 4), "00:00", "03:00"),  # midnight was skipped
        ("Asia/Tokyo", date(2026, 11, 24), "08:00", "23:00"),
    ],
)
def test_a_changed_clock_moves_a_slot_by_the_gap_or_means_the_first(
    zone: str, day: date, at: str, utc: str
) -> None:
    found = slot(at).on(day, ZoneInfo(zone))
    assert (found.tzinfo, found.strftime("%H:%M")) == (UTC, utc)


def changes(zone: ZoneInfo) -> Iterator[date]:
    """Yield the days on which the clock there changes, and the days after them."""
    noons = (datetime(2024, 12, 31, 12, tzinfo=zone) + timedelta(days=n) for n in range(4020))
    for yesterday, noon in pairwise(noons):
        if yesterday.utcoffset() != noon.utcoffset():
            yield from (noon.date(), noon.date() + timedelta(days=1))


@pytest.mark.parametrize("name", ZONES)
def test_through_ten_years_each_slot_is_once_a_day_and_where_it_should_be(name: str) -> None:
    zone = ZoneInfo(name)
    slots = [(slot(at), time.fromisoformat(at)) for at in HALF_HOURS]
    for day in changes(zone):
        for each, at in slots:
            found = each.on(day, zone)
            wall = found.astimezone(zone)
            meant = datetime.combine(day, at, zone)
            gap = (meant.replace(fold=1).utcoffset() or NONE) - (meant.utcoffset() or NONE)
            assert wall.replace(tzinfo=None) - meant.replace(tzinfo=None) == max(gap, NONE)
            assert wall.fold == 0
            assert found < each.on(day + timedelta(days=1), zone)


def test_the_next_slot_is_later_than_now() -> None:
    tokyo = calendar("Asia/Tokyo", "08:00")
    before = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)
    assert tokyo.next("slot_0", before) == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    at = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert tokyo.next("slot_0", at) == at + timedelta(days=1)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"zone": "Asia/Tokio"}, "no time zone 'Asia/Tokio'"),
        ({"zone": "../etc/passwd"}, "no time zone"),
        ({"slots": []}, "at least 1"),
    ],
)
def test_a_calendar_that_means_nothing_is_refused(changed: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Calendar.model_validate(calendar("UTC", "08:00").model_dump() | changed)


def test_a_time_twice_and_a_time_that_is_none_are_refused() -> None:
    with pytest.raises(ValidationError, match="same time"):
        calendar("UTC", "08:00", "08:00")
    with pytest.raises(ValidationError, match="pattern"):
        calendar("UTC", "24:00")


def test_a_slot_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match="no slot 'dawn'; choose slot_0, slot_1"):
        calendar("UTC", "08:00", "09:00").named("dawn")
