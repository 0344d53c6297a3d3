"""The console in a browser of this machine: textual-serve, on loopback only.

It asks nobody who they are, so it answers only a page of its own: whatever site a browser has open
could speak to a port of this machine as well.
"""

import shlex
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from elite8.core.errors import ConfigError
from elite8.core.processes import ELITE8

if TYPE_CHECKING:
    from aiohttp import web
    from textual_serve.server import Server

HOST = "127.0.0.1"


def serve(port: int, arguments: Sequence[str]) -> None:
    """Serve until Ctrl-C; each tab is a console of its own, started with these arguments."""
    command = shlex.join([*ELITE8, *arguments])
    server(command, port).serve()


def server(command: str, port: int) -> "Server":
    """Return what serves a command to pages of its own; without the extra it is a ConfigError."""
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
        if why:
            raise web.HTTPForbidden(text=why)
        return await handler(request)

    class Guarded(Server):
        """Asks each request where it comes from."""

        async def _make_app(self) -> "web.Application":
            app = await super()._make_app()
            app.middlewares.append(guard)
            return app

    return Guarded(command, host=HOST, port=port, title="elite8")


def stranger(host: str, origin: str, port: int) -> str:
    """Return why a request is not one of our own page's, "" when it is."""
    ours = {f"{name}:{port}" for name in (HOST, "localhost")}
    if host not in ours:
        return "this console is at 127.0.0.1 only"
    if origin and origin not in {f"http://{name}" for name in ours}:
        return "this page is not the console's own"
    return ""
