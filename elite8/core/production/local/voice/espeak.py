"""Any language by espeak-ng, which is GPL and so stays a program of its own (espeak_process.py)."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from elite8.core.domain.character import VoiceSpec
from elite8.core.domain.speech import Samples, Speech
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.production.local.voice import japanese, timing
from elite8.core.production.local.voice.line import Unspeakable, line, spoken

INSTALL = "pip install espeakng-loader"
NEEDS = ("espeakng_loader",)
PROCESS = Path(__file__).with_name("espeak_process.py")
DEFAULTS = {"en": "en-us", "ja": "ja", "pt": "pt-br", "de": "de", "es": "es-419"}
PATIENCE = 60

Marks = list[tuple[int, float]]
"""Character position and seconds of each word."""


class EspeakVoice:
    """One espeak-ng voice; every line is a process of about 50 ms. Same text, same samples."""

    name = "espeak"

    def __init__(self, spec: VoiceSpec, language: str) -> None:
        self._language = language
        self._voice = spec.name or DEFAULTS[language]
        self._spec = spec

    def speak(self, text: str, reading: str = "") -> Speech:
        """Return `text` said; with `reading`, that is said and `text` captioned.

        Japanese with kanji and no reading is `Unspeakable`: espeak would name each character.
        """
        said = spoken(reading or text)
        if self._language == "ja":
            if japanese.has_kanji(said):
                raise Unspeakable(f"espeak reads kana only; give a reading for {text!r}")
            samples, rate, _ = self._say(said)
            words = japanese.chunks(text)
            return line(samples, rate, words, weights=japanese.weights(words, reading))
        samples, rate, marks = self._say(said)
        words = timing.captioned(text)
        starts = None if reading else _starts(text, words, marks)
        return line(samples, rate, words, starts=starts)

    def close(self) -> None:
        """Nothing is open between lines."""

    def _say(self, text: str) -> tuple[Samples, int, Marks]:
        # -P: the files beside espeak_process.py are no modules of its.
        options = (self._voice, f"{self._spec.pitch}", f"{self._spec.rate}")
        try:
            done = subprocess.run(  # noqa: S603  our own file, the arguments a list
                (sys.executable, "-P", str(PROCESS), *options),
                input=text.encode(),
                capture_output=True,
                timeout=PATIENCE,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(f"espeak did not finish; run it again, or: {INSTALL}") from error
        header, _, sound = done.stdout.partition(b"\n")
        answer = json.loads(header)
        if answer.get("error") == "voice":
            raise ConfigError(
                f"espeak has no voice {self._voice!r}; name one like 'en-us' or 'pt-br+f2'"
            )
        if "error" in answer:
            raise Unavailable(f"espeak does not start: {answer['error']}; run: {INSTALL}")
        samples = np.frombuffer(sound, "<i2").astype(np.float32) / np.float32(32768)
        return samples, answer["rate"], answer["words"]


def installed() -> bool:
    """Return whether espeak could speak here."""
    return all(find_spec(need) for need in NEEDS)


def _starts(text: str, words: tuple[str, ...], marks: Marks) -> list[float] | None:
    """Return when each of `words` starts, by the first mark inside it; `None` when one has none."""
    starts, place = [], 0
    for word in words:
        first = text.index(word.split()[0], place)
        place = first + len(word.split()[0])
        inside = [at for position, at in marks if first <= position < place]
        if not inside:
            return None
        starts.append(inside[0])
    return starts
