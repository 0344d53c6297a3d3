"""Dress a talking clip that came from elsewhere: frame, captions, AI label, music, loudness.

The words are timed by the clip's own sound, so any engine's clip becomes one of ours.
"""

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from elite8.core import scratch
from elite8.core.domain.character import Character, Language
from elite8.core.domain.finishing import FinishingConfig
from elite8.core.domain.script import Line
from elite8.core.domain.speech import Samples, Speech, SpokenLine, Word
from elite8.core.errors import Refused
from elite8.core.production import ffmpeg, probe
from elite8.core.production.local import captions, fonts, music, sound
from elite8.core.production.local.engine import Filmed
from elite8.core.production.local.voice import japanese, timing

RATE = 24_000
FPS = 30
LISTENED = ("-t", f"{probe.MOST_SECONDS}")
"""Sound without end would fill the memory: a day of silence is a file of some kilobytes."""
PRESET = "superfast"
FILL = (
    "scale=1080:1920:force_original_aspect_ratio=increase:flags=bicubic"
    ":out_color_matrix=bt709:out_range=tv,crop=1080:1920,setsar=1,fps=30,format=yuv420p"
)
"""Whatever its shape, the clip fills the frame; what is too wide is cut at the sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A talking clip and what is said in it."""

    file: Path
    lines: tuple[Line, ...]
    voice: str
    character: Character
    language: Language
    seed: int
    label: captions.Label
    finishing: FinishingConfig


def dress(clip: Clip, target: Path, *, program: str = "") -> Filmed:
    """Write the dressed video to `target`, whole or not at all, and return what it is."""
    seconds = probe.probe(clip.file).duration
    spoken = heard(clip, listen(clip.file, program))
    part = ffmpeg.part_of(target)
    with scratch.folder() as half:
        wav, subtitles = Path(half) / "mix.wav", Path(half) / "captions.ass"
        bed = music.bed(clip.character.music, seconds, clip.seed)
        levels = {
            "target": clip.finishing.loudness_lufs,
            "ceiling": clip.finishing.true_peak_dbtp,
        }
        sound.mix(spoken, bed, seconds, wav, program=program, **levels)
        captions.write_ass(
            spoken,
            label=clip.label,
            language=clip.language,
            accent=clip.character.look.background.accent,
            path=subtitles,
        )
        try:
            ffmpeg.run(command(clip.file, wav, subtitles, part), program=program)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    part.replace(target)
    return Filmed(
        seconds=round(seconds, 3),
        voice=clip.voice,
        words=tuple(line.text for line in clip.lines),
        notes=(),
        cover=still(clip.file, seconds / 3, program),
    )


def command(clip: Path, wav: Path, subtitles: Path, part: Path) -> tuple[str, ...]:
    """Return FFmpeg's arguments, without the program."""
    burn = f"ass=filename={ffmpeg.quote(str(subtitles))}"
    burn += f":fontsdir={ffmpeg.quote(str(fonts.folder()))}"
    return (
        *("-nostdin", "-y", "-loglevel", "error", *ffmpeg.read(clip), *ffmpeg.read(wav)),
        *("-map", "0:v:0", "-map", "1:a:0", "-vf", f"{FILL},{burn}"),
        *("-c:v", "libx264", "-preset", PRESET, *ffmpeg.X264),
        *("-profile:v", "high", "-pix_fmt", "yuv420p", *ffmpeg.BT709),
        *("-g", f"{ffmpeg.SECONDS_PER_KEYFRAME * FPS}"),
        *("-c:a", "aac", "-b:a", "160k", "-ar", "48000", "-ac", "2", "-shortest"),
        *("-map_metadata", "-1", *ffmpeg.BITEXACT),
        *(
            "-use_editlist",
            "0",
            "-movflags",
            "+faststart+negative_cts_offsets",
            "-f",
            "mp4",
            f"file:{part}",
        ),
    )


def listen(clip: Path, program: str = "") -> Samples:
    """Return the clip's sound, mono at 24 kHz; a clip without any is `Refused`."""
    decode = ("-vn", "-f", "f32le", "-ar", f"{RATE}", "-ac", "1", "pipe:1")
    done = ffmpeg.run(
        ("-nostdin", "-loglevel", "error", *LISTENED, *ffmpeg.read(clip), *decode), program=program
    )
    samples = np.frombuffer(done.stdout, "<f4").astype(np.float32)
    if not samples.size:
        raise Refused(f"{clip.name} has no sound, so nothing is said in it")
    return samples


def heard(clip: Clip, samples: Samples) -> tuple[SpokenLine, ...]:
    """Return the lines in their places, each word timed by the sound of the whole."""
    worded = [_words(line, clip.language) for line in clip.lines]
    words = [word for words, _ in worded for word in words]
    weights = [weight for _, shares in worded for weight in shares]
    starts = timing.spread(words, weights, samples, RATE)
    timed = iter(timing.settled(words, starts, samples, RATE))
    return tuple(
        _placed(line, tuple(itertools.islice(timed, len(words))), samples)
        for line, (words, _) in zip(clip.lines, worded, strict=True)
    )


def still(clip: Path, at: float, program: str = "") -> bytes:
    """Return the clip's picture `at` seconds as a JPEG."""
    shot = ("-vf", FILL, "-frames:v", "1", "-q:v", "2", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p")
    done = ffmpeg.run(
        (
            *("-nostdin", "-loglevel", "error", "-ss", f"{at:.3f}", *ffmpeg.read(clip)),
            *(*shot, "-f", "image2pipe", "pipe:1"),
        ),
        program=program,
    )
    return done.stdout


def _words(line: Line, language: Language) -> tuple[tuple[str, ...], tuple[float, ...]]:
    if language == "ja":
        pieces = japanese.chunks(line.text)
        return pieces, japanese.weights(pieces, line.reading)
    words = timing.captioned(line.text)
    return words, tuple(float(len(word)) for word in words)


def _placed(line: Line, words: tuple[Word, ...], samples: Samples) -> SpokenLine:
    start, end = words[0].start, words[-1].end
    own = tuple(
        Word(text=word.text, start=word.start - start, end=word.end - start) for word in words
    )
    piece = samples[round(start * RATE) : round(end * RATE)]
    return SpokenLine(
        text=line.text, start=start, speech=Speech(samples=piece, rate=RATE, words=own)
    )
