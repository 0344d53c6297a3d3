"""The mouth that goes with a sound, frame by frame, from the sound itself."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from elite8.core.domain.speech import Samples

Shape = Literal["rest", "a", "i", "u", "e", "o"]
SHAPES: tuple[Shape, ...] = get_args(Shape)
WINDOW = 0.04
RANGE_DB = 36.0
"""From a voice's loud frames down to its faintest ones; energy 0 is this far under them."""
FLOOR_RMS = 0.003
"""-50 dBFS: quieter sound moves no mouth, however quiet the rest is."""
OPENS, CLOSES = 0.45, 0.3
HOLD = 2
ORDER = 12
KNEE = 1000
ANALYSED = 8000
FIRST, SECOND = (250, 1000), (700, 2900)
"""Bands that hold the first two formants of adults, in Hz."""
FORMANTS = {"a": (780, 1300), "i": (340, 2500), "u": (380, 1300), "e": (520, 2000), "o": (520, 900)}
"""First and second formant, women and men averaged (Peterson and Barney 1952, table II; /u/ as in
Japanese and English today, said further forward)."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class MouthTrack:
    """One shape and one energy, 0..1, for each frame."""

    shapes: tuple[Shape, ...]
    energy: Floats


def mouth_track(samples: Samples, rate: int, fps: int, frames: int) -> MouthTrack:
    """Return the mouth of each of `frames` frames; past the sound's end it rests.

    A shape holds for at least two frames.
    """
    windows = _windows(samples, rate, fps, frames)
    energy = _energy(windows)
    wanted = np.where(_open(energy), 1 + _vowels(windows, rate), 0)
    return MouthTrack(shapes=tuple(SHAPES[i] for i in _held(wanted)), energy=energy)


def _windows(samples: Samples, rate: int, fps: int, frames: int) -> Floats:
    """Return 40 ms of sound around the middle of each frame: frames x samples."""
    size = round(WINDOW * rate)
    padded = np.pad(samples, (size, size))
    middles = ((np.arange(frames) + 0.5) * rate / fps).astype(int) + size
    firsts = np.minimum(middles - size // 2, len(padded) - size)
    rows: Floats = padded[firsts[:, None] + np.arange(size)]
    return rows


def _energy(windows: Floats) -> Floats:
    rms = np.sqrt(np.mean(np.square(windows), axis=1))
    if not rms.size or rms.max() < FLOOR_RMS:
        return np.zeros(len(rms), np.float32)
    loud = float(np.percentile(rms[rms >= FLOOR_RMS], 90))
    db = 20 * np.log10(np.maximum(rms, FLOOR_RMS) / loud)
    raw = np.clip(1 + db / RANGE_DB, 0, 1)
    raw[rms < FLOOR_RMS] = 0
    around = np.pad(raw, 1, mode="edge")
    return np.asarray(around[:-2] / 4 + raw / 2 + around[2:] / 4, np.float32)


def _open(energy: Floats) -> NDArray[np.bool_]:
    """Return where the mouth is open: it opens at one level and closes at a lower one."""
    out = np.zeros(len(energy), bool)
    is_open = False
    for i, level in enumerate(energy.tolist()):
        is_open = level > (CLOSES if is_open else OPENS)
        out[i] = is_open
    return out


def _vowels(windows: Floats, rate: int) -> NDArray[np.intp]:
    """Return which of a, i, u, e, o each window is nearest to, 0..4."""
    spectrum = _envelope(windows, rate)
    hz = np.linspace(0, ANALYSED / 2, spectrum.shape[1])
    first = _peak(spectrum, hz, np.full(len(windows), FIRST[0]), FIRST[1])
    second = _peak(spectrum, hz, np.maximum(SECOND[0], first + 200), SECOND[1])
    places = np.log(np.stack([first, second], axis=1))
    vowels = np.log(np.asarray(list(FORMANTS.values()), float))
    away = np.square(places[:, None, :] - vowels[None]).sum(axis=2)
    return np.asarray(np.argmin(away, axis=1), np.intp)


def _envelope(windows: Floats, rate: int) -> NDArray[np.float64]:
    """Return each window's spectral envelope up to 4 kHz, by linear prediction.

    The spectrum above is left out, which is what resampling to 8 kHz would do.
    Source: Makhoul, "Linear prediction: a tutorial review", Proc. IEEE 63 (1975), IV.
    """
    size = windows.shape[1]
    tapered = windows * np.hanning(size).astype(np.float32)
    power = np.square(np.abs(np.fft.rfft(tapered, 2 * size)))
    around = np.pad(power, ((1, 1), (0, 0)))
    power = around[:-2] / 2 + power + around[2:] / 2
    kept = power[:, : 2 * size * ANALYSED // (2 * rate) + 1]
    rising = np.linspace(0, ANALYSED / 2, kept.shape[1])
    kept = kept * (KNEE**2 + rising**2)  # lifts the second formant, not yet the third over it
    correlation = np.fft.irfft(kept)[:, : ORDER + 1]
    return 1 / np.maximum(np.square(np.abs(np.fft.rfft(_predictor(correlation), 256))), 1e-12)


def _predictor(correlation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the prediction polynomials of all rows at once (Levinson and Durbin)."""
    rows = len(correlation)
    poly = np.zeros((rows, ORDER + 1))
    poly[:, 0] = 1
    error = correlation[:, 0] * 1.0001 + 1e-12
    for order in range(1, ORDER + 1):
        reach = np.einsum("ij,ij->i", poly[:, :order], correlation[:, order:0:-1])
        step = (-reach / error)[:, None]
        poly[:, 1 : order + 1] += step * poly[:, order - 1 :: -1][:, :order].copy()
        error = error * (1 - step[:, 0] ** 2)
    return poly


def _peak(
    spectrum: NDArray[np.float64],
    hz: NDArray[np.float64],
    low: NDArray[np.float64],
    high: float,
) -> NDArray[np.float64]:
    """Return where each row is loudest between its `low` and `high` Hz."""
    inside = (hz >= low[:, None]) & (hz <= high)
    peaks: NDArray[np.float64] = hz[np.argmax(np.where(inside, spectrum, 0), axis=1)]
    return peaks


def _held(wanted: NDArray[np.intp]) -> list[int]:
    """Return `wanted` with each shape kept for at least `HOLD` frames."""
    held: list[int] = []
    since = HOLD
    for want in wanted.tolist():
        changes = not held or (want != held[-1] and since >= HOLD)
        since = 1 if changes else since + 1
        held.append(want if changes else held[-1])
    return held
