"""English by hibari-tts, a small neural voice whose model comes inside its wheel."""

import itertools
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elite8.core.domain.character import VoiceSpec
from elite8.core.domain.speech import Samples, Speech
from elite8.core.errors import ConfigError
from elite8.core.production.local.voice import timing
from elite8.core.production.local.voice.line import Unspeakable, line, spoken

INSTALL = "pip install hibari-tts"
USUAL = "heart"
"""The voice inside the wheel; the others are fetched."""
NEEDS = ("hibari", "onnxruntime")
OUTPUTS = ("lh", "theta", "ln", "lr", "phi", "f0")
DURATIONS = "/Cast_32_output_0"
"""The model's inner answer: 25 ms units per phoneme (hibari-tts 0.2.1, hibari.onnx)."""
UNIT = 0.025
THROAT = 0.3
"""Formants move by this part of a pitch shift, as between women and men: pitch 223 and 132 Hz
(9.1 semitones), formants by about 0.85 (2.8).
Source: Peterson and Barney, JASA 24 (1952), table II.
"""

Bins = NDArray[np.float32]


class HibariVoice:
    """One of hibari's voices; the model loads at the first line. Same text, same samples."""

    name = "hibari"

    def __init__(self, spec: VoiceSpec, language: str) -> None:
        if language != "en":
            raise ConfigError(f"hibari speaks English only, not {language!r}; name another engine")
        self._voice = spec.name or USUAL
        _model_path(self._voice)
        self._pitch = 2 ** (spec.pitch / 12)
        self._throat = 2 ** (spec.pitch * THROAT / 12)
        self._speed = spec.rate

    def speak(self, text: str, reading: str = "") -> Speech:
        """Return `text` said; with `reading`, that is said and `text` captioned."""
        sentences = self._phonemes(spoken(reading or text))
        sounds, times, at = [], [], 0.0
        for phonemes in sentences:
            sound, starts = self._synthesise(phonemes)
            times += [at + start for start in starts]
            sounds.append(sound)
            at += len(sound) / self._model.sample_rate
        words = timing.captioned(text)
        known = None if reading else self._starts(words, times)
        samples = np.concatenate(sounds or [np.zeros(0, np.float32)])
        return line(samples, self._model.sample_rate, words, starts=known)

    def close(self) -> None:
        """Nothing to do: the model goes with the process."""

    @property
    def _model(self) -> Any:  # noqa: ANN401  hibari ships no types
        return _loaded(self._voice)

    def _phonemes(self, said: str) -> list[str]:
        """Return a phoneme string for each sentence."""
        try:
            return list(self._model.phonemize(said))
        except IndexError:  # it has no name for a number of 37 digits
            raise Unspeakable(f"hibari cannot read a number as long as in {said!r}") from None

    def _synthesise(self, phonemes: str) -> tuple[Samples, list[float]]:
        """Return the sound of one sentence and when each of its phoneme words starts."""
        from hibari import dsp

        ids = np.asarray([self._model.ids(phonemes)], np.int64)
        speed = np.asarray([self._speed], np.float32)
        answer = self._model.sess.run(None, {"ids": ids, "speed": speed})
        by_name = dict(zip((o.name for o in self._model.sess.get_outputs()), answer, strict=True))
        lh, theta, ln, lr, phi, f0 = (by_name[name][0] for name in OUTPUTS)
        lh, theta, ln = (_stretched(bins, self._throat) for bins in (lh, theta, ln))
        noise = np.random.default_rng(0)
        sound = dsp.synth(lh, theta, ln, lr, phi, f0 * self._pitch, noise)
        starts = self._word_starts(phonemes, by_name[DURATIONS]) if DURATIONS in by_name else []
        return sound, starts

    def _word_starts(self, phonemes: str, durations: NDArray[np.int64]) -> list[float]:
        known = "".join(char for char in phonemes if char in self._model.vocab)
        begins = np.cumsum(durations) * UNIT  # the pad before the first phoneme shifts all by one
        return [float(begins[match.start()]) for match in re.finditer(r"\S*\w\S*", known)]

    def _starts(self, words: tuple[str, ...], times: list[float]) -> list[float] | None:
        """Return when each written word starts; `None` when its phonemes cannot be told."""
        counts = [len(re.findall(r"\S*\w\S*", self._model.g2p(word))) for word in words]
        if sum(counts) != len(times) or not all(counts):
            return None
        firsts = itertools.accumulate(counts[:-1], initial=0)
        return [times[first] for first in firsts]


def warm() -> None:
    """Load what the usual voice's first line needs, half a second, if it is installed."""
    if installed():
        _loaded(USUAL).phonemize("ready")


def installed() -> bool:
    """Return whether hibari could speak here."""
    return all(find_spec(need) for need in NEEDS)


@cache
def _loaded(name: str) -> Any:  # noqa: ANN401  hibari ships no types
    from hibari import Hibari

    model = _model_path(name).read_bytes()
    if DURATIONS.encode() in model:
        model = _with_output(model, DURATIONS)
    # One thread: the answer cannot depend on how many cores there are.
    return Hibari(voice=name, model=model, threads=1)


def _model_path(name: str) -> Path:
    """Return the voice's model on this machine; hibari would fetch a missing one, we do not."""
    from hibari.voices import VOICES, voice_path

    if name not in VOICES:
        raise ConfigError(f"hibari has no voice {name!r}; it has {', '.join(sorted(VOICES))}")
    try:
        return Path(voice_path(name, download_missing=False))
    except FileNotFoundError as error:
        raise ConfigError(
            f"hibari's voice {name!r} is not on this machine; name 'heart', or fetch it once with: "
            f"hibari --voice {name} hello"
        ) from error


def _with_output(model: bytes, name: str) -> bytes:
    """Return the ONNX `model` answering one more of its inner values.

    Protocol buffers merge what is appended: ModelProto.graph is field 7, GraphProto.output 12,
    ValueInfoProto.name 1. Source: protobuf.dev/programming-guides/encoding, "Last One Wins",
    and onnx.proto.
    """
    value = b"\x0a" + bytes([len(name)]) + name.encode()
    output = b"\x62" + bytes([len(value)]) + value
    return model + b"\x3a" + bytes([len(output)]) + output


def _stretched(bins: Bins, factor: float) -> Bins:
    """Return the spectrum with its peaks moved to `factor` times their frequency."""
    if factor == 1:
        return bins
    places = np.minimum(np.arange(len(bins)) / factor, len(bins) - 1)
    low = np.minimum(places.astype(int), len(bins) - 2)
    part = (places - low).astype(np.float32)[:, None]
    return np.asarray(bins[low] * (1 - part) + bins[low + 1] * part, np.float32)
