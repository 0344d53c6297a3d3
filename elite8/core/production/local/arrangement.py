"""The words a mood is written in: parts, beats and the style they make together."""

from dataclasses import dataclass

from elite8.core.production.local.synth import Hit, Patch


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A pitched player. `patterns` take turns every four bars; `low` is the lowest MIDI note.

    `rooted` stands triads on their root; otherwise a chord is folded into one octave. `gate` is
    how much of the time to the next note is held, `strum` seconds between the tones of a chord,
    `spread` how far notes go left and right in turn. `intro` plays in the light bars too.
    """

    patch: Patch
    patterns: tuple[str, ...]
    low: int
    gain: float
    rooted: bool = False
    gate: float = 1.0
    strum: float = 0.0
    spread: float = 0.0
    intro: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A drum and what it plays; one of `fills` ends every four bars, `closes` marks the close."""

    drum: Hit
    patterns: tuple[str, ...]
    gain: float
    fills: tuple[str, ...] = ()
    intro: bool = False
    closes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A mood. Songs are scale degrees, one a bar, from 0.

    `swing` is how late every second eighth comes, in eighths; `pump` how far the tones duck on
    each beat; `room` the level and `room_seconds` the length of the reverberation; `dust` the
    level of the crackle.
    """

    major: tuple[str, ...]
    minor: tuple[str, ...]
    parts: tuple[Part, ...]
    beats: tuple[Beat, ...] = ()
    sevenths: bool = False
    swing: float = 0.0
    pump: float = 0.0
    room: float = 0.5
    room_seconds: float = 1.2
    dust: float = 0.0
