"""A row that was read is as one that was made, whichever way it came to be."""

from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, create_engine, select

from elite8.core.domain.account import Account
from elite8.core.domain.post import Post, new_post
from elite8.core.storage.read import row_of

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def facts() -> dict[str, Any]:
    made = new_post(now=NOW, video_id="01M", platform="x", due_at=NOW)
    return {name: getattr(made, name) for name in Post.model_fields}


def test_a_row_that_was_read_says_what_one_that_was_made_says() -> None:
    read, made = row_of(Post, facts()), Post(**facts())
    assert read.model_dump() == made.model_dump()
    assert repr(read) == repr(made)


def test_what_is_changed_in_it_stays_its_own() -> None:
    one, other = row_of(Post, facts()), row_of(Post, facts())
    one.status = "published"
    assert (one.model_dump()["status"], other.status) == ("published", "waiting")


def test_a_session_takes_it_as_any_other() -> None:
    engine = create_engine("sqlite://")
    Account.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(row_of(Post, facts()))
        session.flush()
        assert session.exec(select(col(Post.platform))).all() == ["x"]
    engine.dispose()
