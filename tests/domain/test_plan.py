"""Turns: everybody appears evenly, no limit is broken, and any two plannings agree."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elite8.core.config import Config
from elite8.core.domain.calendar import Calendar, Slot
from elite8.core.domain.plan import Place, Taken, days

CONFIG = Config(Path(__file__).parents[2] / "config")
EIGHT = tuple(one.id for one in CONFIG.roster.characters)
START = date(2026, 12, 1)


def planned(
    first: date = START, count: int = 30, taken: Taken | None = None, by_lot: float = 0.1
) -> tuple[Place, ...]:
    rules = CONFIG.calendar.model_copy(update={"by_lot": by_lot})
    return days(rules, EIGHT, first, count, taken or {})


def test_the_month_of_the_mission_is_even() -> None:
    found = planned(by_lot=0)
    assert set(Counter(place.character for place in found).values()) == {30}
    slots = Counter((place.character, place.slot) for place in found)
    assert max(slots.values()) - min(slots.values()) <= 2
    networks = Counter((place.character, name) for place in found for name in place.networks)
    assert max(networks.values()) - min(networks.values()) <= 2


def test_no_limit_is_broken_and_each_is_reached() -> None:
    found = planned()
    a_day = Counter((place.day, name) for place in found for name in place.networks)
    assert set(a_day.values()) == {5}
    weeks = Counter((place.character, place.day.isocalendar()[:2]) for place in found)
    assert max(weeks.values()) == 7
    lacking = [place for place in found if place.bound]
    assert {place.slot for place in lacking} == {"night"}
    assert all("has 5 posts that day" in why for place in lacking for why in place.bound)


def test_a_share_of_the_places_is_given_by_lot_and_nobody_appears_more_or_less_often() -> None:
    found, turns = planned(count=400), planned(count=400, by_lot=0)
    assert 0.07 < sum(place.by_lot for place in found) / len(found) < 0.13
    assert not any(place.by_lot for place in turns)
    for key in ("day", "slot"), ("day", "character"):
        asked = [Counter(tuple(getattr(one, k) for k in key) for one in f) for f in (found, turns)]
        assert asked[0] == asked[1]
    assert len({place.key for place in found}) == len(found)
    moved = {place.turn for place in found} == {place.turn for place in turns}
    assert moved


def test_what_is_ordered_by_hand_takes_places() -> None:
    found = planned(count=1, taken={(START, "tiktok"): 4})
    assert sum("tiktok" in place.networks for place in found) == 1


@given(st.integers(0, 900), st.integers(1, 40), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_two_plannings_agree_where_they_overlap(start: int, count: int, later: int) -> None:
    first = START + timedelta(days=start)
    one = planned(first, count + later)
    other = planned(first + timedelta(days=later), count)
    assert [place for place in one if place.day >= first + timedelta(days=later)] == [*other]


TIMES = [f"{hour:02}:00" for hour in range(24)]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    times = draw(st.lists(st.sampled_from(TIMES), min_size=1, max_size=6, unique=True))
    where = st.lists(
        st.sampled_from(["tiktok", "instagram", "youtube"]), min_size=1, max_size=3, unique=True
    )
    slots = [
        Slot(name=f"s{n}", time=at, networks=tuple(draw(where)), late_minutes=60, missed="skip")
        for n, at in enumerate(times)
    ]
    return CONFIG.calendar.model_copy(
        update={
            "slots": tuple(slots),
            "characters_per_slot": draw(st.integers(1, 4)),
            "per_network_a_day": draw(st.integers(1, 8)),
            "per_character_a_week": draw(st.integers(1, 9)),
        }
    )


@given(calendars(), st.integers(1, 8), st.integers(0, 400))
@settings(max_examples=100, deadline=None)
def test_any_calendar_keeps_its_limits(calendar: Calendar, performers: int, start: int) -> None:
    found = days(calendar, EIGHT[:performers], START + timedelta(days=start), 14, {})
    a_day = Counter((place.day, name) for place in found for name in place.networks)
    assert all(count <= calendar.per_network_a_day for count in a_day.values())
    weeks = Counter((place.character, place.day.isocalendar()[:2]) for place in found)
    assert all(count <= calendar.per_character_a_week for count in weeks.values())
    keys = [place.key for place in found]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("per_slot", [1, 2, 3])
@pytest.mark.parametrize("slots", [1, 3, 4])
def test_turns_are_even_over_time_whatever_the_calendar(per_slot: int, slots: int) -> None:
    chosen = CONFIG.calendar.model_copy(
        update={
            "slots": CONFIG.calendar.slots[:slots],
            "characters_per_slot": per_slot,
            "per_character_a_week": 50,
            "per_network_a_day": 50,
        }
    )
    found = days(chosen, EIGHT, START, 56, {})
    counts = Counter(place.character for place in found)
    assert max(counts.values()) - min(counts.values()) <= 2
    each = Counter((place.character, place.slot) for place in found)
    average = 56 * per_slot / 8
    assert all(abs(count - average) <= max(3, average / 2) for count in each.values())
