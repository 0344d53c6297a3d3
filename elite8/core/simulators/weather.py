"""All networks behind one line, with weather: outages, dead tokens, storms of 429, a kill."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

import httpx

from elite8.core.domain.fault import Fault
from elite8.core.simulators import instagram, tiktok, youtube
from elite8.core.simulators.wire import Transport

PORTS = {"youtube": 1, "tiktok": 2, "instagram": 3}
"""Where each network is said to be; nothing listens there."""
EXPIRED = {"code": 190, "error_subcode": 463, "type": "OAuthException", "message": "expired"}
"""Instagram's answer to a dead token (api/instagram.md 7)."""


class Killed(BaseException):
    """The process is gone, in the middle of what it did."""


class World(httpx.BaseTransport):
    """Three strict networks; what is asked of them meets the weather first."""

    def __init__(self, clock: Callable[[], datetime], rng: Random) -> None:
        self._clock = clock
        self._rng = rng
        self.faults: Sequence[Fault] = ()
        self.killing = False
        self.on_kill: Callable[[], None] = lambda: None
        self.calls = 0
        self.networks: dict[str, Any] = {
            "youtube": youtube.YouTubeSimulator(clock=clock, base_url=where("youtube")),
            "tiktok": tiktok.TikTokSimulator(clock=clock, base_url=where("tiktok")),
            "instagram": instagram.InstagramSimulator(clock=clock, base_url=where("instagram")),
        }
        self._lines = {
            PORTS[name]: Transport(network.handle) for name, network in self.networks.items()
        }

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request, if the weather lets it through."""
        self.calls += 1
        name = next(name for name, port in PORTS.items() if port == request.url.port)
        if self.killing and self._rng.random() < 1 / 3:
            self.killing = False
            self.on_kill()
            raise Killed
        for fault in self.faults:
            if fault.holds(self._clock(), name) and (answer := self._met(fault, name, request)):
                return answer
        return self._lines[PORTS[name]].handle_request(request)

    def _met(self, fault: Fault, name: str, request: httpx.Request) -> httpx.Response | None:
        if fault.kind == "network-down":
            raise httpx.ConnectError("no route to the network", request=request)
        if fault.kind == "busy" and self._rng.random() < fault.share:
            return httpx.Response(429, headers={"Retry-After": "60"}, json={}, request=request)
        if fault.kind == "token-dies" and name == "instagram":
            return httpx.Response(400, content=json.dumps({"error": EXPIRED}), request=request)
        return None

    def kill_token(self, name: str) -> None:
        """Have the network's next refresh refused for good, and its access token end now."""
        if name != "instagram":
            self.networks[name].misbehave("invalid-grant")
            self.networks[name].misbehave("token-expired")

    def settings(self) -> Mapping[str, str]:
        """Return the settings that lead here."""
        return {
            **{f"{name}_url": where(name) for name in PORTS},
            "youtube_client_id": youtube.CLIENT_ID,
            "youtube_client_secret": youtube.CLIENT_SECRET,
            "tiktok_client_id": tiktok.CLIENT_KEY,
            "tiktok_client_secret": tiktok.CLIENT_SECRET,
        }

    def handle_of(self, name: str, number: int) -> str:
        """Return how the network calls its nth person."""
        if name == "youtube":
            return list(youtube.TEST_USERS.values())[number]
        return f"open-id-{number + 1}" if name == "tiktok" else str(17841400000000000 + number)

    def agree(self, name: str, number: int, shown: Sequence[str]) -> str:
        """Be the network's nth person at its page; return what they would paste."""
        simulator = self.networks[name]
        if name == "instagram":
            return str(simulator.issue_token(user_id=self.handle_of(name, number)))
        page = shown[-1]
        if name == "youtube":
            page += f"&login_hint={list(youtube.TEST_USERS)[number]}"
        else:
            simulator.sign_in(self.handle_of(name, number))
        with httpx.Client(transport=self._lines[PORTS[name]]) as browser:
            return str(browser.get(page).headers["Location"])

    def seen(self) -> Mapping[str, Sequence[Any]]:
        """Return every post the public has, per network."""
        return {name: network.posts for name, network in self.networks.items()}


def where(name: str) -> str:
    """Return the address of a network."""
    return f"http://127.0.0.1:{PORTS[name]}"
