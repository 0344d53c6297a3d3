"""The voices: which of them can speak here, and the one that does."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from elite8.core.domain.character import VoiceSpec
from elite8.core.domain.speech import Speech
from elite8.core.production.local.voice import espeak, hibari, kokoro
from elite8.core.production.local.voice.line import Unspeakable

__all__ = ["OpenedVoice", "Unspeakable", "Voice", "open_voice"]

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
"""Else onnxruntime, which loads later, tells Microsoft about this machine and what it does.

Source: microsoft/onnxruntime pull 27379, on by default on Linux and macOS since 1.29; 2026-11-27.
"""


class Voice(Protocol):
    """Says lines, all in one voice."""

    name: str

    def speak(self, text: str, reading: str = "") -> Speech:
        """Return `text` said, trimmed and levelled; `reading` is how, where writing does not tell.

        A line this voice cannot say is `Unspeakable`.
        """

    def close(self) -> None:
        """Let its model or process go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedVoice:
    """The voice that speaks, `None` for captions and music only.

    `notes` are sentences for the operator.
    """

    voice: Voice | None
    notes: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.voice:
            self.voice.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Engine:
    installed: Callable[[], bool]
    install: str
    open: Callable[[VoiceSpec, str], Voice]


_ENGINES = {
    "hibari": _Engine(installed=hibari.installed, install=hibari.INSTALL, open=hibari.HibariVoice),
    "kokoro": _Engine(installed=kokoro.installed, install=kokoro.INSTALL, open=kokoro.KokoroVoice),
    "espeak": _Engine(installed=espeak.installed, install=espeak.INSTALL, open=espeak.EspeakVoice),
}


def open_voice(specs: tuple[VoiceSpec, ...], language: str) -> OpenedVoice:
    """Return the first of `specs` that is installed, and what better one is not.

    A name that its engine does not know is a `ConfigError`.
    """
    missing: list[str] = []
    for spec in specs:
        if spec.engine == "none":
            break
        engine = _ENGINES[spec.engine]
        if engine.installed():
            voice = engine.open(spec, language)
            return OpenedVoice(voice=voice, notes=_notes(language, missing, voice.name))
        missing.append(spec.engine)
    return OpenedVoice(voice=None, notes=_notes(language, missing, ""))


def _notes(language: str, missing: Sequence[str], speaker: str) -> tuple[str, ...]:
    instead = f"{speaker} speaks instead" if speaker else "there are captions and music only"
    wish = "the better voice" if speaker else "a voice"
    return tuple(
        f"{language}: {engine} is not installed, {instead}; "
        f"for {wish} run: {_ENGINES[engine].install}"
        for engine in missing
    )
