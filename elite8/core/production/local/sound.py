"""The finished sound: voice over a bed that makes way for it, at the loudness that was asked.

Loudness is ITU-R BS.1770 as FFmpeg's `ebur128` measures it (EBU R128: integrated, true peak).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elite8.core.domain.speech import Samples, Speech, SpokenLine
from elite8.core.production import ffmpeg

RATE = 48_000
VOICE_RMS = 0.126
"""Of a line while it is spoken: -18 dBFS, which leaves room for its peaks."""
BED_RMS = 0.079
"""-22 dBFS: with the ducking 14 dB under the voice."""
DUCKING = 10.0
"""dB that the bed gives way while somebody speaks."""
ATTACK, RELEASE = 0.08, 0.4
"""Seconds; the bed starts to give way one attack before the first sound."""
HIGH_PASS = 80.0
"""Hz; below it a voice has only rumble."""
KNEE, RATIO = 1.6, 2.0
"""Over 1.6 times its own RMS a voice grows half as fast in dB."""
TOLERANCE = 0.5
"""LU off the target that is worth a second pass; the limiter takes loudness away."""
UNGATED = -69.0
"""LUFS; BS.1770-4 gates at -70, so what reads lower was too short or too quiet to measure."""
_HOP = RATE // 100
_RAW = ("-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "pipe:0")
_QUIET = ("-nostdin", "-nostats", "-loglevel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """`integrated` in LUFS, `true_peak` in dBTP; minus infinity where nothing could be measured."""

    integrated: float
    true_peak: float


def mix(  # noqa: PLR0913  what is heard, where it goes, how loud: each a fact of its own
    lines: Sequence[SpokenLine],
    bed: NDArray[np.float32],
    seconds: float,
    path: Path,
    *,
    target: float = -14.0,
    ceiling: float = -1.5,
    program: str = "",
) -> Loudness:
    """Return how the stereo 48 kHz WAV written to `path` measures; it lasts exactly `seconds`.

    `bed` is (n, 2) at 48 kHz; a shorter one ends in silence. What a line says after the end is
    cut. `target` is in LUFS, `ceiling` in dBTP. Silence stays silent.
    """
    length = round(seconds * RATE)
    voice = _voice(lines, length)
    music = np.zeros((length, 2), np.float32)
    music[: len(bed)] = bed[:length]
    music *= BED_RMS / (_rms(music) or 1.0)
    music *= _ducking(voice)[:, None]
    mixed = music + voice[:, None]
    return _level(mixed, path, target, ceiling, program)


def measure(path: Path, *, program: str = "") -> Loudness:
    """Return the loudness of the sound in `path`, a WAV or a video."""
    return _ebur128(("-vn", "-i", f"file:{path}"), None, program)


def _voice(lines: Sequence[SpokenLine], length: int) -> Samples:
    voice = np.zeros(length, np.float32)
    for line in lines:
        spoken = _conditioned(line.speech)
        start = round(line.start * RATE)
        end = min(start + len(spoken), length)
        if start < end:
            voice[start:end] += spoken[: end - start]
    return voice


def _conditioned(speech: Speech) -> Samples:
    """One line at 48 kHz, high-passed, evened out and at the level of every other line."""
    if not speech.samples.any():
        return np.zeros(round(speech.duration * RATE), np.float32)
    return _evened(_resampled(speech))


def _resampled(speech: Speech) -> Samples:
    """`speech` at 48 kHz without what lies under 80 Hz: both in one pass through its spectrum.

    Band-limited, so nothing is mirrored; the silence added keeps the ends from meeting.
    """
    common = math.gcd(speech.rate, RATE)
    blocks = -(-(len(speech.samples) + speech.rate // 10) * common // speech.rate)
    size, wanted = blocks * speech.rate // common, blocks * RATE // common
    spectrum = np.fft.rfft(speech.samples, size)
    hz = np.arange(len(spectrum)) * (speech.rate / size)
    spectrum *= hz**4 / (hz**4 + HIGH_PASS**4)
    kept = spectrum[: wanted // 2 + 1]
    samples = np.fft.irfft(kept, wanted)[: round(speech.duration * RATE)] * (wanted / size)
    return samples.astype(np.float32)


def _evened(samples: Samples) -> Samples:
    """Bring `samples` to the voice's RMS, their loudest syllables drawn in."""
    levels = _levels(samples)
    heard = levels[levels > 0.1 * levels.max(initial=0)]
    usual = float(np.sqrt((heard**2).mean())) if heard.size else 1.0
    smooth = np.convolve(levels, np.hanning(7)[1:-1] / 3, mode="same") / usual
    gains = np.maximum(smooth / KNEE, 1.0) ** (1 / RATIO - 1)
    return samples * _by_sample(gains, len(samples)) * np.float32(VOICE_RMS / usual)


