"""A reading: what a network said at one instant that a post had done; never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from elite8.core.domain.columns import UtcDateTime
from elite8.core.domain.identity import new_id

COUNTS = ("views", "reach", "likes", "comments", "shares", "saves")


class Reading(SQLModel, table=True):
    """A row of `reading`; what the network does not give is `None`, shown as a dash."""

    __table_args__ = (Index("reading_of_post", "post_id", "at"),)

    id: str = Field(primary_key=True, max_length=26)
    post_id: str = Field(foreign_key="post.id", max_length=26)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    views: int | None = Field(default=None, sa_type=BigInteger)
    reach: int | None = Field(default=None, sa_type=BigInteger)
    likes: int | None = Field(default=None, sa_type=BigInteger)
    comments: int | None = Field(default=None, sa_type=BigInteger)
    shares: int | None = Field(default=None, sa_type=BigInteger)
    saves: int | None = Field(default=None, sa_type=BigInteger)
    watch_seconds: float | None = None


def new_reading(
    *,
    at: datetime,
    post_id: str,
    **counts: Any,  # noqa: ANN401  # each a number or None
) -> Reading:
    """Return what was read just now, by the columns' names; a naive `at` is a ValueError."""
    if at.tzinfo is None:
        raise ValueError("an instant has no zone; instants are aware and in UTC")
    return Reading(id=new_id(at), post_id=post_id, at=at, **counts)
