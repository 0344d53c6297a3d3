"""Wall-clock times: what an operator writes, as an instant.

A time that the clock skips moves later by the gap; one that it shows twice is the first.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = 366 * 86400
MOST = 60  # letters
LAST_YEAR = 2100
LENGTH = re.compile(r"(\d+)([smhd])")


def instant(written: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the UTC instant of "2026-11-24 08:00" or "08:00", which is the next one; ValueError.

    With an offset or a Z it stands as it is.
    """
    if re.fullmatch(r"\d{1,2}:\d{2}", written):
        today = now.astimezone(zone).date()
        at = of_day(written)
        for days in (0, 1, 2):
            if (found := on_day(today + timedelta(days=days), at, zone)) > now:
                return found
    try:
        parsed = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f"'{written[:40]}' is no time") from None
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


def instant_past(written: str, zone: ZoneInfo, now: datetime) -> datetime:
    """Return the UTC instant of a time gone by, as a person writes it there; ValueError says how.

    "Fri 03:00" and "03:00" are the last ones, "-2h" is so long ago, "2026-11-26" its midnight.
    """
    words = written.strip().casefold()
    if words.startswith("-"):
        return now - length(words[1:].strip())
    day, _, hour = words.rpartition(" ")
    if re.fullmatch(r"\d{1,2}:\d{2}", hour) and (not day or day.isalpha()):
        return last_on(written, day, of_day(hour), zone, now)
    try:
        parsed = datetime.fromisoformat(words.upper())
        found = (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"'{written[:40]}' is no time; write 'Fri 03:00', '03:00', '2026-11-26 03:00' or '-2h'"
        ) from None
    if found > now:
        raise ValueError(f"'{written}' has not been yet")
    return found


def of_day(written: str) -> time:
    """Return "8:00" as a time of the day; a ValueError for one that no clock shows."""
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", written):
        raise ValueError(f"'{written[:40]}' is no time of the day; they go to 23:59")
    hour, minute = map(int, written.split(":"))
    return time(hour, minute)


def last_on(written: str, day: str, at: time, zone: ZoneInfo, now: datetime) -> datetime:
    """Return when it was last that time of such a day there; "" is any day."""
    today = now.astimezone(zone).date()
    back = {"today": (0,), "yesterday": (1,), "": (0, 1)}.get(day)
    if back is None:
        which = [n for n, name in enumerate(DAYS) if day in (name, name[:3])]
        if not which:
            raise ValueError(f"'{written[:40]}' names no day; write Mon, Fri or yesterday")
        ago = (today.weekday() - which[0]) % 7
        back = (ago, ago + 7)
    for days in back:
        if (found := on_day(today - timedelta(days=days), at, zone)) <= now:
            return found
    raise ValueError(f"'{written}' has not been yet")


def on_day(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a time of the day there."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def length(written: str) -> timedelta:
    """Return "90m", "2h" or "1d12h" as a length of time; anything else is a ValueError."""
    found = LENGTH.findall(written[:MOST])
    if not found or "".join(number + unit for number, unit in found) != written:
        raise ValueError(f"'{written[:MOST]}' is no length of time; write 90m, 2h or 1d12h")
    seconds = sum(int(number[:12]) * UNITS[unit] for number, unit in found)
    if seconds > LONGEST:
        raise ValueError(f"'{written}' is more than a year")
    return timedelta(seconds=seconds)
