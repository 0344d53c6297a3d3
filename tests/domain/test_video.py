"""The way of a video."""

from datetime import datetime

import pytest

from elite8.core.domain.video import NEXT, VideoStatus, new_video

LEGAL = {
    "planned": "generating failed",
    "generating": "generated planned failed",
    "generated": "finished planned failed",
    "finished": "",
    "failed": "planned",
}


@pytest.mark.parametrize("status", VideoStatus)
def test_a_video_takes_only_these_steps(status: VideoStatus) -> None:
    assert NEXT[status] == set(LEGAL[status].split())


def test_a_video_is_not_planned_at_a_naive_instant() -> None:
    with pytest.raises(ValueError, match="zone"):
        new_video(
            now=datetime(2026, 1, 1),  # noqa: DTZ001  # the point
            character_id="miyuki",
            engine="local",
            language="en",
            content_type="story",
            topic="",
            title="",
            script="",
            seed=1,
            asked_seconds=None,
        )
