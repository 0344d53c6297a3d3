"""The real program on a fresh folder: film, sign in, publish to three networks, read back."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from elite8.core.clock import utc_now
from elite8.core.simulators import instagram, tiktok, youtube
from elite8.core.simulators.wire import serve
from tests.films import lay

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

ELITE8 = Path(sys.executable).with_name("elite8")


@dataclass
class World:
    """Three served networks, and the environment that leads there."""

    networks: dict[str, Any]
    environment: dict[str, str] = field(repr=False)

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (ELITE8, *arguments),
            env=os.environ | self.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )

    def data(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)["data"]

    def sign_in(self, network: str) -> None:
        """Sign in as over SSH: read the page's address, agree there, paste where it ends."""
        child = subprocess.Popen(
            (ELITE8, "accounts", "login", network, "--paste"),
            env=os.environ | self.environment,
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


@pytest.fixture
def world() -> Iterator[World]:
    networks: dict[str, Any] = {
        "youtube": youtube.YouTubeSimulator(clock=utc_now, processing_seconds=0.2),
        "tiktok": tiktok.TikTokSimulator(clock=utc_now, processing_seconds=0.2),
        "instagram": instagram.InstagramSimulator(clock=utc_now, processing_seconds=0.2),
    }
    environment = {
        "ELITE8_YOUTUBE_CLIENT_ID": youtube.CLIENT_ID,
        "ELITE8_YOUTUBE_CLIENT_SECRET": youtube.CLIENT_SECRET,
        "ELITE8_TIKTOK_CLIENT_ID": tiktok.CLIENT_KEY,
        "ELITE8_TIKTOK_CLIENT_SECRET": tiktok.CLIENT_SECRET,
    }
    with ExitStack() as stack:
        for name, network in networks.items():
            network.base_url = stack.enter_context(serve(network.handle))
            environment[f"ELITE8_{name.upper()}_URL"] = network.base_url
        yield World(networks=networks, environment=environment)
    assert [network.violations for network in networks.values()] == [[], [], []]


def test_filmed_published_to_three_networks_and_read_back(world: World) -> None:
    assert world.run("generate", "-c", "miyuki", "--duration", "4").returncode == 0
    for network in world.networks:
        world.sign_in(network)
    places = ",".join(world.networks)
    checked = world.run("publish", "check", "latest", "--to", places)
    assert checked.returncode == 0, checked.stdout
    out = world.data("publish", "latest", "--to", places, "--together")
    assert [one["status"] for one in out] == ["published"] * 3
    assert [len(network.posts) for network in world.networks.values()] == [1, 1, 1]
    listed = world.run("publish", "list").stdout
    for one in world.data("publish", "list"):
        assert f"  {one['url']}\n" in listed, "whole, so that it can be copied"
        seen = world.data("publish", "show", one["id"], "--look")
        assert seen["seen"] == "visible", seen
        assert "visible" in world.run("publish", "show", one["id"]).stdout
        assert [step["kind"] for step in seen["story"]] == ["send", "look"]
    again = world.data("publish", "latest", "--to", places, "--together")
    assert [one["before"] for one in again] == [True] * 3
    assert world.run("publish", "due").stdout.strip() == "nothing is due"
    assert [len(network.posts) for network in world.networks.values()] == [1, 1, 1]


def test_what_waits_goes_out_when_it_is_due_and_not_when_taken_back(
    world: World, filmed: Path
) -> None:
    lay(filmed, Path(os.environ["ELITE8_STATE_DIR"]))
    out = world.data("publish", "latest", "--to", "outbox", "--in", "1h")
    assert (out["status"], out["url"]) == ("waiting", "")
    assert world.run("publish", "due").stdout.strip() == "nothing is due"
    assert world.run("publish", "cancel", out["post"]).returncode == 0
    assert world.data("publish", "list")[0]["failure"] == "cancelled by the operator"
    assert world.run("publish", "retry", out["post"]).returncode == 0
    assert world.data("publish", "due")["done"][0]["status"] == "published"
    evening = world.data("publish", "latest", "--slot", "evening", "--promotes", "own")
    assert [(one["to"], one["due_at"][11:16]) for one in evening] == [
        ("tiktok", "09:00"),  # 18:00 in Tokyo
        ("youtube", "09:05"),
    ]
    words = world.data("publish", "show", evening[0]["post"])
    assert (words["promotes"], words["caption"].startswith("#ad ")) == ("own", True)
    assert world.run("publish", "latest", "--slot", "dawn").returncode == 2
    wrong = world.run("publish", "pause", "--network", "myspace")
    assert wrong.returncode == 2
    assert "choose" in wrong.stderr
