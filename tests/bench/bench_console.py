"""Print how soon the console paints, how soon a key is seen, and what it takes while it idles.

It runs in a pseudo-terminal, as for a person; beside it an empty Textual app in the same run, turn
by turn. At last it goes to every place of a demo studio, and prints what it holds then.
Run: `PYTHONPATH=. python tests/bench/bench_console.py`; `--posts N` for one size alone.
"""

import argparse
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from tests.bench import bench_page
from tests.bench.bench_page import ROOT, a_year, print_times

EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("Queue")
Empty().run()
"""
OURS = str(Path(sys.executable).with_name("elite8"))
PAINTED = b"Queue"
SCENE = b"JST"
ROWS, COLUMNS = 45, 140
SETTLES = 4.0
SILENCE = 0.03
"""Seconds without output after which what a key began is painted: the next is timed from there."""
PATIENCE = 30.0


class Terminal:
    """A program in a pseudo-terminal, whose output is read as it comes."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.began = time.perf_counter()
        self.child = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # no threads here
        )  # fmt: skip
        os.close(theirs)
        self.ours = ours
        self.seen = b""

    def read(self, seconds: float) -> bytes:
        """Return what comes next, nothing when nothing does for so long."""
        ready, _, _ = select.select([self.ours], [], [], seconds)
        found = os.read(self.ours, 1 << 16) if ready else b""
        self.seen += found
        return found

    def until(self, words: bytes) -> float:
        """Return how many seconds after the start these were painted."""
        while words not in self.seen:
            if time.perf_counter() - self.began > PATIENCE:
                raise TimeoutError(f"never painted: {words!r}")
            self.read(0.5)
        return time.perf_counter() - self.began

    def quiet(self, seconds: float) -> None:
        """Read on for so long."""
        ends = time.perf_counter() + seconds
        while (left := ends - time.perf_counter()) > 0:
            self.read(left)

    def key(self, sign: bytes) -> float:
        """Return how many seconds a key takes until something is painted; then all of it is."""
        while self.read(SILENCE):
            pass
        began = time.perf_counter()
        os.write(self.ours, sign)
        self.read(2.0)
        return time.perf_counter() - began

    def resident(self) -> float:
        """Return the megabytes it holds."""
        status = Path(f"/proc/{self.child.pid}/status").read_text(encoding="utf-8")
        return int(status.split("VmRSS:")[1].split()[0]) / 1000

    def spent(self) -> float:
        """Return the seconds it has computed."""
        fields = Path(f"/proc/{self.child.pid}/stat").read_text(encoding="utf-8").split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """End it."""
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()
        os.close(self.ours)


@contextmanager
def shown(command: Sequence[str], environment: dict[str, str]) -> Iterator[Terminal]:
    """Give a program in a terminal."""
    terminal = Terminal(command, environment)
    try:
        yield terminal
    finally:
        terminal.end()


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--posts", type=int, default=0)
    asked.add_argument("--rounds", type=int, default=9)
    told = asked.parse_args()
    for posts in (told.posts,) if told.posts else (10_000, 100_000):
        bench_page.videos_kept.clear()
        bench_page.posts_kept.clear()
        with tempfile.TemporaryDirectory(prefix="e8-") as folder:
            a_year(Path(folder), posts).database.close()
            print(f"{posts} posts")
            measure(environment(folder), told.rounds)
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        go_everywhere(environment(folder), Path(folder, "demo"))


def environment(folder: str) -> dict[str, str]:
    """Return what the console is told: everything in this folder, and a terminal with colours."""
    return os.environ | {
        "ELITE8_STATE_DIR": folder,
        "ELITE8_CACHE_DIR": folder,
        "ELITE8_CONFIG_DIR": str(ROOT / "config"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }


def measure(environment: dict[str, str], rounds: int) -> None:
    """Print the paints, the keys, the memory and the idle work."""
    ours = [OURS, "tui"]
    empty = [sys.executable, "-c", EMPTY]
    bare, first, scene = [], [], []
    for _ in range(rounds):
        with shown(empty, environment) as terminal:
            bare.append(terminal.until(PAINTED))
        with shown(ours, environment) as terminal:
            first.append(terminal.until(PAINTED))
            scene.append(terminal.until(SCENE))
    print_times("  an empty Textual app's first paint", bare)
    print_times("  the console's first paint", first)
    print_times("  the console's first scene", scene)
    print(f"  first paint beside the empty app's: {median(first) / median(bare):.2f}")
    with shown(ours, environment) as terminal:
        terminal.until(SCENE)
        terminal.quiet(SETTLES)
        for name, place in (("Today", b"1"), ("Queue", b"2")):
            terminal.key(place)
            terminal.quiet(1.0)
            terminal.key(b"\x1b[B")
            moves = [terminal.key(b"\x1b[B" if n % 2 else b"\x1b[A") for n in range(200)]
            print_times(f"  a key to its paint in {name}", moves)
        places = [terminal.key(b"1" if n % 2 else b"2") for n in range(60)]
        print_times("  from one place to another", places)
        terminal.quiet(SETTLES)
        began, work = time.perf_counter(), terminal.spent()
        terminal.quiet(20.0)
        share = (terminal.spent() - work) / (time.perf_counter() - began)
        print(f"  idle: {share:.2%} of a processor, {terminal.resident():.0f} MB resident")


def go_everywhere(told: dict[str, str], demo: Path) -> None:
    """Print what the console holds in its first place, and after it was in every one."""
    subprocess.run(
        [OURS, "config", "init", "--demo", demo], env=told, check=True, capture_output=True
    )
    with shown([OURS, "tui"], told | {"ELITE8_STATE_DIR": str(demo)}) as terminal:
        terminal.until(SCENE)
        terminal.quiet(SETTLES)
        print(f"a demo studio: {terminal.resident():.0f} MB in Today", end="")
        for place in b"2345678901":
            terminal.key(bytes([place]))
            terminal.quiet(SETTLES)
        print(f", {terminal.resident():.0f} MB after every place")


if __name__ == "__main__":
    main()
