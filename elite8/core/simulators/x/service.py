"""The simulator itself: which call a request is for, who may ask, and what is answered."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from elite8.core.simulators import control
from elite8.core.simulators.faults import Faults
from elite8.core.simulators.growth import check
from elite8.core.simulators.wire import Lost, Reply, Request, html_reply, json_reply
from elite8.core.simulators.x import media, posts
from elite8.core.simulators.x.login import AUTHORIZE, REVOKE, SCOPES, TOKEN, Grant, Login
from elite8.core.simulators.x.rules import Limits, No, place, refusal, wrong_answer

API_HOST, PAGE_HOST = "api.x.com", "x.com"
FAULTS: Mapping[str, str] = {
    "lost-before": "the line is cut before anything is accepted",
    "lost-after": "everything is done, then the line is cut",
    "429": "asked to wait half a minute, by x-rate-limit-reset",
    "usage-capped": "the plan is used up: a 429 without an end",
    "500": "an internal error; nothing is done",
    "503": "over capacity; nothing is done",
    "error-but-done": "everything is done, then an internal error is answered",
    "html": "a page instead of an answer, with status 200",
    "token-expired": "the access token of a call has run out",
    "invalid-grant": "a code or refresh token is refused, and is dead from then on",
    "rotated-lost": "a refresh is accepted and rotated, then the line is cut",
    "no-credits": "the app's balance is empty",
    "suspended": "the account is suspended",
    "duplicate": "the words are said to have been posted before",
    "processing-failed": "the next video cannot be made",
    "processing-stuck": "the next video is never done",
    "status-late": "the next video is not found for 3 s after it was closed",
    "segment-too-large": "a segment of more than 200 kB is refused",
    "media-forgotten": "an upload has expired",
    "late-visibility": "the next post is not listed for 60 s",
    "attachments-missing": "the account's posts are listed without their videos",
    "ids-missing": "the account's posts are listed without their names",
    "old-names": "post.fields is not known, only tweet.fields",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One API call: a pattern of its path, its scopes, and how many in 15 minutes (C:RL)."""

    method: str
    path: str
    act: Callable[[Any, str, Request], dict[str, object]]
    scopes: tuple[str, ...]
    most: int
    status: int = 200


def me(world: "XSimulator", who: str, request: Request) -> dict[str, object]:
    """Return who asks."""
    del world, request
    return {"data": {"id": who, "name": f"Person {who}", "username": f"person_{who}"}}


WRITE, READ = ("tweet.read", "tweet.write", "users.read"), ("tweet.read", "users.read")
MEDIA = ("media.write",)
CALLS = (
    Call("GET", "/2/users/me", me, READ, 75),
    Call("POST", "/2/media/upload/initialize", media.initialize, MEDIA, 1875),
    Call("POST", "/2/media/upload/[0-9]{1,19}/append", media.append, MEDIA, 1875),
    Call("POST", "/2/media/upload/[0-9]{1,19}/finalize", media.finalize, MEDIA, 1875),
    Call("GET", "/2/media/upload", media.status, MEDIA, 1000),
    Call("POST", "/2/tweets", posts.make, WRITE, 100, status=201),
    Call("GET", "/2/tweets", posts.look_up, READ, 5000),
    Call("GET", "/2/users/[0-9]{1,19}/tweets", posts.timeline, READ, 900),
)


class XSimulator:
    """X for one app and any number of people; safe to be asked by several threads.

    `violations` says in words what was done that our side promises never to do.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        processing_seconds: float = 1.0,
        listing_seconds: float = 0.0,
        base_url: str = "",
    ) -> None:
        self._lock = RLock()
        self.clock = clock
        self.processing = timedelta(seconds=processing_seconds)
        self.lag = timedelta(seconds=listing_seconds)
        self.base_url = base_url.rstrip("/")
        self.faults = Faults(FAULTS)
        self.limits = Limits()
        self.media: dict[str, media.Media] = {}
        self.posts: list[posts.Post] = []
        self.violations: list[str] = []
        self.login = Login(clock, self.faults, self.violated)

    def violated(self, what: str) -> None:
        """Write down what our side promises never to do."""
        self.violations.append(what)

    def misbehave(self, fault: str, *, at: str = "", times: int = 1) -> None:
        """Let a fault of `FAULTS` happen `times` times at requests that contain `at`."""
        with self._lock:
            self.faults.add(fault, at, times)

    def issue_token(self, *, user: str = "1001", scopes: Iterable[str] = SCOPES) -> tuple[str, str]:
        """Return an access and a refresh token, as if the person had agreed."""
        with self._lock:
            pair = self.login.issue(Grant(user=user, scopes=tuple(scopes)))
        return str(pair["access_token"]), str(pair.get("refresh_token", ""))

    def sign_in(self, user: str) -> None:
        """Let the browser's next consents be this person's."""
        with self._lock:
            self.login.signed_in = user

    def boost(self, post_id: str, multiplier: float) -> None:
        """Let a post do so many times as well as by itself; one that is not there: ValueError."""
        with self._lock:
            found = next((one for one in self.posts if one.id == post_id), None)
            if found is None:
                raise ValueError(f"there is no post {post_id}")
            found.multiplier = check(multiplier)

    def handle(self, request: Request) -> Reply:
        """Answer one request; `Lost` when the answer is not to arrive."""
        with self._lock:
            if request.path.startswith("/_simulator/"):
                return control.answer(request, self._seen, self.misbehave)
            asked = place(request)
            if self.faults.take("lost-before", asked):
                raise Lost("cut before anything was accepted")
            reply = self._answer(request)
            if self.faults.take("lost-after", asked):
                raise Lost("cut after everything was done")
            if self.faults.take("error-but-done", asked):
                no = No(503, "internal-error", "Service Unavailable", "Over capacity")
                return refusal(no)
            return reply

    def _answer(self, request: Request) -> Reply:
        """Find the side of X that was asked, by its host or on loopback by the path alone."""
        asked = place(request)
        sides: dict[tuple[str, str, str], Callable[[Request], Reply]] = {
            (PAGE_HOST, "GET", AUTHORIZE): self.login.consent,
            (API_HOST, "POST", TOKEN): self.login.token,
            (API_HOST, "POST", REVOKE): self.login.revoke,
        }
        for (host, method, path), side in sides.items():
            here = bool(self.base_url) or request.host == host
            if here and (request.method, request.path) == (method, path):
                return wrong_answer(self.faults, asked, self.clock()) or side(request)
        for call in CALLS:
            here = bool(self.base_url) or request.host == API_HOST
            if here and request.method == call.method and re.fullmatch(call.path, request.path):
                return wrong_answer(self.faults, asked, self.clock()) or self._call(call, request)
        return html_reply(f"Cannot {asked}", status=404)

    def _call(self, call: Call, request: Request) -> Reply:
        try:
            who = self.login.bearer(request, call.scopes).user
            self.limits.count(call.act.__name__, who, call.most, self.clock())
            return json_reply(call.act(self, who, request), status=call.status)
        except No as no:
            return refusal(no)

    def _seen(self) -> dict[str, object]:
        shown = [
            {"id": one.id, "text": one.text, "sha256": one.sha256, "ai": one.made_with_ai}
            for one in self.posts
        ]
        return {"posts": shown, "violations": self.violations}
