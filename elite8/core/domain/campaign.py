"""A winback campaign: what is offered to whom, who drew which arm, what was handed out by hand.

What a campaign is, is fixed as it starts: audience, offer, words, hold-out, window. Who got a
message on LINE or by email is what `delivery` has of its mailing, and is not kept twice.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field

import elite8.core.domain.mailing  # our tables point at its own
import elite8.core.domain.subscriber  # noqa: F401  # our tables point at its own
from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.video import one_of


class OfferKind(StrEnum):
    """What is offered (mission 2.3)."""

    DISCOUNT = "discount"
    FREE_ACCESS = "free_access"
    LIMITED_OFFER = "limited_offer"


class By(StrEnum):
    """How it reaches people; a draft is copied by hand where programs may not write."""

    LINE = "line"
    EMAIL = "email"
    DRAFT = "draft"


class CampaignStatus(StrEnum):
    """Where a campaign is; a stopped one sends no more, and its window goes on."""

    PLANNED = "planned"
    STARTED = "started"
    STOPPED = "stopped"


class Campaign(Kept, table=True):
    """A row of `campaign`; money in minor units of `currency`, None is unknown or not asked.

    `platforms` and `tiers` are words with commas, no tier is every tier. `message_cost` and
    `bonus_cost` are what one message, and the gift to one who came back, cost: parts of a minor
    unit count. `base` and `hoped` are rates of coming back without and with it, from 0 to 1.
    `words` is the text with the terms under it. `window_until` is when the last one counts who
    came back. `lot` is the hash of who drew what.
    """

    __table_args__ = (
        one_of("kind", OfferKind),
        one_of("channel", By),
        one_of("status", CampaignStatus),
        UniqueConstraint("name", name="campaign_once"),
    )

    id: str = Field(primary_key=True, max_length=26)
    name: str = Field(max_length=64)
    kind: str = Field(max_length=16)
    percent: int | None = Field(default=None)
    months: int | None = Field(default=None)
    days: int | None = Field(default=None)
    bonus: str = Field(default="", max_length=200)
    code: str = Field(default="", max_length=40)
    deadline: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    code_ends: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    zone: str = Field(max_length=64)
    price_after_minor: int = Field(sa_type=BigInteger)
    currency: str = Field(max_length=3)
    renews: bool
    agree: str = Field(default="", max_length=200)
    cancel: str = Field(default="", max_length=200)
    channel: str = Field(max_length=8)
    character: str = Field(max_length=32)
    platforms: str = Field(max_length=120)
    tiers: str = Field(default="", max_length=60)
    lapsed_least: int = Field(default=0)
    lapsed_most: int = Field(default=730)
    language: str = Field(max_length=8)
    subject: str = Field(default="", max_length=200)
    text: str
    hold_out: float | None = Field(default=None)
    window_days: int
    cool_down_days: int
    most_a_year: int
    budget_minor: int | None = Field(default=None, sa_type=BigInteger)
    message_cost: float | None = Field(default=None)
    bonus_cost: float = Field(default=0.0)
    base: float
    base_from: str = Field(max_length=80)
    hoped: float
    worthwhile: float
    status: str = Field(default=CampaignStatus.PLANNED, max_length=8)
    lot: str = Field(default="", max_length=64)
    words: str = Field(default="")
    mailing_id: str | None = Field(
        default=None, foreign_key="mailing.id", max_length=26, index=True
    )
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    launched_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    window_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    stopped_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))

    @property
    def on(self) -> tuple[str, ...]:
        """Return the platforms it is for."""
        return tuple(self.platforms.split(","))

    @property
    def of(self) -> tuple[str, ...]:
        """Return the tiers it is for, none for every one."""
        return tuple(filter(None, self.tiers.split(",")))


class Assignment(Kept, table=True):
    """A row of `assignment`: the arm somebody drew, before anybody was written to; never changed.

    `who` is their pseudonym, after 24 months a salted hash without `subscriber_id`; what came of
    them until then is kept in `back_on` and `net_minor`, of the day `settled_on`.
    """

    __table_args__ = (Index("assignment_of", "subscriber_id"),)

    campaign_id: str = Field(primary_key=True, foreign_key="campaign.id", max_length=26)
    who: str = Field(primary_key=True, max_length=32)
    subscriber_id: int | None = Field(default=None, foreign_key="subscriber.id")
    person_key: str = Field(default="", max_length=26)
    stratum: str = Field(max_length=32)
    held_out: bool
    back_on: date | None = Field(default=None)
    net_minor: int | None = Field(default=None, sa_type=BigInteger)
    settled_on: date | None = Field(default=None)


class HandedOut(Kept, table=True):
    """A row of `handed_out`: a draft that was given out for sending by hand, once for each.

    `batch` counts the files of a campaign from 1.
    """

    __tablename__ = "handed_out"

    campaign_id: str = Field(primary_key=True, foreign_key="campaign.id", max_length=26)
    who: str = Field(primary_key=True, max_length=32)
    batch: int
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
