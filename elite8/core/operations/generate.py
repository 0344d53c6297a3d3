"""Make planned videos one at a time, and show what was made."""

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from elite8 import __version__
from elite8.core import log, scratch
from elite8.core.domain.character import Character
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import ConfigError, Elite8Error, Unavailable
from elite8.core.operations import finish, media
from elite8.core.operations.brief import Planned, row_of
from elite8.core.operations.configuration import own_picture
from elite8.core.operations.holder import is_dead, new_holder
from elite8.core.operations.signing import signing_key
from elite8.core.production.local.engine import Filmed, Take, film
from elite8.core.storage import videos
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

Progress = Callable[[str, float], None]

LEASE = timedelta(hours=1)
"""Longer than any video takes here: three minutes of video are made in about two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoMade:
    """One finished video and its files; `took` is seconds of work."""

    id: str
    character: str
    language: str
    title: str
    seconds: float
    voice: str
    seed: int
    path: Path
    cover: Path
    sha256: str
    took: float
    notes: tuple[str, ...]


def make(
    studio: Studio, planned: Planned, progress: Progress, claimed: Video | None = None
) -> VideoMade:
    """Make one planned video: row, film, marks, row again; `claimed` is its row, if it has one.

    The row is there before the work and says what became of it; files appear whole or not at all.
    """
    began = time.perf_counter()
    # A key that cannot sign is found before the work, not after it.
    ending = signing_key(studio).warning(studio.clock())
    video = claimed or start(studio, planned)
    try:
        filmed = film_and_keep(studio, planned, video, progress)
    except BaseException as trouble:
        give_up(studio, video, trouble)
        raise
    made = VideoMade(
        id=video.id,
        character=planned.character,
        language=planned.language,
        title=planned.script.title,
        seconds=filmed.seconds,
        voice=filmed.voice or "none",
        seed=planned.seed,
        path=Path(video.path),
        cover=Path(video.cover),
        sha256=video.sha256,
        took=round(time.perf_counter() - began, 2),
        notes=(*filmed.notes, *([ending] if ending else ())),
    )
    facts = {name: getattr(made, name) for name in ("character", "language", "voice", "took")}
    log.get().info("video.finished", video=made.id, seconds=made.seconds, **facts)
    return made


def film_and_keep(studio: Studio, planned: Planned, video: Video, progress: Progress) -> Filmed:
    """Film in a folder that goes away, and keep what was filmed; a full disk is a ConfigError."""
    try:
        return film_in_a_folder(studio, planned, video, progress)
    except OSError as trouble:
        where = f" at {trouble.filename}" if trouble.filename else ""
        said = f"{trouble.strerror or trouble}{where}"
        raise ConfigError(f"{said}; the film was not kept, make it again") from trouble


def film_in_a_folder(studio: Studio, planned: Planned, video: Video, progress: Progress) -> Filmed:
    """Film in a folder that goes away, and keep what was filmed."""
    with working_folder(planned.folder) as folder:
        film_file = Path(folder) / "film.mp4"
        filmed = film(
            take(studio, planned),
            film_file,
            cache=studio.settings.cache_dir / "layers",
            program=studio.settings.ffmpeg,
            progress=progress,
        )
        keep(studio, planned, video, filmed, film_file)
    return filmed


def start(studio: Studio, planned: Planned) -> Video:
    """Return the claimed row of a video to be made; rows whose maker was killed are closed."""
    video = row_of(studio, planned)
    with studio.database.transaction() as session:
        videos.fail_abandoned(session, now=studio.shared_now(), is_dead=is_dead)
        videos.add(session, video)
        claimed = claim(studio, session, video.id)
    if claimed is None:
        raise RuntimeError(f"video {video.id} was taken the moment it was made")
    return claimed


def claim(studio: Studio, session: Session, video_id: str, **facts: object) -> Video | None:
    """Return the video, held by this process; `None` when another makes it."""
    holder, now = new_holder(), studio.shared_now()
    return videos.claim(session, video_id, holder=holder, now=now, lease=LEASE, **facts)


def claim_to_film(studio: Studio, video_id: str) -> Video | None:
    """Return the video, held by this process to be filmed here, whatever it was planned with."""
    with studio.database.transaction() as session:
        return claim(studio, session, video_id, engine="local")


def take(studio: Studio, planned: Planned) -> Take:
    """Return what the local engine needs."""
    character = studio.config.roster.named(planned.character)
    return Take(
        character=character,
        language=planned.language,
        script=planned.script,
        own_words=planned.own_words,
        seconds=planned.seconds,
        seed=planned.seed,
        label=finish.label(studio, planned.language),
        finishing=studio.config.finishing,
        picture=own_picture(character, studio.config),
        locale=planned.locale,
    )


def working_folder(folder: Path) -> tempfile.TemporaryDirectory[str]:
    """Return a folder for half-done files, on the disk where the finished ones go."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch.sweep((folder,))
        return scratch.folder("making", folder)
    except OSError as trouble:
        raise ConfigError(f"{folder} cannot be written: {trouble.strerror}") from None


