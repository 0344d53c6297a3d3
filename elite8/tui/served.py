"""The console in a browser of this machine: textual-serve, on loopback only.

Whoever may open it may publish. So it answers only at an address that nobody guesses, which another
user of this machine does not see, and only a page of its own: whatever site a browser has open
could speak to a port of this machine as well.
"""

import secrets
import shlex
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from elite8.core.errors import ConfigError
from elite8.core.processes import ELITE8

if TYPE_CHECKING:
    from aiohttp import web
    from textual_serve.server import Server

HOST = "127.0.0.1"
HEADERS = {
    # No font of others is fetched, no page of others holds this one, and none is told its address.
    "Content-Security-Policy": f"style-src http://{HOST}:* 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def serve(port: int, arguments: Sequence[str]) -> None:
    """Serve until Ctrl-C; each tab is a console of its own, started with these arguments."""
    command = shlex.join([*ELITE8, *arguments])
    server(command, port, secrets.token_urlsafe(24)).serve()


def server(command: str, port: int, key: str) -> "Server":
    """Return what serves a command below /KEY/; without the extra it is a ConfigError."""
    try:
        from aiohttp import web
        from textual_serve.server import Server
    except ModuleNotFoundError:
        raise ConfigError("--web needs an extra: pip install 'elite8[web-console]'") from None

    @web.middleware
    async def guard(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        why = stranger(request.headers.get("Host", ""), request.headers.get("Origin", ""), port)
        why = why or without(key, request.path)
        if why:
            raise web.HTTPForbidden(text=why)
        return await handler(request)

    async def alone(_: web.Request, answer: web.StreamResponse) -> None:
        answer.headers.update(HEADERS)

    class Guarded(Server):
        """Asks each request where it comes from, and for the key."""

        async def _make_app(self) -> "web.Application":
            whole = web.Application(middlewares=[guard])
            whole.on_response_prepare.append(alone)
            whole.add_subapp(f"/{key}", await super()._make_app())
            return whole

        async def on_startup(self, app: "web.Application") -> None:
            """Say where it is."""
            del app
            self.console.print(f"{self.public_url}/{key}/\n\nPress Ctrl+C to quit", markup=False)

    return Guarded(command, host=HOST, port=port, title="elite8")


def without(key: str, path: str) -> str:
    """Return why a path is not below the key, "" when it is."""
    given = path.removeprefix("/").partition("/")[0]
    ours = secrets.compare_digest(given.encode(), key.encode())
    return "" if ours else "open the address that elite8 printed"


def stranger(host: str, origin: str, port: int) -> str:
    """Return why a request is not one of our own page's, "" when it is."""
    ours = {f"{name}:{port}" for name in (HOST, "localhost")}
    if host not in ours:
        return "this console is at 127.0.0.1 only"
    if origin and origin not in {f"http://{name}" for name in ours}:
        return "this page is not the console's own"
    return ""
