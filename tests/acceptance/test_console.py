"""The real console on a real terminal, by a person's keys."""

import base64
import os
import re
import signal
import zlib
from pathlib import Path

import pytest

from tests.acceptance.terminal import DOTS, Terminal, console
from tests.films import lay

pytestmark = [pytest.mark.slow, pytest.mark.media]
LEFT = rb"\x1b\[\?1049l"
"""What gives a terminal its own screen back."""
GREYS = {b"30", b"37", b"40", b"47", b"90", b"97", b"100", b"107"}
"""Of sixteen colours those that are none."""
APC = re.compile(rb"\x1b_G([^;]*);([^\x1b]*)\x1b\\")
ENDS = 60
"""Seconds that the end of a process may take on a busy machine."""


@pytest.fixture
def state(filmed: Path, tmp_path: Path) -> Path:
    """A state folder with a finished film."""
    lay(filmed, tmp_path / "state")
    return tmp_path / "state"


def colours(written: bytes) -> set[bytes]:
    """Return the colours that were written, by their numbers; larger palettes as 38 and 48."""
    return {
        number
        for style in re.findall(rb"\x1b\[([\d;]+)m", written)
        for number in style.split(b";")
        if 30 <= int(number) <= 49 or int(number) >= 90  # ECMA-48, 8.3.117
    }


def test_a_person_goes_everywhere_publishes_stops_and_leaves(state: Path) -> None:
    with console(state, environment={"TERM": "foot"}) as (child, shown):
        shown.until("no daemon runs", "Nobody is watching", "No posts today", "q quit")
        walk(shown)
        look_at_the_film(shown)
        publish(shown)
        stop_and_go_on(shown)
        for keys, words in (("D", " DRY RUN "), ("[", "nothing was kept before that")):
            shown.press(keys)
            shown.until(words)
        shown.press("H")
        shown.until("What was done here", "elite8 publish resume", "elite8 publish pause")
        shown.press("\x1b")
        shown.until(without="What was done here")
        shown.press("q")
        shown.until_written(LEFT)
        assert child.wait(ENDS) == 0
    (out,) = (state.parent / "outbox").glob("*/video.mp4")
    assert out.stat().st_size > 0


def walk(shown: Terminal) -> None:
    """Go to every place, search with letters typed ahead, ask which keys there are."""
    for key, words in (
        *(("3", "No posts in this week"), ("4", "Miyuki Sakura"), ("5", "needs nobody")),
        *(("6", "A2E is not used"), ("7", "Nothing rings"), ("9", "Regions")),
        *(("0", "No subscribers yet"), ("8", "done here"), ("2", "Films that are done")),
    ):
        shown.press(key)
        shown.until(words)
    shown.press("/nothing so\r")
    shown.until("nothing here has “nothing so”")
    shown.press("\x1b")
    shown.until("film en", without="nothing here")
    shown.press("?")
    shown.until("Places", "Esc back")
    shown.press("\x1b")
    shown.until(without="Esc back")


def look_at_the_film(shown: Terminal) -> None:
    """See its cover drawn by sixel."""
    shown.press("i")
    found = shown.until_written(rb'\x1bP0;1;0q"1;1;(\d+);(\d+)#0;2;0;0;0(.*?)\x1b\\')
    wide, high = (int(one) for one in found.groups()[:2])
    assert (wide % DOTS[0], high % DOTS[1]) == (0, 0)
    assert found[3].count(b"-") == -(-high // 6) - 1, "a line of sixels for each six dots"
    shown.press("\x1b")
    shown.until("film en", without="moments")


def publish(shown: Terminal) -> None:
    """Send the film out by its key, and find it in Today by the palette."""
    shown.press("p")
    shown.until("goes out now", "publish", "--to outbox --in 0s", "Enter does it")
    shown.press("\r")
    shown.until("Outbox post", "is out:")
    shown.press("\x10")
    shown.until("Search for commands")
    shown.press("go to today")
    shown.until("Go to Today", "key 1")
    shown.press("\r")
    shown.until("✓ published", without="Search for")


def stop_and_go_on(shown: Terminal) -> None:
    """Stop everything, look at it in a small and a large window, take it back."""
    shown.press("P")
    shown.until("stops: nothing of it goes out", "elite8 publish pause")
    shown.press("\r")
    shown.until("■ stopped", "no daemon")
    shown.resize(40, 10)
    shown.until("q quit")
    shown.resize(120, 30)
    shown.until("Running now", "✓ published", "■ everything stopped")
    shown.press("u")
    shown.until(without="■ everything stopped")


def test_kitty_draws_the_film_and_forgets_it_when_the_console_is_told_to_end(state: Path) -> None:
    """What was seen is recorded meanwhile, and replayed on a terminal without colours."""
    file = state.parent / "seen.e8"
    kitty = {"TERM": "xterm-kitty"}
    asked = ("--record", str(file), "--read-only")
    with console(state, *asked, environment=kitty) as (child, shown):
        shown.until("No posts today", " READ ONLY ")
        shown.press("2")
        shown.until("Films that are done")
        shown.press("p")
        shown.until("Publish is not possible", "--read-only")
        shown.press("i")
        shown.until_written(rb"a=T[^;]*;[^\x1b]*\x1b\\")
        shown.until_written(rb"\x1b_G[^;]*m=0;[^\x1b]*\x1b\\")
        head, _ = first = APC.findall(shown.written)[0]
        told = dict(one.split("=") for one in head.decode().strip(",").split(","))
        parts, more = [first[1]], APC.findall(shown.written)[1:]
        while told["m"] == "1":
            head, part = more.pop(0)
            told["m"] = head.decode()[-1]
            parts.append(part)
        dots = zlib.decompress(base64.b64decode(b"".join(parts)))
        assert len(dots) == int(told["s"]) * int(told["v"]) * 3
        assert (int(told["s"]), int(told["v"])) == (int(told["c"]) * 8, int(told["r"]) * 16)
        assert len({*dots}) > 50, "a picture, not one colour"
        child.send_signal(signal.SIGTERM)
        shown.until_written(rb"a=d,d=I,q=2,i=" + told["i"].encode())
        shown.until_written(LEFT)
        assert child.wait(ENDS) == 128 + signal.SIGTERM
    plain = {"TERM": "linux", "NO_COLOR": "1"}
    with console(state, "--replay", str(file), environment=plain) as (child, shown):
        shown.until("No posts today", "Nobody is watching")
        shown.press("2P")
        shown.until("this is a recording", "Films that are done", "✓ finished")
        assert colours(shown.written) <= GREYS
        os.close(shown.line)
        assert child.wait(ENDS) == -signal.SIGHUP, "when its terminal goes the console goes"
