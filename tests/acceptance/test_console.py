"""The real console on a real terminal."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ELITE8 = Path(sys.executable).with_name("elite8")


@contextmanager
def console(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start it on a terminal of its own; yield the process and our end of the line."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name[:7] != "ELITE8_"}
    environment |= {"ELITE8_STATE_DIR": str(folder / "state"), "TERM": "xterm-256color"}
    child = subprocess.Popen(
        [ELITE8, "tui"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        cwd=folder,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  # no threads here
    )
    os.close(theirs)
    try:
        yield child, ours
    finally:
        child.kill()
        child.wait()
        with suppress(OSError):
            os.close(ours)


def read_until(line: int, what: bytes) -> bytes:
    """Return what is drawn until `what` is."""
    seen, deadline = b"", time.monotonic() + 30
    while what not in seen:
        assert time.monotonic() < deadline, seen[-500:]
        if select.select([line], [], [], 1)[0]:
            seen += os.read(line, 1 << 16)
    return seen


def test_when_its_terminal_goes_the_console_goes(tmp_path: Path) -> None:
    with console(tmp_path) as (child, line):
        read_until(line, b"No posts today")
        os.close(line)
        assert child.wait(10) == -signal.SIGHUP


def test_told_to_end_it_gives_the_terminal_back(tmp_path: Path) -> None:
    with console(tmp_path) as (child, line):
        read_until(line, b"No posts today")
        child.send_signal(signal.SIGTERM)
        assert b"\x1b[?1049l" in read_until(line, b"\x1b[?1049l")
        assert child.wait(10) == 128 + signal.SIGTERM
