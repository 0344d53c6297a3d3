"""Calendar: a week of posts, two zones side by side; a post is moved by keys."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from elite8.tui import about, fault, said
from elite8.tui.line import Line
from elite8.tui.pane import Pane
from elite8.tui.posts import open_post
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Span, Words
from elite8.tui.things import of_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.entries import Entry
    from elite8.core.operations.months import Cell
    from elite8.core.operations.scene import Scene

WEEK = 7
LEVELS = " ▁▂▃▄▅▆▇█"
NOT_NOW = "The calendar is told only as it is now; N comes back to it."


class Calendar(Pane):
    """Seven days from the one that is shown first; < and > turn the week."""

    acts: ClassVar[tuple[str, ...]] = ("move", "drop", "approve", "publish", "cancel", "retry")
    help: ClassVar[str] = (
        "A week of posts. < and > turn it; Shift and an arrow move a post by a day or a quarter."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("less_than_sign,left", "turn(-1)", "The week before", show=False),
        Binding("greater_than_sign,right", "turn(1)", "The week after", show=False),
        Binding("shift+left", "shift(-1, 0)", "Move the post a day back", show=False),
        Binding("shift+right", "shift(1, 0)", "Move the post a day on", show=False),
        Binding("shift+up", "shift(0, -15)", "Move the post a quarter back", show=False),
        Binding("shift+down", "shift(0, 15)", "Move the post a quarter on", show=False),
    ]
    weeks = 0
    asked: "tuple[int, Scene | None] | None" = None

    def compose(self) -> ComposeResult:
        """Put the month above the week."""
        yield Line(id="month", classes="head-line")
        yield Rows(
            [
                Column(title="yours", cells=5, right=True),
                Column(title="there", cells=9, right=True, least=60),
                Column(title="state", cells=12),
                Column(title="network", cells=9),
                Column(title="performer", cells=9, least=56),
                Column(title="slot", cells=8, least=96),
                Column(title="title", share=1),
            ],
            empty="No posts in this week. 'elite8 schedule plan' fills the calendar.",
        )

    def draw(self, scene: "Scene") -> None:
        """Have the week read when the scene is another one."""
        if self.console.snapshot or self.console.source.studio is None:
            self.query_one(Rows).fill([])
            self.query_one("#month", Line).tell((NOT_NOW, "warn"))
            self.asked = None
        elif self.asked != (self.weeks, scene):
            self.asked = (self.weeks, scene)
            self.read(self.first(scene))

    def first(self, scene: "Scene") -> date:
        """Return the first day that is shown."""
        return scene.board.day + timedelta(days=WEEK * self.weeks)

    @work(thread=True, group="calendar", exclusive=True, exit_on_error=False)
    def read(self, first: date) -> None:
        """Read the week and the month around it, off the screen's own thread."""
        from elite8.core.operations import entries, months

        studio = self.console.source.studio
        if studio is None:
            return
        try:
            found = entries.between(studio.looking, first, WEEK)
            around = months.month(studio, first)
            zones = entries.zones(studio, "")
        except Exception as why:  # noqa: BLE001  # told; the week before stays
            told = fault.told(why)
            self.app.call_from_thread(self.query_one("#month", Line).tell, (told, "warn"))
            return
        self.app.call_from_thread(self.show, first, found, around, zones)

    def show(
        self,
        first: date,
        found: "Sequence[Entry]",
        around: "Sequence[Cell]",
        zones: tuple[str, str],
    ) -> None:
        """Show a week, a heading for each day."""
        scene = self.scene
        if scene is None or self.console.snapshot:
            return
        here = ZoneInfo(zones[0])
        whole: list[Row] = []
        for number in range(WEEK):
            day = first + timedelta(days=number)
            theirs = [one for one in found if one.at.astimezone(here).date() == day]
            if theirs:
                today = "today, " if day == scene.board.day else ""
                heading: Words = ((f"{today}{day:%A %d %B}", "strong"), (f" {len(theirs)}", "dim"))
                whole.append(Row(f"{day}", (heading,), None, rule=True))
                whole += [row(one, scene, zones) for one in theirs]
        rows, is_first = self.query_one(Rows), not self.query_one(Rows).every
        rows.fill(whole)
        if is_first and scene.board.next:
            rows.mark_key(scene.board.next.post)
        self.query_one("#month", Line).tell(*strip(first, around, zones))

    def action_turn(self, step: int) -> None:
        """Turn to another week."""
        self.weeks += step
        if self.scene:
            self.draw(self.scene)

    def action_shift(self, days: int, minutes: int) -> None:
        """Move the marked post so far, as the clock on the wall of its zone has it."""
        from elite8.tui.acts import BY_ID

        thing = self.marked()
        act = BY_ID["move"]
        why = self.console.why_not(act, thing)
        if why or thing is None:
            self.notify(why, title="Move is not possible", severity="warning")
            return
        self.work_out(thing.id, days, minutes)

    @work(thread=True, group="shift", exclusive=True, exit_on_error=False)
    def work_out(self, post: str, days: int, minutes: int) -> None:
        """Find where the post would be, then have it moved there as any act is done."""
        from elite8.core.operations import shifts

        studio, thing = self.console.source.studio, self.marked()
        if studio is None or thing is None or thing.id != post:
            return
        try:
            where = shifts.shifted(studio, post, days=days, minutes=minutes)
        except Exception as why:  # noqa: BLE001  # told
            self.app.call_from_thread(self.notify, fault.told(why), severity="warning")
            return
        if where.why_not:
            self.app.call_from_thread(self.notify, where.why_not, severity="warning")
            return
        from elite8.tui.acts import BY_ID

        answers = {"at": where.after, "zone": where.zone}
        self.app.call_from_thread(self.console.decided, BY_ID["move"], thing, answers)

    def open(self, row: Row) -> None:
        """Tell a post's whole story."""
        open_post(self.console, row.thing)


def row(one: "Entry", scene: "Scene", zones: tuple[str, str]) -> Row:
    """Return a post of the week as a row."""
    status = said.late(one.status, one.at, scene.board.at)
    there = one.at.astimezone(ZoneInfo(zones[1]))
    ahead = (there.date() - one.at.astimezone(ZoneInfo(zones[0])).date()).days
    offset = f" {ahead:+d}" if ahead else ""
    cells: tuple[Words, ...] = (
        ((said.hour(one.at, zones[0]), "dim" if one.status == "published" else ""),),
        ((f"{there:%H:%M}{offset}", "faint"),),
        said.state(status),
        ((said.network(one.network), ""),),
        ((said.first(about.name_of(scene, one.character)), ""),),
        ((one.slot or "by hand", "dim" if one.slot else "faint"),),
        ((one.failure, "bad"),) if one.failure else ((one.title, ""),),
    )
    return Row(one.post, cells, of_entry(one))


def strip(first: date, around: "Sequence[Cell]", zones: tuple[str, str]) -> list[Span]:
    """Return the month as bars, the week that is shown in it, and the zones."""
    spans: list[Span] = [("< > ", "accent"), (f"{first:%B %Y} ", "strong")]
    most = max((cell.total for cell in around), default=1) or 1
    for cell in around:
        level = LEVELS[max(round(cell.total / most * 8), 1)] if cell.total else "·"
        bad = any(name in ("refused", "uncertain") for name, _ in cell.posts)
        inside = 0 <= (cell.day - first).days < WEEK
        spans.append((level, "bad" if bad else "strong" if inside else "curve"))
    names = [one.rpartition("/")[2].replace("_", " ") for one in zones]
    return [*spans, (f"   yours {names[0]}, there {names[1]}", "dim")]


PANE = Calendar
