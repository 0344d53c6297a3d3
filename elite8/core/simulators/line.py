"""A strict LINE Messaging API: friends, tokens, quota, retry keys, and what each friend got.

Source of every rule: api/messaging.md section B; `I` there is `inferred` here as well.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from elite8.core.simulators.faults import Faults
from elite8.core.simulators.wire import Lost, Reply, Request, json_reply

CHANNEL_ID, CHANNEL_SECRET = "1234567890", "simulated-line-channel-secret"
KNOWN_FAULTS = {
    "lost": "taken, and the answer never arrives",
    "unheard": "not taken, and no answer",
    "broken": "500 before anything is done",
    "busy": "429, the rate limit",
    "looped": "a page of friends that leads to itself",
}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
USER = re.compile(r"U[0-9a-f]{32}")
LARGEST = 2 << 20
LIVES, REMEMBERS = timedelta(minutes=15), timedelta(hours=24)
SENDS = ("push", "multicast", "broadcast", "narrowcast")


class Wrong(Exception):
    """What is answered in place of a success."""

    def __init__(self, status: int, message: str, where: str = "") -> None:
        self.status, self.message, self.where = status, message, where


@dataclass
class LineSimulator:
    """One official account; `told` is called with whoever got messages, and these.

    `ever` are all who ever added it, besides the friends that are here; `unready`: no insight.
    """

    clock: Callable[[], datetime]
    quota: int | None = 200
    used: int = 0
    friends: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    got: list[tuple[str, Any]] = field(default_factory=list)
    faults: Faults = field(default_factory=lambda: Faults(KNOWN_FAULTS))
    verified: bool = True
    page: int = 1000
    ever: int = 0
    unready: bool = False
    asked: list[Request] = field(default_factory=list)
    told: Callable[[str, Any], None] = lambda _user, _messages: None
    _tokens: dict[str, datetime] = field(default_factory=dict)
    _keys: dict[str, tuple[datetime, str, bytes]] = field(default_factory=dict)

    def handle(self, request: Request) -> Reply:
        """Answer one call as LINE does."""
        self.asked.append(request)
        headers = {"X-Line-Request-Id": secrets.token_hex(16)}
        try:
            self._trouble(request)
            reply = self._answer(request, headers)
        except Wrong as wrong:
            said: dict[str, Any] = {"message": wrong.message}
            if wrong.where:
                said["details"] = [{"message": wrong.message, "property": wrong.where}]
            return json_reply(said, status=wrong.status, headers=headers)
        if self.faults.take("lost", request.path):
            raise Lost("the answer is lost")
        return reply

    def _trouble(self, request: Request) -> None:
        if self.faults.take("unheard", request.path):
            raise Lost("nobody heard it")
        if self.faults.take("broken", request.path):
            raise Wrong(500, "Internal Server Error")
        if self.faults.take("busy", request.path):
            raise Wrong(429, "The API rate limit has been exceeded. Try again later.")

    def _answer(self, request: Request, headers: Mapping[str, str]) -> Reply:
        if request.path == "/oauth2/v3/token":
            return self._token(request)
        self._check_token(request)
        path = request.path.removeprefix("/v2/bot")
        if request.method == "GET":
            return json_reply(self._told(path, request), headers=headers)
        kind = path.rpartition("/")[2]
        if request.method != "POST" or kind not in SENDS:
            raise Wrong(404, "Not found")
        body = self._body(request)
        key = request.headers.get("x-line-retry-key", "")
        if path == f"/message/validate/{kind}":
            if key:
                raise Wrong(400, "The retry key is not supported")
            check_messages(body)
            return json_reply({}, headers=headers)
        return self._send(kind, body, key, request.body, headers)

    def _token(self, request: Request) -> Reply:
        form = dict(parse_qsl(request.body.decode()))
        right = ("client_credentials", CHANNEL_ID, CHANNEL_SECRET)
        if tuple(form.get(n) for n in ("grant_type", "client_id", "client_secret")) != right:
            error = {"error": "invalid_client", "error_description": "client is not found"}
            return json_reply(error, status=400)
        token = secrets.token_urlsafe(24)
        self._tokens[token] = self.clock() + LIVES
        return json_reply({"token_type": "Bearer", "access_token": token, "expires_in": 899})

    def revoke(self) -> None:
        """Let every token end now."""
        self._tokens.clear()

    def _check_token(self, request: Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._tokens.get(token, self.clock()) <= self.clock():
            raise Wrong(401, "Authentication failed. Confirm that the access token is valid.")

    def _body(self, request: Request) -> Mapping[str, Any]:
        if len(request.body) > LARGEST:
            raise Wrong(413, "The request body is too large")
        if "application/json" not in request.headers.get("content-type", ""):
            raise Wrong(415, "Unsupported media type")
        try:
            body = json.loads(request.body)
        except ValueError:
            raise Wrong(400, "The request body could not be parsed as JSON") from None
        if not isinstance(body, dict):
            raise Wrong(400, "The request body has 1 error(s)")
        return body

    def _told(self, path: str, request: Request) -> Mapping[str, Any]:
        if path == "/info":
            return {"userId": "U" + "0" * 32, "basicId": "@simulated", "chatMode": "bot"}
        if path == "/message/quota":
            return (
                {"type": "none"} if self.quota is None else {"type": "limited", "value": self.quota}
            )
        if path == "/message/quota/consumption":
            return {"totalUsage": self.used}
        if path == "/followers/ids":
            return self._friends(request.query)
        if path == "/insight/followers":
            return self._insight(request.query.get("date", ""))
        if path == "/message/progress/narrowcast" and request.query.get("requestId"):
            return {"phase": "succeeded", "successCount": len(self.got), "failureCount": 0}
        raise Wrong(404, "Not found")

    def _friends(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        """Return a page of friends; `next` says where the following one begins (B5)."""
        if not self.verified:
            raise Wrong(403, "Access to this API is not available for your account")
        limit, start = query.get("limit", "300"), query.get("start", "0")
        if not (limit.isdecimal() and 1 <= int(limit) <= 1000 and start.isdecimal()):  # noqa: PLR2004  # B5
            raise Wrong(400, "The value for the 'limit' or 'start' parameter is invalid")
        every = sorted(self.friends - self.blocked)
        first, last = int(start), int(start) + min(int(limit), self.page)
        more = {"next": str(last)} if last < len(every) else {}
        if self.faults.take("looped", "/followers/ids"):
            more = {"next": start}
        return {"userIds": every[first:last], **more}

    def _insight(self, day: str) -> Mapping[str, Any]:
        """Return a day's friends: who ever added the account never grows less (B5)."""
        if not re.fullmatch(r"[0-9]{8}", day):
            raise Wrong(400, "The value for the 'date' parameter is invalid")
        if day >= f"{self.clock() + timedelta(hours=9):%Y%m%d}":
            return {"status": "unready"}
        if self.unready:
            return {"status": "out_of_service"}
        ever = max(self.ever, len(self.friends | self.blocked))
        reached = max(ever - len(self.blocked), 0)
        return {
            "status": "ready",
            "followers": ever,
            "targetedReaches": reached,
            "blocks": len(self.blocked),
        }

    def _send(
        self, kind: str, body: Mapping[str, Any], key: str, raw: bytes, headers: Mapping[str, str]
    ) -> Reply:
        if key and not UUID.fullmatch(key):
            raise Wrong(400, "The retry key is invalid")
        known = self._keys.get(key)
        if known and self.clock() - known[0] < REMEMBERS:
            told = {"X-Line-Accepted-Request-Id": known[1], **headers}
            message = {"message": "The retry key is already accepted"}
            return json_reply(message, status=409, headers=told)
        check_messages(body)
        to = self._recipients(kind, body)
        if self.quota is not None and self.used + len(to) > self.quota:
            raise Wrong(429, "You have reached your monthly limit.")
        self.used += len(to)
        if key:
            self._keys[key] = (self.clock(), headers["X-Line-Request-Id"], raw)
        reached = [one for one in to if one not in self.blocked]
        self.got += [(one, body["messages"]) for one in reached]
        for one in reached:
            self.told(one, body["messages"])
        return json_reply({}, status=202 if kind == "narrowcast" else 200, headers=headers)

    def _recipients(self, kind: str, body: Mapping[str, Any]) -> list[str]:
        if kind in ("broadcast", "narrowcast"):
            return sorted(self.friends - self.blocked)
        to = [body.get("to")] if kind == "push" else body.get("to")
        if not isinstance(to, list) or not 1 <= len(to) <= 500:  # noqa: PLR2004  # B2
            raise Wrong(400, "Size must be between 1 and 500", "to")
        if any(not isinstance(one, str) or not USER.fullmatch(one) for one in to):
            raise Wrong(400, "The property, 'to', in the request body is invalid", "to")
        if len(set(to)) < len(to):
            raise Wrong(400, "The property, 'to', has duplicates", "to")  # inferred
        return [one for one in to if one in self.friends]

    def event(self, kind: str, user: str, number: int = 1, **more: object) -> tuple[bytes, str]:
        """Return body and signature of a webhook, as LINE posts it (B5)."""
        event = {
            "type": kind,
            "mode": "active",
            "timestamp": int(self.clock().timestamp() * 1000),
            "webhookEventId": f"01J{number:023}",
            "deliveryContext": {"isRedelivery": False},
            "source": {"type": "user", "userId": user},
            **more,
        }
        body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}).encode()
        return body, signature(body)


