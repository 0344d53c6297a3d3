"""What other sides answer: networks, A2E, Fanvue, LINE, IPRoyal, Telegram; and who calls us."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from elite8.bot.run import update_of
from elite8.core import http, iproyal
from elite8.core.domain.job import Family
from elite8.core.notify import telegram
from elite8.core.operations import line_friends, way_out
from elite8.core.operations.consents import opened
from elite8.core.platforms import fanvue, line_messaging, oauth, youtube
from elite8.core.platforms.oauth import App
from elite8.core.production import a2e
from elite8.core.studio import Studio
from tests.fuzz.target import Target
from tests.platforms import test_contract
from tests.platforms.contract import Hostile, PlatformContract, Stage

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STATUSES = (200, 200, 200, 201, 204, 206, 302, 308, 400, 401, 403, 404, 409, 416, 429, 500, 503)
NETWORKS: dict[str, type[PlatformContract]] = {
    "youtube": test_contract.TestYouTube,
    "tiktok": test_contract.TestTikTok,
    "instagram": test_contract.TestInstagram,
    "x": test_contract.TestX,
    "discord": test_contract.TestDiscord,
}
JSON = {"Content-Type": "application/json"}
SECRET = "s" * 32


def answer_of(data: bytes, asked: httpx.Request) -> httpx.Response:
    """Return an answer: a byte for its status, perhaps headers, an empty line, the body."""
    status = STATUSES[(data[0] if data else 0) % len(STATUSES)]
    head, empty, body = data[1:].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n") if empty else []
    headers = [line.partition(b": ")[::2] for line in lines if clean(line)]
    content = body if empty else data[1:]
    return httpx.Response(
        status, headers=[*JSON.items(), *told(headers)], content=content, request=asked
    )


def clean(line: bytes) -> bool:
    """Return whether a line is a header, which no HTTP library would have refused."""
    return b": " in line and line.isascii() and line.decode().isprintable()


def told(headers: Sequence[tuple[bytes, ...]]) -> list[tuple[str, str]]:
    """Return headers as texts, without those that say how the body is packed."""
    texts = [(name.decode(), value.decode()) for name, value in headers]
    return [one for one in texts if one[0] and one[0].lower().encode() not in http.PACKED]


def wire(answer: httpx.Response) -> bytes:
    """Return an answer as a seed."""
    number = STATUSES.index(answer.status_code) if answer.status_code in STATUSES else 0
    head = b"".join(
        f"{name}: {value}\r\n".encode()
        for name, value in answer.headers.items()
        if name.lower() not in {"content-length", "content-type"}
    )
    return bytes([number]) + (head + b"\r\n" if head else b"") + answer.content


class Played(httpx.BaseTransport):
    """A line on which the nth answer is the fuzzer's, and all when n is 0."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._asked = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self._asked += 1
        if self._asked > MOST_ASKED:
            raise AssertionError("it asks for ever")
        return answer_of(self._data, request)


MOST_ASKED = 400


def network_of(name: str, folder: Path) -> Target:
    """Return the target of a network: two bytes say which deed and which answer is the fuzzer's."""
    contract = NETWORKS[name]()

    def staged() -> Stage:
        stage = contract.staged(folder)
        stage.line.asked = Few()
        return stage

    def run(data: bytes) -> None:
        deed = contract.deeds[(data[0] if data else 0) % len(contract.deeds)]
        skip = (data[1] if len(data) > 1 else 0) % 8
        seen = [0]

        def twist(request: httpx.Request, send: Callable[[], httpx.Response]) -> httpx.Response:
            seen[0] += 1
            return send() if seen[0] != skip + 1 else answer_of(data[2:], request)

        stage = staged()
        try:
            contract.done(stage, deed, twist)
        finally:
            close(stage)

    return Target(f"answer.{name}", tuple(genuine(contract, staged)), run)


class Few(list[httpx.Request]):
    """What was asked; too much of it is the fault, not pytest's."""

    def append(self, one: httpx.Request) -> None:
        if len(self) >= MOST_ASKED // 2:
            raise AssertionError("it asks for ever")
        super().append(one)


