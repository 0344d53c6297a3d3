"""The local engine: from a script to a finished, unmarked video file, on this machine alone."""

import contextlib
import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from elite8.core import scratch
from elite8.core.domain.character import Character, Language
from elite8.core.domain.finishing import FinishingConfig
from elite8.core.domain.script import Script
from elite8.core.domain.speech import SpokenLine
from elite8.core.production import ffmpeg
from elite8.core.production.local import booth, captions, fonts, music, sound
from elite8.core.production.local.mouth import mouth_track
from elite8.core.production.local.pacing import Paced, Speaker, pace
from elite8.core.production.local.performance import Performance, perform

if TYPE_CHECKING:
    from elite8.core.domain.look import Look
    from elite8.core.production.local.puppet import Stage

FPS = 30
SPOKEN, SCORED = 0.06, 0.1
"""Shares of the work done once the lines are spoken and the sound is mixed. Measured."""
M_MMAP_THRESHOLD = -3
"""Its number in glibc's malloc.h; see mallopt(3)."""
LARGE = 4 << 20

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
    locale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filmed:
    """What was filmed: `voice` is "" when nobody speaks, `cover` a JPEG."""

    seconds: float
    voice: str
    words: tuple[str, ...]
    notes: tuple[str, ...]
    cover: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What stands ready to be filmed; `voice` is "" when nobody speaks, `cover` a JPEG."""

    voice: str
    paced: Paced
    stage: "Stage"
    acted: Performance
    cover: bytes


def film(take: Take, target: Path, *, cache: Path, program: str, progress: Progress) -> Filmed:
    """Write the video to `target` and return what was filmed.

    Memory does not grow with the length. Whatever goes wrong, `target` does not exist.
    """
    hold_memory_steady()
    with scratch.folder() as half:
        wav, subtitles = Path(half) / "mix.wav", Path(half) / "captions.ass"
        scene = prepare(take, wav, subtitles, cache=cache, program=program, progress=progress)
        font_folder = fonts.folder()
        give_memory_back()
        assembly = ffmpeg.Assembly(
            output=target,
            frames=len(scene.acted),
            sound=wav,
            captions=subtitles,
            fonts=font_folder,
        )
        frames, film_share = scene.stage.frames(scene.acted), partial(filming, progress)
        part = ffmpeg.encode(assembly, frames, progress=film_share, program=program)
        part.replace(target)
    return Filmed(
        seconds=scene.paced.seconds,
        voice=scene.voice,
        words=tuple(line.text for line in scene.paced.lines),
        notes=scene.paced.notes,
        cover=scene.cover,
    )


def prepare(  # noqa: PLR0913  what is taken, the two files it makes, and what making needs
    take: Take, wav: Path, subtitles: Path, *, cache: Path, program: str, progress: Progress
) -> Scene:
    """Write the sound to `wav` and the captions to `subtitles`; return what is filmed to them.

    The music is played while the voice speaks, where its length is known, and the rest made ready
    while the sound is mixed by another process.
    """
    with ThreadPoolExecutor(1) as aside:
        drawing = aside.submit(draw, take.character.look, take.seed, cache, take.picture)
        playing = aside.submit(play, take, take.seconds) if take.seconds else None
        progress("voice", 0.0)
        voice, paced = speak(take)
        progress("music", SPOKEN)
        playing = playing or aside.submit(play, take, paced.seconds)
        captioned = aside.submit(caption, take, paced, subtitles)
        acting = aside.submit(act, take, paced)
        covered = aside.submit(lambda: drawing.result().cover(acting.result()))
        score(take, paced, playing.result(), wav, program)
        captioned.result()
        stage, acted = drawing.result(), acting.result()
    return Scene(voice=voice, paced=paced, stage=stage, acted=acted, cover=covered.result())


def portrait(character: Character, *, cache: Path, picture: Path | None = None) -> bytes:
    """Return the performer's picture as a JPEG, as covers show them."""
    stage = draw(character.look, 0, cache, picture)
    still = perform(
        duration=1.0,
        fps=FPS,
        motion=character.motion,
        tempo=character.music.tempo,
        mouths=("rest",) * FPS,
        energy=np.zeros(FPS),
        seed=0,
    )
    return stage.cover(still)


def hold_memory_steady() -> None:
    """Have large arrays go back to the system when freed: twenty videos need little more than one.

    glibc raises this threshold by itself with each large array, and then keeps what it holds.
    """
    with contextlib.suppress(OSError, AttributeError):  # other C libraries have no such habit
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE)


def give_memory_back() -> None:
    """Return freed memory to the system: what the voice leaves behind, FFmpeg is about to need."""
    with contextlib.suppress(OSError, AttributeError):  # glibc alone keeps it and can be asked
        ctypes.CDLL(None).malloc_trim(0)


def filming(progress: Progress, done: int, of: int) -> None:
    """Tell how much of the whole is done when `done` of the frames are."""
    progress("film", SCORED + (1 - SCORED) * done / of)


def speak(take: Take) -> tuple[str, Paced]:
    """Return the voice's name and the lines it says, in their places."""
    voices = take.character.voices_for(take.language, take.locale)
    with booth.entered(voices, take.language) as opened:
        speaker = Speaker(opened.voice, take.language, list(opened.notes))
        paced = pace(take.script, speaker, own_words=take.own_words, seconds=take.seconds)
    return opened.voice.name if opened.voice else "", paced


def draw(look: "Look", seed: int, cache: Path, picture: Path | None) -> "Stage":
    """Return the performer as `puppet.load` does, which takes a moment to be imported itself."""
    from elite8.core.production.local import puppet

    return puppet.load(look, seed=seed, cache=cache, picture=picture)


def play(take: Take, seconds: float) -> music.Bed:
    """Return the music under the voice."""
    return music.bed(take.character.music, seconds, take.seed)


def score(take: Take, paced: Paced, bed: music.Bed, wav: Path, program: str) -> None:
    """Write voice and music, mixed and levelled, to `wav`."""
    sound.mix(
        paced.lines,
        bed,
        paced.seconds,
        wav,
        target=take.finishing.loudness_lufs,
        ceiling=take.finishing.true_peak_dbtp,
        program=program,
    )


def caption(take: Take, paced: Paced, subtitles: Path) -> None:
    """Write captions and the AI label to the ASS file `subtitles`."""
    captions.write_ass(
        paced.lines,
        label=take.label,
        language=take.language,
        accent=take.character.look.background.accent,
        path=subtitles,
    )


def act(take: Take, paced: Paced) -> Performance:
    """Return how the performer moves to these lines."""
    frames = round(paced.seconds * FPS)
    track = mouth_track(*voice_alone(paced.lines, paced.seconds), FPS, frames)
    return perform(
        duration=paced.seconds,
        fps=FPS,
        motion=take.character.motion,
        tempo=take.character.music.tempo,
        mouths=track.shapes,
        energy=track.energy.astype(np.float64),
        seed=take.seed,
    )


def voice_alone(
    lines: tuple[SpokenLine, ...], seconds: float
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float32]], int]:
    """Return the voice without music, all lines in their places, and its rate in Hz."""
    rate = lines[0].speech.rate if lines else 24_000
    track = np.zeros(round(seconds * rate), np.float32)
    for line in lines:
        start = round(line.start * rate)
        piece = line.speech.samples[: len(track) - start]
        track[start : start + len(piece)] += piece
    return track, rate
