"""The console in a browser answers only pages of its own, on this machine alone."""

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from elite8.tui.served import server, stranger, without


@pytest.mark.parametrize("host", ["127.0.0.1:8089", "localhost:8089"])
@pytest.mark.parametrize("origin", ["", "http://127.0.0.1:8089", "http://localhost:8089"])
def test_its_own_page_is_answered(host: str, origin: str) -> None:
    assert stranger(host, origin, 8089) == ""


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:8089", "https://evil.example"),
        ("127.0.0.1:8089", "null"),
        ("127.0.0.1:8089", "http://127.0.0.1:9999"),
        ("evil.example:8089", ""),
        ("", ""),
    ],
)
def test_another_page_is_not(host: str, origin: str) -> None:
    assert stranger(host, origin, 8089)


def test_it_listens_on_this_machine_alone() -> None:
    made = server("true", 8089, "key")
    assert (made.host, made.port) == ("127.0.0.1", 8089)


@pytest.mark.parametrize("path", ["/", "", "/ws", "/static/", "/key", "/keys/ws", "/ké/ws"])
def test_who_does_not_know_the_key_is_not_answered(path: str) -> None:
    assert bool(without("key", path)) == (path != "/key")


@pytest.mark.enable_socket
def test_another_user_of_this_machine_gets_no_console() -> None:
    async def asked() -> dict[str, tuple[int, str, str]]:
        made: Any = server("true", 8089, "key")
        line = TestClient(TestServer(await made._make_app()))
        headers = {"Host": "127.0.0.1:8089"}
        found = {}
        async with line:
            for path in ("/", "/ws", "/key/", "/key/static/js/textual.js"):
                answer = await line.get(path, headers=headers)
                policy = answer.headers.get("Content-Security-Policy", "")
                found[path] = (answer.status, await answer.text(), policy)
        return found

    found = asyncio.run(asked())
    assert [status for status, _, _ in found.values()] == [403, 403, 200, 200]
    _, page, policy = found["/key/"]
    assert "ws://127.0.0.1:8089/key/ws" in page
    assert "http://127.0.0.1:8089/key/static/" in page
    assert "frame-ancestors 'none'" in policy
