"""The one font of captions: where its file is, what it calls itself, which glyphs it has.

libass takes another font without an error when the family name is wrong, and draws boxes.
Source of the table layouts: OpenType 1.9.1, chapters head, hhea, hmtx, cmap, name and OS/2.
"""

import struct
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from elite8.core.errors import ConfigError

PACKAGE = "noto_cjk_sans_jp_bold"
WINDOWS, UNICODE_FULL, ENGLISH = 3, 10, 0x409
FAMILY_NAME = 1
SEGMENTED_COVERAGE = 12


@dataclass(frozen=True, slots=True)
class Font:
    """What captions need to know; lengths are in ems."""

    family: str
    advances: dict[int, float]
    line_height: float


def folder() -> Path:
    """Return the folder that holds the font, for libass's `fontsdir`."""
    return path().parent


@cache
def path() -> Path:
    """Return the font's file."""
    spec = find_spec(PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    for found in (file for each in folders or () for file in Path(each).glob("*.otf")):
        return found
    raise ConfigError("the caption font is not installed; run: pip install noto-cjk-sans-jp-bold")


@cache
def font() -> Font:
    """Return the font, read once."""
    tables = _tables(path())
    (units,) = struct.unpack_from(">H", tables["head"], 18)
    # libass takes a size as this whole height, not as the em.
    ascent, descent = struct.unpack_from(">HH", tables["OS/2"], 74)
    (metrics,) = struct.unpack_from(">H", tables["hhea"], 34)
    widths = [width for width, _ in struct.iter_unpack(">Hh", tables["hmtx"][: 4 * metrics])]
    return Font(
        family=_family(tables["name"]),
        advances={
            code: widths[min(glyph, metrics - 1)] / units
            for code, glyph in _glyphs(tables["cmap"]).items()
        },
        line_height=(ascent + descent) / units,
    )


def missing_glyphs(text: str) -> set[str]:
    """Return the characters of `text` that the font would draw as a box."""
    return {char for char in text if ord(char) not in font().advances}


def width(text: str) -> float:
    """Return the width of `text` in ems; what the font lacks has none."""
    advances = font().advances
    return sum(advances.get(ord(char), 0.0) for char in text)


def _tables(file: Path) -> dict[str, bytes]:
    wanted = {"head", "hhea", "hmtx", "OS/2", "name", "cmap"}
    with file.open("rb") as stream:
        (count,) = struct.unpack(">4xH6x", stream.read(12))
        entries = list(struct.iter_unpack(">4s4xII", stream.read(16 * count)))
        found = {}
        for tag, offset, length in entries:
            if (name := tag.decode("ascii")) in wanted:
                stream.seek(offset)
                found[name] = stream.read(length)
    return found


def _family(table: bytes) -> str:
    count, texts = struct.unpack_from(">2xHH", table)
    for at in range(6, 6 + 12 * count, 12):
        platform, _, language, kind, length, offset = struct.unpack_from(">6H", table, at)
        if (platform, language, kind) == (WINDOWS, ENGLISH, FAMILY_NAME):
            return table[texts + offset : texts + offset + length].decode("utf-16-be")
    raise LookupError("the font has no English family name")


def _glyphs(table: bytes) -> dict[int, int]:
    """Return each character's glyph number, from the subtable that reaches past U+FFFF."""
    (count,) = struct.unpack_from(">2xH", table)
    for platform, encoding, offset in struct.iter_unpack(">HHI", table[4 : 4 + 8 * count]):
        (form,) = struct.unpack_from(">H", table, offset)
        if (platform, encoding, form) == (WINDOWS, UNICODE_FULL, SEGMENTED_COVERAGE):
            (groups,) = struct.unpack_from(">I", table, offset + 12)
            ranges = struct.iter_unpack(">III", table[offset + 16 : offset + 16 + 12 * groups])
            return {
                code: glyph + code - first
                for first, last, glyph in ranges
                for code in range(first, last + 1)
            }
    raise LookupError("the font has no full Unicode map")
