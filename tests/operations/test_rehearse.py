"""Rehearsals: the real operations play days ahead, and nothing is out twice or touched outside."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from elite8.cli import output, rehearsal_page
from elite8.core.clock import utc_now
from elite8.core.config import Config
from elite8.core.domain.fault import SCENARIOS, Faults, scenario
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError
from elite8.core.operations import agenda, entries, finish, plan, publish, rehearse
from elite8.core.parsing import parse
from elite8.core.studio import Studio
from tests.cases import also
from tests.films import lay

pytestmark = pytest.mark.media
FIRST = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def master(studio: Studio, filmed: Path, tmp_path: Path) -> Iterator[Video]:
    """A finished video that stands for all of a rehearsal."""
    state = tmp_path / "filmed"
    lay(filmed, state)
    address = SecretStr(f"sqlite:///{state}/elite8.db")
    where = {"state_dir": state, "database_url": address}
    opened = replace(studio, settings=studio.settings.model_copy(update=where))
    found = publish.finished(opened, "latest")
    now = replace(opened, clock=utc_now)
    vars(now)["verified"] = studio.verified
    finish.verified(now, Path(found.path), found.sha256)  # once for all rehearsals
    yield found
    opened.database.close()


@pytest.fixture(scope="module")
def storms() -> dict[int, rehearse.Rehearsal]:
    """Rehearsals in a storm by their seeds, for all who look at one."""
    return {}


def in_a_storm(
    studio: Studio, master: Video, storms: dict[int, rehearse.Rehearsal], seed: int
) -> rehearse.Rehearsal:
    if seed not in storms:
        weather = scenario("storm", FIRST, 6, seed)
        storms[seed] = played(studio, master, 6, faults=weather, seed=seed)
    return storms[seed]


def played(studio: Studio, master: Video, days: int = 3, **more: Any) -> rehearse.Rehearsal:
    asked = {"first": FIRST, "faults": (), "seed": 1, **more}
    return rehearse.rehearse(studio, days=days, master=master, **asked)


def test_on_calm_days_all_is_out_in_time(studio: Studio, master: Video) -> None:
    found = played(studio, master)
    assert len(found.posts) == 3 * 15
    assert {(one.status, one.is_late) for one in found.posts} == {("published", False)}
    assert (found.duplicates, found.alerts, found.violations, found.advice) == (0, (), (), ())
    assert [day.published for day in found.days][1:-1] == [15, 15]


@pytest.mark.parametrize("seed", [1, *also(2, 3)])
def test_in_a_storm_nothing_is_out_twice(
    studio: Studio, master: Video, storms: dict[int, rehearse.Rehearsal], seed: int
) -> None:
    found = in_a_storm(studio, master, storms, seed)
    assert (found.duplicates, found.violations) == (0, ())
    states = Counter(one.status for one in found.posts)
    assert states["published"] > len(found.posts) / 2
    assert all(one.why for one in found.posts if one.status == "refused")


def test_the_same_seed_plays_the_same_days(studio: Studio, master: Video) -> None:
    weather = scenario("storm", FIRST, 2, 5)
    first = played(studio, master, 2, faults=weather, seed=5)
    again = played(studio, master, 2, faults=weather, seed=5)
    told = [
        [(one.character, one.network, one.meant, one.status, one.published_at) for one in it.posts]
        for it in (first, again)
    ]
    assert told[0] == told[1]


def test_a_rehearsal_leaves_the_studio_alone_and_plays_what_is_planned(
    studio: Studio, master: Video, clock: Any
) -> None:
    clock.now = FIRST
    agenda.add(
        studio, video="", character="jin", at="2026-12-02 15:15", zone="", to=["tiktok", "outbox"]
    )
    before = entries.between(studio, FIRST.date(), 9)
    found = played(studio, master, 2)
    mine = [one for one in found.posts if not one.slot]
    assert sorted((one.network, one.status) for one in mine) == [
        ("outbox", "published"),
        ("tiktok", "published"),
    ]
    assert entries.between(studio, FIRST.date(), 9) == before
    assert not studio.settings.outbox_dir.exists()


CHANGES = [
    ("America/New_York", "02:30", datetime(2026, 3, 7, tzinfo=UTC)),
    ("Europe/Berlin", "02:30", datetime(2026, 10, 24, tzinfo=UTC)),
    *also(
        ("America/New_York", "01:30", datetime(2026, 10, 31, tzinfo=UTC)),
        ("Europe/Berlin", "02:30", datetime(2026, 3, 28, tzinfo=UTC)),
        ("America/Sao_Paulo", "00:00", datetime(2018, 11, 3, tzinfo=UTC)),
        ("America/Sao_Paulo", "23:30", datetime(2018, 2, 16, tzinfo=UTC)),
    ),
]
"""Each begins on the day before its change."""


@pytest.mark.parametrize(("zone", "at", "first"), CHANGES)
def test_over_a_clock_change_each_slot_happens_once_and_in_order(  # noqa: PLR0913, PLR0917
    studio: Studio, master: Video, tmp_path: Path, zone: str, at: str, first: datetime
) -> None:
    folder = tmp_path / "config"
    shutil.copytree(studio.config.folder, folder)
    file = folder / "scheduler_config.json"
    text = file.read_text().replace('"08:00"', f'"{at}"').replace("Asia/Tokyo", zone)
    file.write_text(text)
    changed = replace(studio, config=Config(folder))
    found = played(changed, master, 3, first=first)
    assert {one.status for one in found.posts} == {"published"}
    keys = [(one.character, one.network, one.slot, one.meant) for one in found.posts]
    assert len(keys) == len(set(keys))
    soonest, until = first + timedelta(minutes=30), first + timedelta(days=3)
    days = (first.date() + timedelta(days=n) for n in range(-1, 4))
    slots = [
        (slot, slot.on(day, ZoneInfo(zone)))
        for day in days
        for slot in changed.config.calendar.slots
    ]
    intended = {(slot.name, when) for slot, when in slots if soonest <= when < until}
    assert {(one.slot, one.meant) for one in found.posts} == intended
    out = [one.published_at for one in found.posts if one.network == "tiktok" and one.published_at]
    assert out == sorted(out)


def test_credits_are_counted_down_and_their_end_is_said(studio: Studio, master: Video) -> None:
    found = played(studio, master, 2, engine="a2e")
    left = [day.credits for day in found.days if day.credits is not None]
    assert left == sorted(left, reverse=True)
    assert left[0] < studio.config.tariff.current.monthly_credits


def test_a_page_holds_every_post_and_every_trouble(
    studio: Studio, master: Video, storms: dict[int, rehearse.Rehearsal], tmp_path: Path
) -> None:
    weather = scenario("storm", FIRST, 6, 1)
    found = in_a_storm(studio, master, storms, 1)
    rehearsal_page.write(tmp_path / "page.html", found, "Europe/Berlin")
    text = (tmp_path / "page.html").read_text()
    assert text.count("<rect") >= len(found.posts)
    assert "http" not in text.replace("http-equiv", "")
    assert all(fault.kind in text for fault in weather)
    told: Any = output.plain(found)
    assert [one["kind"] for one in told["faults"]] == [fault.kind for fault in weather]


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_the_same_for_the_same_seed(name: Any) -> None:
    assert scenario(name, FIRST, 30, 7) == scenario(name, FIRST, 30, 7)
    assert all(one.begins >= FIRST for one in scenario(name, FIRST, 30, 7))


def test_a_file_of_faults_is_checked(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    good = {"kind": "network-down", "at": "2026-12-01 06:00", "hours": 6, "network": "tiktok"}
    file.write_text(json.dumps({"faults": [good]}))
    assert parse(file, Faults).faults[0].holds(datetime(2026, 12, 1, 7, tzinfo=UTC), "tiktok")
    file.write_text(json.dumps({"faults": [{**good, "kind": "earthquake"}]}))
    with pytest.raises(ConfigError, match=r"faults.0.kind"):
        parse(file, Faults)


def test_a_plan_is_not_needed_first(studio: Studio, master: Video) -> None:
    assert plan.plan(studio, days=1).videos == 0  # nobody is signed in outside
    assert len(played(studio, master, 1).posts) > 0
