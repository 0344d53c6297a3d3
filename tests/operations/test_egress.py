"""What goes through the proxy, what does not, and that every byte is counted. Real sockets."""

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from elite8.core import http, tunnel
from elite8.core.domain.proxy import GB, REASONS, Outcome, Use, cost, new_use, password, session_of
from elite8.core.operations import egress
from elite8.core.simulators import iproyal
from elite8.core.simulators.wire import Reply, Request
from elite8.core.storage import traffic
from elite8.core.storage.database import Database
from elite8.core.studio import Studio
from tests.operations.exits import API, UPLOAD, Scenery, authority, joined, place, scenery

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def scene(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scenery]:
    with scenery(studio, tmp_path, monkeypatch) as opened:
        yield opened


def test_a_call_goes_through_with_the_accounts_own_exit(scene: Scenery) -> None:
    assert [scene.put(10), scene.put(20)] == [200, 200]
    assert scene.direct.seen == []
    assert [len(one.body) for one in scene.heard] == [10, 20]
    wishes = [one.wishes for one in scene.proxy.tunnels]
    assert wishes[0] == wishes[1]
    assert wishes[0]["country"] == "jp"
    assert wishes[0]["session"] == session_of(scene.account.id)
    assert wishes[0]["lifetime"] == "60m"


@pytest.mark.parametrize("size", [0, 700, 3_000_000])
def test_the_meter_says_what_the_proxy_saw(scene: Scenery, size: int) -> None:
    with scene.client() as client:
        for _ in range(3):
            client.put(f"https://{API}/upload", content=b"x" * size)
            client.get(f"https://{API}/status")
        client.get("https://oauth2.googleapis.com/token")
    scene.proxy.settled()
    assert scene.counted() == (scene.proxy.up, scene.proxy.down)
    assert len(scene.proxy.tunnels) == 2
    assert {(one.host, one.held, one.exact) for one in scene.uses()} == {
        (API, 0, True),
        ("oauth2.googleapis.com", 0, True),
    }


def test_what_is_handed_back_without_being_read_is_counted(scene: Scenery) -> None:
    with scene.client() as client, client.stream("GET", f"https://{API}/x") as answer:
        assert answer.status_code == 200
    scene.proxy.settled()
    assert scene.counted() == (scene.proxy.up, scene.proxy.down)


