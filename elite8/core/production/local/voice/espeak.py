"""Any language by espeak-ng, spoken by a separate process of ours (it is GPL; see espeak_process.py)."""

import contextlib
import json
import subprocess
import sys
import weakref
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import numpy as np

from elite8.core.domain.character import VoiceSpec
from elite8.core.domain.speech import Samples, Speech
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.production.local.voice import japanese, timing
from elite8.core.production.local.voice.line import Unspeakable, line, spoken

INSTALL = "pip install espeakng-loader"
PROCESS = Path(__file__).with_name("espeak_process.py")
DEFAULTS = {"en": "en-us", "ja": "ja", "pt": "pt-br", "de": "de", "es": "es-419"}

Marks = list[tuple[int, int, float]]
"""Character position, length and seconds of each word."""


class EspeakVoice:
    """One espeak-ng voice in a process of its own, which ends on `close`, with this object, or with us."""

    name = "espeak"

    def __init__(self, spec: VoiceSpec, language: str) -> None:
        self._language = language
        voice = spec.name or DEFAULTS[language]
        self._process = subprocess.Popen(  # noqa: S603  our own file; -P: its siblings are no modules
            (sys.executable, "-P", str(PROCESS), voice, f"{spec.pitch}", f"{spec.rate}"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._end = weakref.finalize(self, _end, self._process)
        try:
            self._rate = self._begin(voice)
        except BaseException:
            self._end()
            raise

    def speak(self, text: str, reading: str = "") -> Speech:
        """Return `text` said; with `reading`, that is said and `text` captioned.

        Japanese with kanji and no reading is `Unspeakable`: espeak would spell the characters' names.
        """
        said = spoken(reading or text)
        if self._language != "ja":
            samples, marks = self._say(said)
            words = timing.captioned(text)
            starts = None if reading else _starts(text, words, marks)
            return line(samples, self._rate, words, starts=starts)
        if japanese.has_kanji(said):
            raise Unspeakable(f"espeak reads kana only; give a reading for {text!r}")
        samples, _ = self._say(said)
        words = japanese.chunks(text)
        return line(samples, self._rate, words, weights=japanese.weights(words, reading))

    def close(self) -> None:
        """End the process."""
        self._end()

    def _begin(self, voice: str) -> int:
        """Return the sample rate that the process announces."""
        hello = self._answer()
        if hello.get("error") == "voice":
            raise ConfigError(f"espeak has no voice {voice!r}; name one like 'en-us' or 'pt-br+f2'")
        if "error" in hello:
            raise Unavailable(f"espeak does not start: {hello['error']}; run: {INSTALL}")
        return int(hello["rate"])

    def _say(self, text: str) -> tuple[Samples, Marks]:
        to, answers = _pipes(self._process)
        try:
            to.write(json.dumps(text).encode() + b"\n")
            to.flush()
        except OSError as error:
            raise Unavailable("espeak's process has ended; run it again") from error
        header = self._answer()
        sound = np.frombuffer(answers.read(header["bytes"]), "<i2")
        return sound.astype(np.float32) / 32768, header["words"]

    def _answer(self) -> dict[str, Any]:
        _, answers = _pipes(self._process)
        header = answers.readline()
        if not header:
            raise Unavailable("espeak's process has ended; run it again")
        answer: dict[str, Any] = json.loads(header)
        return answer


def installed() -> bool:
    """Return whether espeak could speak here."""
    return find_spec("espeakng_loader") is not None


def _starts(text: str, words: tuple[str, ...], marks: Marks) -> list[float] | None:
    """Return when each of `words` starts, from the first mark inside it; `None` when one has no mark."""
    starts, place = [], 0
    for word in words:
        first = text.index(word.split()[0], place)
        place = first + len(word.split()[0])
        inside = [at for position, _, at in marks if first <= position < place]
        if not inside:
            return None
        starts.append(inside[0])
    return starts


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin  # noqa: S101  both were asked for
    assert process.stdout  # noqa: S101
    return process.stdin, process.stdout


def _end(process: subprocess.Popen[bytes]) -> None:
    """Closing its stdin is what ends it; a kill is for one that does not listen."""
    to, answers = _pipes(process)
    with contextlib.suppress(BrokenPipeError):
        to.close()
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    answers.close()
