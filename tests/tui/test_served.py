"""The console in a browser answers only pages of its own, on this machine alone."""

import pytest

from elite8.tui.served import server, stranger


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
    made = server("true", 8089)
    assert (made.host, made.port) == ("127.0.0.1", 8089)
