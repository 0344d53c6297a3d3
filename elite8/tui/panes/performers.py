"""Performers: whose turn it is, what each had out, and how it was seen, day by day."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll

from elite8.core.operations import words
from elite8.tui import about, drawn, fault, said
from elite8.tui.line import Lines
from elite8.tui.pane import Pane
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Words, fit
from elite8.tui.things import Thing

if TYPE_CHECKING:
    from elite8.core.operations.board import Line as Seen
    from elite8.core.operations.rotation import Result, Turn
    from elite8.core.operations.scene import Film, Scene

MOST_SHOWN = 8
TITLE = 39


class Performers(Pane):
    """A row for each of the eight."""

    acts: ClassVar[tuple[str, ...]] = ("generate",)
    help: ClassVar[str] = (
        "The performers. g makes a video of the one that is marked, i shows their newest film."
    )
    asked: "Scene | None" = None
    turns: "Sequence[Turn]" = ()
    results: "Sequence[Result]" = ()

    def compose(self) -> ComposeResult:
        """Put them at the left, what is marked at the side."""
        with Horizontal():
            yield Rows(
                [
                    Column(title="performer", share=1),
                    Column(title="today", cells=5, right=True),
                    Column(title="next", cells=13, right=True, least=58),
                    Column(title="week", cells=5, right=True, least=66),
                    Column(title="posts", cells=6, right=True),
                    Column(title="share", cells=12, least=112),
                    Column(title="views", cells=8, right=True),
                    Column(title="engaged", cells=8, right=True, least=74),
                    Column(title="views, 28 days", cells=14, least=90),
                ],
                empty="The roster is empty: config/avatars/elite8_characters.json.",
            )
            with VerticalScroll(classes="side"):
                yield Lines(id="performers-about", classes="card")

    def draw(self, scene: "Scene") -> None:
        """Show them in the order of the roster; have the rotation read when the scene is new."""
        if self.console.snapshot or self.console.source.studio is None:
            self.asked, self.turns, self.results = None, (), ()
        elif self.asked is not scene:
            self.asked = scene
            self.read()
        self.fill(scene)

    def fill(self, scene: "Scene") -> None:
        """Show what is known."""
        whole = sum(sum(one.posts) for one in scene.board.performers)
        self.query_one(Rows).fill([self.row(one, whole, scene) for one in scene.board.performers])
        self.say_about(scene)

    @work(thread=True, group="rotation", exclusive=True, exit_on_error=False)
    def read(self) -> None:
        """Read whose turn it is and what each brought, off the screen's own thread."""
        from elite8.core.operations import rotation

        studio = self.console.source.studio
        if studio is None:
            return
        try:
            turns, results = rotation.rotation(studio), rotation.results(studio)
        except Exception as why:  # noqa: BLE001  # told; what was read before stays
            self.app.call_from_thread(self.notify, fault.told(why), severity="warning")
            return
        self.app.call_from_thread(self.show, turns, results)

    def show(self, turns: "Sequence[Turn]", results: "Sequence[Result]") -> None:
        """Show what was read, unless something else is shown by now."""
        if self.scene and not self.console.snapshot:
            self.turns, self.results = turns, results
            self.fill(self.scene)

    def row(self, one: "Seen", whole: int, scene: "Scene") -> Row:
        """Return a performer as a row."""
        today = [s for s in scene.board.slots if s.character == one.id]
        out = sum(s.status == "published" for s in today)
        posts, views = sum(one.posts), sum(one.views)
        cells: tuple[Words, ...] = (
            ((one.name, ""),),
            ((f"{out}/{len(today)}" if today else "–", "" if today else "faint"),),
            *self.turn_of(one.id, scene),
            ((words.number(posts), ""),),
            (
                *drawn.bar(posts / whole * 4 if whole else 0, 6, "busy"),
                (f" {posts / (whole or 1):4.0%}", "dim"),
            ),
            ((words.number(views), ""),),
            ((words.share(one.engaged, views), "dim"),),
            drawn.curve(one.views, 14),
        )
        film = newest(scene, one.id)
        video, file = (film.id, film.path) if film else ("", "")
        return Row(
            one.id,
            cells,
            Thing(
                kind="performer", id=one.id, name=one.name, character=one.id,
                video=video, file=file,
            ),
        )  # fmt: skip

    def turn_of(self, who: str, scene: "Scene") -> tuple[Words, Words]:
        """Return when a performer is next, and how much of a week's most is planned."""
        turn = next((one for one in self.turns if one.character == who), None)
        if turn is None:
            return ((("–", "faint"),), (("–", "faint"),))
        when = words.clock(turn.next_at, scene.board.zone, scene.board.at) if turn.next_at else "–"
        full = turn.ahead > turn.a_week
        week = (f"{turn.ahead}/{turn.a_week}", "warn" if full else "" if turn.ahead else "faint")
        return ((shorter(when), "" if turn.next_at else "faint"),), (week,)

    def on_rows_marked(self) -> None:
        """Tell about who is marked."""
        if self.scene:
            self.say_about(self.scene)

    def say_about(self, scene: "Scene") -> None:
        """Say what there is about who is marked, at the side."""
        marked = self.query_one(Rows).marked
        if self.console.is_wide:
            lines = self.about(marked.key, scene) if marked else []
            self.query_one("#performers-about", Lines).show(lines)

    def about(self, who: str, scene: "Scene") -> list[Words]:
        """Return all there is about a performer."""
        turn = next((one for one in self.turns if one.character == who), None)
        brought = [one for one in self.results if one.character == who]
        lines = told(who, scene)
        return [
            *lines[:1],
            *(of_turn(turn, scene) if turn else ()),
            *of_results(brought),
            *lines[1:],
        ]

    def open(self, row: Row) -> None:
        """Tell about one."""
        if self.scene:
            self.console.tell(row.thing.name, self.about(row.key, self.scene))


