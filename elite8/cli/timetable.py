"""The calendar as tables: by the day, the week and the month."""

from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from elite8.cli import output
from elite8.cli.deciding import POST_ID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from elite8.core.operations.entries import Entry
    from elite8.core.operations.plan import Change

STATES = {"waiting": "", "published": " ✓", "refused": " ✗", "uncertain": " ?", "publishing": " …"}


def short(network: str) -> str:
    """Return a network's name where there is little room."""
    from elite8.core.domain.destination import DESTINATIONS

    return DESTINATIONS[network].cell  # type: ignore[index]  # a row's


def wall(at: "datetime", zone: str) -> str:
    """Return the time of the day there."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def day(at: "datetime", zone: str) -> str:
    """Return the day there, its weekday with it."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d}"


def drawn(entries: "Sequence[Entry]", zones: tuple[str, str], *, by_month: bool) -> object:
    """Return the calendar as it is asked for."""
    if not entries:
        return "nothing is due on these days; elite8 schedule plan fills the calendar"
    return month(entries, zones[0]) if by_month else week(entries, zones)


def by_day(fresh: "Sequence[Change]", zone: str) -> list[tuple[str, str, str, str]]:
    """Return planned posts, a slot of a day in a line."""
    ordered = sorted(fresh, key=lambda one: (day(one.at, zone)[4:], one.at))
    slots = groupby(ordered, key=lambda one: (day(one.at, zone), one.slot))
    rows = []
    for (when, slot), posts in slots:
        found = list(posts)
        names = ", ".join(dict.fromkeys(one.character for one in found))
        networks = ", ".join(f"{one.character} {short(one.network)}" for one in found)
        rows.append((when, f"{slot} {wall(found[0].at, zone)}", names, networks))
    return rows


def week(entries: "Sequence[Entry]", zones: tuple[str, str]) -> tuple[object, str]:
    """Return posts, one a line, in two zones side by side; below, which days and zones."""
    here, there = zones
    cities = [zone.rpartition("/")[2].replace("_", " ") for zone in zones]
    rows, last, regional = [], "", any(one.region for one in entries)
    for one in entries:
        today, state = day(one.at, here), one.status
        if one.video_status != "finished" and one.status == "waiting":
            state = one.video_status
        rows.append(
            (
                "" if today == last else f"{one.at.astimezone(ZoneInfo(here)):%a %d}",
                wall(one.at, here),
                wall(one.at, there) + ("" if day(one.at, there) == today else "*"),
                one.character,
                one.network,
                *([one.region] if regional else []),
                state,
                one.post[:POST_ID],
            )
        )
        last = today
    columns = ("day", *cities, "performer", "network", *["for"] * regional, "state", "post")
    said = f"{day(entries[0].at, here)} to {last}; {here} and {there} (*: another day there)"
    return output.table(columns, rows), said


def month(entries: "Sequence[Entry]", zone: str) -> object:
    """Return posts, a day in a line and a slot in a column: performer and networks."""
    slots = list(dict.fromkeys(one.slot or "yours" for one in entries))
    order = {
        slot: min(wall(one.at, zone) for one in entries if (one.slot or "yours") == slot)
        for slot in slots
    }
    columns = sorted(slots, key=lambda slot: order[slot])
    rows = []
    for when, posts in groupby(entries, key=lambda one: day(one.at, zone)):
        found = list(posts)
        cells = [cell([one for one in found if (one.slot or "yours") == slot]) for slot in columns]
        rows.append((when, *cells))
    return output.table((zone, *(f"{slot} {order[slot]}" for slot in columns)), rows)


def cell(posts: "Sequence[Entry]") -> str:
    """Return the performers of a slot, each with where they go and what became of it."""
    lines = []
    for name in dict.fromkeys(one.character for one in posts):
        where = (
            f"{short(one.network)}{STATES[one.status]}" for one in posts if one.character == name
        )
        lines.append(f"{name} {' '.join(where)}")
    return "\n".join(lines)
