"""One FFmpeg as a child process: its arguments, its frames, its end.

The child lives in a session of its own, so that Ctrl-C reaches only us; we then kill it, wait for
it and remove what it wrote, as with any exception: a face turns SIGTERM and SIGHUP into one. Were
we killed outright, its input would end, and so would the child.
"""

import contextlib
import fcntl
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from elite8.core.errors import ConfigError, Refused, Unavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Frame = NDArray[np.uint8]
Progress = Callable[[int, int], None]

X264 = ("-tune", "animation", "-crf", "20", "-x264-params", "mbtree=1:rc-lookahead=10:ref=1")
"""With superfast 1.4 times as fast as veryfast, smaller, same VMAF of 96 (measured 2026-11)."""
SECONDS_PER_KEYFRAME = 2
PIPE_BYTES = 1 << 20
"""Linux lets an ordinary user ask for this much: pipe(7), /proc/sys/fs/pipe-max-size."""
BT709 = (
    *("-color_range", "tv", "-colorspace", "bt709"),
    *("-color_primaries", "bt709", "-color_trc", "bt709"),
)
MP4 = (
    *("-use_editlist", "0", "-movflags", "+faststart+negative_cts_offsets"),
    *("-f", "mp4"),
)
"""Index first and no edit lists, as Instagram wants it (api/instagram.md 4.2); sound and picture
still begin together."""
GUARDS = (
    *("-protocol_whitelist", "file", "-format_whitelist", "mov,mp3,wav,image2,jpeg_pipe,png_pipe"),
    *("-max_pixels", "36000000"),
)
"""Before a file that others made: it is what it is called, and reads no other file or address.

FFmpeg goes by what is inside: a "film" that is a playlist or a list of parts names files of this
machine and addresses (ffmpeg-formats, hls, concat). 8K has 33 million pixels.
"""
BITEXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")
"""No version, date or random number in the file: the same input gives the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What a finished FFmpeg left behind; `stderr` is its log."""

    stdout: bytes
    stderr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """What becomes one video: `frames` is their number, `sound` a finished 48 kHz stereo WAV.

    `captions` is an ASS file whose fonts are found in `fonts`; neither is needed.
    """

    output: Path
    frames: int
    sound: Path
    captions: Path | None = None
    fonts: Path | None = None
    width: int = 1080
    height: int = 1920
    fps: int = 30
    preset: str = "superfast"


def executable(program: str = "") -> str:
    """Return the FFmpeg to start: `program` when given, else the one pip installed."""
    if program:
        return program
    import imageio_ffmpeg  # type: ignore[import-untyped]  # it ships no types

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def run(arguments: Sequence[str], feed: bytes | None = None, *, program: str = "") -> Completed:
    """Return what FFmpeg answered to `arguments` (without the program); `feed` is its stdin.

    A failure is `Refused` with FFmpeg's last words.
    """
    command = (executable(program), "-hide_banner", *arguments)
    with tempfile.TemporaryFile() as log:
        try:
            done = subprocess.run(  # noqa: S603  the program is ours, the arguments a list
                command,
                input=b"" if feed is None else feed,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                check=False,
            )
        except OSError as error:
            raise _not_started(command[0], error) from error
        text = _read(log)
    if done.returncode:
        _fail(done.returncode, text, "its work")
    return Completed(stdout=done.stdout, stderr=text)


def read(file: Path) -> tuple[str, ...]:
    """Return the arguments by which FFmpeg reads a media file, which may come from elsewhere."""
    return (*GUARDS, "-i", f"file:{file}")


