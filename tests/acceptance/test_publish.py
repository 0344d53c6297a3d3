"""The real program and its film: sign in, publish to three networks, read back."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from elite8.core.clock import utc_now
from elite8.core.simulators import instagram, tiktok, youtube
from elite8.core.simulators.wire import serve
from tests.films import lay
from tests.inside import elite8

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

ELITE8 = Path(sys.executable).with_name("elite8")


@dataclass
class World:
    """Three served networks; the environment leads there."""

    networks: dict[str, Any]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run((ELITE8, *arguments), capture_output=True, text=True, check=False)

    def sign_in(self, network: str) -> None:
        """Sign in as over SSH: read the page's address, agree there, paste where it ends."""
        child = subprocess.Popen(
            (ELITE8, "accounts", "login", network, "--paste"),
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stderr
        page = ""
        while not page:
            found = re.search(r"https?://\S+", child.stderr.readline())
            page = found[0] if found else ""
        if network == "instagram":
            typed = self.networks[network].issue_token()
        else:
            with httpx.Client(trust_env=False) as browser:
                typed = browser.get(page).headers["Location"]
        out, err = child.communicate(f"{typed}\n", timeout=60)
        assert child.returncode == 0, err
        assert "signed in to" in out
        assert typed not in out + err


def data(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)["data"]


@pytest.fixture
def world(filmed: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    lay(filmed, Path(os.environ["ELITE8_STATE_DIR"]))
    networks: dict[str, Any] = {
        "youtube": youtube.YouTubeSimulator(clock=utc_now, processing_seconds=0.2),
        "tiktok": tiktok.TikTokSimulator(clock=utc_now, processing_seconds=0.2),
        "instagram": instagram.InstagramSimulator(clock=utc_now, processing_seconds=0.2),
    }
    secrets = {
        "ELITE8_YOUTUBE_CLIENT_ID": youtube.CLIENT_ID,
        "ELITE8_YOUTUBE_CLIENT_SECRET": youtube.CLIENT_SECRET,
        "ELITE8_TIKTOK_CLIENT_ID": tiktok.CLIENT_KEY,
        "ELITE8_TIKTOK_CLIENT_SECRET": tiktok.CLIENT_SECRET,
    }
    for name, secret in secrets.items():
        monkeypatch.setenv(name, secret)
    with ExitStack() as stack:
        for name, network in networks.items():
            network.base_url = stack.enter_context(serve(network.handle))
            monkeypatch.setenv(f"ELITE8_{name.upper()}_URL", network.base_url)
        yield World(networks)
    assert [network.violations for network in networks.values()] == [[], [], []]


def test_filmed_published_to_three_networks_and_read_back(world: World) -> None:
    for network in world.networks:
        world.sign_in(network)
    places = ",".join(world.networks)
    checked = elite8("publish", "check", "latest", "--to", places)
    assert checked.returncode == 0, checked.stdout
    out = data(world.run("publish", "latest", "--to", places, "--together", "--json"))
    assert [one["status"] for one in out] == ["published"] * 3
    assert [len(network.posts) for network in world.networks.values()] == [1, 1, 1]
    listed = world.run("publish", "list").stdout
    for one in data(elite8("publish", "list", "--json")):
        assert f"  {one['url']}\n" in listed, "whole, so that it can be copied"
        seen = data(elite8("publish", "show", one["id"], "--look", "--json"))
        assert seen["seen"] == "visible", seen
        assert "visible" in elite8("publish", "show", one["id"]).stdout
        assert [step["kind"] for step in seen["story"]] == ["send", "look"]
    again = data(world.run("publish", "latest", "--to", places, "--together", "--json"))
    assert [one["before"] for one in again] == [True] * 3
    assert elite8("publish", "due").stdout.strip() == "nothing is due"
    assert [len(network.posts) for network in world.networks.values()] == [1, 1, 1]


def answered(*arguments: str) -> Any:
    return data(elite8(*arguments, "--json"))


@pytest.mark.usefixtures("world")
def test_what_waits_goes_out_when_it_is_due_and_not_when_taken_back() -> None:
    out = answered("publish", "latest", "--to", "outbox", "--in", "1h")
    assert (out["status"], out["url"]) == ("waiting", "")
    assert elite8("publish", "due").stdout.strip() == "nothing is due"
    assert elite8("publish", "cancel", out["post"]).returncode == 0
    assert answered("publish", "list")[0]["failure"] == "cancelled by the operator"
    assert elite8("publish", "retry", out["post"]).returncode == 0
    assert answered("publish", "due")["done"][0]["status"] == "published"
    evening = answered("publish", "latest", "--slot", "evening", "--promotes", "own")
    assert [(one["to"], one["due_at"][11:16]) for one in evening] == [
        ("tiktok", "09:00"),  # 18:00 in Tokyo
        ("youtube", "09:05"),
    ]
    words = answered("publish", "show", evening[0]["post"])
    assert (words["promotes"], words["caption"].startswith("#ad ")) == ("own", True)
    assert elite8("publish", "latest", "--slot", "dawn").returncode == 2
    wrong = elite8("publish", "pause", "--network", "myspace")
    assert wrong.returncode == 2
    assert "choose" in wrong.stderr
