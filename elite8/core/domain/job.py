"""A job: one task at a paid engine, from intent to result."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id
from elite8.core.domain.video import one_of

LONGEST_NAME = 40
"""Characters of a name that the engine's `title` can carry too (api/a2e.md 10.2, 12)."""


class JobStatus(StrEnum):
    """Where a job is on its way."""

    SENDING = "sending"
    RUNNING = "running"
    COLLECTED = "collected"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Family(StrEnum):
    """What can be asked of a paid engine."""

    AVATAR_VIDEO = "avatar_video"
    IMAGE_VIDEO = "image_video"
    PICTURE = "picture"
    AVATAR = "avatar"


NEXT = {
    JobStatus.SENDING: {JobStatus.RUNNING, JobStatus.FAILED, JobStatus.UNCERTAIN},
    JobStatus.RUNNING: {JobStatus.RUNNING, JobStatus.COLLECTED, JobStatus.FAILED},
    JobStatus.UNCERTAIN: {JobStatus.RUNNING, JobStatus.FAILED},
    JobStatus.COLLECTED: set[JobStatus](),
    JobStatus.FAILED: set[JobStatus](),
}
"""Which state may follow which. Nothing is sent from any of them: a job is sent once, when made."""
OPEN = (JobStatus.SENDING, JobStatus.RUNNING, JobStatus.UNCERTAIN)


class Job(Kept, table=True):
    """A row of `job`. `name` is what the engine's lists show; `video_id` is "" for an avatar's.

    `sent_there` is `sent_at` by the engine's clock; `follows` names the lost start it replaces.
    """

    __table_args__ = (one_of("status", JobStatus), Index("job_by_status", "status", "id"))

    id: str = Field(primary_key=True, max_length=26)
    engine: str = Field(default="a2e", max_length=16)
    family: str = Field(max_length=16)
    name: str = Field(max_length=LONGEST_NAME, unique=True)
    video_id: str = Field(default="", max_length=26, index=True)
    character_id: str = Field(max_length=32)
    status: str = Field(max_length=16)
    request: str
    request_sha256: str = Field(max_length=64)
    held: int
    priced: int
    coins: int | None = None
    sent_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    sent_there: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    deadline_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    asked_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    claimed_by: str = Field(default="", max_length=64)
    claimed_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    task_id: str = ""
    word: str = ""
    share: float = 0.0
    result: str = ""
    sha256: str = Field(default="", max_length=64)
    failure: str = ""
    trace_id: str = ""
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    follows: str = Field(default="", max_length=26, index=True)

    @property
    def began(self) -> datetime:
        """When it was sent, by the engine's clock as far as that is known."""
        return self.sent_there or self.sent_at


def name_of(job_id: str) -> str:
    """Return the name a job goes by at the engine."""
    return f"e8-{job_id}"


def new_job(  # noqa: PLR0913  # the facts of one order
    *,
    now: datetime,
    there: datetime,
    family: Family,
    character_id: str,
    video_id: str,
    request: str,
    request_sha256: str,
    held: int,
    priced: int,
    deadline_at: datetime,
    holder: str,
    held_until: datetime,
) -> Job:
    """Return a job about to be sent by `holder`; `there` is `now` by the engine's clock.

    `held` is set aside for it, `priced` its price, in credits. Naive instants are a ValueError.
    """
    if None in (now.tzinfo, there.tzinfo, deadline_at.tzinfo):
        raise ValueError("an instant has no zone; instants are aware and in UTC")
    job_id = new_id(now)
    return Job(
        id=job_id,
        family=family,
        name=name_of(job_id),
        video_id=video_id,
        character_id=character_id,
        status=JobStatus.SENDING,
        request=request,
        request_sha256=request_sha256,
        held=held,
        priced=priced,
        sent_at=now,
        sent_there=there,
        deadline_at=deadline_at,
        claimed_by=holder,
        claimed_until=held_until,
    )
