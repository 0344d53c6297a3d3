"""Specimen media for simulators: real MP3, MP4 and PNG files of a wanted length."""

from pathlib import Path

from elite8.core import scratch
from elite8.core.errors import Refused
from elite8.core.production import ffmpeg

WIDE = 0x2E7F
"""Characters above it are written wide: kana, kanji."""
CHARACTERS_A_SECOND = 15.0
"""English speech: 900 to 1,000 characters a minute (api/a2e.md 9.2), Japanese slower."""
WIDE_CHARACTERS_A_SECOND = 7.0
QUIET = ("-nostdin", "-loglevel", "error", "-y")


class Specimens:
    """Makes media with FFmpeg; `program` is another one than the packaged."""

    def __init__(self, program: str = "") -> None:
        self._program = program

    def speech(self, text: str, rate: float) -> bytes:
        """Return an MP3 as long as `text` takes to say, sounding in syllables."""
        wide = sum(ord(character) > WIDE for character in text)
        seconds = wide / WIDE_CHARACTERS_A_SECOND + (len(text) - wide) / CHARACTERS_A_SECOND
        seconds = max(seconds / rate, 0.5)
        voice = f"aevalsrc='0.3*sin(2*PI*190*t)*gt(mod(t,0.35),0.08)':d={seconds:.3f}:s=24000"
        return self._make(("-f", "lavfi", "-i", voice, "-c:a", "libmp3lame"), ".mp3")

    def video(self, seconds: float, width: int, height: int) -> bytes:
        """Return an MP4 with a moving picture and the sound of a voice."""
        voice = f"aevalsrc='0.3*sin(2*PI*190*t)*gt(mod(t,0.35),0.08)':d={seconds:.3f}:s=48000"
        picture = f"testsrc2=s={width}x{height}:r=25:d={seconds:.3f}"
        made = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
        return self._make(
            ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", voice, *made, "-shortest"), ".mp4"
        )

    def picture(self, width: int, height: int) -> bytes:
        """Return a PNG."""
        source = f"testsrc2=s={width}x{height}:d=1"
        return self._make(("-f", "lavfi", "-i", source, "-frames:v", "1"), ".png")

    def seconds(self, media: bytes) -> float:
        """Return how long an audio or video file is; one that is neither is `Refused`."""
        with scratch.folder() as half:
            file = Path(half) / "media"
            file.write_bytes(media)
            return length(file, program=self._program)

    def _make(self, arguments: tuple[str, ...], ending: str) -> bytes:
        with scratch.folder() as half:
            file = Path(half) / f"made{ending}"
            ffmpeg.run((*QUIET, *arguments, f"file:{file}"), program=self._program)
            return file.read_bytes()


def length(file: Path, *, program: str = "") -> float:
    """Return the seconds of sound in `file`, decoded; without any it is `Refused`."""
    decode = ("-vn", "-f", "s16le", "-ar", "8000", "-ac", "1", "pipe:1")
    done = ffmpeg.run((*QUIET[:3], *ffmpeg.read(file), *decode), program=program)
    if not done.stdout:
        raise Refused(f"{file.name} has no sound")
    return len(done.stdout) / 2 / 8000
