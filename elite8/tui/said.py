"""How things are said in the console: signs, states, times; the colour only says it again."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from elite8.core.operations import words
from elite8.tui.spans import Span, Words

if TYPE_CHECKING:
    from elite8.core.operations.board import Board

LATE = timedelta(minutes=2)
HOUR, MINUTE, NO_TIME = timedelta(hours=1), timedelta(minutes=1), timedelta()
SIGNS = {
    "good": ("✓", "good"),
    "bad": ("✗", "bad"),
    "warn": ("▲", "warn"),
    "info": ("i", "info"),
    "busy": ("◐", "busy"),
    "waiting": ("○", "dim"),
    "unknown": ("?", "unknown"),
}
"""A sign of one cell for each kind of state, and its tone."""
VERDICTS = {
    "good": "All is well",
    "alerts": "",
    "bad": "Not well",
    "stale": "Nobody is watching",
}


def kind(state: str) -> str:
    """Return the kind of sign of a state; one that is not known has a question mark."""
    return "waiting" if state == "needs approval" else words.SIGNS.get(state, "unknown")


def sign(state: str) -> Span:
    """Return the sign of a state."""
    return ("◇", "accent") if state == "needs approval" else SIGNS[kind(state)]


def state(name: str) -> Words:
    """Return a state as its sign and its word."""
    shape, tone = sign(name)
    return ((f"{shape} ", tone), (name, "" if tone == "dim" else tone))


def headline(board: "Board") -> Words:
    """Return how it goes, its sign first."""
    shape, tone = SIGNS[words.SIGNS[board.verdict]]
    rings = len(board.alerts)
    said = VERDICTS[board.verdict] or ("1 alert rings" if rings == 1 else f"{rings} alerts ring")
    return ((f"{shape} {said}", tone),)


def late(status: str, at: datetime, now: datetime) -> str:
    """Return the state for people: what waits past its time is overdue."""
    return "overdue" if status == "waiting" and now - at > LATE else status


def hour(at: datetime, zone: str) -> str:
    """Return the wall time."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def day(at: datetime, zone: str) -> str:
    """Return the day, as Mon 23 Nov."""
    here = at.astimezone(ZoneInfo(zone))
    return f"{here:%a} {here.day} {here:%b}"


def seconds(at: datetime, zone: str) -> str:
    """Return day and time to the second, with the zone named."""
    here = at.astimezone(ZoneInfo(zone))
    return f"{day(at, zone)} {here:%H:%M:%S %Z}"


def until(at: datetime, now: datetime) -> str:
    """Return a countdown, as 1 h 05 min, 4:09, or how long it is over."""
    left = round((at - now).total_seconds())
    ahead, left = left >= 0, abs(left)
    if left < 3600:  # noqa: PLR2004  # an hour
        said = f"{left // 60}:{left % 60:02}"
    elif left < 86400:  # noqa: PLR2004  # a day
        said = f"{left // 3600} h {left % 3600 // 60:02} min"
    else:
        said = words.lasting(at - now if ahead else now - at)
    return f"in {said}" if ahead else f"{said} ago"


def nearly(at: datetime, now: datetime) -> str:
    """Return how far off that is, to the minute: what says so is drawn again each minute alone."""
    left = at - now
    if abs(left) >= HOUR:
        return until(at, now)
    minutes = round(abs(left) / MINUTE)
    if not minutes:
        return "now"
    return f"in {minutes} min" if left > NO_TIME else f"{minutes} min ago"


def network(name: str) -> str:
    """Return a network as people write it."""
    return words.NETWORKS.get(name, name)


def first(name: str) -> str:
    """Return a performer's first name."""
    return name.partition(" ")[0]
