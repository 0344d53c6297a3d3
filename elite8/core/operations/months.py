"""A month of the calendar at a glance, and a post moved by days and minutes."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import agenda, desk, reports
from elite8.core.operations.agenda import Entry
from elite8.core.storage import scenes
from elite8.core.studio import Studio

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A day and how many posts of each state are due in it."""

    day: date
    posts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(count for _, count in self.posts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Where a move would put a post: wall times in `zone`; `why_not` is "" where it may."""

    post: str
    before: str
    after: str
    zone: str
    at: datetime
    why_not: str


def month(studio: Studio, on: date) -> tuple[Cell, ...]:
    """Return each day of the month that holds `on`, in the operator's zone."""
    first = on.replace(day=1)
    after = (first + 31 * DAY).replace(day=1)
    days = [first + n * DAY for n in range((after - first).days)]
    zone, counts = studio.settings.zone, {day: Counter[str]() for day in days}
    since, until = reports.midnight(studio, first), reports.midnight(studio, after)
    with studio.looking.database.transaction() as session:
        for at, status in scenes.due_states(session, since, until):
            counts.setdefault(at.astimezone(zone).date(), Counter())[status] += 1
    return tuple(Cell(day=day, posts=tuple(sorted(counts[day].items()))) for day in days)


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
