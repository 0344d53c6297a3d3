"""A video: one row from plan to finished file."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id


class VideoStatus(StrEnum):
    """Where a video is on its way."""

    PLANNED = "planned"
    GENERATING = "generating"
    GENERATED = "generated"
    FINISHED = "finished"
    FAILED = "failed"


NEXT = {
    VideoStatus.PLANNED: {VideoStatus.GENERATING, VideoStatus.FAILED},
    VideoStatus.GENERATING: {VideoStatus.GENERATED, VideoStatus.PLANNED, VideoStatus.FAILED},
    VideoStatus.GENERATED: {VideoStatus.FINISHED, VideoStatus.PLANNED, VideoStatus.FAILED},
    VideoStatus.FINISHED: set[VideoStatus](),
    VideoStatus.FAILED: {VideoStatus.PLANNED},
}
"""Which state may follow which; one that failed, or was stopped, may be planned again."""


def one_of(column: str, states: type[StrEnum]) -> CheckConstraint:
    """Return the constraint that keeps a status column to its states."""
    listed = ", ".join(f"'{state.value}'" for state in states)
    return CheckConstraint(f"{column} IN ({listed})", name=f"known_{column}")


class Video(Kept, table=True):
    """A row of `video`. Made by `new_video`; not validated when assigned.

    `place` is day, slot and performer of the plan, "" for none; `tries` how often it was begun,
    `begun_at` when that was last. `locale` is whom it is for, en-GB, "" for all of its language.
    `words` are the operator's own, to be spoken; `untranslated` are theirs in another language, and
    while there are such and no `words` nothing is made. `stage` is of the funnel, "" for none.
    `asked_engine` is auto unless the operator chose; `engine` is the one that made it or will.
    """

    __table_args__ = (
        one_of("status", VideoStatus),
        Index("video_by_character", "character_id", "id"),
        Index("video_by_status", "status", "id"),
        Index("video_by_begin", "status", "begun_at"),
        Index(
            "video_planned_once",
            "place",
            unique=True,
            # Of PostgreSQL its migration alone says it: here every process would load that dialect.
            sqlite_where=text("place != ''"),
        ),
    )

    id: str = Field(primary_key=True, max_length=26)
    character_id: str = Field(max_length=32)
    status: str = Field(max_length=16)
    engine: str = Field(max_length=16)
    language: str = Field(max_length=8)
    content_type: str = Field(max_length=32)
    topic: str
    title: str
    script: str
    seed: int
    asked_seconds: float | None = None
    seconds: float | None = None
    voice: str = ""
    path: str = ""
    cover: str = ""
    sha256: str = Field(default="", max_length=64)
    size_bytes: int = 0
    failure: str = ""
    claimed_by: str = Field(default="", max_length=64)
    claimed_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    finished_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    place: str = Field(default="", max_length=80)
    begun_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    tries: int = 0
    locale: str = Field(default="", max_length=8)
    words: str = ""
    untranslated: str = ""
    stage: str = Field(default="", max_length=16)
    asked_engine: str = Field(default="auto", max_length=16)


def new_video(  # noqa: PLR0913  # the facts a video is planned with
    *,
    now: datetime,
    character_id: str,
    engine: str,
    language: str,
    content_type: str,
    topic: str,
    title: str,
    script: str,
    seed: int,
    asked_seconds: float | None,
    stage: str = "",
) -> Video:
    """Return a planned video; a naive `now` is a ValueError."""
    if now.tzinfo is None:
        raise ValueError("now has no zone; instants are aware and in UTC")
    return Video(
        id=new_id(now),
        character_id=character_id,
        status=VideoStatus.PLANNED,
        engine=engine,
        language=language,
        content_type=content_type,
        topic=topic,
        title=title,
        script=script,
        seed=seed,
        asked_seconds=asked_seconds,
        created_at=now,
        stage=stage,
    )