def close(stage: Stage) -> None:
    """Hang up."""
    for name in ("client", "_client", "line", "_line"):
        found = getattr(stage.network, name, None)
        if isinstance(found, httpx.Client):
            found.close()


def genuine(contract: PlatformContract, staged: Callable[[], Stage]) -> Iterator[bytes]:
    """Yield every answer of every deed as the network gives it."""
    for number, deed in enumerate(contract.deeds):
        stage = staged()
        line: Hostile = stage.line
        before = contract.done(stage, deed)
        for place, answer in enumerate(line.heard[before:][:8]):
            yield bytes([number, place]) + wire(answer)
        close(stage)


def fanvue_of() -> Target:
    """Return the target of Fanvue's pages."""
    until = NOW + timedelta(days=1)

    def run(data: bytes) -> None:
        with http.open_client(transport=Played(data[1:])) as client:
            there = fanvue.Fanvue(client, fanvue.Bases(), lambda _fresh: "t" * 20, lambda _: None)
            deeds: tuple[Callable[[], object], ...] = (
                there.whose,
                there.told,
                there.followers,
                lambda: there.people("subscribers", 1),
                lambda: there.payments("earnings", None, until, ""),
            )
            deeds[(data[0] if data else 0) % len(deeds)]()

    paid = {"id": "1", "gross": 999, "net": 799, "currency": "USD", "date": "2026-11-01T10:00:00Z"}
    fan = {"uuid": "1", "handle": "made_up_one", "displayName": "Made Up"}
    pages = (fan, {"data": [fan], "pagination": {"hasMore": False}}, {"data": [paid]})
    seeds = (bytes([n, 0]) + json.dumps(one).encode() for n in range(5) for one in pages)
    return Target("answer.fanvue", tuple(seeds), run)


def line_of() -> Target:
    """Return the target of LINE's answers."""

    def run(data: bytes) -> None:
        with http.open_client(transport=Played(data[1:])) as client:
            there = line_messaging.Messaging(
                client, "1", SECRET, lambda: NOW, "https://line.example"
            )
            there._token, there._since = "t" * 20, NOW
            words = [line_messaging.text("It rains.")]
            deeds: tuple[Callable[[], object], ...] = (
                there.name,
                there.quota,
                there.followers,
                there.friends,
                lambda: there.validate("push", words),
                lambda: there.broadcast(words, "key"),
                lambda: there.progress("1"),
            )
            deeds[(data[0] if data else 0) % len(deeds)]()

    pages = (
        {"displayName": "Nova", "basicId": "@nova"},
        {"type": "limited", "value": 200, "totalUsage": 7},
        {"status": "ready", "followers": 7, "userIds": ["U1"], "next": "x"},
        {"phase": "succeeded", "successCount": 1, "failureCount": 0},
    )
    seeds = (bytes([n, 0]) + json.dumps(one).encode() for n in range(7) for one in pages)
    return Target("answer.line", tuple(seeds), run)


def a2e_of() -> Target:
    """Return the target of A2E's envelopes."""

    def run(data: bytes) -> None:
        url = "https://a2e.example"
        there = a2e.A2E(url, SecretStr(SECRET), hosts=("a2e.example",), transport=Played(data[1:]))
        order = a2e.image_video(image_url=f"{url}/a.png", prompt="rain", seconds=5)
        family = list(Family)[(data[0] if data else 0) % len(Family)]
        deeds: tuple[Callable[[], object], ...] = (
            there.balance,
            lambda: there.quote(order),
            lambda: there.charges(NOW),
            lambda: there.voices("en"),
            there.avatars,
            lambda: there.speech("Hello.", "v"),
            lambda: there.start(order, "e8-1"),
            lambda: there.look(family, "1"),
            lambda: there.find(family, "e8-1", NOW),
            lambda: there.recent(family, NOW),
            lambda: there.remove(family, "1"),
        )
        try:
            deeds[(data[0] if data else 0) % len(deeds)]()
        finally:
            there.close()

    task = {"_id": "1", "name": "e8-1", "title": "e8-1", "current_status": "success", "coins": 20}
    rows = {"total": 1, "pageNum": 1, "pageSize": 10, "rows": [task], "coins": 20}
    bodies = ({"code": 0, "data": one, "trace_id": "t"} for one in (rows, task, [task], "url", 7))
    texts = [json.dumps(one).encode() for one in bodies]
    seeds = (bytes([n, 0]) + one for n in range(11) for one in texts)
    return Target("answer.a2e", tuple(seeds), run, slow=6.0)


