"""A reading: what a network said at one instant that a post had done; never changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

import elite8.core.domain.post  # noqa: F401  # our tables point at its own
from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id

AFTER = (
    *(timedelta(hours=hours) for hours in (1, 3, 6, 12, 24)),
    *(timedelta(days=days) for days in (2, 4, 7, 14, 30)),
)
"""How long after it went out a post is read."""
FORGOTTEN = timedelta(days=60)
"""A post older than this is read no more, also when its last readings were missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a network says that a post has done so far; `None` is what it does not give.

    `watch_seconds` is the time of all plays together, repeats included.
    """

    views: int | None = None
    reach: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    watch_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(Counts):
    """One reading, for people: what a post had done at an instant."""

    at: datetime


class Reading(Kept, table=True):
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


def point(published_at: datetime, now: datetime) -> datetime | None:
    """Return the last time a post was to be read; `None` before the first and when forgotten."""
    age = now - published_at
    passed = [after for after in AFTER if after <= age]
    return published_at + passed[-1] if passed and age <= FORGOTTEN else None
