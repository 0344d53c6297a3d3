"""The server: beside other work, ended in time, waiting for a taken address, no open door."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any

import pytest

from elite8.cli import run
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.studio import Studio
from elite8.daemon import Daemon
from elite8.web.site import Site, url_of
from tests.web.conftest import with_token

pytestmark = pytest.mark.enable_socket

HERE = "127.0.0.1"


def until(what: Callable[[], Any]) -> Any:
    """Return what `what` returns as soon as that is true."""
    deadline = time.monotonic() + 20
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)
    return found


def ask(port: int, path: str = "/healthz") -> int:
    """Return the status of an answer, 0 for none."""
    line = HTTPConnection(HERE, port, timeout=20)
    try:
        line.request("GET", path)
        return line.getresponse().status
    except OSError:
        return 0
    finally:
        line.close()


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """An address that somebody else listens on."""
    with socket.create_server((HERE, 0)) as line:
        yield line


def listening(studio: Studio, port: int, host: str = HERE) -> Studio:
    """Return the studio with the page on an address."""
    settings = studio.settings.model_copy(update={"web_listen": f"{host}:{port}"})
    found = replace(studio, settings=settings)
    vars(found)["database"] = studio.database
    return found


def test_it_answers_beside_other_work_and_ends_in_time(studio: Studio) -> None:
    _ = studio.database.engine
    site = Site(lambda: studio, listen=f"{HERE}:0")
    with site.bind() as line:
        port = line.getsockname()[1]
        site.start(line)
        assert until(lambda: ask(port)) == 200
        kept = HTTPConnection(HERE, port, timeout=20)  # a browser that stays connected
        kept.request("GET", "/")
        assert kept.getresponse().status == 200
        site.stop(2.0)
        assert site._thread
        assert not site._thread.is_alive(), "it waited for the browser"
        kept.close()


def test_a_taken_address_is_told_and_tried_again(
    studio: Studio, taken: socket.socket, capsys: pytest.CaptureFixture[str]
) -> None:
    _ = studio.database.engine
    port = taken.getsockname()[1]
    site = Site(lambda: listening(studio, port), again=0.05)
    site.start()
    time.sleep(0.4)
    taken.close()
    assert until(lambda: ask(port)) == 200
    site.stop(2.0)
    assert "".join(capsys.readouterr()).count("web.waits") == 1


def test_a_page_that_others_reach_needs_a_token(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    open_wide = listening(studio, 0, "0.0.0.0")  # noqa: S104  # it is refused
    site = Site(lambda: open_wide)
    with pytest.raises(ConfigError, match="set ELITE8_WEB_TOKEN"):
        site.check()
    site.start()
    assert site._thread is None
    assert "web.refused" in "".join(capsys.readouterr())
    Site(lambda: with_token(open_wide)).check()


def test_a_page_that_a_proxy_leads_to_needs_a_token(studio: Studio) -> None:
    """A proxy need not say that it is one: without a token it would let everybody in."""
    led_to = {"web_url": "https://watch.example.com", "web_listen": "127.0.0.1:8088"}
    changed = replace(studio, settings=studio.settings.model_copy(update=led_to))
    with pytest.raises(ConfigError, match="ELITE8_WEB_TOKEN"):
        Site(lambda: changed).check()
    Site(lambda: with_token(changed)).check()


def test_without_an_address_nothing_listens(studio: Studio) -> None:
    site = Site(lambda: studio)
    site.start()
    site.stop(0.1)
    assert site._thread is None


def test_a_taken_address_is_a_sentence(studio: Studio, taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    with pytest.raises(Unavailable, match="cannot be listened on"):
        Site(lambda: studio, listen=f"{HERE}:{port}").bind()


def test_addresses_of_both_kinds_are_shown_as_a_browser_takes_them(studio: Studio) -> None:
    with Site(lambda: studio, listen=f"{HERE}:0").bind() as line:
        assert url_of(line).startswith("http://127.0.0.1:")
    try:
        with Site(lambda: studio, listen="[::1]:0").bind() as line:
            assert url_of(line).startswith("http://[::1]:")
    except Unavailable:
        pytest.skip("this machine has no IPv6")


def test_the_daemon_has_it_with_its_ticks_and_reads_its_config_anew(studio: Studio) -> None:
    with socket.create_server((HERE, 0)) as free:
        port = free.getsockname()[1]
    ticking = Daemon(listening(studio, port), faces=[Site])
    ticking.start()
    try:
        assert until(lambda: ask(port)) == 200
        (site,) = ticking.faces
        before = ticking.studio
        ticking.reload()
        assert isinstance(site, Site)
        assert site.studio() is ticking.studio is not before
        assert ask(port, "/") == 200
    finally:
        assert ticking.stop()
    assert ask(port) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--listen", "nowhere"), 2, "write ADDRESS:PORT"),
        (("--listen", "0.0.0.0:8099"), 2, "set ELITE8_WEB_TOKEN"),
    ],
)
def test_what_cannot_be_listened_on_is_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, says: str
) -> None:
    assert run(["monitor", "web", *arguments]) == code
    assert says in capsys.readouterr().err


def test_a_taken_address_is_exit_4(
    capsys: pytest.CaptureFixture[str], taken: socket.socket
) -> None:
    port = taken.getsockname()[1]
    assert run(["monitor", "web", "--listen", f"{HERE}:{port}"]) == 4
    assert "choose another" in capsys.readouterr().err
