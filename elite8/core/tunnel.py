"""Lines through a proxy: only for hosts on a list, counted to the byte, direct where it fails.

What goes through is TLS from end to end; the proxy sees the host's name and nothing else. A call
that fails before its first byte went out goes directly; after that it is never sent a second time.
"""

import socket
import ssl
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

import httpcore
import httpx

from elite8.core import patience

SENT, RESENT, UNSENT, RECEIVED = (200, "Q"), (208, "Q"), (144, "I"), (128, "Q")
"""Where Linux's `struct tcp_info` has them, and how wide (uapi/linux/tcp.h; since 4.19)."""
SIZE = 216
HUNG_UP = {6, 8, 9, 11}
"""TIME_WAIT, CLOSE_WAIT, LAST_ACK, CLOSING: the other side has said its end."""
SHORT, STEP = 8_000, 256_000
"""Bytes of an answer that are held with its call, and by how much more each time it is longer."""
LINGER = 1.0
"""Seconds that the last bytes of a connection, such as TLS's own goodbye, are waited for."""
HANDSHAKE, RECORD = 6_000, 29
"""Bytes that TLS adds to a connection and to a record: for systems that do not count."""
NO_LOGIN, NO_DOMAIN = "407", "403"


class Books(Protocol):
    """Who says whether there is room, and writes down what was used."""

    def hold(self, host: str, size: int) -> bool:
        """Return whether a body of that size may go through now; what it may take is held."""

    def more(self, host: str, size: int) -> None:
        """Hold so much more for the answer that is coming from a host."""

    def settle(self, host: str, up: int, down: int, *, exact: bool, outcome: str) -> None:
        """Write down what a host has cost by now; nothing is held any more."""


@dataclass(frozen=True, kw_only=True)
class Exit:
    """A proxy, how one signs in to it, and the hosts it may be used for."""

    host: str
    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)
    hosts: frozenset[str]


class Gauge:
    """The bytes of one connection to the proxy, both ways: the kernel's count where it has one."""

    def __init__(self, sock: socket.socket, host: str) -> None:
        self.host = host
        self.exact = True
        self.up = self.down = 0
        self._written = self._read = 0
        # A second handle: the counters can be read when the first is closed, by whomever.
        self._eye: socket.socket | None = sock.dup()

    def wrote(self, count: int, extra: int = 0) -> None:
        """Note what is written, for where nobody else counts."""
        self._written += count + extra

    def heard(self, count: int, extra: int = 0) -> None:
        """Note what was read."""
        self._read += count + extra

    def look(self, *, ended: bool = False) -> None:
        """Read the counters; `ended`: the other side has said that nothing more comes."""
        if self._eye is None:
            return
        found = counters(self._eye, ended=ended)
        self.exact = found is not None
        self.up, self.down = found or (self._written, self._read)

    def finish(self) -> None:
        """End the connection, wait a moment for what is still under way, and read a last time."""
        if self._eye is not None:
            ended = drain(self._eye)
            self.look(ended=ended)
            self._eye.close()
            self._eye = None


def drain(sock: socket.socket) -> bool:
    """Say that nothing more comes, and return whether the other side says so too."""
    until = monotonic() + LINGER
    try:
        sock.shutdown(socket.SHUT_WR)
        while (left := until - monotonic()) > 0:
            sock.settimeout(left)
            if not sock.recv(65536):
                return True
    except OSError:
        return False
    return False


def counters(sock: socket.socket, *, ended: bool = False) -> tuple[int, int] | None:
    """Return the bytes given to a TCP socket and received by it; `None`: the system does not say.

    What was sent again is counted once; what waits to be sent will be.
    """
    option = getattr(socket, "TCP_INFO", None)
    if option is None:
        return None
    try:
        told = sock.getsockopt(socket.IPPROTO_TCP, option, 256)
    except OSError:
        return None
    if len(told) < SIZE:
        return None
    sent, resent, unsent, received = (
        int(struct.unpack_from(f"={width}", told, place)[0])
        for place, width in (SENT, RESENT, UNSENT, RECEIVED)
    )
    # The end that the other side says takes a number as a byte does.
    return sent - resent + unsent, received - (ended or told[0] in HUNG_UP)


class Stream(httpcore.NetworkStream):
    """A connection to the proxy; `within`: to the host behind it, in TLS."""

    def __init__(
        self,
        inner: httpcore.NetworkStream,
        gauge: Gauge,
        begins: Callable[[], None],
        *,
        within: bool = False,
    ) -> None:
        self._inner = inner
        self._gauge = gauge
        self._begins = begins
        self._within = within

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what came."""
        found = self._inner.read(max_bytes, timeout)
        self._gauge.heard(len(found), RECORD if self._within else 0)
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send; from its first byte on, a call to the host has begun."""
        if self._within:
            self._begins()
        self._gauge.wrote(len(buffer), RECORD if self._within else 0)
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()
        self._gauge.finish()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return the same connection, encrypted to the host itself."""
        self._gauge.wrote(HANDSHAKE // 6)
        self._gauge.heard(HANDSHAKE)
        try:
            inner = self._inner.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:
            self._gauge.finish()  # it closed the connection
            raise
        return Stream(inner, self._gauge, self._begins, within=True)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  # httpcore's
        """Return what is known of the connection."""
        return self._inner.get_extra_info(info)


class Tunnel(httpx.HTTPTransport):
    """httpx's own, through a proxy; it counts what goes through."""

    def __init__(self, exit_: Exit, trust: ssl.SSLContext, longest: float) -> None:
        super().__init__(verify=trust, trust_env=False)
        self.to = ""
        self.begun = False
        self._gauges: list[Gauge] = []
        self._pool = httpcore.HTTPProxy(
            proxy_url=httpcore.URL(scheme="http", host=exit_.host, port=exit_.port, target="/"),
            proxy_auth=(exit_.user, exit_.password),
            ssl_context=trust,
            network_backend=Backend(longest, self._connected),
            keepalive_expiry=5.0,
        )

    def _connected(self, made: httpcore.NetworkStream) -> httpcore.NetworkStream:
        gauge = Gauge(made.get_extra_info("socket"), self.to)
        self._gauges.append(gauge)
        return Stream(made, gauge, self._began)

    def _began(self) -> None:
        self.begun = True

    def used(self, host: str) -> tuple[int, int, bool]:
        """Return the bytes to and from a host by now, and whether the kernel counted them."""
        here = [one for one in self._gauges if one.host == host]
        for one in here:
            one.look()
        exact = all(one.exact for one in here)
        return sum(one.up for one in here), sum(one.down for one in here), exact