def test_where_no_kernel_counts_it_is_an_estimate(
    scene: Scenery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("socket.TCP_INFO")
    scene.put(1_000_000)
    (use,) = scene.uses()
    assert not use.exact
    assert use.up == pytest.approx(scene.proxy.up, rel=0.02)
    assert 0 < use.down < 4 * scene.proxy.down


@pytest.mark.parametrize(
    ("host", "scheme"),
    [(UPLOAD, "https"), ("www.tiktok.com", "https"), (API, "http"), (f"{API}:8443", "https")],
)
def test_what_is_not_on_the_list_never_goes_through(scene: Scenery, host: str, scheme: str) -> None:
    assert scene.put(10, host, scheme) == 200
    assert scene.proxy.tunnels == []
    assert len(scene.direct.seen) == 1
    assert scene.uses() == []


@pytest.mark.parametrize("regions", ["", "US", "JP US", "FR"])
def test_only_an_account_bound_to_a_region_that_is_on_goes_through(
    scene: Scenery, regions: str
) -> None:
    scene.account = joined(scene.studio, "youtube", regions)
    assert scene.put(10) == 200
    assert scene.proxy.tunnels == []


def test_off_is_off(scene: Scenery) -> None:
    scene.decide(on=False)
    assert egress.line(scene.studio, scene.account) is scene.direct


def test_a_body_of_unknown_size_goes_directly(scene: Scenery) -> None:
    with scene.client() as client:
        client.put(f"https://{API}/upload", content=iter([b"x", b"y"]))
    assert scene.proxy.tunnels == []
    assert len(scene.direct.seen) == 1


def test_when_the_day_is_used_up_posts_go_out_directly_and_through_again_tomorrow(
    scene: Scenery, clock: Any
) -> None:
    scene.decide(daily_gb=0.001, monthly_gb=0.01, reserve_percent=10)
    with capture_logs() as told:
        ways = [scene.put(300_000) for _ in range(5)]
    assert ways == [200] * 5
    assert len(scene.direct.seen) == 3
    assert [one["message"] for one in told if one["event"] == "proxy.direct"] == [
        "the budget has no room; it goes directly"
    ] * 3
    assert sum(scene.counted()) < 900_000
    assert [one.outcome for one in scene.uses()] == ["", "", *["budget"] * 3]
    clock.advance(days=1)
    scene.put(300_000)
    assert len(scene.direct.seen) == 3


def test_the_budget_is_looked_at_before_anything_is_sent(scene: Scenery) -> None:
    scene.decide(daily_gb=0.001, monthly_gb=0.01, reserve_percent=0)
    assert scene.put(2_000_000) == 200
    assert scene.proxy.tunnels == []


def test_a_month_that_is_used_up_counts_though_the_day_is_new(scene: Scenery, clock: Any) -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    with scene.studio.database.transaction() as session:
        traffic.add(session, new_use(at, "JP", "a", API, up=9 * GB))
    scene.put(10)
    assert scene.proxy.tunnels == []
    clock.now = datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC)
    scene.put(10)
    assert len(scene.proxy.tunnels) == 1


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        ({"refuses": True}, Outcome.DOWN),
        ({"secret": "another"}, Outcome.LOGIN),
        ({"forbids": {API}}, Outcome.DOMAIN),
    ],
)
def test_a_proxy_that_refuses_is_gone_around_and_left_alone(
    scene: Scenery, clock: Any, trouble: dict[str, Any], outcome: Outcome
) -> None:
    for name, how in trouble.items():
        setattr(scene.proxy, name, how)
    with capture_logs() as told, scene.client() as client:
        assert client.put(f"https://{API}/upload", content=b"x").status_code == 200
        assert client.get(f"https://{API}/status").status_code == 200
    assert scene.put(5) == 200
    assert len(scene.direct.seen) == 3
    assert len(scene.proxy.tunnels) == 1
    assert scene.uses()[0].outcome == outcome
    assert (scene.uses()[0].up, scene.uses()[0].down) == (scene.proxy.up, scene.proxy.down)
    assert REASONS[outcome] in str(told)
    for name in trouble:
        setattr(scene.proxy, name, getattr(iproyal.ProxySimulator(), name))
    clock.advance(days=1, minutes=1)
    scene.put(5)
    assert scene.heard[-1].body == b"x" * 5
    assert len(scene.direct.seen) == 3


def test_a_proxy_that_is_gone_is_gone_around(scene: Scenery) -> None:
    scene.decide(port=9)
    assert scene.put(10) == 200
    assert scene.uses()[0].outcome == Outcome.DOWN
    assert len(scene.direct.seen) == 1


def test_a_proxy_that_says_nothing_is_gone_around(
    scene: Scenery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "LONGEST_ANSWER", 0.2)
    scene.proxy.silent = True
    assert scene.put(10) == 200
    assert scene.uses()[0].outcome == Outcome.DOWN


def test_a_proxy_that_opens_the_tls_is_found_out_before_anything_is_said(
    scene: Scenery, tmp_path: Path
) -> None:
    from elite8.core.simulators.wire import serve

    overheard: list[Request] = []

    def spy(request: Request) -> Reply:
        overheard.append(request)
        return Reply()

    _, forged = authority(tmp_path, "forged")
    with serve(spy, tls=forged) as address:
        scene.proxy.places[API] = place(address)
        assert scene.put(10) == 200
    assert overheard == []
    assert len(scene.direct.seen) == 1
    assert scene.uses()[0].outcome == Outcome.DOWN


def test_what_breaks_off_under_way_is_not_sent_again_by_the_line(scene: Scenery) -> None:
    scene.proxy.cut_after = 300_000
    with pytest.raises(httpx.TransportError), scene.client() as client:
        client.put(f"https://{API}/upload", content=b"x" * 2_000_000)
    assert scene.direct.seen == []
    assert [len(one.body) for one in scene.heard if len(one.body) >= 2_000_000] == []
    (use,) = scene.uses()
    assert (use.outcome, use.held) == (Outcome.CUT, 0)
    assert scene.proxy.up <= use.up <= cost(2_000_000)


def test_whoever_stops_in_the_middle_of_a_body_has_used_what_went_out(scene: Scenery) -> None:
    def body() -> Iterator[bytes]:
        yield b"x" * 200_000
        raise KeyboardInterrupt

    head = {"Content-Length": "900000"}
    with pytest.raises(KeyboardInterrupt), scene.client() as client:
        client.put(f"https://{API}/upload", content=body(), headers=head)
    scene.proxy.settled()
    (use,) = scene.uses()
    assert (use.outcome, use.held) == (Outcome.CUT, 0)
    assert scene.counted() == (scene.proxy.up, scene.proxy.down)
    assert scene.direct.seen == []


