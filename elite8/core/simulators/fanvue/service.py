"""The simulator itself: which call a request is for, who may ask, and what is answered.

Source of paths, parameters, scopes, fields and statuses: Fanvue's API reference (stored copies of
2026-02); 100 calls in 60 s: subscribers.md section 1. Bodies of refusals, the order of lists and
what a cursor looks like are INFERRED.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from elite8.core.simulators.fanvue.signin import (
    AUTHORIZE,
    CLIENT_ID,
    CLIENT_SECRET,
    REDIRECT,
    TOKEN,
    Grant,
    SignIn,
)
from elite8.core.simulators.faults import Faults
from elite8.core.simulators.wire import Lost, Reply, Request, json_reply

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "FAULTS", "REDIRECT", "Creator", "FanvueSimulator", "Paid"]

VERSION = "2025-06-26"
MOST, MINUTE = 100, timedelta(minutes=1)
LARGEST = 50
FAULTS = {
    "lost": "the answer never arrives",
    "500": "a server error",
    "429": "asked to wait a second",
    "403": "a scope is missing",
    "token-expired": "the access token has ended",
    "html": "a page of a proxy",
    "joined": "somebody new subscribes between two pages",
    "left": "somebody leaves between two pages",
    "looped": "a page that leads to itself",
}
SOURCES = (
    *("affiliate", "mediaLink", "message", "post", "referral", "renewal"),
    *("subscription", "tip", "giveaway"),
)
LISTS: Mapping[str, tuple[str, str]] = {
    "/subscribers": ("subscribers", "read:fan"),
    "/followers": ("followers", "read:fan"),
    "/insights/earnings": ("earnings", "read:insights"),
    "/insights/spending": ("spending", "read:insights"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """One payment of a fan; `fan` "" where it is nobody's."""

    at: datetime
    gross: int
    net: int
    source: str
    fan: str = ""
    currency: str | None = "USD"


@dataclass(slots=True, kw_only=True)
class Creator:
    """One creator: people by uuid to handle, the newest first in lists; payments in any order."""

    uuid: str
    handle: str
    is_creator: bool = True
    subscribers: dict[str, str] = field(default_factory=dict)
    followers: dict[str, str] = field(default_factory=dict)
    earnings: list[Paid] = field(default_factory=list)
    spending: list[Paid] = field(default_factory=list)


