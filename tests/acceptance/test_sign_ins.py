"""Renewals by real processes: two at once ask once; a kill loses nothing that can be kept."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from elite8.core.clock import utc_now
from elite8.core.simulators.tiktok import CLIENT_KEY, CLIENT_SECRET, TikTokSimulator
from elite8.core.simulators.wire import Reply, Request, serve

PROGRAM = str(Path(sys.executable).with_name("elite8"))
pytestmark = [pytest.mark.slow, pytest.mark.enable_socket, pytest.mark.usefixtures("tabled")]


@dataclass
class Network:
    """TikTok, whose answers to renewals can be held back after they are decided."""

    tiktok: TikTokSimulator
    renewals: int = 0
    hold: threading.Event = field(default_factory=threading.Event)
    decided: threading.Event = field(default_factory=threading.Event)

    def handle(self, request: Request) -> Reply:
        reply = self.tiktok.handle(request)
        form = parse_qs(request.body.decode("utf-8", "replace"))
        if request.path == "/v2/oauth/token/" and form.get("grant_type") == ["refresh_token"]:
            self.renewals += 1
            self.decided.set()
            self.hold.wait(20)
        return reply


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    tiktok = TikTokSimulator(clock=utc_now)
    made = Network(tiktok)
    with serve(made.handle) as url:
        tiktok.base_url = url
        monkeypatch.setenv("ELITE8_TIKTOK_URL", url)
        monkeypatch.setenv("ELITE8_TIKTOK_CLIENT_ID", CLIENT_KEY)
        monkeypatch.setenv("ELITE8_TIKTOK_CLIENT_SECRET", CLIENT_SECRET)
        sign_in_and_let_it_end()
        yield made
        made.hold.set()
    assert tiktok.violations == []


def sign_in_and_let_it_end() -> None:
    from elite8.core.operations import accounts
    from elite8.core.studio import open_studio

    seen: list[str] = []

    def browse() -> str:
        with httpx.Client(trust_env=False) as browser:
            return str(browser.get(seen[0]).headers["Location"])

    studio = open_studio()
    found = accounts.login(
        studio, "tiktok", characters=(), regions=(), show=seen.append, paste=browse
    )
    store = accounts.store(studio)
    ended = utc_now() - timedelta(minutes=1)
    store.write(found.id, replace(store.read(found.id), access_ends_at=ended))
    studio.database.close()


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PROGRAM, "accounts", *arguments, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> tuple[int, Any]:
    out, err = process.communicate(timeout=60)
    assert out, err
    return process.returncode, json.loads(out)


def outcomes(said: Any) -> list[str]:
    return [one["outcome"] for one in said["data"]]


def test_two_processes_at_once_renew_once(network: Network) -> None:
    both = [start("refresh") for _ in range(2)]
    assert network.decided.wait(30)
    time.sleep(1)  # the other one is at the lock by now, or comes later: both must do
    network.hold.set()
    answers = [answer(one) for one in both]
    assert [code for code, _ in answers] == [0, 0]
    assert sorted(outcomes(said)[0] for _, said in answers) == ["good", "renewed"]
    assert network.renewals == 1
    assert answer(start("test"))[0] == 0


def test_killed_outright_once_the_network_answered_the_next_one_says_so(network: Network) -> None:
    running = start("refresh")
    assert network.decided.wait(30)
    running.kill()
    running.communicate(timeout=30)
    network.hold.set()
    code, said = answer(start("status"))
    assert (code, "got no answer that was kept" in said["data"][0]["warnings"][0]) == (0, True)
    code, said = answer(start("refresh"))
    assert (code, outcomes(said)) == (3, ["sign in again"])
    assert "cut off before its answer was kept" in said["errors"][0]["message"]
    assert answer(start("status"))[0] == 3


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_stopped_politely_at_that_moment_the_sign_in_lives(
    network: Network, stop: signal.Signals
) -> None:
    running = start("refresh")
    assert network.decided.wait(30)
    running.send_signal(stop)
    time.sleep(0.3)
    assert running.poll() is None
    network.hold.set()
    running.communicate(timeout=30)
    assert running.returncode == (143 if stop == signal.SIGTERM else 130)
    code, said = answer(start("refresh"))
    assert (code, outcomes(said), network.renewals) == (0, ["good"], 1)
    assert answer(start("test"))[0] == 0
