"""The proxy: which calls may go through it, how much of it may be used, and what was."""

import hashlib
import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, model_validator
from pydantic import Field as Key
from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

from elite8.core.domain.character import Strict, Text
from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.destination import DESTINATIONS
from elite8.core.domain.identity import new_id
from elite8.core.domain.region import Code

GB = 10**9
"""Bytes. The provider's may be 2**30, which is more: ours ends sooner."""
API_HOSTS = tuple(host for there in DESTINATIONS.values() for host in there.hosts)
"""Where the networks' official interfaces are.

Nothing else can be listed: no page, no sign-in in a browser, nobody else's site goes through it.
"""
UPLOADS: dict[str, str] = {name: there.upload for name, there in DESTINATIONS.items()}
"""Where each network takes the bytes of a video."""
TARGETING = re.compile(r"_(country|state|city|region|isp|session|lifetime)-")
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
SESSION_SIGNS = 8
SPANS = ("day", "month")
LIFETIME = re.compile(r"^(\d{1,6})([smhd])$")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_LIFE = 7 * 86400
"""Seconds that an exit may be kept (docs.iproyal.com, residential proxy, rotation, 2026-11)."""
AROUND = 16_000
"""Bytes of a call beside its body: CONNECT, handshake, certificates, headers, a short answer."""


def api_host(name: str) -> str:
    """Return the name of a host; one that is no network's official interface is a ValueError."""
    if name.startswith("."):
        raise ValueError(f"'{name}': write whole host names, one by one")
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", name) or not is_api(name):
        raise ValueError(f"'{name[:60]}' is no official interface of a network we post to")
    return name


def is_api(name: str) -> bool:
    """Return whether a host is a network's official interface."""
    return name in API_HOSTS or any(
        name.endswith(each) for each in API_HOSTS if each.startswith(".")
    )


class Exit(Strict):
    """How a region's accounts go out."""

    on: bool = Key(description="Do they go through the proxy?")
    country: Annotated[str, Key(pattern=r"^[a-z]{2}$")] = Key(
        description="Where they come out: two small letters."
    )


class ProxyConfig(Strict):
    """config/social/iproyal_config.json."""

    on: bool = Key(description="Does anything go through the proxy?")
    host: str = Key(pattern=r"^[a-z0-9.-]{1,253}$", description="The provider's entry node.")
    port: int = Key(ge=1, le=65535)
    regions: dict[Code, Exit] = Key(description="Per region, how its accounts go out.")
    hosts: tuple[Annotated[str, AfterValidator(api_host)], ...] = Key(
        description="Official interfaces that may be reached through it; all else goes directly."
    )
    monthly_gb: float = Key(gt=0, le=10_000, description="Traffic of a month, both ways.")
    daily_gb: float = Key(gt=0, le=10_000, description="Traffic of a day, both ways.")
    reserve_percent: float = Key(
        ge=0, le=50, description="Of either; what would go into it goes directly."
    )
    sticky_minutes: int = Key(ge=1, le=10080, description="How long an account keeps its exit.")
    rest_minutes: int = Key(
        ge=1, le=1440, description="How long a proxy that failed is left alone."
    )
    drift_percent: float = Key(
        gt=0, le=100, description="How far the provider's count may be from ours."
    )
    echo_url: str = Key(
        pattern=r"^(https://\S+)?$", description="What `monitor proxy test` asks; JSON."
    )
    echo_key: str = Key(min_length=1, max_length=40, description="Where it names the country.")
    source: Text
    as_of: date

    @model_validator(mode="after")
    def fits(self) -> Self:
        """Refuse a day that is larger than its month."""
        if self.daily_gb > self.monthly_gb:
            raise ValueError("daily_gb is more than monthly_gb")
        return self

    def exit_of(self, regions: str) -> tuple[str, Exit] | None:
        """Return the region and exit of an account that is bound to this one region; else `None`.

        One that takes the posts of several regions has no country of its own: it goes directly.
        """
        names = regions.upper().split()
        found = self.regions.get(names[0]) if len(names) == 1 else None
        return (names[0], found) if self.on and found is not None and found.on else None

    def limit(self, span: str) -> int:
        """Return the bytes of a "day" or "month"."""
        return int((self.daily_gb if span == "day" else self.monthly_gb) * GB)

    def usable(self, span: str) -> int:
        """Return the bytes of a "day" or "month" without the reserve."""
        return int(self.limit(span) * (100 - self.reserve_percent) / 100)


