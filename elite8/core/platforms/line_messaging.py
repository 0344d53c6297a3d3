"""LINE's Messaging API: what is sent to friends of an official account, once by its retry key.

Source of every rule: api/messaging.md section B (LINE Messaging API reference, as of 2026-11).
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote

import httpx

from elite8.core import http
from elite8.core.domain.text import utf16
from elite8.core.errors import Refused, SignInNeeded, Unanswered, Unavailable
from elite8.core.platforms.answers import count, record, whole

API = "https://api.line.me"
MOST_RECIPIENTS = 500
LONGEST_TEXT = 5000
"""UTF-16 units of a text (B3)."""
LONGEST_URL = 2000
RENEWED = timedelta(minutes=10)
"""A stateless token lives 15 minutes (B1)."""
REPEATS = timedelta(hours=23)
"""How long the same key may be sent again; after 24 hours it protects nothing (B2)."""
SPENT = "monthly limit"
"""What a 429 says when the month's messages are used up, which no header tells (B2)."""
ZONE = timezone(timedelta(hours=9))
"""In which LINE counts days (B5)."""
DAYS_TOLD = (1, 2)
"""How many days back insight is asked of."""
UNAUTHORIZED, FORBIDDEN, CONFLICT, BUSY, FAULT = 401, 403, 409, 429, 500
MOST_FRIENDS = 1000


class NotAllowed(Refused):
    """The account or its plan may not make that call."""


