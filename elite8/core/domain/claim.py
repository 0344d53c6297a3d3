"""Claims that no performer may make: phrases by language, looked for in what is read and heard."""

import re
from datetime import date
from functools import lru_cache
from typing import Annotated

from pydantic import Field

from elite8.core.domain.character import Strict, Text
from elite8.core.domain.wording import KATAKANA, LATIN, fold

Phrases = Annotated[tuple[Text, ...], Field(min_length=1)]

NUMBER = r"\d[\d.,]*\s?(?:k|m|mil|million|millionen|thousand|tausend|milh[oõ]es|millones|万)?"
BETWEEN = r"(?:[^\s.!?。]+\s+){1,4}"
MONTHS = (
    "jan|feb|fev|mar|mär|abr|apr|may|mai|jun|jul|aug|ago|sep|set|oct|out|okt|nov|dec|dez|dic|ene"
)
DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}月\s?\d{1,2}日|(?<!\d)(?!24/7)\d{1,2}[./]\d{1,2}(?!\d)"
    rf"|(?<!\d)\d{{1,2}}\.?\s(?:de\s)?(?:{MONTHS})|(?<![a-z])(?:{MONTHS})[a-z]*\.?\s\d{{1,2}}(?!\d)"
)
"""A day that a reader can find in a calendar; in folded text."""


class PhraseList(Strict):
    """Phrases of one kind of claim.

    Each is looked for in every text, whatever its language. `#` stands for a number, `*` for one
    to four words; an apostrophe may be left out.
    """

    source: Text
    as_of: date
    en: Phrases
    ja: Phrases
    pt: Phrases
    de: Phrases
    es: Phrases

    @property
    def phrases(self) -> tuple[str, ...]:
        """Those of all languages."""
        return (*self.en, *self.ja, *self.pt, *self.de, *self.es)


def claims(text: str, phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of the phrases are in a text, as they stand there, without repeats."""
    folded = _folded(text)
    bare = folded.replace("'", "")
    near = (phrase for key, phrase in _keys(phrases) if key in bare)
    return tuple(
        dict.fromkeys(found[0].strip() for one in near for found in _pattern(one).finditer(folded))
    )


def names_a_day(text: str) -> bool:
    """Return whether a text says a day of the calendar."""
    return DATE.search(fold(text)) is not None


def days_said(text: str) -> tuple[str, ...]:
    """Return the days of the calendar in a text, as they stand there, folded."""
    return tuple(found[0] for found in DATE.finditer(fold(text)))


def _folded(text: str) -> str:
    return fold(text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


@lru_cache(maxsize=64)
def _keys(phrases: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return each phrase with its longest word: without that word it need not be compiled."""
    return tuple((max(_folded(one).replace("'", "").split(), key=len), one) for one in phrases)


@lru_cache(maxsize=1024)
def _pattern(phrase: str) -> re.Pattern[str]:
    words = _folded(phrase).split()
    body = ""
    for place, word in enumerate(words):
        if word == "*":
            body += BETWEEN
            continue
        said = NUMBER if word == "#" else re.escape(word).replace("'", "'?")
        last = place + 1 == len(words)
        body += said + ("" if last else r"\s*" if word == "#" else r"\s+")
    return re.compile(f"{_edge(words[0][0], '(?<!')}{body}{_edge(words[-1][-1], '(?!')}")


def _edge(letter: str, look: str) -> str:
    if letter == "#":
        return f"{look}[0-9.,])" if look == "(?<!" else ""
    for kind in (LATIN, KATAKANA):
        if re.match(f"[{kind}]", letter):
            return f"{look}[{kind}])"
    return ""
