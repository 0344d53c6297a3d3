"""The console's shell: the head, the places, the keys, and the look that is made each second."""

import asyncio
import gc
import signal
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import Screen

from elite8.core import lean
from elite8.core.errors import Elite8Error
from elite8.core.visible import harmless
from elite8.tui import bars, themes
from elite8.tui import fault as fault_words
from elite8.tui.acting import Acting
from elite8.tui.acts import ACTS, BY_ID
from elite8.tui.line import Line
from elite8.tui.pane import PLACES, Pane, pane_of
from elite8.tui.rows import Rows
from elite8.tui.travel import Travelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from elite8.core.operations.scene import Scene
    from elite8.tui.search import Search
    from elite8.tui.source import Source

EVERY = 2.0
"""Seconds between two looks."""
WIDE = 110
"""Cells from which a pane has a side."""
WORKERS = 4
"""Threads: a look, an act, a story and a picture at once; each has memory of its own."""


LABELS = {one.key: one.label for one in reversed(ACTS)}
"""What a key is called; of two acts on one key the first's."""


class Console(Travelling, Acting, App[None]):
    """One screen: what is now, and what can be done about it."""

    CSS_PATH = "elite8.tcss"
    TITLE = "elite8"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012  # Textual's
        (0, "-narrow"),
        (WIDE, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012  # Textual's
        (0, "-tiny"),
        (16, "-low"),
        (30, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"go('{name}')", title, show=False, group=Binding.Group("Places"))
            for name, (key, title) in PLACES.items()
        ),
        *(
            Binding(key, f"act('{key}')", label, show=False, group=Binding.Group("Acts"))
            for key, label in LABELS.items()
        ),
        Binding("question_mark", "help", "Help", show=False),
        Binding("slash", "search", "Search", show=False),
        Binding("escape", "leave", "Back", show=False),
        Binding("j", "jump", "Jump to a key", show=False),
        Binding("tab", "app.focus_next", "Next list", show=False),
        Binding("D", "dry", "Dry run on or off", show=False),
        Binding("u", "undo", "Take back what is held", show=False),
        Binding("y", "copy", "Copy what was done last", show=False),
        Binding("H", "deeds", "What was done here", show=False),
        Binding("o", "open_file", "Open the file", show=False),
        Binding("i", "picture", "Look at the film", show=False),
        Binding("left_square_bracket", "step(-1)", "A moment back", show=False),
        Binding("right_square_bracket", "step(1)", "A moment on", show=False),
        Binding("left_curly_bracket", "leap(-1)", "An hour back", show=False),
        Binding("right_curly_bracket", "leap(1)", "An hour on", show=False),
        Binding("N", "now", "Back to now", show=False),
        Binding("t", "theme", "Next theme", show=False),
        Binding("q", "quit", "Quit", show=False),
    ]

    def __init__(  # noqa: PLR0913  # what may be asked of it
        self,
        source: "Source",
        *,
        read_only: bool = False,
        dry: bool = False,
        at: str = "",
        wears: str = "elite8",
        every: float = EVERY,
    ) -> None:
        super().__init__()
        self.source = source
        self.read_only = read_only
        self.dry = dry
        self.wanted_at = at
        self.wears = wears
        self.every = every
        self.scene: Scene | None = None
        self.trouble = ""
        self.seen_at = source.now()
        self.here = "today"
        self._busy = False
        self._minute = -1
        self._has_begun = False
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        self.theme = wears if wears in self.available_themes else "elite8"

    def compose(self) -> ComposeResult:
        """Put the lines above and below; what stands between follows the first paint."""
        yield Line(id="head")
        yield Line(id="places")
        yield Container(id="stage")
        yield Line(id="held")
        yield Line(id="keys")

    def on_mount(self) -> None:
        """Begin to look, once the first picture is there."""
        self.draw_lines()
        self.call_after_refresh(self.begin)

    async def begin(self) -> None:
        """Bring the first place, look now, and again and again; SIGTERM gives the terminal back."""
        from elite8.tui.search import Search

        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(WORKERS))
        loop.add_signal_handler(signal.SIGTERM, self.exit, None, 128 + signal.SIGTERM)
        self.look()
        await self.query_one("#stage").mount(pane_of(self.here))
        await self.mount(Search(), before="#held")
        self._has_begun = True
        self.pane.enter()
        if self.scene:
            self.show(self.scene)
        self.set_interval(self.every, self.look)
        self.set_interval(1.0, self.tick)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key works yet: before the first place is there only leaving does."""
        if not self.has_pane and action != "quit":
            return False
        return super().check_action(action, parameters)

    @property
    def pane(self) -> Pane:
        """The place that is shown."""
        stage = self.screen_stack[0]
        return stage.query_one(f"#stage > #{self.here}", Pane)  # type: ignore[type-abstract]  # any

    @property
    def has_pane(self) -> bool:
        """Whether a place is there with all that is in it: not yet at first, no more at the end."""
        stack = self.screen_stack if self._has_begun and self.is_running else []
        return bool(stack and stack[0].query(f"#stage > #{self.here}"))

    def now(self) -> datetime:
        """Return the time that is shown: of the scene when it is one gone by."""
        if self.snapshot and self.scene:
            return self.scene.board.at
        return self.source.now()

    def look(self) -> None:
        """Look in a thread, unless a look is still under way."""
        if not self._busy and not self.snapshot:
            self._busy = True
            asyncio.get_running_loop().run_in_executor(None, self._look)

    def _look(self) -> None:
        try:
            found, trouble = self.source.look(), ""
        except Elite8Error as why:
            found, trouble = None, str(why)
        except Exception as fault:  # noqa: BLE001  # the picture before stays, and says how old it is
            found, trouble = None, fault_words.told(fault)
        if found is None and not trouble and not self.trouble:
            self.seen_at = self.source.now()  # as before: nobody has to be woken for that
            self._busy = False
        else:
            self.call_later(self.looked, found, trouble)

    def looked(self, found: "Scene | None", trouble: str) -> None:
        """Show what a look found, or that it found nothing."""
        self._busy = False
        self.trouble = trouble
        if not trouble:
            self.seen_at = self.source.now()
        if found and not self.snapshot:
            first = self.scene is None
            self.show(found)
            if first:
                self.call_after_refresh(self.opened)
        elif found is None:
            self.draw_head()

    def opened(self) -> None:
        """Go on with what waited for the first scene: the performers' themes, a time gone by."""
        gc.collect()
        lean.settle()  # what is loaded now stays; looking through it again and again costs the idle
        if self.source.studio:
            for theme in themes.of_all(self.source.studio.config.roster.characters):
                self.register_theme(theme)
            if self.wears in self.available_themes:
                self.theme = self.wears
        if self.wanted_at:
            self.travel(self.wanted_at)

    def show(self, scene: "Scene") -> None:
        """Show a scene in the place that is shown; the others are filled when one goes there."""
        self.scene = scene
        if self.has_pane:
            self.pane.draw(scene)
        self.draw_lines()

    def tick(self) -> None:
        """Have the clock go on; under a sheet it stands still."""
        now = self.now()
        if self.has_pane and self.screen is self.screen_stack[0]:
            self.pane.tick(now)
            if now.minute != self._minute:
                self._minute = now.minute
                self.pane.turn(now)
        self.draw_head()

    @property
    def is_wide(self) -> bool:
        """Whether the side of a pane is shown."""
        return self.size.width >= WIDE

    def draw_lines(self) -> None:
        """Say again what stands above and below."""
        if not self.is_running:
            return
        base, cells = self.screen_stack[0], self.size.width
        self.draw_head()
        base.query_one("#places", Line).say(bars.places(self, cells))
        self.draw_keys()
        self.draw_held()

    def draw_keys(self) -> None:
        """Say again which keys work here."""
        keys = self.screen_stack[0].query_one("#keys", Line)
        keys.say(bars.keys(self, self.size.width))

    def draw_head(self) -> None:
        """Say again how it goes and what time it is."""
        for line in self.screen_stack[0].query("#head") if self.screen_stack else ():
            line.tell(*bars.head(self, self.now(), self.size.width))  # type: ignore[attr-defined]  # a Line

    def on_resize(self) -> None:
        """Fit everything to the new size."""
        self.call_after_refresh(self.draw_again)

    def draw_again(self) -> None:
        """Draw the scene that is shown once more."""
        if self.scene:
            self.show(self.scene)
        else:
            self.draw_lines()

    async def action_go(self, name: str) -> None:
        """Go to a place; its module is imported the first time."""
        if name == self.here or len(self.screen_stack) > 1:
            return
        self.action_leave()
        try:
            there = self.query(f"#stage > #{name}")
            if not there:
                await self.query_one("#stage").mount(pane_of(name))
        except ModuleNotFoundError:
            self.notify(f"{PLACES[name][1]} is not here yet", severity="warning")
            return
        self.pane.display = False
        self.here = name
        self.pane.display = True
        if self.scene:
            self.pane.draw(self.scene)
        self.pane.enter()
        self.draw_lines()

    def go_soon(self, name: str) -> None:
        """Go to a place when what is over it is gone."""
        self.call_later(self.action_go, name)

    def offered(self) -> "Iterator[tuple[str, str, str, bool]]":
        """Yield key, label, action and whether it works, of what the footer shows."""
        if not self.has_pane:
            return
        thing = self.pane.marked()
        if self.snapshot:
            yield "[ ]", "back, on", "app.step(-1)", True
            yield "N", "now", "app.now", True
        for name in (*self.pane.acts, "pause"):
            act = BY_ID[name]
            if act.kind is None or (thing and thing.kind == act.kind):
                yield act.key, act.label, f"app.act('{act.key}')", not self.why_not(act, thing)

    def general(self) -> "Iterator[tuple[str, str, str]]":
        """Yield what the footer always shows."""
        if not self.snapshot and self.size.width >= 100:  # noqa: PLR2004  # there is room
            yield "[", "back in time", "app.step(-1)"
        yield "/", "search", "app.search"
        yield "?", "keys", "app.help"
        yield "q", "quit", "app.quit"

    def on_rows_marked(self, _: Rows.Marked) -> None:
        """Offer what can be done with what is marked now."""
        if self.is_running:
            self.draw_keys()

    def on_rows_opened(self, event: Rows.Opened) -> None:
        """Show all there is about a row."""
        self.pane.open(event.row)

    def action_search(self) -> None:
        """Ask what to look for in this place."""
        line: Search = self.query_one("#search")  # type: ignore[assignment]  # mounted in begin
        line.begin()

    def action_leave(self) -> None:
        """End the search; show all again."""
        line: Search = self.query_one("#search")  # type: ignore[assignment]  # mounted in begin
        if line.display:
            line.value = ""
            line.display = False
            self.pane.enter()

    def action_theme(self) -> None:
        """Wear the next theme."""
        own = self.own_themes()
        self.theme = own[(own.index(self.theme) + 1) % len(own)] if self.theme in own else own[0]
        self.notify(f"theme: {self.theme}")

    def notify(self, message: str, **how: Any) -> None:  # noqa: ANN401  # Textual's
        """Show a message as it is: markup in the words of others would be links that act."""
        super().notify(harmless(message), **how | {"markup": False})

    def own_themes(self) -> list[str]:
        """Return the themes that are ours: dark, light, the performers'."""
        who = [one.id for one in self.scene.board.performers] if self.scene else []
        return [name for name in ("elite8", "elite8-light", *who) if name in self.available_themes]

    def action_help(self) -> None:
        """Show every key."""
        from elite8.tui.helping import Help

        self.push_screen(Help(self.pane.help))

    def action_jump(self) -> None:
        """Go to a place by a key over it."""
        from elite8.tui.helping import Jump

        def chosen(name: str | None) -> None:
            if name:
                self.go_soon(name)

        self.push_screen(Jump(), chosen)

    def get_system_commands(self, screen: Screen[object]) -> "Iterable[SystemCommand]":  # noqa: ARG002  # Textual's signature
        """Offer every place and act in the palette."""
        for name, (key, title) in PLACES.items():
            yield SystemCommand(f"Go to {title}", f"key {key}", partial(self.go_soon, name))
        thing = self.pane.marked()
        for act in ACTS:
            why = self.why_not(act, thing)
            about = why or (act.told(thing, {}) if act.kind else f"key {act.key}")
            yield SystemCommand(act.label, about, partial(self.do, act))
        for name in self.own_themes():
            yield SystemCommand(f"Theme: {name}", "wear it", partial(setattr, self, "theme", name))
        yield SystemCommand("Keys", "every key and what it does", self.action_help)
        yield SystemCommand("What was done here", "and the same as commands", self.action_deeds)
        yield SystemCommand("Dry run", "on or off", self.action_dry)
        yield SystemCommand("Back to now", "out of the time machine", self.action_now)
        yield SystemCommand("Quit", "leave; the daemon goes on", self.action_quit)
