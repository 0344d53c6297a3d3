"""What a performer says: the template library, a script composed from it, fitted to a length."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from random import Random
from typing import Annotated, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from elite8.core.domain.character import ContentType, Language, Strict

SLOT = re.compile(r"\{(topic|name)\}")
KANA = re.compile(r"[ぁ-ゖァ-ヺー、。！？・…「」A-Za-z0-9 ,.!?'&-]*")  # noqa: RUF001  # Japanese marks
"""What a voice that knows no kanji can read."""

LONGEST_LINE = {"ja": 40}
LONGEST_LATIN_LINE = 120
"""Characters of one spoken line: about eight seconds, so that captions and pauses stay close."""

SWAPPED, AHEAD, SHORT, AT_ONCE = 2, 7, 4, 4
"""At the end the last two beats, the next seven and the four shortest compete, four at most win."""
TRIES, NEAR = 6, 0.8
"""Choices that are measured, until one is this many seconds short at most."""


class Line(Strict):
    """One spoken line; a plain string in JSON is a line without a reading."""

    text: str = Field(min_length=1)
    reading: str = Field(default="", description="The whole line in kana; Japanese only.")

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value


def _known_slots(line: Line) -> Line:
    for text in (line.text, line.reading):
        if set("{}") & set(SLOT.sub("", text)):
            raise ValueError(f"'{text}' has braces that are neither {{topic}} nor {{name}}")
    return line


Template = Annotated[Line, AfterValidator(_known_slots)]
Templates = Annotated[tuple[Template, ...], Field(min_length=1)]


class Shelf(Strict):
    """The templates of one content type; a topic is a short noun phrase."""

    topics: Templates
    hooks: Templates
    beats: Templates
    closings: Templates


class ScriptLibrary(Strict):
    """config/scripts/<language>.json."""

    language: Language
    title: Template
    spelling: dict[str, dict[str, str]] = Field(
        default={}, description="Per locale, words that are written otherwise there."
    )
    names: dict[str, Line] = Field(
        default={}, description="How a performer's name is written here."
    )
    content: dict[ContentType, Shelf]
    beats: tuple[Template, ...] = Field(default=(), description="For every content type.")
    closings: tuple[Template, ...] = Field(default=(), description="For every content type.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if missing := set(get_args(ContentType)) - set(self.content):
            raise ValueError(f"content: no templates for {', '.join(sorted(missing))}")
        if self.language == "ja":
            for line in self.lines():
                if not (line.reading and KANA.fullmatch(SLOT.sub("", line.reading))):
                    raise ValueError(f"'{line.text}' needs a 'reading' in kana")
        return self

    def topic(self, written: str) -> tuple[ContentType, int] | None:
        """Return where a topic stands, as every library has it there; `None` where none does."""
        for content, shelf in self.content.items():
            for at, topic in enumerate(shelf.topics):
                if topic.text.casefold() == " ".join(written.split()).casefold():
                    return content, at
        return None

    def lines(self) -> Iterator[Line]:
        """Yield every template, topic and name."""
        yield from (*self.names.values(), *self.beats, *self.closings)
        for shelf in self.content.values():
            yield from (*shelf.topics, *shelf.hooks, *shelf.beats, *shelf.closings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What to say: the hook first, the closing last."""

    title: str
    lines: tuple[Line, ...]
    topic: str
    content_type: ContentType
    language: Language


