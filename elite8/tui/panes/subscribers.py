"""Subscribers: how many stand how, what moved the money, who may leave, what is asked."""

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll

from elite8.core.domain import money
from elite8.tui import about, leaving, said
from elite8.tui.line import Line, Lines
from elite8.tui.pane import Pane
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Span, Words

if TYPE_CHECKING:
    from elite8.core.operations.scene import Scene
    from elite8.core.operations.subscribed import Asked, Ending, Group, Subscribed

GROUPS = (
    Column(title="platform", share=1),
    Column(title="tier", cells=8),
    Column(title="active", cells=7, right=True),
    Column(title="pending", cells=7, right=True, least=70),
    Column(title="paused", cells=6, right=True, least=84),
    Column(title="ended", cells=7, right=True, least=52),
    Column(title="a month", cells=14, right=True),
)
ENDINGS = (
    Column(title="ends", cells=11),
    Column(title="who", cells=8),
    Column(title="platform", share=1),
    Column(title="tier", cells=8, least=52),
    Column(title="performer", cells=9, least=64),
    Column(title="pays", cells=12, right=True),
)
NOBODY = (
    "No subscribers yet: 'elite8 subscribers import apply FILE --profile NAME' takes an export in, "
    "'elite8 config init DIR --demo' makes some up."
)
NO_ONE = "Nobody from medium risk on, as far as is known."


class Subscribers(Pane):
    """The counts above, then money and who may leave, requests and winbacks at the side."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    #subscribers-lists { width: 1fr; height: 1fr; }
    #subscribers-groups { height: 3fr; }
    #subscribers-moved { height: 5; margin-bottom: 1; display: none; }
    #subscribers-soon, #subscribers-endings { display: none; }
    #subscribers-likely { height: 4fr; }
    #subscribers-endings { height: 2fr; }
    .-tall #subscribers-moved, .-tall #subscribers-soon, .-tall #subscribers-endings
      { display: block; }
    .-tiny #subscribers-may, .-tiny #subscribers-likely { display: none; }
    """
    help: ClassVar[str] = (
        "How subscribers stand, by short pseudonyms alone. Who may leave, what moved the money "
        "and how scores lie is as the daemon's task outlook worked it out last; Enter on somebody "
        "tells why."
    )

    def compose(self) -> ComposeResult:
        """Put the month above, two lists below it, what is asked at the side."""
        yield Line(id="subscribers-month", classes="head-line")
        with Horizontal():
            with Vertical(id="subscribers-lists"):
                yield Rows(GROUPS, id="subscribers-groups", empty=NOBODY)
                yield Rows(leaving.MOVED, id="subscribers-moved")
                yield Line(id="subscribers-may", classes="head-line")
                yield Rows(leaving.LIKELY, id="subscribers-likely", empty=NO_ONE)
                yield Line(id="subscribers-soon", classes="head-line")
                yield Rows(
                    ENDINGS,
                    id="subscribers-endings",
                    empty="Nobody's paid time ends in two weeks with renewal turned off.",
                )
            with VerticalScroll(classes="side"):
                yield Lines(id="subscribers-about", classes="card")

    def draw(self, scene: "Scene") -> None:
        """Show how they stand; have it read when nobody has."""
        found = scene.subscribed
        if found is None:
            self.say_nothing(scene)
            return
        self.query_one("#subscribers-month", Line).tell(*month(found))
        self.query_one("#subscribers-groups", Rows).fill([group(one) for one in found.groups])
        self.draw_outlook(found)
        self.query_one("#subscribers-soon", Line).tell(
            ("Renewal is off, and it ends within two weeks", "accent"),
            ("  the dearest first" if self.is_now else "  whose it was is not kept", "dim"),
        )
        ends = [ending(one, scene, place) for place, one in enumerate(found.endings)]
        self.query_one("#subscribers-endings", Rows).fill(ends, is_read=self.is_now)
        self.turn(self.console.now())

    @property
    def is_now(self) -> bool:
        """Whether what is shown is of now: of what was, no row of a single person is kept."""
        return self.console.snapshot is None and self.console.source.studio is not None

    def draw_outlook(self, found: "Subscribed") -> None:
        """Show who may leave and what moved the money, as it was worked out last."""
        ahead = found.outlook
        people = ahead.people if ahead else ()
        months = ahead.months if ahead else ()
        self.query_one("#subscribers-likely", Rows).fill(
            [leaving.likely(one, place) for place, one in enumerate(people)], is_read=self.is_now
        )
        self.query_one("#subscribers-moved", Rows).fill([leaving.moved(one) for one in months])

    def say_nothing(self, scene: "Scene") -> None:
        """Say why there is nothing, and ask for what can be read."""
        why = self.unread(scene)
        for one in self.query(Rows):
            one.fill([], is_read=False)
        for line in ("#subscribers-may", "#subscribers-soon", "#subscribers-about"):
            self.query_one(line, Line).tell()
        self.query_one("#subscribers-month", Line).tell(why)

    def turn(self, now: datetime) -> None:
        """Let the time go on: how old the outlook is, and the side."""
        if not (self.scene and self.scene.subscribed):
            return
        found, zone = self.scene.subscribed, self.scene.board.zone
        self.query_one("#subscribers-may", Line).tell(*leaving.head(found.outlook, now))
        if self.console.is_wide:
            self.query_one("#subscribers-about", Lines).show(side(found, now, zone))

    def open(self, row: Row) -> None:
        """Tell why somebody may leave; elsewhere what there is no room for without a side."""
        if not (self.scene and self.scene.subscribed):
            return
        if row.key.startswith(leaving.KEY):
            self.console.tell("May leave", leaving.of_one(row.thing, self.scene))
            return
        found, zone = self.scene.subscribed, self.scene.board.zone
        lines = side(found, self.console.now(), zone)
        self.console.tell("Subscribers", [*lines, *leaving.movements(found.outlook)])