def _ducking(voice: Samples) -> Samples:
    """Gain of the bed for each sample: smooth, and early, since the voice is known beforehand."""
    speaking = (_levels(voice) > 0.1 * VOICE_RMS).astype(float)
    early = round(ATTACK * RATE / _HOP)
    wanted = np.append(speaking[early:], np.zeros(min(early, len(speaking))))
    wanted = np.maximum(wanted, speaking)
    rise, fall = (1 - math.exp(-3 * _HOP / RATE / time) for time in (ATTACK, RELEASE))
    amounts, amount = [], float(wanted[:1].sum())
    for goal in wanted:
        amount += (goal - amount) * (rise if goal > amount else fall)
        amounts.append(amount)
    return _by_sample(10 ** (-DUCKING / 20 * np.array(amounts)), len(voice))


def _levels(samples: Samples) -> NDArray[np.float64]:
    """RMS of every 10 ms."""
    padded = np.append(samples, np.zeros(-len(samples) % _HOP, np.float32)).reshape(-1, _HOP)
    levels: NDArray[np.float64] = np.sqrt((padded.astype(np.float64) ** 2).mean(axis=1))
    return levels


def _by_sample(gains: NDArray[np.float64], length: int) -> Samples:
    middles = np.arange(len(gains)) * _HOP + _HOP / 2
    return np.interp(np.arange(length), middles, gains).astype(np.float32)


def _level(
    mixed: NDArray[np.float32], path: Path, target: float, ceiling: float, program: str
) -> Loudness:
    """Write `mixed` at `target`: a static gain, then a limiter if a peak would pass `ceiling`.

    What the limiter took away is given back once.
    """
    found = _ebur128(_RAW, mixed.tobytes(), program)
    if found.true_peak == -math.inf:
        gain = 0.0
    elif found.integrated > UNGATED:
        gain = target - found.integrated
    else:
        gain = min(target - _plain_loudness(mixed), ceiling - found.true_peak)
    limited = found.true_peak + gain > ceiling
    reached = _write(mixed, path, gain, ceiling if limited else None, program)
    missing = target - reached.integrated
    if limited and reached.integrated > UNGATED and abs(missing) > TOLERANCE:
        reached = _write(mixed, path, gain + missing, ceiling, program)
    return reached


def _plain_loudness(mixed: NDArray[np.float32]) -> float:
    """BS.1770 without its weighting and gate, for what is too short for a 400 ms block."""
    return -0.691 + 10 * math.log10(2 * float((mixed.astype(np.float64) ** 2).mean()) or 1e-12)


def _write(
    mixed: NDArray[np.float32], path: Path, gain: float, ceiling: float | None, program: str
) -> Loudness:
    """Write 16-bit WAV, and return what it measures.

    The limiter runs at four times the rate, where true peaks are samples.
    """
    chain = [f"volume={gain:.3f}dB"]
    if ceiling is not None:
        # The way back to 48 kHz adds a little: 0.1 dB kept for it.
        limit = 10 ** ((ceiling - 0.1) / 20)
        limiter = f"alimiter=limit={limit:.5f}:attack=5:release=60:level=0:latency=1"
        chain += [f"aresample={RATE * 4}", limiter, f"aresample={RATE}"]
    chain += [f"apad=whole_len={len(mixed)}", f"atrim=end_sample={len(mixed)}"]
    wav = ("-c:a", "pcm_s16le", "-fflags", "+bitexact", "-f", "wav", f"file:{path}")
    return _ebur128(_RAW, mixed.tobytes(), program, chain, wav)


def _ebur128(
    source: Sequence[str],
    feed: bytes | None,
    program: str,
    before: Sequence[str] = (),
    into: Sequence[str] = ("-f", "null", "-"),
) -> Loudness:
    """Return the loudness of `source` after the filters `before`; it goes on `into` an output."""
    chain = ",".join((*before, "ebur128=peak=true:framelog=quiet"))
    arguments = ("-y", *_QUIET, "info", *source, "-af", chain, *into)
    log = ffmpeg.run(arguments, feed, program=program).stderr
    summary = log[log.rfind("Summary:") :]
    return Loudness(
        integrated=_reading(summary, r"I:\s+(\S+) LUFS"),
        true_peak=_reading(summary, r"Peak:\s+(\S+) dBFS"),
    )


def _reading(summary: str, pattern: str) -> float:
    found = re.search(pattern, summary)
    return -math.inf if found is None or found[1] == "nan" else float(found[1])


def _rms(samples: NDArray[np.float32]) -> float:
    return math.sqrt(float((samples.astype(np.float64) ** 2).mean())) if samples.size else 0.0
