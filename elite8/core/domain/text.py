"""How networks count words, and how words are cut to fit: whole words, never part of a letter."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import takewhile

from elite8.core.domain.wording import INVISIBLE, fold

Size = Callable[[str], int]
"""How big a text is; a longer text is never smaller."""

ELLIPSIS = "…"
LOOSE = ",.;:…–—-、。"  # noqa: RUF001  # what is found in captions
"""Marks that stand before an ellipsis badly."""
UNSPACED = "\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Kana and kanji: their words have no spaces between, so a line may break beside each."""
WORD_END = re.compile(
    rf"(?<=[^\s{LOOSE}])(?=[{LOOSE}]*(?:\s|$))|(?<=[{UNSPACED}])|(?<=[^\s{LOOSE}])(?=[{UNSPACED}])"
)
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
TAG = re.compile(r"(?<![\w&/])#([^\s#]+)")
ENDINGS = "app|bio|br|cc|co|com|de|fans|gg|info|io|jp|link|net|org|page|site|tv|uk|xyz"
NAME = r"(?<![a-z0-9@.-])(?:[a-z0-9-]+\.)+"
LINK = re.compile(rf"(?:https?://|www\.)\S+|{NAME}[a-z]{{2,}}/\S+|{NAME}(?:{ENDINGS})(?![a-z0-9-])")
"""An address, a name with a path, or one with an ending that is no word; in folded text."""
HEAVY = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
"""What X counts as two; the ranges that are left out weigh one."""
ADDRESS_WEIGHT = 23
WEB = re.compile(
    rf"(?:https?://|www\.)[!-~]*[a-z0-9/=_-]|{NAME}[a-z]{{2,}}/[!-~]*[a-z0-9/=_-]"
    rf"|{NAME}(?:{ENDINGS})(?![a-z0-9-])",
    re.IGNORECASE,
)
"""An address as X finds it: ASCII alone, without the marks that end a sentence."""
EMOJI = re.compile("[\u231a-\u23ff\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff\ufe0f\u20e3]")
"""What makes a grapheme an emoji, near enough to count by."""
SPELLED_DOT = re.compile(
    r"\s*[\[({]\s*(?:dot|[.])\s*[\])}]\s*|\s+dot\s+|\s+[.]\s*|[.]\s+(?=com\b)|\s*。\s*"
)


def graphemes(text: str) -> Iterator[str]:
    """Yield what a reader sees as single letters or emoji (UAX 29, by wcwidth)."""
    # Its tables take 30 ms to load, and most commands count nothing.
    from wcwidth import iter_graphemes

    return iter_graphemes(text)


def utf16(text: str) -> int:
    """Return the size of `text` in UTF-16 units: an emoji is two or more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8(text: str) -> int:
    """Return the size of `text` in bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def seen(text: str) -> int:
    """Return how many letters and emoji a reader sees: grapheme clusters."""
    return sum(1 for _ in graphemes(text))


def weighted(text: str) -> int:
    """Return the size of `text` as X counts: an address is 23, a CJK letter or an emoji 2.

    Source: api/x.md 3.1, fundamentals/counting-characters; the ranges that weigh 1 are those of
    twitter-text's configuration 3. Which names without https are addresses is our own list.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    addresses = [found.span() for found in WEB.finditer(composed)]
    size, at = 0, 0
    for begin, end in (*addresses, (len(composed), len(composed))):
        size += _weight(composed[at:begin])
        at = end
    return size + ADDRESS_WEIGHT * len(addresses)


def _weight(text: str) -> int:
    """Return what words without addresses weigh."""
    if not EMOJI.search(text):
        return len(text) + len(HEAVY.findall(text))
    return sum(map(_weight_of_one, graphemes(text)))


@lru_cache(maxsize=1024)
def _weight_of_one(grapheme: str) -> int:
    """Return what one letter weighs; an emoji of several signs weighs as one."""
    return 2 if EMOJI.search(grapheme) else len(grapheme) + len(HEAVY.findall(grapheme))


def shorten(text: str, limit: int, measure: Size) -> str:
    """Return `text`, or its beginning and an ellipsis, at most `limit` by `measure`.

    Cut at the end of a word; inside one only when more than half would be lost otherwise, and
    never inside a grapheme. Empty when not even one fits.
    """
    if measure(text) <= limit:
        return text
    ends = _ends(text)
    anywhere = _longest(text, ends, limit, measure)
    border = {found.start() for found in WORD_END.finditer(text)}
    whole = _longest(text, [end for end in ends if end in border], limit, measure)
    end = whole if whole * 2 >= anywhere else anywhere
    return text[:end] + ELLIPSIS if end else ""


def _ends(text: str) -> list[int]:
    """Return where graphemes end, leaving out spaces and marks that stand loose."""
    ends, at = [], 0
    for each in graphemes(text):
        at += len(each)
        if not each.isspace() and each not in LOOSE:
            ends.append(at)
    return ends


def _longest(text: str, ends: list[int], limit: int, measure: Size) -> int:
    """Return the last of `ends` up to which `text` fits with an ellipsis, 0 when none does."""
    place = bisect_right(ends, limit, key=lambda end: measure(text[:end] + ELLIPSIS))
    return ends[place - 1] if place else 0


def printable(text: str) -> str:
    """Return a text without what steers a terminal or cannot be seen, and without ends of space.

    Line ends stay, and what joins the parts of an emoji or of a script.
    """
    return "".join(
        sign for sign in text if sign == "\n" or unicodedata.category(sign) != "Cc"
    ).strip()


@lru_cache(maxsize=4096)
def clean_hashtag(tag: str) -> str:
    """Return `tag` as networks link it: NFKC letters, digits and `_`, without #.

    Empty when nothing of it, or only digits, is left: no network links those.
    """
    plain = unicodedata.normalize("NFKC", SELECTORS.sub("", tag))
    kept = "".join(each for each in plain if _belongs(each))
    while kept and unicodedata.category(kept[0])[0] == "M":
        kept = kept[1:]
    kept = unicodedata.normalize("NFKC", kept)
    return kept if any(unicodedata.category(each)[0] == "L" for each in kept) else ""


def _belongs(letter: str) -> bool:
    kind = unicodedata.category(letter)[0]
    return letter == "_" or (kind in "LMN" and letter not in INVISIBLE)


def clean_hashtags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags cleaned, without empty ones and repeats; the first of equals stays."""
    found: dict[str, str] = {}
    for tag in map(clean_hashtag, tags):
        if tag:
            found.setdefault(fold(tag), tag)
    return tuple(found.values())


@lru_cache(maxsize=64)
def hashtags_in(text: str) -> tuple[str, ...]:
    """Return the hashtags that a network links in `text`, folded, in order, without repeats."""
    found = TAG.findall(SELECTORS.sub("", fold(text)))
    tags = ("".join(takewhile(_belongs, each)) for each in found)
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def links_in(text: str) -> tuple[str, ...]:
    """Return the addresses in `text`, folded, with and without https."""
    return tuple(dict.fromkeys(LINK.findall(fold(text))))


def names_domain(text: str, domain: str) -> bool:
    """Return whether `text` names `domain` or a part of it, also as `name dot com`, `name(.)com`.

    In any case and width; a longer name that only ends alike is another one.
    """
    spoken = _with_dots(text)
    name = rf"(?<![a-z0-9-]){re.escape(domain)}(?![a-z0-9-])"
    return domain in spoken and re.search(name, spoken) is not None


@lru_cache(maxsize=64)
def _with_dots(text: str) -> str:
    return SPELLED_DOT.sub(".", fold(text))
