"""A list of rows: aligned by cells, as tall as it likes, redrawn only where it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from elite8.core.visible import one_line
from elite8.tui.spans import TONES, Span, Words, fit, plain

GAP = 2
WIDEST = 44
"""Cells of a column of words with others behind it: on a wide screen they stay near each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: `cells` wide, or a `share` of what is left; shown from `least` cells of list on."""

    title: str = ""
    cells: int = 0
    share: int = 0
    right: bool = False
    least: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what it is known by, its cells, and what it stands for; a `rule` is only a heading."""

    key: str
    cells: tuple[Words, ...]
    thing: Any = None
    rule: bool = False


class Rows(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows under a heading, one of them marked; the mark and the view stay where they were."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    Rows { height: 1fr; background: $background; scrollbar-size-vertical: 1;
      scrollbar-size-horizontal: 0;
      scrollbar-color: $foreground 22%; scrollbar-background: $background;
      scrollbar-color-hover: $foreground 35%;
      scrollbar-color-active: $accent; scrollbar-background-hover: $background;
      scrollbar-background-active: $background; }
    Rows > .rows--title { color: $foreground 42%; }
    Rows > .rows--rule { color: $foreground 64%; }
    Rows > .rows--mark { background: $accent 18%; text-style: none; }
    Rows > .rows--shade { background: $foreground 7%; }
    Rows > .rows--hover { background: $foreground 4%; }
    Rows > .rows--dim { color: $foreground 64%; }
    Rows > .rows--faint { color: $foreground 42%; }
    Rows > .rows--curve { color: $primary 75%; }
    Rows > .rows--good { color: $text-success; }
    Rows > .rows--warn { color: $text-warning; }
    Rows > .rows--bad { color: $text-error; }
    Rows > .rows--busy { color: $text-primary; }
    Rows > .rows--info { color: $text-primary; }
    Rows > .rows--waiting { color: $foreground; }
    Rows > .rows--unknown { color: $text-warning; }
    Rows > .rows--accent { color: $text-accent; }
    Rows > .rows--strong { color: $foreground; text-style: bold; }
    Rows > .rows--line { color: $foreground 22%; }
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--title",
        "rows--rule",
        "rows--mark",
        "rows--shade",
        "rows--hover",
        *(f"rows--{tone}" for tone in TONES if tone),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "by(-1)", "Up", show=False),
        Binding("down", "by(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "A page up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "A page down", show=False),
        Binding("home", "end(-1)", "To the top", show=False),
        Binding("end,G", "end(1)", "To the bottom", show=False),
        Binding("enter", "open", "Details", show=False),
    ]

    @dataclass
    class Marked(Message):
        """Another row is marked."""

        rows: "Rows"
        row: Row | None

        @property
        def control(self) -> "Rows":
            """Whose row it is."""
            return self.rows

    @dataclass
    class Opened(Message):
        """A row was opened, by Enter or a second click."""

        rows: "Rows"
        row: Row

        @property
        def control(self) -> "Rows":
            """Whose row it is."""
            return self.rows

    def __init__(
        self, columns: Sequence[Column], *, empty: str = "", id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.empty = empty
        self.kind = ""
        self.is_read = False
        self.every: tuple[Row, ...] = ()
        self.lines: tuple[Row, ...] = ()
        self.sought = ""
        self.place = 0
        self._hover = -1
        self._widths: tuple[int, ...] = ()
        self._room = -1
        self._drawn: dict[tuple[Any, ...], Strip] = {}

    @property
    def marked(self) -> Row | None:
        """The row under the mark, `None` of nothing."""
        return self.lines[self.place] if self.place < len(self.lines) else None

    @property
    def has_titles(self) -> bool:
        """Whether a line of headings stands above."""
        return any(one.title for one in self.columns)

    def fill(self, found: Sequence[Row], *, kind: str = "", is_read: bool = True) -> None:
        """Show these rows, all of one kind if it is said; only what is other is drawn again.

        What is not read yet is not said to be empty.
        """
        if (kind, is_read) != (self.kind, self.is_read):
            self.kind, self.is_read = kind, is_read
            self.refresh()
        self.every = tuple(found)
        self._show(tuple(one for one in self.every if self._is_sought(one)))

    def seek(self, text: str) -> None:
        """Show only rows with this text in them; "" shows all."""
        self.sought = text.casefold().strip()
        self._show(tuple(one for one in self.every if self._is_sought(one)))

    def _is_sought(self, row: Row) -> bool:
        if not self.sought:
            return True
        text = " ".join(plain(cell) for cell in row.cells).casefold()
        return not row.rule and all(word in text for word in self.sought.split())

    def _show(self, new: tuple[Row, ...]) -> None:
        old, before = self.lines, self.marked
        self.lines = new
        self.place = self._place_of(before, new)
        if len(old) != len(new):
            self.virtual_size = Size(0, len(new) + self.has_titles)
            self.refresh()
        else:
            for number, (was, now) in enumerate(zip(old, new, strict=True)):
                if was is not now and (was.cells, was.rule) != (now.cells, now.rule):
                    self._redraw(number)
        after = self.marked
        if (before and before.key) != (after and after.key):
            self.refresh()
        if before != after:
            self.post_message(self.Marked(self, after))

    def _place_of(self, before: Row | None, new: tuple[Row, ...]) -> int:
        """Return where the mark goes: with its row, else it stays at its height."""
        if before is not None:
            for number, row in enumerate(new):
                if row.key == before.key:
                    return number
        return self._nearest(min(self.place, max(len(new) - 1, 0)), 1)

    def _nearest(self, place: int, step: int) -> int:
        """Return the nearest place from here on that is no heading."""
        for towards in (step, -step):
            found = place
            while 0 <= found < len(self.lines):
                if not self.lines[found].rule:
                    return found
                found += towards
        return place

    def mark(self, place: int, step: int = 1) -> None:
        """Put the mark on a row and bring it into view."""
        if not self.lines:
            return
        found = self._nearest(min(max(place, 0), len(self.lines) - 1), step)
        if found != self.place:
            old, self.place = self.place, found
            self._redraw(old)
            self._redraw(found)
            self.post_message(self.Marked(self, self.marked))
        self._into_view()

    def mark_key(self, key: str) -> bool:
        """Put the mark on the row of this key; return whether there is one."""
        for number, row in enumerate(self.lines):
            if row.key == key:
                self.mark(number)
                return True
        return False

    def _into_view(self) -> None:
        top = self.has_titles
        room = max(self.size.height - top, 1)
        first = round(self.scroll_offset.y)
        above = 1 if self.place and self.lines[self.place - 1].rule else 0
        if self.place - above < first:
            self.scroll_to(y=self.place - above, animate=False)
        elif self.place >= first + room:
            self.scroll_to(y=self.place - room + 1, animate=False)

    def _redraw(self, number: int) -> None:
        y = number + self.has_titles - round(self.scroll_offset.y)
        self.refresh(Region(0, y, self.size.width, 1))

    def on_resize(self) -> None:
        """Work the widths out again."""
        self._room = -1
        self.virtual_size = Size(0, len(self.lines) + self.has_titles)
        self.call_after_refresh(self._into_view)

    def notify_style_update(self) -> None:
        """Draw all again: the theme is another one."""
        super().notify_style_update()
        self._drawn.clear()

    def widths(self) -> tuple[int, ...]:
        """Return how many cells each column has now, 0 for one that is not shown."""
        room = self.scrollable_content_region.width - 2
        if room == self._room:
            return self._widths
        shown = [one.least <= room for one in self.columns]
        fixed = sum(c.cells + GAP for c, there in zip(self.columns, shown, strict=True) if there)
        left = max(room - fixed + GAP, 0)
        shares = sum(c.share for c, there in zip(self.columns, shown, strict=True) if there) or 1
        found = []
        for column, there in zip(self.columns, shown, strict=True):
            size = column.cells or left * column.share // shares
            size = size if column is self.columns[-1] else min(size, WIDEST)
            found.append(max(size, 0) if there else 0)
        self._room, self._widths = room, tuple(found)
        return self._widths

    def render_line(self, y: int) -> Strip:
        """Return one line of what is seen."""
        width = self.size.width
        if self.has_titles and y == 0:
            return self._titles(width)
        number = y - self.has_titles + round(self.scroll_offset.y)
        if not self.lines and y >= self.has_titles:
            return self._strip(self._nothing(y - self.has_titles, width - 2), width, Style())
        if not 0 <= number < len(self.lines):
            return Strip.blank(width, self.rich_style)
        row = self.lines[number]
        mark = self._mark_of(number, row)
        known = (row.cells, mark, width, self.widths(), row.rule)
        if known not in self._drawn:
            if len(self._drawn) > 2000:  # noqa: PLR2004  # some screens' worth
                self._drawn.clear()
            self._drawn[known] = self._row(row, mark, width)
        return self._drawn[known]

    def _nothing(self, line: int, room: int) -> Words:
        """Return one line of why there is nothing, whole words of it."""
        why = self.empty if self.is_read else ""
        if self.kind:
            why = f"Nothing is of the kind “{self.kind}”; f shows another."
        if self.sought:
            why = f"nothing here has “{self.sought}” in it; Esc shows all"
        lines = wrap(why, max(room, 1))
        return ((f" {lines[line]}", "dim"),) if line < len(lines) else ()

    def _mark_of(self, number: int, row: Row) -> str:
        if number == self.place and not row.rule:
            return "mark" if self.has_focus else "shade"
        return "hover" if number == self._hover and not row.rule else ""

    def _row(self, row: Row, mark: str, width: int) -> Strip:
        if row.rule:
            words = row.cells[0]
            rest = max(width - sum(cell_len(text) for text, _ in words) - 4, 0)
            line: Words = ((" ", ""), *words, (" " + "─" * rest, "line"))
            return self._strip(line, width, self.tone("rule"))
        style = self.get_component_rich_style(f"rows--{mark}") if mark else Style()
        style = Style(bgcolor=style.bgcolor)
        edge: Span = ("▌", "accent") if mark == "mark" else (" ", "")
        return self._strip((edge, *self._cells(row.cells)), width, style)

    def _cells(self, cells: Sequence[Words]) -> Words:
        found: list[Span] = []
        for column, size, words in zip(self.columns, self.widths(), cells, strict=False):
            if size:
                found += [*fit(words, size, right=column.right), (" " * GAP, "")]
        return tuple(found)

    def _titles(self, width: int) -> Strip:
        titles = [((one.title, ""),) for one in self.columns]
        style = self.tone("title")
        return self._strip(((" ", ""), *self._cells(titles)), width, style)

    def tone(self, name: str) -> Style:
        """Return a tone's colour, mixed with what is behind it, and its weight."""
        found = self.get_component_rich_style(f"rows--{name}")
        return Style(color=found.color, bold=found.bold)

    def _strip(self, words: Sequence[Span], width: int, over: Style) -> Strip:
        base = self.rich_style + over
        said = [(one_line(text), tone) for text, tone in words]
        segments = [Segment(text, base + self.tone(tone) if tone else base) for text, tone in said]
        return Strip(segments).adjust_cell_length(width, base)

    def watch_has_focus(self, value: bool) -> None:  # noqa: FBT001  # Textual's signature
        """Draw the mark as one that keys move, or not."""
        super().watch_has_focus(value)
        self._redraw(self.place)

    def action_by(self, step: int) -> None:
        """Move the mark."""
        self.mark(self.place + step, step)

    def action_page(self, step: int) -> None:
        """Move the mark by a screenful."""
        self.mark(self.place + step * max(self.size.height - 2, 1), step)

    def action_end(self, step: int) -> None:
        """Move the mark to an end."""
        self.mark(0 if step < 0 else len(self.lines) - 1, -step)

    def action_open(self) -> None:
        """Open the marked row."""
        if self.marked and not self.marked.rule:
            self.post_message(self.Opened(self, self.marked))

    def _number_at(self, event: events.MouseEvent) -> int:
        y = event.y - self.has_titles
        return y + round(self.scroll_offset.y) if y >= 0 else -1

    def on_click(self, event: events.Click) -> None:
        """Mark what was clicked; open it the second time."""
        number = self._number_at(event)
        if 0 <= number < len(self.lines) and not self.lines[number].rule:
            self.mark(number)
            if event.chain > 1:
                self.action_open()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Show which row a click would mark."""
        number = self._number_at(event)
        if number != self._hover:
            old, self._hover = self._hover, number
            self._redraw(old)
            self._redraw(number)

    def on_leave(self) -> None:
        """Show none."""
        old, self._hover = self._hover, -1
        self._redraw(old)
