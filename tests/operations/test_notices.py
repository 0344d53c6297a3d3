"""Notices are kept first, sent once, wait when nobody takes them, and hold no secret."""

import json
import socket
import threading
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from elite8.core.domain.notice import STALE, Arrival, Notice, new_notice
from elite8.core.errors import Elite8Error
from elite8.core.notify import email, telegram, webhook
from elite8.core.operations import notices, tasks
from elite8.core.storage import notices as kept_notices
from elite8.core.studio import Studio

SECRET = "123456:canary-of-the-bot"


@dataclass
class BotApi:
    """What the Bot API says to sendMessage (core.telegram.org/bots/api)."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    answer: httpx.Response = field(default_factory=lambda: httpx.Response(200, json={"ok": True}))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == f"/bot{SECRET}/sendMessage"
        self.sent.append(json.loads(request.content))
        return self.answer


@pytest.fixture
def api() -> BotApi:
    return BotApi()


@pytest.fixture
def chatting(studio: Studio, api: BotApi) -> Studio:
    config = copy(studio.config)
    vars(config)["telegram"] = config.telegram.model_copy(update={"chats": (7, 8)})
    settings = studio.settings.model_copy(update={"telegram_token": SecretStr(SECRET)})
    return replace(studio, config=config, settings=settings, transport=httpx.MockTransport(api))


def keep(studio: Studio, severity: str = "warning", title: str = "a post is late") -> None:
    with studio.database.transaction() as session:
        notices.keep(
            studio,
            session,
            kind="alert",
            severity=severity,
            title=title,
            words="<b>_*[it](x)",
            route="telegram",
        )


def rows(studio: Studio) -> list[Notice]:
    with studio.database.transaction() as session:
        return list(session.exec(select(Notice)))


def test_a_notice_goes_to_every_chat_once(chatting: Studio, api: BotApi) -> None:
    keep(chatting)
    assert [one.why for one in notices.deliver(chatting)] == [""]
    assert notices.deliver(chatting) == ()
    assert [one["chat_id"] for one in api.sent] == [7, 8]
    assert api.sent[0]["text"].startswith("🟠 a post is late")
    assert "parse_mode" not in api.sent[0]


def test_a_chat_that_blocked_the_bot_keeps_nothing_from_the_others(chatting: Studio) -> None:
    taken: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        chat = json.loads(request.content)["chat_id"]
        if chat == 7:
            return httpx.Response(403, json={"description": "Forbidden: bot was blocked"})
        taken.append(chat)
        return httpx.Response(200, json={"ok": True})

    here = replace(chatting, transport=httpx.MockTransport(answer))
    keep(here)
    assert [one.why for one in notices.deliver(here)] == [""]
    assert taken == [8]
    assert [one.state for one in rows(here)] == ["sent"]


@pytest.mark.parametrize(
    ("status", "body"),
    [(429, {"ok": False, "parameters": {"retry_after": 90}}), (502, {})],
)
def test_a_chat_that_has_to_wait_makes_no_other_get_it_twice(
    chatting: Studio, clock: Any, status: int, body: dict[str, Any]
) -> None:
    taken: list[int] = []
    busy = {8}

    def answer(request: httpx.Request) -> httpx.Response:
        chat = json.loads(request.content)["chat_id"]
        if chat in busy:
            return httpx.Response(status, json=body)
        taken.append(chat)
        return httpx.Response(200, json={"ok": True})

    vars(chatting.config)["telegram"] = chatting.config.telegram.model_copy(
        update={"chats": (7, 8, 9)}
    )
    here = replace(chatting, transport=httpx.MockTransport(answer))
    keep(here)
    (done,) = notices.deliver(here)
    assert done.why
    assert taken == [7, 9] if status == 429 else [7]
    if status == 429:
        assert rows(here)[0].due_at - clock() >= timedelta(seconds=90)
    busy.clear()
    clock.now = rows(here)[0].due_at
    assert [one.why for one in notices.deliver(here)] == [""]
    assert sorted(taken) == [7, 8, 9]
    with here.database.transaction() as session:
        kept_notices.forget(session, clock() + timedelta(seconds=1))
        assert list(session.exec(select(Arrival))) == []


def test_who_is_not_set_up_is_told_nothing(studio: Studio) -> None:
    keep(studio)
    assert rows(studio) == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {}),
        (429, {"ok": False, "parameters": {"retry_after": 30}}),
        (401, {"ok": False, "description": "Unauthorized"}),
        (400, {"ok": False, "description": f"chat of {SECRET} not found"}),
    ],
)
def test_what_is_not_taken_waits_longer_and_longer_and_is_given_up(
    chatting: Studio, api: BotApi, clock: Any, status: int, body: dict[str, Any]
) -> None:
    api.answer = httpx.Response(status, json=body)
    keep(chatting, severity="critical")
    began, waits = clock(), []
    while rows(chatting)[0].state == "waiting":
        (done,) = notices.deliver(chatting)
        assert done.why
        assert SECRET not in done.why + repr(rows(chatting))
        assert notices.deliver(chatting) == ()
        waits.append(rows(chatting)[0].due_at - clock())
        clock.now = rows(chatting)[0].due_at
    assert [wait.total_seconds() / 60 for wait in waits[:8]] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert waits[8:] == [timedelta(hours=1)] * len(waits[8:])
    assert STALE <= clock() - began - waits[-1] < STALE + waits[-1]
    assert rows(chatting)[0].state == "given-up"
    assert notices.deliver(chatting) == ()


def test_what_nobody_took_for_half_a_day_is_told_no_more(
    chatting: Studio, api: BotApi, clock: Any
) -> None:
    keep(chatting)
    clock.advance(hours=13)
    assert notices.deliver(chatting) == ()
    assert api.sent == []
    assert rows(chatting)[0].state == "given-up"


def quiet(studio: Studio, start: str, end: str) -> None:
    hours = studio.config.telegram.quiet.model_copy(update={"start": start, "end": end})
    told = studio.config.telegram.model_copy(update={"quiet": hours})
    vars(studio.config)["telegram"] = told


def test_a_night_longer_than_half_a_day_loses_no_notice(
    chatting: Studio, api: BotApi, clock: Any
) -> None:
    quiet(chatting, "18:00", "09:00")
    clock.now = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)  # 18:30 in Tokyo
    keep(chatting)
    for _ in range(14):
        assert notices.deliver(chatting) == ()
        clock.advance(hours=1)
    clock.advance(minutes=30)
    assert [one.why for one in notices.deliver(chatting)] == [""]
    assert len(api.sent) == 2


def test_what_was_not_taken_in_the_evening_is_not_tried_by_night(
    chatting: Studio, api: BotApi, clock: Any
) -> None:
    quiet(chatting, "23:00", "07:00")
    clock.now = datetime(2026, 11, 26, 13, 59, 30, tzinfo=UTC)  # 22:59:30 in Tokyo
    api.answer = httpx.Response(500)
    keep(chatting)
    keep(chatting, severity="critical")
    notices.deliver(chatting)
    due = {one.severity: one.due_at for one in rows(chatting)}
    assert due["warning"] == datetime(2026, 11, 26, 22, 0, tzinfo=UTC)
    assert due["critical"] == datetime(2026, 11, 26, 14, 0, 30, tzinfo=UTC)


def test_a_fault_at_one_notice_keeps_no_other(chatting: Studio, clock: Any) -> None:
    taken: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        words = json.loads(request.content)["text"]
        if "first" in words:
            raise ValueError("what nobody thought of")
        taken.append(words)
        return httpx.Response(200, json={"ok": True})

    here = replace(chatting, transport=httpx.MockTransport(answer))
    keep(here, title="the first")
    clock.advance(seconds=1)
    keep(here, title="the second")
    first, second = notices.deliver(here)
    assert (first.why, second.why) == ("a fault of ours (ValueError)", "")
    assert len(taken) == 2


def test_news_that_cannot_be_gathered_keeps_no_alert(chatting: Studio, api: BotApi) -> None:
    keep(chatting, severity="critical")
    with chatting.database.transaction() as session:
        session.connection().exec_driver_sql("drop table told")
    with pytest.raises(DBAPIError):
        tasks.watch(chatting)
    assert "a post is late" in api.sent[0]["text"]


def test_a_sender_that_died_is_followed(chatting: Studio, api: BotApi, clock: Any) -> None:
    from elite8.core.storage import notices as kept

    keep(chatting)
    (one,), (other,) = rows(chatting), rows(chatting)
    with chatting.database.transaction() as session:
        assert kept.claim(session, one, clock())
    with chatting.database.transaction() as session:
        assert not kept.claim(session, other, clock())
    assert notices.deliver(chatting) == ()
    clock.advance(minutes=6)
    assert len(notices.deliver(chatting)) == 1
    assert len(api.sent) == 2


@pytest.mark.parametrize(
    ("hour", "minute", "waits"), [(13, 59, 0), (14, 0, 8), (21, 59, 0.0167), (22, 0, 0)]
)
def test_by_night_only_what_is_critical_is_told(
    chatting: Studio, clock: Any, hour: int, minute: int, waits: float
) -> None:
    """Tokyo's 23:00 to 07:00 is 14:00 to 22:00 UTC."""
    clock.now = datetime(2026, 11, 23, hour, minute, tzinfo=UTC)
    keep(chatting, "warning", "later")
    keep(chatting, "critical", "now")
    later, now = sorted(rows(chatting), key=lambda one: one.title, reverse=True)[::-1]
    assert {later.title, now.title} == {"later", "now"}
    by_title = {one.title: one for one in rows(chatting)}
    assert by_title["now"].due_at == clock()
    assert (by_title["later"].due_at - clock()).total_seconds() == pytest.approx(
        waits * 3600, abs=1
    )


