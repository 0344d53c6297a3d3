"""Best times from rows: ripe readings only, in the region's zone, shown as they are."""

from datetime import UTC, datetime, timedelta

import pytest

from elite8.cli import besttimes
from elite8.core.domain.account import new_account
from elite8.core.domain.post import PostStatus, new_post
from elite8.core.domain.reading import new_reading
from elite8.core.domain.video import new_video
from elite8.core.errors import ConfigError
from elite8.core.operations.best_times import best_times
from elite8.core.storage import accounts, posts, videos
from elite8.core.studio import Studio

FIRST = datetime(2026, 6, 1, tzinfo=UTC)


def posted(studio: Studio, at: datetime, read_after: timedelta, regions: str = "DE") -> None:
    """Keep a post and one reading of it."""
    with studio.database.transaction() as session:
        account = new_account(now=FIRST, network="tiktok", handle=regions or "any", name="")
        account.regions = regions
        account = accounts.keep(session, account)
        video = new_video(
            now=at,
            character_id="jin",
            engine="local",
            language="en",
            content_type="dance",
            topic="",
            title="",
            script="",
            seed=1,
            asked_seconds=None,
        )
        videos.add(session, video)
        post = new_post(now=at, video_id=video.id, platform="tiktok", due_at=at)
        post.status, post.published_at = PostStatus.PUBLISHED, at
        post.account_id = account.id
        posts.add(session, post)
        counts = {"views": 1000, "likes": 40, "comments": 5, "shares": 5}
        session.add(new_reading(at=at + read_after, post_id=post.id, **counts))


def test_posts_count_in_the_hours_of_the_region_their_account_speaks_to(studio: Studio) -> None:
    posted(studio, FIRST + timedelta(hours=16), timedelta(days=2))  # 18:00 in Berlin
    posted(studio, FIRST + timedelta(hours=16), timedelta(days=2), regions="US GB")
    found = {(one.region, one.first): one for one in best_times(studio).cells}
    assert set(found) == {("DE", 18), ("US", 12), ("GB", 15)}
    assert found["DE", 18].n == 1
    assert 0.03 < found["DE", 18].rate < 0.07
    assert not found["DE", 18].claims


def test_a_reading_that_is_not_a_day_old_does_not_count(studio: Studio) -> None:
    posted(studio, FIRST, timedelta(hours=12))
    assert best_times(studio).cells == ()


def test_only_what_is_asked_for_is_shown(studio: Studio) -> None:
    posted(studio, FIRST, timedelta(days=2), regions="US DE")
    assert {one.region for one in best_times(studio, region="US").cells} == {"US"}
    assert best_times(studio, network="youtube").cells == ()
    for wrong in ({"region": "XX"}, {"network": "myspace"}):
        with pytest.raises(ConfigError, match="choose"):
            best_times(studio, **wrong)


def test_the_plot_lies_on_one_scale_and_says_what_is_too_little(studio: Studio) -> None:
    for day in range(30):
        posted(studio, FIRST + timedelta(days=day, hours=16), timedelta(days=2))
    posted(studio, FIRST + timedelta(hours=6), timedelta(days=2))
    found = best_times(studio)
    rows = besttimes.rows(found.cells)
    assert {len(row[5]) for row in rows} == {besttimes.WIDTH}
    assert all(row[5].count("●") == 1 for row in rows)
    assert sorted(row[2] for row in rows) == ["1*", "22", "8*"]
