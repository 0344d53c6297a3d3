"""A terminal with a program in it: what a person sees, what was really written, keys, sizes."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

import pyte

from tests.conftest import ROOT

ELITE8 = Path(sys.executable).with_name("elite8")
PATIENCE = 40.0
"""Seconds until a test says that something never came."""
DOTS = (8, 16)
"""Of a cell, where the terminal tells."""
OURS = {"TMUX", "STY", "TERM_PROGRAM", "NO_COLOR", "COLUMNS", "LINES"}
"""What says something of the terminal that runs the tests; workers of xdist have 80 by 24 there."""
PICTURES = re.compile(rb"\x1b[_P].*?\x1b\\", re.DOTALL)
"""What kitty and sixel draw by (APC and DCS): pyte would show it as letters."""


class Terminal:
    """A pseudo-terminal whose picture is kept by a terminal emulator, as a person sees it."""

    def __init__(self, line: int, size: tuple[int, int]) -> None:
        self.line = line
        self.screen = pyte.Screen(*size)
        self.stream = pyte.ByteStream(self.screen)
        self.written = b""
        self._shown = 0

    def read(self, seconds: float) -> bytes:
        """Return what comes next, nothing when nothing does for so long or the line is gone."""
        if not select.select([self.line], [], [], seconds)[0]:
            return b""
        try:
            found = os.read(self.line, 1 << 16)
        except OSError:
            return b""
        self.written += found
        return found

    def seen(self) -> str:
        """Return what is on the screen."""
        whole = self.written[self._shown :]
        begun = max(whole.rfind(b"\x1b_"), whole.rfind(b"\x1bP"))
        if begun >= 0 and b"\x1b\\" not in whole[begun:]:
            whole = whole[:begun]  # the rest of a picture is still under way
        self._shown += len(whole)
        self.stream.feed(PICTURES.sub(b"", whole))
        return "\n".join(self.screen.display)

    def until(self, *words: str, without: str = "") -> str:
        """Wait until all these words are on the screen, and others are not; return it."""
        ends = time.monotonic() + PATIENCE
        while True:
            seen = self.seen()
            if all(word in seen for word in words) and not (without and without in seen):
                return seen
            assert time.monotonic() < ends, f"never seen: {words}, without {without!r}\n{seen}"
            if self.read(0.2):
                while self.read(0.02):
                    pass

    def until_written(self, pattern: bytes) -> re.Match[bytes]:
        """Wait until something was written to the terminal."""
        ends = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.written, re.DOTALL)):
            assert time.monotonic() < ends, f"never written: {pattern!r}"
            self.read(0.2)
        return found

    def press(self, keys: str) -> None:
        """Press keys; `\\x1b` alone is Escape."""
        os.write(self.line, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Draw the window larger or smaller."""
        self.seen()
        self.screen.resize(rows, columns)
        sized(self.line, (columns, rows))


def sized(line: int, size: tuple[int, int]) -> None:
    """Give a terminal a size, and its cells theirs."""
    columns, rows = size
    told = struct.pack("HHHH", rows, columns, columns * DOTS[0], rows * DOTS[1])
    fcntl.ioctl(line, termios.TIOCSWINSZ, told)


@contextmanager
def console(
    state: Path,
    *words: str,
    size: tuple[int, int] = (80, 24),
    environment: Mapping[str, str] | None = None,
) -> Iterator[tuple[subprocess.Popen[bytes], Terminal]]:
    """Start `elite8 tui` on a terminal of its own; yield the process and the terminal."""
    ours, theirs = pty.openpty()
    sized(ours, size)
    known = {
        name: value
        for name, value in os.environ.items()
        if name[:7] != "ELITE8_" and name not in OURS
    }
    child = subprocess.Popen(
        [ELITE8, "tui", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=known
        | {"ELITE8_STATE_DIR": str(state), "ELITE8_CONFIG_DIR": str(ROOT / "config")}
        | {"ELITE8_CACHE_DIR": str(state.parent / "cache"), "TERM": "xterm-256color"}
        | cast("dict[str, str]", environment or {}),
        cwd=state.parent,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # no threads here
    )
    os.close(theirs)
    try:
        yield child, Terminal(ours, size)
    finally:
        child.kill()
        child.wait()
        with suppress(OSError):
            os.close(ours)
