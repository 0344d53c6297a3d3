"""Lines for a chat, and how they become messages: no mark in them can break, for none is read.

Telegram is told where a style begins and ends (MessageEntity), so that whatever stands in a caption
is only text.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from elite8.core.domain.card import Button, Card
from elite8.core.domain.text import graphemes, printable, utf16

LONGEST = 4096
"""UTF-16 units of a message (sendMessage, core.telegram.org/bots/api, as of 2026-11)."""
Style = Literal["", "bold", "pre"]
Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line and its style; `pre` lines that follow each other stand in one box."""

    text: str
    style: Style = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A style and where it is, in UTF-16 units."""

    style: Style
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message."""

    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer: lines, buttons under them, and cards after them."""

    lines: Sequence[Line]
    rows: tuple[Row, ...] = ()
    cards: tuple[Card, ...] = ()


def said(text: str, *rows: Row) -> Said:
    """Return plain words as an answer."""
    return Said(lines=plain(text), rows=rows)


def plain(text: str) -> list[Line]:
    """Return text as lines."""
    return [Line(one) for one in printable(text).split("\n")]


def bold(text: str) -> Line:
    """Return a heading."""
    return Line(text, "bold")


@dataclass
class Sheet:
    """A message that is being filled."""

    lines: list[Line] = field(default_factory=list)
    size: int = 0

    def part(self) -> Part | None:
        """Return the message; `None` for one without a word, which Telegram refuses."""
        kept = trimmed(self.lines)
        text = "\n".join(one.text for one in kept)
        return Part(text=text, marks=tuple(marks(kept))) if text.strip() else None


def messages(lines: Iterable[Line]) -> list[Part]:
    """Return lines as messages that are short enough, broken between lines wherever one fits."""
    sheets = [Sheet()]
    for line in lines:
        for piece in pieces(line):
            more = utf16(piece.text) + 1
            if sheets[-1].size + more > LONGEST:
                sheets.append(Sheet())
            sheets[-1].lines.append(piece)
            sheets[-1].size += more
    return [part for sheet in sheets if (part := sheet.part()) is not None]


def pieces(line: Line) -> Iterator[Line]:
    """Yield a line in pieces that fit a message, broken between letters."""
    indent = " " * (len(line.text) - len(line.text.lstrip(" ")))
    text = f"{indent}{printable(line.text)}".replace("\n", " ") if line.text.strip() else ""
    if utf16(text) < LONGEST:
        yield Line(text, line.style)
        return
    piece, size = "", 0
    for letter in graphemes(text):
        for sign in letter if utf16(letter) >= LONGEST else (letter,):
            if size + utf16(sign) >= LONGEST:
                yield Line(piece, line.style)
                piece, size = "", 0
            piece, size = piece + sign, size + utf16(sign)
    yield Line(piece, line.style)


def trimmed(lines: Sequence[Line]) -> list[Line]:
    """Return lines without empty ones at the ends, which Telegram takes away."""
    full = [at for at, one in enumerate(lines) if one.text.strip()]
    return list(lines[full[0] : full[-1] + 1]) if full else []


def marks(lines: Sequence[Line]) -> Iterator[Mark]:
    """Yield where styles are; boxes that touch are one."""
    at, begun = 0, -1
    for number, line in enumerate(lines):
        size = utf16(line.text)
        follows = number + 1 < len(lines) and lines[number + 1].style == "pre"
        if line.style == "pre":
            begun = at if begun < 0 else begun
            if not follows:
                if at + size > begun:
                    yield Mark(style="pre", offset=begun, length=at + size - begun)
                begun = -1
        elif line.style and size:
            yield Mark(style=line.style, offset=at, length=size)
        at += size + 1


def table(rows: Sequence[Sequence[str]]) -> list[Line]:
    """Return short rows as lines whose columns stand under each other, as in a terminal."""
    from wcwidth import wcswidth

    widths = [max(map(wcswidth, column)) for column in zip(*rows, strict=True)]
    return [
        Line(
            "  ".join(
                cell + " " * (width - wcswidth(cell))
                for cell, width in zip(row, widths, strict=True)
            ).rstrip(),
            "pre",
        )
        for row in rows
    ]
