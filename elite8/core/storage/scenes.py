"""What a picture of everything asks: a bounded number of rows that an index has in order."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select

from elite8.core.domain.alert import AlertEvent
from elite8.core.domain.attempt import Attempt
from elite8.core.domain.identity import first_id
from elite8.core.domain.job import Job
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.storage.bulk import among

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
        among(session, col(Post.video_id), videos), col(Post.status).in_(OPEN)
    )
    return dict(session.exec(asked.group_by(col(Post.video_id))).all())


def shares(session: Session, videos: Sequence[str]) -> dict[str, float]:
    """Return how far the newest order of each of these videos is, from 0 to 1."""
    asked = select(Job.video_id, Job.share).where(among(session, col(Job.video_id), videos))
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


def due_states(session: Session, since: datetime, until: datetime) -> list[tuple[datetime, str]]:
    """Return when the posts due in a time go or went out, and in which state each is."""
    due = col(Post.due_at)
    asked = select(Post.published_at, Post.due_at, Post.status).where(due >= since, due < until)
    return [(out or at, status) for out, at, status in session.exec(asked)]


def videos_by_character(
    session: Session, since: datetime, until: datetime
) -> Sequence[tuple[str, str, datetime]]:
    """Return the videos with a post due in a time that was not refused: whose, which, when."""
    due = col(Post.due_at)
    asked = (
        select(Video.character_id, Video.id, func.min(Post.due_at))
        .join(Post, col(Post.video_id) == col(Video.id))
        .where(due >= since, due < until, col(Post.status) != PostStatus.REFUSED)
        .group_by(col(Video.character_id), col(Video.id))
    )
    return session.exec(asked).all()


def tries_like(
    session: Session, words: str, *, by: Collection[bool], since: datetime, limit: int
) -> Sequence[tuple[Attempt, str]]:
    """Return tries since then whose post or words hold a text, the newest first.

    Those `by` an operator, those that are not, or both.
    """
    asked = (
        select(Attempt, Post.platform)
        .join(Post, col(Post.id) == col(Attempt.post_id))
        .where(col(Attempt.id) >= first_id(since))
    )
    if len(by) == 1:
        asked = asked.where(
            col(Attempt.kind) == "operator" if True in by else col(Attempt.kind) != "operator"
        )
    if words:
        held = [
            col(Attempt.message),
            col(Attempt.outcome),
            col(Attempt.post_id),
            col(Post.platform),
        ]
        asked = asked.where(or_(*(one.icontains(words, autoescape=True) for one in held)))
    return session.exec(asked.order_by(col(Attempt.id).desc()).limit(limit)).all()


def turns_like(
    session: Session, words: str, *, since: datetime, limit: int
) -> Sequence[AlertEvent]:
    """Return what happened to alerts since then whose rule or words hold a text."""
    asked = select(AlertEvent).where(col(AlertEvent.at) >= since)
    if words:
        held = [col(AlertEvent.message), col(AlertEvent.rule), col(AlertEvent.what)]
        asked = asked.where(or_(*(one.icontains(words, autoescape=True) for one in held)))
    order = (col(AlertEvent.at).desc(), col(AlertEvent.id).desc())
    return session.exec(asked.order_by(*order).limit(limit)).all()
