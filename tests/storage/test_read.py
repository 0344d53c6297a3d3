"""A row that was read is as one that was made, whichever way it came to be."""

from datetime import UTC, datetime
from typing import Any

from elite8.core.domain.post import Post, new_post
from elite8.core.storage.read import row_of

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def facts() -> dict[str, Any]:
    made = new_post(now=NOW, video_id="01M", platform="x", due_at=NOW)
    return {name: getattr(made, name) for name in Post.model_fields}


def test_a_row_that_was_read_says_what_one_that_was_made_says() -> None:
    known = facts()
    read, made = row_of(Post, known), Post(**known)
    assert read.model_dump() == made.model_dump()


def test_what_is_changed_in_it_stays_its_own() -> None:
    one, other = row_of(Post, facts()), row_of(Post, facts())
    one.status = "published"
    assert (one.model_dump()["status"], other.status) == ("published", "waiting")
