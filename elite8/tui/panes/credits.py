"""Credits: what is left, how fast it goes, and on which day it ends."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from elite8.tui import about, drawn, said
from elite8.tui.line import Line
from elite8.tui.pane import Pane
from elite8.tui.spans import Words, rows

if TYPE_CHECKING:
    from elite8.core.operations.board import Purse
    from elite8.core.operations.scene import Scene

TALL = 8
MARGIN = 10
MOST_SHORT = 8


class Credits(Pane):
    """The purse and its runway."""

    acts: ClassVar[tuple[str, ...]] = ("generate", "rehearse")
    help: ClassVar[str] = "Credits of A2E. 'elite8 credits' asks A2E and shows the ledger."

    def compose(self) -> ComposeResult:
        """Put all on one sheet that can be scrolled."""
        with VerticalScroll(can_focus=True):
            yield Line(id="credits-sheet", classes="card")

    def enter(self) -> None:
        """Let keys scroll."""
        self.query_one(VerticalScroll).focus()

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
        self.query_one("#credits-sheet", Line).say(rows(lines))

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
                (f"{told.videos_a_day} videos a day, {told.credits_a_video} credits each", ""),
            ),
            (),
            (("Free credits of the coming days, each evening", "accent"),),
            *self.runway([left for _, left in told.left], [f"{day:%d}" for day, _ in told.left]),
        ]
        if told.short:
            lines += [(), (("Videos that do not fit", "accent"),)]
            lines += [
                about.fact(f"{day:%a %d}", (f"{count}", "warn"))
                for day, count in told.short[:MOST_SHORT]
            ]
        return lines

    def runway(self, left: list[int], days: list[str]) -> list[Words]:
        """Return what is left evening by evening, as bars, the days below."""
        room = max(min(len(left), (self.console.size.width - MARGIN - 4) // 2), 1)
        left, days = left[:room], days[:room]
        top = max(*left, 1) if len(left) > 1 else max(left[0], 1)
        found: list[Words] = []
        for level in reversed(range(TALL)):
            bars = "".join(f"{part(max(one, 0) / top * TALL - level)} " for one in left)
            label = f"{top:,}" if level == TALL - 1 else "0" if level == 0 else ""
            found.append(((f"{label:>{MARGIN - 2}} ", "faint"), ("│", "line"), (bars, "curve")))
        found.append(((" " * (MARGIN - 1), ""), ("└" + "──" * room, "line")))
        marks = "".join(f"{day:<2}" if n % 2 == 0 else "  " for n, day in enumerate(days))
        return [*found, ((" " * MARGIN, ""), (marks, "faint"))]


def part(eighth: float) -> str:
    """Return a cell that is filled so far."""
    return drawn.EIGHTHS[min(max(round(eighth * 8), 0), 8)]


PANE = Credits
