"""Make a clip that was paid for one of our videos: dressed, marked, and put where videos go."""

import json
from collections.abc import Callable
from pathlib import Path

from elite8.core.domain.job import Job
from elite8.core.domain.script import Line, Script
from elite8.core.domain.video import Video
from elite8.core.operations import finish, purse
from elite8.core.operations.brief import Planned
from elite8.core.operations.generate import VideoMade, keep, working_folder
from elite8.core.production.dress import Clip, dress
from elite8.core.studio import Studio

Progress = Callable[[str, float], None]


def deliver(studio: Studio, job: Job, video: Video, progress: Progress) -> VideoMade:
    """Dress the clip, mark it, and put it where videos go."""
    began = studio.clock()
    planned = planned_of(job, video)
    character = studio.config.roster.named(planned.character)
    progress("captions", 0.7)
    with working_folder(planned.folder) as folder:
        film_file = Path(folder) / "film.mp4"
        clip = Clip(
            file=Path(job.result),
            lines=planned.script.lines,
            voice=video.voice,
            character=character,
            language=planned.language,
            seed=video.seed,
            label=finish.label(studio, planned.language),
            finishing=studio.config.finishing,
        )
        filmed = dress(clip, film_file, program=studio.settings.ffmpeg)
        progress("marks", 0.95)
        keep(studio, planned, video, filmed, film_file, evidence_of_job(job))
    took = (studio.clock() - began).total_seconds()
    return made_of(video, filmed.seconds, took, purse_notes(studio))


def made_of(video: Video, seconds: float, took: float, notes: tuple[str, ...]) -> VideoMade:
    """Return the finished video for people."""
    return VideoMade(
        id=video.id,
        character=video.character_id,
        language=video.language,
        title=video.title,
        seconds=seconds,
        voice=video.voice,
        seed=video.seed,
        path=Path(video.path),
        cover=Path(video.cover),
        sha256=video.sha256,
        took=round(took, 2),
        notes=notes,
    )


def purse_notes(studio: Studio) -> tuple[str, ...]:
    """Return what is low, in words."""
    with studio.database.transaction() as session:
        return tuple(one.message for one in purse.low(studio, session))


def planned_of(job: Job, video: Video) -> Planned:
    """Return what was planned, from the two rows: the process that planned it may be gone."""
    kept = json.loads(job.request)
    lines = tuple(Line.model_validate(line) for line in kept["lines"])
    script = Script(
        title=video.title,
        lines=lines,
        topic=video.topic,
        content_type=video.content_type,  # type: ignore[arg-type]  # written from one
        language=video.language,  # type: ignore[arg-type]  # same
    )
    return Planned(
        character=video.character_id,
        language=script.language,
        engine="a2e",
        seed=video.seed,
        seconds=video.asked_seconds,
        topic=video.topic,
        content_type=script.content_type,
        own_words=True,
        script=script,
        folder=Path(kept["folder"]),
    )


def evidence_of_job(job: Job) -> dict[str, object]:
    """Return what proves how a paid engine made it; the order itself stays in the database."""
    return {
        "task": job.task_id,
        "order_sha256": job.request_sha256,
        "clip_sha256": job.sha256,
        "credits": job.coins,
    }
