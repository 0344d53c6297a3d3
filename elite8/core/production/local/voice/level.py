"""How loud a line is and where it sounds; the trimming and levelling that make lines match."""

import numpy as np
from numpy.typing import NDArray

from elite8.core.domain.speech import Samples

STEPS_PER_SECOND = 100
SILENT_DB = -40.0
"""This much below the loudest step is silence; a voice's quietest sounds stay above it."""
MARGIN = 0.03
TARGET_RMS = 10 ** (-20 / 20)
PEAK = 0.95


def loudness(samples: Samples, rate: int) -> NDArray[np.float32]:
    """Return the RMS of each 10 ms, in dB relative to the loudest, down to -120."""
    step = rate // STEPS_PER_SECOND
    rows = np.pad(samples, (0, -len(samples) % step)).reshape(-1, step)
    rms = np.sqrt(np.mean(np.square(rows), axis=1, dtype=np.float64))
    top = float(rms.max(initial=0.0)) or 1.0
    return np.asarray(20 * np.log10(np.maximum(rms / top, 1e-6)), np.float32)


def trimmed(samples: Samples, rate: int) -> tuple[Samples, float]:
    """Return the sound with about 30 ms of silence around it, and the seconds cut from its start.

    Silence throughout comes back empty.
    """
    loud = np.flatnonzero(loudness(samples, rate) > SILENT_DB)
    if not loud.size:
        return samples[:0], 0.0
    step, margin = rate // STEPS_PER_SECOND, round(MARGIN * rate)
    first = max(0, int(loud[0]) * step - margin)
    return samples[first : (int(loud[-1]) + 1) * step + margin], first / rate


def levelled(samples: Samples, rate: int) -> Samples:
    """Return the sound at -20 dBFS RMS over its sounding part, its peak at most 0.95.

    Pauses do not count: a line with many of them would come out louder than its neighbours.
    """
    sounding = np.repeat(loudness(samples, rate) > SILENT_DB, rate // STEPS_PER_SECOND)
    rms = float(np.sqrt(np.mean(np.square(samples[sounding[: len(samples)]]))))
    gain = min(TARGET_RMS / rms, PEAK / float(np.abs(samples).max()))
    return (samples * gain).astype(np.float32)
