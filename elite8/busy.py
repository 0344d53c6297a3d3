"""What runs now in a process that ticks or works: a stop waits for it, a watchdog looks at it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Busy:
    """Names of what runs, each with when it began, in monotonic seconds."""

    def __init__(self) -> None:
        self._running: dict[str, float] = {}
        self._changed = threading.Condition()

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Count this thread among those that a stop waits for."""
        with self._changed:
            self._running[name] = time.monotonic()
        try:
            yield
        finally:
            with self._changed:
                del self._running[name]
                self._changed.notify_all()

    def running(self) -> dict[str, float]:
        """Return what runs now and since when."""
        with self._changed:
            return dict(self._running)

    def longer_than(self, seconds: float) -> list[str]:
        """Return what has run for longer than that."""
        now = time.monotonic()
        return [name for name, since in self.running().items() if now - since > seconds]

    def ended_within(self, seconds: float) -> bool:
        """Wait for so long at most; return whether all ended."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, timeout=seconds)
