"""Credits: what is left, how fast it goes, on which day it ends, and what moved last."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll

from elite8.core.operations import words
from elite8.tui import about, drawn, said
from elite8.tui.line import Lines
from elite8.tui.pane import Pane
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Words, fit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from elite8.core.operations.board import Purse
    from elite8.core.operations.purse import Movement
    from elite8.core.operations.scene import Scene

TALL, LOW = 8, 4
"""Lines of the plot; where there are few lines, few."""
MARGIN = 10
MOST_SHORT = 8
SIDE = 52
TALL_FROM = 30


class Credits(Pane):
    """The purse and its runway; beside it, or below where it is narrow, the ledger."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    #credits-halves { height: 1fr; layout: vertical; }
    .-wide #credits-halves { layout: horizontal; }
    #credits-scroll { height: auto; max-height: 75%; scrollbar-size-vertical: 1; }
    .-wide #credits-scroll { width: 1fr; height: 1fr; max-height: 100%; }
    #credits-ledger { height: 1fr; min-height: 3; }
    .-wide #credits-ledger { width: 52; border-left: solid $foreground 14%; }
    """
    acts: ClassVar[tuple[str, ...]] = ("generate", "rehearse")
    help: ClassVar[str] = (
        "Credits of A2E, and the newest entries of the ledger; 'elite8 credits' asks A2E itself."
    )

    def compose(self) -> ComposeResult:
        """Put the figures on a sheet that can be scrolled, and the ledger beside it."""
        with Container(id="credits-halves"):
            with VerticalScroll(id="credits-scroll"):
                yield Lines(id="credits-sheet", classes="card")
            with Vertical(id="credits-ledger"):
                yield Rows(
                    [
                        Column(title="ledger", cells=12, right=True),
                        Column(title="credits", cells=7, right=True),
                        Column(title="what", cells=9),
                        Column(title="of", share=1),
                    ],
                    empty="The ledger has no entry yet.",
                )

    def draw(self, scene: "Scene") -> None:
        """Show the purse."""
        purse = scene.board.purse
        lines: list[Words] = (
            self.sheet(purse, scene)
            if purse
            else [
                (("A2E is not used: everything is filmed on this machine.", ""),),
                (("With ELITE8_A2E_API_KEY its credits stand here; see how-to/a2e.md.", "dim"),),
            ]
        )
        self.query_one("#credits-sheet", Lines).show(lines)
        self.query_one("#credits-ledger").display = bool(purse)
        self.query_one(Rows).fill([moved(one, n, scene) for n, one in enumerate(scene.ledger)])

    def sheet(self, purse: "Purse", scene: "Scene") -> list[Words]:
        """Return the figures, and the runway as a plot."""
        told, zone = purse.forecast, scene.board.zone
        share = purse.today / purse.today_budget if purse.today_budget else 0.0
        tone = "bad" if share > 1 else "warn" if share > 0.8 else "busy"  # noqa: PLR2004  # config's own warning
        end: Words = (
            ((f"{said.day(told.ends_at, zone)} {said.hour(told.ends_at, zone)}", "warn"),)
            if told.ends_at
            else ((f"not within {told.days} days", "good"),)
        )
        lines: list[Words] = [
            about.fact("free", (f"{purse.free:,}", "strong"), (f"   {purse.held:,} held", "dim")),
            about.fact("they end", *end),
            about.fact(
                "today",
                *drawn.bar(share, 24, tone),
                (f"  {purse.today:,} of {purse.today_budget:,}", ""),
            ),
            about.fact(
                "month", (f"{purse.month:,}", ""), (f"   ${purse.usd_this_month:.2f}", "dim")
            ),
            about.fact(
                "pace",
                (f"{told.pace}, {told.credits_a_video} credits each", ""),
            ),
            (),
            (("Free credits of the coming days, each evening", "accent"),),
            *self.runway([left for _, left in told.left], [f"{day:%d}" for day, _ in told.left]),
        ]
        return [*lines, *self.unfit(told.short)]

    def unfit(self, short: "Sequence[tuple[date, int]]") -> list[Words]:
        """Return how many videos do not fit on which day: in a line where there is no room."""
        title = ("Videos that do not fit", "accent")
        if not short:
            return []
        if self.console.size.height < TALL_FROM:
            days = ", ".join(f"{day:%a %d} {count}" for day, count in short[:MOST_SHORT])
            return [(), fit((title, (f"  {days}", "warn")), self.console.size.width - 4)]
        days_below = short[:MOST_SHORT]
        return [(), (title,), *(about.fact(f"{d:%a %d}", (f"{n}", "warn")) for d, n in days_below)]

    def runway(self, left: list[int], days: list[str]) -> list[Words]:
        """Return what is left evening by evening, as bars, the days below."""
        width, tall = self.console.size.width - SIDE * self.console.is_wide, TALL
        if self.console.size.height < TALL_FROM:
            tall = LOW
        room = max(min(len(left), (width - MARGIN - 4) // 2), 1)
        left, days = left[:room], days[:room]
        top = max(*left, 1) if len(left) > 1 else max(left[0], 1)
        found: list[Words] = []
        for level in reversed(range(tall)):
            bars = "".join(f"{part(max(one, 0) / top * tall - level)} " for one in left)
            label = f"{top:,}" if level == tall - 1 else "0" if level == 0 else ""
            found.append(((f"{label:>{MARGIN - 2}} ", "faint"), ("│", "line"), (bars, "curve")))
        found.append(((" " * (MARGIN - 1), ""), ("└" + "──" * room, "line")))
        marks = "".join(f"{day:<2}" if n % 2 == 0 else "  " for n, day in enumerate(days))
        return [*found, ((" " * MARGIN, ""), (marks, "faint"))]

    def open(self, row: Row) -> None:
        """Tell the whole of an entry."""
        one: Movement = row.thing
        if self.scene:
            at, zone = one.at, self.scene.board.zone
            facts = [("when", f"{said.day(at, zone)} {said.hour(at, zone)}")]
            facts += [("credits", f"{one.amount:+,}"), ("what", one.kind)]
            facts += [("of", about.name_of(self.scene, one.character)), ("for", one.operation)]
            facts += [("reference", one.reference), ("note", one.note)]
            lines = [about.fact(name, (value, "")) for name, value in facts if value]
            self.console.tell("An entry of the ledger", lines)


def moved(one: "Movement", number: int, scene: "Scene") -> Row:
    """Return an entry of the ledger as a row; what comes in is told by its sign as well."""
    who = said.first(about.name_of(scene, one.character))
    what = " ".join(part for part in (who, one.operation.replace("_", " ")) if part)
    cells: tuple[Words, ...] = (
        ((short(words.clock(one.at, scene.board.zone, scene.board.at)), "dim"),),
        ((f"{one.amount:+,}", "good" if one.amount > 0 else ""),),
        ((one.kind, "dim"),),
        ((what or one.note, ""),),
    )
    return Row(f"{one.at.isoformat()} {one.kind} {one.reference or number}", cells, one)


def short(when: str) -> str:
    """Return a time without the day of the week: Mon 23 Nov 18:02 is 23 Nov 18:02."""
    parts = when.split(" ")
    return " ".join(parts[1:]) if len(parts) > 1 else when


def part(eighth: float) -> str:
    """Return a cell that is filled so far."""
    return drawn.EIGHTHS[min(max(round(eighth * 8), 0), 8)]


PANE = Credits
