"""A message to many, and what became of it with each of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field

import elite8.core.domain.consent  # noqa: F401  # our tables point at its own
from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id


class DeliveryStatus(StrEnum):
    """Where a message to one person is; `sending` was begun and is not told how it ended."""

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


class Mailing(Kept, table=True):
    """A row of `mailing`; it is never changed once it began to go out.

    `video_url` and `preview_url` are addresses that the readers' own devices fetch.
    """

    id: str = Field(primary_key=True, max_length=26)
    channel: str = Field(max_length=8)
    purpose: str = Field(max_length=16)
    character: str = Field(max_length=32)
    language: str = Field(max_length=8)
    subject: str = ""
    text: str
    video_url: str = ""
    preview_url: str = ""
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Delivery(Kept, table=True):
    """A row of `delivery`: that it is there at all means that sending began, once.

    `handle` is how the other side knows the try: LINE's retry key, an email's Message-ID.
    """

    __table_args__ = (
        UniqueConstraint("mailing_id", "person_key", name="delivered_once"),
        Index("delivery_of", "person_key", "at"),
        Index("delivery_by_try", "handle"),
    )

    id: str = Field(primary_key=True, max_length=26)
    mailing_id: str = Field(foreign_key="mailing.id", max_length=26)
    person_key: str = Field(foreign_key="person.key", max_length=26)
    channel: str = Field(max_length=8)
    purpose: str = Field(max_length=16)
    status: str = Field(max_length=16)
    handle: str = Field(max_length=120)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    answer: str = Field(default="", max_length=200)


class HeldBack(Kept, table=True):
    """A row of `held_back`: an operator sent it, and only quiet hours keep it from this person.

    After `until` nobody waits for them any more.
    """

    __tablename__ = "held_back"

    mailing_id: str = Field(primary_key=True, foreign_key="mailing.id", max_length=26)
    person_key: str = Field(primary_key=True, foreign_key="person.key", max_length=26)
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


def new_delivery(*, now: datetime, mailing: Mailing, person_key: str, handle: str) -> Delivery:
    """Return the row of one that is about to be sent."""
    return Delivery(
        id=new_id(now),
        mailing_id=mailing.id,
        person_key=person_key,
        channel=mailing.channel,
        purpose=mailing.purpose,
        status=DeliveryStatus.SENDING,
        handle=handle,
        at=now,
    )
