"""A2E's envelopes: what comes over the wire becomes plain data or an error with its trace id.

A read is asked again while A2E is busy. A start goes out once: whatever leaves its outcome open is
`Unanswered`. Source of every form below: api/a2e.md, sections 1, 2 and 16.
"""

import re
import time
from collections.abc import Mapping
from typing import Any

import httpx

from elite8.core import http
from elite8.core.errors import (
    Elite8Error,
    OutOfCredits,
    RateLimited,
    Refused,
    SignInNeeded,
    Unanswered,
    Unavailable,
)

OK = 0
CHILD_SAFETY, MINOR_SUSPECTED = 1003, 1004
TEXTS = ("msg", "message", "err_message")
"""Different clients read different ones; all three are A2E's."""
SHORT_OF_CREDITS = re.compile(r"coin|credit|balance|insufficient", re.IGNORECASE)
"""How a refusal for want of credits reads is INFERRED; 402 is written for one endpoint only."""
LONGEST_TEXT = 200


class Missing(Refused):
    """A2E knows no such thing, or not yet: a new task can be missing for seconds."""


class Strange(Unavailable):
    """A2E answered in a form this version does not know."""


class Wire:
    """One authorised line to A2E, asked no faster than `interval` seconds apart."""

    def __init__(self, client: httpx.Client, interval: float = 0.0) -> None:
        self._client = client
        self._interval = interval
        self._next = 0.0

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def get(self, path: str, **query: str | int | bool) -> Any:  # noqa: ANN401  # the data
        """Return the `data` of what is asked for."""
        asked = {name: _plain(value) for name, value in query.items()}
        return self._read("GET", path, params=asked)

    def ask(self, path: str, body: Mapping[str, object]) -> Any:  # noqa: ANN401  # the data
        """Return the `data` of a question that is put as a POST and changes nothing."""
        return self._read("POST", path, json=dict(body))

    def delete(self, path: str) -> Any:  # noqa: ANN401  # the data
        """Delete; a second time it is `Missing`."""
        return self._read("DELETE", path)

    def start(self, path: str, body: Mapping[str, object]) -> tuple[Any, str]:
        """Return the `data` and the trace id of something begun, sent exactly once.

        `Unanswered` when it may have begun. Any other error means that it has not.
        """
        self._wait()
        try:
            answer = self._client.post(path, json=dict(body))
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise Unavailable(f"A2E cannot be reached; {path} was not sent") from None
        except httpx.TransportError as trouble:
            raise Unanswered(
                f"A2E did not answer {path} ({type(trouble).__name__}); it may have begun"
            ) from None
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Unanswered(f"A2E answered {answer.status_code} to {path}; it may have begun")
        try:
            return opened(http.settled(answer), path)
        except Strange as strange:
            raise Unanswered(f"{strange}; it may have begun") from None
        except Refused as no:
            if _names_a_task(answer):
                raise Unanswered(f"{no}, and yet it names a task; it may have begun") from None
            raise

    def _read(self, method: str, path: str, **parts: Any) -> Any:  # noqa: ANN401  httpx's
        def send() -> httpx.Response:
            self._wait()
            return self._client.request(method, path, **parts)

        return opened(http.read(send), path)[0]

    def _wait(self) -> None:
        """Keep the distance to the request before."""
        now = time.monotonic()
        time.sleep(max(0.0, self._next - now))
        self._next = max(now, self._next) + self._interval


def opened(answer: httpx.Response, path: str) -> tuple[Any, str]:
    """Return `data` and trace id of an envelope; HTTP 200 with a `code` other than 0 is a no."""
    envelope = _envelope(answer)
    trace = str(envelope.get("trace_id") or "none given") if envelope else "none given"
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise SignInNeeded(
            "A2E does not know this key: make a new one at video.a2e.ai, Account > API Token, "
            f"and put it in ELITE8_A2E_API_KEY (trace {trace})"
        )
    if envelope is None or not ("code" in envelope or answer.is_error):
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise Missing(f"A2E has no {path}; is ELITE8_A2E_URL right?")
        kind = answer.headers.get("Content-Type", "no type").split(";")[0]
        raise Strange(
            f"A2E answered {path} with {answer.status_code} and {kind} instead of its envelope"
        )
    if answer.is_error or envelope.get("code") != OK:
        raise refusal(answer.status_code, envelope, path, trace)
    return envelope.get("data"), trace


def refusal(status: int, envelope: Mapping[str, Any], path: str, trace: str) -> Elite8Error:
    """Return A2E's no as an error of ours, with A2E's own words."""
    code = envelope.get("code")
    said = next((str(envelope[name]) for name in TEXTS if envelope.get(name)), "no reason given")
    details = f" {envelope['errors']}" if envelope.get("errors") else ""
    text = f"{said}{details}"[:LONGEST_TEXT]
    where = f"{path}, code {code}, trace {trace}"
    if code in (CHILD_SAFETY, MINOR_SUSPECTED):
        return Refused(
            f"A2E's child-safety filter refused it and it will not be tried again; look at the "
            f"performer's picture and words: {text} ({where})"
        )
    if status == httpx.codes.NOT_FOUND:
        return Missing(f"A2E does not know it: {text} ({where})")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return RateLimited(f"A2E asks to wait: {text} ({where})")
    if status == httpx.codes.PAYMENT_REQUIRED or SHORT_OF_CREDITS.search(said):
        return OutOfCredits(f"A2E has not enough credits: {text} ({where})")
    return Refused(f"A2E refused: {text} ({where})")


def _envelope(answer: httpx.Response) -> Mapping[str, Any] | None:
    try:
        body = answer.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _names_a_task(answer: httpx.Response) -> bool:
    data = (_envelope(answer) or {}).get("data")
    return isinstance(data, dict) and bool(data.get("_id"))


def _plain(value: str | int | bool) -> str | int:  # noqa: FBT001  a query's value
    return str(value).lower() if isinstance(value, bool) else value
