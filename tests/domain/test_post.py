"""The way of a post."""

from datetime import UTC, datetime

import pytest

from elite8.core.domain.post import NEXT, PostStatus, new_post

LEGAL = {
    "waiting": "publishing",
    "publishing": "published refused uncertain waiting",
    "uncertain": "publishing published waiting",
    "refused": "publishing waiting published",
    "published": "",
}


@pytest.mark.parametrize("status", PostStatus)
def test_a_post_takes_only_these_steps(status: PostStatus) -> None:
    assert NEXT[status] == set(LEGAL[status].split())


def test_a_post_is_not_due_at_a_naive_instant() -> None:
    with pytest.raises(ValueError, match="zone"):
        new_post(
            now=datetime(2026, 1, 1, tzinfo=UTC),
            video_id="",
            platform="outbox",
            due_at=datetime(2026, 1, 1),  # noqa: DTZ001  # the point
        )
