"""IPRoyal on this machine: a proxy that tunnels by its password's grammar, and its own API.

Strict about sign-in and grammar, counts every byte, and can misbehave. Behaviour by
docs.iproyal.com as of 2026-11: residential proxy, making requests, rotation, API user page.
"""

import base64
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import sleep

from elite8.core.simulators.wire import LOOPBACK, Reply, Request, json_reply

USERNAME = "simulated-proxy-user"
PASSWORD = "simulated-proxy-secret"  # noqa: S105  # the simulator's own
TOKEN = "simulated-iproyal-token"  # noqa: S105  # same
COUNTRIES = {"us", "jp", "br", "de", "gb", "fr"}
KEYS = ("country", "state", "city", "region", "isp", "session", "lifetime")
BOUNDS = {"s": 604_800, "m": 10_080, "h": 168, "d": 7}
LONGEST_HEAD = 16_384
GB = 10**9

Address = tuple[str, int]


@dataclass(kw_only=True)
class Tunnelled:
    """One connection to the proxy: where to, as what, and every byte of it.

    `up` is what the proxy received from its client, `down` what it sent there.
    """

    to: str = ""
    wishes: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    up: int = 0
    down: int = 0
    over: bool = False


@dataclass(kw_only=True)
class ProxySimulator:
    """A proxy on loopback; `places` says where a host of the internet is on this machine.

    Misbehaviour: `refuses` sends 502, `forbids` hosts with 403, `silent` never answers, `drips`
    a byte of each answer at a time, `cut_after` bytes from the client hangs up, `stall_after`
    bytes takes no more, `out_of` is the country where it really comes out.
    """

    places: dict[str, Address] = field(default_factory=dict)
    secret: str = PASSWORD
    forbids: set[str] = field(default_factory=set)
    refuses: bool = False
    silent: bool = False
    drips: float = 0.0
    cut_after: int | None = None
    stall_after: int | None = None
    out_of: str = ""
    tunnels: list[Tunnelled] = field(default_factory=list)
    on_bytes: Callable[[Tunnelled], None] = lambda _: None

    @property
    def up(self) -> int:
        """Every byte that clients sent."""
        return sum(one.up for one in self.tunnels)

    @property
    def down(self) -> int:
        """Every byte that clients were sent."""
        return sum(one.down for one in self.tunnels)

    @contextmanager
    def serve(self) -> Iterator[Address]:
        """Serve while the block runs; yield where."""
        with socket.create_server((LOOPBACK, 0)) as door:
            threading.Thread(target=self._listen, args=(door,), daemon=True).start()
            yield LOOPBACK, int(door.getsockname()[1])
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)

    def settled(self) -> None:
        """Wait until every connection is over."""
        for _ in range(500):
            if all(one.over for one in self.tunnels):
                return
            sleep(0.01)
        raise TimeoutError("a connection to the proxy stays open")

    def _listen(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = door.accept()
                threading.Thread(target=self._answer, args=(client,), daemon=True).start()

    def _answer(self, client: socket.socket) -> None:
        told = Tunnelled()
        self.tunnels.append(told)
        with client:
            with suppress(OSError):
                head = self._head(client, told)
                told.status = 0 if self.silent else self._judge(head, told)
                if self.silent:
                    client.recv(1)
                elif told.status != 200:  # noqa: PLR2004  # the one good answer
                    self._say(client, told, REFUSALS[told.status])
                else:
                    self._tunnel(client, told)
            told.over = True

    def _head(self, client: socket.socket, told: Tunnelled) -> str:
        head = b""
        while b"\r\n\r\n" not in head and len(head) < LONGEST_HEAD:
            piece = client.recv(4096)
            if not piece:
                raise ConnectionError
            head += piece
            told.up += len(piece)
        return head.decode("latin-1")

    def _judge(self, head: str, told: Tunnelled) -> int:
        """Return the status: only CONNECT to port 443, only with a password of the grammar."""
        first, _, rest = head.partition("\r\n")
        asked = re.fullmatch(r"CONNECT ([a-z0-9.-]+):(\d+) HTTP/1\.1", first)
        if not asked:
            return 405
        told.to = asked[1]
        sign_in = re.search(r"(?im)^proxy-authorization: Basic (\S+)\r$", rest)
        wishes = self._wishes(sign_in[1]) if sign_in else None
        if wishes is None:
            return 407
        told.wishes = wishes
        if asked[2] != "443" or told.to in self.forbids:
            return 403
        return 502 if self.refuses or told.to not in self.places else 200

    def _wishes(self, sign_in: str) -> dict[str, str] | None:
        user, _, whole = base64.b64decode(sign_in).decode().partition(":")
        if user != USERNAME or not whole.startswith(self.secret):
            return None
        return wishes(whole.removeprefix(self.secret))

    def _say(self, client: socket.socket, told: Tunnelled, what: bytes) -> None:
        told.down += len(what)
        client.sendall(what)

    def _tunnel(self, client: socket.socket, told: Tunnelled) -> None:
        with socket.create_connection(self.places[told.to]) as host:
            self._say(client, told, b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=self._back, args=(host, client, told), daemon=True)
            back.start()
            try:
                self._forth(client, host, told)
            finally:
                with suppress(OSError):
                    host.shutdown(socket.SHUT_WR)
                back.join()

    def _forth(self, client: socket.socket, host: socket.socket, told: Tunnelled) -> None:
        while piece := client.recv(65536):
            told.up += len(piece)
            self.on_bytes(told)
            if self.stall_after is not None and told.up > self.stall_after:
                while client.recv(1, socket.MSG_PEEK):
                    sleep(0.01)
                return
            if self.cut_after is not None and told.up > self.cut_after:
                hang_up(client)
                return
            host.sendall(piece)

    def _back(self, host: socket.socket, client: socket.socket, told: Tunnelled) -> None:
        with suppress(OSError):
            while piece := host.recv(1 if self.drips else 65536):
                client.sendall(piece)
                told.down += len(piece)
                sleep(self.drips)
            client.shutdown(socket.SHUT_WR)


def hang_up(client: socket.socket) -> None:
    """End a connection in the middle."""
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)


