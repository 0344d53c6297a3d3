"""One look for many who ask: kept for some seconds, looked at anew by one at a time."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from elite8.core import log
from elite8.core.errors import Elite8Error

T = TypeVar("T")
PATIENCE = 10.0
"""Seconds that a look may take before it counts as failed."""


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """What was seen; `trouble` says why the look after that failed, "" for no trouble."""

    value: T
    trouble: str = ""


class NothingSeen(Exception):
    """The first look failed; the text is a sentence without details."""


class Kept(Generic[T]):
    """What `look` returns, `fresh` seconds old at most.

    With `warm`, it is looked at again every so many seconds as long as somebody asked within
    `watched`: then nobody waits. A failed look leaves what was seen before, with its trouble.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], T],
        *,
        fresh: float,
        warm: float | None = None,
        watched: float = 150.0,
    ) -> None:
        self.name, self._look = name, look
        self._fresh, self._warm, self._watched = fresh, warm, watched
        self._seen: Seen[T] | None = None
        self._at = self._asked = -1e9
        self._looking: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None] | None = None
        self._trouble = ""
        self.looks = 0

    async def get(self) -> Seen[T]:
        """Return what is kept when it is fresh, else what one look for all shows."""
        self._asked = time.monotonic()
        if self._warm is not None and (self._warming is None or self._warming.done()):
            self._warming = asyncio.create_task(self._keep_warm(self._warm))
        if self._asked - self._at > self._fresh:
            await asyncio.shield(self._one_look())
        if self._seen is None:
            raise NothingSeen(self._trouble)
        return self._seen

    def forget(self) -> None:
        """Have the next one who asks look anew."""
        self._at = -1e9

    def rest(self) -> None:
        """Look no more by itself until somebody asks again."""
        if self._warming is not None:
            self._warming.cancel()
            self._warming = None

    def _one_look(self) -> asyncio.Task[None]:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_once())
        return self._looking

    async def _look_once(self) -> None:
        began = time.monotonic()
        self.looks += 1
        try:
            async with asyncio.timeout(PATIENCE):
                found = await asyncio.to_thread(self._look)
        except Exception as fault:  # noqa: BLE001  # the page says so
            log.get().warning("web.look_failed", what=self.name, exc_info=fault)
            self._failed(why(fault))
        else:
            self._seen, self._at = Seen(found), began

    def _failed(self, trouble: str) -> None:
        self._trouble = trouble
        if self._seen is not None:
            self._seen = Seen(self._seen.value, trouble)
            self._at = time.monotonic()  # what is broken is not asked by everybody at once

    async def _keep_warm(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            if time.monotonic() - self._asked > self._watched:
                return
            await self._one_look()


def why(fault: Exception) -> str:
    """Return what a fault is to people: our own sentences, else only its kind."""
    if isinstance(fault, TimeoutError):
        return f"no answer within {PATIENCE:.0f} seconds"
    return str(fault) if isinstance(fault, Elite8Error) else f"a fault ({type(fault).__name__})"
