"""What the planned posts of the coming days would take of the proxy's budget."""

from dataclasses import dataclass
from datetime import UTC, date, timedelta

from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.proxy import AROUND, SPANS, UPLOADS, cost, first_day
from elite8.core.domain.video import Video
from elite8.core.operations import accounts
from elite8.core.storage import calendar, traffic
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

LINES = 15
"""Connections of a post beside its upload: sending, looks at it, ten readings; rather too many."""
USUAL = 15_000_000
"""Bytes of a video while none has been made (api/iproyal.md 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A UTC day: its posts through the proxy, what they take, and what there is for them."""

    day: date
    posts: int
    uploads: int
    bytes: int
    room: int
    fits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The coming days; `direct` is how many posts do not go through the proxy at all."""

    days: tuple[Day, ...]
    direct: int
    bytes: int
    left: int
    fits: bool


def plan(studio: Studio, days: int) -> Plan:
    """Return what the posts that wait would take, day by day; nothing is asked or written."""
    now = studio.clock()
    found: dict[date, list[tuple[int, int]]] = {}
    direct = 0
    with studio.database.transaction() as session:
        usual = traffic.usual_size(session) or USUAL
        for post, video in calendar.due(session, now, now + timedelta(days=days)):
            if post.status != PostStatus.WAITING or post.platform == "outbox":
                continue
            needs = needed(studio, session, post, video, usual)
            if needs is None:
                direct += 1
            else:
                found.setdefault(post.due_at.astimezone(UTC).date(), []).append(needs)
        used = {name: traffic.used(session, first_day(name, now)) for name in SPANS}
    return laid_out(studio, found, direct, used)


def needed(
    studio: Studio, session: Session, post: Post, video: Video, usual: int
) -> tuple[int, int] | None:
    """Return the bytes of a post's upload and of all else; `None`: it goes directly."""
    decided = studio.config.proxy
    account = accounts.speaking(session, post, video.character_id)
    if account is None or decided.exit_of(account.regions) is None:
        return None
    here = UPLOADS.get(post.platform) in decided.hosts
    return cost(video.size_bytes or usual) if here else 0, LINES * AROUND


def laid_out(
    studio: Studio,
    found: dict[date, list[tuple[int, int]]],
    direct: int,
    used: dict[str, int],
) -> Plan:
    """Return the days in order, each against its own budget and what its month has left."""
    decided, today = studio.config.proxy, studio.clock().astimezone(UTC).date()
    months = {today.replace(day=1): used["month"]}
    days = []
    for day, posts in sorted(found.items()):
        month, need = day.replace(day=1), sum(map(sum, posts))
        before = months.get(month, 0)
        rest = decided.usable("day") - (used["day"] if day == today else 0)
        room = max(min(rest, decided.usable("month") - before), 0)
        months[month] = before + min(need, room)  # what does not fit goes directly
        uploads = sum(upload for upload, _ in posts)
        days.append(
            Day(
                day=day, posts=len(posts), uploads=uploads, bytes=need, room=room, fits=need <= room
            )
        )
    return Plan(
        days=tuple(days),
        direct=direct,
        bytes=sum(one.bytes for one in days),
        left=max(decided.usable("month") - used["month"], 0),
        fits=all(one.fits for one in days),
    )
