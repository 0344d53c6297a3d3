"""Alerts: what rings, the gravest first, what to do, and who looks after it."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from elite8.core.operations import words
from elite8.tui import about, said
from elite8.tui.line import Line, Lines
from elite8.tui.pane import Pane
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Span, Words
from elite8.tui.things import of_alert

if TYPE_CHECKING:
    from elite8.core.operations.alerts import Ringing
    from elite8.core.operations.scene import Scene


class Alerts(Pane):
    """What rings and what the checks say."""

    acts: ClassVar[tuple[str, ...]] = ("acknowledge", "silence")
    help: ClassVar[str] = "What rings. Enter tells what to do; k says that you look after it."

    def compose(self) -> ComposeResult:
        """Put the verdicts above, what rings below, what to do at the side."""
        yield Line(id="alerts-health", classes="head-line")
        with Horizontal():
            yield Rows(
                [
                    Column(title="since", cells=12, right=True),
                    Column(title="severity", cells=10),
                    Column(title="state", cells=16, least=70),
                    Column(title="what", share=1),
                ],
                empty="Nothing rings.",
            )
            with VerticalScroll(classes="side"):
                yield Lines(id="alerts-about", classes="card")

    def draw(self, scene: "Scene") -> None:
        """Show what rings, the gravest first."""
        found = about.gravest(scene.board.alerts)
        self.query_one(Rows).fill([self.row(one, scene) for one in found])
        self.query_one("#alerts-health", Line).tell(*health(scene))
        self.say_about(scene, self.console.now())

    def row(self, one: "Ringing", scene: "Scene") -> Row:
        """Return an alert as a row."""
        zone, now = scene.board.zone, scene.board.at
        looked = one.acknowledged_by
        state: Words = ((f"by {looked}", "good"),) if looked else ((one.state, "dim"),)
        silent: Words = ((", silent", "dim"),) if one.silent else ()
        cells: tuple[Words, ...] = (
            ((words.clock(one.since, zone, now), "dim"),),
            said.state(one.severity),
            (*state, *silent),
            ((one.message, "dim" if looked else ""),),
        )
        return Row(f"{one.rule}\n{one.subject}", cells, of_alert(one))

    def turn(self, now: datetime) -> None:
        """Let the time go on at the side."""
        if self.scene:
            self.say_about(self.scene, now)

    def on_rows_marked(self) -> None:
        """Tell about what is marked."""
        if self.scene:
            self.say_about(self.scene, self.console.now())

    def say_about(self, scene: "Scene", now: datetime) -> None:
        """Say what there is about the marked alert."""
        if self.console.is_wide:
            self.query_one("#alerts-about", Lines).show(self.about_marked(scene, now))

    def about_marked(self, scene: "Scene", now: datetime) -> list[Words]:
        """Return what an alert says, what to do, and who knows of it."""
        thing, zone = self.marked(), scene.board.zone
        one = next(
            (
                a
                for a in scene.board.alerts
                if thing and (a.rule, a.subject) == (thing.id, thing.subject)
            ),
            None,
        )
        if one is None:
            return []
        facts: list[Words] = [((one.message, "strong"),), ((one.do, ""),), ()]
        facts.append(about.fact("severity", *said.state(one.severity)))
        facts.append(about.fact("rule", (one.rule, "")))
        if one.subject:
            facts.append(about.fact("about", (one.subject, "")))
        facts.append(
            about.fact("since", (f"{said.day(one.since, zone)} {said.hour(one.since, zone)}", ""))
        )
        facts.append(about.fact("", (words.since(one.since, now), "dim")))
        facts.append(about.fact("looked", (one.acknowledged_by or "by nobody yet", "")))
        facts.append(
            about.fact("told", ("nobody, it is silent" if one.silent else "by its routes", ""))
        )
        return facts

    def open(self, row: Row) -> None:
        """Tell what to do."""
        if self.scene:
            self.console.tell(row.thing.name, self.about_marked(self.scene, self.console.now()))


def health(scene: "Scene") -> list[Span]:
    """Return what the checks say, what is bad first."""
    checks = sorted(scene.board.health.checks, key=lambda one: one.verdict != "bad")
    bad = [one for one in checks if one.verdict == "bad"]
    if bad:
        more = f" and {len(bad) - 1} more" if len(bad) > 1 else ""
        return [("✗ ", "bad"), (f"{bad[0].name}: {bad[0].says}{more}", "")]
    unknown = sum(one.verdict == "unknown" for one in checks)
    told = f", {unknown} not known yet" if unknown else ""
    return [("✓ ", "good"), (f"{len(checks)} checks, none of them bad{told}", "dim")]


PANE = Alerts
