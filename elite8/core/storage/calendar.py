"""Questions about what is planned."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, or_, select

from elite8.core.domain.post import UNSEEN, Post, PostStatus
from elite8.core.domain.video import Video, VideoStatus

AGAIN = timedelta(hours=1)
"""When what could not be done now is looked at again."""
Known = dict[str, tuple[Video, list[Post]]]
"""Videos by their place, each with its posts."""


def placed(session: Session, first: date, last: date) -> Known:
    """Return what is planned for the places of these days, `last` not among them."""
    place = col(Video.place)
    asked = select(Video).where(place >= str(first), place < str(last)).order_by(place)
    found: Known = {video.place: (video, []) for video in session.exec(asked)}
    by_id = {video.id: posts for video, posts in found.values()}
    posts = select(Post).join(Video, col(Video.id) == col(Post.video_id))
    for post in session.exec(posts.where(place >= str(first), place < str(last))):
        by_id[post.video_id].append(post)
    return found


def due(session: Session, since: datetime, until: datetime) -> list[tuple[Post, Video]]:
    """Return posts due from `since` to before `until`, with their videos, the earliest first."""
    asked = (
        select(Post, Video)
        .join(Video, col(Video.id) == col(Post.video_id))
        .where(col(Post.due_at) >= since, col(Post.due_at) < until)
        .order_by(col(Post.due_at), col(Post.id))
    )
    return [(post, video) for post, video in session.exec(asked)]


def next_due(session: Session, now: datetime) -> tuple[Post, Video] | None:
    """Return the post that waits and is due next, `None` when none is."""
    asked = (
        select(Post, Video)
        .join(Video, col(Video.id) == col(Post.video_id))
        .where(col(Post.status) == PostStatus.WAITING, col(Post.due_at) > now)
        .order_by(col(Post.due_at), col(Post.id))
        .limit(1)
    )
    return session.exec(asked).first()


def by_hand(
    session: Session, since: datetime, until: datetime
) -> Sequence[tuple[datetime, str, str]]:
    """Return when and where posts at an operator's own time are due, and their video's place."""
    asked = (
        select(Post.due_at, Post.platform, Video.place)
        .join(Video, col(Video.id) == col(Post.video_id))
        .where(
            col(Post.due_at) >= since,
            col(Post.due_at) < until,
            col(Post.slot) == "",
            col(Post.status) != PostStatus.REFUSED,
        )
    )
    return session.exec(asked).all()


def to_make(session: Session, now: datetime, begins: Sequence[timedelta]) -> list[Video]:
    """Return planned videos to be made now, the soonest due first.

    One is begun `begins[0]` before its first open post is due, again after a failure `begins[1]`
    before, and so on. Words that nobody translated yet are waited for.
    """
    asked = (
        select(Video)
        .join(Post, col(Post.video_id) == col(Video.id))
        .where(
            col(Video.place) != "",
            col(Video.status).in_((VideoStatus.PLANNED, VideoStatus.FAILED)),
            or_(col(Video.untranslated) == "", col(Video.words) != ""),
            col(Post.status) == PostStatus.WAITING,
            or_(
                *(
                    (col(Video.tries) == tries) & (col(Post.due_at) <= now + before)
                    for tries, before in enumerate(begins)
                )
            ),
        )
        .order_by(col(Post.due_at), col(Video.id))
    )
    return list({video.id: video for video in session.exec(asked)}.values())


def late(session: Session, now: datetime) -> list[tuple[Post, Video]]:
    """Return planned posts that wait past their time and never began, the longest due first."""
    asked = (
        select(Post, Video)
        .join(Video, col(Video.id) == col(Post.video_id))
        .where(
            col(Post.status) == PostStatus.WAITING,
            col(Post.sent_at).is_(None),
            col(Post.missed) != "",
            col(Post.due_at) < now,
        )
        .order_by(col(Post.due_at), col(Post.id))
    )
    return [(post, video) for post, video in session.exec(asked)]


def unwanted(session: Session, videos: Collection[str]) -> list[Video]:
    """Return planned videos among these that no open post wants."""
    open_ones = select(Post.video_id).where(col(Post.status) != PostStatus.REFUSED)
    asked = select(Video).where(
        col(Video.id).in_(videos),
        col(Video.status) == VideoStatus.PLANNED,
        col(Video.id).not_in(open_ones),
    )
    return list(session.exec(asked))


def next_instants(session: Session, now: datetime, begins: Sequence[timedelta]) -> list[datetime]:
    """Return when posts are looked at next, claims end, and planned videos are to be begun."""
    status, due_at, first = col(Post.status), col(Post.due_at), func.min(Post.due_at)
    unseen = (status == PostStatus.PUBLISHED) & col(Post.seen).in_(UNSEEN)
    open_ones = status.in_((PostStatus.WAITING, PostStatus.UNCERTAIN))
    looked_at = open_ones | (unseen & (col(Post.remote_id) != ""))
    asked: list[tuple[Any, timedelta]] = [
        (select(first).where(looked_at, due_at > now), timedelta(0)),
        (select(func.min(Post.claimed_until)).where(status == PostStatus.PUBLISHING), timedelta(0)),
        (select(first).where(open_ones, due_at <= now), timedelta(0)),
    ]
    unmade = col(Video.status).in_((VideoStatus.PLANNED, VideoStatus.FAILED))
    waiting = (status == PostStatus.WAITING) & unmade
    planned = select(first).join(Video, col(Video.id) == col(Post.video_id)).where(waiting)
    asked += [
        (planned.where(col(Video.tries) == tries, due_at > now + before), before)
        for tries, before in enumerate(begins)
    ]
    found = [(session.exec(query).one(), before) for query, before in asked]
    instants = [at - before for at, before in found if at is not None]
    return [at if at > now else now + AGAIN for at in instants]
