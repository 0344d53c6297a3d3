"""Instruments made of arithmetic: tones, drums and a room, in planar stereo at 48 kHz."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
"""Samples a second; what every network re-encodes to."""

Stereo = NDArray[np.float32]
"""Shape (2, n): left, right."""

Mono = NDArray[np.float32]

_CYCLE_BITS = 14
_SPEECH_HZ = 2_200.0
"""Middle of 1-4 kHz, where consonants live; tones are thinned there so that the voice reads."""
_SPEECH_DIP = 0.5
_NYQUIST_GUARD = 16_000.0
_BODY_PARTIALS = 2
_TONE_RMS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A pitched instrument.

    `partials` are the levels of the harmonics. The first two are the body, the others the edge,
    which fades with its own time constant. Times in seconds, `detune` in cents between the sides,
    `cutoff` in Hz (12 dB an octave above it). `drive` over 0 plays a distorted power chord.
    """

    partials: tuple[float, ...]
    attack: float = 0.004
    decay: float = 0.5
    sustain: float = 0.0
    release: float = 0.08
    edge_decay: float = 0.25
    detune: float = 4.0
    cutoff: float = 6_000.0
    tremolo: float = 0.0
    drive: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A drum: a sine that falls from `hz` to `hz_end`, and a band of noise.

    `decay` and `noise_decay` are time constants in seconds; `claps` repeats the noise 11 ms apart.
    """

    hz: float = 0.0
    hz_end: float = 0.0
    decay: float = 0.1
    noise: float = 0.0
    low: float = 200.0
    high: float = 12_000.0
    noise_decay: float = 0.05
    claps: int = 1
    pan: float = 0.0


def saw(count: int, tilt: float = 1.0) -> tuple[float, ...]:
    """Return `count` harmonics falling as 1/k**tilt."""
    return tuple(1 / k**tilt for k in range(1, count + 1))


def hollow(count: int, tilt: float = 1.0) -> tuple[float, ...]:
    """Return odd harmonics only, falling as 1/k**tilt: square at 1, close to a triangle at 2."""
    return tuple(k % 2 / k**tilt for k in range(1, count + 1))


def hertz(midi: float) -> float:
    """Return the frequency of a MIDI note, A4 (69) at 440 Hz."""
    return float(440.0 * 2 ** ((midi - 69) / 12))


def note(patch: Patch, midi: int, seconds: float) -> Stereo:
    """Return one note held for `seconds`, with its release after that; it starts and ends at 0."""
    n = round((seconds + patch.release) * RATE)
    time = _times(n)
    envelope = _envelope(patch, time)
    edge_envelope = envelope * np.exp(-time / np.float32(patch.edge_decay))
    base = hertz(midi) / (2 if patch.drive else 1)
    body, edge = _cycles(patch, base)
    sides = np.empty((2, n), np.float32)
    for side, cents in enumerate((-patch.detune / 2, patch.detune / 2)):
        place = _phase(base * 2 ** (cents / 1200), n, offset=0.13 * side)
        sides[side] = body[place] * envelope + edge[place] * edge_envelope
    if patch.tremolo:
        sway = patch.tremolo * np.sin(2 * np.pi * 4.5 * time)
        sides *= np.stack((1 + sway, 1 - sway)).astype(np.float32)
    return sides


def hit(drum: Hit, rng: np.random.Generator) -> Stereo:
    """Return one stroke of `drum`, about 0.9 at its loudest."""
    length = max(drum.decay if drum.hz else 0.0, drum.noise_decay) * 6 + 0.011 * drum.claps
    n = round(length * RATE)
    time = _times(n)
    stroke = np.zeros(n, np.float32)
    if drum.hz:
        sweep = drum.hz_end * time + (drum.hz - drum.hz_end) * 0.022 * (1 - np.exp(-time / 0.022))
        stroke += np.sin(2 * np.pi * sweep) * np.exp(-time / drum.decay)
    if drum.noise:
        hiss = _noise(n, drum.low, drum.high, rng)
        stroke += drum.noise * hiss * _bursts(time, drum)
    stroke *= np.minimum(time / 0.001, 1) * np.minimum((time[-1] - time) / 0.01, 1)
    stroke *= 0.9 / np.abs(stroke).max()
    return np.outer(pan(drum.pan), stroke).astype(np.float32)


def pan(place: float) -> NDArray[np.float32]:
    """Return left and right gains for -1 (left) to 1 (right), of equal power."""
    angle = (place + 1) * np.pi / 4
    return np.array([np.cos(angle), np.sin(angle)], np.float32) * np.float32(np.sqrt(2))


def add(out: Stereo, sound: Stereo, at: int, gain: float | NDArray[np.float32] = 1.0) -> None:
    """Mix `sound` into `out` from sample `at`; what passes the end is dropped."""
    end = min(at + sound.shape[1], out.shape[1])
    if at < end:
        out[:, at:end] += sound[:, : end - at] * np.float32(gain)


def room(dry: Stereo, seconds: float, rng: np.random.Generator) -> Stereo:
    """Return the room's answer alone: `dry` summed to mono, then different noise for each ear.

    Worked out at half the rate, since the tail is kept under 5 kHz anyway. `seconds` is the time
    to fall by 60 dB.
    """
    n = dry.shape[1] // 2
    send = dry[:, : n * 2].sum(axis=0).reshape(n, 2).sum(axis=1) * np.float32(0.25)
    taps = round(seconds * RATE / 2)
    time = np.arange(taps) / (RATE / 2)
    size = _smooth_size(n + taps)
    spectrum = np.fft.rfft(send, size)
    tail = np.zeros_like(dry)
    for side in (0, 1):
        answer = _noise(taps, 250.0, 5_000.0, rng, rate=RATE // 2) * 10 ** (-3 * time / seconds)
        answer *= np.minimum(time / 0.02, 1)
        answer /= np.sqrt((answer**2).sum())
        wet = np.fft.irfft(spectrum * np.fft.rfft(answer.astype(np.float32), size), size)[:n]
        tail[side, : n * 2 : 2] = wet
        tail[side, 1 : n * 2 - 1 : 2] = (wet[1:] + wet[:-1]) / 2
    return tail


def crackle(n: int, rng: np.random.Generator) -> Stereo:
    """Return the dust of a worn record: sparse soft pops, `n` samples."""
    out = np.zeros((2, n), np.float32)
    pop = hit(Hit(noise=1.0, low=700, high=4_500, noise_decay=0.0012), rng)
    for at in rng.integers(0, n, size=n * 7 // RATE):
        add(out, pop, int(at), pan(rng.uniform(-0.8, 0.8))[:, None] * rng.uniform(0.2, 1.0))
    return out


def _times(n: int) -> Mono:
    return np.arange(n, dtype=np.float32) / np.float32(RATE)


def _envelope(patch: Patch, time: Mono) -> Mono:
    rise: Mono = np.sin(np.minimum(time / patch.attack, 1) * (np.pi / 2)) ** 2
    fall: Mono = patch.sustain + (1 - patch.sustain) * np.exp(-time / patch.decay)
    let_go: Mono = np.minimum((time[-1] - time) / patch.release, 1) ** 2
    return rise * fall * let_go


def _phase(hz: float, n: int, offset: float) -> NDArray[np.uint32]:
    """Positions in a cycle; a 32-bit counter that wraps holds its pitch for any length."""
    step = np.uint32(round(hz / RATE * 2**32))
    count = np.arange(n, dtype=np.uint32) * step + np.uint32(offset * 2**32)
    return count >> np.uint32(32 - _CYCLE_BITS)


def _cycles(patch: Patch, hz: float) -> tuple[Mono, Mono]:
    """One period of the body and of the edge, band-limited for this pitch."""
    levels = _power_chord(patch) if patch.drive else np.array(patch.partials, np.complex128) * -1j
    harmonics = np.arange(1, len(levels) + 1)
    levels = levels * _colour(harmonics * hz, patch.cutoff)
    levels /= np.sqrt((np.abs(levels) ** 2).sum()) or 1.0
    split = _BODY_PARTIALS * (3 if patch.drive else 1)
    return _period(levels * (harmonics <= split)), _period(levels * (harmonics > split))


def _period(levels: NDArray[np.complex128]) -> Mono:
    size = 1 << _CYCLE_BITS
    spectrum = np.zeros(size // 2 + 1, np.complex128)
    spectrum[1 : len(levels) + 1] = levels
    wave: Mono = np.fft.irfft(spectrum).astype(np.float32)
    return wave * np.float32(size * _TONE_RMS / np.sqrt(2))


def _power_chord(patch: Patch) -> NDArray[np.complex128]:
    """Harmonics of root, fifth and octave together through a valve: periodic an octave below."""
    turn = np.arange(1 << 10) * (2 * np.pi / (1 << 10))
    wave = sum(
        level * np.sin(root * k * turn)
        for root in (2, 3, 4)
        for k, level in enumerate(patch.partials, start=1)
    )
    return np.fft.rfft(np.tanh(patch.drive * wave))[1:129] / (1 << 9)


def _colour(hz: NDArray[np.floating], cutoff: float) -> NDArray[np.float64]:
    dip = 1 - _SPEECH_DIP * np.exp(-(np.log2(hz / _SPEECH_HZ) ** 2))
    return np.where(hz < _NYQUIST_GUARD, dip / (1 + (hz / cutoff) ** 2), 0.0)


def _noise(n: int, low: float, high: float, rng: np.random.Generator, rate: int = RATE) -> Mono:
    """Noise between `low` and `high` Hz with 12 dB an octave outside, at RMS 0.3."""
    size = _smooth_size(n)
    hz = np.fft.rfftfreq(size, 1 / rate)
    shape = 1 / (1 + (low / np.maximum(hz, 1.0)) ** 4) / (1 + (hz / high) ** 4)
    shape[0] = 0.0
    hiss = np.fft.irfft(np.fft.rfft(rng.standard_normal(size)) * shape, size)[:n]
    hiss *= 0.3 / hiss.std()
    return hiss.astype(np.float32)


def _bursts(time: Mono, drum: Hit) -> Mono:
    starts = [0.011 * i for i in range(drum.claps)]
    late = [np.where(time >= s, np.exp(-(time - s) / 0.004), 0.0) for s in starts[:-1]]
    last = np.where(time >= starts[-1], np.exp(-(time - starts[-1]) / drum.noise_decay), 0.0)
    together: Mono = np.sum([*late, last], axis=0, dtype=np.float32)
    return together


def _smooth_size(n: int) -> int:
    """Return the next length that a Fourier transform is quick at: 5, 6 or 8 times 2**k."""
    power = 1 << (n - 1).bit_length()
    return min(size for size in (power * 5 // 8, power * 3 // 4, power) if size >= n)
