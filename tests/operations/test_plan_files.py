"""A calendar file that is older than the calendar: what changed since is left as it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from elite8.cli.funnel_page import write_page
from elite8.core.config import Config
from elite8.core.domain.attempt import new_attempt
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import ConfigError
from elite8.core.operations import agenda, desk, entries, missed, plan_file, stops
from elite8.core.operations import plan as planning
from elite8.core.operations.entries import Entry, between
from elite8.core.operations.plan_file import File
from elite8.core.storage import attempts, posts
from elite8.core.studio import Studio
from tests.operations.test_audited_plan import sign_in

TODAY = date(2026, 11, 23)


@pytest.fixture
def planned(studio: Studio) -> Studio:
    """A studio with four days planned on one network."""
    sign_in(studio, "tiktok")
    planning.plan(studio, days=4)
    return studio


def calendar_of(studio: Studio) -> dict[str, Entry]:
    return {one.post: one for one in between(studio, TODAY, 7)}


def told(studio: Studio, file: File) -> list[tuple[str, str, str]]:
    return [(one.what, one.post, one.why) for one in plan_file.diff(studio, file)]


def with_row(file: File, number: int, **changes: str) -> File:
    rows = [*file.posts]
    rows[number] = rows[number].model_copy(update=changes)
    return file.model_copy(update={"posts": tuple(rows)})


def test_a_link_that_somebody_laid_beside_it_is_not_written_through(tmp_path: Path) -> None:
    theirs = tmp_path / "keys"
    theirs.write_text("mine")
    (tmp_path / ".calendar.json.new").symlink_to(theirs)
    plan_file.save(tmp_path / "calendar.json", "the calendar")
    assert theirs.read_text() == "mine"
    assert (tmp_path / "calendar.json").read_text() == "the calendar"
    assert len([*tmp_path.iterdir()]) == 3


@pytest.mark.parametrize("save", [plan_file.save, write_page])
def test_a_place_where_no_file_can_be_is_said_in_words(
    tmp_path: Path, save: Callable[[Path, str], None]
) -> None:
    (tmp_path / "a file").touch()
    with pytest.raises(ConfigError, match="cannot be written"):
        save(tmp_path / "a file" / "calendar.json", "the calendar")


def test_a_post_moved_since_the_file_was_written_stays_where_it_is(
    planned: Studio, clock: Any
) -> None:
    file = plan_file.export(planned, TODAY, 4)
    clock.advance(hours=1)
    one = file.posts[-1].post
    agenda.move(planned, one, "2026-11-25 22:45", "Asia/Tokyo")
    before = calendar_of(planned)
    assert told(planned, file) == [("left", one, "moved since")]
    plan_file.apply(planned, file)
    assert calendar_of(planned) == before


def test_what_is_planned_or_moved_while_a_file_is_written_stays(
    planned: Studio, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = entries.between

    def meanwhile(*asked: Any) -> tuple[Entry, ...]:
        read = whole(*asked)
        clock.advance(seconds=1)
        planning.plan(planned, days=6)
        agenda.move(planned, read[-1].post, "2026-11-25 22:45", "Asia/Tokyo")
        clock.advance(seconds=1)
        return read

    with monkeypatch.context() as beside:
        beside.setattr(entries, "between", meanwhile)
        file = plan_file.export(planned, TODAY, 7)
    assert told(planned, file) == [("left", file.posts[-1].post, "moved since")]


def test_a_post_brought_forward_since_stays_where_it_is(planned: Studio, clock: Any) -> None:
    file = plan_file.export(planned, TODAY, 4)
    clock.advance(hours=1)
    one = file.posts[-1].post
    with planned.database.transaction() as session:
        post = session.get_one(Post, one)
        posts.decide(session, post, PostStatus.WAITING, due_at=clock(), wall="", zone="")
        story = new_attempt(at=clock(), post_id=one, kind="operator", outcome="brought forward")
        attempts.add(session, story)
    assert told(planned, file) == [("left", one, "moved since")]


def test_a_file_from_before_a_post_was_put_off_can_be_applied(planned: Studio, clock: Any) -> None:
    file = plan_file.export(planned, TODAY, 4)
    first = next(one for one in calendar_of(planned).values() if one.missed == "next_slot")
    clock.now = first.at + timedelta(minutes=first.late_minutes + 1)
    put_off = [one.post for one in missed.sweep(planned) if one.until]
    last = len(file.posts) - 1
    edited = with_row(file, last, at="2026-11-26 22:45")
    changes = plan_file.apply(planned, edited)
    assert {one.post: one.why for one in changes if one.what == "left"} == dict.fromkeys(
        put_off, "moved since"
    )
    assert first.post in put_off
    here = calendar_of(planned)
    assert here[file.posts[last].post].wall == "2026-11-26 22:45"
    assert here[first.post].wall > first.wall


@pytest.mark.parametrize("status", ["waiting", "published"])
def test_a_post_at_an_instant_that_is_out_or_tried_again_keeps_no_file_from_being_applied(
    studio: Studio, clock: Any, status: str
) -> None:
    at = "2026-11-23 20:00"
    (one,) = agenda.add(studio, video="", character="jin", at=at, zone="", to=("outbox",))
    with studio.database.transaction() as session:
        post = session.get_one(Post, one.post)
        post.wall = post.zone = ""
    file = plan_file.export(studio, TODAY, 2)
    clock.advance(hours=4)
    with studio.database.transaction() as session:
        post = session.get_one(Post, one.post)
        post.status, post.due_at = status, clock() + timedelta(minutes=5)
    assert plan_file.apply(studio, file) == ()


def test_a_row_moved_of_a_post_that_is_out_is_left_alone(studio: Studio, clock: Any) -> None:
    at = "2026-11-23 20:00"
    (one,) = agenda.add(studio, video="", character="jin", at=at, zone="", to=("outbox",))
    edited = with_row(plan_file.export(studio, TODAY, 2), 0, at="2026-11-24 20:00")
    with studio.database.transaction() as session:
        post = session.get_one(Post, one.post)
        post.status, post.published_at = "published", clock()
    assert told(studio, edited) == [("left", one.post, "it is out")]
    plan_file.apply(studio, edited)


def test_a_file_drops_nothing_that_was_resumed_into_its_days(planned: Studio, clock: Any) -> None:
    file = plan_file.export(planned, TODAY + timedelta(days=1), 3)
    stops.stop(planned, "all", "", "a rest")
    clock.advance(hours=26)
    put_off, _ = stops.resume(planned, "all", "", "spread")
    assert put_off
    assert told(planned, file) == []


def test_a_file_drops_nothing_that_was_published_at_another_time(
    planned: Studio, clock: Any
) -> None:
    file = plan_file.export(planned, TODAY, 2)
    later = [*calendar_of(planned).values()][-1]
    with planned.database.transaction() as session:
        video = session.get_one(Video, later.video)
        video.status = VideoStatus.FINISHED
    clock.advance(hours=1)
    at = clock() + timedelta(hours=20)
    desk.order(planned, later.video, [later.network], desk.Wish(at=at))
    assert calendar_of(planned)[later.post].at == at
    assert told(planned, file) == []
    story = desk.show(planned, later.post).story
    assert [(one.kind, one.outcome) for one in story] == [("operator", "moved")]


def test_a_file_moves_nothing_back_that_planning_moved_as_it_was_asked_to(
    studio: Studio, clock: Any, edited_config: Callable[..., Path]
) -> None:
    sign_in(studio, "tiktok")
    planning.plan(studio, days=4)
    file = plan_file.export(studio, TODAY, 4)
    clock.advance(hours=1)
    folder = edited_config("scheduler_config.json", '"21:00"', '"21:30"')
    planning.plan(replace(studio, config=Config(folder)), days=4, move=True)
    assert {(what, why) for what, _, why in told(studio, file)} == {("left", "moved since")}


@pytest.mark.parametrize("write", [str.lower, lambda post: post[:-1]])
def test_a_row_keeps_its_post_however_its_id_is_written(
    planned: Studio, write: Callable[[str], str]
) -> None:
    file = plan_file.export(planned, TODAY, 4)
    edited = with_row(file, 0, post=write(file.posts[0].post))
    assert told(planned, edited) == []


def test_two_rows_of_one_post_are_refused(planned: Studio) -> None:
    file = plan_file.export(planned, TODAY, 4)
    doubled = with_row(file, 2, post=file.posts[0].post.lower())
    with pytest.raises(ConfigError, match=r"row 3: post .* is in row 1 too; take one out"):
        plan_file.diff(planned, doubled)
