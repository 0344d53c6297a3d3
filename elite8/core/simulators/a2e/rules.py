"""What makes a request wrong: unknown fields, missing ones, types and ranges."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

Check = Callable[[object], str]
"""Returns what is wrong with a value, "" when nothing is."""

OBJECT_ID = re.compile(r"[0-9a-f]{24}")


class No(Exception):
    """A refusal: HTTP status, A2E's code, its words, and the `errors` of a bad parameter."""

    def __init__(
        self, status: int, code: int, text: str, errors: list[dict[str, str]] | None = None
    ) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.errors = errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a request."""

    check: Check
    required: bool = False


Form = Mapping[str, Field]


def wrong(text: str, field: str = "") -> No:
    """Return the refusal of a request that must be changed: HTTP 400 [S].

    That `errors` is an array is [C2 live]; the form of its elements is INFERRED.
    """
    return No(400, 400, text, [{"field": field, "message": text}])


def unknown(what: str) -> No:
    """Return the refusal for an id nobody has: HTTP 404 [S]."""
    return No(404, 404, f"{what} not found")


def require(form: Form, sent: Mapping[str, object]) -> None:
    """Raise `No` naming everything that is wrong with `sent`."""
    errors = [
        {"field": name, "message": f"unknown field {name}"} for name in sent if name not in form
    ]
    for name, field in form.items():
        if name in sent:
            trouble = field.check(sent[name])
        else:
            trouble = "is required" if field.required else ""
        if trouble:
            errors.append({"field": name, "message": f"{name} {trouble}"})
    if errors:
        raise No(400, 400, f"parameter error: {errors[0]['message']}", errors)


def text(*, most: int = 20_000, least: int = 0) -> Check:
    """Return the check for a string of so many Unicode characters."""

    def check(value: object) -> str:
        if not isinstance(value, str):
            return "must be a string"
        fits = least <= len(value) <= most
        return "" if fits else f"must have {least} to {most} characters, not {len(value)}"

    return check


def number(least: float, most: float, *, whole: bool = False) -> Check:
    """Return the check for a number in a range, both ends allowed."""

    def check(value: object) -> str:
        kinds = int if whole else int | float
        if isinstance(value, bool) or not isinstance(value, kinds):
            return "must be an integer" if whole else "must be a number"
        return "" if least <= value <= most else f"must be {least} to {most}"

    return check


def choice(*allowed: object) -> Check:
    """Return the check for one of a few values; True is not 1."""

    def check(value: object) -> str:
        same = any(type(value) is type(one) and value == one for one in allowed)
        return "" if same else f"must be one of {', '.join(map(str, allowed))}"

    return check


def flag(value: object) -> str:
    """Check a boolean."""
    return "" if isinstance(value, bool) else "must be a boolean"


def mapping(value: object) -> str:
    """Check an object."""
    return "" if isinstance(value, dict) else "must be an object"


def object_id(value: object) -> str:
    """Check a Mongo ObjectId: 24 hex digits [S]."""
    fits = isinstance(value, str) and OBJECT_ID.fullmatch(value)
    return "" if fits else "must be a 24-hex ObjectId"


def address(value: object) -> str:
    """Check a URL."""
    fits = isinstance(value, str) and re.match(r"https?://[^/\s]+/\S", value)
    return "" if fits else "must be a URL"


def listed(check: Check, *, most: int, least: int = 0) -> Check:
    """Return the check for an array of so many values of one kind."""

    def check_all(value: object) -> str:
        if not isinstance(value, list):
            return "must be an array"
        if not least <= len(value) <= most:
            return f"must have {least} to {most} elements, not {len(value)}"
        return next((f"has one that {trouble}" for one in value if (trouble := check(one))), "")

    return check_all


def counted(most: int = 1_000_000) -> Check:
    """Return the check for a query value that is a whole number of at least 1."""

    def check(value: object) -> str:
        fits = isinstance(value, str) and value.isdecimal() and 1 <= int(value) <= most
        return "" if fits else f"must be an integer from 1 to {most}"

    return check


def instant(value: object) -> str:
    """Check a query value that is an ISO date-time."""
    try:
        read_instant(str(value))
    except ValueError:
        return "must be an ISO date-time"
    return ""


def read_instant(value: str) -> datetime:
    """Return an ISO date-time as an aware one; without a zone it is UTC."""
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def written(at: datetime) -> str:
    """Return an instant as A2E writes them: ISO 8601, UTC, milliseconds, Z [D:tv]."""
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
