"""Snapshots and what a scene asks, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from elite8.core.domain.alert import AlertEvent
from elite8.core.domain.attempt import new_attempt
from elite8.core.domain.identity import new_id
from elite8.core.domain.post import Post, PostStatus, new_post
from elite8.core.domain.snapshot import KeptScene
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.storage import attempts, posts, scenes, snapshots, videos
from elite8.core.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, 0, 123457, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Kept = Callable[[Database], tuple[Video, Post]]


def keep(database: Database, count: int) -> list[datetime]:
    """Keep one snapshot a minute from NOW on."""
    instants = [NOW + n * MINUTE for n in range(count)]
    with database.transaction() as session:
        for at in instants:
            snapshots.keep(session, KeptScene(at=at, until=at, version=1, body=b"\x00\xff"))
    return instants


def test_the_newest_by_an_instant_and_those_beside_it(database: Database) -> None:
    first, second, third, last = keep(database, 4)
    with database.transaction() as session:
        found = snapshots.newest(session, by=second + MINUTE / 2)
        assert found
        assert (found.at, found.body) == (second, b"\x00\xff")
        assert snapshots.newest(session, by=first - MINUTE) is None
        later = [snapshots.beside(session, second, step) for step in (1, 2, 3)]
        assert [one and one.at for one in later] == [third, last, None]
        earlier = [snapshots.beside(session, third, step) for step in (-1, -2, -3)]
        assert [one and one.at for one in earlier] == [second, first, None]
        assert snapshots.span(session) == (first, last)


def test_how_long_one_held_is_moved_and_ends_the_span(database: Database) -> None:
    (at,) = keep(database, 1)
    with database.transaction() as session:
        snapshots.still(session, at, at + 3 * MINUTE)
    with database.transaction() as session:
        assert snapshots.span(session) == (at, at + 3 * MINUTE)


def test_without_any_there_is_no_span(database: Database) -> None:
    with database.transaction() as session:
        assert snapshots.span(session) is None
        assert snapshots.newest(session) is None


def test_some_are_dropped_and_all_that_are_too_old(database: Database) -> None:
    instants = keep(database, 6)
    with database.transaction() as session:
        assert snapshots.drop(session, [instants[3], instants[5]], before=instants[2]) == 4
        assert snapshots.instants(session, before=NOW + 99 * MINUTE) == [instants[2], instants[4]]


def test_the_queue_is_what_is_open_or_was_refused_lately_the_soonest_first(
    database: Database, make_video: Callable[..., Video]
) -> None:
    video = make_video()
    due = {
        PostStatus.REFUSED: -1,
        PostStatus.UNCERTAIN: -2,
        PostStatus.WAITING: 3,
        PostStatus.PUBLISHED: 1,
        PostStatus.PUBLISHING: 0,
    }
    with database.transaction() as session:
        videos.add(session, video)
        for number, (status, days) in enumerate(due.items()):
            at = NOW + timedelta(days=days)
            post = new_post(now=NOW, video_id=video.id, platform=f"n{number}", due_at=at)
            post.status = status
            posts.add(session, post)
        old = new_post(now=NOW, video_id=video.id, platform="old", due_at=NOW - timedelta(days=30))
        old.status = PostStatus.REFUSED
        posts.add(session, old)
    with database.transaction() as session:
        since = NOW - timedelta(days=7)
        found = scenes.queue(session, refused_since=since, limit=9)
        assert [post.status for post, _ in found] == [
            "uncertain",
            "refused",
            "publishing",
            "waiting",
        ]
        assert scenes.queued(session, refused_since=since) == 4
        assert len(scenes.queue(session, refused_since=since, limit=2)) == 2


def test_films_in_work_come_before_the_newest_that_are_done(
    database: Database, make_video: Callable[..., Video]
) -> None:
    states = [*VideoStatus] * 3
    with database.transaction() as session:
        for number, status in enumerate(states):
            video = make_video()
            video.id, video.status = new_id(NOW + number * MINUTE), status
            videos.add(session, video)
    with database.transaction() as session:
        found = [one.status for one in scenes.films(session, limit=13)]
    kinds = ("generating", "generated", "failed", "planned", "finished")
    assert list(dict.fromkeys(found)) == list(kinds)
    assert len(found) == 13
    assert found.count("failed") == 2  # a fifth at most


def test_tries_come_with_their_network_the_newest_first(database: Database, kept: Kept) -> None:
    _, post = kept(database)
    with database.transaction() as session:
        for number in range(4):
            at = NOW + number * MINUTE
            attempts.add(session, new_attempt(at=at, post_id=post.id, kind="send", outcome="x"))
        session.add(AlertEvent(**EVENT, id=new_id(NOW), at=NOW))
    with database.transaction() as session:
        found = [(one.at, network) for one, network in scenes.tries(session, limit=2)]
        assert found == [(NOW + n * MINUTE, post.platform) for n in (3, 2)]
        assert [one.rule for one in scenes.turns(session, limit=2)] == ["disk-low"]
        assert list(scenes.orders(session, limit=2)) == []
        assert scenes.first_due(session, [post.video_id]) == {post.video_id: post.due_at}


EVENT = {
    "rule": "disk-low",
    "subject": "",
    "what": "firing",
    "severity": "warning",
    "message": "the disk is full soon",
}
