"""Queue: what waits, what goes wrong, what is made; filtered by state, found by words."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll

from elite8.tui import about, drawn, said
from elite8.tui.line import Line, Lines
from elite8.tui.pane import Pane
from elite8.tui.posts import open_post
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Span, Words
from elite8.tui.things import Thing, of_film, of_post

if TYPE_CHECKING:
    from elite8.core.operations.queue import PostShown
    from elite8.core.operations.scene import Film, Scene

FILTERS = ("everything", "to decide", "posts", "films")
DECIDE = ("uncertain", "refused", "failed")


class Queue(Pane):
    """Posts by their time, films by their state; what needs a person is first."""

    acts: ClassVar[tuple[str, ...]] = (
        *("approve", "publish", "send", "cancel", "retry", "resolve", "move", "reject", "drop"),
        "generate",
    )
    help: ClassVar[str] = "Open posts and films. f shows one kind alone, / finds words."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", "Show one kind alone", show=False)
    ]
    only = "everything"

    def compose(self) -> ComposeResult:
        """Put the filter above, the list below, and at the side what is marked."""
        yield Line(id="filter", classes="head-line")
        with Horizontal():
            yield Rows(
                [
                    Column(title="when", cells=12, right=True),
                    Column(title="state", cells=16),
                    Column(title="where", cells=9),
                    Column(title="performer", cells=9, least=56),
                    Column(title="title", share=1),
                ],
                empty="Nothing is open: no post waits and no film is made. g makes a video.",
            )
            with VerticalScroll(classes="side"):
                yield Lines(id="queue-about", classes="card")

    def draw(self, scene: "Scene") -> None:
        """Show what is open."""
        decide = [one for one in scene.queue if one.needs_approval or one.status in DECIDE]
        failed = [one for one in scene.films if one.status in DECIDE]
        waits = [one for one in scene.queue if one not in decide]
        making = [
            one for one in scene.films if one.status in ("generating", "generated", "planned")
        ]
        done = [one for one in scene.films if one.status == "finished"]
        found: list[Row] = []
        if self.only != "films":
            found += group("To decide", [*(self.post(p, scene) for p in decide)])
        if self.only in ("everything", "films", "to decide"):
            found += group("Failed films", [self.film(f, scene) for f in failed])
        if self.only in ("everything", "posts"):
            more = scene.queued - len(scene.queue)
            rest = f", {more:,} later ones are not listed" if more > 0 else ""
            found += group(f"Posts that wait{rest}", [self.post(p, scene) for p in waits])
        if self.only in ("everything", "films"):
            found += group("Films in work", [self.film(f, scene) for f in making])
            found += group("Films that are done", [self.film(f, scene) for f in done])
        self.query_one(Rows).fill(found, kind=self.only.removeprefix("everything"))
        self.say_filter(scene)
        self.say_about(scene, self.console.now())

    def post(self, one: "PostShown", scene: "Scene") -> Row:
        """Return a post as a row."""
        late = said.late(one.status, one.due_at, scene.board.at)
        state = "needs approval" if one.needs_approval else late
        title = ((one.failure, "bad"),) if one.failure else ((one.title, ""),)
        who = said.first(about.name_of(scene, one.character))
        cells: tuple[Words, ...] = (
            moment(one.due_at, scene, dim=False),
            said.state(state),
            ((said.network(one.network), ""),),
            ((who, ""),),
            title,
        )
        return Row(one.id, cells, of_post(one))

    def film(self, one: "Film", scene: "Scene") -> Row:
        """Return a film as a row."""
        who = said.first(about.name_of(scene, one.character))
        state = said.state(one.status)
        if one.status == "generating" and one.share is not None:
            state = ((f"◐ {one.share:4.0%} ", "busy"), *drawn.bar(one.share, 9, "busy"))
        title: Words = ((one.title, ""),) if not one.failure else ((one.failure, "bad"),)
        cells: tuple[Words, ...] = (
            moment(one.finished_at or one.at, scene, dim=True),
            state,
            ((f"film {one.language}", "dim"),),
            ((who, ""),),
            title,
        )
        return Row(one.id, cells, of_film(one))

    def say_filter(self, scene: "Scene") -> None:
        """Say what is shown, and how many there are."""
        spans: list[Span] = [("f ", "accent")]
        for name in FILTERS:
            chosen = name == self.only
            spans.append((f"‹{name}› " if chosen else f" {name}  ", "strong" if chosen else "dim"))
        spans.append((f"  {scene.queued:,} open posts", "dim"))
        self.query_one("#filter", Line).tell(*spans)

    def action_filter(self) -> None:
        """Show the next kind alone."""
        self.only = FILTERS[(FILTERS.index(self.only) + 1) % len(FILTERS)]
        if self.scene:
            self.draw(self.scene)

    def on_rows_marked(self) -> None:
        """Tell about what is marked at the side."""
        if self.scene:
            self.say_about(self.scene, self.console.now())

    def turn(self, now: datetime) -> None:
        """Let the time go on at the side."""
        if self.scene:
            self.say_about(self.scene, now)

    def say_about(self, scene: "Scene", now: datetime) -> None:
        """Say what there is about what is marked."""
        if self.console.is_wide:
            self.query_one("#queue-about", Lines).show(about.of_thing(self.marked(), scene, now))

    def open(self, row: Row) -> None:
        """Show all about a post or film."""
        thing: Thing = row.thing
        if thing.kind == "post":
            open_post(self.console, thing)
        elif self.scene:
            self.console.tell(thing.name, about.of_thing(thing, self.scene, self.console.now()))


def group(title: str, found: list[Row]) -> list[Row]:
    """Return rows under a heading; nothing of none."""
    if not found:
        return []
    return [Row(title, (((title, "strong"), (f" {len(found)}", "dim")),), None, rule=True), *found]


def moment(at: datetime, scene: "Scene", *, dim: bool) -> Words:
    """Return a time; its day before it when that is not today."""
    board = scene.board
    day, hour = said.day(at, board.zone), said.hour(at, board.zone)
    same = day == said.day(board.at, board.zone)
    return ((hour if same else f"{day[:-4]} {hour}", "dim" if dim else ""),)


PANE = Queue
