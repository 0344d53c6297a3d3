"""A film in the terminal: half-blocks, two dots a cell; more where the terminal has them."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import count
from random import randrange
from typing import TYPE_CHECKING, ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.geometry import Offset, Region
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from elite8.core.errors import Elite8Error
from elite8.tui import drawn, pixels
from elite8.tui.line import Lines
from elite8.tui.spans import Words, content

if TYPE_CHECKING:
    from textual.timer import Timer

    from elite8.core.operations.scene import Film
    from elite8.core.operations.stills import Still
    from elite8.core.studio import Studio

MOMENTS = 8
STEPS = 24
STILL = 0.05
"""Seconds after half-blocks were painted, until the terminal's own dots are drawn over them."""
NUMBERS = count(randrange(1, 1 << 23))  # noqa: S311  # names of pictures; another program has others
"""What kitty knows each picture by."""


class Picture(Widget):
    """One or several pictures beside each other; nothing until they are there.

    They are half-blocks everywhere; where the terminal has more dots those are drawn over them.
    """

    def __init__(self, means: "pixels.Means", dots: tuple[int, int], *, id: str) -> None:
        super().__init__(id=id)
        self.means, self.dots = means, dots
        self.stills: tuple[Still, ...] = ()
        self.over: dict[Still, tuple[int, Offset]] = {}
        """What kitty draws over which of them, and where."""
        self._lines: dict[int, Strip] = {}
        self._soon: Timer | None = None

    def show(self, *found: "Still") -> None:
        """Show these."""
        self.forget({*self.over} - {*found})
        self.stills = found
        self._lines.clear()
        self.refresh(layout=True)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return what is painted now; what is drawn over it has to be drawn again."""
        self.draw_soon()
        return super().render_lines(crop)

    def draw_soon(self) -> None:
        """Draw over the half-blocks, once they stand still."""
        if self.means == "blocks" or not self.stills:
            return
        if self._soon:
            self._soon.stop()
        self._soon = self.set_timer(STILL, self.draw_over)

    def forget(self, gone: "Iterable[Still]") -> None:
        """Take away what was drawn over these."""
        self.write("".join(pixels.forgotten(self.over.pop(one)[0]) for one in [*gone]))

    def draw_over(self) -> None:
        """Draw the terminal's own dots over the half-blocks, wherever these are by now."""
        here = self.is_attached and self.screen is self.app.screen
        if self.means == "blocks" or not here:
            return
        place = self.content_region.offset
        for one in self.stills:
            columns, rows = self.cells(one)
            if self.app.size.region.contains_region(Region(*place, columns, rows)):
                text = pixels.sixel(one) if self.means == "sixel" else self.kitty(one, place)
                at = f"\x1b7\x1b[{place.y + 1};{place.x + 1}H"
                self.write(f"{at}{text}\x1b8" if text else "")
            place += (columns + 1, 0)

    def kitty(self, one: "Still", place: Offset) -> str:
        """Return what draws a picture there, "" when it is drawn there already."""
        number, before = self.over.get(one, (next(NUMBERS), None))
        self.over[one] = (number, place)
        if before == place:
            return ""
        draws = pixels.moved(number, *self.cells(one)) if before else ""
        return draws or pixels.kitty(one, number, *self.cells(one))

    def write(self, text: str) -> None:
        """Write to the terminal itself, between two frames: this is the loop that draws them."""
        driver = self.app._driver  # noqa: SLF001  # as Textual's own copy_to_clipboard does
        if driver and text:
            driver.write(text)
            driver.flush()

    def on_unmount(self) -> None:
        """Leave nothing on the screen."""
        self.forget({*self.over})

    def cells(self, one: "Still") -> tuple[int, int]:
        """Return how many columns and rows a picture takes."""
        wide, high = self.dots
        return one.width // wide, one.height // high

    def get_content_width(self, *_: object) -> int:
        """Return how many cells they take."""
        return sum(self.cells(one)[0] + 1 for one in self.stills) - bool(self.stills)

    def get_content_height(self, *_: object) -> int:
        """Return how many lines they take."""
        return max((self.cells(one)[1] for one in self.stills), default=0)

    def render_line(self, y: int) -> Strip:
        """Return a line of it."""
        if y not in self._lines:
            parts: list[Segment] = []
            for number, one in enumerate(self.stills):
                parts += [Segment(" ", self.rich_style)] if number else []
                parts += line_of(coarser(one, self.dots), y)
            self._lines[y] = Strip(parts).adjust_cell_length(self.size.width, self.rich_style)
        return self._lines[y]