def password(secret: str, *, country: str, session: str, lifetime: str) -> str:
    """Return what the proxy takes as password: it says where to come out, and for how long.

    Always with a session: one without would come out elsewhere with every call. Anything outside
    the documented grammar is a ValueError that does not say the secret.
    Source: docs.iproyal.com, residential proxy: making requests, rotation (2026-11).
    """
    if not re.fullmatch(r"[\x21-\x7e]+", secret) or TARGETING.search(secret):
        raise ValueError("write the password alone, in ASCII: country and session are added to it")
    if not re.fullmatch(r"[a-z]{2}", country):
        raise ValueError("a country is two small letters")
    if not re.fullmatch(rf"[A-Za-z0-9]{{{SESSION_SIGNS}}}", session):
        raise ValueError(f"a session is {SESSION_SIGNS} letters and digits")
    found = LIFETIME.fullmatch(lifetime)
    if not found or not 1 <= int(found[1]) * UNITS[found[2]] <= LONGEST_LIFE:
        raise ValueError("a lifetime is a number and one of s, m, h, d: from 1s to 7d")
    return f"{secret}_country-{country}_session-{session}_lifetime-{lifetime}"


def session_of(account: str) -> str:
    """Return the session of an account by its id, which is random: always the same one.

    Whatever a network answers, nothing makes a new one: an exit changes when its time is over.
    """
    number = int.from_bytes(hashlib.sha256(f"exit of {account}".encode()).digest())
    return "".join(SIGNS[number // len(SIGNS) ** place % len(SIGNS)] for place in range(8))


def cost(body: int) -> int:
    """Return how many bytes a call with such a body is thought to take, rather too many."""
    return body + body // 100 + AROUND


class Outcome(StrEnum):
    """How a line through the proxy went, or why it went directly."""

    GOOD = ""
    CUT = "cut"
    DOWN = "down"
    REST = "rest"
    LOGIN = "login"
    DOMAIN = "domain"
    BUDGET = "budget"


FAILED = (Outcome.DOWN, Outcome.LOGIN)
DIRECT = (Outcome.DOWN, Outcome.REST, Outcome.LOGIN, Outcome.DOMAIN, Outcome.BUDGET)
"""With these nothing had been sent, and it went directly."""
REASONS = {
    Outcome.DOWN: "the proxy does not answer",
    Outcome.LOGIN: "the proxy does not take the sign-in",
    Outcome.DOMAIN: "the provider refuses this host",
    Outcome.BUDGET: "the budget has no room",
    Outcome.REST: "the proxy failed, or refused this host, a while ago",
    Outcome.CUT: "the line broke off under way",
}


class Use(Kept, table=True):
    """A row of `proxy_use`: what one client sent to and had from one host through the proxy.

    `held` is what a call under way may still take; of a process that was killed it stays. `exact`:
    counted by the kernel. `day` is in UTC: the provider names no zone. `country` is where a test
    came out.
    """

    __tablename__ = "proxy_use"
    __table_args__ = (Index("proxy_use_by_day", "day"), Index("proxy_use_by_region", "region"))

    id: str = Field(primary_key=True, max_length=26)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    day: date
    region: str = Field(max_length=8)
    account: str = Field(max_length=26)
    host: str = Field(max_length=253)
    up: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    down: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    held: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    exact: bool = True
    outcome: str = Field(default="", max_length=16)
    country: str = Field(default="", max_length=2)


class Balance(Kept, table=True):
    """A row of `proxy_balance`: what the provider said was left, and what we had counted by then.

    `left_gb` is as it was said; `ours` is every byte in `proxy_use` so far.
    """

    __tablename__ = "proxy_balance"

    at: datetime = Field(sa_column=Column(UtcDateTime, primary_key=True))
    left_gb: float
    ours: int = Field(sa_column=Column(BigInteger, nullable=False))


def new_use(now: datetime, region: str, account: str, host: str, **facts: Any) -> Use:  # noqa: ANN401  # columns
    """Return a row for a client and a host, of the UTC day of `now`."""
    day = now.astimezone(UTC).date()
    facts |= {"region": region, "account": account, "host": host}
    return Use(id=new_id(now), at=now, day=day, **facts)


def first_day(span: str, now: datetime) -> date:
    """Return the day on which the day or month of `now` began, in UTC."""
    today = now.astimezone(UTC).date()
    return today if span == "day" else today.replace(day=1)