def signature(body: bytes) -> str:
    """Return how LINE signs a body."""
    digest = hmac.new(CHANNEL_SECRET.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def check_messages(body: Mapping[str, Any]) -> None:
    """Refuse what is no list of one to five messages."""
    messages = body.get("messages")
    if not isinstance(messages, list) or not 1 <= len(messages) <= 5:  # noqa: PLR2004  # B3
        raise Wrong(400, "Size must be between 1 and 5", "messages")
    for place, one in enumerate(messages):
        where = f"messages[{place}]"
        kind = one.get("type") if isinstance(one, dict) else None
        if kind == "text":
            check_text(one.get("text"), f"{where}.text")
        elif kind == "video":
            for name in ("originalContentUrl", "previewImageUrl"):
                url = one.get(name)
                if not isinstance(url, str) or not url.startswith("https://") or len(url) > 2000:  # noqa: PLR2004  # B3
                    raise Wrong(400, "Must be a valid HTTPS URL", f"{where}.{name}")
        else:
            raise Wrong(400, "Must be one of the following values: [text, video]", f"{where}.type")


def check_text(text: object, where: str) -> None:
    """Refuse a text that is empty or too long."""
    if not isinstance(text, str) or not text:
        raise Wrong(400, "May not be empty", where)
    if len(text.encode("utf-16-le")) // 2 > 5000:  # noqa: PLR2004  # B3
        raise Wrong(400, "Length must be between 0 and 5000", where)