class Backend(patience.Backend):
    """Opens connections that are counted, and whose answers end."""

    def __init__(
        self,
        longest: float,
        connected: Callable[[httpcore.NetworkStream], httpcore.NetworkStream],
    ) -> None:
        super().__init__(longest)
        self._connected = connected

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to the proxy."""
        made = httpcore.SyncBackend.connect_tcp(
            self, host, port, timeout, local_address, socket_options
        )
        return patience.Stream(self._connected(made), self._longest)


class Egress(httpx.BaseTransport):
    """One client's way out: through the proxy what may go there, all else by `plain`.

    A proxy that failed is not asked again by this client.
    """

    def __init__(
        self,
        exit_: Exit,
        books: Books,
        plain: httpx.BaseTransport,
        trust: ssl.SSLContext,
        longest: float,
    ) -> None:
        self._exit = exit_
        self._books = books
        self._plain = plain
        self._tunnel = Tunnel(exit_, trust, longest)
        self._failed = False
        self._hosts: dict[str, str] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer; a proxy that fails before anything was sent is gone around."""
        host, size = request.url.host, size_of(request)
        if not self._takes(request.url) or size is None or not self._books.hold(host, size):
            return self._plain.handle_request(request)
        tunnel = self._tunnel
        tunnel.to, tunnel.begun = host, False
        try:
            answer = tunnel.handle_request(request)
        except httpx.TransportError as trouble:
            outcome = "cut" if tunnel.begun else why(trouble)
            self._settle(host, outcome)
            if tunnel.begun:
                raise
            self._failed = outcome != "domain"
            return self._plain.handle_request(request)
        except BaseException:
            self._settle(host, "cut")
            raise
        answer.stream = Heard(
            answer.stream,
            lambda outcome: self._settle(host, outcome),
            lambda more: self._books.more(host, more),
        )
        return answer

    def _takes(self, url: httpx.URL) -> bool:
        there = url.scheme == "https" and url.port in (None, 443) and url.host in self._exit.hosts
        return there and not self._failed

    def _settle(self, host: str, outcome: str) -> None:
        up, down, exact = self._tunnel.used(host)
        self._hosts[host] = outcome
        self._books.settle(host, up, down, exact=exact, outcome=outcome)

    def close(self) -> None:
        """Close every connection; what came last is counted too."""
        try:
            self._tunnel.close()
            for host, outcome in self._hosts.items():
                self._settle(host, outcome)
        finally:
            self._plain.close()


class Nowhere(httpx.BaseTransport):
    """For calls that are to go through the proxy or not at all."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send nothing."""
        raise httpx.ConnectError("it does not go through the proxy", request=request)


class Heard(httpx.SyncByteStream):
    """An answer's body; when it is closed, `then` is told how it went.

    A long one is held as it comes, by `grows`: others then do not count on what it takes.
    """

    def __init__(
        self,
        inner: Any,  # noqa: ANN401  # httpx's
        then: Callable[[str], None],
        grows: Callable[[int], None],
    ) -> None:
        self._inner = inner
        self._then = then
        self._grows = grows
        self._outcome = ""

    def __iter__(self) -> Iterator[bytes]:
        """Yield the body."""
        came, held = 0, SHORT
        try:
            for piece in self._inner:
                came += len(piece)
                if came > held:
                    more = -(-(came - held) // STEP) * STEP
                    held += more
                    self._grows(more)
                yield piece
        except httpx.TransportError:
            self._outcome = "cut"
            raise

    def close(self) -> None:
        """End it."""
        try:
            self._inner.close()
        finally:
            self._then(self._outcome)


def size_of(request: httpx.Request) -> int | None:
    """Return the bytes of a request's body; `None` where it does not say them."""
    said = request.headers.get("Content-Length")
    if said is not None:
        return int(said) if said.isdecimal() else None
    return None if "Transfer-Encoding" in request.headers else 0


def why(trouble: httpx.TransportError) -> str:
    """Return what kept a call from the proxy: it refuses us, this domain, or is not there."""
    said = str(trouble)[:3] if isinstance(trouble, httpx.ProxyError) else ""
    return {NO_LOGIN: "login", NO_DOMAIN: "domain"}.get(said, "down")
