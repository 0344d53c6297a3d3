"""Whoever is slow, or takes too many lines, stands in nobody's way."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection

import pytest

from elite8.core.studio import Studio
from elite8.web import line
from elite8.web.site import Site
from tests.web.conftest import allow
from tests.web.test_site import HERE, ask, until

pytestmark = pytest.mark.enable_socket
GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture
def served(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Site, int]]:
    """A page that waits 0.3 seconds for headers, and 0.6 for the rest."""
    monkeypatch.setattr(line.Line, "head", 0.3)
    monkeypatch.setattr(line.Line, "whole", 0.6)
    _ = studio.database.engine
    site = Site(lambda: studio, listen=f"{HERE}:0")
    with site.bind() as bound:
        site.start(bound)
        number = bound.getsockname()[1]
        assert until(lambda: ask(number)) == 200
        yield site, number
        site.stop(2.0)


@pytest.fixture
def port(served: tuple[Site, int]) -> int:
    """Where the page is."""
    return served[1]


@contextmanager
def opened(port: int, said: bytes) -> Iterator[socket.socket]:
    """Open a line and say something on it."""
    with socket.create_connection((HERE, port), timeout=10) as made:
        made.sendall(said)
        yield made


def is_cut(made: socket.socket) -> bool:
    """Wait for the end of a line; return whether it came, an answer or none before."""
    try:
        while made.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return True


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HT",
        GET + b"X-Slow: y",
        GET + b"\r\n" + GET,  # answered, then half another
        b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000\r\n\r\ntoken=",
        b"POST /telegram HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000\r\n\r\nx",
    ],
)
def test_a_request_that_does_not_come_to_its_end_is_cut(port: int, said: bytes) -> None:
    with opened(port, said) as made:
        assert is_cut(made)


def is_open(made: socket.socket) -> bool:
    """Say one byte more; return whether the line is still there after it."""
    try:
        made.sendall(b"y")
        return made.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionError:
        return False


def test_an_end_is_not_put_off_by_one_byte_more(port: int) -> None:
    with opened(port, GET + b"X-Slow: ") as made:
        made.settimeout(0.05)
        assert is_open(made)
        assert not all(is_open(made) for _ in range(200)), "it went on for ever"


def test_a_hundred_slow_ones_keep_nobody_out(port: int) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(opened(port, GET)) for _ in range(120)]
        assert until(lambda: ask(port)) in (200, 503)
        assert until(lambda: ask(port) == 200)
        assert all(map(is_cut, slow))


def test_who_asks_again_on_the_same_line_is_answered(port: int) -> None:
    same = HTTPConnection(HERE, port, timeout=10)
    for _ in range(4):
        same.request("GET", "/healthz")
        answer = same.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
    same.close()


def test_an_answer_that_nobody_takes_is_given_up(served: tuple[Site, int]) -> None:
    site, port = served
    css = b"GET /static/elite8.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with opened(port, css * 1000):
        server = site._server
        assert server
        until(lambda: server.server_state.connections)
        until(lambda: not server.server_state.connections)


class Elsewhere(line.Line):
    """A line whose address is somebody's."""

    def __init__(self, client: tuple[str, int], connections: set[object]) -> None:
        self.client, self.connections = client, connections  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("address", "trusts", "too_many"),
    [
        ("203.0.113.7", False, True),
        ("203.0.113.7", True, False),
        ("198.51.100.1", False, False),
        ("127.0.0.1", False, False),
    ],
)
def test_one_address_has_so_many_lines_and_no_more(
    studio: Studio, address: str, trusts: bool, too_many: bool
) -> None:
    allow(studio, trust_proxy=trusts)
    trusted: Callable[[], bool] = lambda: studio.config.web.trust_proxy  # noqa: E731
    there: set[object] = set()
    for number in range(line.MOST_OF_ONE):
        there.add(Elsewhere(("203.0.113.7", number), there))
    kind = type("Page", (Elsewhere,), {"trusts_proxy": lambda _: trusted()})
    newest = kind((address, 4711), there)
    there.add(newest)
    assert newest._has_too_many() is too_many
