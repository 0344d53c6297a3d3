"""The bed under the voice: eight moods, each a small band that plays a progression in a key.

A bar has sixteen steps, one character each. `.` rests; `x` is the whole chord, or a drum struck
(`o` softly); a digit is one chord tone counted upwards from the part's lowest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from elite8.core.domain.character import Music
from elite8.core.production.local.arrangement import Beat, Part, Style
from elite8.core.production.local.styles import STYLES
from elite8.core.production.local.synth import (
    RATE,
    Mono,
    Stereo,
    add,
    crackle,
    hit,
    note,
    pan,
    room,
)

PEAK = 0.85
FADE_IN, FADE_OUT = 0.05, 1.0
"""Seconds."""
_STEPS = 16
_LAST_CHORD = 1.0
"""Seconds that the closing chord rings, at least."""
_PHRASE = 4
_VERSE = 16
"""Bars; the last two of a verse thin out to the intro's parts."""
_SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
_KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_DOMINANT = {"major": 4, "minor": 6}
"""Scale degree before the close: V, or the flat VII that suits the natural minor."""

Bed = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Score:
    """What is played: one scale degree a bar up to `close`, the step of the closing tonic."""

    music: Music
    style: Style
    degrees: tuple[int, ...]
    close: int
    step: float

    @property
    def intro(self) -> int:
        """Bars before everyone joins: two, one in a short piece, none where there is no room."""
        bars = self.close // _STEPS
        return 2 if bars >= 2 * _PHRASE else int(bars > 1)

    def is_light(self, bar: int) -> bool:
        """Whether only the intro's parts play: at first, and between verses, never at the end."""
        between = bar % _VERSE >= _VERSE - 2 and bar + _PHRASE < len(self.degrees)
        return bar < self.intro or between

    def at(self, step: int) -> int:
        """Sample where `step` falls; every second eighth comes late by the style's swing."""
        late = self.style.swing * 2 if step % 4 >= 2 else 0.0  # noqa: PLR2004  steps in a beat
        return round((step + late) * self.step * RATE)


def bed(music: Music, seconds: float, seed: int) -> Bed:
    """Return `music` for exactly `seconds`: (n, 2) at 48 kHz, within 0.85, ending on the tonic.

    The same seed gives the same piece; another one its own progression, patterns and fills.
    """
    n = round(seconds * RATE)
    rng = np.random.default_rng(seed)
    score = _score(music, seconds, rng)
    tones, drums = np.zeros((2, n), np.float32), np.zeros((2, n), np.float32)
    for part in score.style.parts:
        _play(score, part, tones, rng)
    for beat in score.style.beats:
        _strike(score, beat, drums, rng)
    tones *= _pump(score, n)
    wet = room(tones + drums * np.float32(0.25), score.style.room_seconds, rng)
    mixed = tones + drums + wet * np.float32(score.style.room)
    if score.style.dust:
        mixed += crackle(n, rng) * np.float32(score.style.dust)
    return _mastered(mixed)


