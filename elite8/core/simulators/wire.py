"""How a simulator is reached: as an httpx transport, or over loopback by any other program."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

LOOPBACK = "127.0.0.1"
BODILESS = {204, 304}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked. `host` has no port, `path` is decoded, header names are lower-case."""

    method: str
    host: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered. A Content-Length above the body's cuts the line after the body."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Lost(Exception):
    """The answer never arrives: the line is cut."""


Handler = Callable[[Request], Reply]


def json_reply(
    content: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Reply:
    """Return `content` as JSON."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return Reply(
        status=status, headers={"Content-Type": "application/json", **(headers or {})}, body=body
    )


def html_reply(text: str, *, status: int = 200) -> Reply:
    """Return `text` as the page a proxy or a wrong path gives."""
    body = f"<!DOCTYPE html><html><body><pre>{text}</pre></body></html>".encode()
    return Reply(status=status, headers={"Content-Type": "text/html; charset=utf-8"}, body=body)


def promised(reply: Reply) -> int:
    """Return the length the reply's headers claim; without one, the body's own."""
    for name, value in reply.headers.items():
        if name.lower() == "content-length":
            return int(value)
    return len(reply.body)


class Transport(httpx.BaseTransport):
    """A line that ends in a handler of this process; what is `Lost` is an `httpx.ReadError`."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        asked = Request(
            method=request.method,
            host=request.url.host,
            path=request.url.path,
            query=dict(request.url.params),
            headers={name.lower().decode(): value.decode() for name, value in request.headers.raw},
            body=request.read(),
        )
        try:
            reply = self._handler(asked)
        except Lost as lost:
            raise httpx.ReadError(str(lost), request=request) from None
        length = promised(reply)
        headers = {**reply.headers, "Content-Length": str(length)}
        body = b"" if request.method == "HEAD" else reply.body
        short = request.method != "HEAD" and len(body) < length
        return httpx.Response(reply.status, headers=headers, stream=_Stream(body, short=short))


class _Stream(httpx.SyncByteStream):
    """A body that may break off."""

    def __init__(self, body: bytes, *, short: bool) -> None:
        self._body = body
        self._short = short

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body; one shorter than promised ends as a closed connection does."""
        yield self._body
        if self._short:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete body")


@contextmanager
def serve(handler: Handler, *, port: int = 0, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve on loopback while the block runs; the address is http://127.0.0.1:PORT.

    With `tls` it is https://.
    """
    server = _Server((LOOPBACK, port), _door(handler))
    if tls is not None:  # each connection's own thread shakes hands
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://{LOOPBACK}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    """A server whose open lines never keep the process alive, nor the block from ending."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: callers that hang up are part of the play."""


def _door(handler: Handler) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            """Hand one request over and write what comes back; `Lost` writes nothing."""
            try:
                reply = handler(_asked(self))
            except Lost:
                self.close_connection = True
                return
            length = promised(reply)
            self.send_response_only(reply.status)
            if "Date" not in reply.headers:
                self.send_header("Date", self.date_time_string())
            for name, value in reply.headers.items():
                if name.lower() != "content-length":
                    self.send_header(name, value)
            if reply.status not in BODILESS:
                self.send_header("Content-Length", str(length))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(reply.body)
                self.close_connection = self.close_connection or len(reply.body) < length

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815  http.server's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's
            """Keep quiet: the terminal belongs to the program under test."""

    return Door


def _asked(door: BaseHTTPRequestHandler) -> Request:
    parts = urlsplit(door.path)
    headers = {name.lower(): value for name, value in door.headers.items()}
    return Request(
        method=door.command,
        host=headers.get("host", LOOPBACK).rpartition(":")[0] or headers.get("host", LOOPBACK),
        path=unquote(parts.path),
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers=headers,
        body=door.rfile.read(int(headers.get("content-length", "0"))),
    )
