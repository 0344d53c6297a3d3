"""A post moved by days and minutes, as the clock on the wall of its zone has it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import agenda, desk
from elite8.core.operations.entries import Entry
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Where a move would put a post: wall times in `zone`; `why_not` is "" where it may."""

    post: str
    before: str
    after: str
    zone: str
    at: datetime
    why_not: str


def shifted(studio: Studio, reference: str, *, days: int = 0, minutes: int = 0) -> Shift:
    """Return where a post would be, so many days and minutes on by the clock on the wall there."""
    post, _ = desk.named(studio.looking, reference)
    zone = post.zone or studio.settings.zone.key
    wall = post.wall or agenda.wall_of(post.due_at, studio.settings.zone)
    moved = datetime.fromisoformat(wall) + timedelta(days=days, minutes=minutes)
    after, why = f"{moved:%Y-%m-%d %H:%M}", ""
    try:
        agenda.open_for_change(post)
        at = agenda.meant(studio, after, zone).at
    except ConfigError as wrong:
        why, at = str(wrong).partition(";")[0], post.due_at
    except Refused as wrong:
        why, at = str(wrong), post.due_at
    return Shift(post=post.id, before=wall, after=after, zone=zone, at=at, why_not=why)


def shift(studio: Studio, reference: str, *, days: int = 0, minutes: int = 0) -> Entry:
    """Move a waiting post so far on; the clock on the wall of its zone counts."""
    where = shifted(studio, reference, days=days, minutes=minutes)
    return agenda.move(studio, where.post, where.after, where.zone)
