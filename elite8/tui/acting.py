"""How an act is done: asked, said, held while it can be taken back, done in a thread, noted."""

import os
import shlex
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textual import work

from elite8.core.errors import Elite8Error
from elite8.core.processes import ELITE8
from elite8.tui import doing
from elite8.tui import fault as fault_words
from elite8.tui.acts import BY_ID, Act, of_key
from elite8.tui.line import Line
from elite8.tui.things import as_queued

if TYPE_CHECKING:
    from textual import events
    from textual.app import App
    from textual.timer import Timer

    from elite8.core.operations.scene import Film, Scene
    from elite8.core.operations.snapshots import Snapshot
    from elite8.tui.pane import Pane
    from elite8.tui.source import Source
    from elite8.tui.spans import Words
    from elite8.tui.things import Thing

    Base = App[None]
else:
    Base = object

SHEET = 16
"""Columns of the screen that are not a sheet's words."""
MOST_DEEDS = 500
OPENING = "the first look is still under way"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What was done here: the same as a command, and what came of it."""

    at: datetime
    command: str
    says: str
    outcome: str


@dataclass(slots=True)
class Held:
    """An act that is not done yet: it can be taken back for so many seconds."""

    act: Act
    thing: "Thing | None"
    answers: Mapping[str, str]
    left: int


class Acting(Base):
    """What does acts; the console is one."""

    source: "Source"
    scene: "Scene | None"
    snapshot: "Snapshot | None"
    read_only: bool
    dry: bool
    deeds: tuple[Deed, ...] = ()
    held: Held | None = None
    taking_back: tuple[Act, Mapping[str, str]] | None = None
    _clock: "Timer | None" = None

    @property
    @abstractmethod
    def pane(self) -> "Pane":
        """The place that is shown."""

    @abstractmethod
    def draw_lines(self) -> None:
        """Say again what stands above and below."""

    @abstractmethod
    def look(self) -> None:
        """Look at what is now."""

    @abstractmethod
    def now(self) -> "datetime":
        """Return the time that is shown."""

    def why_not(self, act: Act, thing: "Thing | None") -> str:
        """Return why an act cannot be done now, "" when it can."""
        if self.scene is None:
            return OPENING
        if self.source.studio is None:
            return "this is a recording; nothing can be done in it"
        if self.snapshot:
            return "this is as it was; N goes back to now"
        if self.read_only:
            return "the console was started with --read-only"
        return act.why_not(thing)

    async def on_event(self, event: "events.Event") -> None:
        """Have each key where one writes wait for those before it: Enter overtakes no letter."""
        from textual.events import Key

        if isinstance(event, Key) and not event.is_forwarded:
            where: Any = self.screen if hasattr(self.screen, "catch_up") else self.focused
            catch_up = getattr(where, "catch_up", None)
            if catch_up:
                await catch_up()
                if not event.is_printable and await self.has_done(event.key):
                    return
        await super().on_event(event)

    async def has_done(self, key: str) -> bool:
        """Do what a key is bound to, now and not once it has come back from its field."""
        bound = self.screen.active_bindings.get(key)
        return bound is not None and await self.run_action(bound.binding.action, bound.node)

    def on_key(self, event: "events.Key") -> None:
        """Hand what was typed before a field had the keys on to it: nothing of it acts."""
        field: Any = self.focused
        if event.is_printable and hasattr(field, "insert_text_at_cursor"):
            event.stop()
            field.replace(event.character, *field.selection)

    def action_act(self, key: str) -> None:
        """Do what a key stands for, about what is marked."""
        act = of_key(key, self.pane.marked())
        if act:
            self.do(act)

    def do(self, act: Act) -> None:
        """Ask about an act, or say why it cannot be done."""
        thing = as_queued(self.pane.marked(), self.scene) if act.kind else None
        why = self.why_not(act, thing)
        if why or self.scene is None:
            self.notify(why, title=f"{act.label} is not possible", severity="warning")
            return
        from elite8.tui.ask import Form

        def answered(answers: Mapping[str, str] | None) -> None:
            if answers is not None:
                self.decided(act, thing, answers)

        self.push_screen(
            Form(act, thing, self.scene, dry=self.dry, grace=self.grace(act)), answered
        )

    def grace(self, act: Act) -> int:
        """Return for how many seconds an act can be taken back."""
        studio = self.source.studio
        if studio is None or act.at_once or act.means == "child" or self.dry:
            return 0
        return studio.config.publishing.grace_seconds

    def decided(self, act: Act, thing: "Thing | None", answers: Mapping[str, str]) -> None:
        """Do an act, after the grace in which it can be taken back."""
        grace = self.grace(act)
        if self.held:
            self._release()
        if grace:
            self.held = Held(act, thing, answers, grace)
            self._clock = self.set_interval(1.0, self._count)
            self.draw_held()
        else:
            self._begin(act, thing, answers)

    def _count(self) -> None:
        if self.held:
            self.held.left -= 1
            if self.held.left <= 0:
                self._release()
            self.draw_held()

    def _release(self) -> None:
        held = self._let_go()
        if held:
            self._begin(held.act, held.thing, held.answers)

    def _let_go(self) -> Held | None:
        held, self.held = self.held, None
        if self._clock:
            self._clock.stop()
        self.draw_held()
        return held

    def action_undo(self) -> None:
        """Take back what is held, or what was done at once."""
        held = self._let_go()
        if held:
            self.notify(f"{held.act.label} is taken back; nothing was done")
        elif self.taking_back:
            act, answers = self.taking_back
            self.taking_back = None
            self._begin(act, None, answers)
        else:
            self.notify("nothing is held; what is done stays done", severity="warning")

    def draw_held(self) -> None:
        """Show what is held and for how long."""
        line = self.screen_stack[0].query_one("#held", Line)
        line.display = self.held is not None
        if self.held:
            about = self.held.act.told(self.held.thing, self.held.answers)
            line.tell(
                (f" {self.held.left:>3} s ", "warn"),
                ("u", "accent"),
                (" takes it back  ", "dim"),
                (f"{self.held.act.label}: {about}", ""),
            )

    def _begin(self, act: Act, thing: "Thing | None", answers: Mapping[str, str]) -> None:
        if act.means == "child":
            self._in_child(act, thing, answers)
        else:
            self._in_thread(act, thing, answers, self.dry)

    @work(thread=True, group="act", exit_on_error=False)
    def _in_thread(
        self,
        act: Act,
        thing: "Thing | None",
        answers: Mapping[str, str],
        dry: bool,  # noqa: FBT001  # as it was when decided
    ) -> None:
        studio = self.source.studio
        if studio is None:
            raise RuntimeError(f"{act.id} without a studio")
        try:
            came, failed = doing.done(act, studio, thing, answers, dry), False
        except Elite8Error as why:
            came, failed = doing.Done(says=str(why)), True
        except Exception as fault:  # noqa: BLE001  # told; the console goes on
            came, failed = doing.Done(says=fault_words.told(fault)), True
        self.call_from_thread(self.done, act, thing, answers, came, failed=failed, dry=dry)

    def done(  # noqa: PLR0913  # what was done, and what came of it
        self,
        act: Act,
        thing: "Thing | None",
        answers: Mapping[str, str],
        came: doing.Done,
        *,
        failed: bool,
        dry: bool,
    ) -> None:
        """Say what came of an act, note it, and look at what it changed."""
        said = came.says
        if dry:
            self.tell(
                f"Dry run: {act.label}", said, f"nothing was done{'; it would fail' * failed}"
            )
            return
        self.note(act, thing, answers, f"failed: {said}" if failed else said)
        if failed:
            self.notify(said, title=f"{act.label} failed", severity="error", timeout=12)
        else:
            undo = came.undo
            self.taking_back = None if undo is None else (BY_ID[act.undoes], undo)
            more = "; u takes it back" if self.taking_back else ""
            self.notify(f"{said}{more}", title=act.label, timeout=6)
        self.look()

    def note(
        self, act: Act, thing: "Thing | None", answers: Mapping[str, str], outcome: str
    ) -> None:
        """Keep what was done, as a command."""
        deed = Deed(
            at=self.source.now(),
            command=act.as_command(thing, answers),
            says=act.told(thing, answers),
            outcome=outcome,
        )
        self.deeds = (deed, *self.deeds)[:MOST_DEEDS]
        self.draw_lines()

    def tell(self, title: str, text: "str | Sequence[Words]", below: str = "") -> None:
        """Show a text on a sheet of its own."""
        from elite8.tui.helping import Sheet

        self.push_screen(Sheet(title, text, below))

    @work(group="child", exit_on_error=False)
    async def _in_child(self, act: Act, thing: "Thing | None", answers: Mapping[str, str]) -> None:
        """Run the command itself, in a process of its own: it takes long and much memory."""
        import asyncio

        words = shlex.split(act.as_command(thing, answers))[1:]
        words += ["--dry-run"] if self.dry and act.id == "generate" else []
        self.notify(" ".join(["elite8", *words]), title=f"{act.label} has begun", timeout=4)
        child = await asyncio.create_subprocess_exec(
            *ELITE8, *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self.surroundings(),
        )  # fmt: skip
        try:
            text = (await child.communicate())[0].decode("utf-8", "replace")
        except asyncio.CancelledError:
            child.terminate()
            raise
        well = child.returncode == 0
        last = (text.strip().splitlines() or [""])[-1]
        if not self.dry:
            self.note(act, thing, answers, last if well else f"failed: {last}")
        self.tell(
            f"{act.label}: {'done' if well else 'failed'}",
            text.rstrip(),
            " ".join(["elite8", *words]),
        )
        self.look()

    def surroundings(self) -> dict[str, str]:
        """Return what a command runs in whose words are shown on a sheet: as wide, for people."""
        quiet = {"ELITE8_LOG_LEVEL": "warning", "ELITE8_LOG_FORMAT": "columns"}
        return os.environ | quiet | {"COLUMNS": str(max(self.size.width - SHEET, 40))}

    def action_dry(self) -> None:
        """Have acts done, or only tried."""
        self.dry = not self.dry
        self.draw_lines()
        self.notify(
            "acts are only tried now" if self.dry else "acts are done again", title="Dry run"
        )

    def action_deeds(self) -> None:
        """Show what was done here."""
        from elite8.tui.helping import Deeds

        self.push_screen(Deeds(self.deeds))

    def action_copy(self) -> None:
        """Copy the command of what was done last, through the terminal (OSC 52)."""
        if not self.deeds:
            self.notify("nothing was done here yet", severity="warning")
            return
        self.copy_to_clipboard(self.deeds[0].command)
        self.notify(self.deeds[0].command, title="Copied")

    def film_of(self, thing: "Thing | None") -> "Film | None":
        """Return the film of what is marked."""
        films = self.scene.films if self.scene else ()
        return next((one for one in films if thing and one.id == thing.video), None)

    def action_open_file(self) -> None:
        """Open the film that is marked with this machine's player; a recording names any file."""
        if self.source.studio is None:
            self.notify("a recording has no files", severity="warning")
            return
        film = self.film_of(self.pane.marked())
        if film is None or not film.path:
            self.notify("there is no file of that yet", severity="warning")
            return
        from pathlib import Path

        self.notify(film.path, title="The file")
        if not self.is_web:
            self.open_url(Path(film.path).as_uri())

    def action_picture(self) -> None:
        """Look at the film that is marked: its cover, and moments of it."""
        thing = self.pane.marked()
        film, studio = self.film_of(thing), self.source.studio
        if film is None or not film.cover or studio is None or self.scene is None:
            why = "there is no film of that yet"
            if self.scene is None:
                why = OPENING
            elif studio is None:
                why = "a recording has no pictures"
            self.notify(why, severity="warning")
            return
        from elite8.tui import about
        from elite8.tui.stills import FilmSheet

        lines = about.of_thing(thing, self.scene, self.now())
        self.push_screen(FilmSheet(film, studio, lines))
