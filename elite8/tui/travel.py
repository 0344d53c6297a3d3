"""The time machine: the same console over what the daemon kept, or a recording."""

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual import work

from elite8.core.errors import Elite8Error
from elite8.tui import said

if TYPE_CHECKING:
    from textual.app import App

    from elite8.core.operations.scene import Scene
    from elite8.core.operations.snapshots import Snapshot
    from elite8.tui.source import Source

    Base = App[None]
else:
    Base = object

LEAP = timedelta(hours=1)
NOTHING = "nothing was kept before that: the daemon keeps the scene each minute"


class Travelling(Base):
    """What goes back and forth in time; `snapshot` is `None` now."""

    source: "Source"
    scene: "Scene | None"
    snapshot: "Snapshot | None" = None

    @abstractmethod
    def show(self, scene: "Scene") -> None:
        """Show a scene."""

    @abstractmethod
    def look(self) -> None:
        """Look at what is now."""

    def travel(self, written: str) -> None:
        """Go to a time a person wrote."""
        self._to_written(written)

    def action_step(self, step: int) -> None:
        """Go to the scene kept before or after this one."""
        if self.scene is None or (self.snapshot is None and step > 0):
            return
        self._to(self.snapshot.at if self.snapshot else self.source.now(), step)

    def action_leap(self, step: int) -> None:
        """Go an hour back or on."""
        if self.scene is None or (self.snapshot is None and step > 0):
            return
        since = self.snapshot.at if self.snapshot else self.source.now()
        self._to(since + step * LEAP, 0)

    def action_now(self) -> None:
        """Come back to what is now."""
        if self.snapshot:
            self.snapshot = None
            self.scene = None
            soon = getattr(self.source, "soon", None)
            if soon:
                soon()
            self.look()

    @work(thread=True, group="travel", exclusive=True, exit_on_error=False)
    def _to(self, instant: datetime, step: int) -> None:
        try:
            source = self.source
            found = source.neighbour(instant, step) if step else source.at(instant)
        except Elite8Error as why:
            self.call_from_thread(self.notify, str(why), severity="warning")
            return
        self.call_from_thread(self._arrived, found, step)

    @work(thread=True, group="travel", exclusive=True, exit_on_error=False)
    def _to_written(self, written: str) -> None:
        from elite8.core.domain.wall import instant_past

        assert self.scene is not None  # noqa: S101  # one travels from a scene
        from zoneinfo import ZoneInfo

        try:
            instant = instant_past(written, ZoneInfo(self.scene.board.zone), self.source.now())
            found = self.source.at(instant)
        except (ValueError, Elite8Error) as why:
            self.call_from_thread(self.notify, str(why), severity="error")
            return
        self.call_from_thread(self._arrived, found, -1)

    def _arrived(self, found: "Snapshot | None", step: int) -> None:
        if found is None and step > 0:
            self.action_now()
        elif found is None:
            self.notify(NOTHING, severity="warning")
        else:
            self.snapshot = found
            self.show(found.scene)
            lasted = said.until(found.at, self.source.now()).removeprefix("in ")
            self.notify(
                f"as it was {said.seconds(found.at, found.scene.board.zone)}, {lasted}", timeout=2
            )
