"""Burned captions, each word lit while it is said, and the label that says who made this: ASS text.

One event per word holds its whole page with that word in the accent colour, so that pages stay
still pictures for libass; only the first one pops in.
Source of the format: Aegisub's manual, "ASS Tags"; libass reads the same.
"""

import itertools
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from elite8.core.domain.speech import SpokenLine, Word
from elite8.core.production.local import fonts

WIDTH, HEIGHT = 1080, 1920
# No network publishes exact numbers for what its buttons and texts cover. These are ours: the
# widest of what editors commonly keep free for TikTok, Reels and Shorts on 1080x1920 (2026-11).
UNSAFE_TOP, UNSAFE_BOTTOM, UNSAFE_RIGHT = 220, 480, 150
LEFT, RIGHT = 90, WIDTH - UNSAFE_RIGHT

CENTRE_X, CENTRE_Y = (LEFT + RIGHT) // 2, 1300
EM = 86
OUTLINE, SHADE = 7, 10
SHADE_DROP, SHADE_BLUR = 6, 12
ROOM = RIGHT - LEFT - 2 * (SHADE + SHADE_BLUR)
ROWS = 2

LABEL_EM = 38
LABEL_LEAST_SECONDS = 4.0
LABEL_FADE = 0.4
LABEL_PADDING_X, LABEL_PADDING_Y, LABEL_ROUND = 24, 12, 22
LABEL_LEFT, LABEL_TOP = 60, UNSAFE_TOP + 16

WORDS_PER_PAGE = {"ja": 3}
WORDS_PER_LATIN_PAGE = 4
PAUSE = 0.45
LINGER = 0.4
"""Seconds that a page stays after its last word, unless the next one comes."""
POP = 110
"""Milliseconds in which a page grows to its size."""

INK = "#15101f"
WHITE = "#ffffff"
SPARE_ACCENT = "#ffd24a"
LEAST_CONTRAST, LEAST_DIFFERENCE = 4.5, 1.35
LINEAR_BELOW = 0.04045

SENTENCE_ENDS = tuple(".!?…。！？")  # noqa: RUF001  # Japanese marks
CLAUSE_ENDS = tuple(",;:、，」")  # noqa: RUF001  # same
NEVER_FIRST = frozenset("、。，．・：；？！ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々」』）…")  # noqa: RUF001  # same
KATAKANA = re.compile("[ァ-ヺー]+")
STYLE_FIELDS = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, "
    "Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, "
    "Alignment, MarginL, MarginR, MarginV, Encoding"
)
ESCAPED = str.maketrans({"{": "\\{", "}": "\\}", "\\": "\N{FULLWIDTH REVERSE SOLIDUS}"})
"""A backslash has no escape in ASS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The AI label and how many seconds it stays; under 4 becomes 4."""

    text: str
    seconds: float = LABEL_LEAST_SECONDS


@dataclass(frozen=True, slots=True)
class Page:
    """Words on the screen together, row by row; `end` in seconds of the video."""

    rows: tuple[tuple[Word, ...], ...]
    end: float

    @property
    def words(self) -> tuple[Word, ...]:
        """The words in order."""
        return tuple(itertools.chain.from_iterable(self.rows))


def write_ass(
    lines: Sequence[SpokenLine], *, label: Label, language: str, accent: str, path: Path
) -> None:
    """Write the captions of `lines` and the label; `accent` is #rrggbb."""
    path.write_text(document(lines, label=label, language=language, accent=accent), "utf-8")


def document(lines: Sequence[SpokenLine], *, label: Label, language: str, accent: str) -> str:
    """Return the whole ASS file."""
    glue = "" if language == "ja" else " "
    lit = readable(accent)
    events = [*_label(label)]
    for page in pages(lines, language):
        events += _events(page, glue, lit)
    return "\n".join((*_head(), *events, ""))


def pages(lines: Sequence[SpokenLine], language: str) -> tuple[Page, ...]:
    """Return what is shown together, in order; no page overlaps the next."""
    most = WORDS_PER_PAGE.get(language, WORDS_PER_LATIN_PAGE)
    glue = "" if language == "ja" else " "
    groups = [
        group
        for line in lines
        for phrase in _phrases(_placed(line), most)
        for group in _shares(phrase, most, glue)
    ]
    starts = [*(group[0].start for group in groups[1:]), math.inf]
    return tuple(
        Page(_rows(group, glue), min(group[-1].end + LINGER, following))
        for group, following in zip(groups, starts, strict=False)
    )


