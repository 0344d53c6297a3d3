"""Tracked links: a short code and one stored target."""

import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy import Column, Index
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import ALPHABET, new_id

CODE = re.compile(r"[0-9a-z]{8}")
LENGTH = 8
LONGEST_TARGET = 1500
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")


class Link(Kept, table=True):
    """A row of `link`: made once, its target never changes; `retired_at` ends it."""

    __table_args__ = (Index("link_by_post", "post_id"),)

    id: str = Field(primary_key=True, max_length=26)
    code: str = Field(max_length=16, unique=True)
    target: str
    stage: str = Field(default="", max_length=16)
    region: str = Field(default="", max_length=8)
    network: str = Field(default="", max_length=16)
    character_id: str = Field(default="", max_length=32)
    post_id: str = Field(default="", max_length=26)
    video_id: str = Field(default="", max_length=26)
    campaign: str = Field(default="", max_length=64)
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    retired_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


def new_link(
    *,
    now: datetime,
    code: str,
    target: str,
    **origin: Any,  # noqa: ANN401  # texts
) -> Link:
    """Return a link, by the columns' names; a naive `now` is a ValueError."""
    if now.tzinfo is None:
        raise ValueError("now has no zone; instants are aware and in UTC")
    return Link(id=new_id(now), code=code, target=target, created_at=now, **origin)


def new_code() -> str:
    """Return eight letters by chance: forty bits, none to mistake for another."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)).lower()


def clean_target(written: str, *, not_to: str = "") -> str:
    """Return where a link may lead; a ValueError says what is wrong with it.

    https to a named host, nothing that a browser reads otherwise than we do, and not `not_to`.
    """
    text = written.strip()
    if len(text) > LONGEST_TARGET:
        raise ValueError(f"the target is longer than {LONGEST_TARGET} characters")
    if not text.isascii() or "\\" in text or any(sign <= " " or sign == "\x7f" for sign in text):
        raise ValueError("the target has signs that no address has; write them as %E3%81%82")
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ValueError("the target is no address; write https://example.com/page") from None
    if parts.scheme.lower() != "https":
        raise ValueError("a link leads to https://… only")
    if parts.username is not None or parts.password is not None:
        raise ValueError("the target has a name or password before its host; take it out")
    if is_number(host) or not HOST.fullmatch(host) or host.rpartition(".")[2].isdecimal():
        raise ValueError(f"'{host[:60]}' is no host that viewers reach; write its public name")
    if port not in (None, 443):
        raise ValueError("the target has a port; viewers' networks let only https through")
    if not_to and host == not_to.lower():
        raise ValueError("the target is this very server: the link would lead to itself")
    return urlunsplit(("https", host, parts.path or "/", parts.query, parts.fragment))


def is_number(host: str) -> bool:
    """Return whether a host is an address in numbers."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def with_utm(target: str, words: Mapping[str, str]) -> str:
    """Return the target with what tells its owner where visitors come from.

    What stands there already stays: it is the operator's own choice.
    """
    parts = urlsplit(target)
    known = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    more = urlencode({k: v for k, v in words.items() if v and k not in known})
    query = "&".join(filter(None, (parts.query, more)))
    return urlunsplit(parts._replace(query=query))
