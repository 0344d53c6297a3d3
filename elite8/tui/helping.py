"""Sheets over the console: every key, a longer text, what was done here, jumps."""

from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from elite8.tui import said
from elite8.tui.acts import ACTS
from elite8.tui.bars import ROOMY, SHORT
from elite8.tui.line import Lines
from elite8.tui.pane import PLACES
from elite8.tui.rows import Column, Row, Rows
from elite8.tui.spans import Span, Words, content, fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from elite8.tui.acting import Deed

NAMES = {
    "question_mark": "?",
    "slash": "/",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "escape": "Esc",
    "tab": "Tab",
    "ctrl+p": "Ctrl+P",
    "ctrl+q": "Ctrl+Q",
    "ctrl+c": "Ctrl+C",
    "super+c": "",
    "shift+tab": "Shift Tab",
    "ctrl+b": "Ctrl+B",
    "ctrl+f": "Ctrl+F",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "shift+left": "Shift ←",
    "shift+right": "Shift →",
    "shift+up": "Shift ↑",
    "shift+down": "Shift ↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "enter": "Enter",
    "less_than_sign": "<",
    "greater_than_sign": ">",
}
OURS = {
    "app.focus_next": "The next list",
    "app.focus_previous": "The list before",
    "screen.copy_text": "Copy what is selected",
    "app.command_palette": "Find everything by name",
    "command_palette": "Find everything by name",
}
"""What Textual's own bindings do, in our words."""
Key = tuple[str, str]
"""Keys, and what they do."""
LETTER, KEYS, COLUMN = 3, 15, 25
BESIDE = 76
"""Columns of the screen from which there is room for two lists of keys."""
JUMPS = "asdfghjkl;"
AROUND, AROUND_TINY = 8, 4
"""Lines of a sheet that are not its text: border, title, keys, the air between them."""
TINY = 16
"""Lines of a terminal below which a sheet has no air."""


