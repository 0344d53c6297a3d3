"""Questions about posts."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Session, case, col, func, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from elite8.core.domain.attempt import Attempt
from elite8.core.domain.columns import UtcDateTime
from elite8.core.domain.post import NEXT, UNSEEN, Post, PostStatus
from elite8.core.domain.shard import LENGTH, WHOLE, Shard
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import Refused, Unavailable
from elite8.core.storage import held
from elite8.core.storage.read import row_of

FURTHEST = timedelta(hours=2)
"""A lease that ends later was given by a clock that was wrong."""
GIVEN_UP = timedelta(days=7)
"""How long a post that no operator refused is named."""
SEEN = ("id", "status", "due_at", "caption", "asked_account", "promotes", "approved_sha256")
"""What has to be as it was seen when a post is claimed."""


def find(session: Session, video_id: str, platform: str, region: str = "") -> Post | None:
    """Return the one post of this video on this platform and region.

    Asked for no region, one that is for a region is found as well: the video is there already.
    """
    asked = select(Post).where(Post.video_id == video_id, Post.platform == platform)
    if region:
        asked = asked.where(Post.region == region)
    return session.exec(asked.order_by(col(Post.region), col(Post.id))).first()


def get(session: Session, post_id: str) -> Post | None:
    """Return the post with this id as it is now."""
    return session.get(Post, post_id, populate_existing=True)


def of_video(session: Session, video_id: str) -> list[Post]:
    """Return the posts of a video, oldest first."""
    asked = select(Post).where(Post.video_id == video_id)
    return list(session.exec(asked.order_by(col(Post.id))))


def add(session: Session, post: Post) -> None:
    """Keep a new post; a second one for the same place is the database's IntegrityError."""
    session.add(post)
    session.flush()


def is_alone(
    session: Session, platform: str, *, apart_from: str, since: datetime | None = None
) -> bool:
    """Return whether no other post there may be out without our knowing what it is called.

    One that is known to be out and not by which name counts when it came out after `since`.
    """
    open_ones = (PostStatus.PUBLISHING, PostStatus.UNCERTAIN, PostStatus.REFUSED)
    nameless = (col(Post.status) == PostStatus.PUBLISHED) & (col(Post.remote_id) == "")
    if since is not None:
        nameless &= col(Post.published_at) >= since
    asked = select(Post.id).where(
        col(Post.platform) == platform,
        or_(col(Post.status).in_(open_ones), nameless),
        col(Post.sent_at).is_not(None),
        col(Post.id) != apart_from,
    )
    return session.exec(asked.limit(1)).first() is None


def sent_since(session: Session, post: Post, since: datetime) -> int:
    """Return how many other posts began to go out there since then."""
    asked = select(func.count()).where(
        col(Post.platform) == post.platform, col(Post.sent_at) >= since, col(Post.id) != post.id
    )
    return int(session.exec(asked).one())


def begun_since(session: Session, post: Post, account: str, since: datetime) -> list[datetime]:
    """Return when other posts began to go out by that account since then, oldest first."""
    asked = select(Post.sent_at).where(
        col(Post.account_id) == account, col(Post.sent_at) >= since, col(Post.id) != post.id
    )
    return sorted(at for at in session.exec(asked) if at is not None)


def remote_ids(session: Session, platform: str, *, apart_from: str) -> set[str]:
    """Return what the network calls the posts of ours there, but for one."""
    asked = select(Post.remote_id).where(
        col(Post.platform) == platform, col(Post.remote_id) != "", col(Post.id) != apart_from
    )
    return set(session.exec(asked))


def newest(session: Session) -> str:
    """Return the id of the post that was made last, "" for none."""
    return session.exec(select(func.max(Post.id))).one() or ""


def matching(session: Session, reference: str, *, limit: int = 2) -> list[Post]:
    """Return the posts whose id begins with `reference`."""
    asked = select(Post).where(col(Post.id).startswith(reference, autoescape=True))
    return list(session.exec(asked.order_by(col(Post.id)).limit(limit)))


def listed(
    session: Session, *, status: str = "", platform: str = "", limit: int = 50
) -> list[tuple[Post, Video]]:
    """Return posts and their videos, the last due first."""
    asked = select(Post, Video).join(Video, col(Video.id) == col(Post.video_id))
    if status:
        asked = asked.where(col(Post.status) == status)
    if platform:
        asked = asked.where(col(Post.platform) == platform)
    newest = asked.order_by(col(Post.due_at).desc(), col(Post.id).desc()).limit(limit)
    return [(post, video) for post, video in session.exec(newest)]


