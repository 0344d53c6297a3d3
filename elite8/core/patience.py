"""Lines whose answers have to be here in time, however slowly they drip.

A timeout of httpx is of one read: a head that comes byte by byte would never meet it.
"""

import math
import socket
import ssl
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
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


class Inside(httpcore.ConnectError):
    """A name that others gave leads into a private network: no connection was opened."""


def is_outside(address: str) -> bool:
    """Return whether an address is of the open internet, also one that an IPv6 address holds."""
    found = ip_address(address.partition("%")[0])
    held: tuple[IPv4Address | IPv6Address | None, ...] = (found,)
    if isinstance(found, IPv6Address):
        last = IPv4Address(int(found) & 0xFFFFFFFF) if found in TRANSLATED else None
        held = (found, found.ipv4_mapped, found.sixtofour, *(found.teredo or ()), last)
    mapped = held[1] if len(held) > 1 else None
    every = [one for one in held if one is not None and not (mapped and one is found)]
    return all(one.is_global and not one.is_multicast and one not in LOCAL for one in every)


TRANSLATED, LOCAL = ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48")
"""IPv6 for an IPv4 address behind a translator: everybody's (RFC 6052, 2.1), our own (RFC 8215)."""


def looked_up(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a name; one into a private network refuses them all."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as trouble:
        raise httpcore.ConnectError(f"{host} has no address") from trouble
    addresses = tuple(dict.fromkeys(str(info[4][0]) for info in found))
    if not addresses or not all(map(is_outside, addresses)):
        raise Inside(f"{host} leads into a private network")
    return addresses


class Backend(httpcore.SyncBackend):
    """Opens such connections; `outside`: only to the open internet, to the address looked at.

    Who names an address could else have us ask what only this machine can reach, also by a name
    that leads elsewhere the second time it is looked up.
    """

    def __init__(self, longest: float, *, outside: bool = False) -> None:
        self._longest = longest
        self._outside = outside

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection whose answers end."""
        *before, last = looked_up(host, port) if self._outside else (host,)
        for address in before:
            try:
                made = super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return Stream(made, self._longest)
        made = super().connect_tcp(last, port, timeout, local_address, socket_options)
        return Stream(made, self._longest)


class Transport(httpx.HTTPTransport):
    """httpx's own, over such connections."""

    def __init__(self, verify: ssl.SSLContext, longest: float, *, outside: bool = False) -> None:
        super().__init__(verify=verify, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=verify,
            network_backend=Backend(longest, outside=outside),
            keepalive_expiry=5.0,
        )


def free(answer: httpx.Response) -> None:
    """Let the rest of an answer take its time: it is streamed, and its reader's to bound."""
    line = answer.extensions.get("network_stream")
    if isinstance(line, Stream):
        line.until = math.inf
