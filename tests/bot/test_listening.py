"""Who is heard, what is too late, what was done before, and Telegram when it is not there."""

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from elite8.bot import Bot
from elite8.companions import Companions
from elite8.core import log
from elite8.core.config import Config
from elite8.core.domain.chat import Asked, Outcome
from elite8.core.errors import Unavailable
from elite8.core.operations import asked as record
from elite8.core.operations import leading, stops
from elite8.core.operations.tasks import TASKS
from elite8.core.simulators.telegram import SIMULATED_TOKEN, TelegramSimulator
from elite8.core.simulators.wire import serve
from elite8.core.studio import Studio
from elite8.daemon import Daemon
from tests.bot.chatting import (
    GROUP,
    ME,
    Chat,
    chatting,
    decided,
    listening,
    unapproving,
    wait_for,
    waiting,
)

pytestmark = pytest.mark.enable_socket

BOT = int(SIMULATED_TOKEN.split(":", maxsplit=1)[0])
OTHER = "0000000000000000:1:00000000:elsewhere"


def said(chat: Chat, where: int = ME) -> list[str]:
    return [one.text for one in chat.telegram.messages if not one.person and one.chat == where]


def test_a_stranger_gets_silence_and_a_line_on_record(
    chat: Chat, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("info", "json", ())
    unheard = ["/status", "what is this, 8f3a", "/approve"]
    for text in unheard:
        assert chat.ask(text, chat=666) == []
    lines = [json.loads(one) for one in capsys.readouterr().err.splitlines()]
    (told,) = [one for one in lines if one["event"] == "bot.stranger"]
    assert (told["chat"], told["person"]) == (666, 666)
    assert "8f3a" not in json.dumps(lines)
    assert chat.record()[-1] == ("words", "stranger")
    chat.clock.advance(hours=2)
    chat.ask("/status", chat=666)
    assert [outcome for _, outcome in chat.record()].count("stranger") == 2


def test_a_stranger_who_taps_does_nothing(chat: Chat, tmp_path: Path) -> None:
    unapproving(chat.studio)
    post = waiting(chat.studio, tmp_path)
    (card,) = chat.ask("/pending")
    tap = chat.telegram.tap("Approve", person=666, message=card.id)
    chat.settled()
    assert tap.answer is None
    assert chat.post(post).approved_sha256 == ""
    assert chat.record()[-1] == ("tap", "stranger")


def test_in_a_group_only_its_people_are_heard(studio: Studio, clock: Any) -> None:
    with chatting(studio, clock, people=(8,)) as chat:
        assert chat.ask("/status", chat=GROUP, person=9) == []
        (told,) = chat.ask("/status@elite8_simulated_bot", chat=GROUP, person=8)
        assert "leads: nobody" in told.text
        assert chat.ask("/status@another_bot", chat=GROUP, person=8) == []
        assert chat.ask("good morning", chat=GROUP, person=8) == []
        assert chat.ask("/status", chat=8, person=8) == []


def test_in_a_group_without_people_nobody_is_heard(studio: Studio, clock: Any) -> None:
    with chatting(studio, clock) as chat:
        assert chat.ask("/pause", chat=GROUP, person=ME) == []
        assert stops.listed(chat.studio) == ()


def test_a_group_is_written_to_slowly(studio: Studio, clock: Any) -> None:
    with chatting(studio, clock, people=(8,)) as chat:
        began = clock()
        for _ in range(25):
            chat.ask("/help", chat=GROUP, person=8)
        assert len(said(chat, GROUP)) == 25
        assert clock() - began >= timedelta(seconds=50)


def test_what_was_written_long_ago_is_not_done(studio: Studio, clock: Any) -> None:
    telegram = TelegramSimulator(clock=clock)
    telegram.say("/start", at=clock() - timedelta(minutes=20))
    telegram.say("/pause", at=clock() - timedelta(minutes=12))
    telegram.say("/pause miyuki", at=clock() - timedelta(minutes=4))
    with serve(telegram.handle) as url:
        ready = decided(studio)
        ready = replace(ready, settings=ready.settings.model_copy(update={"telegram_url": url}))
        with listening(ready, telegram, clock) as chat:
            chat.settled()
            assert [one.value for one in stops.listed(ready)] == ["miyuki"]
            assert "'pause' was said 12 minutes ago and is not done; say it again" in said(chat)
            assert chat.record() == [("start", "late"), ("pause", "late"), ("pause", "done")]
        ready.database.close()


def test_what_was_tapped_while_nobody_listened_is_not_done(
    studio: Studio, clock: Any, tmp_path: Path
) -> None:
    with chatting(studio, clock) as chat:
        chat.ask("/start")
        unapproving(chat.studio)
        post = waiting(chat.studio, tmp_path)
        chat.ask("/pending")
        assert chat.bot.stop(20)
        young, old = chat.telegram.tap("Approve"), chat.telegram.tap("Reject")
        old.at -= timedelta(hours=1)
        chat.bot.start()
        chat.settled()
        assert young.answer == "Tapped while nobody listened, so nothing was done: tap again"
        assert old.answer is None  # too old to be answered: it is said in the chat
        assert said(chat)[-1] == young.answer
        assert chat.post(post).approved_sha256 == ""
        assert "approved" in chat.tap("Approve")


def test_what_was_tapped_while_telegram_was_away_is_not_done(chat: Chat, tmp_path: Path) -> None:
    shift = [0.0]
    assert chat.bot.stop(20)
    chat.bot._now = lambda: time.monotonic() + shift[0]
    chat.bot.start()
    chat.ask("/start")
    unapproving(chat.studio)
    post = waiting(chat.studio, tmp_path)
    chat.ask("/pending")
    chat.telegram.down = True
    time.sleep(0.2)
    tap = chat.telegram.tap("Approve")
    shift[0] = 3600.0  # an hour on, it was asked again and again
    chat.telegram.down = False
    chat.settled()
    assert tap.answer == "Tapped while nobody listened, so nothing was done: tap again"
    assert chat.post(post).approved_sha256 == ""
    assert "approved" in chat.tap("Approve")


def test_a_chat_that_broke_is_there_again_with_the_next_beat(
    studio: Studio, clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with chatting(studio, clock) as chat:
        assert chat.bot.stop(20)
        there, chat.bot._studio = chat.bot._studio, lambda: 1 // 0  # type: ignore[assignment,return-value]  # a fault
        both = Companions((chat.bot,))
        chat.bot.start()
        wait_for(lambda: "bot.died" in capsys.readouterr().out)
        chat.bot._studio = there
        wait_for(lambda: chat.bot._thread is not None and not chat.bot._thread.is_alive())
        both.follow(leads=True)
        assert "leads" in chat.words("/status")


def test_what_a_dead_process_had_done_is_not_done_again(studio: Studio, clock: Any) -> None:
    with chatting(studio, clock) as chat:
        assert chat.bot.stop(20)
        chat.telegram.say("/pause miyuki")
        chat.telegram.say("/pause airi")
        first, second = (one["update_id"] for one in unseen(chat))
        facts = {"bot": BOT, "at": clock(), "chat": ME, "person": ME, "what": "pause"}
        for number, outcome in ((first, Outcome.DONE), (second, Outcome.BEGUN)):
            row = Asked(number=number, outcome=Outcome.BEGUN, **facts)
            assert record.begin(chat.studio, row) == ""
            record.end(chat.studio, row, outcome)
        chat.bot.start()
        chat.settled()
        assert stops.listed(chat.studio) == ()
        assert said(chat) == ["I was interrupted at 'pause': see /status, say it again"]


def unseen(chat: Chat) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = chat.telegram._people.waiting(chat.clock())
    return found


def test_telegram_may_go_and_come_back(chat: Chat, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "json", (SIMULATED_TOKEN,))
    chat.telegram.misbehave("html", at="getUpdates")
    chat.telegram.misbehave("500", at="sendMessage", times=2)
    chat.telegram.down = True
    chat.telegram.say("/pause miyuki")
    time.sleep(0.5)
    assert stops.listed(chat.studio) == ()
    chat.clock.now = chat.telegram.messages[-1].at
    chat.telegram.down = False
    chat.settled()
    assert "is stopped" in said(chat)[-1]
    err = capsys.readouterr().err
    events = [json.loads(one)["event"] for one in err.splitlines()]
    assert events.count("bot.deaf") <= 3
    assert "bot.hears" in events
    assert SIMULATED_TOKEN not in err
    assert chat.words("/resume miyuki").startswith("▶")


def test_telegram_that_was_never_there_is_no_trouble(studio: Studio, clock: Any) -> None:
    telegram = TelegramSimulator(clock=clock)
    telegram.down = True
    with serve(telegram.handle) as url:
        ready = decided(studio)
        ready = replace(ready, settings=ready.settings.model_copy(update={"telegram_url": url}))
        with listening(ready, telegram, clock) as chat:
            wait_for(lambda: tick(ready).failures)
            telegram.down = False
            telegram.say("/status")
            chat.clock.now = telegram.messages[-1].at
            chat.settled()
            assert "health" in said(chat)[-1]
            wait_for(lambda: tick(ready).failures == 0)
        ready.database.close()


def tick(studio: Studio) -> Any:
    from elite8.core.domain.tick import Tick

    with studio.database.transaction() as session:
        return session.get(Tick, "chat") or SimpleNamespace(failures=0, message="")


def test_an_answer_that_is_lost_is_told_again(chat: Chat) -> None:
    chat.telegram.misbehave("lost-after", at="sendMessage")
    found = chat.ask("/pause miyuki")
    assert [one.text for one in found] == [
        "⏸ character miyuki is stopped: nothing of it goes out"
    ] * 2
    assert len(stops.listed(chat.studio)) == 1


def test_being_asked_to_wait_is_waited_for(chat: Chat) -> None:
    chat.telegram.misbehave("429", at="sendMessage", times=2)
    began = chat.clock()
    assert "leads" in chat.words("/status")
    assert chat.clock() - began >= timedelta(seconds=6)
    chat.telegram.misbehave("429", at="getUpdates")
    assert "leads" in chat.words("/status")


def test_many_answers_stay_under_the_limits(chat: Chat) -> None:
    for _ in range(12):
        assert len(chat.ask("/help")) == 1
    assert chat.telegram.asked["sendMessage"] == 13


def test_a_token_nobody_knows_is_said_and_not_shown(
    studio: Studio, clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("debug", "json", ())
    telegram = TelegramSimulator(clock=clock)
    with serve(telegram.handle) as url:
        ready = decided(studio)
        facts = {"telegram_url": url, "telegram_token": SecretStr("7:canary-of-a-token")}
        ready = replace(ready, settings=ready.settings.model_copy(update=facts))
        with listening(ready, telegram, clock):
            wait_for(lambda: telegram.asked["getMe"] > 1)
        said = capsys.readouterr()
        assert "canary" not in said.out + said.err + repr(tick(ready))
        assert "does not know the bot's token" in said.err
        assert "@BotFather" in tick(ready).message
        ready.database.close()


def test_a_second_one_that_listens_is_said(chat: Chat, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "json", ())
    other = Bot(lambda: chat.studio, lambda: "", lambda _: None, wait=chat.bot._wait)
    other.start()
    try:
        wait_for(lambda: "another program fetches" in capsys.readouterr().err)
    finally:
        assert other.stop(20)
    assert "leads" in chat.words("/status")


def test_a_stop_lets_what_is_done_come_to_its_end(chat: Chat) -> None:
    chat.telegram.say("/pause miyuki")
    wait_for(lambda: chat.record()[-1][0] == "pause")
    assert chat.bot.stop(20)
    assert chat.record()[-1] == ("pause", "done")
    assert chat.bot.stop(0)
    chat.bot.start()
    assert "leads" in chat.words("/status")


def test_a_fault_is_said_and_ends_nothing(chat: Chat, capsys: pytest.CaptureFixture[str]) -> None:
    def breaks() -> str:
        return str(1 // 0)

    assert chat.bot.stop(20)
    chat.bot._restart = breaks
    chat.bot.start()
    assert chat.words("/restart") == "elite8 has a fault (ZeroDivisionError); see its log"
    assert "bot.broke" in capsys.readouterr().out
    assert chat.record()[-1] == ("restart", "failed")
    chat.ask("/rehearse")
    wait_for(lambda: "fault" in chat.telegram.messages[-1].text)
    assert "leads" in chat.words("/status")


def test_slow_work_is_done_once_at_a_time(chat: Chat) -> None:
    go = threading.Event()
    assert chat.bot.stop(20)
    chat.bot._apart = lambda _command: go.wait(20) and {"posts": []}
    chat.bot.start()
    try:
        chat.ask("/rehearse")
        assert chat.words("/rehearse") == "/rehearse is at work already"
        assert "leads" in chat.words("/status")
    finally:
        go.set()


def test_who_blocks_the_bot_ends_nothing(chat: Chat, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "json", ())
    chat.telegram.block(ME)
    chat.ask("/pause miyuki")
    chat.ask("/rehearse")
    chat.telegram._people.blocked.clear()
    assert "⏸ character miyuki" in chat.words("/status")
    assert "somebody blocked the bot" in capsys.readouterr().err


def test_what_would_wait_for_an_hour_is_not_said(
    chat: Chat, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("info", "json", ())
    chat.telegram.misbehave("flood", at="sendMessage")
    assert chat.ask("/pause miyuki") == []
    assert "bot.unsaid" in capsys.readouterr().err
    assert chat.record()[-1] == ("pause", "failed")
    assert "⏸ character miyuki" in chat.words("/status")


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"edited_message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}},
        {"message": {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}}},
        {
            "message": {
                "message_id": 1,
                "date": 1,
                "chat": {"id": -100, "type": "supergroup"},
                "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
                "sender_chat": {"id": -100, "type": "supergroup"},
                "text": "/pause",
            }
        },
        {
            "callback_query": {
                "id": "1",
                "from": {"id": 7, "is_bot": False, "first_name": "x"},
                "chat_instance": "1",
                "inline_message_id": "1",
                "data": "do:pause",
            }
        },
    ],
)
def test_what_no_person_says_in_a_chat_is_not_heard(update: dict[str, Any]) -> None:
    from telegram import Update

    from elite8.bot.talk import read

    assert read(Update.de_json({"update_id": 1, **update}, None), "elite8") is None


def test_companions_follow_who_leads(capsys: pytest.CaptureFixture[str]) -> None:
    class Slow:
        runs = False

        def wanted(self) -> bool:
            return True

        def start(self) -> None:
            self.runs = True

        def stop(self, seconds: float) -> bool:
            self.runs = False
            return not seconds

    one = Slow()
    both = Companions((one,))
    for leads in (True, False, True):
        both.follow(leads=leads)
        assert one.runs == leads
    both.stop(1)
    assert "companion.left" in capsys.readouterr().out
    both.follow(leads=True)
    assert not one.runs


def test_the_daemon_has_another_process_do_it(studio: Studio) -> None:
    daemon = Daemon(studio)
    assert daemon.by_another(("config", "check"))["complaints"] == []
    with pytest.raises(Unavailable, match="is no day"):
        daemon.by_another(("schedule", "rehearse", "--from", "someday"))
    daemon.stopping = True
    with pytest.raises(Unavailable, match="being stopped"):
        daemon.by_another(("config", "check"))


def test_a_broken_config_is_said_to_whoever_restarts(
    studio: Studio, edited_config: Callable[[str, str, str], Path]
) -> None:
    folder = edited_config("finishing.json", '"duration_seconds"', '"duration_seconds"')
    daemon = Daemon(replace(studio, config=Config(folder)))
    daemon.start()
    try:
        assert daemon.receive("", b"{}") == 404
        assert daemon.restart().startswith(f"config read; {len(TASKS)} tasks tick anew, first ")
        file = folder / "finishing.json"
        file.write_text(file.read_text().replace('"duration_seconds"', '"duration"'))
        said = daemon.restart()
        assert said.startswith("the config is broken and the old one stays: ")
        assert "finishing.json" in said
        assert f"{len(TASKS)} tasks tick anew" in said
    finally:
        daemon.stop()


SECRET = "what-telegram-proves-itself-with"


@pytest.fixture
def hooked(studio: Studio, clock: Any) -> Iterator[Chat]:
    """A chat whose updates Telegram calls in with."""
    facts = {
        "telegram_webhook_url": "https://elite8.example.com/telegram",
        "telegram_webhook_secret": SecretStr(SECRET),
    }
    there = replace(studio, settings=studio.settings.model_copy(update=facts))
    with chatting(there, clock) as chat:
        chat.telegram.say("/start")
        wait_for(lambda: chat.bot._talk is not None)
        yield chat


def call_in(chat: Chat) -> list[int]:
    name = "x-telegram-bot-api-secret-token"
    return chat.telegram.call_in(lambda head, body: chat.bot.receive(head.get(name, ""), body))


def test_telegram_calls_in_with_a_secret(hooked: Chat) -> None:
    assert hooked.telegram.webhook == ("https://elite8.example.com/telegram", SECRET)
    hooked.telegram.say("/pause miyuki")
    assert call_in(hooked) == [200, 200]
    assert len(stops.listed(hooked.studio)) == 1
    assert hooked.telegram.asked["getUpdates"] == 0


def test_who_does_not_know_the_secret_is_not_heard(hooked: Chat) -> None:
    body = json.dumps({"update_id": 1, "message": {}}).encode()
    for wrong in ("", "x", SECRET[:-1], f"{SECRET}x", "ü"):
        assert hooked.bot.receive(wrong, body) == 403
        assert hooked.bot.receive(wrong, None) == 403
    assert hooked.bot.receive(SECRET, None) == 200
    assert hooked.bot.receive(SECRET, b"{") == 400
    assert hooked.bot.receive(SECRET, b"[]") == 400
    assert hooked.bot.receive(SECRET, b'{"update_id": "x"}') == 400


def test_the_same_call_twice_is_one(hooked: Chat) -> None:
    call_in(hooked)
    hooked.telegram.say("/resume")
    (update,) = unseen(hooked)
    body = json.dumps(update).encode()
    assert [hooked.bot.receive(SECRET, body) for _ in range(3)] == [200] * 3
    assert said(hooked).count("nothing is stopped") == 1


def test_what_was_tapped_before_telegram_could_call_is_not_done(
    hooked: Chat, tmp_path: Path
) -> None:
    unapproving(hooked.studio)
    post = waiting(hooked.studio, tmp_path)
    hooked.telegram.say("/pending")
    call_in(hooked)
    assert hooked.bot.stop(20)
    tap = hooked.telegram.tap("Approve")
    assert call_in(hooked) == [503]
    hooked.bot.start()
    wait_for(lambda: hooked.bot._talk is not None)
    assert call_in(hooked) == [200]
    assert tap.answer == "Tapped while nobody listened, so nothing was done: tap again"
    assert hooked.post(post).approved_sha256 == ""
    anew = hooked.telegram.tap("Approve")
    assert call_in(hooked) == [200]
    assert "approved" in (anew.answer or "")


def test_while_nobody_listens_telegram_is_to_call_again(hooked: Chat) -> None:
    assert hooked.bot.stop(20)
    assert call_in(hooked) == [503]
    assert hooked.telegram.unconfirmed == 1


def test_only_who_leads_listens(
    studio: Studio, clock: Any, edited_config: Callable[[str, str, str], Path]
) -> None:
    telegram = TelegramSimulator(clock=clock)
    telegram.say("/start")
    folder = edited_config("monitoring/telegram_config.json", '"chats": []', '"chats": [7]')
    with serve(telegram.handle) as url:
        ready = replace(decided(studio), config=Config(folder))
        ready = replace(ready, settings=ready.settings.model_copy(update={"telegram_url": url}))
        leading.lead(ready, OTHER)
        daemon = Daemon(ready)
        daemon.start()
        try:
            assert telegram.asked.total() == 0
            assert daemon.receive("", b"{}") == 403
            leading.resign(ready, OTHER)
            daemon.renew()
            wait_for(lambda: telegram.unconfirmed == 0)
            telegram.say("/restart")
            wait_for(lambda: telegram.unconfirmed == 0)
            assert f"config read; {len(TASKS)} tasks tick anew, first" in telegram.messages[-1].text
            leading.resign(ready, daemon.me)
            leading.lead(ready, OTHER)
            daemon.renew()
            polls = telegram.asked["getUpdates"]
            time.sleep(0.3)
            telegram.say("/status")
            time.sleep(0.3)
            assert telegram.unconfirmed == 1
            assert telegram.asked["getUpdates"] <= polls + 1
        finally:
            assert daemon.stop()


def test_who_sets_it_up_reads_their_chat_in_the_log(
    studio: Studio, clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("info", "json", ())
    with chatting(studio, clock, chats=()) as chat:
        assert chat.ask("/start", chat=4711) == []
        assert '"bot.stranger", "chat": 4711' in capsys.readouterr().err


def test_without_a_token_the_library_is_not_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from elite8 import daemon; from elite8.core.studio import open_studio; "
        "one = daemon.Daemon(open_studio()); one.start(); one.stop(); import elite8.bot; "
        "print(*(n for n in sys.modules if n == 'telegram' or n == 'telegram.ext'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == ""


def test_the_library_says_nothing_by_itself(chat: Chat) -> None:
    chat.ask("/status")
    for name in ("telegram", "httpx", "httpcore"):
        assert logging.getLogger(name).level >= logging.WARNING
