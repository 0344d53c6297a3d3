"""Words to the operator's chats on Telegram (core.telegram.org/bots/api, read 2026-11)."""

from collections.abc import Sequence

import httpx

from elite8.core import http
from elite8.core.domain.notice import Notice
from elite8.core.errors import Refused, SignInNeeded, Unavailable
from elite8.core.settings import Settings

LONGEST = 4096
"""UTF-16 units of a message after its entities are read (sendMessage, as of 2026-11)."""
MARKS = {"critical": "🔴", "warning": "🟠", "info": "🔵"}


def send(
    settings: Settings,
    chats: Sequence[int],
    notice: Notice,
    transport: httpx.BaseTransport | None = None,
) -> None:
    """Send a notice to every chat; plain text, so that no sign in it has to be escaped.

    What only some chats took is sent again to all: better twice than never.
    """
    if settings.telegram_token is None:
        raise SignInNeeded("no token of a Telegram bot is set: ELITE8_TELEGRAM_TOKEN")
    words = cut(f"{MARKS.get(notice.severity, '')} {notice.title}\n\n{notice.words}")
    token = settings.telegram_token.get_secret_value()
    with http.open_client(settings.telegram_url, transport=transport) as line:
        for chat in chats:
            body = {"chat_id": chat, "text": words, "link_preview_options": {"is_disabled": True}}
            asked(line, token, "sendMessage", body)


def whoami(settings: Settings, transport: httpx.BaseTransport | None = None) -> str:
    """Return the bot's name; a token nobody knows is SignInNeeded."""
    if settings.telegram_token is None:
        raise SignInNeeded("no token of a Telegram bot is set: ELITE8_TELEGRAM_TOKEN")
    with http.open_client(settings.telegram_url, transport=transport) as line:
        answer = asked(line, settings.telegram_token.get_secret_value(), "getMe", {})
    said = answer.json()
    found = said.get("result") if isinstance(said, dict) else None
    return str(found.get("username", "")) if isinstance(found, dict) else ""


def asked(line: httpx.Client, token: str, method: str, body: object) -> httpx.Response:
    """Return the answer; an error never holds the token, which is in the address."""
    try:
        answer = line.post(f"/bot{token}/{method}", json=body)
    except httpx.HTTPError as broken:
        raise Unavailable(f"Telegram did not answer ({type(broken).__name__})") from None
    if answer.status_code in {401, 404}:
        raise SignInNeeded("Telegram does not know the bot's token; ask @BotFather for it")
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise http.asked_to_wait(answer, "Telegram")
    if answer.is_server_error:
        raise Unavailable(f"Telegram answers {answer.status_code}; it is busy or down")
    if answer.is_error:
        raise Refused(f"Telegram refuses the message: {told(answer).replace(token, '***')}")
    return answer


def told(answer: httpx.Response) -> str:
    """Return what Telegram says is wrong."""
    try:
        said = answer.json()
    except ValueError:
        return str(answer.status_code)
    return str(said.get("description", ""))[:200] if isinstance(said, dict) else ""


def cut(words: str) -> str:
    """Return at most as many UTF-16 units as a message takes, whole letters only."""
    units = words.encode("utf-16-le")
    if len(units) <= 2 * LONGEST:
        return words
    return units[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