def shorter(when: str) -> str:
    """Return a time without its month: it is in the coming days."""
    parts = when.split(" ")
    return " ".join((*parts[:2], parts[-1])) if len(parts) > 2 else when  # noqa: PLR2004  # Tue 24 Nov 08:00


def newest(scene: "Scene", who: str) -> "Film | None":
    """Return a performer's newest film that is done."""
    done = (one for one in scene.films if one.character == who and one.finished_at and one.cover)
    return max(done, key=lambda one: one.finished_at or one.at, default=None)


def of_turn(turn: "Turn", scene: "Scene") -> Iterator[Words]:
    """Yield a performer's part in the rotation."""
    zone, at = scene.board.zone, turn.next_at
    when = f"{said.day(at, zone)} {said.hour(at, zone)}" if at else "in no slot of the week"
    yield ()
    yield (("Rotation", "accent"),)
    yield about.fact("next", (when, "" if at else "dim"))
    most = f" of at most {turn.a_week} videos"
    yield about.fact("7 days", (f"{turn.ahead}", ""), (most, "dim"))
    yield about.fact("share", *drawn.bar(turn.share, 12, "busy"), (f" {turn.share:.0%}", ""))
    past = "1 video" if turn.past == 1 else f"{turn.past} videos"
    yield about.fact("past", (past, ""), (" in 28 days", "dim"))


def of_results(found: "Sequence[Result]") -> Iterator[Words]:
    """Yield what a performer's posts brought on each network."""
    if found:
        yield ()
        yield (("Results, 28 days", "accent"), ("  views, engaged", "dim"))
    for one in found:
        posts = "post" if one.posts == 1 else "posts"
        seen = f"{words.number(one.views):>6} {words.share(one.engaged, one.views):>6}"
        yield about.fact(said.network(one.network), (seen, ""), (f" {one.posts:>3} {posts}", "dim"))


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
