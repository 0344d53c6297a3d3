"""Videos and posts: claimed by one, moved only along their states, alike on both databases."""

import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from elite8.core.domain.post import NEXT as NEXT_POST
from elite8.core.domain.post import PostStatus
from elite8.core.domain.video import VideoStatus
from elite8.core.storage import listing, posts, videos
from elite8.core.storage.database import Database
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

sys.path.insert(0, str(Path(__file__).parents[1]))
from makers import NOW, make_post, make_video

LEASE = timedelta(minutes=5)


def kept(database: Database) -> tuple[str, str]:
    video = make_video()
    post = make_post(video)
    with database.transaction() as session:
        videos.add(session, video)
        posts.add(session, post)
    return video.id, post.id


def test_an_instant_comes_back_aware_in_utc_with_its_microseconds(database: Database) -> None:
    video_id, _ = kept(database)
    with database.transaction() as session:
        found = videos.get(session, video_id)
    assert found is not None
    assert found.created_at == NOW
    assert found.created_at.utcoffset() == timedelta(0)


def test_a_naive_instant_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 23)  # noqa: DTZ001  # naive on purpose
    with pytest.raises(ValueError, match="no zone"):
        make_video(now=naive)
    video = make_video()
    video.created_at = naive
    with pytest.raises(StatementError, match="no zone"), database.transaction() as session:
        videos.add(session, video)


def test_a_state_nobody_knows_is_refused_by_the_database(database: Database) -> None:
    video = make_video()
    video.status = "dancing"
    with pytest.raises(IntegrityError), database.transaction() as session:
        videos.add(session, video)


def test_a_post_of_a_video_that_is_not_there_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        posts.add(session, make_post(make_video()))


def test_a_second_post_for_the_same_place_is_refused(database: Database) -> None:
    kept(database)
    with database.transaction() as session:
        video = videos.matching(session, "")[0]
    with pytest.raises(IntegrityError), database.transaction() as session:
        posts.add(session, make_post(video))


def test_a_post_seen_by_many_is_claimed_by_one(database: Database) -> None:
    _, post_id = kept(database)
    _ = database.engine
    won: list[str] = []
    ready = threading.Barrier(6)

    def rival(name: str) -> None:
        ready.wait()
        with database.transaction() as session:
            if posts.claim(session, post_id, holder=name, now=NOW, lease=LEASE):
                won.append(name)

    threads = [threading.Thread(target=rival, args=(f"r{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_claim_whose_lease_ended_may_be_taken_over(database: Database) -> None:
    _, post_id = kept(database)
    later = NOW + LEASE + timedelta(seconds=1)
    with database.transaction() as session:
        assert posts.claim(session, post_id, holder="a", now=NOW, lease=LEASE)
        assert posts.claim(session, post_id, holder="b", now=NOW, lease=LEASE) is None
        taken = posts.claim(session, post_id, holder="b", now=later, lease=LEASE)
    assert taken is not None
    assert (taken.claimed_by, taken.attempts) == ("b", 2)


def test_a_published_post_cannot_be_claimed_or_moved(database: Database) -> None:
    _, post_id = kept(database)
    with database.transaction() as session:
        post = posts.claim(session, post_id, holder="a", now=NOW, lease=LEASE)
        assert post is not None
        posts.record(session, post, PostStatus.PUBLISHED, remote_id="r", url="u")
        later = NOW + timedelta(days=1)
        assert posts.claim(session, post_id, holder="b", now=later, lease=LEASE) is None
        with pytest.raises(ValueError, match="cannot become"):
            posts.record(session, post, PostStatus.WAITING)


def test_published_is_the_end_and_every_other_state_leads_somewhere() -> None:
    assert NEXT_POST[PostStatus.PUBLISHED] == set()
    assert all(NEXT_POST[status] for status in PostStatus if status != PostStatus.PUBLISHED)


def test_due_posts_come_longest_due_first_and_waiting_ones_only(database: Database) -> None:
    _, first = kept(database)
    _, second = kept(database)
    with database.transaction() as session:
        early = posts.due(session, now=NOW)
        posts.claim(session, first, holder="a", now=NOW, lease=LEASE)
        left = posts.due(session, now=NOW)
        none = posts.due(session, now=NOW - timedelta(seconds=1))
    assert [p.id for p in early] == [first, second]
    assert [p.id for p in left] == [second]
    assert none == []


def test_due_posts_are_found_by_their_index(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    with database.transaction() as session:
        plan = session.execute(
            text("EXPLAIN QUERY PLAN SELECT * FROM post WHERE status = 'waiting' AND due_at <= 1")
        ).all()
    database.close()
    assert "post_due" in str(plan)


def test_a_video_moves_only_along_its_states(database: Database) -> None:
    video_id, _ = kept(database)
    with database.transaction() as session:
        video = videos.claim(session, video_id, holder="a", now=NOW, lease=LEASE)
        assert video is not None
        assert videos.claim(session, video_id, holder="b", now=NOW, lease=LEASE) is None
        with pytest.raises(ValueError, match="cannot become"):
            videos.move(session, video, VideoStatus.FINISHED)


def test_a_video_whose_maker_was_killed_is_closed_and_says_so(database: Database) -> None:
    video_id, _ = kept(database)
    with database.transaction() as session:
        videos.claim(session, video_id, holder="a", now=NOW, lease=LEASE)
        assert videos.fail_abandoned(session, now=NOW) == 0
        assert videos.fail_abandoned(session, now=NOW + LEASE + timedelta(seconds=1)) == 1
        video = videos.get(session, video_id)
        assert video is not None
        assert (video.status, video.failure) == ("failed", "its maker was killed; make it again")


def test_the_quick_list_says_what_the_rows_say(database: Database) -> None:
    ids = [kept(database)[0] for _ in range(3)]
    found = listing.list_videos(database.address, limit=2)
    assert [v.id for v in found] == sorted(ids, reverse=True)[:2]
    with database.transaction() as session:
        row = videos.get(session, found[0].id)
    assert row is not None
    assert found[0].created_at == row.created_at
    assert (found[0].character, found[0].status) == (row.character_id, row.status)
    assert listing.list_videos(database.address, limit=9, status="finished") == ()
    assert len(listing.list_videos(database.address, limit=9, character="miyuki")) == 3