def readable(accent: str) -> str:
    """Return `accent`, lightened until the dark outline suits it; one near white is exchanged."""
    for step in range(11):
        lighter = _mixed(accent, step / 10)
        if _contrast(lighter, INK) >= LEAST_CONTRAST:
            return lighter if _contrast(WHITE, lighter) >= LEAST_DIFFERENCE else SPARE_ACCENT
    raise ValueError(f"white is not readable on {INK}")


def showable(text: str) -> str:
    """Return `text` as one row of characters that the font has."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    invisible = {char for char in plain if unicodedata.category(char) in ("Cc", "Cf", "Mn")}
    lost = fonts.missing_glyphs(plain) | invisible
    kept = " ".join("".join(char for char in plain if char not in lost).split())
    return re.sub(r" (?=[.,!?…])", "", kept)


def _placed(line: SpokenLine) -> list[Word]:
    """Return the words in seconds of the video; what may not begin a row joins the word before."""
    placed: list[Word] = []
    for word in line.speech.words:
        text, start, end = showable(word.text), line.start + word.start, line.start + word.end
        if placed and (tail := _tail(placed[-1].text, text)):
            before = placed.pop()
            text = text.removeprefix(tail).strip()
            until = before.end if text else end
            placed.append(Word(text=before.text + tail, start=before.start, end=until))
        if text:
            placed.append(Word(text=text, start=start, end=end))
    return placed


def _tail(before: str, text: str) -> str:
    """Return how much of the beginning of `text` belongs to `before`: marks, or a katakana word."""
    inside = KATAKANA.match(text) if KATAKANA.match(before[-1]) else None
    return inside[0] if inside else "".join(itertools.takewhile(NEVER_FIRST.__contains__, text))


def _phrases(words: Sequence[Word], most: int) -> Iterator[list[Word]]:
    """Yield `words` cut at sentences and pauses, and at a comma that ends at least half a page."""
    phrase: list[Word] = []
    for word, following in itertools.zip_longest(words, words[1:]):
        phrase.append(word)
        ends = word.text.endswith(SENTENCE_ENDS)
        clause = word.text.endswith(CLAUSE_ENDS) and len(phrase) * 2 >= most
        wide = _is_wide(word) or (following and _is_wide(following))
        if ends or clause or wide or (following and following.start - word.end > PAUSE):
            yield phrase
            phrase = []
    if phrase:
        yield phrase


def _is_wide(word: Word) -> bool:
    """Return whether `word` must be drawn smaller to fit; it then has its page to itself."""
    return fonts.width(word.text) * EM > ROOM


def _shares(phrase: Sequence[Word], most: int, glue: str) -> list[list[Word]]:
    """Return `phrase` in the fewest pages of about as many words each that fit the screen."""
    for count in range(-(-len(phrase) // most), len(phrase) + 1):
        cuts = [-(-len(phrase) * part // count) for part in range(count + 1)]
        shares = [list(phrase[first:last]) for first, last in itertools.pairwise(cuts)]
        if all(_widest(_rows(share, glue), glue) * EM <= ROOM for share in shares):
            return shares
    return [[word] for word in phrase]


def _rows(words: Sequence[Word], glue: str) -> tuple[tuple[Word, ...], ...]:
    """Return `words` in one row when they fit, else in the two rows that are narrowest."""
    one = (tuple(words),)
    if _widest(one, glue) * EM <= ROOM or len(words) < ROWS:
        return one
    choices = [(tuple(words[:cut]), tuple(words[cut:])) for cut in range(1, len(words))]
    return min(choices, key=lambda rows: _widest(rows, glue))


def _widest(rows: Sequence[Sequence[Word]], glue: str) -> float:
    return max(fonts.width(glue.join(word.text for word in row)) for row in rows)


def _events(page: Page, glue: str, lit: str) -> Iterator[str]:
    """Yield a soft dark shade behind the whole page, then the page once per word."""
    words = page.words
    scale = min(1.0, ROOM / (EM * _widest(page.rows, glue)))
    pop = _size(scale, pop=True)
    drop = f"\\an5\\pos({CENTRE_X},{CENTRE_Y + SHADE_DROP})\\blur{SHADE_BLUR}"
    shade = f"{{{drop}{pop}}}{_text(page, None, glue, lit)}"
    yield _event("Shade", words[0].start, page.end, shade)
    ends = [*(word.start for word in words[1:]), page.end]
    for number, (word, end) in enumerate(zip(words, ends, strict=True)):
        size = _size(scale, pop=False) if number else pop
        at = f"{{\\an5\\pos({CENTRE_X},{CENTRE_Y}){size}}}"
        yield _event("Caption", word.start, end, at + _text(page, word, glue, lit), layer=1)


def _size(scale: float, *, pop: bool) -> str:
    size = round(100 * scale)
    whole = f"\\fscx{size}\\fscy{size}"
    begin = round(86 * scale)
    return f"\\fscx{begin}\\fscy{begin}\\t(0,{POP},0.5,{whole})" if pop else whole


def _text(page: Page, said: Word | None, glue: str, lit: str) -> str:
    def shown(word: Word) -> str:
        text = word.text.translate(ESCAPED)
        return f"{{\\1c{_bgr(lit)}}}{text}{{\\1c{_bgr(WHITE)}}}" if word is said else text

    return "\\N".join(glue.join(map(shown, row)) for row in page.rows)


def _label(label: Label) -> Iterator[str]:
    """Yield a rounded dark plate and the text on it, shown whole for the label's seconds."""
    text = showable(label.text)
    room = RIGHT - LABEL_LEFT - 2 * LABEL_PADDING_X
    em = min(float(LABEL_EM), room / fonts.width(text))
    height = round(em * fonts.font().line_height) + 2 * LABEL_PADDING_Y
    width = round(em * fonts.width(text)) + 2 * LABEL_PADDING_X
    end = max(LABEL_LEAST_SECONDS, label.seconds) + LABEL_FADE
    fade = f"\\fad(0,{round(LABEL_FADE * 1000)})"
    plate = f"{{\\an7\\pos({LABEL_LEFT},{LABEL_TOP}){fade}\\p1}}{_plate(width, height)}"
    yield _event("Plate", 0, end, plate, layer=2)
    x, y = LABEL_LEFT + LABEL_PADDING_X, LABEL_TOP + height // 2
    size = round(em * fonts.font().line_height, 1)
    words = f"{{\\an4\\pos({x},{y}){fade}\\fs{size}}}{text.translate(ESCAPED)}"
    yield _event("Label", 0, end, words, layer=3)


