"""What drips ends all the same: the head, the body, what never unpacks. Real sockets, loopback."""

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import sleep

import httpx
import pytest

from elite8.core import http

pytestmark = pytest.mark.enable_socket
HEAD = b"HTTP/1.1 200 OK\r\n"
PACKED = gzip.compress(b"")[:10]
"""The head of a gzip file; the empty blocks after it unpack to nothing."""


@contextmanager
def host(first: bytes, drop: bytes, *, times: int = 10_000) -> Iterator[str]:
    """Serve one connection: `first` at once, then one `drop` after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                line, _ = server.accept()
                with line:
                    line.recv(65536)
                    line.sendall(first)
                    for _ in range(times):
                        sleep(0.01)
                        line.sendall(drop)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


@pytest.mark.parametrize(
    ("first", "drop"),
    [
        (HEAD, b"X-A: b\r\n"),
        (HEAD + b"Content-Length: 100000\r\n\r\n", b"x"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (
            HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\na\r\n"
            + PACKED + b"\r\n",
            b"5\r\n\x00\x00\x00\xff\xff\r\n",
        ),
    ],
    ids=["head", "body", "chunks", "gzip"],
)  # fmt: skip
def test_an_answer_that_does_not_end_is_a_timeout(first: bytes, drop: bytes) -> None:
    with (
        host(first, drop) as address,
        http.open_client(longest=0.3) as client,
        pytest.raises(httpx.ReadTimeout),
    ):
        client.get(address)


def test_a_download_is_its_readers_to_bound() -> None:
    head = HEAD + b"Content-Length: 30\r\n\r\n"
    with (
        host(head, b"x", times=30) as address,
        http.open_client(longest=0.15) as client,
        client.stream("GET", address) as answer,
    ):
        assert b"".join(answer.iter_raw()) == b"x" * 30


def test_each_question_has_its_own_time() -> None:
    answer = HEAD + b"Content-Length: 1\r\n\r\nx"
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                for _ in range(3):
                    line.recv(65536)
                    line.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with http.open_client(longest=0.2) as client:
            for _ in range(3):
                assert client.get(address).text == "x"
                sleep(0.15)
