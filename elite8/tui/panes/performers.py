"""Performers: what each had out, and how it was seen, day by day."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from elite8.core.operations import words
from elite8.tui import about, drawn, said
from elite8.tui.line import Line
from elite8.tui.pane import Pane
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Words, fit, rows
from elite8.tui.things import Thing

if TYPE_CHECKING:
    from elite8.core.operations.board import Line as Result
    from elite8.core.operations.scene import Scene

MOST_SHOWN = 8
TITLE = 39


class Performers(Pane):
    """A row for each of the eight."""

    acts: ClassVar[tuple[str, ...]] = ("generate",)
    help: ClassVar[str] = "The performers. g makes a video of the one that is marked."

    def compose(self) -> ComposeResult:
        """Put them at the left, what is marked at the side."""
        with Horizontal():
            yield Rows(
                [
                    Column(title="performer", share=1),
                    Column(title="today", cells=7, right=True),
                    Column(title="posts", cells=6, right=True),
                    Column(title="share", cells=12, least=100),
                    Column(title="views", cells=8, right=True),
                    Column(title="engaged", cells=8, right=True, least=60),
                    Column(title="views, 28 days", cells=14, least=70),
                ],
                empty="The roster is empty: config/avatars/elite8_characters.json.",
            )
            with VerticalScroll(classes="side"):
                yield Line(id="performers-about", classes="card")

    def draw(self, scene: "Scene") -> None:
        """Show them in the order of the roster."""
        whole = sum(sum(one.posts) for one in scene.board.performers)
        self.query_one(Rows).fill([self.row(one, whole, scene) for one in scene.board.performers])
        self.on_rows_marked()

    def row(self, one: "Result", whole: int, scene: "Scene") -> Row:
        """Return a performer as a row."""
        today = [s for s in scene.board.slots if s.character == one.id]
        out = sum(s.status == "published" for s in today)
        posts, views = sum(one.posts), sum(one.views)
        cells: tuple[Words, ...] = (
            ((one.name, ""),),
            ((f"{out}/{len(today)}" if today else "–", "" if today else "faint"),),
            ((words.number(posts), ""),),
            (
                *drawn.bar(posts / whole * 4 if whole else 0, 6, "busy"),
                (f" {posts / (whole or 1):4.0%}", "dim"),
            ),
            ((words.number(views), ""),),
            ((words.share(one.engaged, views), "dim"),),
            drawn.curve(one.views, 14),
        )
        thing = Thing(kind="performer", id=one.id, name=one.name, character=one.id)
        return Row(one.id, cells, thing)

    def on_rows_marked(self) -> None:
        """Tell about who is marked."""
        if self.scene:
            marked = self.query_one(Rows).marked
            lines = told(marked.key, self.scene) if marked else []
            self.query_one("#performers-about", Line).say(rows(lines))

    def open(self, row: Row) -> None:
        """Tell about one."""
        if self.scene:
            self.console.tell(row.thing.name, told(row.key, self.scene))


def told(who: str, scene: "Scene") -> list[Words]:
    """Return a performer's posts of today and films, as the scene has them."""
    zone = scene.board.zone
    lines: list[Words] = [((about.name_of(scene, who), "strong"),)]
    today = [one for one in scene.board.slots if one.character == who]
    lines += [(), (("Today", "accent"),)]
    for one in today:
        state = said.late(one.status, one.at, scene.board.at)
        shape, tone = said.sign(state)
        where = f"{said.network(one.network):<10}"
        lines.append(
            (
                (f"{said.hour(one.at, zone)} ", "dim"),
                (f"{shape} ", tone),
                (where, ""),
                (state, "dim"),
            )
        )
    if not today:
        lines.append((("no post today", "dim"),))
    films = [one for one in scene.films if one.character == who][:MOST_SHOWN]
    lines += [(), (("Films", "accent"),)]
    for film in films:
        shape, tone = said.sign(film.status)
        lines.append(fit(((f"{shape} ", tone), (film.title, "")), TITLE))
    if not films:
        lines.append((("none lately", "dim"),))
    return lines


PANE = Performers
