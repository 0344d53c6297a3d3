"""Follow a tracked link: to its stored target and nowhere else, without keeping who followed.

Who asks is known for the length of one answer. So that somebody who follows twice in a day counts
once, a mark is kept in memory: a hash of address, browser and code with a salt that is made each
day, never written down, and gone the next. Then nobody can work out from a mark whose it was.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from elite8.core import log
from elite8.core.operations import follow
from elite8.core.operations.follow import Way
from elite8.core.studio import Studio
from elite8.web.door import is_here, network_of
from elite8.web.guard import asker

DAY = 86_400.0
WINDOW = 60.0
FROM_ONE, FROM_ALL = 120, 3000
"""Requests within a minute from one address, and from all: many phones share an address."""
ADDRESSES = 4096
MARKS = 200_000
"""Marks of one day that are kept: 6 MB. Past them everything counts, and the log says so."""
LEFT_OUT = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


@dataclass
class Visitors:
    """Who was here today, as marks that say nothing tomorrow."""

    now: Callable[[], float]
    _day: int = -1
    _salt: bytes = field(default=b"", repr=False)
    _marks: set[bytes] = field(default_factory=set, repr=False)

    def is_new(self, address: str, agent: str, code: str) -> bool:
        """Return whether this one follows that link for the first time today (UTC)."""
        self.turn()
        told = f"{network_of(address)}\0{agent}\0{code}".encode()
        mark = hmac.new(self._salt, told, hashlib.sha256).digest()[:16]
        if mark in self._marks:
            return False
        if len(self._marks) < MARKS:
            self._marks.add(mark)
        elif len(self._marks) == MARKS:
            self._marks.add(b"full")
            log.get().warning("link.marks_full", marks=MARKS)
        return True

    def turn(self) -> None:
        """Forget yesterday's salt and marks."""
        day = int(self.now() // DAY)
        if day != self._day:
            self._day, self._salt, self._marks = day, secrets.token_bytes(32), set()


@dataclass
class Pace:
    """How many follow within a minute, by address and all together, in bounded memory."""

    now: Callable[[], float]
    _one: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict, repr=False)
    _all: deque[float] = field(default_factory=lambda: deque(maxlen=FROM_ALL), repr=False)

    def wait(self, address: str) -> float:
        """Return how many seconds to wait, 0 for none; what may go on is counted.

        The address of this machine is a proxy's: everybody comes by it, so it alone has no limit.
        """
        now = self.now()
        mine = deque[float](maxlen=FROM_ONE)
        if not is_proxy(address):
            mine = self._one.setdefault(network_of(address), mine)
            self._one.move_to_end(network_of(address))
        while len(self._one) > ADDRESSES:
            self._one.popitem(last=False)
        waits = [
            line[0] + WINDOW - now
            for line, most in ((mine, FROM_ONE), (self._all, FROM_ALL))
            if len(line) == most and 0 <= now - line[0] < WINDOW
        ]
        if waits:
            return max(waits)
        mine.append(now)
        self._all.append(now)
        return 0.0


class Redirect:
    """Answers `/l/CODE`: to everybody, signed in or not."""

    def __init__(self, studio: Callable[[], Studio]) -> None:
        self.studio = studio
        self.visitors = Visitors(lambda: studio().clock().timestamp())
        self.pace = Pace(lambda: studio().clock().timestamp())

    async def follow(self, request: Request) -> Response:
        """Answer with where the link leads; a click is entered once the visitor is on the way."""
        studio = self.studio()
        address = asker(request.scope, trusts_proxy=lambda: studio.config.web.trust_proxy)
        if wait := self.pace.wait(address):
            return said(
                429, "too many at once; try again in a minute", {"Retry-After": f"{wait:.0f}"}
            )
        code = request.path_params["code"]
        try:
            found = await run_in_threadpool(follow.way, studio, code)
        except Exception as fault:  # noqa: BLE001  # one answer, and no trace for visitors
            log.get().error("link.unanswered", exc_info=fault)
            return said(503, "not now; try again in a minute", {"Retry-After": "60"})
        if found is None:
            return said(404, "there is no such link")
        if not found.target:
            return said(410, "this link is over")
        task = None
        if self.counts(request, studio, address, found):
            task = BackgroundTask(enter, studio, found)
        return RedirectResponse(found.target, 302, headers=LEFT_OUT, background=task)

    def counts(self, request: Request, studio: Studio, address: str, found: Way) -> bool:
        """Return whether a person follows, for the first time today."""
        agent = request.headers.get("user-agent", "")
        if request.method != "GET" or studio.config.link_bots.is_machine(agent, request.headers):
            return False
        if is_proxy(address):  # all come by one proxy, so that nobody can be told from another
            return True
        return self.visitors.is_new(address, agent, found.code)


def is_proxy(address: str) -> bool:
    """Return whether an address is of this machine, or a socket's that has none."""
    return not address or is_here(address)


def enter(studio: Studio, found: Way) -> None:
    """Enter a click; one that could not be kept is told, the visitor is on the way already."""
    try:
        follow.clicked(studio, found)
    except Exception as fault:  # noqa: BLE001  # nobody waits for it any more
        log.get().error("link.click_lost", code=found.code, exc_info=fault)


def said(status: int, words: str, headers: dict[str, str] | None = None) -> PlainTextResponse:
    """Return a refusal in words."""
    return PlainTextResponse(f"{words}\n", status, headers={**LEFT_OUT, **(headers or {})})
