"""Words with a tone: what every line of the console is made of, measured in terminal cells."""

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from elite8.core.visible import harmless, one_line

Span = tuple[str, str]
"""A text and its tone, "" for plain."""
Words = tuple[Span, ...]

TONES = {
    "": "",
    "dim": "$foreground 64%",
    "faint": "$foreground 42%",
    "good": "$text-success",
    "warn": "$text-warning",
    "bad": "$text-error",
    "busy": "$text-primary",
    "info": "$text-primary",
    "waiting": "$foreground",
    "curve": "$primary 75%",
    "unknown": "$text-warning",
    "accent": "$text-accent",
    "strong": "bold $foreground",
    "line": "$foreground 22%",
}
"""What a tone is drawn in; it only says again what a sign and a word say."""


def content(*spans: Span) -> Content:
    """Return words as Textual draws them; none of them steers the terminal."""
    said = ((harmless(text), TONES[tone]) for text, tone in spans)
    return Content.assemble(*((text, tone) if tone else text for text, tone in said))


def rows(lines: Iterable[Sequence[Span]], cells: int = 0) -> Content:
    """Return lines of words, one below the other; of a width, if one is said."""
    return Content("\n").join(part for line in lines for part in hung(line, cells))


def hung(line: Sequence[Span], cells: int) -> Iterator[Content]:
    """Yield a line in parts of a width: what has no room goes on under its value, not its label.

    A label is what ends in a space, before the rest; one of half the width or more hangs nothing.
    """
    names = [plain(line[: number + 1]) for number in range(len(line) - 1)]
    label = next((one for one in names if one.endswith(" ")), "")
    under = cell_len(label)
    if not under or 2 * under >= cells or width(line) <= cells:
        yield content(*line)
        return
    after = names.index(label) + 1
    first, *more = content(*line[after:]).wrap(cells - under)
    yield content(*line[:after]) + first
    yield from (part.pad_left(under) for part in more)


def plain(words: Iterable[Span]) -> str:
    """Return the text alone."""
    return "".join(text for text, _ in words)


def width(words: Iterable[Span]) -> int:
    """Return how many cells they take; a Japanese sign takes two."""
    return sum(cell_len(text) for text, _ in words)


def fit(words: Sequence[Span], cells: int, *, right: bool = False) -> Words:
    """Return the words in exactly so many cells; what is cut off ends in an ellipsis."""
    words = tuple((one_line(text), tone) for text, tone in words)
    over = width(words) - cells
    if over <= 0:
        gap: Words = ((" " * -over, ""),) if over else ()
        return (*gap, *words) if right else (*words, *gap)
    kept: list[Span] = []
    left = cells - 1
    for text, tone in words:
        size = cell_len(text)
        kept.append((text if size <= left else set_cell_size(text, max(left, 0)), tone))
        if size > left:
            break
        left -= size
    return (*kept, ("…", kept[-1][1])) if cells > 0 else ()
