"""The voice in a process of its own.

A neural voice takes half a second to load and 150 MB to hold. Beside us it loads while we do, on
the core that is idle then, and all of its memory is gone before the encoder needs it. The first
thing it does is to load, so one `called` early is ready when it is `entered`.
"""

import contextlib
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elite8.core.domain.character import VoiceSpec
    from elite8.core.domain.speech import Speech
    from elite8.core.production.local.voice import OpenedVoice

_called: list[subprocess.Popen[bytes]] = []


@contextlib.contextmanager
def called() -> Iterator[None]:
    """Start a booth now for the next one entered in this block; unused, it ends with the block."""
    _called.append(_start())
    try:
        yield
    finally:
        while _called:
            _end(_called.pop())


@contextlib.contextmanager
def entered(specs: "tuple[VoiceSpec, ...]", language: str) -> "Iterator[OpenedVoice]":
    """Yield the first installed voice of `specs`, as `open_voice` does, in a booth of its own.

    What it raises, it raises here. A voice that dies is `Unavailable`.
    """
    from elite8.core.production.local.voice import OpenedVoice

    child = _called.pop() if _called else _start()
    try:
        name, notes = _ask(child, "enter", specs, language)
        yield OpenedVoice(voice=BoothVoice(child, name) if name else None, notes=notes)
    finally:
        _end(child)


class BoothVoice:
    """The voice inside, as one of ours."""

    def __init__(self, child: subprocess.Popen[bytes], name: str) -> None:
        self.name = name
        self._child = child

    def speak(self, text: str, reading: str = "") -> "Speech":
        """Return `text` said there."""
        speech: Speech = _ask(self._child, "speak", text, reading)
        return speech

    def close(self) -> None:
        """Nothing to do: it ends with its booth."""


def _start() -> subprocess.Popen[bytes]:
    # In a session of its own: Ctrl-C reaches only us, and our end closes its input.
    return subprocess.Popen(  # noqa: S603  our own module
        (sys.executable, "-P", "-m", __name__),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    with child:
        pass


def _ask(child: subprocess.Popen[bytes], what: str, *about: object) -> Any:  # noqa: ANN401
    from elite8.core.errors import Unavailable

    if not (child.stdin and child.stdout):
        raise RuntimeError("a booth has two pipes")
    try:
        pickle.dump((what, about), child.stdin)
        child.stdin.flush()
        answer = pickle.load(child.stdout)  # noqa: S301  our own process
    except (EOFError, OSError, pickle.UnpicklingError) as error:
        raise Unavailable("the voice ended in the middle of a line; run it again") from error
    if isinstance(answer, Exception):
        raise answer
    return answer


class _Inside:
    """What can be asked: to open a voice, then to say lines."""

    _opened: "OpenedVoice"

    def enter(self, specs: "tuple[VoiceSpec, ...]", language: str) -> object:
        from elite8.core.production.local.voice import open_voice

        self._opened = open_voice(specs, language)
        return self._opened.voice and self._opened.voice.name, self._opened.notes

    def speak(self, text: str, reading: str) -> object:
        return self._opened.voice and self._opened.voice.speak(text, reading)


def _serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the questions end."""
    inside = _Inside()
    with contextlib.suppress(EOFError):
        while True:
            what, about = pickle.load(questions)  # noqa: S301  from the process that started us
            try:
                said = getattr(inside, what)(*about)
            except Exception as error:  # noqa: BLE001  raised again on the other side
                said = error
            pickle.dump(said, answers)
            answers.flush()


if __name__ == "__main__":
    from elite8.core.production.local.voice import hibari

    with os.fdopen(os.dup(1), "wb") as whole:
        os.dup2(2, 1)  # what a library prints must not get among the answers
        hibari.warm()  # most speak English
        _serve(sys.stdin.buffer, whole)
