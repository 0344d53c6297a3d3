"""A post: one row from waiting to published, claimed by one at a time."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id
from elite8.core.domain.video import one_of

Promotes = Literal["", "own", "partner"]
"""What a post advertises: nothing, the operator's own brand or offers, or a partner's for pay."""

UNSEEN = ("", "hidden", "draft")
"""How a post that is out was found as long as nobody can see it."""
LEASE = timedelta(minutes=30)
"""How long a process holds a post: longer than the slowest upload is waited for."""


class PostStatus(StrEnum):
    """Where a post is on its way."""

    WAITING = "waiting"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


NEXT = {
    PostStatus.WAITING: {PostStatus.PUBLISHING},
    PostStatus.PUBLISHING: {
        PostStatus.PUBLISHED,
        PostStatus.REFUSED,
        PostStatus.UNCERTAIN,
        PostStatus.WAITING,
    },
    PostStatus.UNCERTAIN: {PostStatus.PUBLISHING, PostStatus.PUBLISHED, PostStatus.WAITING},
    PostStatus.REFUSED: {PostStatus.PUBLISHING, PostStatus.WAITING, PostStatus.PUBLISHED},
    PostStatus.PUBLISHED: set[PostStatus](),
}
"""Which state may follow which. Back to waiting only when it is proven that nothing went out; who
claims a refused or uncertain post asks the destination before sending."""


class Post(Kept, table=True):
    """A row of `post`. `region` is "" for none, so that uniqueness holds on every database.

    `sent_at` is when it last began to go out, `remote_handle` how the network knows a try that is
    not a post yet: with either, the network is asked before anything is sent. `due_at` is when it
    is next looked at, `meant_at` when it was to go out. `approved_sha256` is of what was approved,
    `begun_sha256` of what began to go out; `caption` and `asked_account` are the operator's own
    choice. `seen` is what the public post turned out to be, `proof` how that is known. A planned
    post is for the time `wall` in `zone`; once it is `late_minutes` late it is `missed`: skip, or
    next_slot. `slot` is the calendar's, "" where an operator chose the time.
    """

    __table_args__ = (
        one_of("status", PostStatus),
        Index("post_by_status", "status", "due_at"),
        Index("post_by_time", "meant_at"),
        Index("post_by_due", "due_at"),
        Index("post_by_network", "platform", "status"),
        Index("post_by_end", "status", "meant_at"),
        Index("post_by_out", "status", "published_at"),
        Index("post_by_sight", "seen", "status"),
        UniqueConstraint("video_id", "platform", "region", name="post_once"),
    )

    id: str = Field(primary_key=True, max_length=26)
    video_id: str = Field(foreign_key="video.id", max_length=26)
    platform: str = Field(max_length=16)
    region: str = Field(default="", max_length=8)
    status: str = Field(max_length=16)
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    claimed_by: str = Field(default="", max_length=64)
    claimed_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    attempts: int = 0
    rendition_sha256: str = Field(default="", max_length=64)
    account_id: str = Field(default="", max_length=26)
    remote_handle: str = ""
    sent_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    remote_id: str = ""
    url: str = ""
    failure: str = ""
    published_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    approved_sha256: str = Field(default="", max_length=64)
    caption: str = ""
    asked_account: str = Field(default="", max_length=26)
    seen: str = Field(default="", max_length=16)
    seen_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    proof: str = ""
    promotes: str = Field(default="", max_length=8)
    begun_sha256: str = Field(default="", max_length=64)
    slot: str = Field(default="", max_length=32)
    wall: str = Field(default="", max_length=16)
    zone: str = Field(default="", max_length=64)
    missed: str = Field(default="", max_length=16)
    late_minutes: int = 0
    meant_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))

    @property
    def wall_at(self) -> datetime:
        """The instant of the wall time it was planned for, as the zone's clock runs now."""
        wall = datetime.fromisoformat(self.wall)
        return wall.replace(tzinfo=ZoneInfo(self.zone)).astimezone(UTC)


def new_post(
    *, now: datetime, video_id: str, platform: str, due_at: datetime, region: str = ""
) -> Post:
    """Return a post that waits until `due_at`; naive instants are a ValueError."""
    if now.tzinfo is None or due_at.tzinfo is None:
        raise ValueError("an instant has no zone; instants are aware and in UTC")
    return Post(
        id=new_id(now),
        video_id=video_id,
        platform=platform,
        region=region,
        status=PostStatus.WAITING,
        due_at=due_at,
        meant_at=due_at,
    )
