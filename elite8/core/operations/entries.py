"""The posts of the calendar as records; light, for the page asks often."""

from dataclasses import dataclass
from datetime import datetime

from elite8.core.domain.identity import born
from elite8.core.domain.post import Post
from elite8.core.domain.video import Video
from elite8.core.storage import calendar
from elite8.core.storage.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One post of the calendar: `at` when it goes or went out.

    `wall` and `zone` are what was meant, "" for now.
    """

    post: str
    video: str
    character: str
    network: str
    slot: str
    at: datetime
    wall: str
    zone: str
    status: str
    video_status: str
    planned_at: datetime
    title: str
    url: str
    failure: str
    late_minutes: int
    missed: str
    region: str = ""


def entry(post: Post, video: Video) -> Entry:
    """Return a post of the calendar as a record."""
    same = ("slot", "wall", "zone", "status", "url", "failure", "late_minutes", "missed", "region")
    return Entry(
        post=post.id,
        video=video.id,
        character=video.character_id,
        network=post.platform,
        at=post.published_at or post.due_at,
        video_status=video.status,
        planned_at=born(post.id),
        title=video.title,
        **{name: getattr(post, name) for name in same},
    )


def due(session: Session, since: datetime, until: datetime) -> tuple[Entry, ...]:
    """Return what is due from `since` to before `until`, the earliest first."""
    found = (entry(*one) for one in calendar.due(session, since, until))
    return tuple(sorted(found, key=lambda one: (one.at, one.post)))