def keep(  # noqa: PLR0913, PLR0917  # what was planned, filmed, and how it came about
    studio: Studio,
    planned: Planned,
    video: Video,
    filmed: Filmed,
    film_file: Path,
    more: Mapping[str, object] | None = None,
) -> None:
    """Mark the film, put video, cover and facts in their folder, and finish the row.

    `more` is added to the facts. A video generated before it was killed here is kept again.
    """
    if video.status != VideoStatus.GENERATED:
        with studio.database.transaction() as session:
            known = {"seconds": filmed.seconds, "voice": filmed.voice, **planned.told()}
            words = "\n".join(filmed.words)
            videos.go_on(session, video, VideoStatus.GENERATED, script=words, **known)
    character = studio.config.roster.named(planned.character)
    path = (planned.folder / f"{character.id}-{video.id}.mp4").absolute()
    cover = finish.mark_cover(studio, filmed.cover, character, planned.language)
    with film_file.open("rb") as unmarked:
        before = hashlib.file_digest(unmarked, "sha256").hexdigest()
    sha256 = finish.mark(studio, film_file, path, character, planned.language)
    path.with_suffix(".jpg").write_bytes(cover)
    facts = evidence(studio, planned, character, filmed)
    facts |= {"sha256_unmarked": before, "sha256": sha256, **(more or {})}
    text = json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
    path.with_suffix(".json").write_text(text, encoding="utf-8")
    media.try_to_share(studio, path, path.with_suffix(".jpg"), sha256)
    with studio.database.transaction() as session:
        videos.move(
            session,
            video,
            VideoStatus.FINISHED,
            path=str(path),
            cover=str(path.with_suffix(".jpg")),
            sha256=sha256,
            size_bytes=path.stat().st_size,
            finished_at=studio.clock(),
        )


def evidence(
    studio: Studio, planned: Planned, character: Character, filmed: Filmed
) -> dict[str, object]:
    """Return what proves how the video came to be; no personal data."""
    words = "\n".join(filmed.words)
    return {
        "made_by": f"elite8 {__version__}, engine {planned.engine}",
        "made_at": studio.clock().isoformat(),
        "character": character.id,
        "name": character.name,
        "declared_age": character.declared_age,
        "rating": character.rating,
        "fictional": True,
        "ai_generated": True,
        "language": planned.language,
        "voice": filmed.voice or "none",
        "seed": planned.seed,
        "seconds": filmed.seconds,
        "title": planned.script.title,
        "topic": planned.topic,
        "content_type": planned.content_type,
        "words": list(filmed.words),
        "words_sha256": hashlib.sha256(words.encode()).hexdigest(),
    }


def give_up(studio: Studio, video: Video, trouble: BaseException) -> None:
    """Close the row of a video that was not made; what is known stands in `failure`.

    One of the plan that was stopped on the way costs it no try: the next start makes it. A finished
    one stays so, and one that was given up for dead is no longer ours: the trouble itself is told.
    """
    if video.status == VideoStatus.FINISHED:
        return
    why = str(trouble) if isinstance(trouble, Elite8Error) else type(trouble).__name__
    status, facts = VideoStatus.FAILED, dict[str, object](failure=why)
    if video.place and isinstance(trouble, KeyboardInterrupt | SystemExit):
        status, facts = VideoStatus.PLANNED, {"tries": video.tries - 1}
    with suppress(Unavailable), studio.database.transaction() as session:
        videos.move(session, video, status, **facts)
