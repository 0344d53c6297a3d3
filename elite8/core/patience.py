"""Lines whose answers have to be here in time, however slowly they drip.

A timeout of httpx is of one read: a head that comes byte by byte would never meet it.
"""

import math
import ssl
from collections.abc import Iterable
from time import monotonic
from typing import Any

import httpcore
import httpx


class Stream(httpcore.NetworkStream):
    """A connection; what is asked has to be answered `longest` seconds after its last byte."""

    def __init__(self, inner: httpcore.NetworkStream, longest: float) -> None:
        self._inner = inner
        self._longest = longest
        self.until = math.inf

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came; nothing in time is a `ReadTimeout`."""
        left = self.until - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer does not end")
        return self._inner.read(max_bytes, left if timeout is None else min(left, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send; the answer is waited for from here."""
        self._inner.write(buffer, timeout)
        self.until = monotonic() + self._longest

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return the same connection, encrypted."""
        inner = self._inner.start_tls(ssl_context, server_hostname, timeout)
        return Stream(inner, self._longest)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # httpcore's
        """Return what is known of the connection."""
        return self._inner.get_extra_info(info)


class Backend(httpcore.SyncBackend):
    """Opens such connections."""

    def __init__(self, longest: float) -> None:
        self._longest = longest

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection whose answers end."""
        made = super().connect_tcp(host, port, timeout, local_address, socket_options)
        return Stream(made, self._longest)


class Transport(httpx.HTTPTransport):
    """httpx's own, over such connections."""

    def __init__(self, verify: ssl.SSLContext, longest: float) -> None:
        super().__init__(verify=verify, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=verify, network_backend=Backend(longest), keepalive_expiry=5.0
        )


def free(answer: httpx.Response) -> None:
    """Let the rest of an answer take its time: it is streamed, and its reader's to bound."""
    line = answer.extensions.get("network_stream")
    if isinstance(line, Stream):
        line.until = math.inf
