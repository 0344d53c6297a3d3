"""Pictures in the terminal's own dots: kitty's graphics and sixel, told by its name alone.

The terminal is never asked: an answer over a slow line comes late and is read as keys. One that is
not known, and whatever stands between (tmux, screen, a browser), has half-blocks, as everywhere.
"""

import base64
import fcntl
import re
import struct
import sys
import termios
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from elite8.core.operations.stills import Still

Means = Literal["blocks", "kitty", "sixel"]
DOTS: dict[Means, tuple[int, int]] = {"blocks": (1, 2), "kitty": (8, 16)}
"""Dots of a cell; kitty's are drawn to whatever size its cells have, sixel's are the terminal's."""
KITTY = ("xterm-kitty", "xterm-ghostty")
"""TERM of terminals with kitty's graphics (their manuals, 2026-11)."""
SIXEL = ("foot", "foot-extra", "mlterm", "contour")
SIXEL_PROGRAMS = ("WezTerm", "iTerm.app")
CHUNK = 4096
"""Bytes of one message, at most (kitty's graphics protocol)."""
SHADES = 6
BAYER = ((0.0, 0.5), (0.75, 0.25))
"""Where the next shade begins, in four dots: so few shades look like more."""
BAND = 6
RUN = re.compile(rb"(.)\1{3,}")


def means(wanted: str, environment: Mapping[str, str], *, dots: tuple[int, int]) -> Means:
    """Return how pictures are drawn; `dots` are those of a cell, 0 where nobody knows."""
    if wanted in ("blocks", "kitty"):
        return wanted  # type: ignore[return-value]  # it is one of them
    name, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    between = "TMUX" in environment or "STY" in environment or name.startswith(("tmux", "screen"))
    if wanted == "auto" and (between or "NO_COLOR" in environment):
        return "blocks"
    if wanted == "auto" and name in KITTY:
        return "kitty"
    known = wanted == "sixel" or name in SIXEL or program in SIXEL_PROGRAMS
    return "sixel" if known and all(dots) else "blocks"


def cell_dots() -> tuple[int, int]:
    """Return how many dots a cell of this terminal has; zeros where it does not tell."""
    try:
        told = fcntl.ioctl(sys.__stdout__ or 1, termios.TIOCGWINSZ, b"\0" * 8)
    except (OSError, ValueError):
        return 0, 0
    rows, columns, wide, high = struct.unpack("HHHH", told)
    return (wide // columns, high // rows) if rows and columns else (0, 0)


def kitty(one: "Still", number: int, columns: int, rows: int) -> str:
    """Return what draws a picture where the cursor is, over so many cells; it answers nothing."""
    packed = base64.b64encode(zlib.compress(one.rgb, 6)).decode()
    chunks = [packed[n : n + CHUNK] for n in range(0, len(packed), CHUNK)]
    head = f"a=T,C=1,q=2,p=1,f=24,o=z,i={number},s={one.width},v={one.height},c={columns},r={rows},"
    parts = []
    for place, chunk in enumerate(chunks):
        more = int(place < len(chunks) - 1)
        parts.append(f"\x1b_G{head if not place else 'q=2,'}m={more};{chunk}\x1b\\")
    return "".join(parts)


def moved(number: int, columns: int, rows: int) -> str:
    """Return what draws a picture that the terminal has where the cursor is now instead."""
    return f"\x1b_Ga=p,C=1,q=2,p=1,i={number},c={columns},r={rows}\x1b\\"


def forgotten(number: int) -> str:
    """Return what has the terminal let a picture go."""
    return f"\x1b_Ga=d,d=I,q=2,i={number}\x1b\\"


@lru_cache(maxsize=12)
def sixel(one: "Still") -> str:
    """Return a picture as sixels in 216 colours (DEC STD 070): each line is six dots high.

    It takes a tenth of a second and more; of some it is kept, for whoever works it out beforehand.
    """
    colours = "".join(
        f"#{n};2;{n // 36 * 20};{n // 6 % 6 * 20};{n % 6 * 20}" for n in range(SHADES**3)
    )
    bands = "-".join(band(one, top) for top in range(0, one.height, BAND))
    return f'\x1bP0;1;0q"1;1;{one.width};{one.height}{colours}{bands}\x1b\\'


def band(one: "Still", top: int) -> str:
    """Return six lines of dots: one line of sixels for each colour in them, drawn over another."""
    found: dict[int, bytearray] = {}
    for bit in range(min(BAND, one.height - top)):
        for x, colour in enumerate(shades(one, top + bit)):
            if colour not in found:
                found[colour] = bytearray(b"?" * one.width)
            found[colour][x] += 1 << bit
    lines = (f"#{colour}{shorter(bytes(line))}" for colour, line in found.items())
    return "$".join(lines)


def shades(one: "Still", y: int) -> Iterator[int]:
    """Yield the number of the nearest colour of each dot in a line."""
    row = one.rgb[y * one.width * 3 : (y + 1) * one.width * 3]
    tables = TABLES[y % 2]
    for x in range(one.width):
        table, place = tables[x % 2], x * 3
        yield table[row[place]] * 36 + table[row[place + 1]] * 6 + table[row[place + 2]]


def shorter(line: bytes) -> str:
    """Return a line of sixels, runs of the same as a number and the sign."""
    return RUN.sub(lambda run: b"!%d%c" % (len(run[0]), run[1][0]), line).decode("ascii")


def table(offset: float) -> bytes:
    """Return the shade of each value from 0 to 255; the next one begins at this part of a step."""
    return bytes(min(int(value * 5 / 255 + offset), SHADES - 1) for value in range(256))


TABLES = tuple(tuple(table(0.125 + place * 0.99) for place in row) for row in BAYER)
