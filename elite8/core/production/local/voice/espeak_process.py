"""espeak-ng behind a pipe: the only place its library is loaded, so it stays a separate program.

Started as `python espeak_process.py NAME PITCH RATE`; imports nothing of ours. First it answers one JSON line,
`{"rate": 22050}` or `{"error": ...}`. Then each JSON string on stdin is answered by a JSON line
`{"bytes": n, "words": [[position, length, seconds], ...]}` and n bytes of 16-bit mono sound;
positions count characters from 0. It ends when stdin does.

Source: espeak-ng 1.52, src/include/espeak-ng/speak_lib.h, for the numbers and the event record.
"""

import ctypes
import json
import signal
import sys
from typing import BinaryIO

import espeakng_loader

SYNCHRONOUS = 2
DONT_EXIT = 0x8000
UTF8 = 1
RATE, PITCH = 1, 3
LIST_END, WORD = 0, 1
USUAL_WORDS_A_MINUTE = 175
USUAL_PITCH = 50
STEPS_PER_SEMITONE = 6
"""Measured: en-us and en-us+f3 at 25 and 62 against 50, median pitch by autocorrelation."""


class Event(ctypes.Structure):
    """espeak_EVENT: text positions count characters from 1, audio positions milliseconds."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


Heard = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event)
)


class Espeak:
    """One initialised library, set to one voice."""

    def __init__(self, name: str, pitch: float, rate: float) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate = self._library.espeak_Initialize(SYNCHRONOUS, 0, data, DONT_EXIT)
        if self.rate <= 0:
            raise OSError("espeak-ng does not start")
        if self._library.espeak_SetVoiceByName(name.encode()) != 0:
            raise LookupError(name)
        wanted = round(USUAL_PITCH + STEPS_PER_SEMITONE * pitch)
        self._library.espeak_SetParameter(PITCH, max(0, min(100, wanted)), 0)
        self._library.espeak_SetParameter(RATE, round(USUAL_WORDS_A_MINUTE * rate), 0)
        self._sound = bytearray()
        self._words: list[tuple[int, int, float]] = []
        self._heard = Heard(self._hear)  # kept: ctypes does not
        self._library.espeak_SetSynthCallback(self._heard)

    def say(self, text: str) -> tuple[bytes, list[tuple[int, int, float]]]:
        """Return 16-bit mono sound and (position, length, seconds) of each word."""
        self._sound.clear()
        self._words.clear()
        utf8 = text.encode() + b"\0"
        self._library.espeak_Synth(utf8, len(utf8), 0, 0, 0, UTF8, None, None)
        return bytes(self._sound), list(self._words)

    def _hear(
        self,
        wave: "ctypes._Pointer[ctypes.c_short]",
        count: int,
        events: "ctypes._Pointer[Event]",
    ) -> int:
        if wave and count > 0:
            self._sound += ctypes.string_at(wave, count * 2)
        for event in events:
            if event.type == LIST_END:
                break
            if event.type == WORD:
                at = event.audio_position / 1000
                self._words.append((event.text_position - 1, event.length, at))
        return 0


def main(name: str, pitch: str, rate: str) -> None:
    """Answer until stdin ends."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is the parent's to answer; it closes stdin
    out = sys.stdout.buffer
    try:
        espeak = Espeak(name, float(pitch), float(rate))
    except LookupError:
        answer(out, {"error": "voice"})
        return
    except (OSError, RuntimeError) as error:
        answer(out, {"error": str(error)})
        return
    answer(out, {"rate": espeak.rate})
    for line in sys.stdin.buffer:
        sound, words = espeak.say(json.loads(line))
        answer(out, {"bytes": len(sound), "words": words}, sound)


def answer(out: BinaryIO, header: dict[str, object], body: bytes = b"") -> None:
    """Write one answer."""
    out.write(json.dumps(header).encode() + b"\n" + body)
    out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