def wishes(targeting: str) -> dict[str, str] | None:
    """Return what a password says beside the secret; `None`: it is outside the grammar."""
    if not re.fullmatch(rf"(_({'|'.join(KEYS)})-[A-Za-z0-9]+)*", targeting):
        return None
    pairs = re.findall(r"_([a-z]+)-([A-Za-z0-9]+)", targeting)
    found = dict(pairs)
    if len(found) < len(pairs) or found.get("country", "us") not in COUNTRIES:
        return None
    if not re.fullmatch(r"[A-Za-z0-9]{8}", found.get("session", "00000000")):
        return None
    life = re.fullmatch(r"(\d+)([smhd])", found.get("lifetime", "10m"))
    if not life or not 1 <= int(life[1]) <= BOUNDS[life[2]]:
        return None
    return found


REFUSALS = {
    status: f"HTTP/1.1 {status} {words}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    for status, words in (
        (403, "Forbidden"),
        (405, "Method Not Allowed"),
        (407, "Proxy Authentication Required"),
        (502, "Bad Gateway"),
    )
}


@dataclass(kw_only=True)
class AccountSimulator:
    """The provider's API: what is left of `bought_gb` when the proxy's bytes are taken off.

    `off` is how far its count is from the proxy's, as a factor.
    """

    proxy: ProxySimulator
    bought_gb: float = 10.0
    off: float = 1.0
    broken: bool = False

    def handle(self, request: Request) -> Reply:
        """Answer one request."""
        if self.broken:
            return Reply(status=500)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return json_reply({"message": "Unauthenticated."}, status=401)
        if (request.method, request.path) != ("GET", "/me"):
            return json_reply({"message": "Not found."}, status=404)
        used = (self.proxy.up + self.proxy.down) * self.off / GB
        return json_reply(
            {"available_traffic": self.bought_gb - used, "subusers_count": 0}
            | {"residential_user_hash": "01SIMULATED"}
        )


def echo(proxy: ProxySimulator) -> Callable[[Request], Reply]:
    """Return a site that says from which country it is asked: the newest tunnel's."""

    def handle(_: Request) -> Reply:
        asked = proxy.tunnels[-1].wishes.get("country", "us")
        return json_reply({"ip": "203.0.113.9", "country": (proxy.out_of or asked).upper()})

    return handle
