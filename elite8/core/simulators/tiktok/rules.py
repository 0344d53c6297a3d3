"""Refusals, the two error shapes, and what makes a request wrong."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from elite8.core.simulators.wire import Reply, Request, json_reply

Check = Callable[[object], str]
"""Returns what is wrong with a value, "" when nothing is."""

FORM_TYPE = "application/x-www-form-urlencoded"
JSON_TYPE = "application/json"


class No(Exception):
    """A refusal of an API call: TikTok's code, its words, and the HTTP status of section 2."""

    def __init__(self, code: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a request."""

    check: Check
    required: bool = False


Form = Mapping[str, Field]


def wrong(text: str) -> No:
    """Return the refusal of a request that must be changed [EH], [PF327]."""
    return No("invalid_params", text)


def log_id(now: datetime) -> str:
    """Return an id as the samples show them: the time, then hex [DP]."""
    return f"{now:%Y%m%d%H%M%S}{uuid4().hex[:18].upper()}"


def answer(now: datetime, data: object) -> Reply:
    """Return a success: its code is the string `ok` [DP]."""
    return json_reply({"data": data, "error": {"code": "ok", "message": "", "log_id": log_id(now)}})


def refusal(now: datetime, no: No) -> Reply:
    """Return a failure in the envelope [DP]."""
    error = {"code": no.code, "message": no.text, "log_id": log_id(now)}
    return json_reply({"data": {}, "error": error}, status=no.status)


def login_refusal(now: datetime, code: str, text: str) -> Reply:
    """Return a failure as the token calls word it: flat [OE]; HTTP status 200 is INFERRED."""
    content = {"error": code, "error_description": text, "log_id": log_id(now)}
    return json_reply(content)


def sent_object(request: Request, *, optional: bool = False) -> dict[str, Any]:
    """Return the JSON object a request carries."""
    if not request.headers.get("content-type", "").lower().startswith(JSON_TYPE):
        raise wrong("Content-Type must be application/json; charset=UTF-8")  # [DP]
    if optional and not request.body:
        return {}
    try:
        body = json.loads(request.body)
    except ValueError:
        raise wrong("the body is not JSON") from None
    if not isinstance(body, dict):
        raise wrong("the body must be an object")
    return body


def require(form: Form, sent: Mapping[str, object], where: str = "") -> None:
    """Raise `No` for the first thing wrong with `sent`; unknown fields are (INFERRED)."""
    for name in sent:
        if name not in form:
            raise wrong(f"unknown field {where}{name}")
    for name, field in form.items():
        if name in sent:
            trouble = field.check(sent[name])
        else:
            trouble = "is required" if field.required else ""
        if trouble:
            raise wrong(f"{where}{name} {trouble}")


def utf16(text: str) -> int:
    """Return the length TikTok counts in: UTF-16 code units [DP]."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def caption(most: int) -> Check:
    """Return the check for a text of so many UTF-16 code units."""

    def check(value: object) -> str:
        if not isinstance(value, str):
            return "must be a string"
        return "" if utf16(value) <= most else f"has {utf16(value)} UTF-16 units, over {most}"

    return check


def text(value: object) -> str:
    """Check a string that is not empty."""
    return "" if isinstance(value, str) and value else "must be a string"


def flag(value: object) -> str:
    """Check a boolean."""
    return "" if isinstance(value, bool) else "must be a boolean"


def mapping(value: object) -> str:
    """Check an object."""
    return "" if isinstance(value, dict) else "must be an object"


def whole(least: int, most: int) -> Check:
    """Return the check for an integer in a range, both ends allowed."""

    def check(value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, int):
            return "must be an integer"
        return "" if least <= value <= most else f"must be {least} to {most}"

    return check


def choice(*allowed: str) -> Check:
    """Return the check for one of a few words."""

    def check(value: object) -> str:
        return "" if value in allowed else f"must be one of {', '.join(allowed)}"

    return check


def ids(most: int) -> Check:
    """Return the check for an array of so many id strings."""

    def check(value: object) -> str:
        trouble = f"must be an array of 1 to {most} strings"
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            return trouble
        return "" if all(isinstance(one, str) for one in value) else trouble

    return check
