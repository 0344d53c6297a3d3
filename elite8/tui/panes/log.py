"""Log: what happened lately, and what was done here, as commands; filtered, found by words."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from elite8.core.operations import words
from elite8.tui.line import Line
from elite8.tui.pane import Pane
from elite8.tui.posts import open_post
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Span, Words
from elite8.tui.things import SHORT, Thing

if TYPE_CHECKING:
    from elite8.core.operations.events import Event
    from elite8.core.operations.scene import Scene
    from elite8.tui.acting import Deed

FILTERS = ("everything", "trouble", "posts", "decisions", "alerts", "tasks", "orders", "done here")
KINDS = {
    "posts": "post",
    "decisions": "decision",
    "alerts": "alert",
    "tasks": "task",
    "orders": "order",
}
LEVELS: dict[str, Span] = {"error": ("✗", "bad"), "warning": ("▲", "warn"), "info": (" ", "")}


class Log(Pane):
    """The newest first."""

    help: ClassVar[str] = "What happened lately. f shows one kind alone, / finds words, y copies."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", "Show one kind alone", show=False)
    ]
    only = "everything"

    def compose(self) -> ComposeResult:
        """Put the filter above the list."""
        yield Line(id="log-filter", classes="head-line")
        yield Rows(
            [
                Column(title="when", cells=15, right=True),
                Column(cells=1),
                Column(title="kind", cells=9, least=60),
                Column(title="of", cells=14, least=90),
                Column(title="what", share=1),
            ],
            empty="Nothing happened yet.",
        )

    def draw(self, scene: "Scene") -> None:
        """Show what happened."""
        found: list[tuple[object, Row]] = []
        if self.only != "done here":
            found += [(one.at, self.event(one, scene)) for one in self.wanted(scene)]
        if self.only in ("everything", "done here"):
            found += [(one.at, self.deed(one, scene)) for one in self.console.deeds]
        found.sort(key=lambda one: str(one[0]), reverse=True)
        kind = self.only.removeprefix("everything")
        self.query_one(Rows).fill([row for _, row in found], kind=kind)
        self.say_filter()

    def wanted(self, scene: "Scene") -> "list[Event]":
        """Return the events of the chosen kind."""
        if self.only == "trouble":
            return [one for one in scene.events if one.level != "info"]
        kind = KINDS.get(self.only, "")
        return [one for one in scene.events if kind in ("", one.kind)]

    def event(self, one: "Event", scene: "Scene") -> Row:
        """Return an event as a row."""
        level = LEVELS.get(one.level, LEVELS["info"])
        cells: tuple[Words, ...] = (
            ((words.clock(one.at, scene.board.zone, scene.board.at), "dim"),),
            (level,),
            ((one.kind, "dim"),),
            ((one.subject[:SHORT], "dim"),),
            ((one.says, level[1]),),
        )
        key = f"{one.at.isoformat()} {one.kind} {one.subject} {one.says}"
        post = one.subject if one.kind in ("post", "decision") else ""
        return Row(key, cells, post)

    def deed(self, one: "Deed", scene: "Scene") -> Row:
        """Return what was done here as a row."""
        failed = one.outcome.startswith("failed")
        sign: Words = (("✗", "bad"),) if failed else (("›", "accent"),)
        cells: tuple[Words, ...] = (
            ((words.clock(one.at, scene.board.zone, scene.board.at), "dim"),),
            sign,
            (("here", "accent"),),
            (),
            ((one.command, ""), (f"  {one.outcome}", "bad" if failed else "dim")),
        )
        return Row(f"{one.at.isoformat()} {one.command}", cells)

    def say_filter(self) -> None:
        """Say what is shown."""
        spans: list[Span] = [("f ", "accent")]
        for name in FILTERS:
            chosen = name == self.only
            spans.append((f"‹{name}›" if chosen else f" {name} ", "strong" if chosen else "dim"))
        self.query_one("#log-filter", Line).tell(*spans)

    def action_filter(self) -> None:
        """Show the next kind alone."""
        self.only = FILTERS[(FILTERS.index(self.only) + 1) % len(FILTERS)]
        if self.scene:
            self.draw(self.scene)

    def open(self, row: Row) -> None:
        """Tell the whole of it; of a post its story."""
        if row.thing:
            name = f"post {row.thing[:SHORT]}"
            open_post(self.console, Thing(kind="post", id=row.thing, name=name))
            return
        text = "\n\n".join("".join(part for part, _ in cell).strip() for cell in row.cells)
        self.console.tell("What happened", text)


PANE = Log