def test_an_answer_that_breaks_off_under_way_is_counted_and_told(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(_: Request) -> Reply:
        return Reply(headers={"Content-Length": "1000"}, body=b"x" * 10)

    with scenery(studio, tmp_path, monkeypatch, handler=short) as scene:
        with pytest.raises(httpx.RemoteProtocolError), scene.client() as client:
            client.get(f"https://{API}/x")
        scene.proxy.settled()
        assert scene.uses()[0].outcome == Outcome.CUT
        assert scene.counted() == (scene.proxy.up, scene.proxy.down)
        assert scene.direct.seen == []


KILLED = """
import sys
from dataclasses import replace
from pydantic import SecretStr
from elite8.core import http
from elite8.core.operations import accounts, egress
from elite8.core.studio import open_studio
from tests.operations.exits import decided, signed_in

studio = open_studio()
opened = replace(studio, settings=signed_in(studio))
vars(opened.config)["proxy"] = decided(studio.config.proxy, "127.0.0.1", int(sys.argv[1]))
account = accounts.named(opened, "h-JP")
with http.open_client(transport=egress.line(opened, account)) as client:
    client.put("https://open.tiktokapis.com/upload", content=b"x" * 5_000_000)
"""


def test_what_a_killed_process_was_sending_counts(scene: Scenery) -> None:
    """It is killed by the system, in the middle of its upload: its hold stays as used."""
    scene.proxy.stall_after = 400_000
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(scene.studio.config.proxy.port)],
        env=os.environ | {"PYTHONPATH": str(root)},
        stderr=subprocess.PIPE,
    )
    try:
        for _ in range(1500):
            if scene.proxy.up > 400_000 or child.poll() is not None:
                break
            sleep(0.02)
    finally:
        child.kill()
        _, said = child.communicate()
    assert scene.proxy.up > 400_000, said
    (use,) = scene.uses()
    assert (use.up, use.down) == (0, 0)
    assert use.held == cost(5_000_000) > scene.proxy.up + scene.proxy.down
    now = scene.studio.clock()
    with scene.studio.database.transaction() as session:
        assert traffic.used(session, use.day) == use.held
        scene.decide(daily_gb=0.0055, reserve_percent=0)
        assert not egress.has_room(scene.studio, session, 10**9, now)


def test_two_clients_at_once_do_not_overdraw(scene: Scenery) -> None:
    scene.decide(daily_gb=0.001, monthly_gb=0.01, reserve_percent=0)
    books = [egress.Book(studio=scene.studio, region="JP", account="a") for _ in range(3)]
    assert [one.hold(API, 400_000) for one in books] == [True, True, False]
    books[0].settle(API, 10, 10, exact=True, outcome="")
    assert books[2].hold(API, 400_000)


def test_a_line_that_is_open_over_midnight_counts_to_both_days(scene: Scenery, clock: Any) -> None:
    clock.now = datetime(2026, 11, 26, 23, 59, 50, tzinfo=UTC)
    with scene.client() as client:
        client.put(f"https://{API}/upload", content=b"x" * 300_000)
        first = scene.counted()
        clock.advance(seconds=20)
        client.put(f"https://{API}/upload", content=b"x" * 100_000)
        assert len(scene.proxy.tunnels) == 1
    scene.proxy.settled()
    assert scene.counted() == (scene.proxy.up, scene.proxy.down)
    old, new = sorted(scene.uses(), key=lambda one: one.day)
    assert (old.day.day, new.day.day) == (26, 27)
    assert (old.up, old.down, old.held) == (*first, 0)
    assert 100_000 < new.up < 110_000
    assert new.held == 0


def test_a_call_under_way_at_midnight_counts_to_the_day_it_ends(scene: Scenery, clock: Any) -> None:
    clock.now = datetime(2026, 11, 26, 23, 59, 50, tzinfo=UTC)
    book = egress.Book(studio=scene.studio, region="JP", account="a")
    assert book.hold(API, 400_000)
    clock.advance(seconds=20)
    book.settle(API, 400_010, 20, exact=True, outcome="")
    assert sorted((one.day.day, one.up, one.down, one.held) for one in scene.uses()) == [
        (26, 0, 0, 0),
        (27, 400_010, 20, 0),
    ]