def open_ones(
    session: Session, *, due_by: datetime | None = None, shard: Shard = WHOLE
) -> list[tuple[Post, Video]]:
    """Return the posts that are not at an end, or are out and not seen, the longest due first.

    Of those that wait, with `due_by` only those due by then.
    """
    waiting = col(Post.status) == PostStatus.WAITING
    if due_by is not None:
        waiting &= col(Post.due_at) <= due_by
    begun = col(Post.status).in_((PostStatus.PUBLISHING, PostStatus.UNCERTAIN))
    unseen = (col(Post.status) == PostStatus.PUBLISHED) & (col(Post.seen).in_(UNSEEN))
    asked = (
        select(Post, Video)
        .join(Video, col(Video.id) == col(Post.video_id))
        .where(or_(waiting, begun, unseen), *within(shard))
    )
    return [(p, v) for p, v in session.exec(asked.order_by(col(Post.due_at), col(Post.id)))]


def to_decide(session: Session) -> list[tuple[Post, Video]]:
    """Return the posts that wait and whose video is finished, the soonest due first."""
    asked = (
        select(Post, Video)
        .join(Video, col(Video.id) == col(Post.video_id))
        .where(col(Post.status) == PostStatus.WAITING, col(Video.status) == VideoStatus.FINISHED)
        .order_by(col(Post.due_at), col(Post.id))
    )
    return [(post, video) for post, video in session.exec(asked)]


def given_up(session: Session, *, since: datetime) -> list[Post]:
    """Return the posts due since then that were refused, and not by an operator's own word."""
    last = (
        select(func.max(Attempt.id))
        .where(col(Attempt.post_id) == col(Post.id))
        .correlate(Post)
        .scalar_subquery()
    )
    asked = (
        select(Post)
        .join(Attempt, col(Attempt.id) == last)
        .where(
            col(Post.status) == PostStatus.REFUSED,
            col(Post.due_at) >= since,
            col(Attempt.kind) != "operator",
        )
    )
    return list(session.exec(asked.order_by(col(Post.due_at), col(Post.id))))


def nameless(session: Session, *, since: datetime) -> list[Post]:
    """Return the posts that are out since then and whose id nobody knows, the oldest first."""
    asked = select(Post).where(
        col(Post.status) == PostStatus.PUBLISHED,
        col(Post.published_at) >= since,
        col(Post.remote_id) == "",
        col(Post.platform) != "outbox",
    )
    return list(session.exec(asked.order_by(col(Post.published_at), col(Post.id))))


def within(shard: Shard) -> tuple[ColumnElement[bool], ...]:
    """Return what holds of posts of this part; nothing of the whole."""
    if shard == WHOLE:
        return ()
    last = func.substr(col(Post.id), LENGTH, 1)
    return (last.not_in(shard.strangers) if shard.number == 1 else last.in_(shard.ends),)


def due(session: Session, *, now: datetime, limit: int = 100, shard: Shard = WHOLE) -> list[Post]:
    """Return posts of finished videos whose time has come, the longest due first.

    Waiting ones, those whose outcome has to be asked for, and those whose holder is gone.
    """
    finished = (
        select(Video.id)
        .where(col(Video.id) == col(Post.video_id), col(Video.status) == VideoStatus.FINISHED)
        .correlate(Post)
        .exists()
    )
    asked = select(Post).where(
        or_(
            col(Post.status).in_((PostStatus.WAITING, PostStatus.UNCERTAIN))
            & (col(Post.due_at) <= now),
            (col(Post.status) == PostStatus.PUBLISHING)
            & ((col(Post.claimed_until) < now) | (col(Post.claimed_until) > now + FURTHEST)),
        ),
        finished,
        *within(shard),
    )
    return list(session.exec(asked.order_by(col(Post.due_at), col(Post.id)).limit(limit)))


