import contextlib
import os
import signal
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.production import ffmpeg
from elite8.core.production.ffmpeg import Assembly

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAMES = 12
ASS = """[Script Info]
ScriptType: v4.00+
[Events]
Format: Layer,Start,End,Style,Text
Dialogue: 0,0:00:00.00,0:00:01.00,Default,Word
"""


@pytest.fixture
def small(tmp_path: Path) -> Assembly:
    with wave.open(str(tmp_path / "mix.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(bytes(48_000 * 4))
    return Assembly(
        output=tmp_path / "out.mp4",
        frames=FRAMES,
        sound=tmp_path / "mix.wav",
        width=180,
        height=320,
        preset="ultrafast",
    )


def grey(count: int) -> "Iterator[ffmpeg.Frame]":
    for at in range(count):
        yield np.full(180 * 320 * 3 // 2, 100 + at, np.uint8)


def ffmpegs_of(folder: Path) -> list[int]:
    """Return the ids of living encoders whose command line names `folder`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            line = entry.read_bytes().decode(errors="replace")
            if "rawvideo" in line and str(folder) in line:
                found.append(int(entry.parent.name))
    return found


def wait_for(folder: Path, *, alive: bool) -> list[int]:
    deadline = time.monotonic() + 5
    while bool(found := ffmpegs_of(folder)) != alive and time.monotonic() < deadline:
        time.sleep(0.02)
    assert bool(found) == alive
    return found


def test_the_command_is_this_and_nothing_else() -> None:
    assembly = Assembly(
        output=Path("/out/v.mp4"),
        frames=45,
        sound=Path("/tmp/m.wav"),  # noqa: S108  only a name
        captions=Path("/c/a.ass"),
        fonts=Path("/f"),
    )
    bt709 = "-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709"
    assert " ".join(ffmpeg.command(assembly)) == (
        "-nostdin -y -loglevel error -thread_queue_size 1 "
        f"-f rawvideo -pix_fmt yuv420p {bt709} -s 1080x1920 -r 30 "
        "-i pipe:0 -i file:/tmp/m.wav -map 0:v -map 1:a -vf ass=filename=/c/a.ass:fontsdir=/f "
        "-c:v libx264 -preset superfast -tune animation -crf 20 "
        "-x264-params mbtree=1:rc-lookahead=10:ref=1 "
        f"-profile:v high -pix_fmt yuv420p {bt709} -g 60 -c:a aac -b:a 160k -ar 48000 -ac 2 "
        "-t 1.500000 -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact "
        "-use_editlist 0 -movflags +faststart+negative_cts_offsets "
        "-f mp4 file:/out/v.mp4.part"
    )


def test_an_odd_size_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="even sizes, not 181x320"):
        ffmpeg.command(
            Assembly(output=tmp_path / "a", frames=1, sound=tmp_path / "b", width=181, height=320)
        )


@pytest.mark.media
@pytest.mark.parametrize("name", ["plain", "it's [a]; b,c: d", "back\\slash", " ends "])
def test_captions_are_found_whatever_their_folder_is_called(small: Assembly, name: str) -> None:
    folder = small.output.parent / name
    folder.mkdir()
    ass = folder / "a.ass"
    ass.write_text(ASS, encoding="utf-8")
    source = ("-loglevel", "error", "-f", "lavfi", "-i", "color=s=64x64:d=0.04")
    burn = f"ass=filename={ffmpeg.quote(str(ass))}:fontsdir={ffmpeg.quote(str(folder))}"
    done = ffmpeg.run((*source, "-vf", burn, "-f", "null", "-"))
    assert done.stderr == ""


@pytest.mark.media
def test_the_same_frames_give_the_same_bytes(small: Assembly) -> None:
    heard: list[tuple[int, int]] = []
    first = ffmpeg.encode(small, grey(FRAMES), progress=lambda *now: heard.append(now)).read_bytes()
    assert heard[-1] == (FRAMES, FRAMES)
    assert ffmpeg.encode(small, grey(FRAMES)).read_bytes() == first
    assert b"moov" in first[:100]


@pytest.mark.media
def test_an_ffmpeg_that_is_killed_leaves_no_file_and_may_be_tried_again(small: Assembly) -> None:
    def frames() -> "Iterator[ffmpeg.Frame]":
        yield from grey(3)
        os.kill(wait_for(small.output.parent, alive=True)[0], signal.SIGKILL)
        yield from grey(200)

    with pytest.raises(Unavailable, match="ended by SIGKILL"):
        ffmpeg.encode(small, frames())
    assert not ffmpeg.part_of(small.output).exists()


@pytest.mark.media
def test_a_ctrl_c_between_frames_leaves_no_process_and_no_file(small: Assembly) -> None:
    def frames() -> "Iterator[ffmpeg.Frame]":
        yield from grey(3)
        wait_for(small.output.parent, alive=True)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ffmpeg.encode(small, frames())
    assert not ffmpegs_of(small.output.parent)
    assert not ffmpeg.part_of(small.output).exists()


FOREVER = """
import sys, numpy as np
from pathlib import Path
from elite8.cli import end_on_signals
from elite8.core.production import ffmpeg
end_on_signals()
folder = Path(sys.argv[1])
frame = np.zeros(180 * 320 * 3 // 2, np.uint8)
def frames():
    while True:
        yield frame
        print("frame", flush=True)
ffmpeg.encode(ffmpeg.Assembly(output=folder / "out.mp4", frames=100000, sound=folder / "mix.wav",
    width=180, height=320, preset="ultrafast"), frames())
"""


@pytest.mark.media
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, -2)])
def test_a_signal_leaves_no_process_and_no_file(small: Assembly, number: int, code: int) -> None:
    folder = small.output.parent
    command = [sys.executable, "-c", FOREVER, str(folder)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, start_new_session=True, **pipes) as parent:  # type: ignore[call-overload]  # **pipes
        parent.stdout.readline()
        os.killpg(parent.pid, number)
        parent.stdout.read()
        assert parent.wait(10) == code
    assert not ffmpegs_of(folder)
    assert not ffmpeg.part_of(small.output).exists()


@pytest.mark.media
def test_a_parent_that_was_killed_outright_leaves_no_process(small: Assembly) -> None:
    folder = small.output.parent
    command = [sys.executable, "-c", FOREVER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        parent.stdout.readline()
        parent.kill()
    wait_for(folder, alive=False)


@pytest.mark.media
def test_what_ffmpeg_last_said_is_in_the_error(small: Assembly) -> None:
    small.sound.write_bytes(b"not a wave")
    with pytest.raises(Refused, match=r"FFmpeg could not make .*out\.mp4\.part: .*mix\.wav"):
        ffmpeg.encode(small, grey(FRAMES))


def test_a_full_disk_is_told_from_a_fault() -> None:
    with pytest.raises(ConfigError, match=r"no room left for /a/b\.part"):
        ffmpeg._fail(228, "av_interleaved_write_frame(): No space left on device\n", "/a/b.part")


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="/nowhere/ffmpeg"):
        ffmpeg.run(("-version",), program="/nowhere/ffmpeg")


@pytest.mark.media
def test_run_feeds_and_answers() -> None:
    pcm = np.arange(480, dtype="<i2").tobytes()
    raw = ("-f", "s16le", "-ar", "48000", "-ac", "1")
    done = ffmpeg.run((*raw, "-i", "pipe:0", "-c:a", "copy", "-f", "s16le", "pipe:1"), pcm)
    assert done.stdout == pcm
    assert "Stream #0:0" in done.stderr
