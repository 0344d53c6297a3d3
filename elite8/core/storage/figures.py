"""Counts over many rows, for metrics and reports: always of a bounded time or grouped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, cast
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from elite8.core.domain.account import Account
from elite8.core.domain.notice import Notice, NoticeState
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.reading import Reading
from elite8.core.domain.tick import Tick
from elite8.core.domain.video import Video, VideoStatus

OPEN = (PostStatus.WAITING, PostStatus.PUBLISHING, PostStatus.UNCERTAIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """When a post was to go out and when it did; `None`: not yet."""

    network: str
    meant_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A video or post that came to an end: well, or not."""

    at: datetime
    good: bool
    character: str = ""
    seconds: float | None = None


def videos_by_status(session: Session) -> Sequence[tuple[str, int]]:
    """Return how many videos are in each state."""
    return session.exec(select(Video.status, func.count()).group_by(col(Video.status))).all()


def finished_by_character(session: Session) -> Sequence[tuple[str, int]]:
    """Return how many videos of each performer were finished."""
    done = col(Video.status) == VideoStatus.FINISHED
    asked = select(Video.character_id, func.count()).where(done)
    return session.exec(asked.group_by(col(Video.character_id))).all()


def ended_videos(session: Session, since: datetime, until: datetime) -> list[Outcome]:
    """Return the videos begun in a time that were finished or failed, the newest first."""
    asked = (
        select(Video.begun_at, Video.finished_at, Video.status, Video.character_id)
        .where(col(Video.begun_at) >= since, col(Video.begun_at) < until)
        .where(col(Video.status).in_((VideoStatus.FINISHED, VideoStatus.FAILED)))
        .order_by(col(Video.begun_at).desc())
    )
    return [
        Outcome(
            at=begun,
            good=status == VideoStatus.FINISHED,
            character=who,
            seconds=(done - begun).total_seconds() if done is not None else None,
        )
        for begun, done, status, who in session.exec(asked)
        if begun is not None
    ]


def posts_by_status(session: Session) -> Sequence[tuple[str, str, int]]:
    """Return how many posts of each network are in each state."""
    asked = select(Post.platform, Post.status, func.count())
    return session.exec(asked.group_by(col(Post.platform), col(Post.status))).all()


def overdue(session: Session, now: datetime) -> Sequence[tuple[str, datetime]]:
    """Return by network when the open post that waits longest was to go out."""
    asked = select(Post.platform, func.min(Post.meant_at)).where(
        col(Post.status).in_(OPEN), col(Post.meant_at) <= now
    )
    return [(name, at) for name, at in session.exec(asked.group_by(col(Post.platform))) if at]


def lags(session: Session, since: datetime, now: datetime) -> list[Lag]:
    """Return the posts that were to go out in a time; what was cancelled is not among them."""
    asked = select(Post.platform, Post.meant_at, Post.published_at).where(
        col(Post.meant_at) >= since,
        col(Post.meant_at) <= now,
        col(Post.status).in_((*OPEN, PostStatus.PUBLISHED)),
    )
    return [
        Lag(network=name, meant_at=meant, published_at=out)
        for name, meant, out in session.exec(asked)
        if meant is not None
    ]


def ended_posts(session: Session, limit: int) -> list[bool]:
    """Return of the posts that came to an end whether they went out, the newest first."""
    found: list[tuple[datetime, bool]] = []
    for end in (PostStatus.PUBLISHED, PostStatus.REFUSED):  # each apart: an index has its order
        asked = select(Post.meant_at).where(col(Post.status) == end, col(Post.attempts) > 0)
        newest = asked.order_by(col(Post.meant_at).desc()).limit(limit)
        out = end == PostStatus.PUBLISHED
        found += [(at, out) for at in session.exec(newest) if at is not None]
    return [out for _, out in sorted(found, reverse=True)[:limit]]


def reactions(session: Session, since: datetime) -> Sequence[Any]:
    """Return by network the views, reactions and viewers that the newest readings say."""
    asked = (
        select(
            Post.platform,
            total(Reading.views),
            engaged(),
            total(func.coalesce(Reading.reach, Reading.views, 0)),
        )
        .join(Reading, is_newest())
        .where(col(Post.status) == PostStatus.PUBLISHED, col(Post.published_at) >= since)
        .group_by(col(Post.platform))
    )
    return session.exec(asked).all()


def total(what: Any) -> Any:  # noqa: ANN401  # a piece of SQL
    """Return a sum as a whole number, 0 of none: what PostgreSQL has for it no JSON takes."""
    return cast(func.coalesce(func.sum(what), 0), BigInteger)


def engaged() -> Any:  # noqa: ANN401  # a piece of SQL
    """Return the sum of all reactions of the readings that are asked for."""
    kinds = (Reading.likes, Reading.comments, Reading.shares, Reading.saves)
    sums = [total(kind) for kind in kinds]
    return sum(sums[1:], start=sums[0])


def is_newest() -> Any:  # noqa: ANN401  # a piece of SQL
    """Return the condition that a reading is the last one of the post beside it."""
    other = aliased(Reading)
    last = select(func.max(other.at)).where(col(other.post_id) == col(Post.id))
    newest = last.correlate(Post).scalar_subquery()
    return (col(Reading.post_id) == col(Post.id)) & (col(Reading.at) == newest)


def ticks(session: Session) -> Sequence[Tick]:
    """Return when each task ran last."""
    return session.exec(select(Tick).order_by(col(Tick.task))).all()


def waiting_notices(session: Session) -> Sequence[tuple[str, int]]:
    """Return how many notices wait for each route."""
    asked = select(Notice.route, func.count()).where(col(Notice.state) == NoticeState.WAITING)
    return session.exec(asked.group_by(col(Notice.route))).all()


def signed_in(session: Session) -> Sequence[Account]:
    """Return the accounts that are not signed out."""
    return session.exec(select(Account).where(col(Account.unlinked_at).is_(None))).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A post that was to go out in a time, and what its newest reading says."""

    network: str
    character: str
    status: str
    meant_at: datetime
    published_at: datetime | None
    views: int
    engaged: int


def posts_between(session: Session, since: datetime, until: datetime) -> list[Posted]:
    """Return the posts that were to go out in a time, with what they have done since."""
    newest = (
        select(Reading.post_id, func.max(Reading.at).label("at"))
        .join(Post, col(Post.id) == col(Reading.post_id))
        .where(col(Post.meant_at) >= since, col(Post.meant_at) < until)
        .group_by(col(Reading.post_id))
        .subquery()
    )
    last = (newest.c.post_id == col(Reading.post_id)) & (newest.c.at == col(Reading.at))
    asked = (
        select(Post, Video.character_id, Reading)
        .join(Video, col(Video.id) == col(Post.video_id))
        .outerjoin(newest, newest.c.post_id == col(Post.id))
        .outerjoin(Reading, last)
        .where(col(Post.meant_at) >= since, col(Post.meant_at) < until)
    )
    return [posted(post, who, reading) for post, who, reading in session.exec(asked)]


def posted(post: Post, character: str, reading: Reading | None) -> Posted:
    """Return a post and its reading as one record."""
    kinds = (reading.likes, reading.comments, reading.shares, reading.saves) if reading else ()
    return Posted(
        network=post.platform,
        character=character,
        status=post.status,
        meant_at=post.meant_at or post.due_at,
        published_at=post.published_at,
        views=(reading.views or 0) if reading else 0,
        engaged=sum(kind or 0 for kind in kinds),
    )


def first_video(session: Session) -> datetime | None:
    """Return when the first video was planned, `None` when there is none."""
    return session.exec(select(func.min(Video.created_at))).one()
