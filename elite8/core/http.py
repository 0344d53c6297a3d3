"""Where HTTP clients are made: deadlines, retried reads, and trouble in our words."""

import logging
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import parse_qsl

import httpx
import stamina

from elite8.core import clock, foreign, patience
from elite8.core.errors import RateLimited, Refused, Unavailable

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
ATTEMPTS = 4
FIRST_WAIT = 1.5
"""Seconds; doubling: 1.5, 3, 6, as clients of these services wait (api/a2e.md section 2.2)."""
MOST_WAIT = 6.0
LONGEST_ASKED = 45.0
"""Seconds after which nothing is asked again."""
LONGEST_WAIT = 60.0
"""Seconds; a service that asks for more is asked again by the next run."""
LONGEST_SAID = 200
LONGEST_ANSWER = 60.0
"""Seconds from the last byte of a question to the last of its answer, however it drips."""
LARGEST_ANSWER = 4 << 20
"""Bytes, unpacked; the answers we ask for have some kilobytes."""
BUSY = {429, 502, 503, 504}
SECRET = {
    *("access_token", "refresh_token", "client_secret", "code", "code_verifier"),
    *("fb_exchange_token", "upload_id", "upload_token"),
}
"""Fields of a query or a form that no answer may say back."""
SHORTEST_SECRET = 8
HIDDEN = "elite8.hidden"
"""The extension of a request by which its sender names secrets in its address."""
SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
PACKED = {b"content-encoding", b"content-length", b"transfer-encoding"}
UNPACKED = ("gzip", "deflate")
"""How an answer may be packed, once: a thousandfold at most (zlib.net/zlib_tech.html).

Twice, or by brotli, a piece of one read is gigabytes before anybody can count them.
"""


class Answer(httpx.Response):
    """An answer that is here as a whole."""

    def json(self, **more: Any) -> Any:  # noqa: ANN401  # httpx's
        """Return what the JSON says, as a database can keep it; else a ValueError."""
        return foreign.read(self.content, **more)


class Forgetful(CookieJar):
    """What keeps no cookie: none of the services we ask sets one that is wanted again."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Keep none."""


class Line(httpx.Client):
    """A client whose answers end; one that is streamed is its reader's to bound."""

    def __init__(self, line: httpx.BaseTransport, **how: Any) -> None:  # noqa: ANN401  # httpx's
        super().__init__(
            transport=line, cookies=Forgetful(), timeout=TIMEOUT, trust_env=False, **how
        )
        self._line = line

    def build_request(self, method: str, url: httpx.URL | str, **parts: Any) -> httpx.Request:  # noqa: ANN401  # httpx's
        """Return the request; an address that is none is Refused."""
        try:
            there = parsed(url) if isinstance(url, str) else url
            return super().build_request(method, there, **parts)
        except (httpx.InvalidURL, UnicodeError):
            raise Refused("the other side named an address that is none; nothing sent") from None

    def send(self, request: httpx.Request, *, stream: bool = False, **how: Any) -> httpx.Response:  # noqa: ANN401  # httpx's
        """Return the answer, here as a whole unless it is streamed."""
        named = bool(request.url.userinfo)  # a password in the address: httpx makes a header of it
        answer = super().send(request, stream=True, **how) if named else self._answer(request)
        if request.url.scheme == "https" and (there := dated(answer)):
            clock.compare(there)
        if not stream:
            return whole(answer)
        patience.free(answer)
        return answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        """Return the beginning of an answer, past httpx's redirects, sign-ins and cookies.

        We use none of them, and they cost more than the rest of a call.
        """
        for tell in self.event_hooks["request"]:
            tell(request)
        try:
            answer = self._line.handle_request(request)
        except httpx.RequestError as trouble:
            trouble.request = request
            raise
        answer.request = request
        try:
            for tell in self.event_hooks["response"]:
                tell(answer)
        except BaseException:
            answer.close()
            raise
        return answer


@lru_cache(maxsize=64)
def parsed(address: str) -> httpx.URL:
    """Return an address in its parts; most are asked again and again."""
    return httpx.URL(address)


