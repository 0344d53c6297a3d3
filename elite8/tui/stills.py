"""A film in the terminal: half-blocks, two dots a cell, in any terminal that has colours."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from elite8.core.errors import Elite8Error
from elite8.tui import drawn
from elite8.tui.spans import Words, content, rows

if TYPE_CHECKING:
    from elite8.core.operations.scene import Film
    from elite8.core.operations.stills import Still
    from elite8.core.studio import Studio

MOMENTS = 8
STEPS = 24


class Picture(Widget):
    """One or several pictures beside each other; nothing until they are there."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.stills: tuple[Still, ...] = ()
        self._lines: dict[int, Strip] = {}

    def show(self, *found: "Still") -> None:
        """Show these."""
        self.stills = found
        self._lines.clear()
        self.refresh(layout=True)

    def get_content_width(self, *_: object) -> int:
        """Return how many cells they take."""
        return sum(one.width + 1 for one in self.stills) - bool(self.stills)

    def get_content_height(self, *_: object) -> int:
        """Return how many lines they take."""
        return max((one.height // 2 for one in self.stills), default=0)

    def render_line(self, y: int) -> Strip:
        """Return a line of it: the upper dot in front, the lower one behind."""
        if y not in self._lines:
            parts: list[Segment] = []
            for number, one in enumerate(self.stills):
                parts += [Segment(" ", self.rich_style)] if number else []
                parts += line_of(one, y)
            self._lines[y] = Strip(parts).adjust_cell_length(self.size.width, self.rich_style)
        return self._lines[y]


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
        self.place = -1
        """Of STEPS; -1 is the cover."""

    def compose(self) -> ComposeResult:
        """Put the picture at the left, what is known at the right, the strip below that."""
        with Vertical(id="film"):
            with Horizontal(id="film-top"):
                yield Picture(id="film-picture")
                with Vertical(id="film-side"):
                    yield Static(rows(self.lines), id="film-about")
                    yield Picture(id="film-strip")
            yield Static(id="film-place")

    def on_mount(self) -> None:
        """Fetch the cover, then the strip."""
        self.wide = self.app.size.width >= 100  # noqa: PLR2004  # room for a larger picture
        self.say()
        self.fetch()
        if self.film.path and self.film.seconds:
            self.fetch_strip()

    def say(self, trouble: str = "") -> None:
        """Say which moment is shown."""
        seconds = self.film.seconds or 0.0
        at = "cover" if self.place < 0 else f"{self.seconds:4.1f} s"
        keys: Words = (
            ("  ← →", "accent"),
            (" moments  ", "dim"),
            ("o", "accent"),
            (" opens  ", "dim"),
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
        size, place = (width, taller(width)), self.place
        try:
            if place < 0:
                found = stills.cover(self.studio, self.film.cover, *size)
            else:
                found = stills.moment(self.studio, self.film.path, self.seconds, *size)
        except Elite8Error as why:
            self.app.call_from_thread(self.say, str(why))
            return
        if place == self.place and self.is_attached:
            self.app.call_from_thread(self.query_one("#film-picture", Picture).show, found)

    @work(thread=True, group="strip", exclusive=True, exit_on_error=False)
    def fetch_strip(self) -> None:
        """Read the strip, one moment after the other."""
        from elite8.core.operations import stills

        width, count = (9, MOMENTS) if self.wide else (7, MOMENTS - 2)
        shown: list[Still] = []
        found = stills.strip(
            self.studio, self.film.path, self.film.seconds or 0.0, count, width, taller(width)
        )
        try:
            for one in found:
                if not self.is_attached:
                    return
                shown.append(one)
                strip = self.query_one("#film-strip", Picture)
                self.app.call_from_thread(strip.show, *shown)
        except Elite8Error as why:
            self.app.call_from_thread(self.say, str(why))
