"""Questions about posts."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select, update

from elite8.core.domain.post import NEXT, Post, PostStatus
from elite8.core.errors import Unavailable
from elite8.core.storage import held


def find(session: Session, video_id: str, platform: str, region: str = "") -> Post | None:
    """Return the one post of this video on this platform and region."""
    asked = select(Post).where(
        Post.video_id == video_id, Post.platform == platform, Post.region == region
    )
    return session.exec(asked).first()


def of_video(session: Session, video_id: str) -> list[Post]:
    """Return the posts of a video, oldest first."""
    asked = select(Post).where(Post.video_id == video_id)
    return list(session.exec(asked.order_by(col(Post.id))))


def add(session: Session, post: Post) -> None:
    """Keep a new post; a second one for the same place is the database's IntegrityError."""
    session.add(post)
    session.flush()


def due(session: Session, *, now: datetime, limit: int = 100) -> list[Post]:
    """Return waiting posts whose time has come, the longest due first."""
    asked = select(Post).where(Post.status == PostStatus.WAITING.value, Post.due_at <= now)
    return list(session.exec(asked.order_by(col(Post.due_at), col(Post.id)).limit(limit)))


def claim(
    session: Session, post_id: str, *, holder: str, now: datetime, lease: timedelta
) -> Post | None:
    """Return the post, publishing and held by `holder`; `None` when it is not to be had.

    One conditional update: of several that see a waiting post one gets it. A claim whose lease
    ended may be taken over, by someone who then asks the destination before sending anything.
    """
    free = or_(
        col(Post.status).in_([PostStatus.WAITING, PostStatus.REFUSED, PostStatus.UNCERTAIN]),
        (col(Post.status) == PostStatus.PUBLISHING) & (col(Post.claimed_until) < now),
    )
    taken = session.exec(
        update(Post)
        .where(col(Post.id) == post_id, free)
        .values(
            status=PostStatus.PUBLISHING,
            claimed_by=holder,
            claimed_until=now + lease,
            attempts=col(Post.attempts) + 1,
            failure="",
        )
        .returning(col(Post.id))
    ).first()
    return session.get(Post, post_id, populate_existing=True) if taken else None


def note(session: Session, post: Post, **facts: object) -> None:
    """Write down what is known of a claimed post, which stays claimed.

    Unavailable, and nothing is written, when the claim was lost.
    """
    claim = {"claimed_by": post.claimed_by, "claimed_until": post.claimed_until}
    if not held.move(session, post, **{**claim, **facts}):
        raise Unavailable(f"post {post.id} was taken over by another process; look again soon")


def record(session: Session, post: Post, status: PostStatus, **facts: object) -> None:
    """Record what became of a claimed post; a forbidden step is a ValueError.

    Unavailable, and nothing is written, when the claim was lost: a late holder knows less than the
    one who took over.
    """
    if status not in NEXT[PostStatus(post.status)]:
        raise ValueError(f"a post that is {post.status} cannot become {status}")
    if not held.move(session, post, status=status, **facts):
        raise Unavailable(f"post {post.id} was taken over by another process; look again soon")
