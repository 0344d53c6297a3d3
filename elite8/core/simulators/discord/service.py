"""The simulator itself: webhooks by their secret address, and a bot that reads channels."""

import re
import secrets
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import RLock

from elite8.core.simulators import control
from elite8.core.simulators.discord.messages import Message, Webhook, digest, shown
from elite8.core.simulators.discord.rules import (
    No,
    check,
    refusal,
    sent_message,
    too_large,
    unknown_message,
    unknown_webhook,
)
from elite8.core.simulators.faults import Faults
from elite8.core.simulators.wire import Lost, Reply, Request, html_reply, json_reply

HOST = "discord.com"
BOT_TOKEN = "simulated.bot.token-of-elite8"  # noqa: S105  # opens nothing but the simulator
EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""From when ids count milliseconds (discord-api-docs, "Snowflakes")."""
ROOM, SPAN = 5, timedelta(seconds=2)
"""Calls of one webhook in so long: seen, not documented (A3)."""
HOOK = re.compile(r"/api/v10/webhooks/([0-9]{1,20})/([A-Za-z0-9_-]+)(?:/messages/([0-9]{1,20}))?")
CHANNEL = re.compile(r"/api/v10/channels/([0-9]{1,20})(/messages)?")
FAULTS: Mapping[str, str] = {
    "lost-before": "the line is cut before anything is accepted",
    "lost-after": "everything is done, then the line is cut",
    "429": "asked to wait half a second, in headers and body",
    "500": "an internal error; nothing is done",
    "502": "a bad gateway; nothing is done",
    "error-but-done": "everything is done, then a bad gateway is answered",
    "html": "a page instead of an answer, with status 200",
    "deleted": "the webhook is deleted, for good",
    "too-large": "the file is too large for this server",
    "bot-forbidden": "the bot may not read the channel",
    "no-history": "the bot may see the channel but lacks Read Message History: nothing is listed",
    "no-content-intent": "the bot lacks the Message Content intent: what was written is left out",
    "late-visibility": "the next message is not listed for 60 s",
}


class DiscordSimulator:
    """Discord for some channels, each with a webhook; safe to be asked by several threads.

    `violations` says in words what was done that our side promises never to do.
    """

    def __init__(self, *, clock: Callable[[], datetime], base_url: str = "") -> None:
        self._lock = RLock()
        self._clock = clock
        self.base_url = base_url.rstrip("/")
        self.faults = Faults(FAULTS)
        self.webhooks: dict[str, Webhook] = {}
        self.violations: list[str] = []
        self._messages: list[Message] = []
        self._hidden: dict[str, datetime] = {}
        self._gone: set[str] = set()
        self._numbers = count()
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)

    @property
    def posts(self) -> list[Message]:
        """Every message that a webhook made, in order."""
        with self._lock:
            return [one for one in self._messages if one.webhook]

    def misbehave(self, fault: str, *, at: str = "", times: int = 1) -> None:
        """Let a fault of `FAULTS` happen `times` times at requests that contain `at`."""
        with self._lock:
            self.faults.add(fault, at, times)

    def issue_token(self, *, number: int = 0, name: str = "elite8 clips") -> str:
        """Return the address of a channel's webhook, made when it is not there."""
        with self._lock:
            identity = str(123_000 + number)
            hook = self.webhooks.get(identity) or Webhook(
                id=identity,
                secret=secrets.token_urlsafe(48),
                channel=str(456_000 + number),
                guild="789000",
                name=name,
            )
            self.webhooks[identity] = hook
        return f"https://{HOST}/api/webhooks/{hook.id}/{hook.secret}"

    def chatter(self, channel: str, times: int) -> None:
        """Let people write so many messages in a channel."""
        with self._lock:
            for _ in range(times):
                self._messages.append(self._message(channel, "", "hello", "", ""))

    def delete(self, message_id: str) -> None:
        """Let a moderator delete a message."""
        with self._lock:
            self._messages = [one for one in self._messages if one.id != message_id]

    def handle(self, request: Request) -> Reply:
        """Answer one request; `Lost` when the answer is not to arrive."""
        with self._lock:
            if request.path.startswith("/_simulator/"):
                return control.answer(request, self._seen, self.misbehave)
            place = f"{request.method} {request.path}"
            if self.faults.take("lost-before", place):
                raise Lost("cut before anything was accepted")
            reply = self._answer(request, place)
            if self.faults.take("lost-after", place):
                raise Lost("cut after everything was done")
            if self.faults.take("error-but-done", place):
                return html_reply("502 Bad Gateway", status=502)
            return reply

    def _answer(self, request: Request, place: str) -> Reply:
        hook, channel = HOOK.fullmatch(request.path), CHANNEL.fullmatch(request.path)
        here = bool(self.base_url) or request.host == HOST
        if not here or not (hook or channel):
            return json_reply({"message": "404: Not Found", "code": 0}, status=404)
        if answer := self._wrong(place):
            return answer
        try:
            if channel:
                return self._read(request, channel[1], listed=bool(channel[2]))
            found, left = self._known(hook[1], hook[2], place)  # type: ignore[index]  # one of both
            reply = self._called(request, found, hook[3])  # type: ignore[index]  # same
        except No as no:
            return refusal(no)
        return replace(reply, headers={**reply.headers, **left})

    def _wrong(self, place: str) -> Reply | None:
        """Return the wrong answer that waits for this place, if any; nothing is done then."""
        if self.faults.take("429", place):
            return slow_down(0.5)
        if self.faults.take("500", place):
            return json_reply({"message": "500: Internal Server Error", "code": 0}, status=500)
        if self.faults.take("502", place):
            return html_reply("502 Bad Gateway", status=502)
        return html_reply("one moment") if self.faults.take("html", place) else None

    def _known(self, identity: str, secret: str, place: str) -> tuple[Webhook, dict[str, str]]:
        """Return a webhook by id and secret, and how its bucket stands (A3)."""
        if identity in self._gone:
            self.violations.append("a webhook that answered 404 was called again")
        found = self.webhooks.get(identity)
        if found is not None and self.faults.take("deleted", place):
            del self.webhooks[identity]
            found = None
        if found is None:
            self._gone.add(identity)
            raise unknown_webhook()
        if secret != found.secret:
            raise No(401, 50027, "Invalid Webhook Token")
        calls, now = self._calls[identity], self._clock()
        while calls and now - calls[0] >= SPAN:
            calls.popleft()
        if len(calls) >= ROOM:
            self.violations.append("a webhook was called although its bucket was empty")
        calls.append(now)
        after = (calls[0] + SPAN - now).total_seconds()
        return found, {
            "X-RateLimit-Limit": str(ROOM),
            "X-RateLimit-Remaining": str(max(ROOM - len(calls), 0)),
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": digest(identity.encode())[:32],
        }

    def _called(self, request: Request, hook: Webhook, message_id: str | None) -> Reply:
        if "authorization" in request.headers:
            self.violations.append("a webhook was called with an Authorization header")
        if message_id:
            found = [one for one in self._messages if one.id == message_id]
            if request.method != "GET" or not found or found[0].webhook != hook.id:
                raise unknown_message()
            return json_reply(shown(found[0]))
        if request.method == "GET":
            facts = {"channel_id": hook.channel, "guild_id": hook.guild, "name": hook.name}
            return json_reply({"id": hook.id, "type": 1, **facts})
        if request.method != "POST":
            raise No(405, 0, "405: Method Not Allowed")
        return self._execute(request, hook)

    def _execute(self, request: Request, hook: Webhook) -> Reply:
        """Make a message (A1)."""
        said, files = sent_message(request)
        check(said, files)
        if self.faults.take("too-large", f"POST {request.path}"):
            raise too_large()
        if request.query.get("wait") != "true":
            self.violations.append("a message was sent without wait=true")
        if said.get("allowed_mentions") != {"parse": []}:
            self.violations.append("a message could call people by name")
        named: dict[str, object] = next(iter(said.get("attachments", [])), {})
        file = next(iter(files.values()), None)
        made = self._message(
            hook.channel,
            hook.id,
            str(said.get("content", "")),
            file.file if file else "",
            str(named.get("description", "")),
        )
        made.allowed_mentions = said.get("allowed_mentions")
        if file:
            made.sha256, made.size = digest(file.content), len(file.content)
        self._messages.append(made)
        if self.faults.take("late-visibility", f"POST {request.path}"):
            self._hidden[made.id] = self._clock() + timedelta(seconds=60)
        if request.query.get("wait") != "true":
            return Reply(status=204)
        return json_reply(shown(made))

    def _next(self) -> int:
        """Return the last bits of an id; the one after it is of the message's file."""
        return next(self._numbers) * 2 % (1 << 22)

    def _message(
        self, channel: str, webhook: str, content: str, file: str, description: str
    ) -> Message:
        return Message(
            id=str((self._clock() - EPOCH) // timedelta(milliseconds=1) << 22 | self._next()),
            channel=channel,
            webhook=webhook,
            content=content,
            file=file,
            description=description,
            at=self._clock(),
        )

    def _read(self, request: Request, channel: str, *, listed: bool) -> Reply:
        """Return a channel, or its newest messages, to a bot that may read them (A4)."""
        if request.headers.get("authorization") != f"Bot {BOT_TOKEN}":
            raise No(401, 0, "401: Unauthorized")
        if self.faults.take("bot-forbidden", request.path):
            raise No(403, 50001, "Missing Access")
        if request.method != "GET":
            raise No(405, 0, "405: Method Not Allowed")
        there = [one for one in self._messages if one.channel == channel]
        if not listed:
            last = there[-1].id if there else None
            return json_reply({"id": channel, "type": 0, "last_message_id": last})
        limit = request.query.get("limit", "50")
        if not limit.isdecimal() or not 1 <= int(limit) <= 100:  # noqa: PLR2004  # Discord's
            raise No(400, 50035, "Invalid Form Body", {})
        if self.faults.take("no-history", request.path):
            return json_reply([])
        now, bare = self._clock(), self.faults.take("no-content-intent", request.path)
        found = [
            shown(one, bare=bare) for one in reversed(there) if self._hidden.get(one.id, now) <= now
        ]
        return json_reply(found[: int(limit)])

    def _seen(self) -> dict[str, object]:
        messages = [
            {"id": one.id, "content": one.content, "sha256": one.sha256} for one in self.posts
        ]
        return {"posts": messages, "violations": self.violations}


def slow_down(seconds: float) -> Reply:
    """Return a 429 as Discord words it (C:DRL)."""
    headers = {
        "Retry-After": "1",
        "X-RateLimit-Reset-After": f"{seconds}",
        "X-RateLimit-Scope": "user",
    }
    body = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
    return json_reply(body, status=429, headers=headers)
