"""Questions about what was spent and posted for regions."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from elite8.core.domain.credit import CreditEntry, EntryKind
from elite8.core.domain.job import Job
from elite8.core.domain.post import Post, PostStatus
from elite8.core.storage.bulk import among


def settled(
    session: Session, account: str, since: datetime, until: datetime
) -> Sequence[tuple[datetime, int, str]]:
    """Return when how many credits were settled for which video, those of no video left out."""
    asked = (
        select(CreditEntry.at, CreditEntry.amount, Job.video_id)
        .join(Job, col(Job.id) == col(CreditEntry.reference))
        .where(
            col(CreditEntry.account) == account,
            col(CreditEntry.kind) == EntryKind.SETTLE,
            col(CreditEntry.at) >= since,
            col(CreditEntry.at) < until,
            col(Job.video_id) != "",
        )
    )
    return [(at, -int(amount), video) for at, amount, video in session.exec(asked)]


def of_videos(session: Session, videos: Sequence[str]) -> dict[str, set[str]]:
    """Return for which regions each video has posts; "" for none."""
    found: dict[str, set[str]] = defaultdict(set)
    asked = select(Post.video_id, Post.region).where(
        among(session, col(Post.video_id), videos), col(Post.status) != PostStatus.REFUSED
    )
    for video, region in session.exec(asked):
        found[video].add(region)
    return found


def counted(session: Session, since: datetime, until: datetime) -> Sequence[tuple[str, str, int]]:
    """Return how many posts meant for a time are in which state, by region and state."""
    asked = (
        select(Post.region, Post.status, func.count())
        .where(col(Post.meant_at) >= since, col(Post.meant_at) < until, col(Post.region) != "")
        .group_by(Post.region, Post.status)
    )
    return [(region, status, int(count)) for region, status, count in session.exec(asked)]
