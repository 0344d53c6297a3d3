"""When each caption word is said: by the engine where it tells, else worked out from the sound."""

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
EARLY, LATE = 0.03, 0.12
"""An engine's word this near a pause, in seconds, begins where the pause ends."""
PHRASE_ENDS = tuple(",.;:!?…—、。！？")  # noqa: RUF001  Japanese marks


def captioned(text: str) -> tuple[str, ...]:
    """Return the words of `text` as captions show them; a lone sign joins the word before it."""
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

    Where phrases and pauses agree in number, each phrase fills its stretch of sound; else all
    words share all sound. Boundaries then move to the quietest spot within 60 ms.
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
    """Return `words` in order, inside the sound and at least 60 ms each; a pause ends a word.

    A sound too short for its words shares itself evenly.
    """
    duration = len(samples) / rate
    shortest = min(SHORTEST, duration / max(1, len(words)))
    stretches = [
        (first / STEPS_PER_SECOND, last / STEPS_PER_SECOND)
        for first, last in _stretches(loudness(samples, rate))
    ]
    edges = [*(_onset(start, stretches) for start in starts), duration]
    for i in range(1, len(words)):
        edges[i] = max(edges[i], edges[i - 1] + shortest)
    for i in range(len(words) - 1, -1, -1):
        edges[i] = max(0.0, min(edges[i], edges[i + 1] - shortest))
    return tuple(
        Word(text=text, start=start, end=_release(start + shortest, end, stretches))
        for text, (start, end) in zip(words, itertools.pairwise(edges), strict=True)
    )


def _onset(start: float, stretches: Sequence[tuple[float, float]]) -> float:
    """Return `start`, or the end of the pause that it falls in or beside."""
    for first, last in stretches:
        if start <= last - EARLY:
            return first if start <= first + LATE else start
    return start


def _release(earliest: float, end: float, stretches: Sequence[tuple[float, float]]) -> float:
    """Return `end`, or where the sound before it stops."""
    last = max((last for first, last in stretches if first < end), default=end)
    return max(earliest, min(end, last))


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