def compose(  # noqa: PLR0913  # what a script depends on
    library: ScriptLibrary,
    *,
    name: str,
    content_type: ContentType,
    topic: str | None,
    rng: Random,
    also: Sequence[ContentType] = (),
) -> Script:
    """Return a script of more beats than a minute holds; `fit` takes what the seconds allow.

    The performer's other content types, `also`, lend beats for longer videos, but none that names
    the topic. A Japanese line has no reading where the topic or the name is in kanji that the
    library does not know.
    """
    shelf = library.content[content_type]
    drawn = rng.choice(shelf.topics)  # also when it is not used: a seed gives the same beats
    subject = meant(library, topic) if topic else drawn
    slots = {"topic": subject, "name": library.names.get(name) or spoken(name)}
    shared = _shuffled(library.beats, rng)
    lent = [
        beat
        for other in dict.fromkeys(also)
        if other != content_type
        for beat in _shuffled(library.content[other].beats, rng)
        if "{topic}" not in beat.text
    ]
    beats = [*_shuffled((*shelf.beats, *shared[:1]), rng), *lent, *shared[1:]]
    closing = rng.choice((*shelf.closings, *library.closings))
    templates = dict.fromkeys((rng.choice(shelf.hooks), *beats))
    templates.pop(closing, None)
    return Script(
        title=fill(library.title, slots).text,
        lines=tuple(fill(template, slots) for template in (*templates, closing)),
        topic=subject.text,
        content_type=content_type,
        language=library.language,
    )


def respelt(script: Script, words: Mapping[str, str]) -> Script:
    """Return the script with these words written as its locale does, large letters kept."""
    if not words:
        return script

    def written(text: str) -> str:
        return spelt(text, words)

    lines = tuple(Line(text=written(line.text), reading=line.reading) for line in script.lines)
    facts = {"title": written(script.title), "topic": written(script.topic), "lines": lines}
    return replace(script, **facts)  # type: ignore[arg-type]  # by name


def spelt(text: str, words: Mapping[str, str]) -> str:
    """Return a text with these words written otherwise, a large first letter kept."""
    if not words:
        return text
    known = {word.casefold(): other for word, other in words.items()}
    pattern = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))

    def other(found: re.Match[str]) -> str:
        word = known[found[0].casefold()]
        return word[:1].upper() + word[1:] if found[0][:1].isupper() else word

    return re.sub(rf"\b(?:{pattern})\b", other, text, flags=re.IGNORECASE)


def _shuffled(lines: Sequence[Line], rng: Random) -> list[Line]:
    return rng.sample(lines, len(lines))


def meant(library: ScriptLibrary, topic: str) -> Line:
    """Return an operator's topic, with its reading where the library knows it."""
    known = library.topic(topic)
    return library.content[known[0]].topics[known[1]] if known else spoken(topic)


def spoken(text: str) -> Line:
    """Return `text` as a line that is its own reading where kana and Latin letters suffice."""
    plain = " ".join(text.split())
    return Line(text=plain, reading=plain if KANA.fullmatch(plain) else "")


def fill(template: Line, slots: Mapping[str, Line]) -> Line:
    """Return `template` with its slots filled and its first letter large."""
    text = SLOT.sub(lambda slot: slots[slot[1]].text, template.text)
    readable = all(slots[slot].reading for slot in SLOT.findall(template.reading))
    reading = SLOT.sub(lambda slot: slots[slot[1]].reading, template.reading) if readable else ""
    return Line(text=text[:1].upper() + text[1:], reading=reading)


def fit(
    script: Script,
    durations: Callable[[Line], float],
    *,
    seconds: float,
    gap: float = 0.25,
    tail: float = 0.8,
) -> tuple[Line, ...]:
    """Return the hook, the beats that fill `seconds` best, and the closing.

    Never longer than `seconds`: hook and closing that are too long together leave the hook, then
    the shortest text, then nothing. `durations` is asked as seldom as possible: a voice may have
    to speak the line.
    """
    hook, *beats = script.lines
    if not beats:
        return _first_that_fits((hook,), durations, seconds - tail)
    closing = beats.pop()
    cost = cache(lambda line: gap + durations(line))
    room = seconds - tail + gap - cost(hook) - cost(closing)
    if room < 0:
        shortest = min(script.lines, key=lambda line: len(line.text))
        return _first_that_fits((hook, shortest), durations, seconds - tail)
    taken = list(_while_they_fit(beats, cost, room))
    sure = taken[:-SWAPPED]
    pace = (cost(hook) + cost(closing) - 2 * gap) / (_length(hook) + _length(closing))
    rest = beats[len(sure) :]
    short = sorted(rest, key=_length)[:SHORT]
    pool = [beat for at, beat in enumerate(rest) if at < SWAPPED + AHEAD or beat in short]
    last = _fullest(
        [choice for size in range(AT_ONCE + 1) for choice in combinations(pool, size)],
        room - sum(map(cost, sure)),
        known={beat: cost(beat) for beat in taken},
        cost=cost,
        guess=lambda line: gap + pace * _length(line),
    )
    return (hook, *sure, *last, closing)