@dataclass
class FanvueSimulator:
    """Fanvue for one app and its creators; `asked` are the requests that came."""

    clock: Callable[[], datetime]
    base_url: str = ""
    app_scopes: tuple[str, ...] = ("read:self", "read:fan", "read:insights")
    creators: dict[str, Creator] = field(default_factory=dict)
    faults: Faults = field(default_factory=lambda: Faults(FAULTS))
    asked: list[Request] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.signing = SignIn(self.clock, self.app_scopes)
        self._calls: deque[datetime] = deque()

    def add(self, creator: Creator) -> Creator:
        """Have a creator, who is at the browser from now on."""
        self.creators[creator.uuid] = creator
        self.signing.signed_in = creator.uuid
        return creator

    def handle(self, request: Request) -> Reply:
        """Answer one request; `Lost` when the answer is not to arrive."""
        self.asked.append(request)
        if request.path == AUTHORIZE and request.method == "GET":
            return self.signing.consent(request)
        if request.path == TOKEN and request.method == "POST":
            return self.signing.token(request)
        if request.method != "GET":
            self.violations.append(f"{request.method} {request.path}: only reading was promised")
            return refused(404)
        if self.faults.take("lost", request.path):
            raise Lost("cut before the answer")
        return self._troubled(request) or self._answer(request)

    def _troubled(self, request: Request) -> Reply | None:
        for name, status in (("500", 500), ("403", 403)):
            if self.faults.take(name, request.path):
                return refused(status)
        if self.faults.take("429", request.path):
            return refused(429, {"Retry-After": "1"})
        if self.faults.take("html", request.path):
            return Reply(status=200, headers={"Content-Type": "text/html"}, body=b"<html>")
        if self.faults.take("token-expired", request.path):
            self.signing.expire()
        return None

    def _answer(self, request: Request) -> Reply:
        if request.headers.get("x-fanvue-api-version") != VERSION:
            return refused(400)
        grant = self.signing.bearer(request)
        return self._slow() or (self._called(request, grant) if grant else refused(401))

    def _slow(self) -> Reply | None:
        """Count a call; one too many of a minute is asked to wait."""
        now = self.clock()
        while self._calls and now - self._calls[0] >= MINUTE:
            self._calls.popleft()
        if len(self._calls) >= MOST:
            wait = MINUTE - (now - self._calls[0])
            return refused(429, {"Retry-After": str(max(int(wait.total_seconds()), 1))})
        self._calls.append(now)
        return None

    def _called(self, request: Request, grant: Grant) -> Reply:
        creator = self.creators[grant.creator]
        if request.path == "/users/me":
            return self._me(creator) if "read:self" in grant.scopes else refused(403)
        if request.path not in LISTS:
            return refused(404)
        name, scope = LISTS[request.path]
        if scope not in grant.scopes:
            return refused(403)
        if name in ("subscribers", "followers"):
            return self._people(creator, name, request)
        looped = self.faults.take("looped", request.path)
        now, every = self.clock(), getattr(creator, name)
        return paid([one for one in every if one.at <= now], creator, request.query, looped=looped)

    def _me(self, creator: Creator) -> Reply:
        counts = {
            "followersCount": len(creator.followers),
            "subscribersCount": len(creator.subscribers),
        }
        return json_reply(
            {
                "uuid": creator.uuid,
                "email": "creator@example.com",
                "handle": creator.handle,
                "bio": "",
                "displayName": creator.handle.title(),
                "isCreator": creator.is_creator,
                "createdAt": "2026-01-01T00:00:00Z",
                "updatedAt": None,
                "avatarUrl": None,
                "bannerUrl": None,
                "fanCounts": counts,
            }
        )

    def _people(self, creator: Creator, name: str, request: Request) -> Reply:
        page, size = number(request.query, "page", 1), number(request.query, "size", 15)
        if page < 1 or not 1 <= size <= LARGEST:
            return refused(400)
        people: dict[str, str] = getattr(creator, name)
        listed = list(reversed(people.items()))  # the newest first: INFERRED
        shown = listed[(page - 1) * size : page * size]
        reply = {
            "data": [person(uuid, handle) for uuid, handle in shown],
            "pagination": {"page": page, "size": len(shown), "hasMore": len(listed) > page * size},
        }
        if self.faults.take("joined", request.path):
            people[f"late-{len(people)}"] = f"late{len(people)}"
        if self.faults.take("left", request.path) and listed:
            del people[listed[0][0]]
        return json_reply(reply)


def paid(
    rows: list[Paid], creator: Creator, query: Mapping[str, str], *, looped: bool = False
) -> Reply:
    """Return one page of payments, the newest first; a cursor says how many were before it."""
    size = number(query, "size", 20)
    if not 1 <= size <= LARGEST:
        return refused(400)
    try:
        since, until = (moment(query.get(name)) for name in ("startDate", "endDate"))
        start = int(urlsafe_b64decode(query["cursor"])) if query.get("cursor") else 0
    except ValueError:
        return refused(400)
    found = [
        one for one in rows if (not since or one.at >= since) and (not until or one.at < until)
    ]
    found.sort(key=lambda one: one.at, reverse=True)
    shown, rest = found[start : start + size], len(found) - start - size
    handles = {**creator.followers, **creator.subscribers}
    following = urlsafe_b64encode(str(start + (0 if looped else size)).encode()).decode()
    following_or_none = following if rest > 0 else None
    data = [
        {
            "date": f"{one.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
            "gross": one.gross,
            "net": float(one.net),
            "currency": one.currency,
            "source": one.source,
            "user": person(one.fan, handles.get(one.fan, one.fan)) if one.fan else None,
        }
        for one in shown
    ]
    return json_reply({"data": data, "nextCursor": following_or_none})


def person(uuid: str, handle: str) -> dict[str, Any]:
    """Return somebody as a list shows them."""
    return {
        "uuid": uuid,
        "handle": handle,
        "displayName": handle.title(),
        "nickname": None,
        "isTopSpender": False,
        "avatarUrl": None,
        "registeredAt": "2026-02-01T00:00:00Z",
    }


def number(query: Mapping[str, str], name: str, usual: int) -> int:
    """Return a number of the query, 0 for one that is none."""
    said = query.get(name, str(usual))
    return int(said) if said.isdecimal() else 0


def moment(said: str | None) -> datetime | None:
    """Return a time with its zone; one without a zone is a ValueError."""
    if not said:
        return None
    found = datetime.fromisoformat(said)
    if found.tzinfo is None:
        raise ValueError("no zone")
    return found


def refused(status: int, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a refusal."""
    return json_reply({"message": "refused"}, status=status, headers=headers)
