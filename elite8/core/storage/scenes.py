"""What a picture of everything asks: a bounded number of rows that an index has in order."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from elite8.core.domain.alert import AlertEvent
from elite8.core.domain.attempt import Attempt
from elite8.core.domain.job import Job
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.video import Video, VideoStatus

OPEN = (PostStatus.PUBLISHING, PostStatus.UNCERTAIN, PostStatus.WAITING)
MADE_LAST = (VideoStatus.GENERATING, VideoStatus.GENERATED, VideoStatus.FAILED)


def queue(session: Session, *, refused_since: datetime, limit: int) -> list[tuple[Post, Video]]:
    """Return the open posts and those refused since then, the soonest due first.

    Each state is asked apart, for an index has its order; of the refused ones the newest count.
    """
    due = col(Post.due_at)
    found = [
        row
        for state in OPEN
        for row in session.exec(of_state(state).order_by(due, col(Post.id)).limit(limit))
    ]
    refused = of_state(PostStatus.REFUSED).where(due >= refused_since)
    found += session.exec(refused.order_by(due.desc()).limit(limit // 4)).all()
    found.sort(key=lambda row: (row[0].due_at, row[0].id))
    return [(post, video) for post, video in found[:limit]]


def of_state(state: PostStatus) -> Any:  # noqa: ANN401  # a piece of SQL
    """Return the question for posts of a state, with their videos."""
    asked = select(Post, Video).join(Video, col(Video.id) == col(Post.video_id))
    return asked.where(col(Post.status) == state)


def queued(session: Session, *, refused_since: datetime) -> int:
    """Return how many posts are open or were refused since then."""
    state, due = col(Post.status), col(Post.due_at)
    parts = (state.in_(OPEN), (state == PostStatus.REFUSED) & (due >= refused_since))
    return sum(session.exec(select(func.count()).where(part)).one() for part in parts)


def films(session: Session, *, limit: int) -> list[Video]:
    """Return the videos in work, those that failed last, the planned ones, the newest finished."""
    most = {VideoStatus.FAILED: limit // 5, VideoStatus.PLANNED: limit // 2}
    found: list[Video] = []
    for state in (*MADE_LAST, VideoStatus.PLANNED, VideoStatus.FINISHED):
        asked = select(Video).where(col(Video.status) == state).order_by(col(Video.id).desc())
        found += session.exec(asked.limit(min(most.get(state, limit), limit - len(found)))).all()
    return found


def first_due(session: Session, videos: Sequence[str]) -> dict[str, datetime]:
    """Return when the first open post of each of these videos is due."""
    asked = select(Post.video_id, func.min(Post.due_at)).where(
        col(Post.video_id).in_(videos), col(Post.status).in_(OPEN)
    )
    return dict(session.exec(asked.group_by(col(Post.video_id))).all())


def shares(session: Session, videos: Sequence[str]) -> dict[str, float]:
    """Return how far the newest order of each of these videos is, from 0 to 1."""
    asked = select(Job.video_id, Job.share).where(col(Job.video_id).in_(videos))
    return dict(session.exec(asked.order_by(col(Job.id))).all())


def tries(session: Session, *, limit: int) -> Sequence[tuple[Attempt, str]]:
    """Return what was tried or decided last, and on which network; the newest first."""
    newest = select(Attempt.id).order_by(col(Attempt.id).desc()).limit(limit).subquery()
    asked = (
        select(Attempt, Post.platform)
        .join(newest, newest.c.id == col(Attempt.id))
        .join(Post, col(Post.id) == col(Attempt.post_id))
    )
    return session.exec(asked.order_by(col(Attempt.id).desc())).all()


def turns(session: Session, *, limit: int) -> Sequence[AlertEvent]:
    """Return what happened to alerts last, the newest first."""
    order = (col(AlertEvent.at).desc(), col(AlertEvent.id).desc())
    return session.exec(select(AlertEvent).order_by(*order).limit(limit)).all()


def orders(session: Session, *, limit: int) -> Sequence[Job]:
    """Return what was ordered last of a paid engine, the newest first."""
    return session.exec(select(Job).order_by(col(Job.id).desc()).limit(limit)).all()
