"""Wall-clock times: what an operator writes, as an instant.

A time that the clock skips moves later by the gap; one that it shows twice is the first.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = 366 * 86400
LAST_YEAR = 2100
LENGTH = re.compile(r"(\d+)([smhd])")


def instant(written: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the UTC instant of "2026-11-24 08:00" or "08:00", which is the next one; ValueError.

    With an offset or a Z it stands as it is.
    """
    if re.fullmatch(r"\d{1,2}:\d{2}", written):
        today = now.astimezone(zone).date()
        hour, minute = map(int, written.split(":"))
        for days in (0, 1, 2):
            day = today + timedelta(days=days)
            if (found := on_day(day, time(hour, minute), zone)) > now:
                return found
    parsed = datetime.fromisoformat(written)
    try:
        # fold=0: the offset from before a change, which is right for both kinds of it (PEP 495).
        found = (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"'{written}' is no time we know") from None
    if found < now - timedelta(minutes=5):
        raise ValueError(f"'{written}' is past")
    if found.year >= LAST_YEAR:
        raise ValueError(f"'{written}' is too far away")
    return found


def on_day(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a time of the day there."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def length(written: str) -> timedelta:
    """Return "90m", "2h" or "1d12h" as a length of time; anything else is a ValueError."""
    found = LENGTH.findall(written)
    if not found or "".join(number + unit for number, unit in found) != written:
        raise ValueError(f"'{written}' is no length of time; write 90m, 2h or 1d12h")
    seconds = sum(int(number[:12]) * UNITS[unit] for number, unit in found)
    if seconds > LONGEST:
        raise ValueError(f"'{written}' is more than a year")
    return timedelta(seconds=seconds)
