"""What one look at a paid job finds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from elite8.core.domain.job import Job
from elite8.core.errors import Elite8Error
from elite8.core.operations.generate import VideoMade

LEASE = timedelta(minutes=15)
"""Longer than downloading and dressing three minutes of video take."""

Progress = Callable[[str, float], None]
State = Literal["running", "lost", "uncertain", "failed", "made", "ready"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one look at a job found; `made` is there once it is a video."""

    job: str
    video_id: str
    character: str
    family: str
    state: State
    word: str
    share: float
    message: str = ""
    made: VideoMade | None = None
    error: Elite8Error | None = None


def seen(
    job: Job,
    state: State,
    *,
    message: str = "",
    made: VideoMade | None = None,
    error: Elite8Error | None = None,
) -> Looked:
    """Return what was found."""
    return Looked(
        job=job.id,
        video_id=job.video_id,
        character=job.character_id,
        family=job.family,
        state=state,
        word=job.word,
        share=job.share,
        message=message,
        made=made,
        error=error,
    )
