"""The scene, and what else the console asks: months, moves, turns, what happened."""

import random
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from elite8.core.domain.post import PostStatus, new_post
from elite8.core.errors import Refused
from elite8.core.operations import agenda, desk, entries, events, months, rotation, shifts, tasks
from elite8.core.operations.events import Kind
from elite8.core.operations.scene import MOST_QUEUED, scene
from elite8.core.storage import posts, videos
from elite8.core.studio import Studio
from tests.web.seeds import Life, live, one_video

DECISION: tuple[Kind, ...] = ("decision",)
ALERT: tuple[Kind, ...] = ("alert",)
TRIES: tuple[Kind, ...] = ("decision", "post")


@pytest.fixture(scope="module")
def week() -> list[bytes]:
    """The rows of a week, once there are any: living through it takes a second."""
    return []


@pytest.fixture
def lived(studio: Studio, clock: Any, week: list[bytes]) -> Studio:
    file = studio.database.file
    assert file
    if week:
        file.write_bytes(week[0])
        return studio
    live(studio, clock, Life(days=7))
    studio.database.close()  # what is in its journal goes into the file
    week.append(file.read_bytes())
    return studio


def test_a_scene_of_nothing(studio: Studio) -> None:
    found = scene(studio)
    assert (found.queue, found.queued, found.films, found.accounts, found.events) == (
        *((), 0, ()),
        *((), ()),
    )
    assert found.board.verdict == "stale"


def test_a_scene_tells_what_there_is(lived: Studio) -> None:
    found = scene(lived)
    assert len(found.queue) == found.queued > 3
    due = [one.due_at for one in found.queue]
    assert due == sorted(due)
    assert {one.status for one in found.queue} <= {"waiting", "refused"}
    by_stage = Counter(one.status for one in found.films)
    assert by_stage["planned"] > 0
    stages = list(dict.fromkeys(one.status for one in found.films))
    assert stages == ["planned", "finished"]
    planned = [one for one in found.films if one.status == "planned"]
    assert all(one.due_at and one.share is None for one in planned)
    assert {one.kind for one in found.events} >= {"alert"}
    times = [one.at for one in found.events]
    assert times == sorted(times, reverse=True)


def test_the_queue_shows_the_soonest_and_counts_all(lived: Studio, clock: Any) -> None:
    with lived.database.transaction() as session:
        video = videos.newest_finished(session)
        assert video
        for number in range(MOST_QUEUED):
            due = clock.now + timedelta(days=2, minutes=number)
            post = new_post(
                now=clock.now, video_id=video.id, platform="tiktok", region=f"R{number}", due_at=due
            )
            posts.add(session, post)
    found = scene(lived)
    assert len(found.queue) == MOST_QUEUED < found.queued
    assert max(one.due_at for one in found.queue) < clock.now + timedelta(days=3)


def test_a_scene_is_made_while_a_writer_holds_the_lock(lived: Studio) -> None:
    before = scene(lived)
    with closing(sqlite3.connect(lived.database.file or "")) as writer:
        writer.isolation_level = None
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM reading")
        assert scene(lived) == before
        writer.execute("ROLLBACK")


def test_a_scene_writes_nothing_so_an_idle_console_asks_nothing(lived: Studio) -> None:
    scene(lived)
    before, asked = lived.looking.database.changes(), []
    scene(lived)
    assert lived.looking.database.changes() == before
    event.listen(lived.looking.database.engine, "before_cursor_execute", lambda *_: asked.append(1))
    for _ in range(50):
        assert lived.looking.database.changes() == before
    assert asked == []


def test_the_studio_for_looks_shares_all_but_the_database(studio: Studio) -> None:
    assert studio.looking is studio.looking
    assert studio.looking.looking is studio.looking
    assert studio.looking.config is studio.config
    assert studio.looking.database is not studio.database
    assert studio.looking.database.looks


