"""Today: the day by the hour, its posts, what comes next and what runs now."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll

from elite8.core.operations import words
from elite8.tui import about, drawn, said
from elite8.tui.line import Line, Lines
from elite8.tui.pane import Pane
from elite8.tui.posts import open_post
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Span, Words, fit, rows
from elite8.tui.things import of_entry

if TYPE_CHECKING:
    from elite8.core.operations.entries import Entry
    from elite8.core.operations.scene import Film, Scene

SIDE = 40
MOST_SHOWN = 4


class Today(Pane):
    """The day, at a glance and line by line."""

    acts: ClassVar[tuple[str, ...]] = (
        *("approve", "publish", "cancel", "retry", "resolve", "move", "reject", "drop"),
        "generate",
    )
    help: ClassVar[str] = "The posts of today. Enter tells a post's whole story."

    def compose(self) -> ComposeResult:
        """Put the day above, its posts below, and at the side what runs now."""
        yield Line(id="lanes")
        yield Line(id="next", classes="head-line")
        with Horizontal():
            yield Rows(
                [
                    Column(title="time", cells=5, right=True),
                    Column(title="state", cells=12),
                    Column(title="network", cells=9, least=52),
                    Column(title="performer", cells=9, least=40),
                    Column(title="title", share=1),
                ],
                empty="No posts today. g makes a video; 'elite8 schedule plan' fills the calendar.",
            )
            with VerticalScroll(classes="side"), Vertical():
                yield Lines(id="today-about", classes="card")
                yield Lines(id="today-now", classes="card")

    def draw(self, scene: "Scene") -> None:
        """Show the day."""
        board = scene.board
        lanes = drawn.lanes(board, self.console.size.width)
        strip = self.query_one("#lanes", Line)
        strip.display = bool(lanes) and self.console.size.height >= 20  # noqa: PLR2004  # 80x24 has it
        strip.say(rows(lanes))
        found, is_first = self.query_one(Rows), not self.query_one(Rows).every
        found.fill([self.row(one, scene) for one in board.slots])
        if is_first and board.next:
            found.mark_key(board.next.post)
        self.say_next(scene, self.console.now())
        self.say_now(scene)
        self.say_about(scene, self.console.now())

    def row(self, one: "Entry", scene: "Scene") -> Row:
        """Return a post of the day as a row."""
        zone = scene.board.zone
        state = said.late(one.status, one.at, scene.board.at)
        hour: Span = (said.hour(one.at, zone), "dim" if one.status == "published" else "")
        cells: tuple[Words, ...] = (
            (hour,),
            said.state(state),
            ((said.network(one.network), ""),),
            ((said.first(about.name_of(scene, one.character)), ""),),
            ((one.title, ""),) if not one.failure else ((one.failure, "bad"),),
        )
        return Row(one.post, cells, of_entry(one))

    def tick(self, now: datetime) -> None:
        """Count down."""
        if self.scene:
            self.say_next(self.scene, now)

    def turn(self, now: datetime) -> None:
        """Let the time go on at the side."""
        if self.scene:
            self.say_about(self.scene, now)

    def on_rows_marked(self) -> None:
        """Tell about the marked post at the side."""
        if self.scene:
            self.say_about(self.scene, self.console.now())

    def say_next(self, scene: "Scene", now: datetime) -> None:
        """Say what comes next, and how many there are of each state."""
        line = [*self.next_words(scene, now), ("   ", ""), *drawn.counted(scene.board.slots, now)]
        self.query_one("#next", Line).tell(*line)

    def say_now(self, scene: "Scene") -> None:
        """Say what runs now."""
        if self.console.is_wide:
            self.query_one("#today-now", Lines).show(self.running(scene))

    def say_about(self, scene: "Scene", now: datetime) -> None:
        """Say what there is about the marked post."""
        if self.console.is_wide:
            lines = about.of_thing(self.marked(), scene, now)
            self.query_one("#today-about", Lines).show(lines)

    def next_words(self, scene: "Scene", now: datetime) -> list[Span]:
        """Return what goes out next and how long that is."""
        one = scene.board.next
        if one is None:
            return [("nothing is due", "dim")]
        who = said.first(about.name_of(scene, one.character))
        when = said.until(one.at, now)
        due = "due now" if one.at <= now else when
        return [("next ", "dim"), (due, "accent"), (f" {who} on {said.network(one.network)}", "")]

    def running(self, scene: "Scene") -> list[Words]:
        """Return what runs, what rings and how the machine does."""
        films = [one for one in scene.films if one.status in ("generating", "generated")]
        sending = [one for one in scene.queue if one.status == "publishing"]
        lines: list[Words] = [(), (("Running now", "accent"),)]
        lines += [making(film, scene) for film in films[:MOST_SHOWN]]
        lines += [
            (("◐ ", "busy"), (f"sending to {said.network(post.network)}", ""))
            for post in sending[:MOST_SHOWN]
        ]
        if not films and not sending:
            lines.append((("no film is made, no post is sent", "dim"),))
        bad = [one for one in scene.board.health.checks if one.verdict == "bad"]
        if bad:
            lines += [(), (("Not well", "accent"),)]
            lines += [(("✗ ", "bad"), (f"{one.name}: {one.says}", "")) for one in bad[:MOST_SHOWN]]
        if scene.board.alerts:
            lines += [(), (("Rings", "accent"),)]
            lines += [
                (
                    (f"{said.sign(ring.severity)[0]} ", said.sign(ring.severity)[1]),
                    (ring.message, ""),
                )
                for ring in about.gravest(scene.board.alerts)[:MOST_SHOWN]
            ]
        return [*lines, *self.machine(scene)]

    def machine(self, scene: "Scene") -> list[Words]:
        """Return a day of the machine's values as curves."""
        if not scene.board.machine:
            return []
        lines: list[Words] = [(), (("This machine, 24 h", "accent"),)]
        for gauge in scene.board.machine:
            values = [value for _, value in gauge.points]
            top = 1.0 if gauge.metric.endswith("_ratio") else None
            name = words.MACHINE[gauge.metric].removesuffix(" itself")
            last = words.amount(gauge.metric, values[-1])
            lines.append(
                (*fit(((name, "dim"),), 10), *drawn.curve(values, 20, top), (f"{last:>8}", ""))
            )
        return lines

    def open(self, row: Row) -> None:
        """Tell a post's whole story."""
        open_post(self.console, row.thing)


def making(film: "Film", scene: "Scene") -> Words:
    """Return how far a film is."""
    who = said.first(about.name_of(scene, film.character))
    share = film.share or 0.0
    bar = drawn.bar(share, 18, "busy")
    return (*fit(((f"◐ {who}", "busy"),), 10), *bar, (f" {share:4.0%}", "dim"))


PANE = Today
