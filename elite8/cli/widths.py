"""How wide the columns of a table are where not all fits: words fold, and no number is cut."""

import re
from collections.abc import Sequence

from rich.cells import cell_len

IDS = ("post", "video", "account", "job", "setting", "subscriber")
"""Columns of ids and names, which are copied and so never folded."""
GAP = 3
"""Cells between two columns of a table."""
TIGHTER = HEADS, TITLES, WORDS, TIMES, ALL = range(5)
"""What folds next when it is too wide: heads, long words, any words, times at their spaces."""
LONG, SHORT, NARROW = 20, 14, 10
"""Cells: of words that fold early, of one word that is not broken, the same where all is tight."""
READABLE = 16
"""Cells that long words keep before times fold: in fewer a title is a tower."""
FIGURES = re.compile(r"\W*\d\S*( \S{1,5}){0,4}")
"""A number, a day or a time, with what it counts: 52,800, 9.99 USD, 2026-11-27 13:00 JST."""
NUMBER = re.compile(r"\W*\d[\d.,:/%+\u2013-]*\w{0,3}\W*")


def fitted(columns: Sequence[str], rows: Sequence[Sequence[str]], total: int) -> list[int]:
    """Return the cells of each column, so that a line has `total` of them, or few more.

    An id and a number are never cut: rather than that a line is longer than `total`.
    """
    cells = [[line for row in rows for line in row[at].splitlines()] for at in range(len(columns))]
    both = list(zip(columns, cells, strict=True))
    wide = [max(map(cell_len, (name, *own))) for name, own in both]
    room = total - GAP * (len(columns) - 1)
    for tight in TIGHTER:
        if sum(wide) > room:
            shrink(wide, [least(*one, tight) for one in both], room)
    return wide


def shrink(wide: list[int], down_to: Sequence[int], room: int) -> None:
    """Take from the widest column that has more than it needs, a cell each time."""
    while sum(wide) > room:
        more = [at for at, few in enumerate(down_to) if wide[at] > few]
        if not more:
            return
        wide[max(more, key=wide.__getitem__)] -= 1


def least(name: str, cells: Sequence[str], tight: int) -> int:
    """Return how many cells a column needs, the tighter the fewer."""
    whole = max(map(cell_len, cells), default=1)
    head = max(map(cell_len, name.split()), default=1)
    if name in IDS or tight == HEADS or (tight == TITLES and whole <= LONG):
        return max(whole, head)
    floor = READABLE if tight < TIMES and whole > LONG else 1
    return max(head, *(together(one, tight) for one in cells), floor)


def together(line: str, tight: int) -> int:
    """Return the cells of the longest part of a line that is not folded."""
    if tight < TIMES and FIGURES.fullmatch(line) and cell_len(line) <= LONG:
        return cell_len(line)
    word = NARROW if tight == ALL else SHORT
    parts = line.split()
    return max(
        (cell_len(p) if NUMBER.fullmatch(p) else min(cell_len(p), word) for p in parts), default=0
    )