def open_client(
    base_url: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    transport: httpx.BaseTransport | None = None,
    longest: float = LONGEST_ANSWER,
) -> httpx.Client:
    """Return a client that follows no redirect and trusts no proxy of the environment.

    An answer that is not streamed has to be here, head and all, `longest` seconds after it was
    asked for.
    """
    quiet()
    line = transport or directly(longest)
    taken = {"Accept-Encoding": ", ".join(UNPACKED)}
    return Line(line, base_url=base_url, headers=taken | dict(headers or {}))


def quiet() -> None:
    """Keep httpx from logging what it sends: addresses, tokens and all."""
    theirs = logging.getLogger("httpx")
    if theirs.level != logging.WARNING:  # setting it makes every logger look anew at its own
        theirs.setLevel(logging.WARNING)


class Nowhere(httpx.BaseTransport):
    """What the clients of a synthetic studio send by: nothing leaves it."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Refuse."""
        raise Refused(f"a synthetic studio asks nobody: nothing was sent to {request.url.host}")


def directly(longest: float = LONGEST_ANSWER) -> httpx.BaseTransport:
    """Return what a client sends by when nothing else is said."""
    return patience.Transport(trust(), longest)


def outside(longest: float = LONGEST_ANSWER) -> httpx.BaseTransport:
    """Return what goes to addresses that others named: to none of a private network."""
    return patience.Transport(trust(), longest, outside=True)


def why(trouble: httpx.TransportError) -> str:
    """Return what kept a call from its host, in a word or two."""
    inside = isinstance(trouble.__cause__, patience.Inside)
    return "its name leads into a private network" if inside else type(trouble).__name__


@cache
def trust() -> ssl.SSLContext:
    """Return whose certificates are good. One for all: making it takes 20 ms."""
    return ssl.create_default_context()


def whole(answer: httpx.Response) -> Answer:
    """Read an answer to its end, unpacked and without the secrets it says back.

    Too slow, broken or too large is a `ReadError` or `ReadTimeout`, as a broken line is; of a
    failure that is too large the beginning is enough.
    """
    try:
        body = b"".join(_pieces(answer))
    except httpx.DecodingError:
        raise httpx.ReadError("the answer cannot be unpacked", request=answer.request) from None
    finally:
        answer.close()
    kept = [(name, value) for name, value in answer.headers.raw if name.lower() not in PACKED]
    for secret in _secrets(answer, body):
        for written in (secret, secret.replace("/", "\\/")):
            body = body.replace(written.encode(), b"***")
    return Answer(
        answer.status_code,
        headers=kept,
        content=body,
        request=answer.request,
        extensions=answer.extensions,
    )


def _pieces(answer: httpx.Response) -> Iterator[bytes]:
    packed = answer.headers.get_list("Content-Encoding", split_commas=True)
    if len(packed) > 1 or {one.strip().lower() for one in packed} - {*UNPACKED, "identity", ""}:
        raise httpx.ReadError("the answer is packed as nobody asked", request=answer.request)
    left = LARGEST_ANSWER
    for piece in answer.iter_bytes():
        yield piece[:left]
        left -= len(piece)
        if left < 0 and answer.is_error:
            return
        if left < 0:
            raise httpx.ReadError("the answer is too large", request=answer.request)


def _secrets(answer: httpx.Response, body: bytes) -> list[str]:
    """Return what the request held that the answer must not say back; a success may give tokens.

    One that speaks of an error is none, whatever its status.
    """
    asked = answer.request
    found = [asked.headers.get("Authorization", "").partition(" ")[2], *hidden(asked)]
    if answer.is_error or (b'"error"' in body and b'"access_token"' not in body):
        form = "form-urlencoded" in asked.headers.get("Content-Type", "")
        fields = [
            *asked.url.params.multi_items(),
            *(parse_qsl(asked.content.decode()) if form else ()),
        ]
        found += [value for name, value in fields if name in SECRET]
    return [secret for secret in found if len(secret) >= SHORTEST_SECRET]