class Spent(Refused):
    """The month's messages are used up: nobody of this call got one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """Messages of this month: how many there are, `None` for no end, and how many are used."""

    most: int | None
    used: int

    @property
    def left(self) -> int | None:
        """How many are left, `None` for no end."""
        return None if self.most is None else max(self.most - self.used, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What LINE took; `before`: it had taken the same key already. It may still reach nobody."""

    request_id: str
    before: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How a narrowcast goes on: `phase` is waiting, sending, succeeded or failed."""

    phase: str
    reached: int
    missed: int
    error: int


@dataclass(slots=True)
class Messaging:
    """One official account; `clock` says how old its token is."""

    client: httpx.Client
    channel: str
    secret: str = field(repr=False)
    clock: Callable[[], datetime]
    base: str = API
    _token: str = field(default="", repr=False)
    _since: datetime | None = None

    def name(self) -> str:
        """Return what the account is called; asking harms nothing."""
        return str(self._read("/v2/bot/info").get("basicId") or "")

    def quota(self) -> Quota:
        """Return what is left of the month's messages."""
        told = self._read("/v2/bot/message/quota")
        used = whole(self._read("/v2/bot/message/quota/consumption").get("totalUsage"))
        return Quota(
            most=whole(told.get("value")) if told.get("type") == "limited" else None, used=used
        )

    def followers(self) -> int | None:
        """Return how many friends there are: who ever added the account, less who blocked it.

        Told by the day, of LINE's zone, some hours after it is over; `None` while neither of the
        last days is ready (B5; that these two make the friends: INFERRED there).
        """
        today = self.clock().astimezone(ZONE)
        for ago in DAYS_TOLD:
            day = f"{today - timedelta(days=ago):%Y%m%d}"
            told = self._read(f"/v2/bot/insight/followers?date={day}")
            ever, blocks = count(told.get("followers")), count(told.get("blocks"))
            if told.get("status") == "ready" and ever is not None and blocks is not None:
                return max(ever - blocks, 0)
        return None

    def friends(self, start: str = "") -> tuple[tuple[str, ...], str]:
        """Return up to 1,000 friends and what leads to the next of them, "" at the end (B5).

        An account that is neither verified nor premium may not ask (B5: INFERRED there).
        """
        query = f"?limit={MOST_FRIENDS}" + (f"&start={quote(start)}" if start else "")
        try:
            told = self._read(f"/v2/bot/followers/ids{query}")
        except NotAllowed:
            raise Refused(
                "LINE lists friends to verified and premium official accounts alone; those who "
                "follow from now on are known by the webhook (docs/how-to/line.md)"
            ) from None
        ids = told.get("userIds")
        found = tuple(str(one) for one in ids) if isinstance(ids, list) else ()
        return found, str(told.get("next") or "")

    def validate(self, kind: str, messages: Sequence[Mapping[str, Any]]) -> None:
        """Have LINE look at messages without sending any; what is wrong is Refused."""
        self._said(self._post(f"/v2/bot/message/validate/{kind}", {"messages": messages}))

    def multicast(
        self, to: Sequence[str], messages: Sequence[Mapping[str, Any]], key: str
    ) -> Accepted:
        """Send to up to 500 people."""
        return self._send("multicast", {"to": list(to), "messages": messages}, key)

    def broadcast(self, messages: Sequence[Mapping[str, Any]], key: str) -> Accepted:
        """Send to every friend."""
        return self._send("broadcast", {"messages": messages}, key)

    def narrowcast(
        self, recipient: Mapping[str, Any], messages: Sequence[Mapping[str, Any]], key: str
    ) -> Accepted:
        """Send to an audience; how it went is asked by the request's id."""
        body = {"recipient": recipient, "messages": messages}
        return self._send("narrowcast", body | {"limit": {"upToRemainingQuota": False}}, key)

    def progress(self, request_id: str) -> Progress:
        """Return how a narrowcast goes on."""
        told = self._read(f"/v2/bot/message/progress/narrowcast?requestId={quote(request_id)}")
        return Progress(
            phase=str(told.get("phase") or ""),
            reached=whole(told.get("successCount")),
            missed=whole(told.get("failureCount")),
            error=whole(told.get("errorCode")),
        )

    def _send(self, kind: str, body: Mapping[str, Any], key: str) -> Accepted:
        """Send once. No answer, and one that is none, is Unanswered: the key settles it."""
        answer = self._post(f"/v2/bot/message/{kind}", body, {"X-Line-Retry-Key": key})
        taken = answer.headers.get("X-Line-Accepted-Request-Id", "")
        if answer.status_code == CONFLICT and taken:
            return Accepted(request_id=taken, before=True)
        if answer.status_code >= FAULT:
            raise Unanswered(f"LINE answers {answer.status_code}; whether it sends is not known")
        self._said(answer)
        return Accepted(request_id=answer.headers.get("X-Line-Request-Id", ""), before=False)

    def _post(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Return the answer; a token that is refused is made anew once: nothing was done."""
        for fresh in (False, True):
            shown = {"Authorization": f"Bearer {self._access(fresh=fresh)}", **(headers or {})}
            try:
                answer = self.client.post(f"{self.base}{path}", json=body, headers=shown)
            except httpx.ConnectError as none:
                raise Unavailable(f"LINE does not answer ({type(none).__name__})") from None
            except httpx.HTTPError as lost:
                raise Unanswered(f"LINE gave no answer ({type(lost).__name__})") from None
            if answer.status_code != UNAUTHORIZED:
                return answer
        raise SignInNeeded("LINE refuses the channel's token; look at ELITE8_LINE_CHANNEL_SECRET")

    def _read(self, path: str) -> Mapping[str, Any]:
        shown = {"Authorization": f"Bearer {self._access(fresh=False)}"}
        answer = http.read(lambda: self.client.get(f"{self.base}{path}", headers=shown))
        return self._said(answer)

    def _access(self, *, fresh: bool) -> str:
        """Return a stateless token, made anew every ten minutes."""
        now = self.clock()
        if self._token and self._since and now - self._since < RENEWED and not fresh:
            return self._token
        form = {
            "grant_type": "client_credentials",
            "client_id": self.channel,
            "client_secret": self.secret,
        }
        answer = http.read(lambda: self.client.post(f"{self.base}/oauth2/v3/token", data=form))
        told = read_json(answer)
        if answer.is_client_error or not told.get("access_token"):
            raise SignInNeeded(
                "LINE does not know this channel: look at ELITE8_LINE_CHANNEL_ID and _SECRET"
            )
        self._token, self._since = str(told["access_token"]), now
        return self._token

    def _said(self, answer: httpx.Response) -> Mapping[str, Any]:
        """Return what a good answer says; any other is an error in our words."""
        if answer.is_success:
            return read_json(answer)
        told = read_json(answer)
        words = str(told.get("message") or "")[:200]
        if answer.status_code == BUSY and SPENT in words:
            raise Spent("LINE: this month's messages are used up; wait, or change the plan")
        if answer.status_code == BUSY:
            raise http.asked_to_wait(answer, "LINE")
        if answer.status_code == UNAUTHORIZED:
            raise SignInNeeded("LINE refuses the channel's token")
        if answer.status_code >= FAULT:
            raise Unavailable(f"LINE answers {answer.status_code}; try later")
        detail = told.get("details")
        first = record(detail[0]) if isinstance(detail, list) and detail else {}
        where = f": {first.get('property')}: {first.get('message')}"[:200] if first else ""
        kind = NotAllowed if answer.status_code == FORBIDDEN else Refused
        raise kind(f"LINE refuses it ({answer.status_code}): {words}{where}")


def read_json(answer: httpx.Response) -> Mapping[str, Any]:
    """Return an answer's object, empty for anything else."""
    try:
        return record(answer.json())
    except ValueError:
        return {}


def text(words: str) -> Mapping[str, Any]:
    """Return a text; one that is too long is Refused."""
    if not words.strip() or utf16(words) > LONGEST_TEXT:
        raise Refused(f"a text on LINE has 1 to {LONGEST_TEXT} UTF-16 units, not {utf16(words)}")
    return {"type": "text", "text": words}


def video(url: str, preview: str) -> Mapping[str, Any]:
    """Return a video, which the readers' own devices fetch; an address that is none is Refused."""
    for one in (url, preview):
        if not one.startswith("https://") or len(one) > LONGEST_URL:
            raise Refused("LINE takes a video by https addresses of an mp4 and of its picture")
    return {"type": "video", "originalContentUrl": url, "previewImageUrl": preview}


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Return whether LINE signed the body of a webhook: base64 of HMAC-SHA256 (B5)."""
    ours = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return hmac.compare_digest(ours, signature.encode())
