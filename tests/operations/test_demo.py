"""A synthetic studio: the same from one seed, never mixed with what is real, never reaching out."""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from elite8.cli import run, synthetic
from elite8.core import http, places
from elite8.core.config import Config
from elite8.core.domain.fading import ACTIVITY
from elite8.core.domain.subscriber import Act
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import demo, notices, publish
from elite8.core.settings import load
from elite8.core.simulators import crowd
from elite8.core.simulators.deeds import SEEN, deeds
from elite8.core.storage import maintenance
from elite8.core.studio import Studio, open_studio
from tests.conftest import StoppedClock

PEOPLE = 120
BY_CHANCE = {"alias": {"sealed"}, "address": {"sealed"}, "funnel_event": {"id"}}
"""What no seed decides: ciphers have a nonce, and what readings said is entered as ever."""


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic studio, made once."""
    opened = replace(open_studio(), clock=StoppedClock(datetime(2026, 11, 23, 9, tzinfo=UTC)))
    return demo.make(opened, tmp_path_factory.mktemp("demo") / "made", people=PEOPLE).folder


@pytest.fixture
def made(once: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(once, tmp_path / "made"))


def contents(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(folder / demo.DATABASE)) as line:
        tables = [n for (n,) in line.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        found = {}
        for name in tables:
            columns = [row[1] for row in line.execute(f"PRAGMA table_info({name})")]
            kept = ",".join(c for c in columns if c not in BY_CHANCE.get(name, ()))
            found[name] = sorted(line.execute(f"SELECT {kept} FROM {name}").fetchall(), key=repr)  # noqa: S608
        return found


def test_one_seed_makes_the_same_rows_and_another_other_ones(studio: Studio, made: Path) -> None:
    again = demo.make(studio, made.with_name("again"), people=PEOPLE).folder
    assert contents(made) == contents(again)
    today, who = studio.clock().date(), ("miyuki", "airi")
    assert [*crowd.crowd(8, today, who, 9)] != [*crowd.crowd(9, today, who, 9)]


def test_a_second_run_changes_nothing(studio: Studio, made: Path) -> None:
    before = (made / demo.DATABASE).read_bytes()
    told = demo.make(studio, made, people=PEOPLE)
    assert (told.new, told.rows["subscriber"]) == (False, PEOPLE)
    assert (made / demo.DATABASE).read_bytes() == before
    with pytest.raises(ConfigError, match="seed 8; name another folder"):
        demo.make(studio, made, seed=9)


def test_it_is_not_mixed_into_a_real_studio(studio: Studio, tmp_path: Path) -> None:
    before = sorted(studio.settings.state_dir.iterdir())
    with pytest.raises(ConfigError, match="nothing made up is mixed"):
        demo.make(studio, None, people=PEOPLE)
    assert sorted(studio.settings.state_dir.iterdir()) == before
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".elite8-")]


@pytest.mark.parametrize(
    ("asked", "why"),
    [({"seed": -1}, "--seed"), ({"day": datetime(2027, 1, 1, tzinfo=UTC).date()}, "--day")],
)
def test_what_makes_no_year_is_refused(
    studio: Studio, tmp_path: Path, asked: dict[str, object], why: str
) -> None:
    with pytest.raises(ConfigError, match=why):
        demo.make(studio, tmp_path / "made", **asked)  # type: ignore[arg-type]
    assert not (tmp_path / "made").exists()


def test_a_database_elsewhere_is_refused(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELITE8_DATABASE_URL", "postgresql://somewhere/elite8")
    with pytest.raises(ConfigError, match="unset it"):
        demo.make(studio, tmp_path / "made")


def test_nothing_leaves_it(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELITE8_STATE_DIR", str(made))
    opened = open_studio()
    assert opened.seed == 8
    for reach in (
        lambda: publish.publish(opened, "latest", "outbox"),
        lambda: notices.deliver(opened),
        lambda: opened.a2e,
    ):
        with pytest.raises(Refused, match="synthetic studio, seed 8"):
            reach()
    with (
        http.open_client(transport=opened.transport) as client,
        pytest.raises(Refused, match="asks nobody"),
    ):
        client.get("https://example.org/")


def test_its_database_is_sound_and_its_rows_are_counted_in_words(
    made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELITE8_STATE_DIR", str(made))
    assert run(["db", "check"]) == 0
    assert "the films of a synthetic studio have no files" in capsys.readouterr().out
    rows = (("person", 2), ("video", 1), ("funnel_event", 9))
    named = [synthetic.rows_of(*row) for row in rows]
    assert named == ["people", "video", "funnel events"]


def test_a_film_that_nobody_made_is_no_folder(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELITE8_STATE_DIR", str(made))
    with pytest.raises(Refused, match="has no file"):
        publish.check(open_studio(), "latest", "outbox")


def test_a_copy_of_its_database_is_known_in_a_real_folder(studio: Studio, made: Path) -> None:
    studio.database.close()
    there = studio.settings.state_dir / demo.DATABASE
    maintenance.copy_to(made / demo.DATABASE, there)
    fresh = Studio(settings=load(), config=Config(studio.settings.config_dir), clock=studio.clock)
    assert places.synthetic(studio.settings.state_dir) is None
    with closing(fresh.database), pytest.raises(Refused, match="synthetic studio, seed 8"):
        publish.publish(fresh, "latest", "outbox")


def test_why_people_leave_is_planted() -> None:
    today = datetime(2026, 11, 26, tzinfo=UTC).date()
    fans = [*crowd.crowd(8, today, ("miyuki", "airi"), 1500)]
    left, due = Counter[str](), Counter[str]()
    for fan in fans:
        for month in (one for one in fan.months if one.until < today.toordinal() and one.price):
            for kind in (
                "lively" if month.level > 1 else "idle",
                "off" if month.off_on else "on",
                f"{month.tier}",
            ):
                due[kind] += 1
                left[kind] += month.until in fan.left
    share = {kind: left[kind] / due[kind] for kind in due}
    assert share["idle"] > 1.5 * share["lively"]
    assert share["off"] > 2 * share["on"]
    assert share["vip"] > share["basic"]


def test_deeds_lie_between_joining_and_now() -> None:
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    for fan in crowd.crowd(3, now.date(), ("miyuki",), 60):
        lot = Random(fan.number)  # noqa: S311  # nothing here is secret
        assert all(
            fan.joined <= one.at.toordinal() and one.at < now for one in deeds(fan, now, lot)
        )


def test_people_do_what_their_platform_is_said_to_show_and_pay(studio: Studio) -> None:
    shown = studio.config.scoring.platforms
    assert set(SEEN) == set(shown)
    for platform, acts in SEEN.items():
        done = {ACTIVITY[one] for one in acts if one in ACTIVITY}
        assert done == set(shown[platform].shows), platform
        assert {one for one in acts if one not in ACTIVITY} <= {Act.TIP, Act.PPV}
