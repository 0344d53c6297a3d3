"""The posts of the calendar as records; light, for the page and the console ask often."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from elite8.core.domain.calendar import known_zone
from elite8.core.domain.identity import born
from elite8.core.domain.post import Post
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError
from elite8.core.operations import outlets
from elite8.core.storage import calendar
from elite8.core.storage.database import Session
from elite8.core.studio import Studio


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


def between(  # noqa: PLR0913  # what is looked at, each apart
    studio: Studio,
    first: date,
    days: int,
    *,
    zone: str = "",
    region: str = "",
    character: str = "",
) -> tuple[Entry, ...]:
    """Return what is due on these days of the operator's zone, the earliest first."""
    here = ZoneInfo(zone) if zone else studio.settings.zone
    since = datetime.combine(first, time(), here).astimezone(UTC)
    until = datetime.combine(first + timedelta(days=days), time(), here).astimezone(UTC)
    with studio.database.transaction() as session:
        found = [
            (post, video)
            for post, video in calendar.due(session, since, until)
            if (not character or video.character_id == character)
            and (not region or region in outlets.audience(session, post, video.character_id))
        ]
    return tuple(sorted((entry(*one) for one in found), key=lambda one: (one.at, one.post)))


def zones(studio: Studio, asked: str) -> tuple[str, str]:
    """Return the operator's zone and the one beside it: asked for, the calendar's, or UTC."""
    here = studio.settings.zone.key
    try:
        other = known_zone(asked) if asked else studio.config.calendar.zone
    except ValueError as wrong:
        raise ConfigError(str(wrong)) from None
    return here, other if other != here else "UTC"
