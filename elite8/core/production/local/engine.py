"""The local engine: from a script to a finished, unmarked video file, on this machine alone."""

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from elite8.core.domain.character import Character, Language
from elite8.core.domain.finishing import LONGEST, SHORTEST, FinishingConfig
from elite8.core.domain.script import Line, Script, fit
from elite8.core.domain.speech import Samples, Speech, SpokenLine
from elite8.core.errors import ConfigError
from elite8.core.production import ffmpeg
from elite8.core.production.local import captions, music, performance, puppet, sound
from elite8.core.production.local.mouth import mouth_track
from elite8.core.production.local.voice import Unspeakable, Voice, open_voice

FPS = 30
LEAD = 0.35
GAP, WIDEST_GAP = 0.25, 0.9
TAIL = 0.9
READING_PACE = {"ja": 6.0}
"""Characters per second that captions stay readable at when nobody speaks; other languages 14."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """What to film. `seconds` is `None` when the words alone decide the length."""

    character: Character
    language: Language
    script: Script
    own_words: bool
    seconds: float | None
    seed: int
    label: captions.Label
    finishing: FinishingConfig
    picture: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filmed:
    """What was filmed; `notes` are sentences for the operator."""

    seconds: float
    voice: str
    words: tuple[str, ...]
    notes: tuple[str, ...]
    cover: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """The lines in their places, and how long the video is."""

    lines: tuple[SpokenLine, ...]
    seconds: float
    voice: str
    notes: tuple[str, ...]


def film(take: Take, target: Path, *, cache: Path, program: str, progress: Progress) -> Filmed:
    """Write the video to `target` and return what was filmed.

    Memory does not grow with the length. Whatever goes wrong, `target` does not exist.
    """
    with ThreadPoolExecutor(1) as aside, tempfile.TemporaryDirectory(prefix="elite8-") as scratch:
        drawing = aside.submit(
            puppet.load, take.character.look, seed=take.seed, cache=cache, picture=take.picture
        )
        progress("voice", 0.0)
        spoken = speak(take)
        progress("music", 0.05)
        wav = Path(scratch) / "mix.wav"
        bed = music.bed(take.character.music, spoken.seconds, take.seed)
        sound.mix(
            spoken.lines,
            bed,
            spoken.seconds,
            wav,
            target=take.finishing.loudness_lufs,
            ceiling=take.finishing.true_peak_dbtp,
            program=program,
        )
        ass = Path(scratch) / "captions.ass"
        captions.write_ass(
            spoken.lines,
            label=take.label,
            language=take.language,
            accent=take.character.look.background.accent,
            path=ass,
        )
        frames = round(spoken.seconds * FPS)
        puppets = drawing.result()
        acted = perform(take, spoken, frames)
        assembly = ffmpeg.Assembly(
            output=target, frames=frames, sound=wav, captions=ass, fonts=captions.FONTS
        )
        part = ffmpeg.encode(
            assembly,
            puppets.frames(acted),
            progress=lambda done, total: progress("film", 0.1 + 0.85 * done / total),
            program=program,
        )
        cover = puppets.cover(acted)
        part.replace(target)
    return Filmed(
        seconds=spoken.seconds,
        voice=spoken.voice,
        words=tuple(line.text for line in spoken.lines),
        notes=spoken.notes,
        cover=cover,
    )
