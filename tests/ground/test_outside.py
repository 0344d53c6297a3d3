"""Attacks by addresses that others name: into this machine, its network, or elsewhere later."""

import socket
from typing import Any

import httpx
import pytest

from elite8.core import http, patience

INTO = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.5", "172.16.0.1", "192.168.1.1"),  # noqa: S104  # attacks
    *("169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1", "2001:db8::1"),
    *("::ffff:10.0.0.5", "::ffff:169.254.169.254", "64:ff9b::a00:5", "64:ff9b:1::a00:5"),
    *("2002:a00:5::1", "2001:0:4136:e378:8000:63bf:f5ff:fffa"),
]
OUT = ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


@pytest.mark.parametrize("address", INTO)
def test_what_only_this_machine_can_reach_is_inside(address: str) -> None:
    assert not patience.is_outside(address)


@pytest.mark.parametrize("address", OUT)
def test_what_everybody_can_reach_is_outside(address: str) -> None:
    assert patience.is_outside(address)


class Names:
    """Answers of a name server, one a look-up, and where connections were opened to."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.opened: list[str] = []

    def found(self, _host: str, port: int, **_how: object) -> list[tuple[Any, ...]]:
        now = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in now]

    def connected(self, address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        self.opened.append(address[0])
        raise ConnectionRefusedError


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    made = Names(("1.1.1.1",))
    monkeypatch.setattr(socket, "getaddrinfo", made.found)
    monkeypatch.setattr(socket, "create_connection", made.connected)
    return made


def asked() -> httpx.TransportError:
    line = http.open_client(transport=http.outside())
    with line, pytest.raises(httpx.TransportError) as broken:
        line.get("https://cdn.example/film.mp4")
    return broken.value


@pytest.mark.parametrize("answer", [("10.0.0.5",), ("1.1.1.1", "169.254.169.254"), ("::1",)])
def test_a_name_into_a_private_network_opens_no_connection(
    answer: tuple[str, ...], names: Names
) -> None:
    names.answers = [answer]
    assert "private network" in http.why(asked())
    assert names.opened == []


def test_a_name_that_leads_elsewhere_the_second_time_is_looked_up_once(names: Names) -> None:
    names.answers = [("1.1.1.1",), ("127.0.0.1",)]
    assert http.why(asked()) == "ConnectError"
    assert names.opened == ["1.1.1.1"]


def test_every_address_of_a_name_is_tried(names: Names) -> None:
    names.answers = [("1.1.1.1", "1.0.0.1")]
    asked()
    assert names.opened == ["1.1.1.1", "1.0.0.1"]


def test_a_redirect_is_never_followed() -> None:
    seen = []

    def moved(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(302, headers={"Location": "http://169.254.169.254/latest"})

    with http.open_client(transport=httpx.MockTransport(moved)) as line:
        assert line.get("https://api.example/a").status_code == 302
    assert seen == ["https://api.example/a"]
