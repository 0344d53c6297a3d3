"""A moment of a film or a picture, as small as asked: red, green and blue, three bytes a dot."""

from pathlib import Path

from elite8.core.errors import Refused
from elite8.core.production import ffmpeg

DOT = 3


def still(
    file: Path, width: int, height: int, *, seconds: float | None = None, program: str = ""
) -> bytes:
    """Return the picture at a time of a film, the whole of it in so many dots; else `Refused`."""
    seek = ("-ss", f"{seconds:.3f}") if seconds else ()
    sized = f"scale={width}:{height}:flags=area"
    found = ffmpeg.run(
        (
            *(*seek, *ffmpeg.read(file), "-frames:v", "1", "-vf", sized),
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-"),
        ),
        program=program,
    ).stdout
    if len(found) != width * height * DOT:
        raise Refused(f"{file.name} has no picture at {seconds or 0:g} s")
    return found