@lru_cache(maxsize=24)
def coarser(one: "Still", dots: tuple[int, int]) -> "Still":
    """Return a picture with two dots in a cell, as half-blocks have."""
    if dots == pixels.DOTS["blocks"]:
        return one
    wide, high = dots[0], dots[1] // 2
    width, height = one.width // wide, one.height // high
    rgb = b"".join(
        one.rgb[place : place + 3]
        for y in range(height)
        for place in ((y * high * one.width + x * wide) * 3 for x in range(width))
    )
    return replace(one, width=width, height=height, rgb=rgb)


def line_of(one: "Still", y: int) -> list[Segment]:
    """Return a line of a picture: like cells beside each other are one segment."""
    found: list[Segment] = []
    run, before = 0, None
    for x in range(one.width):
        both = (dot(one, x, 2 * y), dot(one, x, 2 * y + 1))
        if before is not None and both != before:
            found.append(cell(run, before))
            run = 0
        before, run = both, run + 1
    return [*found, cell(run, before)] if before else found


Dot = tuple[int, int, int]


def dot(one: "Still", x: int, y: int) -> Dot:
    """Return a dot's colour; the last one below the picture."""
    place = (min(y, one.height - 1) * one.width + x) * 3
    red, green, blue = one.rgb[place : place + 3]
    return red, green, blue


def cell(count: int, dots: tuple[Dot, Dot]) -> Segment:
    """Return so many cells with an upper and a lower dot."""
    upper, lower = dots
    return Segment("▀" * count, Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))


def taller(width: int) -> int:
    """Return the height of a vertical picture of that width, in whole cells."""
    return round(width * 16 / 9 / 2) * 2


