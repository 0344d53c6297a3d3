"""Words and cards to the operator's chats (core.telegram.org/bots/api, read 2026-11)."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from elite8.core import http, log
from elite8.core.domain.card import Card
from elite8.core.domain.notice import Notice
from elite8.core.errors import RateLimited, Refused, SignInNeeded, Unavailable
from elite8.core.settings import Settings

LONGEST = 4096
"""UTF-16 units of a message after its entities are read (sendMessage, as of 2026-11)."""
UPLOAD = 120.0
"""Seconds that a clip has to be there."""
MARKS = {"critical": "🔴", "warning": "🟠", "info": "🔵"}


def send(  # noqa: PLR0913, PLR0917  # what goes where, and who is told of it
    settings: Settings,
    chats: Sequence[int],
    notice: Notice,
    transport: httpx.BaseTransport | None = None,
    card: Card | None = None,
    took: Callable[[int], object] = bool,
) -> None:
    """Send a notice to these chats; plain text, so that no sign in it has to be escaped.

    A chat that refuses, or has to wait, keeps it from no other; `took` is told of each that has it.
    An answer that was lost is sent again: better twice than never.
    """
    if settings.telegram_token is None:
        raise SignInNeeded("no token of a Telegram bot is set: ELITE8_TELEGRAM_TOKEN")
    words = cut(f"{MARKS.get(notice.severity, '')} {notice.title}\n\n{notice.words}")
    token = settings.telegram_token.get_secret_value()
    with http.open_client(settings.telegram_url, transport=transport, longest=UPLOAD) as line:
        if card is not None:
            show(line, token, chats, card, took)
            return

        def say(chat: int) -> None:
            body = {"chat_id": chat, "text": words, "link_preview_options": {"is_disabled": True}}
            asked(line, token, "sendMessage", json=body)

        to_each(chats, say, took)


def to_each(
    chats: Sequence[int], send_to: Callable[[int], object], took: Callable[[int], object]
) -> None:
    """Send to each chat; what one refuses is logged, and Refused when nobody took it.

    While one has to wait it is RateLimited, once the others have it.
    """
    refused: list[tuple[int, Refused]] = []
    waits: list[RateLimited] = []
    for chat in chats:
        try:
            send_to(chat)
        except Refused as no:
            refused.append((chat, no))
        except RateLimited as later:
            waits.append(later)
        else:
            took(chat)
    if waits:
        raise max(waits, key=lambda one: one.retry_after or 0)
    if refused and len(refused) == len(chats):
        raise refused[0][1]
    for chat, why in refused:
        log.get().warning("notice.refused", chat=chat, why=str(why))


def show(
    line: httpx.Client,
    token: str,
    chats: Sequence[int],
    card: Card,
    took: Callable[[int], object],
) -> None:
    """Send a card to every chat; its file goes up once, then its name at Telegram does."""
    keys = [[{"text": one.label, "callback_data": one.data} for one in card.buttons]]
    kind, file = ("video", card.clip) if card.clip else ("photo", card.picture)
    if file is None:
        last: dict[str, Any] = {"text": card.words, "reply_markup": {"inline_keyboard": keys}}

        def say(chat: int) -> None:
            for one in card.before:
                asked(line, token, "sendMessage", json={"chat_id": chat, "text": one})
            asked(line, token, "sendMessage", json={"chat_id": chat, **last})

        to_each(chats, say, took)
        return
    form = {"caption": card.words, "reply_markup": json.dumps({"inline_keyboard": keys})}
    form |= {"supports_streaming": "true"} if kind == "video" else {}
    known = ""

    def send_to(chat: int) -> None:
        nonlocal known
        for one in card.before:
            asked(line, token, "sendMessage", json={"chat_id": chat, "text": one})
        whole = {**form, "chat_id": str(chat), **({kind: known} if known else {})}
        method = f"send{kind.capitalize()}"
        if known:
            asked(line, token, method, data=whole)
        else:
            known = file_id(kind, uploaded(line, token, method, whole, kind, file))

    to_each(chats, send_to, took)


def uploaded(  # noqa: PLR0913, PLR0917  # what goes where
    line: httpx.Client, token: str, method: str, form: dict[str, str], kind: str, file: Path
) -> httpx.Response:
    """Send a file; one that is gone is Refused."""
    media = "video/mp4" if kind == "video" else "image/jpeg"
    try:
        with file.open("rb") as content:
            files = {kind: (file.name, content, media)}
            return asked(line, token, method, data=form, files=files, timeout=UPLOAD)
    except OSError as gone:
        raise Refused(f"{file} cannot be read: {gone.strerror}") from None


def file_id(kind: str, answer: httpx.Response) -> str:
    """Return how Telegram calls a file it was sent, "" when it does not say."""
    found = told(answer).get("result")
    sent = found.get(kind) if isinstance(found, dict) else None
    sent = sent[-1] if isinstance(sent, list) and sent else sent
    return str(sent.get("file_id", "")) if isinstance(sent, dict) else ""


def whoami(settings: Settings, transport: httpx.BaseTransport | None = None) -> str:
    """Return the bot's name; a token nobody knows is SignInNeeded."""
    if settings.telegram_token is None:
        raise SignInNeeded("no token of a Telegram bot is set: ELITE8_TELEGRAM_TOKEN")
    with http.open_client(settings.telegram_url, transport=transport) as line:
        answer = asked(line, settings.telegram_token.get_secret_value(), "getMe", json={})
    found = told(answer).get("result")
    return str(found.get("username", "")) if isinstance(found, dict) else ""


def asked(line: httpx.Client, token: str, method: str, **sent: Any) -> httpx.Response:  # noqa: ANN401  # httpx's
    """Return the answer; an error never holds the token, which is in the address."""
    try:
        answer = line.post(f"/bot{token}/{method}", **sent)
    except httpx.HTTPError as broken:
        raise Unavailable(f"Telegram did not answer ({type(broken).__name__})") from None
    if answer.status_code in {401, 404}:
        raise SignInNeeded("Telegram does not know the bot's token; ask @BotFather for it")
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        wait = parameter(answer, "retry_after") or http.retry_after(answer)
        raise RateLimited(f"Telegram asks to wait{f' for {wait:.0f} s' if wait else ''}", wait)
    if answer.is_server_error:
        raise Unavailable(f"Telegram answers {answer.status_code}; it is busy or down")
    if moved := parameter(answer, "migrate_to_chat_id"):
        raise Refused(
            f"a group got another id, {moved:.0f}: put it in monitoring/telegram_config.json"
        )
    if answer.is_error:
        why = str(told(answer).get("description") or answer.status_code)[:200]
        raise Refused(f"Telegram refuses the message: {why.replace(token, '***')}")
    return answer


def parameter(answer: httpx.Response, name: str) -> float | None:
    """Return a number that an answer adds to its refusal (ResponseParameters), of 52 bits."""
    found = told(answer).get("parameters")
    value = found.get(name) if isinstance(found, dict) else None
    return float(value) if isinstance(value, int) and abs(value) < 1 << 52 else None


def told(answer: httpx.Response) -> dict[str, Any]:
    """Return what Telegram says, empty when that is no JSON."""
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def cut(words: str) -> str:
    """Return at most as many UTF-16 units as a message takes, whole letters only."""
    units = words.encode("utf-16-le")
    if len(units) <= 2 * LONGEST:
        return words
    return units[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
