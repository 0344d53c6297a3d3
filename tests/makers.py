"""Rows that are valid by default; a test names only what it is about."""

from datetime import UTC, datetime
from typing import Any

from elite8.core.domain.post import Post, new_post
from elite8.core.domain.video import Video, new_video

NOW = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)


def make_video(**changes: Any) -> Video:
    facts: dict[str, Any] = {
        "now": NOW,
        "character_id": "miyuki",
        "engine": "local",
        "language": "en",
        "content_type": "dance",
        "topic": "footwork",
        "title": "Footwork",
        "script": "",
        "seed": 1,
        "asked_seconds": None,
    }
    return new_video(**(facts | changes))


def make_post(video: Video, **changes: Any) -> Post:
    facts: dict[str, Any] = {"now": NOW, "video_id": video.id, "platform": "outbox", "due_at": NOW}
    return new_post(**(facts | changes))
