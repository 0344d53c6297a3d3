"""Small drawings made of signs: bars, curves, a day by the hour."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from elite8.tui import said
from elite8.tui.spans import Span, Words

if TYPE_CHECKING:
    from elite8.core.operations.board import Board
    from elite8.core.operations.entries import Entry

EIGHTHS = " ▁▂▃▄▅▆▇█"
PARTS = " ▏▎▍▌▋▊▉█"
WORST = ("refused", "uncertain", "overdue", "publishing", "waiting", "published")
LABEL = 11
HOURS = (0, 3, 6, 9, 12, 15, 18, 21)


def bar(share: float, cells: int, tone: str = "accent") -> Words:
    """Return a bar that is filled to a share, in eighths of a cell."""
    eighths = round(min(max(share, 0.0), 1.0) * cells * 8)
    full, part = divmod(eighths, 8)
    filled = "█" * full + (PARTS[part] if part else "")
    return ((filled, tone), ("·" * (cells - len(filled)), "line"))


def curve(
    values: Sequence[float], cells: int, top: float | None = None, tone: str = "curve"
) -> Words:
    """Return a curve of so many cells, each the mean of its part of the values."""
    if not values:
        return (("·" * cells, "line"),)
    most = top or max(values) or 1.0
    drawn = []
    for n in range(cells):
        first, last = (
            n * len(values) // cells,
            max((n + 1) * len(values) // cells, n * len(values) // cells + 1),
        )
        part = values[first:last] or values[-1:]
        mean = sum(part) / len(part)
        drawn.append(EIGHTHS[min(round(mean / most * 8), 8)] if mean > 0 else "▁")
    return (("".join(drawn), tone),)


def lanes(board: "Board", cells: int) -> list[Words]:
    """Return today by the hour: a lane for each network, a mark where a post is, now as a line."""
    room = max(cells - LABEL - 2, 24)
    there = [one for one in board.networks if any(s.network == one.id for s in board.slots)]
    now = column(board.at, board, room)
    found: list[Words] = []
    for line in there:
        cell: list[Span] = [("─", "line")] * room
        by_column: dict[int, list[str]] = {}
        for one in board.slots:
            if one.network == line.id:
                state = said.late(one.status, one.at, board.at)
                by_column.setdefault(column(one.at, board, room), []).append(state)
        if 0 <= now < room:
            cell[now] = ("│", "accent")
        for place, states in sorted(by_column.items()):
            put(cell, place, states)
        found.append(((f" {said.network(line.id):<{LABEL - 1}}", "dim"), *cell))
    return [*found, axis(board, room, now)] if found else []


def put(cell: list[Span], place: int, states: Sequence[str]) -> None:
    """Put a mark into a lane: the worst state's sign, and how many there are if several."""
    worst = min(states, key=lambda one: WORST.index(one) if one in WORST else 0)
    shape, tone = said.sign(worst)
    place = min(max(place, 0), len(cell) - 2)
    cell[place] = (shape, tone)
    if len(states) > 1:
        cell[place + 1] = (f"{min(len(states), 9)}", tone)


def column(at: datetime, board: "Board", room: int) -> int:
    """Return where a time of the day stands in a lane."""
    zone = ZoneInfo(board.zone)
    begins = datetime.combine(board.day, time(), zone)
    ends = datetime.combine(board.day + timedelta(days=1), time(), zone)
    return int((at - begins) / (ends - begins) * room)


def axis(board: "Board", room: int, now: int) -> Words:
    """Return the hours below the lanes."""
    zone = ZoneInfo(board.zone)
    signs = [" "] * (room + 2)
    for hour in HOURS:
        at = datetime.combine(board.day, time(hour), zone)
        for offset, sign in enumerate(f"{hour:02}"):
            signs[min(column(at, board, room) + offset, room)] = sign
    words: Words = ((" " * LABEL, ""), ("".join(signs), "faint"))
    label = f"{board.at.astimezone(zone):%H:%M}"
    if not 0 <= now < room:
        return words
    start = min(max(now - 2, 0), room - 5)
    line = "".join(signs)
    clean = list(line)
    for place in (start - 1, start + 5):  # an hour's number beside it would be read into it
        if 0 <= place < len(clean) and clean[place] != " ":
            for gone in (place - 1, place, place + 1):
                if 0 <= gone < len(clean):
                    clean[gone] = " "
    line = "".join(clean)
    return (
        (" " * LABEL, ""),
        (line[:start], "faint"),
        (label, "accent"),
        (line[start + 5 :], "faint"),
    )


def counted(slots: "Sequence[Entry]", now: datetime) -> Words:
    """Return how many posts are in each state, each with its sign."""
    states = Counter(said.late(one.status, one.at, now) for one in slots)
    found: list[Span] = []
    for name in ("published", "publishing", "waiting", "overdue", "uncertain", "refused"):
        if states[name]:
            shape, tone = said.sign(name)
            found += [(f"{shape} ", tone), (f"{states[name]} {name}  ", "dim")]
    return tuple(found)
