"""When each caption word is said: taken from the engine where it tells, else worked out from the sound."""

import itertools
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from elite8.core.domain.speech import Samples, Word
from elite8.core.production.local.voice.level import SILENT_DB, STEPS_PER_SECOND, loudness

SHORTEST = 0.06
PAUSE_STEPS = 12
"""Silence this long is a pause; the closure of a plosive is shorter."""
SNAP_STEPS = 6
PHRASE_ENDS = tuple(",.;:!?…—、。！？")


def captioned(text: str) -> tuple[str, ...]:
    """Return the words of `text` as captions show them; a sign without letters joins the word before it."""
    words: list[str] = []
    for token in text.split():
        if words and not re.search(r"\w", token):
            words[-1] += f" {token}"
        else:
            words.append(token)
    return tuple(words)


def spread(
    words: Sequence[str], weights: Sequence[float], samples: Samples, rate: int
) -> list[float]:
    """Return when each of `words` starts, in seconds, given how much sound each should take.

    Where phrases and pauses agree in number, each phrase fills its stretch of sound; else all words share
    all sound. Boundaries inside a stretch then move to the quietest spot within 60 ms.
    """
    db = loudness(samples, rate)
    stretches = _stretches(db)
    phrases = _phrases(words)
    if len(phrases) != len(stretches):
        return _shared(weights, stretches, db)
    starts: list[float] = []
    for (first, last), stretch in zip(phrases, stretches, strict=True):
        starts += _shared(weights[first:last], [stretch], db)
    return starts


def settled(
    words: Sequence[str], starts: Sequence[float], samples: Samples, rate: int
) -> tuple[Word, ...]:
    """Return `words` in order, inside the sound and at least 60 ms each; a pause ends the word before it.

    A sound too short for its words shares itself evenly.
    """
    duration = len(samples) / rate
    shortest = min(SHORTEST, duration / max(1, len(words)))
    edges = [min(max(start, 0.0), duration) for start in starts] + [duration]
    for i in range(1, len(words)):
        edges[i] = max(edges[i], edges[i - 1] + shortest)
    for i in range(len(words) - 1, -1, -1):
        edges[i] = max(0.0, min(edges[i], edges[i + 1] - shortest))
    db = loudness(samples, rate)
    return tuple(
        Word(text=text, start=start, end=_end_of_sound(db, start + shortest, end))
        for text, (start, end) in zip(words, itertools.pairwise(edges), strict=True)
    )


def _end_of_sound(db: NDArray[np.float32], earliest: float, end: float) -> float:
    """Return `end`, or where the pause before it begins."""
    step = min(round(end * STEPS_PER_SECOND), len(db))
    quiet = 0
    while quiet < step and db[step - quiet - 1] <= SILENT_DB:
        quiet += 1
    return max(earliest, (step - quiet) / STEPS_PER_SECOND) if quiet >= PAUSE_STEPS else end


def _stretches(db: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Return the sounding stretches between pauses, as steps; the whole when nothing sounds."""
    loud = np.flatnonzero(db > SILENT_DB)
    if not loud.size:
        return [(0, len(db))]
    breaks = np.flatnonzero(np.diff(loud) > PAUSE_STEPS)
    firsts = np.concatenate(([loud[0]], loud[breaks + 1]))
    lasts = np.concatenate((loud[breaks], [loud[-1]])) + 1
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _phrases(words: Sequence[str]) -> list[tuple[int, int]]:
    ends = [i for i, word in enumerate(words, start=1) if word.endswith(PHRASE_ENDS)]
    bounds = [0, *ends, len(words)]
    return [(a, b) for a, b in itertools.pairwise(bounds) if a < b]


def _shared(
    weights: Sequence[float], stretches: Sequence[tuple[int, int]], db: NDArray[np.float32]
) -> list[float]:
    sounding = np.concatenate([np.arange(first, last) for first, last in stretches])
    before = np.concatenate(([0.0], np.cumsum(weights)[:-1])) / max(sum(weights), 1e-9)
    places = sounding[(before * len(sounding)).astype(int)]
    return [
        _quietest(db, int(place)) / STEPS_PER_SECOND if i else int(place) / STEPS_PER_SECOND
        for i, place in enumerate(places)
    ]


def _quietest(db: NDArray[np.float32], place: int) -> int:
    first = max(0, place - SNAP_STEPS)
    return first + int(np.argmin(db[first : place + SNAP_STEPS + 1]))