def hidden(asked: httpx.Request) -> tuple[str, ...]:
    """Return what of a request's address is secret, where its sender said so."""
    return tuple(asked.extensions.get(HIDDEN, ()))


@contextmanager
def hurried() -> Iterator[None]:
    """Have the whole process wait for nothing between tries while the block runs."""
    stamina.set_testing(True, attempts=ATTEMPTS, cap=True)
    try:
        yield
    finally:
        stamina.set_testing(False)


def read(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Return the answer to a request that changes nothing, asked again while the other is busy.

    No answer is `Unavailable`, an answer that asks to wait `RateLimited`.
    """
    began = time.monotonic()
    try:
        return settled(_sent(send))  # most answers are ones: making ready to ask again costs more
    except Unavailable as trouble:
        return asked_again(send, trouble, time.monotonic() - began)


def asked_again(
    send: Callable[[], httpx.Response], first: Unavailable, took: float
) -> httpx.Response:
    """Return the answer of a later try; what came of the first, in so many seconds, counts."""
    stamina.instrumentation.set_on_retry_hooks([])  # what comes of it is said, not each try
    waits = stamina.retry_context(
        on=_again,
        attempts=ATTEMPTS,
        timeout=max(LONGEST_ASKED - took, 0.001),
        wait_initial=FIRST_WAIT,
        wait_max=MOST_WAIT,
    )
    for attempt in waits:
        with attempt:
            if attempt.num == 1:
                raise first
            return settled(_sent(send))
    raise AssertionError("stamina ends with an answer or an error")


def settled(answer: httpx.Response) -> httpx.Response:
    """Return an answer that is one; one that asks to wait is an error."""
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise asked_to_wait(answer, answer.request.url.host)
    if answer.status_code in BUSY:
        raise Unavailable(
            f"{answer.request.url.host} answers {answer.status_code}; it is busy or down, try later"
        )
    return answer


def said(answer: httpx.Response) -> str:
    """Return what a JSON answer says beside its status, for the support of the other side.

    In one line, and nothing in it that steers a terminal.
    """
    if "json" not in answer.headers.get("Content-Type", "") or not answer.is_closed:
        return ""  # a stream is not read for its words
    if answer.content.strip() in {b"", b"{}", b"[]"}:
        return ""
    told = answer.content[:LONGEST_SAID].decode(errors="replace")
    return f" ({' '.join(''.join(one if one.isprintable() else ' ' for one in told).split())})"


def dated(answer: httpx.Response) -> datetime | None:
    """Return when the other side says it answered, by its clock (RFC 9110, 6.6.1), or `None`."""
    try:
        found = parsedate_to_datetime(answer.headers.get("Date", ""))
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def asked_to_wait(answer: httpx.Response, who: str) -> RateLimited:
    """Return the error of an answer that asks to wait."""
    wait = retry_after(answer)
    after = f" for {wait:.0f} s" if wait else ""
    return RateLimited(f"{who} asks to wait{after}; try again{said(answer)}", wait)


def retry_after(answer: httpx.Response) -> float | None:
    """Return how long the other side asks to wait, a day at most; `None` when it does not say."""
    asked = wait_of(answer)
    return None if asked is None else min(asked, RateLimited.LONGEST)


def wait_of(answer: httpx.Response) -> float | None:
    """Return the seconds that an answer's headers name, however many; `None` for none.

    Source: RFC 9110, 10.2.3: seconds or a date, which is by the clock of the other side. Without
    it Discord says the seconds, with parts of one, and X the Unix second at which it ends, each in
    a header of its own (api/messaging.md A3, api/x.md 6).
    """
    said = answer.headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said)
    now = dated(answer) or datetime.now(UTC)
    rest = answer.headers.get("X-RateLimit-Reset-After", "").strip()
    at = answer.headers.get("x-rate-limit-reset", "").strip()
    if not said and SECONDS.fullmatch(rest):
        return float(rest)
    if not said and SECONDS.fullmatch(at):
        return max(0.0, float(at) - now.timestamp())
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())


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