def small_ones(studio: Studio) -> Iterator[Target]:
    """Yield answers of which one call makes something."""

    def left(data: bytes) -> None:
        settings = studio.settings.model_copy(update={"iproyal_token": SecretStr(SECRET)})
        iproyal.traffic_left(settings, Played(data))
        with http.open_client(transport=Played(data)) as client:
            iproyal.country_seen(client, "https://echo.example", "country")

    yield Target("answer.iproyal", (b'\0{"available_traffic": 8.5, "country": "jp"}',), left)

    def whoami(data: bytes) -> None:
        known = {"telegram_token": SecretStr("1:" + SECRET)}
        telegram.whoami(studio.settings.model_copy(update=known), Played(data))

    yield Target(
        "answer.telegram", (b'\0{"ok": true, "result": {"username": "nova_bot"}}',), whoami
    )

    def grant(data: bytes) -> None:
        app = App(client="c", secret=SECRET)
        for base in (fanvue.Bases().provider, youtube.Bases().provider):
            with http.open_client(transport=Played(data)) as client:
                oauth.refreshed(client, base, app, "r" * 20, now=NOW)

    token = {"access_token": "a" * 20, "refresh_token": "b" * 20, "expires_in": 3600, "scope": "x"}
    yield Target("answer.oauth", (b"\0" + json.dumps(token).encode(),), grant)

    def came_back(data: bytes) -> None:
        attempt = oauth.Attempt(address="", redirect="", state="s", verifier="v")
        oauth.code_of(attempt, data.decode("utf-8", "replace"))

    back = (b"http://127.0.0.1:8765/?state=s&code=c", b"https://[x/?error=a&error_description=b")
    yield Target("call.oauth", back, came_back)


def calls(studio: Studio) -> Iterator[Target]:
    """Yield what strangers send to our own doors."""
    yield Target("call.telegram", (b'{"update_id": 1, "message": {"text": "/status"}}',), update_of)
    known = {"line_channel_secret": SecretStr(SECRET), "line_channel_id": "1"}
    there = replace(studio.drafting, settings=studio.settings.model_copy(update=known))

    def friend(data: bytes) -> int:
        signed = hmac.new(SECRET.encode(), data, hashlib.sha256).digest()
        return line_friends.receive(there, base64.b64encode(signed).decode(), data)

    one: dict[str, Any] = {
        "type": "follow",
        "mode": "active",
        "timestamp": 1795424400000,
        "source": {"type": "user", "userId": "U" + "1" * 32},
        "webhookEventId": "01M848QKV0MTM9FKH4EJHND2GT",
    }
    said = {**one, "type": "message", "message": {"type": "text", "text": "STOP"}}
    yield Target(
        "call.line", tuple(json.dumps({"events": [e]}).encode() for e in (one, said)), friend
    )
    with studio.database.transaction() as session:
        safe = opened(studio, session)
    mark = way_out.link(studio, safe, "01M848QKV0MTM9FKH4EJHND2GT", "marketing").rpartition("/")[2]
    yield Target(
        "call.way-out",
        (mark.encode(), b"..."),
        lambda data: way_out.read(studio, data.decode("utf-8", "replace")),
    )


def targets(folder: Path, studio: Studio) -> Iterator[Target]:
    """Yield a target for each other side."""
    for name in NETWORKS:
        yield network_of(name, folder)
    yield fanvue_of()
    yield line_of()
    yield a2e_of()
    yield from small_ones(studio)
    yield from calls(studio)
