"""The doorway the browser comes back to, on this machine, for one request (RFC 8252, 7.3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

from elite8.core.errors import Unavailable

PATIENCE = 300.0
"""Seconds a person has to sign in."""
DONE = b"<!doctype html><title>elite8</title><p>Close this page and go back to the terminal."


class Doorway:
    """A loopback address that one browser comes back to."""

    def __init__(self, server: HTTPServer, seen: list[str], address: str = "") -> None:
        self._server = server
        self._seen = seen
        self.address = address or f"http://127.0.0.1:{server.server_port}/callback/"

    def wait(self) -> str:
        """Return the address the browser came back to; nobody within five minutes: Unavailable."""
        self._server.timeout = PATIENCE
        for _ in range(10):  # browsers ask for an icon as well
            self._server.handle_request()
            if self._seen:
                return f"http://127.0.0.1:{self._server.server_port}{self._seen[0]}"
        raise Unavailable("nobody came back from the browser; start again, or use --paste")


def is_here(address: str) -> bool:
    """Return whether a browser that is sent there comes back to this machine."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname == "127.0.0.1" and parts.port is not None


@contextmanager
def opened(address: str = "") -> Iterator[Doorway]:
    """Open a doorway at that address, else on a free port; one that is taken is Unavailable."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        timeout = 5  # a browser may open a line and say nothing on it

        def do_GET(self) -> None:
            whole = "code=" in self.path or "error=" in self.path
            if whole:
                seen.append(self.path)
            self.send_response(200 if whole else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(DONE if whole else b"")

        def log_message(self, *_: object) -> None:
            """Say nothing: the address holds a code."""

    port = urlsplit(address).port or 0
    try:
        server = HTTPServer(("127.0.0.1", port), Handler)
    except OSError:
        raise Unavailable(f"port {port} is in use here; try later, or use --paste") from None
    try:
        yield Doorway(server, seen, address)
    finally:
        server.server_close()
