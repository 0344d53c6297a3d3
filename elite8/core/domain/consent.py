"""Who may be written to, where and about what: an append-only ledger of consents.

A person is a key that means nothing elsewhere. Their addresses are encrypted, and known again by a
keyed hash, which is all that is left of somebody who was erased.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id, next_id
from elite8.core.domain.wording import fold

LINE_ID = re.compile(r"U[0-9a-f]{32}")
"""A person's id, another one for each provider (LINE Messaging API reference, source.userId)."""
EMAIL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
"""ASCII (RFC 5322, 3.2.3): other letters need SMTPUTF8, which few servers speak."""
LONGEST_EMAIL = 254
"""RFC 5321, 4.5.3.1.3, without the angle brackets."""
CONFIRMED_TWICE = ("DE", "")
"""Countries where a consent counts once it was confirmed; "" is an unknown one, by email."""
ONE_ZONE = {"JP": "Asia/Tokyo", "DE": "Europe/Berlin", "GB": "Europe/London"}
"""Countries whose people all live by one clock; elsewhere somebody has to say which."""


class Person(Kept, table=True):
    """A row of `person`; what is "" is unknown."""

    key: str = Field(primary_key=True, max_length=26)
    country: str = Field(default="", max_length=2)
    zone: str = Field(default="", max_length=64)
    language: str = Field(default="", max_length=8)
    age: str = Field(default="unknown", max_length=8)
    added_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    erased_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class Address(Kept, table=True):
    """A row of `address`: where a person is reached on one channel, encrypted."""

    digest: str = Field(primary_key=True, max_length=64)
    person_key: str = Field(foreign_key="person.key", max_length=26, index=True)
    channel: str = Field(max_length=8)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    added_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Consent(Kept, table=True):
    """A row of `consent`: how it stands from here on; the last one of its kind holds.

    `evidence_ref` says where the proof is kept, `wording_version` what the person read.
    """

    __table_args__ = (Index("consent_of", "person_key", "channel", "purpose", "id"),)

    id: str = Field(primary_key=True, max_length=26)
    person_key: str = Field(foreign_key="person.key", max_length=26)
    channel: str = Field(max_length=8)
    purpose: str = Field(max_length=16)
    status: str = Field(max_length=16)
    granted_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    wording_version: str = Field(default="", max_length=64)
    language: str = Field(default="", max_length=8)
    source: str = Field(default="", max_length=16)
    evidence_ref: str = Field(default="", max_length=200)
    doi_confirmed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    withdrawn_via: str = Field(default="", max_length=32)


class Suppression(Kept, table=True):
    """A row of `suppression`: nobody writes there any more. It outlives its person."""

    digest: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    reason: str = Field(max_length=16)


class Salt(Kept, table=True):
    """The one row of `salt`: by which it is seen that the salt is still the same."""

    id: int = Field(primary_key=True)
    proof: str = Field(max_length=64)


def new_person(*, now: datetime, country: str, zone: str, language: str, age: str) -> Person:
    """Return a person with a key of their own."""
    return Person(
        key=new_id(now),
        country=country,
        zone=zone or ONE_ZONE.get(country, ""),
        language=language,
        age=age,
        added_at=now,
    )


def unsaid(person_key: str, channel: str, purpose: str) -> Consent:
    """Return how it stands before anything was said, for `following`; it is never kept itself."""
    return Consent(id="", person_key=person_key, channel=channel, purpose=purpose, status="none")


def given_after(story: Sequence[Consent], kind: Consent, at: datetime) -> bool:
    """Return whether a yes of the same kind was given after `at`, whatever was told since."""
    same = (one for one in story if (one.channel, one.purpose) == (kind.channel, kind.purpose))
    return any(one.granted_at is not None and one.granted_at > at for one in same)


def following(last: Consent | None, *, now: datetime, **facts: object) -> Consent:
    """Return the row that comes after the last one of its kind: what is not said stays.

    It sorts after it, also where this clock is behind the one that made the last row: a no that
    sorted before its yes would not hold.
    """
    told: dict[str, Any] = last.model_dump() if last else {}
    name = new_id(now)
    if last is not None and name <= last.id:
        name = next_id(last.id)
    return Consent(**told | facts | {"id": name})


def plain(channel: str, address: str) -> str:
    """Return an address as it is compared, in one case and width; ValueError for none."""
    if channel == "line":
        if not LINE_ID.fullmatch(address.strip()):
            raise ValueError("a LINE id is U and 32 digits of a to f and 0 to 9")
        return address.strip()
    wide = unicodedata.normalize("NFKC", address.strip())
    found = fold(wide)
    if not wide.isascii() or len(found) > LONGEST_EMAIL or not EMAIL.fullmatch(found):
        raise ValueError("an email address is written name@example.org")
    return found
