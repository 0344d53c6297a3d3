"""Which lines are said and when: the voice's real timing decides what fits."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from elite8.core.domain.finishing import LONGEST, SHORTEST
from elite8.core.domain.script import Line, Script, fit
from elite8.core.domain.speech import Speech, SpokenLine, Word
from elite8.core.errors import ConfigError
from elite8.core.production.local.voice import Unspeakable, Voice

LEAD, GAP, WIDEST_GAP, TAIL = 0.35, 0.25, 0.9, 0.9
"""Seconds before the first line, between lines, at most between lines, after the last: ours."""
READING_PACE = {"ja": 6.0}
USUAL_READING_PACE = 14.0
"""Characters per second a caption can be read at when nobody speaks it. Ours, within the 12 to 17
(Japanese 4 to 7) that subtitle guides ask for."""
SILENT_RATE = 24_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Paced:
    """The lines in their places, the video's length in seconds, and notes for the operator."""

    lines: tuple[SpokenLine, ...]
    seconds: float
    notes: tuple[str, ...] = ()


@dataclass
class Speaker:
    """Says each line once, in silence when there is no voice for it."""

    voice: Voice | None
    language: str
    notes: list[str] = field(default_factory=list)
    said: dict[Line, Speech] = field(default_factory=dict)

    def say(self, line: Line) -> Speech:
        """Return the line's sound, remembered; a line the voice cannot say is shown in silence."""
        if line not in self.said:
            self.said[line] = self._speech(line)
        return self.said[line]

    def duration(self, line: Line) -> float:
        """Return the line's seconds."""
        return self.say(line).duration

    def _speech(self, line: Line) -> Speech:
        if self.voice is None:
            return silent(line.text, self.language)
        try:
            return self.voice.speak(line.text, line.reading)
        except Unspeakable as cannot:
            self.notes.append(str(cannot))
            return silent(line.text, self.language)


def silent(text: str, language: str) -> Speech:
    """Return silence long enough to read `text`, its words evenly spread."""
    words = text.split() if language != "ja" else [text[i : i + 8] for i in range(0, len(text), 8)]
    pace = READING_PACE.get(language, USUAL_READING_PACE)
    ends = np.cumsum([max(len(word) + 1, 3) / pace for word in words])
    starts = [0.0, *ends[:-1]]
    timed = (
        Word(text=word, start=float(start), end=float(end))
        for word, start, end in zip(words, starts, ends, strict=True)
    )
    samples = np.zeros(round(float(ends[-1]) * SILENT_RATE), np.float32)
    return Speech(samples=samples, rate=SILENT_RATE, words=tuple(timed))


def pace(script: Script, speaker: Speaker, *, own_words: bool, seconds: float | None) -> Paced:
    """Return the lines that are said and where.

    The operator's own words are all said: too many for `seconds`, or for any video, is a
    ConfigError that says how long they last. A composed script gives as many lines as fit.
    """
    if own_words:
        lines, needed = script.lines, spoken_seconds(script.lines, speaker.duration)
        length = seconds if seconds is not None else min(max(needed, SHORTEST), LONGEST)
        if needed > length + 0.05:
            raise ConfigError(
                f"the script lasts {needed:.1f} s with this voice and the video {length:.0f} s; "
                + (
                    f"ask --duration {int(needed) + 1} or shorten it"
                    if needed <= LONGEST
                    else "shorten it"
                )
            )
    else:
        length = seconds if seconds is not None else SHORTEST
        lines = fit(script, speaker.duration, seconds=length - LEAD, gap=GAP, tail=TAIL)
    return Paced(
        lines=place(lines, speaker.say, length),
        seconds=length,
        notes=tuple(dict.fromkeys(speaker.notes)),
    )


def spoken_seconds(lines: tuple[Line, ...], duration: Callable[[Line], float]) -> float:
    """Return how long the lines last with the usual pauses around them."""
    return LEAD + sum(map(duration, lines)) + GAP * (len(lines) - 1) + TAIL


def place(
    lines: tuple[Line, ...], say: Callable[[Line], Speech], seconds: float
) -> tuple[SpokenLine, ...]:
    """Return the lines with their starts; time left over widens the pauses up to a limit."""
    speeches = [say(line) for line in lines]
    spare = seconds - LEAD - TAIL - sum(speech.duration for speech in speeches)
    gap = min(max(spare / max(len(lines) - 1, 1), 0.0), WIDEST_GAP)
    placed, start = [], LEAD
    for line, speech in zip(lines, speeches, strict=True):
        placed.append(SpokenLine(text=line.text, start=start, speech=speech))
        start += speech.duration + gap
    return tuple(placed)
