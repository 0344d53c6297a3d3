"""Who may come in: the token, sessions signed with it, how often one may try, by which name."""

import hashlib
import hmac
import secrets
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

WINDOW = 300.0
"""Seconds for which a wrong token is remembered."""
TRIES = 5
"""Wrong tokens from one address within that time; then it has to wait."""
TRIES_OF_ALL = 100
"""Wrong tokens from everybody together: whoever has many addresses has no more."""
ADDRESSES = 1024
"""Addresses and ended sessions that are remembered; the oldest are forgotten first."""
HERE = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is in; `nonce` tells one sign-in from another."""

    nonce: str
    expires: int


@dataclass
class Tries:
    """Wrong tokens, by address and all together, for a while and in bounded memory."""

    now: Callable[[], float]
    _by_address: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)
    _all: deque[float] = field(default_factory=lambda: deque(maxlen=TRIES_OF_ALL))

    def wait(self, address: str) -> float:
        """Return for how many seconds no token is taken from an address; 0 for it is."""
        now = self.now()
        mine = self._by_address.get(network_of(address), deque())
        waits = [
            line[0] + WINDOW - now
            for line, most in ((mine, TRIES), (self._all, TRIES_OF_ALL))
            if len(line) >= most and line[0] <= now  # a clock set back locks nobody out
        ]
        return max(0.0, *waits, 0.0)

    def wrong(self, address: str) -> None:
        """Remember a wrong token."""
        key, now = network_of(address), self.now()
        self._by_address.setdefault(key, deque(maxlen=TRIES)).append(now)
        self._by_address.move_to_end(key)
        self._all.append(now)
        while len(self._by_address) > ADDRESSES:
            self._by_address.popitem(last=False)

    def right(self, address: str) -> None:
        """Forget the wrong ones before the right one."""
        self._by_address.pop(network_of(address), None)


class Door:
    """Lets in who knows the token; without one, whoever is on this machine."""

    def __init__(self, token: str, now: Callable[[], float], hours: Callable[[], int]) -> None:
        self._token, self.now, self._hours = token.encode(), now, hours
        secret = hashlib.sha256(b"elite8 page" + self._token).digest()
        self._key = secret if token else secrets.token_bytes(32)
        self._ended: OrderedDict[str, int] = OrderedDict()
        self.tries = Tries(now)

    @property
    def locked(self) -> bool:
        """Whether a token is asked for."""
        return bool(self._token)

    def fits(self, token: str) -> bool:
        """Return whether this is the token, in the same time for any that is not."""
        mine, theirs = (hashlib.sha256(one).digest() for one in (self._token, token.encode()))
        return hmac.compare_digest(mine, theirs) and self.locked

    def opened(self) -> tuple[str, int]:
        """Return the cookie of a new session and for how many seconds it is good."""
        lasts = self._hours() * 3600
        session = Session(secrets.token_urlsafe(18), int(self.now()) + lasts)
        return f"{session.expires}.{session.nonce}.{self._sign('session', session)}", lasts

    def session(self, cookie: str) -> Session | None:
        """Return the session of a cookie; `None` when it is not ours, over or signed out."""
        parts = cookie.split(".")
        if len(parts) != 3 or not (parts[0].isascii() and parts[0].isdecimal()):  # noqa: PLR2004
            return None
        found = Session(parts[1], int(parts[0][:12]))
        ours = hmac.compare_digest(self._sign("session", found).encode(), parts[2].encode())
        alive = found.expires > self.now() and found.nonce not in self._ended
        return found if ours and alive else None

    def end(self, session: Session) -> None:
        """Take a session back before its time."""
        self._ended[session.nonce] = session.expires
        while len(self._ended) > ADDRESSES:
            self._ended.popitem(last=False)

    def pass_for(self, session: Session | None) -> str:
        """Return what a form has to bring along: only pages of ours know it."""
        return self._sign("form", session or Session("", 0))

    def passes(self, session: Session | None, given: str) -> bool:
        """Return whether a form brought that along."""
        return hmac.compare_digest(self.pass_for(session).encode(), given.encode())

    def _sign(self, what: str, session: Session) -> str:
        text = f"{what} {session.expires}.{session.nonce}".encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()


def network_of(address: str) -> str:
    """Return what counts as one address: of IPv6 the half that a provider gives to one customer."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else found.exploded[:19]
    return str(found)


def is_here(host: str) -> bool:
    """Return whether an address is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def name_of(host: str) -> str:
    """Return the name of a Host header, without its port, in small letters."""
    name = host.lower().strip()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0].rstrip(".")