def room(lines: int) -> int:
    """Return how many lines of text a sheet has, so that its keys are seen, in so many lines."""
    return max(lines - AROUND_TINY if lines < TINY else lines * 9 // 10 - AROUND, 1)


class Sheet(ModalScreen[None]):
    """A text that can be scrolled, and left again."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    #sheet { width: 110; max-width: 96%; height: auto; max-height: 90%; background: $surface;
      padding: 1 2;
      border: round $accent 60%; }
    #sheet-title { height: 1; margin-bottom: 1; }
    #sheet-text { height: auto; scrollbar-size-vertical: 1; background: $surface; }
    #sheet-keys { height: 1; margin-top: 1; }
    #sheet Rows { height: auto; min-height: 5; background: $surface; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,enter", "dismiss", "Back")]

    def on_resize(self) -> None:
        """Leave room for the keys below the text."""
        self.query_one("#sheet-text").styles.max_height = room(self.app.size.height)

    def __init__(self, title: str, text: "str | Sequence[Words]", below: str = "") -> None:
        super().__init__()
        self.heading, self.text, self.below = title, text, below

    def compose(self) -> ComposeResult:
        """Show the text under its title."""
        lines = (
            [((line, ""),) for line in self.text.splitlines()]
            if isinstance(self.text, str)
            else self.text
        )
        below = f"{self.below}   " if self.below else ""
        with Vertical(id="sheet"):
            yield Static(content((self.heading, "strong")), id="sheet-title")
            with VerticalScroll(id="sheet-text"):
                yield Lines(id="sheet-lines", lines=lines)
            yield Static(
                content((below, "dim"), ("Esc", "accent"), (" back", "dim")),
                id="sheet-keys",
            )


class Help(Sheet):
    """Every key that works now, as the bindings themselves say."""

    def __init__(self, about: str) -> None:
        super().__init__("Keys", (), "Ctrl+P finds everything by its name")
        self.about = about

    def compose(self) -> ComposeResult:
        """Read the bindings of the screen below."""
        places, acts, others = self.groups()
        left = [*listed("Places", places, LETTER), (), *listed("Acts", acts, LETTER)]
        lines: list[Words] = [((self.about, "dim"),), ()] if self.about else []
        right = listed("Moving and looking", others, KEYS)
        beside = self.app.size.width >= BESIDE
        self.text = [*lines, *(side_by_side(left, right) if beside else (*left, (), *right))]
        yield from super().compose()

    def groups(self) -> tuple[list[Key], list[Key], list[Key]]:
        """Return what goes to places, what acts, and all else: keys, and what they do."""
        below = self.app.screen_stack[max(len(self.app.screen_stack) - 2, 0)]
        told: dict[str, Key] = {}
        for key, active in below.active_bindings.items():
            named = NAMES.get(key, key)
            before = told.get(active.binding.action)
            shown = f"{before[0]} {named}".strip() if before else named
            action = active.binding.action
            told[action] = (shown, OURS.get(action, active.binding.description))
        order = {f"act('{one.key}')": place for place, one in enumerate(ACTS)}
        acts = sorted(told.keys() & order, key=order.__getitem__)
        places = [name for name in told if name.startswith("go(")]
        own = [one.action for one in self.app.BINDINGS if isinstance(one, Binding)]
        rest = [name for name in told if name not in order and name not in places]
        others = sorted(rest, key=lambda name: name not in own)
        one, two, three = (
            [told[n] for n in names if told[n][1]] for names in (places, acts, others)
        )
        return one, two, three


def listed(title: str, found: "Sequence[Key]", cells: int) -> list[Words]:
    """Return keys as lines under their title."""
    return [
        ((title, "accent"),),
        *(((f"  {keys:<{cells}}", "strong"), (what, "")) for keys, what in found),
    ]


def side_by_side(left: "Sequence[Words]", right: "Sequence[Words]") -> "Iterator[Words]":
    """Yield two columns of lines as one."""
    for one, two in zip_longest(left, right, fillvalue=()):
        yield (*fit(one, COLUMN), *two)


class Deeds(ModalScreen[None]):
    """What was done here, the newest first, each as a command that can be copied."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    #sheet { width: 110; max-width: 96%; height: auto; max-height: 90%; background: $surface;
      padding: 1 2;
      border: round $accent 60%; }
    #sheet-title { height: 1; margin-bottom: 1; }
    #sheet-text { height: auto; scrollbar-size-vertical: 1; background: $surface; }
    #sheet-keys { height: 1; margin-top: 1; }
    #sheet Rows { height: auto; min-height: 5; background: $surface; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back"),
        Binding("y", "copy", "Copy the command"),
    ]

    def __init__(self, deeds: "Sequence[Deed]") -> None:
        super().__init__()
        self.deeds = deeds

    def compose(self) -> ComposeResult:
        """Show the commands, and what came of each."""
        with Vertical(id="sheet"):
            yield Static(content(("What was done here", "strong")), id="sheet-title")
            yield Rows(
                [Column(cells=8), Column(share=1), Column(share=1)],
                empty="nothing yet: what is done here stands here, as a command",
            )
            keys: tuple[Span, ...] = (("y", "accent"), (" copies the command   ", "dim"))
            yield Static(content(*keys, ("Esc", "accent"), (" back", "dim")), id="sheet-keys")

    def on_resize(self) -> None:
        """Leave room for the keys below the list."""
        self.query_one(Rows).styles.max_height = room(self.app.size.height)

    def on_mount(self) -> None:
        """Fill the list."""
        zone = self.app.scene.board.zone if self.app.scene else "UTC"  # type: ignore[attr-defined]  # the console's
        found = [
            Row(
                f"{number}",
                (
                    ((said.seconds(one.at, zone).split(" ")[-2], "dim"),),
                    ((one.command, ""),),
                    ((one.outcome, "bad" if one.outcome.startswith("failed") else "dim"),),
                ),
                one,
            )
            for number, one in enumerate(self.deeds)
        ]
        self.query_one(Rows).fill(found)
        self.query_one(Rows).focus()

    def action_copy(self) -> None:
        """Copy the marked command, through the terminal (OSC 52)."""
        marked = self.query_one(Rows).marked
        if marked:
            self.app.copy_to_clipboard(marked.thing.command)
            self.notify(marked.thing.command, title="Copied")


class Jump(ModalScreen[str]):
    """Letters over the places; one goes there."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    #jump { background: $accent 30%; height: auto; width: 1fr; margin-top: 1; }
    """

    def compose(self) -> ComposeResult:
        """Show a letter before each place."""
        titles = {name: title for name, (_, title) in PLACES.items()}
        titles |= SHORT if self.app.size.width < ROOMY else {}
        spans: list[Span] = [(" ", "")]
        for letter, name in zip(JUMPS, PLACES, strict=True):
            spans += [(letter, "accent"), (f" {titles[name]} ", "")]
        yield Static(content(*spans), id="jump")

    def on_key(self, event: events.Key) -> None:
        """Go there; any other key goes nowhere."""
        event.stop()
        there = dict(zip(JUMPS, PLACES, strict=True))
        self.dismiss(there.get(event.character or "", ""))
