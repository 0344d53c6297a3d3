"""The stand-in itself: who may ask, getUpdates, which waits, and a door for the people's side."""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Condition
from typing import Any

from elite8.core.simulators.faults import Faults
from elite8.core.simulators.telegram.methods import METHODS, Desk
from elite8.core.simulators.telegram.people import BOT, Seen, Tap
from elite8.core.simulators.telegram.rules import Fields, No, bad, fields, nested, number, refusal
from elite8.core.simulators.wire import Lost, Reply, Request, html_reply, json_reply

SIMULATED_TOKEN = f"{BOT['id']}:simulated-token-of-no-bot-anywhere"
PATH = re.compile(r"/bot([^/]*)/(\w+)")
FAULTS = {
    "lost-before": "the line is cut before anything is done",
    "lost-after": "everything is done, and the line is cut",
    "429": "it asks to wait three seconds",
    "flood": "it asks to wait for an hour",
    "500": "it answers 500",
    "html": "a proxy answers with a page",
}
MOST_UPDATES = 100  # getUpdates.limit [BA]
LONGEST_POLL = 50.0  # seconds; INFERRED


class TelegramSimulator:
    """Telegram for one bot and any number of people; safe to be asked by several threads."""

    def __init__(self, *, clock: Callable[[], datetime], base_url: str = "") -> None:
        self._changed = Condition()
        self._desk = Desk(clock)
        self._people = self._desk.people
        self._faults = Faults(FAULTS)
        self._poll = 0
        self.asked: Counter[str] = Counter()
        self._down = False
        self.base_url = base_url

    @property
    def messages(self) -> list[Seen]:
        """Every message of every chat, in order."""
        with self._changed:
            return [*self._people.messages]

    @property
    def down(self) -> bool:
        """Whether nobody is there; what waits for an answer gets none."""
        return self._down

    @down.setter
    def down(self, is_so: bool) -> None:
        with self._changed:
            self._down = is_so
            self._changed.notify_all()

    @property
    def commands(self) -> list[str]:
        """What stands in the bot's menu."""
        return [one["command"] for one in self._desk.commands]

    @property
    def webhook(self) -> tuple[str, str]:
        """Where updates are called in, and with which secret; twice "" where they are fetched."""
        return self._desk.webhook

    @property
    def unconfirmed(self) -> int:
        """How many updates the bot has not confirmed."""
        with self._changed:
            return len(self._people.waiting(self._desk.clock()))

    def misbehave(self, fault: str, *, at: str = "", times: int = 1) -> None:
        """Let a fault of `FAULTS` happen `times` times at methods that contain `at`."""
        with self._changed:
            self._faults.add(fault, at, times)

    def block(self, chat: int) -> None:
        """Have somebody block the bot."""
        self._people.blocked.add(chat)

    def say(self, text: str, *, chat: int = 7, person: int = 0, at: datetime | None = None) -> Seen:
        """Have somebody write, now or at a time gone by."""
        with self._changed:
            when = at or self._desk.clock()
            made = self._people.say(chat, person or abs(chat), text, when)
            self._changed.notify_all()
            return made

    def tap(self, button: str, *, chat: int = 7, person: int = 0, message: int = 0) -> Tap:
        """Have somebody tap the newest button of this name, or of one message; else ValueError."""
        with self._changed:
            for one in reversed(self._people.messages):
                keys = [key for row in one.keys for key in row if key["text"] == button]
                if one.chat == chat and keys and message in (0, one.id):
                    return self.tap_data(keys[0]["callback_data"], one, person or abs(chat))
            raise ValueError(f"no button '{button}' stands in chat {chat}")

    def tap_data(self, data: str, message: Seen, person: int) -> Tap:
        """Have somebody tap a button as it once was."""
        with self._changed:
            made = self._people.tap(message, data, person, self._desk.clock())
            self._changed.notify_all()
            return made

    def transcript(self, chat: int) -> str:
        """Return a chat as text."""
        with self._changed:
            return self._people.transcript(chat)

    def call_in(self, hook: Callable[[Mapping[str, str], bytes], int]) -> list[int]:
        """Call the webhook with every update that waits, until one is not taken [BA, setWebhook].

        `hook` gets headers and body and returns a status; what is not 2xx comes again.
        """
        found: list[int] = []
        with self._changed:
            waiting = self._people.waiting(self._desk.clock())
            secret = self._desk.webhook[1]
        for update in waiting:
            headers = {"x-telegram-bot-api-secret-token": secret} if secret else {}
            found.append(hook(headers, json.dumps(update).encode()))
            if not 200 <= found[-1] < 300:  # noqa: PLR2004  # success
                break
            with self._changed:
                self._people.confirm(update["update_id"] + 1)
        return found

    def handle(self, request: Request) -> Reply:
        """Answer one request; `Lost` when the answer is not to arrive."""
        if request.path.startswith("/_simulator/"):
            return self._door(request)
        if self.down:
            raise Lost("nobody is there")
        found = PATH.fullmatch(request.path)
        method = found[2] if found else ""
        self.asked[method] += 1
        try:
            if wrong := self._wrong(method):
                return wrong
            if found is None or found[1] != SIMULATED_TOKEN:
                known = found is not None and re.fullmatch(r"\d+:[\w-]{3,}", found[1])
                raise No(401, "Unauthorized") if known else No(404, "Not Found")  # [ERR]
            result = self._result(method, fields(request))
        except No as no:
            return refusal(no)
        if self._faults.take("lost-after", method):
            raise Lost("cut after everything was done")
        return json_reply({"ok": True, "result": result})

    def _wrong(self, method: str) -> Reply | None:
        with self._changed:
            if self._faults.take("lost-before", method):
                raise Lost("cut before anything was done")
            if self._faults.take("429", method):
                raise No(429, "Too Many Requests: retry after 3", retry_after=3)
            if self._faults.take("flood", method):
                raise No(429, "Too Many Requests: retry after 3600", retry_after=3600)
            if self._faults.take("500", method):
                raise No(500, "Internal Server Error")
            broken = self._faults.take("html", method)
        return html_reply("502 Bad Gateway", status=502) if broken else None

    def _result(self, method: str, sent: Fields) -> object:
        if method == "getUpdates":
            return self._updates(sent)
        if method not in METHODS:
            raise No(404, "Not Found")
        with self._changed:
            return METHODS[method](self._desk, sent)

    def _updates(self, sent: Fields) -> object:
        """Return updates as soon as there are some; who asks second ends the first one's [ERR]."""
        most = number(sent, "limit", MOST_UPDATES)
        if not 1 <= most <= MOST_UPDATES:
            raise bad("limit should be between 1 and 100")
        kinds = nested(sent, "allowed_updates", [])
        until = time.monotonic() + min(number(sent, "timeout", 0), LONGEST_POLL)
        with self._changed:
            self._check_no_webhook()
            self._poll += 1
            mine = self._poll
            self._changed.notify_all()
            self._people.confirm(number(sent, "offset", 0))
            while not self._found(kinds) and time.monotonic() < until:
                self._changed.wait(until - time.monotonic())
                if self._down:
                    raise Lost("nobody is there any more")
                if self._poll != mine:
                    raise No(
                        409,
                        "Conflict: terminated by other getUpdates request; make sure that only "
                        "one bot instance is running",
                    )
                self._check_no_webhook()
            return self._found(kinds)[:most]

    def _found(self, kinds: list[str]) -> list[dict[str, Any]]:
        waiting = self._people.waiting(self._desk.clock())
        return [one for one in waiting if not kinds or set(one) & set(kinds)]

    def _check_no_webhook(self) -> None:
        if self._desk.webhook[0]:
            raise No(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook "
                "to delete the webhook first",
            )

    def _door(self, request: Request) -> Reply:
        """Let a person chat by hand, or a test in another process: say, tap, chat."""
        try:
            if (request.method, request.path) == ("GET", "/_simulator/chat"):
                text = self.transcript(int(request.query.get("id", "7"))).encode()
                return Reply(headers={"Content-Type": "text/plain; charset=utf-8"}, body=text)
            wish = json.loads(request.body)
            where = {key: int(wish[key]) for key in ("chat", "person") if key in wish}
            if (request.method, request.path) == ("POST", "/_simulator/say"):
                return json_reply({"message": self.say(str(wish["text"]), **where).id})  # type: ignore[arg-type]  # chat and person
            if (request.method, request.path) == ("POST", "/_simulator/tap"):
                where |= {"message": int(wish["message"])} if "message" in wish else {}
                return json_reply({"tap": self.tap(str(wish["button"]), **where).id})
        except (KeyError, TypeError, ValueError) as trouble:
            return json_reply({"error": str(trouble)}, status=400)
        return html_reply(f"Cannot {request.method} {request.path}", status=404)