def month(found: "Subscribed") -> list[Span]:
    """Return how many there are, and what the month brought so far."""
    active = sum(one.active for one in found.groups)
    whole = sum(
        one.active + one.pending + one.paused + one.ended + one.unknown for one in found.groups
    )
    words: list[Span] = [(f"{active:,} active", "strong"), (f" of {whole:,}   ", "dim")]
    words += [
        (f"since {found.since.day} {found.since:%b}: ", "dim"),
        (f"+{found.joined:,} began", "good" if found.joined else "dim"),
        (f"  {found.left:,} ended", "warn" if found.left else "dim"),
    ]
    if found.turned_off:
        words.append((f"  {found.turned_off:,} renewals off", "warn"))
    if found.failed:
        words.append((f"  {found.failed:,} failed to pay", "warn"))
    return words


def group(one: "Group") -> Row:
    """Return a platform's tier as a row."""
    monthly: Span = ("–", "faint")
    if one.monthly is not None and one.currency:
        monthly = (money.told(one.monthly, one.currency), "")
    cells: tuple[Words, ...] = (
        ((said.network(one.platform), ""),),
        ((one.tier, ""),),
        number(one.active, "strong"),
        number(one.pending, "warn"),
        number(one.paused, "dim"),
        number(one.ended, "dim"),
        (monthly,),
    )
    return Row(f"{one.platform} {one.tier} {one.currency}", cells)


def number(value: int, tone: str) -> Words:
    """Return a count; none is faint."""
    return ((f"{value:,}", tone if value else "faint"),)


def ending(one: "Ending", scene: "Scene", place: int) -> Row:
    """Return a paid time that ends as a row."""
    pays = "–" if one.price_minor is None else money.told(one.price_minor, one.currency)
    cells: tuple[Words, ...] = (
        ((f"{one.ends_on:%a} {one.ends_on.day} {one.ends_on:%b}", ""),),
        ((one.who, "accent"),),
        ((said.network(one.platform), ""),),
        ((one.tier, ""),),
        ((said.first(about.name_of(scene, one.character)), ""),),
        ((pays, ""),),
    )
    return Row(f"{one.who} {place}", cells)


def side(found: "Subscribed", now: datetime, zone: str) -> list[Words]:
    """Return money by currency, what is asked, which winbacks run, and what tells more."""
    paid: dict[str, int] = defaultdict(int)
    for one in found.groups:
        if one.monthly is not None and one.currency:
            paid[one.currency] += one.monthly
    lines: list[Words] = [
        *leaving.spread(found.outlook),
        (("A month, of who is active", "accent"),),
    ]
    lines += [((money.told(amount, name), ""),) for name, amount in sorted(paid.items())]
    lines += [() if paid else (("nobody pays yet", "dim"),), (("Asked by people", "accent"),)]
    lines += [asked(one, now) for one in found.requests] or [(("nothing is open", "dim"),)]
    lines += [(), (("Winbacks that run", "accent"),)]
    for run in found.campaigns:
        ends = said.day(run.window_until, zone) if run.window_until else "not known"
        lines.append(((run.name, ""), (f"  {run.kind.replace('_', ' ')}", "dim")))
        lines.append(((f"{run.treated:,} written to, {run.held_out:,} held out", "dim"),))
        lines.append(((f"judged after {ends}", "dim"),))
    lines += [] if found.campaigns else [(("none", "dim"),)]
    lines += [(), (("More", "accent"),)]
    for command in ("at-risk", "money", "churn", "winback list"):
        lines.append(((f"elite8 subscribers {command}", "dim"),))
    return lines


def asked(one: "Asked", now: datetime) -> Words:
    """Return what somebody asked, and how long there is for it."""
    tone = "bad" if one.due_at <= now else "warn" if one.warn_at <= now else "dim"
    sign = {"bad": "✗ ", "warn": "▲ "}.get(tone, "○ ")
    late = "overdue since " if tone == "bad" else "due "
    return ((sign, tone), (f"{one.kind:<9}", ""), (f"{late}{said.nearly(one.due_at, now)}", tone))


PANE = Subscribers
