"""When the clocks of a zone change: which wall times are skipped, which come twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChange:
    """One change: from `first` to `last` the wall times are a gap, or a fold that comes twice."""

    at: datetime
    day: date
    kind: str
    first: str
    last: str


def changes(zone: ZoneInfo, first: date, days: int) -> tuple[ClockChange, ...]:
    """Return the clock changes of `days` days from `first` on there, the earliest first."""
    return tuple(_changes(zone, first, days))


def _changes(zone: ZoneInfo, first: date, days: int) -> Iterator[ClockChange]:
    begin = datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)
    for number in range(days):
        here = begin + timedelta(days=number)
        if (at := change_between(zone, here, here + timedelta(days=1))) is not None:
            yield of_instant(zone, at)


def change_between(zone: ZoneInfo, after: datetime, until: datetime) -> datetime | None:
    """Return the first minute of a new offset in a span of a day, `None` when it is all one."""
    if after.astimezone(zone).utcoffset() == until.astimezone(zone).utcoffset():
        return None
    while until - after > timedelta(minutes=1):
        middle = after + (until - after) / 2
        middle = middle.replace(second=0, microsecond=0)
        if middle.astimezone(zone).utcoffset() == after.astimezone(zone).utcoffset():
            after = middle
        else:
            until = middle
    return until


def of_instant(zone: ZoneInfo, at: datetime) -> ClockChange:
    """Return the change that takes place at an instant."""
    before, after = (at - timedelta(minutes=1)).astimezone(zone), at.astimezone(zone)
    was, becomes = before.utcoffset() or timedelta(0), after.utcoffset() or timedelta(0)
    ends, begins = (before + timedelta(minutes=1)).replace(tzinfo=None), after.replace(tzinfo=None)
    low, high = sorted((ends, begins))
    return ClockChange(
        at=at,
        day=low.date(),
        kind="gap" if becomes > was else "fold",
        first=f"{low:%H:%M}",
        last=f"{high:%H:%M}",
    )
