"""All networks behind one line, with weather: outages, dead tokens, storms of 429, a kill."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

import httpx

from elite8.core.domain.fault import Fault
from elite8.core.simulators.cast import CAST
from elite8.core.simulators.wire import Transport

PORTS = {name: number for number, name in enumerate(CAST, 1)}
"""Where each network is said to be; nothing listens there."""
EXPIRED = {"code": 190, "error_subcode": 463, "type": "OAuthException", "message": "expired"}
"""Instagram's answer to a dead token (api/instagram.md 7)."""

DELETED = {"message": "Invalid Webhook Token", "code": 50027}
"""Discord's answer to a webhook whose token was changed (api/messaging.md A3)."""


class Killed(BaseException):
    """The process is gone, in the middle of what it did."""


class World(httpx.BaseTransport):
    """Strict networks; what is asked of them meets the weather first."""

    def __init__(self, clock: Callable[[], datetime], rng: Random) -> None:
        self._clock = clock
        self._rng = rng
        self.faults: Sequence[Fault] = ()
        self.killing = False
        self.on_kill: Callable[[], None] = lambda: None
        self.calls = 0
        self.networks: dict[str, Any] = {
            name: part.simulator(clock=clock, base_url=where(name)) for name, part in CAST.items()
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
        if fault.kind == "token-dies" and name == "discord":
            return httpx.Response(401, json=DELETED, request=request)
        return None

    def kill_token(self, name: str) -> None:
        """Have the network's next refresh refused for good, and its access token end now.

        A token that was made on the network's own page has none: its calls are refused instead.
        """
        if CAST[name].token is None:
            self.networks[name].misbehave("invalid-grant")
            self.networks[name].misbehave("token-expired")

    def settings(self) -> Mapping[str, str]:
        """Return the settings that lead here."""
        apps = (part.settings.items() for part in CAST.values())
        return {f"{name}_url": where(name) for name in PORTS} | dict(
            each for app in apps for each in app
        )

    def handle_of(self, name: str, number: int) -> str:
        """Return how the network calls its nth person."""
        return CAST[name].handle(number)

    def agree(self, name: str, number: int, shown: Sequence[str]) -> str:
        """Be the network's nth person at its page; return what they would paste."""
        simulator, part = self.networks[name], CAST[name]
        if part.token is not None:
            return part.token(simulator, number)
        page = shown[-1] + part.enter(simulator, number)
        with httpx.Client(transport=self._lines[PORTS[name]]) as browser:
            return str(browser.get(page).headers["Location"])

    def seen(self) -> Mapping[str, Sequence[Any]]:
        """Return every post the public has, per network."""
        return {name: network.posts for name, network in self.networks.items()}


def where(name: str) -> str:
    """Return the address of a network."""
    return f"http://127.0.0.1:{PORTS[name]}"
