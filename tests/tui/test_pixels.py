"""Pictures in the terminal's own dots, read back as a terminal reads them."""

import asyncio
import base64
import re
import zlib
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from textual.app import App, ComposeResult

from elite8.core.operations.stills import Still
from elite8.tui import pixels
from elite8.tui.stills import Picture

DOTS = (9, 18)


def still(width: int, height: int, seed: int = 8) -> Still:
    lot = Random(seed)  # noqa: S311  # the same picture each run
    return Still(at=None, width=width, height=height, rgb=lot.randbytes(width * height * 3))


@pytest.mark.parametrize(
    ("wanted", "environment", "means"),
    [
        ("auto", {"TERM": "xterm-256color"}, "blocks"),
        ("auto", {}, "blocks"),
        ("auto", {"TERM": "xterm-kitty"}, "kitty"),
        ("auto", {"TERM": "xterm-ghostty"}, "kitty"),
        ("auto", {"TERM": "foot"}, "sixel"),
        ("auto", {"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "sixel"),
        ("auto", {"TERM": "tmux-256color", "TERM_PROGRAM": "WezTerm"}, "blocks"),
        ("auto", {"TERM": "xterm-kitty", "TMUX": "/tmp/tmux-0/default,1,0"}, "blocks"),  # noqa: S108  # a name
        ("auto", {"TERM": "screen.xterm-256color", "STY": "1.pts"}, "blocks"),
        ("auto", {"TERM": "xterm-kitty", "NO_COLOR": "1"}, "blocks"),
        ("blocks", {"TERM": "xterm-kitty"}, "blocks"),
        ("kitty", {"TERM": "xterm-256color"}, "kitty"),
        ("sixel", {"TERM": "xterm-kitty"}, "sixel"),
    ],
)
def test_a_terminal_is_told_by_its_name(
    wanted: str, environment: Mapping[str, str], means: str
) -> None:
    assert pixels.means(wanted, environment, dots=DOTS) == means


def test_without_the_size_of_a_cell_sixels_cannot_be_drawn() -> None:
    assert pixels.means("auto", {"TERM": "foot"}, dots=(0, 0)) == "blocks"


def test_kitty_is_handed_every_dot_in_messages_it_takes() -> None:
    one = still(80, 160)
    found = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", pixels.kitty(one, 77, 10, 10))
    assert max(len(part) for _, part in found) <= 4096
    assert [head[-1] for head, _ in found] == ["1"] * (len(found) - 1) + ["0"]
    assert all("q=2" in head for head, _ in found)  # it answers nothing: nobody would read it
    assert found[0][0].startswith("a=T,C=1,q=2,p=1,f=24,o=z,i=77,s=80,v=160,c=10,r=10,")
    assert zlib.decompress(base64.b64decode("".join(part for _, part in found))) == one.rgb


def drawn(sixels: str) -> dict[tuple[int, int], tuple[int, ...]]:
    """Return the colour of each dot that a terminal would paint, in percent."""
    found = re.fullmatch(r'\x1bP0;1;0q"1;1;\d+;\d+(.*)\x1b\\', sixels)
    assert found
    colours: dict[str, tuple[int, ...]] = {}
    dots: dict[tuple[int, int], tuple[int, ...]] = {}
    x = top = 0
    now = ""
    for part in re.findall(r"#\d+(?:;[\d;]+)?|!\d+.|[$-]|[?-~]", found[1]):
        if part[0] == "#":
            number, _, told = part[1:].partition(";")
            if told:
                colours[number] = tuple(int(one) for one in told.split(";"))[1:]
            now = number
        elif part == "$":
            x = 0
        elif part == "-":
            x, top = 0, top + 6
        else:
            times = int(part[1:-1]) if part[0] == "!" else 1
            for x in range(x, x + times):  # noqa: B020  # it goes on from where it is
                for bit in range(6):
                    if ord(part[-1]) - 63 >> bit & 1:
                        dots[x, top + bit] = colours[now]
            x += 1
    return dots


def test_sixels_paint_each_dot_once_in_about_its_colour() -> None:
    one = still(17, 20)
    painted = drawn(pixels.sixel(one))
    assert {*painted} == {(x, y) for x in range(17) for y in range(20)}
    for (x, y), colour in painted.items():
        place = (y * 17 + x) * 3
        real = [value * 100 / 255 for value in one.rgb[place : place + 3]]
        assert max(abs(a - b) for a, b in zip(colour, real, strict=True)) <= 20


class Shown(App[None]):
    """Only a picture."""

    CSS = "Picture { width: auto; height: auto; }"

    def __init__(self, means: pixels.Means, dots: tuple[int, int]) -> None:
        super().__init__()
        self.picture = Picture(means, dots, id="one")
        self.written: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.picture


async def written(means: pixels.Means, dots: tuple[int, int]) -> tuple[list[str], str]:
    """Show two pictures one after the other; return what was written to the terminal itself."""
    app, found = Shown(means, dots), list[str]()
    async with app.run_test(size=(40, 20)) as pilot:
        app.picture.write = found.append  # type: ignore[assignment,method-assign]  # what a terminal gets
        for seed in (8, 9):
            app.picture.show(still(8 * dots[0], 6 * dots[1], seed))
            await pilot.pause()
            app.picture.draw_over()
        assert (app.picture.size.width, app.picture.size.height) == (8, 6)
        line: Any = app.picture.render_line(0)
    return [one for one in found if one], line.text


@pytest.mark.parametrize(("means", "dots"), [("kitty", (8, 16)), ("sixel", DOTS)])
def test_a_picture_follows_another(means: pixels.Means, dots: tuple[int, int]) -> None:
    found, line = asyncio.run(written(means, dots))
    assert line.strip() == "▀" * 8  # where they are not drawn after all
    if means == "sixel":
        assert {one[:8] for one in found} == {"\x1b7\x1b[1;1H"}
    else:
        ids = [re.findall(r"a=(.).*?i=(\d+)", one) for one in found]
        (first,), (gone,), (second,), (left,) = ids
        assert (first[0], gone, second[0]) == ("T", ("d", first[1]), "T")
        assert left == ("d", second[1])  # nothing stays on the screen


def test_half_blocks_write_nothing_to_the_terminal_itself() -> None:
    assert asyncio.run(written("blocks", (1, 2)))[0] == []
