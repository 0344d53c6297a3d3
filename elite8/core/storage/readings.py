"""Questions about readings of posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.reading import AFTER, FORGOTTEN, Reading, point
from elite8.core.storage import held


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A published post that is to be read; `point` is since when."""

    id: str
    network: str
    account: str
    remote_id: str
    proof: str
    published_at: datetime
    point: datetime


def due(session: Session, *, now: datetime) -> list[Due]:
    """Return the posts whose reading is due, the longest due first."""
    last = (
        select(func.max(Reading.at))
        .where(col(Reading.post_id) == col(Post.id))
        .correlate(Post)
        .scalar_subquery()
    )
    columns = (Post.id, Post.platform, Post.account_id, Post.remote_id, Post.proof)
    asked = select(*columns, Post.published_at, last).where(  # type: ignore[call-overload]  # seven
        col(Post.status) == PostStatus.PUBLISHED,
        col(Post.platform) != "outbox",
        col(Post.remote_id) != "",
        col(Post.published_at) <= now - AFTER[0],
        col(Post.published_at) >= now - FORGOTTEN,
    )
    found = []
    for post, network, account, remote_id, proof, published_at, read_at in session.exec(asked):
        since = point(published_at, now)
        if since is None or (read_at is not None and read_at >= since):
            continue
        known = {"id": post, "network": network, "account": account, "remote_id": remote_id}
        found.append(Due(**known, proof=proof, published_at=published_at, point=since))
    return sorted(found, key=lambda one: (one.point, one.id))


def add(session: Session, reading: Reading, *, since: datetime) -> bool:
    """Keep a reading unless its post has one since then; return whether it was kept."""
    held.alone(session, "readings")
    last = newest(session, reading.post_id)
    if last is not None and last.at >= since:
        return False
    session.add(reading)
    session.flush()
    return True


def newest(session: Session, post_id: str) -> Reading | None:
    """Return the last reading of a post."""
    asked = select(Reading).where(col(Reading.post_id) == post_id)
    return session.exec(asked.order_by(col(Reading.at).desc(), col(Reading.id).desc())).first()


def of_post(session: Session, post_id: str) -> Sequence[Reading]:
    """Return the readings of a post, newest first."""
    asked = select(Reading).where(col(Reading.post_id) == post_id)
    return session.exec(asked.order_by(col(Reading.at).desc(), col(Reading.id).desc())).all()
