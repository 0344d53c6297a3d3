"""Where HTTP clients are made: deadlines, retried reads, and trouble in our words."""

import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache

import httpx
import stamina

from elite8.core.errors import RateLimited, Unavailable

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
ATTEMPTS = 4
FIRST_WAIT = 1.5
"""Seconds; doubling: 1.5, 3, 6, as clients of these services wait (api/a2e.md section 2.2)."""
MOST_WAIT = 6.0
LONGEST_WAIT = 60.0
"""Seconds; a service that asks for more is asked again by the next run."""
LONGEST_SAID = 200
BUSY = {429, 502, 503, 504}


def open_client(
    base_url: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """Return a client that follows no redirect and trusts no proxy of the environment."""
    return httpx.Client(
        base_url=base_url,
        headers=dict(headers or {}),
        transport=transport,
        timeout=TIMEOUT,
        verify=_trust(),
        trust_env=False,
    )


@cache
def _trust() -> ssl.SSLContext:
    """One for all: making it takes 20 ms."""
    return ssl.create_default_context()


def read(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Return the answer to a request that changes nothing, asked again while the other is busy.

    No answer is `Unavailable`, an answer that asks to wait `RateLimited`.
    """
    stamina.instrumentation.set_on_retry_hooks([])  # what comes of it is said, not each try
    waits = stamina.retry_context(
        on=_again, attempts=ATTEMPTS, wait_initial=FIRST_WAIT, wait_max=MOST_WAIT
    )
    for attempt in waits:
        with attempt:
            return settled(_sent(send))
    raise AssertionError("stamina ends with an answer or an error")


def settled(answer: httpx.Response) -> httpx.Response:
    """Return an answer that is one; one that asks to wait is an error."""
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        wait = retry_after(answer)
        after = f" for {wait:.0f} s" if wait else ""
        words = f"{answer.request.url.host} asks to wait{after}; try again{said(answer)}"
        raise RateLimited(words, wait)
    if answer.status_code in BUSY:
        raise Unavailable(
            f"{answer.request.url.host} answers {answer.status_code}; it is busy or down, try later"
        )
    return answer


def said(answer: httpx.Response) -> str:
    """Return what a JSON answer says beside its status, for the support of the other side."""
    if "json" not in answer.headers.get("Content-Type", ""):
        return ""
    return f" ({answer.text[:LONGEST_SAID]})"


def dated(answer: httpx.Response) -> datetime | None:
    """Return when the other side says it answered, by its clock (RFC 9110, 6.6.1), or `None`."""
    try:
        return parsedate_to_datetime(answer.headers.get("Date", "")).astimezone(UTC)
    except ValueError:
        return None


def retry_after(answer: httpx.Response) -> float | None:
    """Return how long the other side asks to wait, in seconds; `None` when it does not say.

    Source: RFC 9110, 10.2.3: seconds or a date.
    """
    said = answer.headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _sent(send: Callable[[], httpx.Response]) -> httpx.Response:
    try:
        return send()
    except httpx.RequestError as trouble:
        host = trouble.request.url.host
        raise Unavailable(f"{host} does not answer ({type(trouble).__name__}); try later") from None


def _again(error: Exception) -> bool | float:
    if isinstance(error, RateLimited) and error.retry_after is not None:
        return error.retry_after if error.retry_after <= LONGEST_WAIT else False
    return isinstance(error, Unavailable)
