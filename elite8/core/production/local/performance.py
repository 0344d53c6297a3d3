"""How a performer moves: per frame the pose of head, body and hair, the eyes, brows and mouth.

Nothing is random but the seed: slow sines with drawn phases, nods that follow the voice, a bounce
on the beat, blinks, and a new bearing of the head when a phrase begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elite8.core.domain.character import Motion

Curve = NDArray[np.float64]

BLINK = ("half", "closed", "closed", "closed", "half")
"""Five frames at 30 fps: about the 0.1 to 0.2 s a human blink takes."""
BLINK_EVERY = (2.0, 5.0)
TWICE = 0.15
"""Share of blinks that come in pairs."""
VOICED = 0.08
"""Energy above which someone is speaking."""
RAISED = 0.5
"""Share of phrases that begin with raised brows."""
PAUSE = 0.25
"""Seconds of quiet after which speech is a new phrase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """One value per frame. Pixels unless said; x right, y down."""

    fps: int
    roll: Curve
    """Degrees the head leans, clockwise."""
    hair: Curve
    """Degrees the back hair leans; it follows the head late and swings over."""
    turn: Curve
    """The head sideways."""
    nod: Curve
    """The head down."""
    lift: Curve
    """The neck up: breath, less the bounce on the beat."""
    lean: Curve
    """The neck sideways."""
    zoom: Curve
    """The camera; 1.0 at first, never less."""
    eyes: tuple[str, ...]
    """"open", "half" or "closed"."""
    brows: tuple[int, ...]
    """How high the brows are: 0, 1 or 2."""
    mouths: tuple[str, ...]
    """"rest", "a", "i", "u", "e", "o" or "smile"."""

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.mouths)


def perform(  # noqa: PLR0913  each is a fact of its own about the take
    *,
    duration: float,
    fps: int,
    motion: Motion,
    tempo: float,
    mouths: Sequence[str],
    energy: Sequence[float] | Curve,
    seed: int,
) -> Performance:
    """Return the performance for `duration` seconds; the same arguments give the same one.

    `mouths` and `energy` (0 to 1) have a value per frame; where they end, nobody speaks. `tempo` is
    in beats a minute.
    """
    count = round(duration * fps)
    wander, phrases, lids = np.random.default_rng(seed).spawn(3)
    time = np.arange(count) / fps
    voice = np.zeros(count)
    voice[: len(energy)] = np.asarray(energy, dtype=np.float64)[:count]
    starts = _phrase_starts(voice, fps)
    bearing = _bearing(phrases, starts, count, fps)
    sway, nod, bounce = motion.sway, motion.nod, motion.bounce
    roll = sway * (1.6 * _drift(wander, time, 5.0) + 1.8 * bearing) + 0.5 * nod * _swell(voice, fps)
    beat = bounce * _beat(time, tempo)
    return Performance(
        fps=fps,
        roll=roll,
        hair=_swing(roll, fps),
        turn=sway * (7 * _drift(wander, time, 6.5) + 9 * bearing),
        nod=nod * 9 * _swell(voice, fps) + 3 * beat + 2 * sway * _drift(wander, time, 3.5),
        lift=4 * _drift(wander, time, 4.0) - 7 * beat,
        lean=sway * 9 * _drift(wander, time, 7.0),
        zoom=1 + 0.04 * _ease(time / max(duration, 1 / fps)),
        eyes=_blinks(lids, count, fps),
        brows=_brows(phrases, starts, count, fps),
        mouths=_with_smile(mouths, count),
    )


def _drift(rng: np.random.Generator, time: Curve, period: float) -> Curve:
    """Return a slow wander in [-1, 1] whose longest wave lasts about `period` seconds."""
    periods = period * np.array([1.0, 0.61, 0.37]) * rng.uniform(0.9, 1.1, 3)
    phases = rng.uniform(0, 2 * np.pi, 3)
    waves = np.sin(2 * np.pi * time[:, None] / periods + phases)
    return np.asarray(waves @ np.array([0.6, 0.28, 0.12]))


def _beat(time: Curve, tempo: float) -> Curve:
    """Return 0 between the beats and 1 on them, rounded like a bent knee."""
    return np.asarray((0.5 + 0.5 * np.cos(2 * np.pi * time * tempo / 60)) ** 1.5)


def _ease(part: Curve) -> Curve:
    return part * part * (3 - 2 * part)


def _smooth(curve: Curve, width: float) -> Curve:
    """Return `curve` under a Gaussian of `width` frames, its ends held."""
    reach = max(1, round(3 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    return np.convolve(np.pad(curve, reach, mode="edge"), kernel / kernel.sum(), mode="valid")


def _swell(voice: Curve, fps: int) -> Curve:
    """Return the voice's stresses, smoothed: its energy against its mean over about a second."""
    return _smooth(voice, 0.09 * fps) - 0.6 * _smooth(voice, 0.5 * fps)


def _swing(roll: Curve, fps: int) -> Curve:
    """Return `roll` as hair follows it: a pendulum of 1.1 s, well damped."""
    time = np.arange(2 * fps) / fps
    omega = 2 * np.pi / 1.1
    kernel = np.exp(-0.5 * omega * time) * np.sin(omega * time)
    padded = np.pad(roll, (len(kernel) - 1, 0), mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")


def _phrase_starts(voice: Curve, fps: int) -> NDArray[np.intp]:
    """Return the frames in which someone begins to speak after a pause."""
    voiced = voice > VOICED
    pause = max(1, round(PAUSE * fps))
    before = np.convolve(voiced, np.ones(pause), mode="full")[: len(voiced)]
    quiet = np.concatenate(([True], before[:-1] == 0))[: len(voiced)]
    return np.flatnonzero(voiced & quiet)


def _bearing(rng: np.random.Generator, starts: NDArray[np.intp], count: int, fps: int) -> Curve:
    """Return where the head points, in [-1, 1]: a new bearing with each phrase, soon reached."""
    steps = np.zeros(count)
    for start in starts:
        steps[start:] = rng.uniform(-1, 1)
    return _smooth(steps, 0.11 * fps)


def _blinks(rng: np.random.Generator, count: int, fps: int) -> tuple[str, ...]:
    eyes = ["open"] * count
    at = round(rng.uniform(0.6, BLINK_EVERY[1] / 2) * fps)
    while at < count - fps // 2:  # the last picture looks at us
        for start in (at, at + len(BLINK) + 3)[: 1 + (rng.random() < TWICE)]:
            eyes[start : start + len(BLINK)] = BLINK
        at += round(rng.uniform(*BLINK_EVERY) * fps)
    return tuple(eyes[:count])


def _brows(
    rng: np.random.Generator, starts: NDArray[np.intp], count: int, fps: int
) -> tuple[int, ...]:
    """Return the brows' height: raised for a moment at about half of the phrases."""
    height = np.zeros(count, dtype=int)
    for start in starts[rng.random(len(starts)) < RAISED]:
        end = start + round(0.5 * fps)
        height[start:end] = 1
        height[start + 2 : end - 2] = 2
    return tuple(height.tolist())


def _with_smile(mouths: Sequence[str], count: int) -> tuple[str, ...]:
    """Return a mouth per frame; once the last word is spoken the performer smiles."""
    padded = [*mouths[:count], *["rest"] * (count - len(mouths))]
    spoken = max((at + 1 for at, shape in enumerate(padded) if shape != "rest"), default=0)
    return (*padded[:spoken], *["smile"] * (count - spoken))
