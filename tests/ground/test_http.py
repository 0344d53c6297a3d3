"""An answer ends, stays small, says no secret back; a wait that is asked for is read right."""

import gzip
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
import stamina
from hypothesis import given
from hypothesis import strategies as st

from elite8.core import http
from elite8.core.errors import RateLimited, Refused, Unavailable

ADDRESS = "https://network.example/v1"
TOKEN = "a-token-of-some-length"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Body(httpx.SyncByteStream):
    """Pieces as they come; `given` counts the bytes."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]]) -> None:
        self._pieces = pieces
        self.given = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces():
            self.given += len(piece)
            yield piece


def client_for(answer: httpx.Response) -> httpx.Client:
    return http.open_client(transport=httpx.MockTransport(lambda _: answer))


def many(count: int, piece: bytes = b"x" * 65536) -> Body:
    return Body(lambda: (piece for _ in range(count)))


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


def test_an_answer_is_here_as_a_whole_with_its_head() -> None:
    packed = gzip.compress(json.dumps({"id": "é"}).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "X-Id": "7"}
    with client_for(httpx.Response(201, headers=headers, stream=many(1, packed))) as client:
        answer = client.get(ADDRESS)
    assert (answer.status_code, answer.headers["X-Id"]) == (201, "7")
    assert answer.json() == {"id": "é"}
    assert answer.request.url == ADDRESS


@pytest.mark.parametrize("half", [rb"\ud800", b"\xed\xa0\x80"], ids=["escaped", "as bytes"])
def test_half_a_letter_in_an_answer_is_told_as_unknown(half: bytes) -> None:
    body = b'{"caption": "' + half + b'Count me in"}'
    with client_for(httpx.Response(200, stream=many(1, body))) as client:
        assert client.get(ADDRESS).json() == {"caption": "\ufffdCount me in"}


def test_a_success_that_is_too_large_is_no_answer() -> None:
    body = many(1000)
    with client_for(httpx.Response(200, stream=body)) as client, pytest.raises(httpx.ReadError):
        client.get(ADDRESS)
    assert body.given <= http.LARGEST_ANSWER + 65536


def test_a_failure_that_is_too_large_keeps_its_head_and_its_beginning() -> None:
    headers = {"Retry-After": "7"}
    answer = httpx.Response(429, headers=headers, stream=many(1000))
    with client_for(answer) as client, pytest.raises(RateLimited) as caught:
        http.settled(client.get(ADDRESS))
    assert caught.value.retry_after == 7.0


def test_what_is_small_on_the_line_and_large_unpacked_is_cut_too() -> None:
    bomb = gzip.compress(b"0" * (64 << 20))
    headers = {"Content-Encoding": "gzip"}
    pieces = many(1, bomb)
    with client_for(httpx.Response(500, headers=headers, stream=pieces)) as client:
        assert len(client.get(ADDRESS).content) == http.LARGEST_ANSWER


def test_what_is_packed_twice_is_not_unpacked() -> None:
    bomb = gzip.compress(gzip.compress(b"0" * (64 << 20)))
    assert len(bomb) < 1000
    for name in ("gzip, gzip", "gzip,identity", "br", "zstd", "x"):
        answer = httpx.Response(200, headers={"Content-Encoding": name}, stream=many(1, bomb))
        with client_for(answer) as client, pytest.raises(httpx.ReadError, match="nobody asked"):
            client.get(ADDRESS)
    with client_for(httpx.Response(200)) as client:
        assert client.get(ADDRESS).request.headers["Accept-Encoding"] == "gzip, deflate"


def test_what_cannot_be_unpacked_is_a_broken_line() -> None:
    headers = {"Content-Encoding": "gzip"}
    answer = httpx.Response(200, headers=headers, stream=many(1, b"no gzip"))
    with client_for(answer) as client, pytest.raises(httpx.ReadError):
        client.get(ADDRESS)


def test_a_download_that_has_to_wait_says_so() -> None:
    headers = {"Retry-After": "7", "Content-Type": "application/json"}
    answer = httpx.Response(429, headers=headers, stream=many(1, b"{}"))
    with (
        client_for(answer) as client,
        client.stream("GET", ADDRESS) as got,
        pytest.raises(RateLimited),
    ):
        http.settled(got)


@pytest.mark.parametrize("address", ["https://a:b/", "https://[::1/", "https://x.example/\ud800"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with client_for(httpx.Response(200)) as client, pytest.raises(Refused, match="nothing sent"):
        client.get(address)


def test_json_without_end_is_a_value_error() -> None:
    answer = httpx.Response(200, content=b"[" * 100_000)
    with client_for(answer) as client, pytest.raises(ValueError, match="deep"):
        client.get(ADDRESS).json()


def test_a_strange_charset_is_no_crash() -> None:
    headers = {"Content-Type": "application/json; charset=hex"}
    answer = httpx.Response(429, headers=headers, content=b"\xff\x00")
    with client_for(answer) as client, pytest.raises(RateLimited):
        http.settled(client.get(ADDRESS))


@pytest.mark.parametrize("status", [200, 400])
def test_a_token_is_not_said_back(status: int) -> None:
    answer = httpx.Response(status, json={"message": f"cannot parse {TOKEN}"})
    with client_for(answer) as client:
        got = client.get(ADDRESS, headers={"Authorization": f"Bearer {TOKEN}"})
    assert got.json() == {"message": "cannot parse ***"}


def test_a_success_may_give_the_same_token_again_and_a_failure_may_not() -> None:
    with client_for(httpx.Response(200, json={"refresh_token": TOKEN})) as client:
        assert TOKEN in client.post(ADDRESS, data={"refresh_token": TOKEN}).text
    with client_for(httpx.Response(400, json={"said": TOKEN})) as client:
        assert TOKEN not in client.post(ADDRESS, data={"refresh_token": TOKEN}).text
    with client_for(httpx.Response(400, json={"said": TOKEN})) as client:
        assert TOKEN not in client.get(ADDRESS, params={"access_token": TOKEN}).text


def test_no_address_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with client_for(httpx.Response(200)) as client:
        client.get(ADDRESS, params={"access_token": TOKEN})
    assert TOKEN not in caplog.text


@given(st.text(st.characters(codec="latin-1"), max_size=40))
def test_no_retry_after_and_no_date_is_a_crash(text: str) -> None:
    said = text.encode("latin-1")
    answer = httpx.Response(429, headers=[(b"Retry-After", said), (b"Date", said)])
    wait = http.retry_after(answer)
    assert wait is None or wait >= 0.0
    http.dated(answer)


@pytest.mark.parametrize(
    "text", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "soon", "-5", "1.5", ""]
)
def test_a_wait_that_cannot_be_read_is_none(text: str) -> None:
    assert http.retry_after(httpx.Response(429, headers={"Retry-After": text})) is None


@pytest.mark.parametrize(
    ("header", "text", "seconds"),
    [
        ("X-RateLimit-Reset-After", "0.5", 0.5),  # Discord's
        ("x-rate-limit-reset", "1767225630", 30.0),  # X's, a Unix second
        ("x-rate-limit-reset", "17", 0.0),
        ("x-rate-limit-reset", "soon", None),
    ],
)
def test_a_wait_in_a_network_s_own_header_is_read(
    header: str, text: str, seconds: float | None
) -> None:
    headers = {"Date": "Thu, 01 Jan 2026 00:00:00 GMT", header: text}
    assert http.retry_after(httpx.Response(429, headers=headers)) == seconds


@pytest.mark.parametrize(
    "header",
    [
        {"Retry-After": "99999999999999"},
        {"Retry-After": "9" * 400},
        {"X-RateLimit-Reset-After": "999999999999"},
        {"x-rate-limit-reset": "999999999999"},
    ],
)
def test_nobody_waits_longer_than_a_day(header: dict[str, str]) -> None:
    answer = httpx.Response(429, headers=header)
    assert http.retry_after(answer) == 86_400.0
    assert http.asked_to_wait(answer, "X").retry_after == 86_400.0
    assert RateLimited("wait", float("inf")).retry_after == 86_400.0


@pytest.mark.parametrize("minutes", [-2, 0, 2])
def test_a_date_to_wait_for_goes_by_the_clock_of_the_other_side(minutes: int) -> None:
    theirs = datetime.now(UTC) + timedelta(minutes=minutes)
    headers = {
        "Date": format_datetime(theirs, usegmt=True),
        "Retry-After": format_datetime(theirs + timedelta(seconds=30), usegmt=True),
    }
    assert http.retry_after(httpx.Response(429, headers=headers)) == 30.0


@pytest.mark.parametrize("text", ["315360000", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_ten_years_are_not_waited_for(text: str) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(429, headers={"Retry-After": text})

    line = httpx.MockTransport(answer)
    with http.open_client(transport=line) as client, pytest.raises(RateLimited) as caught:
        http.read(lambda: client.get(ADDRESS))
    assert len(asked) == 1
    assert caught.value.retry_after == 86_400.0
    assert len(str(caught.value)) < 1000


def test_a_line_that_is_dead_is_unavailable() -> None:
    def dead(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no such host", request=request)

    with (
        http.open_client(transport=httpx.MockTransport(dead)) as client,
        pytest.raises(Unavailable, match=r"network\.example"),
    ):
        http.read(lambda: client.get(ADDRESS))


def test_a_name_that_nobody_resolves_is_told_as_a_host_that_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def nobody(host: str, *_: object, **__: object) -> None:
        asked.append(host)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with (
        http.hurried(),
        http.open_client("https://api.example.com") as client,
        pytest.raises(Unavailable, match=r"api\.example\.com does not answer"),
    ):
        http.read(lambda: client.get("/"))
    assert asked == ["api.example.com"] * http.ATTEMPTS


def test_what_the_other_side_says_is_told_in_one_line_that_steers_no_terminal() -> None:
    body = b'{"why": "\x1b[31mred\r\n\x00\xe2\x80\xaeback"}'
    asked = httpx.Request("GET", "https://api.example.com/")
    kind = {"Content-Type": "application/json"}
    told = http.said(httpx.Response(429, content=body, headers=kind, request=asked))
    assert told == ' ({"why": " [31mred back"})'


def test_no_redirect_is_followed_no_cookie_kept_and_a_password_of_an_address_is_a_header() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(
            302, headers={"Location": "https://other.example/", "Set-Cookie": "a=b"}
        )

    with http.open_client(transport=httpx.MockTransport(answer)) as client:
        for address in (ADDRESS, ADDRESS, "https://me:secret@network.example/v1"):
            assert client.get(address).status_code == 302
    assert [one.url.host for one in asked] == ["network.example"] * 3
    assert not any("Cookie" in one.headers for one in asked)
    assert [one.headers.get("Authorization", "") for one in asked] == [
        *("", ""),
        "Basic bWU6c2VjcmV0",
    ]


def test_who_asked_is_told_with_what_went_wrong_on_the_way() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no")

    with (
        http.open_client(transport=httpx.MockTransport(broken)) as client,
        pytest.raises(httpx.ConnectError) as trouble,
    ):
        client.get(ADDRESS)
    assert trouble.value.request.url == ADDRESS
