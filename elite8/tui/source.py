"""Where scenes come from: this machine as it is, as it was, or a file that was recorded.

Everything here may wait for a disk: it is called in a thread.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from elite8.core.operations.recording import Recorder, Recording
    from elite8.core.operations.scene import Scene
    from elite8.core.operations.snapshots import Snapshot
    from elite8.core.studio import Studio

LONGEST = 30.0
"""Seconds after which a look is made though nothing was written: clocks go on by themselves."""
ASK_AGAIN = 6.0
"""Seconds between two questions whether the daemon is alive."""


class Source(Protocol):
    """What shows scenes; `studio` is `None` where nothing can be done."""

    studio: "Studio | None"

    def now(self) -> datetime:
        """Return the time by this source's clock."""

    def look(self) -> "Scene | None":
        """Return the scene now, `None` when it is as it was."""

    def at(self, instant: datetime) -> "Snapshot | None":
        """Return the scene as it was then."""

    def neighbour(self, instant: datetime, step: int) -> "Snapshot | None":
        """Return the one so many before or after that."""

    def grow(self) -> None:
        """Have scenes say how it grows, where they can."""

    def close(self) -> None:
        """Let go of what is open."""


@dataclass
class Live:
    """This machine: opened at the first look, looked at again only when something was written."""

    opener: "Callable[[], Studio]"
    record: Path | None = None
    studio: "Studio | None" = None
    grows: bool = False
    """Whether somebody looks at how it grows: until then nobody works it out."""
    _changes: int | None = None
    _looked: float = -LONGEST
    _asked: float = 0.0
    _leader: str = ""
    _recorder: "Recorder | None" = field(default=None, repr=False)

    def now(self) -> datetime:
        """Return the studio's time, this machine's until it is open."""
        return self.studio.clock() if self.studio else datetime.now(UTC)

    def opened(self) -> "Studio":
        """Return the studio, opened now if it is not; whoever records finds a file in the way."""
        if self.studio is None:
            studio = self.opener()
            if self.record:
                from elite8.core.operations.recording import Recorder

                self._recorder = Recorder(studio, self.record)
            self.studio = studio
        return self.studio

    def look(self) -> "Scene | None":
        """Return the scene, `None` when nothing was written since and not long ago."""
        from elite8.core.operations.scene import scene, with_growth

        studio = self.opened()
        changes = studio.looking.database.changes()
        fresh = time.monotonic() - self._looked < LONGEST
        if fresh and changes is not None and changes == self._changes and self._is_led():
            return None
        found = scene(studio)
        if self.grows or self._recorder:
            found = with_growth(studio, found)
        self._changes = changes
        self._looked = self._asked = time.monotonic()
        self._leader = found.board.leader
        if self._recorder:
            self._recorder.add(found)
        return found

    def _is_led(self) -> bool:
        """Return whether the same daemon leads; one that is killed writes nothing any more."""
        from elite8.core.operations import leading

        if self.studio is None or time.monotonic() - self._asked < ASK_AGAIN:
            return True
        self._asked = time.monotonic()
        found = leading.leader(self.studio.looking)
        return (found.who if found else "") == self._leader

    def soon(self) -> None:
        """Have the next look made whatever was written."""
        self._looked = -LONGEST

    def grow(self) -> None:
        """Have every look from now on say how it grows, the next one soon."""
        self.grows = True
        self.soon()

    def at(self, instant: datetime) -> "Snapshot | None":
        """Return the scene that was kept by then."""
        from elite8.core.operations import snapshots

        return snapshots.at(self.opened(), instant)

    def neighbour(self, instant: datetime, step: int) -> "Snapshot | None":
        """Return the one kept before or after."""
        from elite8.core.operations import snapshots

        return snapshots.neighbour(self.opened(), instant, step)

    def close(self) -> None:
        """Close the recording and the database."""
        if self._recorder:
            self._recorder.close()
        if self.studio:
            for one in (self.studio, vars(self.studio).get("looking")):
                if one is not None and "database" in vars(one):
                    one.database.close()


@dataclass
class Replay:
    """A recording: it begins at its end, and nothing can be done in it."""

    file: Path
    studio: "Studio | None" = None
    _recording: "Recording | None" = field(default=None, repr=False)

    def opened(self) -> "Recording":
        """Return the recording; one that cannot be read is a ConfigError."""
        from elite8.core.operations import recording

        if self._recording is None:
            self._recording = recording.opened(self.file)
        return self._recording

    def now(self) -> datetime:
        """Return when it ends."""
        return self._recording.span()[1] if self._recording else datetime.now(UTC)

    def look(self) -> "Scene | None":
        """Return its last scene."""
        found = self.opened().at(self.opened().span()[1])
        return found.scene if found else None

    def at(self, instant: datetime) -> "Snapshot | None":
        """Return the scene as it was then."""
        return self.opened().at(instant)

    def neighbour(self, instant: datetime, step: int) -> "Snapshot | None":
        """Return the one recorded before or after."""
        return self.opened().neighbour(instant, step)

    def grow(self) -> None:
        """Do nothing: a recording says what it says."""

    def close(self) -> None:
        """Nothing is open."""
