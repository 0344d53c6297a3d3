"""One row, one holder."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from elite8.core.domain.post import Post, PostStatus, new_post
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import Unavailable
from elite8.core.operations import stops
from elite8.core.storage import attempts, posts, videos
from elite8.core.storage.database import Database
from elite8.core.studio import Studio

NOW = datetime(2026, 11, 23, 9, 0, 0, 123457, tzinfo=UTC)
LEASE = timedelta(minutes=10)
LATER = NOW + LEASE + timedelta(seconds=1)
Kept = Callable[[Database], tuple[Video, Post]]


def claim(database: Database, post: Post, holder: str, now: datetime = NOW) -> Post | None:
    with database.transaction() as session:
        seen = posts.get(session, post.id)
        assert seen
        return posts.claim(session, seen, holder=holder, now=now, lease=LEASE)


def test_a_post_seen_by_many_is_claimed_by_one(database: Database, kept: Kept) -> None:
    _, post = kept(database)
    start, won = Barrier(4), []

    def run(holder: str) -> None:
        start.wait()
        if claim(database, post, holder):
            won.append(holder)

    threads = [Thread(target=run, args=(name,)) for name in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_claim_in_time_is_not_taken_over(database: Database, kept: Kept) -> None:
    _, post = kept(database)
    assert claim(database, post, "A")
    assert claim(database, post, "B", NOW + LEASE) is None


def test_a_claim_whose_lease_ended_is_taken_over(database: Database, kept: Kept) -> None:
    _, post = kept(database)
    claim(database, post, "A")
    taken = claim(database, post, "B", LATER)
    assert taken
    assert (taken.claimed_by, taken.attempts) == ("B", 2)


def test_a_late_holder_cannot_undo_what_its_successor_recorded(
    database: Database, kept: Kept
) -> None:
    video, post = kept(database)
    first = claim(database, post, "A")
    second = claim(database, post, "B", LATER)
    assert first
    assert second
    with database.transaction() as session:
        posts.record(session, second, PostStatus.PUBLISHED, remote_id="r1")
    with pytest.raises(Unavailable), database.transaction() as session:
        posts.record(session, first, PostStatus.REFUSED, failure="late")
    with database.transaction() as session:
        found = posts.find(session, video.id, "outbox")
        assert found
        assert (found.status, found.remote_id) == ("published", "r1")
    assert claim(database, post, "C", LATER) is None


def test_a_forbidden_step_is_refused(database: Database, kept: Kept) -> None:
    _, post = kept(database)
    with pytest.raises(ValueError, match="cannot become"), database.transaction() as session:
        posts.record(session, post, PostStatus.PUBLISHED)


def test_a_video_given_up_for_dead_stays_failed(database: Database, kept: Kept) -> None:
    video, _ = kept(database)
    with database.transaction() as session:
        held = videos.claim(session, video.id, holder="A", now=NOW, lease=LEASE)
        assert held
    with database.transaction() as session:
        assert videos.fail_abandoned(session, now=LATER, is_dead=lambda _: False) == 1
    with pytest.raises(Unavailable), database.transaction() as session:
        videos.move(session, held, VideoStatus.GENERATED)
    with database.transaction() as session:
        found = videos.get(session, video.id)
        assert found
        assert found.status == "failed"


@pytest.mark.postgres
def test_of_two_that_give_up_a_video_at_once_one_does_and_none_breaks(
    postgres: Callable[[str], str], kept: Kept
) -> None:
    database = Database(postgres("given_up_twice"))
    video, _ = kept(database)

    def given_up(is_dead: Callable[[str], bool]) -> int:
        with database.transaction() as session:
            return videos.fail_abandoned(session, now=NOW, is_dead=is_dead)

    with database.transaction() as session:
        assert videos.claim(session, video.id, holder="A", now=NOW, lease=LEASE)
    found: list[int] = []

    def other_was_first(_: str) -> bool:
        found.append(given_up(lambda _: True))
        return True

    found.append(given_up(other_was_first))
    assert found == [1, 0]
    database.close()


def test_a_planned_video_is_claimed_once(database: Database, kept: Kept) -> None:
    video, _ = kept(database)
    with database.transaction() as session:
        assert videos.claim(session, video.id, holder="A", now=NOW, lease=LEASE)
        assert videos.claim(session, video.id, holder="B", now=NOW, lease=LEASE) is None


def test_a_second_post_for_the_same_place_is_refused(database: Database, kept: Kept) -> None:
    video, _ = kept(database)
    again = new_post(now=NOW, video_id=video.id, platform="outbox", due_at=NOW)
    with pytest.raises(IntegrityError), database.transaction() as session:
        posts.add(session, again)


def test_a_post_without_its_video_is_refused(database: Database) -> None:
    lost = new_post(now=NOW, video_id="0" * 26, platform="outbox", due_at=NOW)
    with pytest.raises(IntegrityError), database.transaction() as session:
        posts.add(session, lost)


def test_only_waiting_posts_whose_time_has_come_are_due(database: Database, kept: Kept) -> None:
    video, post = kept(database)
    with database.transaction() as session:
        assert posts.due(session, now=NOW) == []  # its video is not finished
        known = videos.get(session, video.id)
        assert known
        known.status = VideoStatus.FINISHED
    with database.transaction() as session:
        assert posts.due(session, now=NOW - timedelta(microseconds=1)) == []
        assert [found.id for found in posts.due(session, now=NOW)] == [post.id]
    claim(database, post, "A")
    with database.transaction() as session:
        assert posts.due(session, now=NOW) == []


@pytest.mark.postgres
def test_two_who_stop_the_same_at_once_have_one_stop(
    far: Studio, at_once: Callable[..., list[Any]]
) -> None:
    done = at_once(attempts, "stop", lambda: stops.stop(far, "all", "", "two looked"))
    assert sorted(one[1] for one in done) == [False, True]
    assert len(stops.listed(far)) == 1
