"""Words that suggest a minor or a school, which no profile, prompt, script or caption may hold."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from elite8.core.domain.character import MINIMUM_AGE, Strict, Text

INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Characters that show nothing though Unicode does not class them as format characters."""
LATIN = "0-9a-z\u00aa\u00ba\u00df-\u024f\u1e00-\u1eff"
KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff"
SHORTEST = 2
GAP = r"[\s_\u2010-\u2015-]*"
AGE = "|".join(str(age) for age in reversed(range(MINIMUM_AGE)))


class Seen(dict[int, int | None]):
    """What `str.translate` leaves of a character: nothing of one that shows nothing."""

    def __missing__(self, code: int) -> int | None:
        shows = unicodedata.category(chr(code)) != "Cf" and chr(code) not in INVISIBLE
        return self.setdefault(code, code if shows else None)


SEEN = Seen()


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """Return `text` as words are compared: one width, one case, nothing invisible."""
    seen = text.translate(SEEN)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())


def visible(word: str) -> str:
    """Return `word`; folded to one character or none it would match almost anywhere."""
    if len(fold(word).strip()) < SHORTEST:
        raise ValueError(f"{word!r} is too short to look for; take it out")
    return word


Words = Annotated[tuple[Annotated[Text, AfterValidator(visible)], ...], Field(min_length=1)]


class Lists(Strict):
    """One list per language; each is looked for in every text, whatever its language.

    A space in a word also stands for a hyphen, an underscore or nothing;
    `{age}` stands for any number below the least age of a performer.
    """

    en: Words
    ja: Words
    pt: Words
    de: Words
    es: Words
    id: Words


class WordList(Strict):
    """config/compliance/minor_coded_words.json."""

    source: Text
    as_of: date
    words: Lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A refused word as it was found, folded, and the list that holds it."""

    word: str
    language: str


def find(text: str, wordlist: WordList) -> tuple[Hit, ...]:
    """Return the refused words in `text`, without repeats, list by list in order of appearance."""
    return tuple(dict.fromkeys(_hits(fold(text), wordlist.words)))


def _hits(folded: str, lists: Lists) -> Iterator[Hit]:
    for language, words in lists:
        for match in _pattern(words).finditer(folded):
            yield Hit(word=match[0], language=language)


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(map(fold, words), key=len, reverse=True)
    by_edges: dict[tuple[str, str], list[str]] = {}
    for word in longest_first:  # what may stand beside a word is looked at once for all
        edges = _edge(word[0], "(?<!"), _edge(word[-1], "(?!")
        by_edges.setdefault(edges, []).append(_body(word))
    groups = (f"{left}(?:{'|'.join(some)}){right}" for (left, right), some in by_edges.items())
    return re.compile("|".join(groups))


def _body(word: str) -> str:
    """Return the pattern of one folded word; only kanji and hiragana match inside longer words."""
    body = GAP.join(re.escape(part) for part in word.split())
    return body.replace(re.escape("{age}"), f"(?:{AGE})")


def _edge(letter: str, look: str) -> str:
    if letter in "{}" or re.match(f"[{LATIN}]", letter):
        return f"{look}[{LATIN}])"
    if re.match(f"[{KATAKANA}]", letter):
        # The refused two-kana word stands inside the words for calorie and Florida.
        return f"{look}[{KATAKANA}])"
    return ""
