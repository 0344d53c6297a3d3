"""espeak-ng behind a pipe: the only place its library is loaded, so it stays a separate program.

Started as `python espeak_process.py NAME PITCH RATE` with the text on stdin; imports nothing
of ours. It answers a JSON line `{"rate": 22050, "words": [[position, seconds], ...]}` and 16-bit
mono sound, or `{"error": ...}` alone; "voice" when it has no such voice. Positions count from 0.
One line a process: the library carries its noise from line to line, and the same text would differ.

Source: espeak-ng 1.52, src/include/espeak-ng/speak_lib.h, for the numbers and the event record.
"""

import ctypes
import json
import sys
from typing import Any

import espeakng_loader

SYNCHRONOUS = 2
DONT_EXIT = 0x8000
UTF8 = 1
RATE, PITCH = 1, 3
LIST_END, WORD = 0, 1
USUAL_WORDS_A_MINUTE = 175
USUAL_PITCH = 50
STEPS_PER_SEMITONE = 6
"""Measured: median pitch of en-us and en-us+f3 at 14, 50 and 68."""


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


Heard = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(Event))


class Hearing:
    """What the library has said so far."""

    def __init__(self) -> None:
        self.sound = bytearray()
        self.words: list[tuple[int, float]] = []

    def __call__(self, wave: int | None, count: int, events: Any) -> int:  # noqa: ANN401  a pointer
        """Keep one buffer and its events, which end with one of type 0."""
        if wave and count > 0:
            self.sound += ctypes.string_at(wave, count * 2)
        for event in events:
            if event.type == LIST_END:
                break
            if event.type == WORD:
                self.words.append((event.text_position - 1, event.audio_position / 1000))
        return 0


def start(library: ctypes.CDLL, name: str, pitch: float, rate: float) -> int:
    """Return the sample rate of the library, set to one voice; `LookupError` without such."""
    data = espeakng_loader.get_data_path().encode()
    samples_a_second = int(library.espeak_Initialize(SYNCHRONOUS, 0, data, DONT_EXIT))
    if samples_a_second <= 0:
        raise OSError("espeak-ng does not start")
    if library.espeak_SetVoiceByName(name.encode()):
        raise LookupError(name)
    steps = round(USUAL_PITCH + STEPS_PER_SEMITONE * pitch)
    library.espeak_SetParameter(PITCH, max(0, min(100, steps)), 0)
    library.espeak_SetParameter(RATE, round(USUAL_WORDS_A_MINUTE * rate), 0)
    return samples_a_second


def say(library: ctypes.CDLL, text: bytes) -> Hearing:
    """Return what `text` sounds like."""
    hearing = Hearing()
    heard = Heard(hearing)  # kept by name while the library calls it: ctypes does not keep it
    library.espeak_SetSynthCallback(heard)
    library.espeak_Synth(text + b"\0", len(text) + 1, 0, 0, 0, UTF8, None, None)
    return hearing


def main(name: str, pitch: str, rate: str) -> None:
    """Answer once."""
    out = sys.stdout.buffer
    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
        samples_a_second = start(library, name, float(pitch), float(rate))
    except LookupError:
        out.write(json.dumps({"error": "voice"}).encode())
    except (OSError, RuntimeError) as error:
        out.write(json.dumps({"error": str(error)}).encode())
    else:
        hearing = say(library, sys.stdin.buffer.read())
        header = {"rate": samples_a_second, "words": hearing.words}
        out.write(json.dumps(header).encode() + b"\n" + hearing.sound)


if __name__ == "__main__":
    main(*sys.argv[1:])
