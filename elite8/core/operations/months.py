"""A month of the calendar at a glance."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from elite8.core.operations import reports
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
