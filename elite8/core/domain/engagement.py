"""What each subscriber did as sums that fade, and the frozen halves of scores: tables.

How sums are made and scored is in `fading`, which needs NumPy; a table does not.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field

import elite8.core.domain.subscriber  # noqa: F401  # our tables point at its own
from elite8.core.domain.columns import Kept, UtcDateTime

PARTS: Final = 8
"""People are in so many parts, by the remainder of their number: several machines make the sums."""
SHARE: Final = "share"
"""The name in `calibration_value` of completions by starts."""


class Engagement(Kept, table=True):
    """A row of `engagement`: one subscriber's sums of all up to now, or to 28 days before today.

    `events` and `last_event` are how many they had, and the newest's id, when it was worked out:
    where they differ now it is worked out again, as it is from `next_at` on, when an event comes
    that was still to come.
    """

    __table_args__ = (
        UniqueConstraint("subscriber_id", "days_before", name="engaged_once"),
        Index("engagement_waits", "days_before", "next_at"),
        {"sqlite_with_rowid": False},
    )

    days_before: int = Field(primary_key=True)
    platform: str = Field(primary_key=True, max_length=16)
    subscriber_id: int = Field(primary_key=True, foreign_key="subscriber.id", ondelete="CASCADE")
    events: int
    last_event: int = Field(sa_type=BigInteger)
    next_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    messages_sent: float
    messages_received: float
    views: float
    completions: float
    likes: float
    comments: float
    shares: float
    minutes: float
    conversations: float
    starts: float
    answered: float


class EngagementState(Kept, table=True):
    """A row of `engagement_state`: up to when a part's sums are, by which rules, and of what.

    `basis` is the epoch and the half-lives: other ones, and all is worked out again. `seen` is what
    the tables looked like: alike, and nothing has to be looked for.
    """

    __tablename__ = "engagement_state"

    days_before: int = Field(primary_key=True)
    part: int = Field(primary_key=True)
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    basis: str = Field(max_length=200)
    seen: str = Field(max_length=100)


class Calibrated(Kept, table=True):
    """A row of `calibration`: a version, and the day as of which it was measured; never changed."""

    __tablename__ = "calibration"

    version: str = Field(primary_key=True, max_length=32)
    as_of: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class CalibrationValue(Kept, table=True):
    """A row of `calibration_value`: half of full of an activity, or `share` of starts completed."""

    __tablename__ = "calibration_value"

    version: str = Field(primary_key=True, foreign_key="calibration.version", max_length=32)
    platform: str = Field(primary_key=True, max_length=16)
    activity: str = Field(primary_key=True, max_length=20)
    value: float