class FilmSheet(ModalScreen[None]):
    """A film: its cover or a moment, a strip of moments, and a place in it that arrows move."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    FilmSheet { align: center middle; }
    #film { width: auto; max-width: 98%; height: auto; max-height: 98%; background: $surface;
      padding: 1 2 0 2;
      border: round $accent 60%; }
    #film-top { width: auto; height: auto; }
    #film-picture { width: auto; height: auto; min-width: 16; min-height: 10; }
    #film-side { width: 50; height: auto; margin-left: 3; }
    .-wide #film-side { width: 80; }
    #film-about { height: auto; max-height: 7; }
    .-tall #film-about { max-height: 17; }
    #film-strip { width: auto; height: auto; min-height: 6; margin-top: 1; }
    #film-place { height: 1; margin: 1 0 0 0; width: 69; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,i", "dismiss", "Back"),
        Binding("right,l", "by(1)", "A moment on"),
        Binding("left,h", "by(-1)", "A moment back"),
        Binding("home", "by(-99)", "To the cover"),
        Binding("o", "open", "Open the file"),
    ]

    def __init__(self, film: "Film", studio: "Studio", lines: Sequence[Words]) -> None:
        super().__init__()
        self.film, self.studio, self.lines = film, studio, lines
        found = pixels.cell_dots()
        wanted = "blocks" if self.app.is_web else studio.settings.pictures
        self.means = pixels.means(wanted, os.environ, dots=found)
        self.dots = pixels.DOTS.get(self.means, found)
        self.place = -1
        """Of STEPS; -1 is the cover."""

    def compose(self) -> ComposeResult:
        """Put the picture at the left, what is known at the right, the strip below that."""
        with Vertical(id="film"):
            with Horizontal(id="film-top"):
                yield Picture(self.means, self.dots, id="film-picture")
                with Vertical(id="film-side"):
                    yield Lines(id="film-about", lines=self.lines)
                    yield Picture(self.means, self.dots, id="film-strip")
            yield Static(id="film-place")

    def on_mount(self) -> None:
        """Fetch the cover, then the strip."""
        self.wide = self.app.size.width >= 100  # noqa: PLR2004  # room for a larger picture
        self.say()
        self.fetch()
        if self.film.path and self.film.seconds:
            self.fetch_strip()

    def on_screen_suspend(self) -> None:
        """Let a sheet over this one be seen."""
        for one in self.query(Picture):
            one.forget({*one.over})

    def on_screen_resume(self) -> None:
        """Draw again what was taken away."""
        for one in self.query(Picture):
            one.draw_soon()

    def dotted(self, width: int) -> tuple[int, int]:
        """Return the dots of a vertical picture of so many cells."""
        return width * self.dots[0], taller(width) // 2 * self.dots[1]

    def say(self, trouble: str = "") -> None:
        """Say which moment is shown."""
        seconds = self.film.seconds or 0.0
        at = "cover" if self.place < 0 else f"{self.seconds:4.1f} s"
        keys: Words = (
            ("  ← →", "accent"),
            (" moments  ", "dim"),
            ("o", "accent"),
            (" opens  ", "dim"),
            ("Esc", "accent"),
            (" back", "dim"),
        )
        share = max(self.place, 0) / STEPS
        bar: Words = drawn.bar(share, 20) if seconds else ()
        why: Words = ((f"  {trouble}", "warn"),) if trouble else ()
        line = content((f"{at:<7}", "strong"), *bar, (f" {seconds:.1f} s", "dim"), *keys, *why)
        self.query_one("#film-place", Static).update(line)

    @property
    def seconds(self) -> float:
        """The second that is shown."""
        return (self.film.seconds or 0.0) * 0.98 * max(self.place, 0) / STEPS

    def action_by(self, step: int) -> None:
        """Show another moment."""
        if self.film.seconds and self.film.path:
            self.place = min(max(self.place + step, -1), STEPS)
            self.say()
            self.fetch()

    def action_open(self) -> None:
        """Open the file."""
        self.app.action_open_file()  # type: ignore[attr-defined]  # the console's

    @work(thread=True, group="still", exclusive=True, exit_on_error=False)
    def fetch(self) -> None:
        """Read the moment, off the screen's own thread."""
        from elite8.core.operations import stills

        width = min(30 if self.wide else 16, max((self.app.size.height - 8) * 9 // 8, 8))
        size, place = self.dotted(width), self.place
        try:
            if place < 0:
                found = stills.cover(self.studio, self.film.cover, *size)
            else:
                found = stills.moment(self.studio, self.film.path, self.seconds, *size)
            self.make_ready(found)
        except Elite8Error as why:
            self.app.call_from_thread(self.say, str(why))
            return
        if place == self.place and self.is_attached:
            self.app.call_from_thread(self.query_one("#film-picture", Picture).show, found)

    def make_ready(self, found: "Still") -> None:
        """Work sixels out here, off the screen's own thread."""
        if self.means == "sixel":
            pixels.sixel(found)

    @work(thread=True, group="strip", exclusive=True, exit_on_error=False)
    def fetch_strip(self) -> None:
        """Read the strip, one moment after the other."""
        from elite8.core.operations import stills

        width, count = (9, MOMENTS) if self.wide else (7, MOMENTS - 2)
        shown: list[Still] = []
        found = stills.strip(
            self.studio, self.film.path, self.film.seconds or 0.0, count, *self.dotted(width)
        )
        try:
            for one in found:
                if not self.is_attached:
                    return
                self.make_ready(one)
                shown.append(one)
                strip = self.query_one("#film-strip", Picture)
                self.app.call_from_thread(strip.show, *shown)
        except Elite8Error as why:
            self.app.call_from_thread(self.say, str(why))
