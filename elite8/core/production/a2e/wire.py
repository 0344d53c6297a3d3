"""A2E's envelopes: what comes over the wire becomes plain data or an error with its trace id.

A read is asked again while A2E is busy. A start goes out once: whatever leaves its outcome open is
`Unanswered`. Source of every form below: api/a2e.md, sections 1, 2 and 16.
"""

import re
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from datetime import datetime

OK = 0
CHILD_SAFETY, MINOR_SUSPECTED = 1003, 1004
ACCEPTED_ELSEWHERE = ("0", "200")
"""Codes that other clients take for success (2.1); on a start they are looked into."""
KEY = re.compile(r"sk_[A-Za-z0-9._-]+")
"""A token, wherever it turns up (1)."""
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
    """One authorised line to A2E, asked no faster than `interval` seconds apart.

    `trace` is the id of the newest answer, `heard_at` when it was given by A2E's clock.
    """

    def __init__(self, client: httpx.Client, interval: float = 0.0) -> None:
        self._client = client
        self._interval = interval
        self._next = 0.0
        self.trace = "none given"
        self.heard_at: datetime | None = None

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

        `Unanswered` when it may have begun. Any other error means that it has not: A2E said no in
        an envelope that names no task, or was not reached.
        """
        self._wait()
        try:
            answer = self._client.post(path, json=dict(body))
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise Unavailable(f"A2E cannot be reached; {path} was not sent") from None
        except httpx.RequestError as trouble:
            raise Unanswered(
                f"A2E did not answer {path} ({type(trouble).__name__}); it may have begun"
            ) from None
        envelope = self._heard(answer)
        if answer.is_server_error:
            raise Unanswered(
                f"A2E answered {answer.status_code} to {path}; it may have begun "
                f"(trace {self.trace})"
            )
        if not names_a_task(envelope) and unsuitable(envelope):
            raise Refused(f"A2E refused the content as unsuitable ({path}, trace {self.trace})")
        try:
            return opened(http.settled(answer), path)
        except Strange as strange:
            raise Unanswered(f"{strange}; it may have begun") from None
        except Refused as no:
            if names_a_task(envelope) or str(envelope.get("code")) in ACCEPTED_ELSEWHERE:
                raise Unanswered(f"{no}; and yet it may have begun") from None
            raise

    def _read(self, method: str, path: str, **parts: Any) -> Any:  # noqa: ANN401  httpx's
        def send() -> httpx.Response:
            self._wait()
            return self._client.request(method, path, **parts)

        answer = http.read(send)
        self._heard(answer)
        return opened(answer, path)[0]

    def _heard(self, answer: httpx.Response) -> Mapping[str, Any]:
        """Remember what helps to place the answer; return its envelope, empty without one."""
        envelope = _envelope(answer) or {}
        self.trace = trace_of(envelope)
        self.heard_at = http.dated(answer)
        return envelope

    def _wait(self) -> None:
        """Keep the distance to the request before."""
        now = time.monotonic()
        time.sleep(max(0.0, self._next - now))
        self._next = max(now, self._next) + self._interval


def opened(answer: httpx.Response, path: str) -> tuple[Any, str]:
    """Return `data` and trace id of an envelope; HTTP 200 with a `code` other than 0 is a no."""
    envelope = _envelope(answer)
    trace = trace_of(envelope or {})
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
    text = KEY.sub("***", f"{said}{details}")[:LONGEST_TEXT]
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


def trace_of(envelope: Mapping[str, Any]) -> str:
    """Return the id by which A2E's support finds this answer."""
    return str(envelope.get("trace_id") or "none given")


def names_a_task(found: object) -> bool:
    """Return whether an answer holds an `_id` at any depth."""
    return any(isinstance(one, Mapping) and bool(one.get("_id")) for one in inside(found))


def unsuitable(found: object) -> bool:
    """Return whether an answer speaks of NSFW content, in a text or a field that is not false."""
    for one in inside(found):
        words = [one]
        if isinstance(one, Mapping):
            words = [key for key, value in one.items() if value]
        if any(isinstance(word, str) and "nsfw" in word.lower() for word in words):
            return True
    return False


def inside(found: object) -> Iterator[object]:
    """Yield an answer and all that is in it, deeper than a function may call itself, too."""
    left = [found]
    while left:
        one = left.pop()
        yield one
        if isinstance(one, Mapping):
            left.extend(one.values())
        elif isinstance(one, list):
            left.extend(one)


def _plain(value: str | int | bool) -> str | int:  # noqa: FBT001  a query's value
    return str(value).lower() if isinstance(value, bool) else value