def unseen(  # noqa: PLR0913  # since when, how many, which part
    session: Session,
    *,
    now: datetime,
    since: datetime,
    drafts_since: datetime,
    limit: int = 100,
    shard: Shard = WHOLE,
) -> list[Post]:
    """Return posts that are out since then and nobody can see yet, whose look is due."""
    drafts = (col(Post.seen) == "draft") & (col(Post.published_at) >= drafts_since)
    asked = select(Post).where(
        col(Post.status) == PostStatus.PUBLISHED,
        col(Post.seen).in_(UNSEEN),
        or_(col(Post.published_at) >= since, drafts),
        col(Post.due_at) <= now,
        col(Post.remote_id) != "",
        col(Post.platform) != "outbox",
        *within(shard),
    )
    return list(session.exec(asked.order_by(col(Post.due_at), col(Post.id)).limit(limit)))


def holders(session: Session) -> list[str]:
    """Return who holds a post."""
    return [name for (name,) in session.connection().execute(holding())]


@cache
def holding() -> SelectOfScalar[str]:
    """Return the question who holds posts."""
    return select(Post.claimed_by).where(col(Post.claimed_by) != "").distinct()


def free(session: Session, dead: set[str], now: datetime) -> None:
    """Have the claims of holders that are gone end before `now`: what they did is asked for."""
    gone = col(Post.claimed_by).in_(dead)
    ended = now - timedelta(seconds=1)
    session.exec(update(Post).where(gone).values(claimed_until=ended))


def claim(
    session: Session, post: Post, *, holder: str, now: datetime, lease: timedelta
) -> Post | None:
    """Return the post, publishing and held by `holder`; `None` when it is not to be had.

    Nor is it when an operator has moved, changed or taken back what the caller saw as `post`.
    One conditional update: of several that see a waiting post one gets it. A claim whose lease
    ended may be taken over, by someone who then asks the destination before sending anything.
    """
    told = {f"seen_{name}": getattr(post, name) for name in SEEN}
    told |= {"now": now, "holder": holder, "until": now + lease, "wrong": now + 2 * lease}
    taken = session.connection().execute(claiming(), told).mappings().first()
    return row_of(Post, taken) if taken else None


@cache
def claiming() -> ReturningUpdate[Any]:
    """Return the update that claims a post; building it costs more than executing it."""
    now, until, wrong = (bindparam(name, type_=UtcDateTime) for name in ("now", "until", "wrong"))
    seen = [col(getattr(Post, name)) == bindparam(f"seen_{name}") for name in SEEN]
    free = or_(
        col(Post.status).in_([PostStatus.WAITING, PostStatus.REFUSED, PostStatus.UNCERTAIN]),
        (col(Post.status) == PostStatus.PUBLISHING)
        # A lease that ends far later than one that begins now was given by a wrong clock.
        & ((col(Post.claimed_until) < now) | (col(Post.claimed_until) > wrong)),
    )
    values = {
        "status": PostStatus.PUBLISHING,
        "claimed_by": bindparam("holder"),
        "claimed_until": until,
        "attempts": col(Post.attempts) + case((col(Post.sent_at).is_(None), 1), else_=0),
        "failure": "",
    }
    table = Post.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    return update(table).where(*seen, free).values(**values).returning(*table.c)


def tell_why(session: Session, post: Post, why: str) -> bool:
    """Write down what keeps a post back; `False` unless it waits as it was seen and never began.

    Nothing else of the row changes, so that whoever claims it at this moment has it all the same.
    """
    mine = [col(getattr(Post, name)) == getattr(post, name) for name in SEEN]
    never = (col(Post.sent_at).is_(None), col(Post.remote_handle) == "", col(Post.claimed_by) == "")
    waits = col(Post.status) == PostStatus.WAITING
    told = update(Post).where(col(Post.id) == post.id, waits, *never, *mine).values(failure=why)
    return bool(session.connection().execute(told).rowcount)


def reschedule(session: Session, post: Post, due_at: datetime) -> bool:
    """Move a waiting post, which is not missed any more; `False` when it waits no more."""
    waits = post.status == PostStatus.WAITING
    return waits and held.move(session, post, due_at=due_at, missed="")


def decide(session: Session, post: Post, status: PostStatus, **facts: object) -> None:
    """Put a post nobody holds where the operator wants it.

    One that waits is meant for its new `due_at`; of one that is out that is its next look alone. A
    forbidden step, or a post that another process holds or has moved, is Refused: look again.
    """
    if "due_at" in facts and status == PostStatus.WAITING:
        facts.setdefault("meant_at", facts["due_at"])
    if post.claimed_by or not held.move(session, post, status=status, **facts):
        raise Refused(f"post {post.id} is being published by a process; look again soon")


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
