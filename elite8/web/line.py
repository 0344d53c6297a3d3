"""One line to the page: whoever is too slow, or takes too many, is let go."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from elite8.web.door import is_here, network_of

HEAD = 10.0
"""Seconds in which a request's headers have to be here, from its first byte or the line's begin."""
WHOLE = 40.0
"""Seconds from the headers until the answer is taken: what the chat is handed takes 25 at most."""
MOST_OF_ONE = 24
"""Lines from one address elsewhere; a browser opens six. Behind a proxy all come from its own."""
MOST = 256
"""Lines from everywhere together: more are not even listened to."""


class Line(H11Protocol):
    """Uvicorn's own, with ends to how long a request may take.

    Uvicorn closes what is idle between two requests. A request that comes byte by byte, or an
    answer that nobody takes, would stand in the way of others for ever.
    """

    head: ClassVar[float] = HEAD
    whole: ClassVar[float] = WHOLE
    _ends: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a line, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > MOST or self._has_too_many():
            transport.abort()
            return
        self._within(self.head)

    def data_received(self, data: bytes) -> None:
        """Take what came: the beginning of a request, or more of it."""
        begins, before = self._is_idle(), self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._within(self.whole)
        elif begins:
            self._within(self.head)

    def on_response_complete(self) -> None:
        """Wait for the answer to be taken, and for the next request."""
        before = self.cycle
        super().on_response_complete()
        untaken = self.transport.get_write_buffer_size() > 0
        self._within(self.whole if self.cycle is not before or untaken else self.head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the line."""
        if self._ends is not None:
            self._ends.cancel()
        super().connection_lost(exc)

    def trusts_proxy(self) -> bool:
        """Return whether a proxy of ours stands before the page."""
        return False

    def _is_idle(self) -> bool:
        """Return whether no byte of a request is here."""
        return self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]

    def _has_too_many(self) -> bool:
        """Return whether this line is one more than its address may have."""
        mine = self.client[0] if self.client else ""
        if not mine or is_here(mine) or self.trusts_proxy():
            return False
        whose = network_of(mine)
        return sum(address(one) == whose for one in self.connections) > MOST_OF_ONE

    def _within(self, seconds: float) -> None:
        if self._ends is not None:
            self._ends.cancel()
        self._ends = self.loop.call_later(seconds, self.transport.abort)


def address(line: object) -> str:
    """Return whose line it is, "" when nobody knows."""
    client = getattr(line, "client", None)
    return network_of(client[0]) if client else ""


def patient(trusts_proxy: Callable[[], bool]) -> type[Line]:
    """Return the kind of line for a page; `trusts_proxy`: all lines are then a proxy's."""
    return type("PageLine", (Line,), {"trusts_proxy": lambda _: trusts_proxy()})
