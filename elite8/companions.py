"""What lives in the daemon's process beside its ticks, each in threads of its own."""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from elite8.core import log
from elite8.core.studio import Studio


class Face(Protocol):
    """Another face that lives in the daemon's process, whoever leads: the page."""

    def start(self) -> None:
        """Begin, in threads of its own; its trouble is told, and ends nobody else."""
        ...

    def stop(self, seconds: float) -> None:
        """End within so many seconds."""
        ...


Receive = Callable[[str, bytes | None], int]
"""Hands the chat what Telegram calls in with, a secret and a body; gives the status to answer.

Without a body, 200 says that one with this secret would be looked at.
"""
MakesFace = Callable[[Callable[[], Studio], Receive], Face]
"""Makes a face of what gives the studio as it is now, and of what the chat is handed by."""


class Companion(Protocol):
    """Something that runs while this process leads."""

    def wanted(self) -> bool:
        """Return whether it is to run, as things are now."""
        ...

    def start(self) -> None:
        """Begin, and return at once; when it runs already, nothing happens."""
        ...

    def stop(self, seconds: float) -> bool:
        """End, waiting so long at most; return whether it is over."""
        ...


class Companions:
    """All of them; they are started and stopped together, by whichever thread finds out."""

    def __init__(self, every: Sequence[Companion]) -> None:
        self._every = every
        self._lock = threading.Lock()
        self._over = False

    def follow(self, *, leads: bool) -> None:
        """Have run what is wanted while this process leads, and nothing else."""
        with self._lock:
            for one in self._every:
                if leads and not self._over and one.wanted():
                    one.start()
                else:
                    one.stop(0.0)

    def stop(self, seconds: float) -> None:
        """End all of them for good."""
        with self._lock:
            self._over = True
            for one in self._every:
                if not one.stop(seconds):
                    log.get().warning("companion.left", name=type(one).__name__)
