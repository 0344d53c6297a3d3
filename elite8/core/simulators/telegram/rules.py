"""What the Bot API refuses, in its words, and the sizes it goes by."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from elite8.core.domain.text import utf16
from elite8.core.simulators.wire import Reply, Request, json_reply

LONGEST_TEXT = 4096  # sendMessage, "1-4096 characters after entities parsing" [BA]; UTF-16 INFERRED
LONGEST_CAPTION = 1024  # sendVideo, sendPhoto [BA]
LONGEST_ANSWER = 200  # answerCallbackQuery [BA]
LONGEST_DATA = 64  # InlineKeyboardButton.callback_data, "1-64 bytes" [BA]
LARGEST_VIDEO = 50_000_000  # sendVideo [BA]
LARGEST_PHOTO = 10_000_000  # sendPhoto [BA]
MOST_COMMANDS = 100  # setMyCommands [BA]
COMMAND = re.compile(r"[a-z0-9_]{1,32}")  # BotCommand [BA]
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # setWebhook.secret_token [BA]
PORTS = {443, 80, 88, 8443}  # [WH]
Fields = Mapping[str, Any]


class No(Exception):
    """A refusal: status, words and what is added to them."""

    def __init__(self, code: int, words: str, **parameters: int) -> None:
        super().__init__(words)
        self.code, self.words, self.parameters = code, words, parameters


def bad(words: str) -> No:
    """Return a refusal of what was asked."""
    return No(400, f"Bad Request: {words}")


def refusal(no: No) -> Reply:
    """Return a refusal as JSON [BA, "Making requests"]."""
    said: dict[str, object] = {"ok": False, "error_code": no.code, "description": no.words}
    if no.parameters:
        said["parameters"] = no.parameters
    return json_reply(said, status=no.code)


def fields(request: Request) -> dict[str, Any]:
    """Return what was sent: by query, form, JSON or multipart [BA, "Making requests"]."""
    kind = request.headers.get("content-type", "")
    found: dict[str, Any] = dict(request.query)
    if kind.startswith("application/json"):
        sent = json.loads(request.body or b"{}")
        if not isinstance(sent, dict):
            raise bad("can't parse JSON object")
        return found | sent
    if kind.startswith("multipart/form-data"):
        return found | parts(kind, request.body)
    return found | dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def parts(kind: str, body: bytes) -> dict[str, Any]:
    """Return the parts of a multipart body: texts, and files as bytes."""
    border = re.search(r'boundary="?([^";]+)', kind)
    if border is None:
        raise bad("multipart without a boundary")
    found: dict[str, Any] = {}
    for piece in body.split(b"--" + border[1].encode())[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        name = re.search(rb'[; ]name="([^"]*)"', head)
        if name is not None:
            is_file = b"filename=" in head
            found[name[1].decode()] = content if is_file else content.decode()
    return found


def nested(sent: Fields, name: str, empty: Any) -> Any:  # noqa: ANN401  # what JSON says
    """Return a field that is JSON in a form, or JSON as it is [BA]."""
    value = sent.get(name, empty)
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None
    return value


def number(sent: Fields, name: str, otherwise: int | None = None) -> int:
    """Return a whole number."""
    try:
        return int(sent.get(name, otherwise))
    except (TypeError, ValueError):
        raise bad(f"{name} is empty or no number") from None


def check_keys(markup: Any) -> list[list[dict[str, str]]]:  # noqa: ANN401  # what JSON says
    """Return the rows of an inline keyboard; one that is wrong is refused [BA, ERR]."""
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("object expected as reply markup")
    for button in (one for row in rows for one in row):
        if not str(button.get("text", "")).strip():
            raise bad("can't parse inline keyboard button: Text buttons are not allowed")
        if not 1 <= len(str(button.get("callback_data", "")).encode()) <= LONGEST_DATA:
            raise bad("BUTTON_DATA_INVALID")
    return rows


def check_commands(found: Any) -> list[dict[str, str]]:  # noqa: ANN401  # what JSON says
    """Return the commands of a bot; a wrong one is refused [BA, ERR]."""
    if not isinstance(found, list) or len(found) > MOST_COMMANDS:
        raise bad("too many commands")
    for one in found:
        if not COMMAND.fullmatch(str(one.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(one.get("description", ""))) <= 256:  # noqa: PLR2004  # BotCommand [BA]
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return found


def check_webhook(sent: Fields) -> tuple[str, str]:
    """Return address and secret of a webhook; wrong ones are refused [BA, WH]."""
    url, secret = str(sent.get("url", "")), str(sent.get("secret_token", ""))
    where = urlsplit(url)
    if where.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if (where.port or 443) not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret and not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    return url, secret


def check_size(text: str, most: int, what: str) -> None:
    """Refuse a text that is too long [BA, ERR]."""
    if utf16(text) > most:
        raise bad(f"{what} is too long")
