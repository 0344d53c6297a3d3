"""Print what `elite8 generate` costs beside x264 alone on the same finished frames.

Both run as processes, in turns; ratios are of medians in this run. The frames are those x264 was
given, captions burned: a first film writes them to a temporary file of 1.4 GB as well. (Decoded
from a film they are smoother, and x264 is quicker.) Memory is Python and its children together.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from elite8.core.production import ffmpeg

ROUNDS = 3
SECONDS = 15
FRAMES = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", "1080x1920", "-r", "30")
BOTH = """#!{python}
import os, sys
given = sys.argv[1:]
if "libx264" in given:
    burn = given[given.index("-vf") :][:2]
    given += ["-map", "0:v", *burn, "-t", "{seconds}", "-f", "rawvideo", {raw!r}]
os.execv({real!r}, [{real!r}, *given])
"""
"""An FFmpeg that keeps, beside a film, the frames it pressed."""


def resident(pid: int) -> int:
    """Bytes in memory of a process and everything below it; 0 once it is gone."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        tasks = Path(f"/proc/{pid}/task").glob("*/children")
        return own + sum(resident(int(child)) for t in tasks for child in t.read_text().split())
    except OSError:
        return 0


def watched(command: list[str]) -> tuple[float, list[float]]:
    """Wall seconds of a command, and the megabytes it and its children held every 50 ms."""
    start = time.perf_counter()
    held = []
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        while running.poll() is None:
            held.append(resident(running.pid) / 1e6)
            time.sleep(0.05)
    if running.returncode:
        sys.exit(f"{' '.join(command)} left with {running.returncode}")
    return time.perf_counter() - start, held


def keep_frames(scratch: Path, raw: str, command: list[str]) -> None:
    """Run a command, and have the frames of its film in `raw` too."""
    real, keeping = ffmpeg.executable(), scratch / "ffmpeg"
    keeping.write_text(BOTH.format(python=sys.executable, seconds=SECONDS, raw=raw, real=real))
    keeping.chmod(0o700)
    os.environ["IMAGEIO_FFMPEG_EXE"] = str(keeping)
    watched(command)
    del os.environ["IMAGEIO_FFMPEG_EXE"]


def main() -> None:
    program = str(Path(sys.executable).with_name("elite8"))
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["ELITE8_STATE_DIR"] = f"{scratch}/state"
        films, raw = Path(scratch) / "films", f"{scratch}/frames.yuv"
        make = [program, "generate", "-c", "miyuki", "-l", "en", "--seed", "7", "--out", str(films)]
        once = [*make, "--duration", str(SECONDS)]
        keep_frames(Path(scratch), raw, once)
        floor = [ffmpeg.executable(), "-v", "error", "-y", *FRAMES, "-i", raw]
        floor += ["-c:v", "libx264", "-preset", "superfast", *ffmpeg.X264, "-g", "60"]
        floor += ["-profile:v", "high", f"{scratch}/floor.mp4"]
        rounds = [(watched(floor), watched(once)) for _ in range(ROUNDS)]
        many = watched([*make, "--duration", "3", "--count", "20"])[1]
    x264, command = (median(pair[which][0] for pair in rounds) for which in (0, 1))
    print(f"x264 alone, {SECONDS} s of video   {x264:6.2f} s   x1.00")
    print(f"elite8 generate, whole         {command:6.2f} s   x{command / x264:.2f}")
    quarter = len(many) // 4
    print(f"peak memory                    {max(max(pair[1][1]) for pair in rounds):6.0f} MB")
    print(f"20 videos in a row, 1st quarter {max(many[:quarter]):5.0f} MB")
    print(f"                    4th quarter {max(many[-quarter:]):5.0f} MB")


if __name__ == "__main__":
    main()