def test_a_decision_a_failed_task_and_a_try_are_told(lived: Studio, clock: Any) -> None:
    waiting = next(one for one in scene(lived).queue if one.status == "waiting")
    clock.advance(minutes=1)
    desk.cancel(lived, waiting.id)
    clock.advance(minutes=1)
    with pytest.raises(ZeroDivisionError):
        tasks.marked(lived, "measure", lambda _: str(1 // 0))
    newest, before = scene(lived).events[:2]
    assert (newest.kind, newest.level, newest.subject) == ("task", "error", "measure")
    assert "division" in newest.says
    assert (before.kind, before.level, before.subject) == ("decision", "info", waiting.id)
    assert before.says == f"{waiting.network} cancelled: cancelled by the operator"


def test_events_are_found_by_kind_words_and_time(lived: Studio, clock: Any) -> None:
    waiting = [one for one in scene(lived).queue if one.status == "waiting"][:2]
    for one in waiting:
        clock.advance(minutes=1)
        desk.cancel(lived, one.id)
    decided = events.search(lived, kinds=DECISION)
    assert [one.subject for one in decided] == [waiting[1].id, waiting[0].id]
    assert events.search(lived, words=waiting[0].id[:20], kinds=TRIES)
    late = events.search(lived, kinds=DECISION, since=clock.now)
    assert [one.subject for one in late] == [waiting[1].id]
    rings = events.search(lived, kinds=ALERT, words="CREDITS")
    assert rings
    assert {one.kind for one in rings} == {"alert"}
    assert events.search(lived, words="100%_nothing like it") == ()
    assert len(events.search(lived, limit=1)) == 1


def test_a_month_counts_the_posts_of_each_day(lived: Studio) -> None:
    cells = months.month(lived, date(2026, 11, 30))
    assert [one.day.day for one in cells] == list(range(1, 31))
    for cell in (cells[21], cells[22]):
        there = entries.between(lived, cell.day, 1)
        assert dict(cell.posts) == Counter(one.status for one in there)
        assert cell.total == len(there) > 0
    assert cells[0].total == 0
    assert len(months.month(lived, date(2028, 2, 9))) == 29


def test_a_post_is_moved_by_days_and_minutes(lived: Studio) -> None:
    post = next(one for one in scene(lived).queue if one.status == "waiting")
    where = shifts.shifted(lived, post.id, days=1, minutes=-15)
    assert where.why_not == ""
    assert where.at == post.due_at + timedelta(days=1, minutes=-15)
    assert scene(lived).queue != ()
    moved = shifts.shift(lived, post.id, days=1, minutes=-15)
    assert (moved.at, moved.wall) == (where.at, where.after)
    again = shifts.shift(lived, post.id, days=-1, minutes=15)
    assert again.at == post.due_at


def test_a_move_over_a_clock_change_keeps_the_time_on_the_wall(lived: Studio) -> None:
    post = next(one for one in scene(lived).queue if one.status == "waiting")
    agenda.move(lived, post.id, "2027-03-27 18:00", "Europe/Berlin")
    moved = shifts.shift(lived, post.id, days=1)
    assert moved.wall == "2027-03-28 18:00"
    assert moved.zone == "Europe/Berlin"
    assert moved.at.hour == 16


def test_a_move_that_may_not_be_says_why(lived: Studio) -> None:
    every = scene(lived).queue
    waiting = next(one for one in every if one.status == "waiting")
    assert "past" in shifts.shifted(lived, waiting.id, days=-30).why_not
    with lived.database.transaction() as session:
        out = posts.listed(session, status=PostStatus.PUBLISHED, limit=1)[0][0]
    assert "only one that waits" in shifts.shifted(lived, out.id, days=1).why_not
    with pytest.raises(Refused):
        shifts.shift(lived, out.id, days=1)


def test_each_performers_part_of_the_rotation(lived: Studio, clock: Any) -> None:
    turns = rotation.rotation(lived)
    assert [one.character for one in turns] == [one.id for one in lived.config.roster.characters]
    assert sum(one.share for one in turns) == pytest.approx(1)
    assert all(one.past > 0 for one in turns)
    for one in turns:
        assert (one.next_at is None) == (one.ahead == 0)
        assert one.next_at is None or one.next_at >= clock.now


def test_results_add_up_to_the_boards(lived: Studio) -> None:
    found, board = rotation.results(lived), scene(lived).board
    for line in board.networks:
        mine = [one for one in found if one.network == line.id]
        assert sum(one.views for one in mine) == sum(line.views)
        assert sum(one.posts for one in mine) == sum(line.posts)
    assert list(found) == sorted(found, key=lambda one: -one.views)


def test_what_is_looked_at_cannot_be_written_through(lived: Studio) -> None:
    waiting = next(one for one in scene(lived).queue if one.status == "waiting")
    with pytest.raises(Exception, match="readonly"):
        desk.cancel(lived.looking, waiting.id)
    assert replace(waiting) in scene(lived).queue


def test_however_many_films_there_are_the_scene_asks_with_the_same_statements(
    studio: Studio, clock: Any
) -> None:
    """Each connection keeps what it prepared: a statement for each number of films was a leak."""
    asked: set[str] = set()
    event.listen(
        studio.looking.database.engine,
        "before_cursor_execute",
        lambda _line, _cursor, words, *_: asked.add(words),
    )
    seen = []
    for number in range(3):
        one_video(studio, clock, "jin", clock.now, ("youtube",), clock.now, random.Random(1))  # noqa: S311  # no secret
        scene(studio)
        seen.append((number, len(asked)))
    assert len({count for _, count in seen}) == 1, seen
