"""What befalls a video of the plan while it is made on this machine."""

import errno
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from elite8.core.config import Config
from elite8.core.domain.post import Post
from elite8.core.domain.video import Video
from elite8.core.operations import agenda, compose, generate, produce, tasks
from elite8.core.storage import videos
from elite8.core.storage.database import Database
from elite8.core.studio import Studio
from tests.operations.test_audited_plan import dead_holder

if TYPE_CHECKING:
    from tests.operations.conftest import Marking


def planned(studio: Studio, *characters: str) -> None:
    for minute, character in enumerate(characters or ("jin",)):
        at = f"2026-11-23 19:{minute:02}"
        agenda.add(studio, video="", character=character, at=at, zone="", to=("outbox",))


def rows(studio: Studio) -> list[Video]:
    with studio.database.transaction() as session:
        return list(session.exec(select(Video).order_by("id")).all())


def post_of(studio: Studio) -> Post:
    with studio.database.transaction() as session:
        return session.exec(select(Post)).one()


def test_one_that_is_stopped_while_it_is_marked_is_made_by_the_next_start(
    studio: Studio, marking: "Marking"
) -> None:
    def stop() -> None:
        raise SystemExit(143)

    planned(studio)
    marking(stop)
    with pytest.raises(SystemExit):
        produce.make_due(studio)
    assert [(one.status, one.tries) for one in rows(studio)] == [("planned", 0)]
    assert len(produce.next_ones(studio)) == 1


def test_one_whose_maker_is_killed_while_it_is_marked_is_made_again(
    studio: Studio, marking: "Marking", monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Nothing runs any more."""

    def kill() -> None:
        raise Killed

    planned(studio)
    killed = dead_holder()
    marking(kill)
    with monkeypatch.context() as there:
        there.setattr(generate, "new_holder", lambda: killed)
        there.setattr(generate, "give_up", lambda *_: None)
        with pytest.raises(Killed):
            produce.make_due(studio)
    assert [one.status for one in rows(studio)] == ["generated"]
    assert tasks.has_to_make(studio)
    assert [one.state for one in produce.make_due(studio)] == ["made"]
    assert [(one.status, one.tries) for one in rows(studio)] == [("finished", 2)]


def test_a_full_disk_is_a_sentence_and_holds_up_no_other(
    studio: Studio, marking: "Marking"
) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "film.mp4")

    planned(studio, "jin", "aiko")
    marking(full)
    said = "No space left on device at film.mp4; the film was not kept, make it again"
    assert [(one.state, one.message) for one in produce.make_due(studio)] == [
        ("failed", said),
        ("made", ""),
    ]
    assert [(one.status, one.failure) for one in rows(studio)] == [
        ("failed", said),
        ("finished", ""),
    ]


def test_a_stop_stops_though_the_row_was_given_up_for_dead(
    studio: Studio, marking: "Marking", clock: Any
) -> None:
    def slept_and_stopped() -> None:
        clock.advance(hours=2)
        with studio.database.transaction() as session:
            assert videos.fail_abandoned(session, now=clock(), is_dead=lambda _: False) == 1
        raise SystemExit(143)

    planned(studio)
    marking(slept_and_stopped)
    with pytest.raises(SystemExit):
        produce.make_due(studio)
    assert [one.status for one in rows(studio)] == ["failed"]


def test_a_machine_whose_clock_is_fast_gives_up_no_film_of_another(
    studio: Studio, marking: "Marking", clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = replace(studio, clock=lambda: clock() + timedelta(hours=3))
    vars(fast)["database"] = studio.database

    def looks() -> None:
        with monkeypatch.context() as there:
            there.setattr(Database, "ahead", lambda _: clock() - fast.clock())
            assert not tasks.has_to_make(fast)
            assert produce.make_due(fast) == ()

    planned(studio)
    marking(looks)
    assert [one.state for one in produce.make_due(studio)] == ["made"]


def test_one_is_told_of_by_the_script_that_it_has(
    studio: Studio, marking: "Marking", other_topics: Config
) -> None:
    del marking
    planned(studio)
    (before,) = rows(studio)
    changed = replace(studio, config=other_topics)
    spoken = produce.planned_of(changed, before)
    assert spoken.script.title != before.title
    assert [one.state for one in produce.make_due(changed)] == ["made"]
    (video,) = rows(studio)
    assert (video.title, video.topic) == (spoken.script.title, spoken.topic)
    caption = compose.wording(changed, video, "tiktok", post_of(studio)).caption
    assert spoken.script.title in caption
    changed.database.close()