def command(assembly: Assembly) -> tuple[str, ...]:
    """Return FFmpeg's arguments for `assembly`, without the program.

    Frames come on stdin as raw yuv420p in BT.709 limited range; an odd size is a `ValueError`.
    """
    if assembly.width % 2 or assembly.height % 2:
        raise ValueError(f"yuv420p needs even sizes, not {assembly.width}x{assembly.height}")
    captions = () if assembly.captions is None else ("-vf", _burn(assembly))
    return (
        *("-nostdin", "-y", "-loglevel", "error"),
        *("-thread_queue_size", "1", "-f", "rawvideo", "-pix_fmt", "yuv420p", *BT709),
        *("-s", f"{assembly.width}x{assembly.height}", "-r", f"{assembly.fps}", "-i", "pipe:0"),
        *("-i", f"file:{assembly.sound}", "-map", "0:v", "-map", "1:a"),
        *captions,
        *("-c:v", "libx264", "-preset", assembly.preset, *X264),
        *("-profile:v", "high", "-pix_fmt", "yuv420p", *BT709),
        *("-g", f"{SECONDS_PER_KEYFRAME * assembly.fps}"),
        *("-c:a", "aac", "-b:a", "160k", "-ar", "48000", "-ac", "2"),
        *("-t", f"{assembly.frames / assembly.fps:.6f}", "-map_metadata", "-1", *BITEXACT),
        *(
            "-use_editlist",
            "0",
            "-movflags",
            "+faststart+negative_cts_offsets",
            "-f",
            "mp4",
            f"file:{part_of(assembly.output)}",
        ),
    )


def part_of(output: Path) -> Path:
    """Return the name that `output` goes by until it is whole."""
    return output.with_name(output.name + ".part")


def encode(
    assembly: Assembly,
    frames: "Iterable[Frame]",
    *,
    progress: Progress | None = None,
    program: str = "",
) -> Path:
    """Return the finished `.part` file beside `assembly.output`; the caller renames it.

    A frame is one contiguous buffer: Y, then U, then V. `progress` hears how many are written, of
    how many. Whatever goes wrong, the child has ended and the file is gone.
    """
    part = part_of(assembly.output)
    with tempfile.TemporaryFile() as log:
        try:
            with _child((executable(program), "-hide_banner", *command(assembly)), log) as child:
                _feed(child, frames, assembly.frames, progress)
                code = child.wait()
            if code:
                _fail(code, _read(log), str(part))
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return part


def quote(value: str) -> str:
    """Return `value` as one option inside a filter graph.

    Escaped twice, for the option and for the graph: ffmpeg-filters, "Notes on filtergraph
    escaping".
    """
    option = re.sub(r"([\\':\s])", r"\\\1", value)
    return re.sub(r"([\\'\[\],;\s])", r"\\\1", option)


def _burn(assembly: Assembly) -> str:
    fonts = "" if assembly.fonts is None else f":fontsdir={quote(str(assembly.fonts))}"
    return f"ass=filename={quote(str(assembly.captions))}{fonts}"


@contextlib.contextmanager
def _child(arguments: Sequence[str], log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Start FFmpeg with a wide pipe; it has ended when the block has."""
    try:
        child = subprocess.Popen(  # noqa: S603  the program is ours, the arguments a list
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise _not_started(arguments[0], error) from error
    try:
        if child.stdin and hasattr(fcntl, "F_SETPIPE_SZ"):
            with contextlib.suppress(OSError):  # past the user's pipe quota; the usual 64 KiB then
                fcntl.fcntl(child.stdin, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        yield child
    finally:
        child.kill()
        if child.stdin:
            child.stdin.close()
        child.wait()


def _feed(
    child: subprocess.Popen[bytes],
    frames: "Iterable[Frame]",
    total: int,
    progress: Progress | None,
) -> None:
    """Write all frames and close the pipe; the exit code tells of a child that died early."""
    assert child.stdin  # noqa: S101  asked for with PIPE
    pipe = child.stdin.fileno()
    with contextlib.suppress(BrokenPipeError):
        for written, frame in enumerate(frames, start=1):
            view = frame.data.cast("B")
            while view:
                view = view[os.write(pipe, view) :]
            if progress:
                progress(written, total)
    child.stdin.close()


def _read(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read().decode(errors="replace")


def _not_started(program: str, error: OSError) -> ConfigError:
    return ConfigError(f"FFmpeg does not start: {program}: {error.strerror}; name one that does")


def _fail(code: int, log: str, what: str) -> NoReturn:
    said = "; ".join(log.strip().splitlines()[-2:]) or "it gave no reason"
    if "No space left on device" in log:
        raise ConfigError(f"no room left for {what}; free some space and run it again")
    if code < 0:
        name = signal.Signals(-code).name
        raise Unavailable(f"FFmpeg was ended by {name} before {what} was whole; run it again")
    raise Refused(f"FFmpeg could not make {what}: {said[:300]}")
