"""Networks: how each account stands, and what its posts brought."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from elite8.core.operations import words
from elite8.tui import about, drawn, said
from elite8.tui.line import Lines
from elite8.tui.pane import Pane
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Words
from elite8.tui.things import Thing

if TYPE_CHECKING:
    from elite8.core.operations.board import Line as Result
    from elite8.core.operations.scene import Scene
    from elite8.core.operations.standing import Standing

STATES = {"ok": ("✓", "good"), "sign in soon": ("▲", "warn"), "sign in again": ("✗", "bad")}


class Networks(Pane):
    """A row for each network, and one for each account of it."""

    help: ClassVar[str] = "Networks and the accounts there. P stops the one that is marked."

    def compose(self) -> ComposeResult:
        """Put the networks at the left, what is marked at the side."""
        with Horizontal():
            yield Rows(
                [
                    Column(title="network", share=1),
                    Column(title="state", cells=18),
                    Column(title="today", cells=7, right=True),
                    Column(title="28 days", cells=7, right=True, least=60),
                    Column(title="views", cells=8, right=True, least=70),
                    Column(title="engaged", cells=8, right=True, least=84),
                    Column(title="views, 28 days", cells=14, least=86),
                ],
                empty="No network is configured.",
            )
            with VerticalScroll(classes="side"):
                yield Lines(id="networks-about", classes="card")

    def draw(self, scene: "Scene") -> None:
        """Show the networks, each with its accounts below."""
        found: list[Row] = []
        for one in scene.board.networks:
            found.append(self.network(one, scene))
            found += [account(a) for a in scene.accounts if a.network == one.id]
        self.query_one(Rows).fill(found)
        self.on_rows_marked()

    def network(self, one: "Result", scene: "Scene") -> Row:
        """Return a network as a row."""
        theirs = [a for a in scene.accounts if a.network == one.id]
        today = [s for s in scene.board.slots if s.network == one.id]
        out = sum(s.status == "published" for s in today)
        state: Words = (("○ nobody signed in", "dim"),)
        if one.id == "outbox":
            state = (("✓ ", "good"), ("needs nobody", "dim"))
        elif theirs:
            state = worst(theirs)
        views = sum(one.views)
        cells: tuple[Words, ...] = (
            ((said.network(one.id), "strong"),),
            state,
            ((f"{out}/{len(today)}" if today else "–", "" if today else "faint"),),
            ((words.number(sum(one.posts)), ""),),
            ((words.number(views), ""),),
            ((words.share(one.engaged, views), "dim"),),
            drawn.curve(one.views, 14),
        )
        return Row(
            one.id,
            cells,
            Thing(kind="network", id=one.id, name=said.network(one.id), network=one.id),
        )

    def on_rows_marked(self) -> None:
        """Tell about what is marked."""
        if self.scene:
            marked = self.query_one(Rows).marked
            lines = told(marked.key, self.scene) if marked else []
            self.query_one("#networks-about", Lines).show(lines)

    def open(self, row: Row) -> None:
        """Tell about a network or an account."""
        if self.scene:
            self.console.tell(row.thing.name, told(row.key, self.scene))


def worst(theirs: "list[Standing]") -> Words:
    """Return the state of the account that most needs its owner."""
    order = list(STATES)
    found = max(theirs, key=lambda one: order.index(one.state))
    shape, tone = STATES[found.state]
    return ((f"{shape} ", tone), (found.state, "" if tone == "good" else tone))


def account(one: "Standing") -> Row:
    """Return an account as a row below its network."""
    shape, tone = STATES[one.state]
    left = "" if one.days_left is None else f" {one.days_left} d"
    cells: tuple[Words, ...] = (
        (("  └ ", "line"), (one.name or one.handle, "")),
        ((f"{shape} ", tone), (f"{one.state}{left}", "" if tone == "good" else tone)),
        (), (), (), (), ((one.failure or one.characters, "bad" if one.failure else "dim"),),
    )  # fmt: skip
    return Row(one.id, cells, Thing(kind="network", id=one.id, name=one.name, network=one.network))


def told(key: str, scene: "Scene") -> list[Words]:
    """Return what there is about a network or an account."""
    zone = scene.board.zone
    one = next((a for a in scene.accounts if a.id == key), None)
    if one is None:
        theirs = [a for a in scene.accounts if a.network == key]
        lines: list[Words] = [((said.network(key), "strong"),), ()]
        if not theirs and key != "outbox":
            from elite8.core.operations.standing import command

            lines += [
                (("Nobody is signed in there.", ""),),
                ((command(key, ""), "info"),),
            ]
        return [*lines, *((("▲ ", "warn"), (said_, "")) for a in theirs for said_ in a.warnings)]
    lines = [((one.name or one.handle, "strong"),), ()]
    lines.append(about.fact("network", (said.network(one.network), "")))
    lines.append(about.fact("handle", (one.handle, "")))
    lines.append(about.fact("for", (one.characters or "every performer", "")))
    lines.append(about.fact("regions", (one.regions or "all", "")))
    if one.signed_in_until:
        lines.append(about.fact("until", (said.day(one.signed_in_until, zone), "")))
    lines += [(), *((("▲ ", "warn"), (warning, "")) for warning in one.warnings)]
    return lines


PANE = Networks
