"""Questions about credits."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from elite8.core.domain.credit import CreditEntry, EntryKind, Purse, purse
from elite8.core.domain.job import Job
from elite8.core.domain.post import Post
from elite8.core.storage import held


def lock(session: Session, account: str) -> None:
    """Be the only one that reads and writes this ledger until the transaction ends."""
    held.alone(session, f"ledger {account}")


def enter(session: Session, entry: CreditEntry) -> bool:
    """Keep the entry unless it was entered before; return whether it is new."""
    lock(session, entry.account)
    asked = select(CreditEntry.id).where(
        col(CreditEntry.account) == entry.account,
        col(CreditEntry.kind) == entry.kind,
        col(CreditEntry.reference) == entry.reference,
    )
    if session.exec(asked).first():
        return False
    session.add(entry)
    session.flush()
    return True


def sums(session: Session, account: str, *, since: datetime | None = None) -> Purse:
    """Return the purse of all entries, or of those from `since` on."""
    asked = select(CreditEntry.kind, func.sum(CreditEntry.amount)).where(
        col(CreditEntry.account) == account
    )
    if since is not None:
        asked = asked.where(col(CreditEntry.at) >= since)
    return purse((kind, int(total)) for kind, total in session.exec(asked.group_by("kind")))


def adjusted(session: Session, account: str) -> int:
    """Return how often the account was adjusted."""
    asked = select(func.count()).where(
        col(CreditEntry.account) == account, col(CreditEntry.kind) == EntryKind.ADJUST
    )
    return int(session.exec(asked).one())


def opened_at(session: Session, account: str) -> datetime | None:
    """Return when the ledger of the account begins."""
    asked = select(CreditEntry.at).where(
        col(CreditEntry.account) == account, col(CreditEntry.kind) == EntryKind.OPENING
    )
    return session.exec(asked).first()


def agreed_at(session: Session, account: str) -> datetime | None:
    """Return when our balance was last the engine's own: adjusted to it, or opened with it."""
    return newest(session, account, EntryKind.OPENING, EntryKind.ADJUST)


def filled_at(session: Session, account: str) -> datetime | None:
    """Return up to when what the plan gives was entered; a day that gave nothing leaves nothing."""
    return newest(session, account, EntryKind.OPENING, EntryKind.DAILY, EntryKind.MONTHLY)


def newest(session: Session, account: str, *kinds: EntryKind) -> datetime | None:
    """Return the instant of the newest entry of these kinds."""
    asked = select(func.max(CreditEntry.at)).where(
        col(CreditEntry.account) == account, col(CreditEntry.kind).in_(kinds)
    )
    return session.exec(asked).one()


def entries(
    session: Session, account: str, *, since: datetime | None = None, limit: int | None = None
) -> Sequence[CreditEntry]:
    """Return entries, newest first."""
    asked = select(CreditEntry).where(col(CreditEntry.account) == account)
    if since is not None:
        asked = asked.where(col(CreditEntry.at) >= since)
    return session.exec(asked.order_by(col(CreditEntry.id).desc()).limit(limit)).all()


def by_character(session: Session, account: str) -> Sequence[tuple[str, int, int]]:
    """Return character, credits settled and videos paid for, most expensive first.

    A video that was paid for twice is one; a picture is none.
    """
    spent = -func.sum(CreditEntry.amount)
    videos = func.count(func.distinct(func.nullif(col(Job.video_id), "")))
    asked = (
        select(CreditEntry.character_id, spent, videos)
        .outerjoin(Job, col(Job.id) == col(CreditEntry.reference))
        .where(
            col(CreditEntry.account) == account,
            col(CreditEntry.kind) == EntryKind.SETTLE,
        )
        .group_by(col(CreditEntry.character_id))
        .order_by(spent.desc(), col(CreditEntry.character_id))
    )
    return [(name, int(total), int(count)) for name, total, count in session.exec(asked)]


def spent_by_character(
    session: Session, account: str, since: datetime, until: datetime
) -> Counter[str]:
    """Return the credits settled in a time for each performer."""
    asked = (
        select(CreditEntry.character_id, -func.sum(CreditEntry.amount))
        .where(
            col(CreditEntry.account) == account,
            col(CreditEntry.kind) == EntryKind.SETTLE,
            col(CreditEntry.at) >= since,
            col(CreditEntry.at) < until,
        )
        .group_by("character_id")
    )
    return Counter({name: int(total) for name, total in session.exec(asked)})


def credits_of_videos(
    session: Session, account: str, since: datetime | None = None, until: datetime | None = None
) -> dict[str, int]:
    """Return the credits settled for each video, ever or in a time."""
    asked = (
        select(Job.video_id, -func.sum(CreditEntry.amount))
        .join(Job, col(Job.id) == col(CreditEntry.reference))
        .where(col(CreditEntry.account) == account, col(CreditEntry.kind) == EntryKind.SETTLE)
        .group_by(col(Job.video_id))
    )
    if since is not None and until is not None:
        asked = asked.where(col(CreditEntry.at) >= since, col(CreditEntry.at) < until)
    return {video: int(total) for video, total in session.exec(asked) if video}


def posts_of_jobs(session: Session, account: str) -> Sequence[tuple[int, str, str]]:
    """Return the credits of its video, the video and the network of every post of a paid one."""
    asked = (
        select(func.sum(CreditEntry.amount), Job.video_id, Post.platform)
        .join(Job, col(Job.id) == col(CreditEntry.reference))
        .join(Post, col(Post.video_id) == col(Job.video_id))
        .where(
            col(CreditEntry.account) == account,
            col(CreditEntry.kind) == EntryKind.SETTLE,
        )
        .group_by(col(Post.id), col(Job.video_id), col(Post.platform))
    )
    return [(-int(amount), video, network) for amount, video, network in session.exec(asked)]
