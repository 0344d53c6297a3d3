"""X's refusals, what its schemas ask for, and how often it may be asked."""

import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from elite8.core.simulators.faults import Faults
from elite8.core.simulators.wire import Reply, Request, json_reply

WINDOW = timedelta(minutes=15)
PROBLEMS = "https://api.x.com/2/problems/"
Check = Callable[[object], str]
"""Returns what is wrong with a value, "" when nothing is."""


class No(Exception):
    """A refusal: the HTTP status, the problem's type, its title and detail (8)."""

    def __init__(self, status: int, kind: str, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.title = title
        self.detail = detail
        self.headers: dict[str, str] = {}


def wrong(detail: str, parameter: str = "") -> No:
    """Return the refusal of a request that must be changed."""
    words = f"{detail} [{parameter}]" if parameter else detail
    return No(400, "invalid-request", "Invalid Request", words)


def forbidden(detail: str) -> No:
    """Return a refusal of what may not be done."""
    return No(403, "", "Forbidden", detail)


def refusal(no: No) -> Reply:
    """Return a problem document (C:ERR)."""
    content = {
        "type": f"{PROBLEMS}{no.kind}" if no.kind else "about:blank",
        "title": no.title,
        "detail": no.detail,
        "status": no.status,
    }
    headers = {"Content-Type": "application/problem+json", **no.headers}
    return json_reply(content, status=no.status, headers=headers)


def place(request: Request) -> str:
    """Return by what a fault finds a request: its method and path."""
    return f"{request.method} {request.path}"


def sent_object(request: Request) -> dict[str, Any]:
    """Return the JSON object a request carries."""
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        raise wrong("Content-Type must be application/json")
    try:
        body = json.loads(request.body)
    except ValueError:
        raise wrong("the body is not JSON") from None
    if not isinstance(body, dict):
        raise wrong("the body must be an object")
    return body


def require(
    checks: Mapping[str, Check], sent: Mapping[str, object], needed: tuple[str, ...]
) -> None:
    """Raise `No` for the first thing wrong; unknown fields are (C:SPEC additionalProperties)."""
    for name in sent:
        if name not in checks:
            raise wrong(f"$.{name}: is not defined in the schema")
    for name in needed:
        if name not in sent:
            raise wrong(f"$.{name}: is missing but it is required")
    for name, value in sent.items():
        if trouble := checks[name](value):
            raise wrong(f"$.{name}: {trouble}")


def flag(value: object) -> str:
    """Check a boolean."""
    return "" if isinstance(value, bool) else "must be a boolean"


def text(value: object) -> str:
    """Check a string."""
    return "" if isinstance(value, str) else "must be a string"


def identity(value: object) -> str:
    """Check an id, which is text: a JSON number is refused (3.1)."""
    good = isinstance(value, str) and value.isdecimal() and len(value) <= 19  # noqa: PLR2004  # C:SPEC
    return "" if good else "must match ^[0-9]{1,19}$"


@dataclass(slots=True, kw_only=True)
class Limits:
    """Calls in a quarter of an hour per person, as a sliding window (C:RL)."""

    calls: defaultdict[tuple[str, str], deque[datetime]] = field(
        default_factory=lambda: defaultdict(deque)
    )

    def count(self, what: str, who: str, most: int, now: datetime) -> None:
        """Count one call; one too many is refused and says when the window ends."""
        calls = self.calls[what, who]
        while calls and now - calls[0] >= WINDOW:
            calls.popleft()
        if len(calls) >= most:
            raise too_many(calls[0] + WINDOW)
        calls.append(now)


def too_many(until: datetime) -> No:
    """Return the refusal of one call too many."""
    no = No(429, "rate-limit-exceeded", "Too Many Requests", "Too Many Requests")
    no.headers = {"x-rate-limit-reset": str(int(until.astimezone(UTC).timestamp()) + 1)}
    return no


def wrong_answer(faults: Faults, path: str, now: datetime) -> Reply | None:
    """Return the wrong answer that waits for this path, if any; nothing is done then."""
    if faults.take("429", path):
        return refusal(too_many(now + timedelta(seconds=30)))
    if faults.take("usage-capped", path):
        return refusal(No(429, "usage-capped", "UsageCapExceeded", "Monthly product cap"))
    for status in (500, 503):
        if faults.take(str(status), path):
            return refusal(No(status, "internal-error", "Internal Error", "something broke"))
    if faults.take("html", path):
        return Reply(headers={"Content-Type": "text/html"}, body=b"<html>Over capacity</html>")
    return None
