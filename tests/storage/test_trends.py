"""What went out day by day, on every database: each post once, with its newest reading."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from elite8.core.domain.post import Post, PostStatus, new_post
from elite8.core.domain.reading import new_reading
from elite8.core.domain.video import Video
from elite8.core.storage import figures, posts, samples, trends, videos
from elite8.core.storage.calendar import next_due
from elite8.core.storage.database import Database
from elite8.core.storage.trends import Sum

MIDNIGHT = datetime(2026, 11, 20, 15, tzinfo=UTC)
DAY = timedelta(days=1)
BORDERS = [MIDNIGHT + n * DAY for n in range(4)]


def out(database: Database, video: str, network: str, at: datetime | None, *views: int) -> Post:
    """Keep a post that went out then, and what it was seen to have done since."""
    post = new_post(now=MIDNIGHT, video_id=video, platform=network, due_at=at or BORDERS[-1])
    if at is not None:
        post.status, post.published_at, post.attempts = PostStatus.PUBLISHED, at, 1
    with database.transaction() as session:
        posts.add(session, post)
        for number, count in enumerate(views):
            read = MIDNIGHT + number * timedelta(hours=1)
            session.add(new_reading(at=read, post_id=post.id, views=count, likes=count // 10))
    return post


def test_a_day_lasts_from_its_border_to_before_the_next(
    database: Database, make_video: Callable[..., Video]
) -> None:
    made = [make_video(character_id=name) for name in ("jin", "jin", "rio")]
    with database.transaction() as session:
        for video in made:
            videos.add(session, video)
    moment = timedelta(microseconds=1)
    out(database, made[0].id, "tiktok", MIDNIGHT, 10, 30, 200)
    out(database, made[1].id, "tiktok", MIDNIGHT + DAY - moment, 40)
    out(database, made[2].id, "tiktok", MIDNIGHT + DAY)
    out(database, made[0].id, "youtube", MIDNIGHT + 3 * DAY - moment, 7)
    out(database, made[1].id, "youtube", MIDNIGHT - moment, 900)
    out(database, made[2].id, "youtube", MIDNIGHT + 3 * DAY, 900)
    waits = out(database, made[2].id, "outbox", None, 900)
    with database.transaction() as session:
        found = trends.out_by_day(session, BORDERS)
        due = next_due(session, MIDNIGHT)
        ends = figures.ended_posts(session, 3)
        reached = {row[0]: (row[1], row[2]) for row in figures.reactions(session, MIDNIGHT)}
    assert sorted(found, key=lambda one: (one.day, one.network)) == [
        Sum(network="tiktok", character="jin", day=0, posts=2, views=240, engaged=24),
        Sum(network="tiktok", character="rio", day=1, posts=1, views=0, engaged=0),
        Sum(network="youtube", character="jin", day=2, posts=1, views=7, engaged=0),
    ]
    assert due
    assert due[0].id == waits.id
    assert ends == [True, True, True]
    assert reached == {"tiktok": (240, 24), "youtube": (907, 90)}
    told = (number for one in found for number in (one.posts, one.views, one.engaged))
    assert {*map(type, (*told, *sum(reached.values(), ())))} == {int}, "on PostgreSQL too"


def test_nothing_is_no_sum(database: Database) -> None:
    with database.transaction() as session:
        assert trends.out_by_day(session, BORDERS) == []
        assert next_due(session, MIDNIGHT) is None
        assert samples.means(session, "elite8_cpu_ratio", timedelta(minutes=5), MIDNIGHT) == []
