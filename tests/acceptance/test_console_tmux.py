"""The console in tmux, by a person's keys: tmux's own picture of it is what they see."""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.terminal import ELITE8, PATIENCE
from tests.conftest import ROOT
from tests.films import lay

TMUX = shutil.which("tmux")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.media,
    pytest.mark.skipif(TMUX is None, reason="there is no tmux"),
]
KEPT = ("PATH", "HOME", "LANG", "PYTHONPATH")
"""What a console needs of what surrounds the tests."""


class Tmux:
    """A tmux server of one window with the console in it."""

    def __init__(self, state: Path, size: tuple[int, int]) -> None:
        self.socket = state.parent / "tmux"
        known = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "ELITE8_STATE_DIR": str(state),
            "ELITE8_CACHE_DIR": str(state.parent / "cache"),
            "ELITE8_CONFIG_DIR": str(ROOT / "config"),
        }
        words = ["env", "-i", *(f"{name}={value}" for name, value in known.items())]
        words += ["TERM=tmux-256color", str(ELITE8), "tui", "--theme", "rio"]
        columns, rows = map(str, size)
        window = ("new-session", "-d", "-x", columns, "-y", rows, "-c", str(state.parent))
        self.asked("-f/dev/null", *window, shlex.join(words))

    def asked(self, *words: str) -> str:
        """Return what tmux answers, "" once its last window has closed."""
        done = subprocess.run(
            [TMUX or "", "-S", self.socket, *words], capture_output=True, text=True, check=False
        )
        return done.stdout

    def until(self, *words: str, without: str = "") -> str:
        """Wait until all these words are on the screen, and others are not; return it."""
        ends = time.monotonic() + PATIENCE
        while True:
            seen = self.asked("capture-pane", "-p")
            if all(word in seen for word in words) and not (without and without in seen):
                return seen
            assert time.monotonic() < ends, f"{words} without {without!r} never came:\n{seen}"
            time.sleep(0.1)

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names for those that are none."""
        self.asked("send-keys", *keys)


@pytest.fixture
def window(filmed: Path, tmp_path: Path) -> Iterator[Tmux]:
    """A window of 80 by 24 with a console over a finished film."""
    state = tmp_path / "state"
    lay(filmed, state)
    shown = Tmux(state, (80, 24))
    yield shown
    shown.asked("kill-server")


def test_a_walk_in_tmux(window: Tmux, tmp_path: Path) -> None:
    window.until("No posts today", "no daemon", "q quit")
    assert "\x1b[48;" in window.asked("capture-pane", "-p", "-e"), "it is drawn in colours"
    walk(window)
    publish(window)
    stop_in_a_small_window(window)
    window.press("q")
    window.until(without="q quit")
    (out,) = (tmp_path / "outbox").glob("*/video.mp4")
    assert out.stat().st_size > 0


def walk(window: Tmux) -> None:
    """Go to every place, look a key up, find the film."""
    for key, words in (
        *(("3", "No posts in this week"), ("4", "Miyuki Sakura"), ("5", "needs nobody")),
        *(("6", "A2E is not used"), ("7", "Nothing rings"), ("8", "done here"), ("9", "Regions")),
        *(("0", "No subscribers yet"), ("2", "Films that are done")),
    ):
        window.press(key)
        window.until(words)
    window.press("?")
    window.until("Keys", "Esc back")
    window.press("Escape")
    window.until(without="Esc back")
    window.press("/", "n", "o", "n", "e", "Enter")
    window.until("nothing here has “none”")
    window.press("Escape")
    window.until("✓ finished", without="nothing here")


def publish(window: Tmux) -> None:
    """Send the film out, and see it in Today."""
    window.press("p")
    window.until("is ordered for Outbox", "--to outbox", "Enter does it")
    window.press("Enter")
    window.until("is out:")
    window.press("1")
    window.until("✓ published")


def stop_in_a_small_window(window: Tmux) -> None:
    """Stop everything with a reason, make the window small and large, take it back."""
    window.press("P")
    window.until("Everything stops", "elite8 publish pause")
    window.press("Tab", "h", "o", "t", "Enter")
    window.until("■ stopped")
    window.asked("resize-window", "-x", "40", "-y", "10")
    window.until("■ stopped", "q quit", without="Credits")
    window.asked("resize-window", "-x", "200", "-y", "60")
    window.until("Running now", "■ everything stopped")
    window.press("u")
    window.until(without="■ everything stopped")
