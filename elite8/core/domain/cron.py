"""Five-field cron expressions that mean the same to cron and to us, always in UTC."""

import re
from datetime import datetime, timedelta
from functools import lru_cache

OFF = "off"
"""Instead of an expression: never by itself."""
FIELDS = {
    "minute": (0, 59),
    "hour": (0, 23),
    "day": (1, 31),
    "month": (1, 12),
    "day_of_week": (0, 6),
}
"""Each field with its least and its largest value, in the order they are written."""
LONGEST_LOOK = timedelta(days=2)
GRACE = timedelta(minutes=1)
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d+))?", re.ASCII)


def known_cron(expression: str) -> str:
    """Return an expression that can be ticked by, spaces tidied; `off` is one."""
    if expression.strip() == OFF:
        return OFF
    words = expression.lower().split()
    if len(words) != len(FIELDS):
        raise ValueError(
            f"'{expression[:40]}' has {len(words)} fields; write minute, hour, day, month, "
            "weekday, like '*/5 * * * *', or off"
        )
    for (name, bounds), word in zip(FIELDS.items(), words, strict=True):
        for part in word.split(","):
            values(name, part, bounds)
    if words[2] != "*" and words[4] != "*":
        raise ValueError(f"'{expression[:40]}' names days and weekdays; leave one of them '*'")
    return " ".join(words)


def values(name: str, part: str, bounds: tuple[int, int]) -> range:
    """Return the values of a part of a field; one that no time of the clock meets: ValueError."""
    found = PART.fullmatch(part)
    if found is None:
        raise ValueError(f"{name}: '{part[:20]}' is no time; write like *, */5, 8, 8-18, 8,20")
    star, first, last, step = found.groups()
    low, high = bounds
    if not star:
        low = number(name, first, bounds)
        high = number(name, last, bounds) if last else low
    if low > high:
        raise ValueError(f"{name}: '{part[:20]}' runs backwards; write two parts with a comma")
    if step and (name == "day_of_week" or not 1 <= int(step) <= high - low):
        raise ValueError(f"{name}: '{part[:20]}': no such step; write the times with commas")
    return range(low, high + 1, int(step or 1))


def number(name: str, word: str, bounds: tuple[int, int]) -> int:
    """Return the value of one time; weekdays have names, for their numbers mean two things."""
    if name == "day_of_week":
        if word not in WEEKDAYS:
            raise ValueError(f"{name}: '{word[:20]}' is none of {', '.join(WEEKDAYS)}")
        return (WEEKDAYS.index(word) - 1) % 7  # Monday first, as a week runs
    if not word.isdecimal() or not bounds[0] <= int(word) <= bounds[1]:
        raise ValueError(f"{name}: '{word[:20]}' is not between {bounds[0]} and {bounds[1]}")
    return int(word)


@lru_cache(maxsize=64)
def times(expression: str) -> tuple[frozenset[int], ...]:
    """Return the values of each field that an expression names."""
    return tuple(
        frozenset(value for part in word.split(",") for value in values(name, part, bounds))
        for (name, bounds), word in zip(FIELDS.items(), expression.lower().split(), strict=True)
    )


def runs(expression: str, after: datetime, until: datetime) -> int:
    """Return how often an expression was due after one instant and until another, in UTC."""
    minutes, hours, days, months, weekdays = times(expression)
    at = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    count = 0
    while at <= until:
        if at.month in months and at.day in days and at.weekday() in weekdays:
            count += at.hour in hours and at.minute in minutes
        at += timedelta(minutes=1)
    return count


def missed_runs(cron: str, began_at: datetime, leads_since: datetime | None, now: datetime) -> int:
    """Return how many runs were due since a task began last, and since whoever leads does.

    The last minute does not count: a run may be about to begin.
    """
    since = max(began_at, leads_since or began_at, now - LONGEST_LOOK)
    return runs(cron, since, now - GRACE)


def for_crontab(expression: str) -> str:
    """Return the expression with weekdays as crontab's numbers, which every cron takes."""
    *before, days = expression.split()
    numbers = [str(day) for part in days.split(",") for day in crontab_days(part)]
    return " ".join((*before, ",".join(numbers) or "*"))


def crontab_days(part: str) -> list[int]:
    """Return the days of one part, Sunday as 0; none for every day."""
    if part == "*":
        return []
    first, _, last = part.partition("-")
    bounds = FIELDS["day_of_week"]
    begin, end = (number("day_of_week", word, bounds) for word in (first, last or first))
    return [(day + 1) % 7 for day in range(begin, end + 1)]
