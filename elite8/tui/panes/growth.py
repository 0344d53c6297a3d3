"""Funnel & Regions: goals beside what is so, the bottleneck, and how each region stands."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll

from elite8.core.domain.counted import NAMES, between, count, percent
from elite8.tui import grown
from elite8.tui.line import Line, Lines
from elite8.tui.pane import Pane
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Words, rows
from elite8.tui.things import Thing

if TYPE_CHECKING:
    from elite8.core.operations.funnel import StageRow
    from elite8.core.operations.growth import Growth, Place
    from elite8.core.operations.scene import Scene

FOR_BARS = 34
"""Lines from which the way is drawn as bars."""
STAGES = (
    Column(title="stage", share=1),
    Column(title="converts", cells=9),
    Column(title="so", cells=6, right=True),
    Column(title="95 %", cells=11, right=True, least=60),
    Column(title="goal", cells=6, right=True, least=46),
    Column(title="of", cells=7, right=True, least=68),
    Column(title="react", cells=6, right=True, least=74),
    Column(title="goal", cells=6, right=True, least=84),
    Column(title="what becomes what", cells=24, least=116),
)
REGIONS = (
    Column(title="region", share=1),
    Column(title="there", cells=9, right=True),
    Column(title="window", cells=15, least=44),
    Column(title="month", cells=13, least=62),
    Column(title="ready", cells=8, least=72),
    Column(title="launch", cells=9, least=86),
)


class FunnelAndRegions(Pane):
    """The stages above, the regions below, what is marked at the side."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    #growth-way { height: auto; color: $foreground; }
    #growth-lists { width: 1fr; height: 1fr; }
    #growth-stages { height: 7; }
    .-tall #growth-stages { height: 8; }
    .-tiny #growth-stages { height: 1fr; }
    .-tall #growth-launch { margin-bottom: 0; }
    .-tiny #growth-next, .-tiny #growth-launch { display: none; }
    """
    acts: ClassVar[tuple[str, ...]] = ("generate",)
    help: ClassVar[str] = (
        "How the funnel stands beside its goals, and the regions. Tab goes from one list to the "
        "other; g makes a video for the stage that is marked, P stops the region that is."
    )

    def compose(self) -> ComposeResult:
        """Put the way above, two lists below it, what is marked at the side."""
        yield Line(id="growth-way", classes="head-line")
        yield Line(id="growth-next", classes="head-line")
        with Horizontal():
            with Vertical(id="growth-lists"):
                yield Rows(STAGES, id="growth-stages")
                yield Line(id="growth-launch", classes="head-line")
                yield Rows(REGIONS, id="growth-regions")
            with VerticalScroll(classes="side"):
                yield Lines(id="growth-about", classes="card")

    def draw(self, scene: "Scene") -> None:
        """Show how it grows; have it read when nobody has."""
        growth, room = scene.growth, self.console.size
        if growth is None:
            self.say_nothing(scene)
            return
        way = self.query_one("#growth-way", Line)
        tall = room.height >= FOR_BARS
        way.say(rows(grown.bars(growth) if tall else [grown.way(growth, room.width - 2)]))
        self.query_one("#growth-next", Line).tell(*grown.bottleneck(growth, room.width - 2))
        self.query_one("#growth-stages", Rows).fill([stage(one, growth) for one in growth.stages])
        launch: Words = (("Regions  ", "accent"), *grown.launch(growth))
        self.query_one("#growth-launch", Line).tell(*launch)
        self.turn(self.console.now())

    def say_nothing(self, scene: "Scene") -> None:
        """Say why there is nothing, and ask for what can be read."""
        why = self.unread(scene)
        for one in self.query(Rows):
            one.fill([], is_read=False)
        for line in ("#growth-next", "#growth-launch", "#growth-about"):
            self.query_one(line, Line).tell()
        self.query_one("#growth-way", Line).tell(why)

    def turn(self, now: datetime) -> None:
        """Let the clocks of the regions go on."""
        if self.scene and self.scene.growth:
            growth = self.scene.growth
            found = [place(one, growth, now) for one in growth.places]
            self.query_one("#growth-regions", Rows).fill(found)
            self.say_about(now)

    def on_rows_marked(self) -> None:
        """Tell about what is marked."""
        self.say_about(self.console.now())

    def on_descendant_focus(self, _: events.DescendantFocus) -> None:
        """Tell about what is marked in the list that has the keys now."""
        self.say_about(self.console.now())
        self.console.draw_lines()

    def say_about(self, now: datetime) -> None:
        """Say what there is about the marked stage or region, at the side."""
        if self.console.is_wide and self.scene:
            thing = self.marked()
            title: Words = ((thing.name if thing else "", "strong"),)
            lines = [title, (), *self.about_marked(now)]
            self.query_one("#growth-about", Lines).show(lines)

    def about_marked(self, now: datetime) -> list[Words]:
        """Return all there is about what is marked."""
        thing, scene = self.marked(), self.scene
        growth = scene.growth if scene else None
        if thing is None or scene is None or growth is None:
            return []
        if thing.kind == "stage":
            row = next((one for one in growth.stages if one.stage == thing.id), None)
            return grown.of_stage(row, growth, scene) if row else []
        found = next((one for one in growth.places if one.code == thing.id), None)
        return grown.of_place(found, growth, now) if found else []

    def open(self, row: Row) -> None:
        """Tell about a stage or a region."""
        growth = self.scene.growth if self.scene else None
        if growth and isinstance(row.thing, Thing):
            notes = "; ".join(growth.notes) if row.thing.kind == "stage" else ""
            self.console.tell(row.thing.name, self.about_marked(self.console.now()), notes)


def stage(one: "StageRow", growth: "Growth") -> Row:
    """Return a stage as a row."""
    so = one.conversion
    worst = one.stage == growth.following.stage
    cells: tuple[Words, ...] = (
        ((one.stage, "strong" if worst else ""),),
        grown.verdict(so.verdict),
        ((grown.rate(so), "" if so.rate is not None else "faint"),),
        ((between(so.low, so.high), "dim"),),
        ((percent(so.goal), "dim"),),
        ((count(so.n), "dim" if so.n else "faint"),),
        ((grown.rate(one.engagement), "" if one.engagement.rate is not None else "faint"),),
        ((percent(one.engagement.goal), "dim"),),
        ((f"{NAMES[one.of]} → {NAMES[one.into]}", "dim"),),
    )
    who = growth.following.performers[:1] if worst else ()
    thing = Thing(
        kind="stage", id=one.stage, name=one.stage.capitalize(), stage=one.stage,
        character="".join(who),
    )  # fmt: skip
    return Row(one.stage, cells, thing)


def place(one: "Place", growth: "Growth", now: datetime) -> Row:
    """Return a region as a row, with the time there."""
    there, later = now.astimezone(ZoneInfo(one.zone)), one.status == "later"
    cells: tuple[Words, ...] = (
        ((f"{one.code} ", "faint" if later else "accent"), (one.name, "dim" if later else "")),
        ((f"{there:%a %H:%M}", "dim" if later else ""),),
        grown.window(one, now),
        grown.money(one, growth, now),
        grown.ready(one),
        ((one.launch.partition(" ")[0] or "–", "dim" if one.launch else "faint"),),
    )
    return Row(one.code, cells, Thing(kind="region", id=one.code, name=one.name, region=one.code))


PANE = FunnelAndRegions
