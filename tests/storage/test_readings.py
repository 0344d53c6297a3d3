"""Readings on every database: due at their points, one for each."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from elite8.core.domain.post import Post, PostStatus, new_post
from elite8.core.domain.reading import AFTER, FORGOTTEN, new_reading, point
from elite8.core.domain.video import Video
from elite8.core.storage import posts, readings, videos
from elite8.core.storage.database import Database

OUT = datetime(2026, 11, 23, 9, 0, 0, 123457, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def published(database: Database, make_video: Callable[..., Video]) -> Post:
    video = make_video()
    post = new_post(now=OUT, video_id=video.id, platform="youtube", due_at=OUT)
    post.status, post.remote_id, post.published_at = PostStatus.PUBLISHED, "v", OUT
    with database.transaction() as session:
        videos.add(session, video)
        posts.add(session, post)
    return post


def due(database: Database, now: datetime) -> list[datetime]:
    with database.transaction() as session:
        return [one.point for one in readings.due(session, now=now)]


def add(database: Database, post: Post, at: datetime, since: datetime, views: int = 1) -> bool:
    with database.transaction() as session:
        return readings.add(session, new_reading(at=at, post_id=post.id, views=views), since=since)


def test_a_reading_is_due_from_its_point_until_it_is_taken(
    database: Database, published: Post
) -> None:
    for after, following in zip(AFTER, [*AFTER[1:], FORGOTTEN], strict=True):
        assert due(database, OUT + after - timedelta(microseconds=1)) == []
        assert due(database, OUT + after) == [OUT + after]
        assert due(database, OUT + following - timedelta(microseconds=1)) == [OUT + after]
        assert add(database, published, OUT + after, since=OUT + after)
        assert due(database, OUT + after) == []
    assert due(database, OUT + FORGOTTEN + HOUR) == []


def test_what_is_not_out_or_has_no_name_is_not_due(database: Database, published: Post) -> None:
    with database.transaction() as session:
        row = posts.get(session, published.id)
        assert row
        row.remote_id = ""
    assert due(database, OUT + HOUR) == []
    with database.transaction() as session:
        row = posts.get(session, published.id)
        assert row
        row.remote_id, row.status = "v", PostStatus.UNCERTAIN
    assert due(database, OUT + HOUR) == []


def test_of_many_at_once_one_takes_the_reading(database: Database, published: Post) -> None:
    start, won = Barrier(4), []

    def run(number: int) -> None:
        start.wait()
        if add(database, published, OUT + HOUR, since=OUT + HOUR, views=number):
            won.append(number)

    threads = [Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction() as session:
        (only,) = readings.of_post(session, published.id)
    assert [only.views] == won


def test_the_newest_is_first(database: Database, published: Post) -> None:
    for hours in (1, 3, 6):
        add(database, published, OUT + hours * HOUR, since=OUT + hours * HOUR, views=hours)
    with database.transaction() as session:
        assert [one.views for one in readings.of_post(session, published.id)] == [6, 3, 1]
        newest = readings.newest(session, published.id)
    assert newest
    assert newest.views == 6


def test_a_point_is_the_last_one_that_has_passed() -> None:
    assert point(OUT, OUT) is None
    assert point(OUT, OUT - HOUR) is None
    assert point(OUT, OUT + 5 * HOUR) == OUT + 3 * HOUR
    assert point(OUT, OUT + timedelta(days=45)) == OUT + timedelta(days=30)
    assert point(OUT, OUT + timedelta(days=61)) is None