def _score(music: Music, seconds: float, rng: np.random.Generator) -> _Score:
    style = STYLES[music.mood]
    step = 60 / music.tempo / 4
    half_bar = _STEPS // 2
    close = max(0, int((seconds - _LAST_CHORD) / step) // half_bar * half_bar)
    songs = style.major if music.scale == "major" else style.minor
    song = songs[int(rng.integers(len(songs)))]
    bars = -(-close // _STEPS)
    degrees = [int(song[bar % len(song)]) for bar in range(bars)]
    if bars > 1:
        degrees[-1] = _DOMINANT[music.scale]
    return _Score(music=music, style=style, degrees=(*degrees, 0), close=close, step=step)


def _play(score: _Score, part: Part, out: Stereo, rng: np.random.Generator) -> None:
    sounding = cache(note)
    first = int(rng.integers(len(part.patterns)))
    for turn, (step, length, what) in enumerate(_events(score, part, first)):
        bar = step // _STEPS if step < score.close else len(score.degrees) - 1
        tones = _chord(score, part, score.degrees[bar])
        held = round(length * score.step * part.gate, 3)
        chosen = tones if what == "x" else (_tone(tones, int(what)),)
        place = pan(part.spread * (-1) ** turn)[:, None]
        level = part.gain * rng.uniform(0.88, 1.0) / len(chosen) ** 0.5
        for strum, midi in enumerate(chosen):
            at = score.at(step) + round(strum * part.strum * RATE)
            add(out, sounding(part.patch, midi, held), at, place * level)


def _events(score: _Score, part: Part, first: int) -> Iterator[tuple[int, int, str]]:
    """Step, length in steps and character of each note of a part, the closing one last."""
    for bar in range(len(score.degrees) - 1):
        if score.is_light(bar) and not part.intro:
            continue
        pattern = part.patterns[(first + bar // _PHRASE) % len(part.patterns)]
        struck = [place for place, what in enumerate(pattern) if what != "."]
        for place, following in zip(struck, [*struck[1:], _STEPS], strict=True):
            step = bar * _STEPS + place
            if step < score.close:
                yield step, min(following - place, score.close - step), pattern[place]
    yield score.close, _STEPS, "x" if "x" in part.patterns[first] else "0"


def _chord(score: _Score, part: Part, degree: int) -> tuple[int, ...]:
    """MIDI notes of the chord on `degree` within an octave of the part's lowest, upwards.

    Folding each tone into the same octave makes the voices move by the smallest steps.
    """
    scale = _SCALES[score.music.scale]
    above = range(0, 7 if score.style.sevenths and not part.rooted else 5, 2)
    key = _KEYS.index(score.music.key)
    classes = [key + scale[(degree + k) % 7] + 12 * ((degree + k) // 7) for k in above]
    if part.rooted:
        root = part.low + (classes[0] - part.low) % 12
        return tuple(root + tone - classes[0] for tone in classes)
    return tuple(sorted(part.low + (tone - part.low) % 12 for tone in classes))


def _tone(tones: tuple[int, ...], index: int) -> int:
    return tones[index % len(tones)] + 12 * (index // len(tones))


def _strike(score: _Score, beat: Beat, out: Stereo, rng: np.random.Generator) -> None:
    stroke = hit(beat.drum, rng)
    first = int(rng.integers(len(beat.patterns)))
    for bar in range(len(score.degrees) - 1):
        if score.is_light(bar) and not beat.intro:
            continue
        pattern = beat.patterns[(first + bar // _PHRASE) % len(beat.patterns)]
        if beat.fills and bar % _PHRASE == _PHRASE - 1:
            pattern = beat.fills[int(rng.integers(len(beat.fills)))]
        for place, what in enumerate(pattern):
            step = bar * _STEPS + place
            if what != "." and step < score.close:
                soft = 0.45 if what == "o" else 1.0
                add(out, stroke, score.at(step), beat.gain * soft * rng.uniform(0.85, 1.0))
    if beat.closes:
        add(out, stroke, score.at(score.close), beat.gain)


def _pump(score: _Score, n: int) -> Mono:
    """Gain of the tones, pushed down on each beat while the drums play."""
    gain = np.ones(n, np.float32)
    start, end = score.at(score.intro * _STEPS), min(score.at(score.close), n)
    if not score.style.pump or start >= end:
        return gain
    beat = np.float32(4 * score.step * RATE)
    phase = np.arange(end - start, dtype=np.float32) / beat % 1
    # Down within the last part of the beat before, so that the kick meets no step.
    shape = np.maximum((1 - phase) ** 3, (phase - np.float32(0.97)) * np.float32(1 / 0.03))
    shape[: RATE // 100] *= np.linspace(0, 1, RATE // 100, dtype=np.float32)[: len(shape)]
    gain[start:end] -= np.float32(score.style.pump) * shape
    return gain


def _mastered(mixed: Stereo) -> Bed:
    """Peaks rounded off, faded at both ends, free of DC, interleaved."""
    mixed -= mixed.mean(axis=1, keepdims=True)
    mixed *= np.float32(0.5 / max(float(np.sqrt((mixed**2).mean())) * 2.8, 1e-9))
    mixed = np.tanh(mixed)
    n = mixed.shape[1]
    mixed[:, : round(FADE_IN * RATE)] *= _rise(min(round(FADE_IN * RATE), n))
    out = min(round(FADE_OUT * RATE), n // 2)
    mixed[:, n - out :] *= _rise(out)[::-1]
    mixed *= np.float32(PEAK / max(float(np.abs(mixed).max()), 1e-9))
    return np.ascontiguousarray(mixed.T)


def _rise(n: int) -> Mono:
    return np.sin(np.linspace(0, np.pi / 2, n, dtype=np.float32)) ** 2