def test_a_message_is_cut_between_letters() -> None:
    words = telegram.cut("👩‍🎤" * 3000)
    assert len(words.encode("utf-16-le")) // 2 <= telegram.LONGEST
    assert words.endswith("…")
    words.encode()


def test_a_webhook_is_signed(studio: Studio, clock: Any) -> None:
    seen: list[httpx.Request] = []

    def hook(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    hooked = {"webhook_url": SecretStr("https://example.com/x"), "webhook_secret": SecretStr("k")}
    settings = studio.settings.model_copy(update=hooked)
    there = replace(studio, settings=settings, transport=httpx.MockTransport(hook))
    notices.test(there, "webhook")
    (request,) = seen
    at = request.headers["X-Elite8-Time"]
    assert at == str(int(clock().timestamp()))
    assert request.headers["X-Elite8-Signature"] == (
        f"v1={webhook.signature('k', at, request.content)}"
    )


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500])
def test_a_webhook_that_does_not_take_it_is_trouble(studio: Studio, status: int) -> None:
    hooked = {
        "webhook_url": SecretStr("https://example.com/secret-path"),
        "webhook_secret": SecretStr("k"),
    }
    answers = httpx.MockTransport(lambda _: httpx.Response(status))
    settings = studio.settings.model_copy(update=hooked)
    with pytest.raises(Elite8Error) as trouble:
        notices.test(replace(studio, settings=settings, transport=answers), "webhook")
    assert "secret-path" not in str(trouble.value)


