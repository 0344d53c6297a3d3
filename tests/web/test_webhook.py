"""What Telegram calls in with: through the page's door, the daemon and the chat, to a stop."""

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from elite8.core.config import Config
from elite8.core.operations import stops
from elite8.core.simulators.telegram import SIMULATED_TOKEN, TelegramSimulator
from elite8.core.simulators.wire import serve
from elite8.core.studio import Studio
from elite8.daemon import Daemon
from elite8.web.site import Site
from tests.web.test_site import HERE, ask, until

pytestmark = pytest.mark.enable_socket
SECRET = "only-telegram-knows-this"  # made up
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def call(port: int, secret: str, body: bytes) -> int:
    """Return what the page answers to what is posted to it as Telegram does."""
    line = HTTPConnection(HERE, port, timeout=20)
    try:
        line.request(
            "POST", "/telegram", body, {HEADER: secret, "Content-Type": "application/json"}
        )
        return line.getresponse().status
    finally:
        line.close()


def said(text: str, clock: Any, number: int) -> bytes:
    """Return an update as Telegram posts it."""
    chat = {"id": 7, "type": "private", "first_name": "Person"}
    word = text.split(maxsplit=1)[0]
    message = {
        "message_id": number,
        "date": int(clock().timestamp()),
        "chat": chat,
        "from": {"id": 7, "is_bot": False, "first_name": "Person"},
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": len(word)}],
    }
    return json.dumps({"update_id": number, "message": message}).encode()


def test_an_order_that_telegram_calls_in_with_is_carried_out_once(
    studio: Studio, clock: Any, edited_config: Callable[[str, str, str], Path]
) -> None:
    telegram = TelegramSimulator(clock=clock)
    telegram.say("/start")
    folder = edited_config("monitoring/telegram_config.json", '"chats": []', '"chats": [7]')
    with serve(telegram.handle) as url, socket.create_server((HERE, 0)) as free:
        port = free.getsockname()[1]
        free.close()
        decided = {
            "telegram_token": SecretStr(SIMULATED_TOKEN),
            "telegram_url": url,
            "telegram_webhook_url": "https://watch.example.com/telegram",
            "telegram_webhook_secret": SecretStr(SECRET),
            "web_listen": f"{HERE}:{port}",
        }
        settings = studio.settings.model_copy(update=decided)
        daemon = Daemon(replace(studio, settings=settings, config=Config(folder)), faces=[Site])
        daemon.start()
        try:
            assert until(lambda: ask(port)) == 200
            until(lambda: telegram.webhook == (decided["telegram_webhook_url"], SECRET))
            order = said("/pause miyuki", clock, 11)
            assert call(port, "guessed", order) == 403
            assert stops.listed(daemon.studio) == ()
            assert until(lambda: call(port, SECRET, order) == 200)
            assert call(port, SECRET, order) == 200
            (stopped,) = stops.listed(daemon.studio)
            assert stopped.value == "miyuki"
            told = [one.text for one in telegram.messages if "miyuki is stopped" in one.text]
            assert len(told) == 1
            assert call(port, SECRET, b"x" * (2 << 20)) == 413
            assert call(port, "guessed", b"x" * (2 << 20)) == 403
        finally:
            assert daemon.stop()
            daemon.studio.database.close()