def _plate(width: int, height: int) -> str:
    """Return a rounded rectangle as an ASS drawing, clockwise from the upper left."""
    r, k = LABEL_ROUND, round(LABEL_ROUND * 0.45)
    w, h = width, height
    return (
        f"m {r} 0 l {w - r} 0 b {w - k} 0 {w} {k} {w} {r} l {w} {h - r} "
        f"b {w} {h - k} {w - k} {h} {w - r} {h} l {r} {h} b {k} {h} 0 {h - k} 0 {h - r} "
        f"l 0 {r} b 0 {k} {k} 0 {r} 0{{\\p0}}"
    )


def _event(style: str, start: float, end: float, text: str, *, layer: int = 0) -> str:
    return f"Dialogue: {layer},{_time(start)},{_time(end)},{style},,0,0,0,,{text}"


def _head() -> tuple[str, ...]:
    return (
        "[Script Info]",
        "ScriptType: v4.00+",
        f"PlayResX: {WIDTH}",
        f"PlayResY: {HEIGHT}",
        "WrapStyle: 2",
        "ScaledBorderAndShadow: yes",
        "YCbCr Matrix: None",
        "",
        "[V4+ Styles]",
        f"Format: {STYLE_FIELDS}",
        _style("Shade", fill=_bgr(INK, 0xFF), line=_bgr(INK, 0x68), edge=SHADE),
        _style("Caption", fill=_bgr(WHITE), line=_bgr(INK), edge=OUTLINE),
        _style("Label", fill=_bgr(WHITE), line=_bgr(INK), edge=0),
        _style("Plate", fill=_bgr(INK, 0x58), line=_bgr(INK), edge=0),
        "",
        "[Events]",
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    )


def _style(name: str, *, fill: str, line: str, edge: int) -> str:
    font = fonts.font()
    size = round(EM * font.line_height, 1)
    colours = f"{fill},{fill},{line},{line}"
    return f"Style: {name},{font.family},{size},{colours},-1,0,0,0,100,100,0,0,1,{edge},0,5,0,0,0,1"


def _time(seconds: float) -> str:
    """Return ASS time, whole hundredths."""
    hundredths = round(max(0.0, seconds) * 100)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest // 100:02d}.{rest % 100:02d}"


def _bgr(colour: str, alpha: int = 0) -> str:
    """Return #rrggbb as ASS writes it; alpha 0 is solid."""
    red, green, blue = (colour[at : at + 2] for at in (1, 3, 5))
    return f"&H{alpha:02X}{blue}{green}{red}&".upper()


def _mixed(colour: str, white: float) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * white):02x}" for part in parts)


def _contrast(lighter: str, darker: str) -> float:
    """Return the contrast ratio. Source: WCAG 2.2, relative luminance."""
    return (_luminance(lighter) + 0.05) / (_luminance(darker) + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= LINEAR_BELOW else ((part + 0.055) / 1.055) ** 2.4
