"""The form before an act: what will happen, what has to be said, the same as a command."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from elite8.tui.acts import Act, Ask
from elite8.tui.search import catch_up
from elite8.tui.spans import Span, content

if TYPE_CHECKING:
    from elite8.core.operations.scene import Scene
    from elite8.tui.things import Thing


class Choice(Static, can_focus=True):
    """One of several, chosen with the arrows, a click, or its first letter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up,h", "by(-1)", "Before", show=False),
        Binding("right,down,l,space", "by(1)", "Next", show=False),
    ]
    place = reactive(0)

    def __init__(self, among: Sequence[tuple[str, str]], value: str, *, id: str) -> None:
        super().__init__(id=id)
        self.among = tuple(among)
        names = [name for name, _ in self.among]
        self.set_reactive(Choice.place, names.index(value) if value in names else 0)

    @property
    def value(self) -> str:
        """What is chosen."""
        return self.among[self.place][0] if self.among else ""

    def render(self) -> object:  # type: ignore[override]  # any visual will do
        """Return the choices, the one that is chosen marked by more than a colour."""
        spans: list[Span] = []
        for number, (_, label) in enumerate(self.among):
            chosen = number == self.place
            spans.append((f"‹{label}›" if chosen else f" {label} ", "accent" if chosen else "dim"))
        return content(*spans)

    def action_by(self, step: int) -> None:
        """Choose another one."""
        self.choose((self.place + step) % max(len(self.among), 1))

    def choose(self, number: int) -> None:
        """Choose this one; what is asked now is there before the next key comes."""
        self.place = number
        if isinstance(self.screen, Form):
            self.screen.say()

    def on_key(self, event: events.Key) -> None:
        """Choose by the first letter."""
        sign = event.character or ""
        for number in (*range(self.place + 1, len(self.among)), *range(self.place)):
            if sign.isalpha() and self.among[number][1].casefold().startswith(sign.casefold()):
                self.choose(number)
                event.stop()
                return


class Form(ModalScreen[Mapping[str, str] | None]):
    """Asks once; Enter does it, Escape leaves it."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    #form { width: 76; max-width: 96%; height: auto; max-height: 96%; background: $surface;
      padding: 1 2;
      border: round $accent 60%; }
    #form.-outward { border: round $error 70%; }
    #form-title { height: auto; }
    #form-says { height: auto; margin: 1 0; }
    .ask { height: auto; min-height: 1; }
    .ask-label { width: 12; color: $foreground 64%; }
    .ask Input { width: 1fr; height: 1; border: none; background: $panel; padding: 0 1; }
    .ask Input:focus { background: $panel-lighten-1; }
    Choice { width: 1fr; height: auto; }
    Choice:focus { background: $panel; }
    #form-command { height: auto; margin: 1 0 1 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave it"),
        Binding("enter", "do", "Do it", priority=True),
    ]

    def __init__(
        self, act: Act, thing: "Thing | None", scene: "Scene", *, dry: bool, grace: int
    ) -> None:
        super().__init__()
        self.act, self.thing, self.scene_now = act, thing, scene
        self.dry, self.grace = dry, grace

    def compose(self) -> ComposeResult:
        """Show the title, what will happen, the questions, the command."""
        with Vertical(id="form", classes="-outward" if self.act.outward else ""):
            about = self.thing.title if self.thing else ""
            yield Static(
                content((self.act.label, "strong"), (f"  {about}", "dim")), id="form-title"
            )
            yield Static(id="form-says")
            for ask in self.act.asks:
                with Horizontal(classes="ask", id=f"ask-{ask.name}"):
                    yield Static(ask.label, classes="ask-label")
                    yield self.field(ask)
            yield Static(id="form-command")
            yield Static(id="form-keys")

    def field(self, ask: Ask) -> "Choice | Input":
        """Return what a question is answered in."""
        default = ask.default
        if ask.name in ("character", "network", "region", "stage") and self.thing is None:
            here = self.app.pane.marked()  # type: ignore[attr-defined]  # the console's
            default = default or (getattr(here, ask.name) if here else "")
        if ask.among:
            return Choice(ask.among(self.scene_now), default, id=f"is-{ask.name}")
        return Input(
            default,
            placeholder=ask.hint,
            compact=True,
            select_on_focus=False,  # letters typed before it is told of its focus would go
            id=f"is-{ask.name}",
        )

    def on_mount(self) -> None:
        """Say what it would be as it stands."""
        self.say()
        for each in self.query(Input):
            each.select_all()  # what is typed takes the place of what is offered
        first = next(iter(self.query("Choice, Input")), None)
        if first:
            first.focus()

    def answers(self) -> dict[str, str]:
        """Return what is answered; what is not asked now is left out."""
        found: dict[str, str] = {}
        for ask in self.act.asks:
            field = self.query_one(f"#is-{ask.name}")
            if ask.needs is None or found.get(ask.needs[0]) == ask.needs[1]:
                found[ask.name] = getattr(field, "value", "").strip()
        return found

    def named(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Return who is meant by name, as they are offered."""
        if "character" not in answers:
            return {}
        who = self.query_one("#is-character", Choice)
        return {"character": dict(who.among).get(who.value, who.value)}

    def say(self) -> None:
        """Say what will happen with these answers."""
        answers = self.answers()
        for ask in self.act.asks:
            self.query_one(f"#ask-{ask.name}").display = ask.name in answers
        says = self.act.told(self.thing, answers | self.named(answers))
        self.query_one("#form-says", Static).update(content((says[:1].upper() + says[1:], "")))
        command = self.act.as_command(self.thing, answers)
        self.query_one("#form-command", Static).update(content(("$ ", "faint"), (command, "dim")))
        does = "tries it" if self.dry else "does it"
        after = f", {self.grace} s to take it back" if self.grace else ""
        tone = "bad" if self.act.outward and not self.dry else "accent"
        keys: list[Span] = [("Enter", tone), (f" {does}{after}    ", "dim")]
        self.query_one("#form-keys", Static).update(
            content(*keys, ("Esc", "accent"), (" leaves it", "dim"))
        )

    def on_input_changed(self) -> None:
        """Say it anew."""
        self.say()

    async def catch_up(self) -> None:
        """Wait until the field that is written in has taken all that was typed before."""
        await catch_up(self.focused)

    def action_do(self) -> None:
        """Do it."""
        self.dismiss(self.answers())

    def action_leave(self) -> None:
        """Leave it."""
        self.dismiss(None)
