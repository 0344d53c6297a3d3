"""Questions about videos."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from elite8.core.domain.identity import LENGTH
from elite8.core.domain.video import NEXT, Video, VideoStatus
from elite8.core.errors import Unavailable
from elite8.core.storage import held


def add(session: Session, video: Video) -> None:
    """Keep a new video."""
    session.add(video)
    session.flush()


def get(session: Session, video_id: str) -> Video | None:
    """Return the video with this id."""
    return session.get(Video, video_id)


def matching(session: Session, start: str, *, limit: int = 2) -> list[Video]:
    """Return the newest videos whose id begins with `start`; an empty `start` matches all."""
    # A whole id the primary key answers. No range does it for a part of one: what sorts after "Z"
    # is PostgreSQL's locale's own to say.
    mine = col(Video.id)
    same = mine == start if len(start) == LENGTH else mine.startswith(start, autoescape=True)
    return list(session.exec(select(Video).where(same).order_by(mine.desc()).limit(limit)))


def newest_finished(session: Session) -> Video | None:
    """Return the finished video made last."""
    asked = select(Video).where(col(Video.status) == VideoStatus.FINISHED)
    return session.exec(asked.order_by(col(Video.id).desc()).limit(1)).first()


def finished(session: Session) -> list[Video]:
    """Return every finished video, the oldest first."""
    asked = select(Video).where(col(Video.status) == VideoStatus.FINISHED)
    return list(session.exec(asked.order_by(col(Video.id))))


def finished_since(session: Session, since: datetime) -> list[Video]:
    """Return the videos finished since then, the oldest first."""
    done = (col(Video.status) == VideoStatus.FINISHED, col(Video.finished_at) >= since)
    return list(session.exec(select(Video).where(*done).order_by(col(Video.finished_at))))


def failed_since(session: Session, since: datetime) -> list[Video]:
    """Return the videos that were begun since then and failed, the oldest first."""
    bad = (col(Video.status) == VideoStatus.FAILED, col(Video.begun_at) >= since)
    return list(session.exec(select(Video).where(*bad).order_by(col(Video.begun_at))))


def claim(
    session: Session,
    video_id: str,
    *,
    holder: str,
    now: datetime,
    lease: timedelta,
    **facts: object,
) -> Video | None:
    """Return the planned video, now generating and held by `holder`; `None` when another has it."""
    taken = session.exec(
        update(Video)
        .where(col(Video.id) == video_id, col(Video.status) == VideoStatus.PLANNED)
        .values(
            status=VideoStatus.GENERATING,
            claimed_by=holder,
            claimed_until=now + lease,
            begun_at=now,
            tries=col(Video.tries) + 1,
            **facts,
        )
        .returning(col(Video.id))
    ).first()
    return session.get(Video, video_id, populate_existing=True) if taken else None


def move(session: Session, video: Video, status: VideoStatus, **facts: object) -> None:
    """Put the video in its next state and let it go; a forbidden step is a ValueError.

    Unavailable, and nothing is written, when the row is no longer as its holder left it.
    """
    if status not in NEXT[VideoStatus(video.status)]:
        raise ValueError(f"a video that is {video.status} cannot become {status}")
    if not held.move(session, video, status=status, **facts):
        raise Unavailable(f"video {video.id} was given up for dead; make it again")


def go_on(session: Session, video: Video, status: VideoStatus, **facts: object) -> None:
    """Put the video in its next state as `move` does, and keep holding it."""
    mine = {"claimed_by": video.claimed_by, "claimed_until": video.claimed_until}
    move(session, video, status, **{**mine, **facts})


def wanted_after_all(session: Session, video_id: str) -> None:
    """Have a failed video made again: the task that makes it has begun after all."""
    failed = (col(Video.id) == video_id, col(Video.status) == VideoStatus.FAILED)
    values = {"status": VideoStatus.GENERATING, "failure": ""}
    session.exec(update(Video).where(*failed).values(**values))


def abandoned(session: Session, *, now: datetime, is_dead: Callable[[str], bool]) -> list[Video]:
    """Return videos whose maker is gone: its lease ended, or it `is_dead`.

    Those of the paid engine nobody holds, but their jobs.
    """
    half_done = col(Video.status).in_((VideoStatus.GENERATING, VideoStatus.GENERATED))
    asked = select(Video).where(half_done, col(Video.claimed_until).is_not(None))
    return [
        video
        for video in session.exec(asked)
        if (video.claimed_until and video.claimed_until < now) or is_dead(video.claimed_by)
    ]


def fail_abandoned(session: Session, *, now: datetime, is_dead: Callable[[str], bool]) -> int:
    """Mark videos failed whose maker was killed; return how many that no other marked first."""
    facts = {"status": VideoStatus.FAILED, "failure": "its maker was killed; make it again"}
    found = abandoned(session, now=now, is_dead=is_dead)
    return sum(held.move(session, video, **facts) for video in found)