def test_a_long_answer_is_held_while_it_comes(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def long(_: Request) -> Reply:
        return Reply(body=b"x" * 900_000)

    held: list[int] = []
    with scenery(studio, tmp_path, monkeypatch, handler=long) as scene:
        with scene.client() as client, client.stream("GET", f"https://{API}/x") as answer:
            held += [scene.uses()[0].held for _ in answer.iter_raw()]
        assert held == sorted(held)
        assert held[-1] >= 900_000
        scene.proxy.settled()
        assert [one.held for one in scene.uses()] == [0]
        assert scene.counted() == (scene.proxy.up, scene.proxy.down)


def test_a_store_that_is_gone_leaves_the_answer_and_the_hold(scene: Scenery) -> None:
    book = egress.Book(studio=scene.studio, region="JP", account="a")
    assert book.hold(API, 100)
    gone = replace(scene.studio)
    vars(gone)["database"] = Locked("sqlite:///nowhere.db")
    book.studio = gone
    with capture_logs() as told:
        book.more(API, 10)
        book.settle(API, 10, 10, exact=True, outcome="")
    assert [one["event"] for one in told] == ["proxy.not_held", "proxy.not_settled"]
    with scene.studio.database.transaction() as session:
        found = traffic.get(session, book.rows[API])
        assert isinstance(found, Use)
        assert found.held == cost(100)


class Locked(Database):
    """A store that another process holds for ever."""

    def transaction(self) -> Any:
        raise OSError("database is locked")


def test_a_store_that_cannot_hold_sends_the_call_directly(scene: Scenery) -> None:
    locked = replace(scene.studio)
    vars(locked)["database"] = Locked("sqlite:///nowhere.db")
    scene.studio.database.close()
    scene.studio = locked
    with scene.client() as client:
        assert client.get(f"https://{API}/x").status_code == 200
    assert scene.proxy.tunnels == []
    assert len(scene.direct.seen) == 1


def test_the_sign_in_to_the_proxy_is_said_nowhere(
    scene: Scenery, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = password(iproyal.PASSWORD, country="jp", session="a" * 8, lifetime="1h")
    out = egress.exit_to(scene.studio, "jp", scene.account.id, (API,))
    packed = b64encode(f"{out.user}:{out.password}".encode()).decode()
    line = egress.line(scene.studio, scene.account)
    shown = [repr(out), str(out), repr(line), repr(scene.studio), repr(scene.studio.settings)]
    scene.proxy.secret = "another"
    with capture_logs() as told, scene.client() as client:
        shown += [repr(client), repr(vars(client))]
        client.get(f"https://{API}/x")
    scene.proxy.secret, scene.proxy.cut_after = iproyal.PASSWORD, 100_000
    scene.decide(rest_minutes=1)
    scene.studio.clock.advance(minutes=2)  # type: ignore[attr-defined]  # a stopped clock
    with capture_logs() as more, pytest.raises(httpx.TransportError) as caught:
        scene.put(2_000_000)
    shown += [repr(told), repr(more), repr(caught.value), *capsys.readouterr()]
    shown += [str(caught.getrepr(showlocals=False)), repr([vars(one) for one in scene.uses()])]
    for secret in (iproyal.PASSWORD, iproyal.USERNAME, whole, packed):
        assert [text for text in shown if secret in text] == []
    file = scene.studio.database.file
    assert file
    for part in file.parent.iterdir():
        if part.is_file():
            assert iproyal.PASSWORD.encode() not in part.read_bytes()


def test_without_a_sign_in_to_the_proxy_it_goes_directly_and_says_so(scene: Scenery) -> None:
    settings = scene.studio.settings.model_copy(update={"iproyal_password": None})
    object.__setattr__(scene.studio, "settings", settings)
    with capture_logs() as told:
        assert scene.put(10) == 200
    assert scene.proxy.tunnels == []
    assert "ELITE8_IPROYAL_PASSWORD" in told[0]["message"]


def test_the_end_of_a_connection_is_no_byte() -> None:
    """A FIN takes a number in TCP's count; it is none of what anybody is billed for."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as door:
        client = socket.create_connection(door.getsockname())
        host, _ = door.accept()
        host.sendall(b"x" * 10)
        host.close()
        assert client.recv(100) == b"x" * 10
        assert client.recv(100) == b""
        assert tunnel.counters(client) == (0, 10)
        client.close()
