"""What people may ask about themselves, by when, and what is left of somebody who was erased.

A tombstone is the salted hash that found a name: enough to know the name again when an old export
is imported, and nothing that says which name it was.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.video import one_of


class RequestKind(StrEnum):
    """What somebody asks for (GDPR articles 15, 17, 16 and 7(3))."""

    ACCESS = "access"
    ERASE = "erase"
    RECTIFY = "rectify"
    WITHDRAW = "withdraw"


class Tombstone(Kept, table=True):
    """A row of `tombstone`: no import brings back whoever is known by this hash.

    `since` is set when they subscribed again and said so: what was before it stays out for ever.
    `readmitted_at` is when that was decided, `evidence` where they said it.
    """

    digest: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    since: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    readmitted_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    evidence: str = Field(default="", max_length=200)


class PrivacyRequest(Kept, table=True):
    """A row of `privacy_request`: what was asked, by when it is to be done, and what was done.

    `who` is a subscriber's pseudonym or a person's key, "" once they are erased. `key` is what its
    source calls it, so that a file imported twice asks once. `swept_at`: after an erasure, when the
    deleted bytes had gone from the files too.
    """

    __tablename__ = "privacy_request"
    __table_args__ = (one_of("kind", RequestKind), Index("privacy_request_open", "done_at"))

    id: str = Field(primary_key=True, max_length=26)
    kind: str = Field(max_length=8)
    who: str = Field(default="", max_length=32, index=True)
    country: str = Field(default="", max_length=2)
    source: str = Field(default="operator", max_length=16)
    key: str = Field(max_length=64, unique=True)
    asked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    warn_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    acknowledged_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    done_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    outcome: str = Field(default="", max_length=200)
    swept_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class ErasedSum(Kept, table=True):
    """A row of `erased_sum`: the money of erased people, all of a month in one, for tax law.

    Minor units of `currency`, as in `subscriber_event`; `month` is YYYY-MM in UTC.
    """

    __tablename__ = "erased_sum"

    platform: str = Field(primary_key=True, max_length=16)
    country: str = Field(primary_key=True, max_length=2)
    month: str = Field(primary_key=True, max_length=7)
    currency: str = Field(primary_key=True, max_length=3)
    amount_minor: int = Field(default=0, sa_type=BigInteger)
    fee_minor: int = Field(default=0, sa_type=BigInteger)
    tax_minor: int = Field(default=0, sa_type=BigInteger)


class BackupCopy(Kept, table=True):
    """A row of `backup_copy`: where a copy of the database was written."""

    __tablename__ = "backup_copy"

    path: str = Field(primary_key=True, max_length=1024)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