@pytest.fixture
def mail_server() -> Iterator[tuple[int, list[str]]]:
    """A mail server of one letter, on this machine."""
    letters: list[str] = []
    line = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        peer, _ = line.accept()
        with peer, peer.makefile("rw", newline="\r\n") as talk:
            print("220 here", file=talk, flush=True)
            for asked in talk:
                word = asked.split()[0].upper()
                if word == "DATA":
                    print("354 go on", file=talk, flush=True)
                    text = ""
                    while (part := talk.readline()) != ".\r\n":
                        text += part
                    letters.append(text)
                print("250 good" if word != "QUIT" else "221 bye", file=talk, flush=True)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    yield line.getsockname()[1], letters
    line.close()
    server.join(5)


@pytest.mark.enable_socket
def test_a_letter_arrives(studio: Studio, mail_server: tuple[int, list[str]]) -> None:
    port, letters = mail_server
    asked = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_to": "me@example.com"}
    notices.test(replace(studio, settings=studio.settings.model_copy(update=asked)), "email")
    (letter,) = letters
    assert "Subject: [elite8] elite8 says hello" in letter
    assert "To: me@example.com" in letter
    assert "This is a test" in letter


@pytest.mark.parametrize("sender", ["studio@example.org", "Nova Studio <studio@example.org>"])
def test_a_letter_that_is_sent_again_is_seen_to_be_the_same(
    studio: Studio, clock: Any, sender: str
) -> None:
    words = {"kind": "alert", "severity": "info", "title": "late", "words": "a post is late"}
    notice = new_notice(at=clock(), route="email", **words)
    settings = studio.settings.model_copy(update={"smtp_from": sender, "smtp_to": "me@x.org"})
    names = {email.written(settings, notice)["Message-ID"] for _ in range(2)}
    assert names == {f"<{notice.id.lower()}@example.org>"}


@pytest.mark.enable_socket
def test_a_mail_server_that_is_not_there_is_a_sentence(studio: Studio, clock: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    asked = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_to": "me@example.com"}
    words = {"kind": "alert", "severity": "info", "title": "a\nb", "words": "c"}
    notice = new_notice(at=clock(), route="email", **words)
    with pytest.raises(Elite8Error, match="did not answer"):
        email.send(studio.settings.model_copy(update=asked), notice)
