"""A pane: one place of the console, drawn from the scene alone."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical

from elite8.tui.rows import Row, Rows
from elite8.tui.spans import Span
from elite8.tui.things import Thing

if TYPE_CHECKING:
    from elite8.core.operations.scene import Scene
    from elite8.tui.app import Console

PLACES: dict[str, tuple[str, str]] = {
    "today": ("1", "Today"),
    "queue": ("2", "Queue"),
    "calendar": ("3", "Calendar"),
    "performers": ("4", "Performers"),
    "networks": ("5", "Networks"),
    "credits": ("6", "Credits"),
    "alerts": ("7", "Alerts"),
    "log": ("8", "Log"),
    "growth": ("9", "Funnel & Regions"),
    "subscribers": ("0", "Subscribers"),
}
"""Name to key and title; the module elite8.tui.panes.NAME holds `PANE`."""


class Pane(Vertical):
    """What every place has in common: it is filled from a scene, and says what is marked.

    A subclass composes its widgets and fills them in `draw`; it may show more about what is marked
    in `about`, and what a clock changes in `tick`. `acts` are the ids of what its footer offers.
    """

    SCOPED_CSS = False
    DEFAULT_CSS = """
    #lanes { height: auto; }
    .card { height: auto; padding: 0 1; }
    .side { width: 44; padding: 0 1; display: none; border-left: solid $foreground 14%;
      scrollbar-size-vertical: 1; }
    .-wide .side { display: block; }
    .-tall .head-line, .-tall #lanes { margin-bottom: 1; }
    .head-line { height: 1; padding: 0 1; color: $foreground 64%; text-wrap: nowrap;
      text-overflow: ellipsis; }
    """

    acts: ClassVar[tuple[str, ...]] = ()
    help: ClassVar[str] = ""

    @property
    def console(self) -> "Console":
        """The console it is in."""
        return self.app  # type: ignore[return-value]  # there is no other

    @property
    def scene(self) -> "Scene | None":
        """What is shown now."""
        return self.console.scene

    @abstractmethod
    def draw(self, scene: "Scene") -> None:
        """Show a scene."""

    def tick(self, now: datetime) -> None:
        """Show what the clock alone changes each second."""

    def turn(self, now: datetime) -> None:
        """Show what the clock alone changes each minute."""

    def unread(self, scene: "Scene") -> Span:
        """Return why what is read apart is not there, and ask for it where it can be read."""
        if scene.no_growth:
            return scene.no_growth, "warn"
        if self.console.snapshot or self.console.source.studio is None:
            return "what was kept of then does not tell it: an older elite8 wrote it", "dim"
        self.console.source.grow()
        self.console.look()
        return "it is read now…", "dim"

    def list_now(self) -> Rows | None:
        """Return the list that keys move in and `/` searches, also while a form is over it."""
        focused = self.screen.focused
        if isinstance(focused, Rows) and self in focused.ancestors:
            return focused
        return next(iter(self.query(Rows)), None)

    def marked(self) -> Thing | None:
        """Return what acts are about."""
        found = self.list_now()
        row = found.marked if found else None
        return row.thing if row and isinstance(row.thing, Thing) else None

    def enter(self) -> None:
        """Take the keys: the first list has them."""
        found = self.list_now()
        if found:
            self.screen.set_focus(found)  # at once: the next key may be here already

    def open(self, row: Row) -> None:
        """Show all there is about a row."""


def pane_of(name: str) -> Pane:
    """Return a new pane; its module is imported now."""
    made: Pane = import_module(f"elite8.tui.panes.{name}").PANE(id=name)
    return made


def built() -> Sequence[str]:
    """Return the names of the places there are."""
    return tuple(PLACES)
