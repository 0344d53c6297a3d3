"""Discord's refusals and what a message must be. Sections A1 to A3."""

import json
from collections.abc import Mapping
from typing import Any

from elite8.core.simulators.form import Part, parts
from elite8.core.simulators.wire import Reply, Request, json_reply

CONTENT, FILES, NAME = 2000, 10, 1024  # C:DSPEC
LARGEST = 10 << 20  # C:DREF
FIELDS = {
    *("content", "username", "avatar_url", "tts", "embeds", "allowed_mentions", "components"),
    *("attachments", "flags", "thread_name", "applied_tags", "poll"),
}
ATTACHMENT = {"id", "filename", "description", "is_spoiler"}


class No(Exception):
    """A refusal: HTTP status, JSON code and message; `errors` is the tree of a form."""

    def __init__(
        self, status: int, code: int, message: str, errors: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors


def refusal(no: No) -> Reply:
    """Return it as Discord words it."""
    content: dict[str, object] = {"message": no.message, "code": no.code}
    if no.errors is not None:
        content["errors"] = no.errors
    return json_reply(content, status=no.status)


def wrong(field: str, code: str, message: str) -> No:
    """Return the refusal of a form, its fault at the leaf of a tree (A3, 50035)."""
    errors = {field: {"_errors": [{"code": code, "message": message}]}}
    return No(400, 50035, "Invalid Form Body", errors)


def unknown_webhook() -> No:
    """Return the refusal of a webhook that is not there."""
    return No(404, 10015, "Unknown Webhook")


def unknown_message() -> No:
    """Return the refusal of a message that is not there."""
    return No(404, 10008, "Unknown Message")


def too_large() -> No:
    """Return the refusal of a file over the limit."""
    return No(413, 40005, "Request entity too large")


def sent_message(request: Request) -> tuple[dict[str, Any], Mapping[str, Part]]:
    """Return what a message says, and its files by the place they were named at."""
    form = parts(request)
    if form is None:
        try:
            return _object(json.loads(request.body)), {}
        except ValueError:
            raise No(400, 50109, "The request body contains invalid JSON.") from None
    if "payload_json" not in form or form["payload_json"].kind != "application/json":
        raise wrong("payload_json", "BASE_TYPE_REQUIRED", "This field is required")
    try:
        said = _object(json.loads(form["payload_json"].content))
    except ValueError:
        raise No(400, 50109, "The request body contains invalid JSON.") from None
    files = {name: part for name, part in form.items() if name != "payload_json"}
    for name, part in files.items():
        if not (name.startswith("files[") and name.endswith("]") and part.file):
            raise wrong(name, "UNKNOWN_FIELD", "files are named files[n] and have a filename")
        if len(part.content) > LARGEST:
            raise too_large()
    return said, files


def _object(found: object) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise wrong("_", "MODEL_TYPE_CONVERT", "Only dictionaries may be used")
    return found


def check(said: Mapping[str, Any], files: Mapping[str, Part]) -> None:
    """Raise the first thing wrong with a message."""
    if strange := sorted(set(said) - FIELDS):
        raise wrong(strange[0], "UNKNOWN_FIELD", "Unknown field")  # INFERRED
    content = said.get("content", "")
    if not isinstance(content, str) or len(content) > CONTENT:
        raise wrong("content", "BASE_TYPE_MAX_LENGTH", f"Must be {CONTENT} or fewer in length.")
    if not (content or files or said.get("embeds")):
        raise No(400, 50006, "Cannot send an empty message")
    attachments = said.get("attachments", [])
    if not isinstance(attachments, list) or len(attachments) > FILES:
        raise wrong("attachments", "BASE_TYPE_BAD_LENGTH", f"Must be at most {FILES}")
    for one in attachments:
        if (
            not isinstance(one, dict)
            or set(one) - ATTACHMENT
            or f"files[{one.get('id')}]" not in files
        ):
            raise wrong("attachments", "ATTACHMENT_NOT_FOUND", "An attachment has no file")
        if len(str(one.get("description", ""))) > NAME:
            raise wrong("attachments", "BASE_TYPE_MAX_LENGTH", f"Must be {NAME} or fewer")
    check_mentions(said.get("allowed_mentions"))


def check_mentions(told: object) -> None:
    """Raise what is wrong with whom a message may call (A2)."""
    if told is None:
        return
    if not isinstance(told, dict) or set(told) - {"parse", "users", "roles", "replied_user"}:
        raise wrong("allowed_mentions", "MODEL_TYPE_CONVERT", "is no object of mentions")
    for kind in ("users", "roles"):
        if told.get(kind) and kind in told.get("parse", []):
            raise wrong("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", kind)
