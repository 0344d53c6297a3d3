"""What an audit by fresh eyes found in plan and calendar files, each as it was found."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from elite8.cli import run
from elite8.core.config import Config
from elite8.core.domain.account import new_account
from elite8.core.domain.post import Post
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import ConfigError
from elite8.core.operations import (
    agenda,
    configuration,
    generate,
    missed,
    plan_file,
    produce,
    tasks,
)
from elite8.core.operations import plan as planning
from elite8.core.operations.entries import Entry, between
from elite8.core.operations.holder import new_holder
from elite8.core.storage import accounts, calendar, videos
from elite8.core.studio import Studio

TODAY = date(2026, 11, 23)
FIRST_LINE = "# elite8 calendar 2026-11-23 2 2026-11-23T09:00Z"


def sign_in(studio: Studio, network: str) -> None:
    with studio.database.transaction() as session:
        account = new_account(now=studio.clock(), network=network, handle=network, name="")
        accounts.keep(session, account)


def decided(studio: Studio, folder: Path) -> Studio:
    return replace(studio, config=Config(folder))


def live(studio: Studio, days: int = 10) -> list[Entry]:
    return [one for one in between(studio, TODAY, days) if one.status != "refused"]


def test_a_file_drops_nothing_that_came_after_it(studio: Studio) -> None:
    sign_in(studio, "instagram")
    planning.plan(studio, days=3)
    file = plan_file.export(studio, TODAY, 5)
    sign_in(studio, "tiktok")
    assert planning.plan(studio, days=3).changes
    assert plan_file.diff(studio, file) == ()


def test_a_file_drops_nothing_that_was_moved_into_its_days_since(
    studio: Studio, clock: Any
) -> None:
    sign_in(studio, "instagram")
    planning.plan(studio, days=6)
    file = plan_file.export(studio, TODAY, 3)
    clock.advance(minutes=1)
    later = next(one for one in live(studio) if one.at > clock() + timedelta(days=4))
    agenda.move(studio, later.post, "2026-11-24 16:00", "Asia/Tokyo")
    assert plan_file.diff(studio, file) == ()


@pytest.mark.parametrize(
    ("old", "new"), [('"name": "morning"', '"name": "early"'), ('"by_lot": 0.1', '"by_lot": 0')]
)
def test_a_changed_calendar_doubles_nothing_by_itself(
    studio: Studio, edited_config: Callable[..., Path], old: str, new: str
) -> None:
    for network in ("tiktok", "instagram", "youtube"):
        sign_in(studio, network)
    planning.plan(studio, days=7)
    changed = decided(studio, edited_config("scheduler_config.json", old, new))
    tasks.plan(changed)
    here = live(changed)
    a_day = Counter((one.wall[:10], one.network) for one in here)
    assert max(a_day.values()) <= 5
    planning.plan(changed, days=7, move=True)
    seats = {(one.wall, one.character) for one in live(changed)}
    assert max(Counter(wall for wall, _ in seats).values()) <= 2


def test_a_video_that_was_dropped_whole_comes_back_on_no_other_network(studio: Studio) -> None:
    sign_in(studio, "instagram")
    planning.plan(studio, days=2)
    dropped = next(one for one in live(studio) if one.slot == "morning")
    agenda.drop(studio, dropped.post)
    sign_in(studio, "tiktok")
    planning.plan(studio, days=2)
    assert dropped.video not in {one.video for one in live(studio)}


def test_networks_follow_each_other_also_after_a_later_sign_in(studio: Studio) -> None:
    sign_in(studio, "instagram")
    planning.plan(studio, days=2)
    sign_in(studio, "tiktok")
    planning.plan(studio, days=2)
    by_video: dict[str, list[Entry]] = {}
    for one in live(studio):
        by_video.setdefault(one.video, []).append(one)
    twice = [entries for entries in by_video.values() if len(entries) > 1]
    assert twice
    assert all(len({one.at for one in entries}) == len(entries) for entries in twice)


def test_missed_posts_of_a_video_follow_each_other_again(studio: Studio, clock: Any) -> None:
    for network in ("tiktok", "instagram", "youtube"):
        sign_in(studio, network)
    planning.plan(studio, days=2)
    clock.advance(hours=21)
    found = [one for one in missed.sweep(studio) if one.until]
    here = {one.post: one for one in between(studio, TODAY, 5)}
    times = [(here[one.post].video, one.until) for one in found]
    assert times
    assert len(set(times)) == len(times)


@pytest.mark.parametrize("to", [(), ("outbox", "outbox")])
def test_where_it_goes_is_said_once(studio: Studio, to: tuple[str, ...]) -> None:
    def add() -> tuple[Entry, ...]:
        at = "2026-12-02 09:00"
        return agenda.add(studio, video="", character="jin", at=at, zone="", to=to)

    if to:
        assert len(add()) == 1
        return
    with pytest.raises(ConfigError, match="say where to"):
        add()
    with studio.database.transaction() as session:
        assert session.exec(select(Video)).all() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "--from", "9999-12-31"],
        ["show", "--from", "0001-01-01"],
        ["export", "--from", "9999-12-31"],
        ["rehearse", "--from", "9999-12-30"],
        ["add", "--character", "jin", "--at", "9999-12-31 23:59", "--to", "outbox"],
    ],
)
def test_a_time_out_of_all_bounds_is_a_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["schedule", *arguments]) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[" * 100_000, "nested too deep"),
        (
            '{"first": "9999-12-31", "days": 2, "written": "2026-11-23T09:00Z", "posts": []}',
            "first",
        ),
        ("# elite8 calendar 2026-11-23 2 2026-11-23T09:00Z\n", "line 2 is not"),
        ("# elite8 calendar 2026-11-23 2 2026-11-23T09:00Z\npost,at\n", "line 2 is not"),
        (
            f"{FIRST_LINE}\n{','.join(plan_file.COLUMNS)}\na,b,c,d,e,f,g,h,i,j\n",
            "row 1 has not 9 cells",
        ),
    ],
)
def test_a_broken_file_is_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "cal").write_text(text)
    with pytest.raises(ConfigError, match=says):
        plan_file.read(tmp_path / "cal")


def test_a_file_moves_nothing_that_is_out(studio: Studio, clock: Any) -> None:
    found = agenda.add(
        studio, video="", character="jin", at="2026-11-23 20:00", zone="", to=("outbox",)
    )
    with studio.database.transaction() as session:
        post = session.get_one(Post, found[0].post)
        post.status, post.published_at, post.wall = "published", clock(), ""
    file = plan_file.export(studio, TODAY, 2)
    clock.advance(hours=1)
    assert plan_file.diff(studio, file) == ()


def test_what_is_made_to_order_takes_places_of_the_day(studio: Studio) -> None:
    sign_in(studio, "tiktok")
    for hour in range(1, 7):
        when = f"2026-11-26 0{hour}:30"
        agenda.add(studio, video="", character="jin", at=when, zone="Asia/Tokyo", to=("tiktok",))
    planning.plan(studio, days=5)
    that_day = [one for one in live(studio) if one.wall[:10] == "2026-11-26"]
    assert len(that_day) == 6


def test_a_post_moved_within_its_day_takes_no_second_place(studio: Studio) -> None:
    sign_in(studio, "tiktok")
    planning.plan(studio, days=3)
    before = live(studio)
    one = next(each for each in before if each.wall.startswith("2026-11-24"))
    agenda.move(studio, one.post, "2026-11-24 23:30", "Asia/Tokyo")
    assert planning.plan(studio, days=3, move=True).changes == ()


def dead_holder() -> str:
    """The name of a process of this machine that is gone."""
    code = "from elite8.core.operations.holder import new_holder; print(new_holder())"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_video_whose_maker_was_killed_is_made_again_at_once(studio: Studio) -> None:
    agenda.add(studio, video="", character="jin", at="2026-11-23 19:00", zone="", to=("outbox",))
    with studio.database.transaction() as session:
        (video,) = calendar.to_make(session, studio.clock(), studio.config.calendar.begins())
        lease = timedelta(hours=1)
        videos.claim(session, video.id, holder=dead_holder(), now=studio.clock(), lease=lease)
    assert tasks.has_to_make(studio)
    with studio.database.transaction() as session:
        assert videos.fail_abandoned(session, now=studio.clock(), is_dead=lambda _: True) == 1
    assert [one.id for one in produce.next_ones(studio)] in ([], [video.id])


def test_a_video_whose_maker_lives_is_left_to_it(studio: Studio) -> None:
    agenda.add(studio, video="", character="jin", at="2026-11-23 19:00", zone="", to=("outbox",))
    with studio.database.transaction() as session:
        (video,) = calendar.to_make(session, studio.clock(), studio.config.calendar.begins())
        lease = timedelta(hours=1)
        videos.claim(session, video.id, holder=new_holder(), now=studio.clock(), lease=lease)
    assert not tasks.has_to_make(studio)
    assert new_holder().split(":")[1] == str(os.getpid())
    with studio.database.transaction() as session:
        assert session.get_one(Video, video.id).status == VideoStatus.GENERATING


def test_videos_that_cannot_begin_hold_up_no_other(
    studio: Studio, edited_config: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for minute in range(41, 45):
        at = f"2026-11-23 18:{minute}"
        agenda.add(studio, video="", character="jin", at=at, zone="", to=("outbox",))
    agenda.add(studio, video="", character="aiko", at="2026-11-23 18:45", zone="", to=("outbox",))

    def film(_studio: Studio, planned: Any, _progress: Any, _video: Any) -> None:
        made.append(planned.character)

    made: list[str] = []
    monkeypatch.setattr(generate, "make", film)
    folder = edited_config("avatars/elite8_characters.json", '"id": "jin"', '"id": "jinn"')
    found = produce.make_due(decided(studio, folder))
    assert [one.state for one in found] == ["failed"] * 4 + ["made"]
    assert made == ["aiko"]
    with studio.database.transaction() as session:
        jins = session.exec(select(Video).where(Video.character_id == "jin")).all()
        assert {(one.status, one.tries) for one in jins} == {("failed", 1)}


def test_a_video_of_the_plan_that_was_stopped_on_the_way_loses_no_try(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    agenda.add(studio, video="", character="jin", at="2026-11-23 19:00", zone="", to=("outbox",))

    def stopped(*_: Any) -> None:
        raise SystemExit(143)

    monkeypatch.setattr(generate, "film_and_keep", stopped)
    with pytest.raises(SystemExit):
        produce.make_due(studio)
    (video,) = produce.next_ones(studio)
    assert (video.status, video.tries) == ("planned", 0)


def test_a_picture_that_leaves_the_config_folder_is_refused(
    edited_config: Callable[..., Path],
) -> None:
    folder = edited_config(
        "avatars/elite8_characters.json", '"image": ""', '"image": "../art/miyuki.png"'
    )
    performer = Config(folder).roster.characters[0]
    with pytest.raises(ConfigError, match="leaves the config folder"):
        configuration.own_picture(performer, Config(folder))


@pytest.mark.parametrize("at", ["2026-13-01 00:00", "0001-01-01 00:00"])
def test_a_fault_at_no_time_is_a_sentence(
    at: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "faults.json"
    file.write_text(f'{{"faults": [{{"kind": "busy", "at": "{at}", "hours": 1}}]}}')
    assert run(["schedule", "rehearse", "--days", "1", "--faults", str(file), "--json"]) == 2
    assert '"code": "config"' in capsys.readouterr().out


def test_a_region_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schedule", "show", "--region", "zz"]) == 2
    assert "choose" in capsys.readouterr().err


def test_crontab_takes_the_settings_of_this_shell_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "config").symlink_to(os.environ["ELITE8_CONFIG_DIR"])
    monkeypatch.chdir(tmp_path / "own")
    monkeypatch.delenv("ELITE8_CONFIG_DIR")
    monkeypatch.setenv("ELITE8_OUTBOX_DIR", "out")
    monkeypatch.setenv("ELITE8_A2E_API_KEY", "sk_hidden")
    assert run(["schedule", "crontab"]) == 0
    out = capsys.readouterr().out
    assert f"ELITE8_STATE_DIR={os.environ['ELITE8_STATE_DIR']}" in out
    assert "hidden" not in out
    assert f"ELITE8_CONFIG_DIR={tmp_path}/own/config\n" in out
    assert f"ELITE8_OUTBOX_DIR={tmp_path}/own/out\n" in out
    assert f"cd {tmp_path}/own &&" in out.splitlines()[0]


def test_when_the_days_slots_are_over_that_is_said(studio: Studio, clock: Any) -> None:
    sign_in(studio, "tiktok")
    sign_in(studio, "instagram")
    sign_in(studio, "youtube")
    clock.advance(hours=3)  # 21:00 in Tokyo
    found = planning.plan(studio, days=1)
    assert found.notes == ("no slot of these days is still 30 minutes away (buffer_minutes)",)
