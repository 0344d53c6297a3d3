"""Now, in aware UTC; the one seam through which time enters; and zones by their names."""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Clock = Callable[[], datetime]

WRITTEN = re.compile(r"(?P<begins>\S+) x(?P<pace>[0-9.]+) since (?P<since>\S+)")
LONGEST_ZONE = 64
"""Letters; the names of zones have up to 32 (tzdata 2026). Each "/" more is a call more in Python's
own search for a name, which a thousand of them end with a fault."""


def utc_now() -> datetime:
    """Return this instant, aware and in UTC."""
    return datetime.now(UTC)


_seen: deque[timedelta] = deque(maxlen=5)


def compare(there: datetime) -> None:
    """Note what a server's clock shows now."""
    _seen.append(there - utc_now())


def clock_skew() -> timedelta | None:
    """Return how far servers' clocks were from ours of late, the middle of five; `None`: unknown.

    They tell whole seconds, some way old, so under two seconds it says nothing.
    """
    return sorted(_seen)[(len(_seen) - 1) // 2] if _seen else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FastClock:
    """A clock that goes `pace` times as fast: at the real instant `since` it was `begins`."""

    begins: datetime
    pace: float
    since: datetime

    def __call__(self) -> datetime:
        """Return what this clock shows, aware and in UTC."""
        return self.shows(utc_now())

    def shows(self, real: datetime) -> datetime:
        """Return what this clock shows at a real instant."""
        return self.begins + (real - self.since) * self.pace

    def real(self, at: datetime) -> datetime:
        """Return the real instant at which this clock shows `at`."""
        return self.since + (at - self.begins) / self.pace

    def __str__(self) -> str:
        """Return it as `fast_clock` reads it."""
        return f"{self.begins.isoformat()} x{self.pace:g} since {self.since.isoformat()}"


def fast_clock(text: str) -> FastClock:
    """Return the clock that another process wrote down; ValueError for anything else."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError("write BEGINS xPACE since INSTANT, as `elite8 config simulate` prints it")
    begins, since = (datetime.fromisoformat(found[name]) for name in ("begins", "since"))
    pace = float(found["pace"])
    if begins.tzinfo is None or since.tzinfo is None or not pace:
        raise ValueError("both instants need their zone, and the pace is above 0")
    return FastClock(begins=begins.astimezone(UTC), pace=pace, since=since.astimezone(UTC))


def zone_of(name: str) -> ZoneInfo:
    """Return a zone by its name; ValueError for one that is not there."""
    try:
        if len(name) <= LONGEST_ZONE:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise ValueError(f"no time zone '{name[:40]}'; write one like Asia/Tokyo")