def _length(line: Line) -> int:
    return len(line.reading or line.text)


def _while_they_fit(
    beats: Sequence[Line], cost: Callable[[Line], float], room: float
) -> Iterator[Line]:
    for beat in beats:
        room -= cost(beat)
        if room < 0:
            return
        yield beat


def _first_that_fits(
    lines: Sequence[Line], durations: Callable[[Line], float], room: float
) -> tuple[Line, ...]:
    return next(((line,) for line in lines if durations(line) <= room), ())


def _fullest(
    choices: Sequence[tuple[Line, ...]],
    room: float,
    *,
    known: dict[Line, float],
    cost: Callable[[Line], float],
    guess: Callable[[Line], float],
) -> tuple[Line, ...]:
    """Return the choice that leaves the least of `room`, measuring only the most promising."""

    def expected(choice: tuple[Line, ...]) -> float:
        return sum(known[line] if line in known else guess(line) for line in choice)

    for _ in range(TRIES):
        fitting = [choice for choice in choices if expected(choice) <= room]
        hopeful = max(fitting, key=expected)
        best = max((each for each in fitting if known.keys() >= set(each)), key=expected)
        if room - expected(best) <= NEAR or hopeful == best:
            return best
        known |= {line: cost(line) for line in hopeful if line not in known}
    certain = (each for each in choices if known.keys() >= set(each) and expected(each) <= room)
    return max(certain, key=expected)


SENTENCE_END = {"ja": re.compile(r"(?<=[。！？!?])(?![。！？!?」』）])|\n+")}  # noqa: RUF001  # Japanese marks
LATIN_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[^\sa-zà-ÿ])|(?<=[.!?…][\"')»”])\s+|\n+")
CLAUSE_END = {"ja": re.compile(r"(?<=[、，…])")}  # noqa: RUF001  # Japanese marks
LATIN_CLAUSE_END = re.compile(r"(?<=[,;:\u2013\u2014])\s+|\s+(?=[\u2013\u2014])")


def split_text(text: str, language: str) -> tuple[Line, ...]:
    """Return the operator's own text as lines: sentences, cut at commas or words when long."""
    longest = LONGEST_LINE.get(language, LONGEST_LATIN_LINE)
    glue = "" if language == "ja" else " "
    sentences = SENTENCE_END.get(language, LATIN_SENTENCE_END).split(text)
    clauses = CLAUSE_END.get(language, LATIN_CLAUSE_END)
    return tuple(
        Line(text=piece)
        for sentence in sentences
        for piece in _packed(clauses.split(" ".join(sentence.split())), longest, glue)
    )


def _packed(pieces: Sequence[str], longest: int, glue: str) -> Iterator[str]:
    """Yield `pieces` joined up to `longest` characters; a longer one is cut between words."""
    row = ""
    for piece in _short_enough(pieces, longest, glue):
        joined = f"{row}{glue}{piece}" if row else piece
        if len(joined) > longest:
            yield row
            joined = piece
        row = joined
    if row:
        yield row


def _short_enough(pieces: Sequence[str], longest: int, glue: str) -> Iterator[str]:
    for piece in filter(None, pieces):
        if len(piece) <= longest:
            yield piece
        elif glue and glue in piece:
            yield from _packed(piece.split(glue), longest, glue)
        else:
            yield from (piece[at : at + longest] for at in range(0, len(piece), longest))
