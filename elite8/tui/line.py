"""Texts that are told what to say: drawn again only when that changes, laid out only if need be."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.widgets import Static

from elite8.tui.spans import Span, Words, content, rows

if TYPE_CHECKING:
    from textual.timer import Timer

RESTS = 0.2
"""Seconds without another text after which one that became shorter gives its room back."""


class Line(Static):
    """A text; words of it that were given something to do do it when they are clicked.

    A layout of the screen takes longer than all else that a key does: it is made at once only for
    a text that has no room where it is.
    """

    DEFAULT_CSS = "Line { height: 1; width: 1fr; }"

    def __init__(self, *, id: str, classes: str = "") -> None:
        super().__init__("", id=id, classes=classes)
        self._said = Content("")
        self._settles: Timer | None = None

    def say(self, drawn: Content) -> None:
        """Show this, if it is other than before."""
        before = self._said
        if drawn.is_same(before) and drawn.plain == before.plain:
            return
        self._said = drawn
        room, needs = self.size.height, drawn.get_height({}, self.size.width or 1)
        self.update(drawn, layout=self._is_as_tall_as_said and needs > room)
        if self._is_as_tall_as_said and needs < room:
            self._rest()

    @property
    def rests(self) -> bool:
        """Whether it has more room than it needs, and will give it back."""
        return self._settles is not None

    @property
    def _is_as_tall_as_said(self) -> bool:
        height = self.styles.height
        return height is None or height.is_auto

    def _rest(self) -> None:
        """Have the room fit once no more texts come: while keys are held down it stays."""
        if self._settles is None:
            self._settles = self.set_timer(RESTS, self._settle)
        else:
            self._settles.reset()

    def _settle(self) -> None:
        self._settles = None
        self.refresh(layout=True)

    def tell(self, *spans: Span) -> None:
        """Show these words."""
        self.say(content(*spans))

    async def on_click(self, event: events.Click) -> None:
        """Do what the word under the pointer does."""
        does = event.style.meta.get("does")
        if does:
            await self.app.run_action(does)


class Lines(Line):
    """Lines of words, as tall as they need; what has no room goes on under its value."""

    DEFAULT_CSS = "Lines { height: auto; }"

    def __init__(self, *, id: str, classes: str = "", lines: Sequence[Words] = ()) -> None:
        super().__init__(id=id, classes=classes)
        self.lines = tuple(lines)

    def show(self, lines: Sequence[Words]) -> None:
        """Show these lines."""
        self.lines = tuple(lines)
        self.say(rows(self.lines, self.size.width))

    def tell(self, *spans: Span) -> None:
        """Show these words alone."""
        self.show([spans])

    def on_resize(self) -> None:
        """Fit them to the new width."""
        self.show(self.lines)
