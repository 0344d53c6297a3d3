"""Who subscribes, to whom, at which price, and what they did: known by pseudonym only.

A subscriber is one stable name on one platform, and nothing here says which: names lie encrypted in
`alias`, found again by a salted hash. What a file said of a subscription is kept as it was said
(`SubscriptionState`), so that the newest export holds, whatever order they come in, and an import
can be undone. Events are append-only.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, UniqueConstraint
from sqlmodel import Field

import elite8.core.domain.consent  # noqa: F401  # our tables point at its own
from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.video import one_of

PSEUDONYM = 32
"""Digits of a name's salted hash that stand for somebody: 128 bits."""


class Tier(StrEnum):
    """What is subscribed to (mission 2.3); an unknown price is `other`, never the nearest tier."""

    BASIC = "basic"
    PREMIUM = "premium"
    VIP = "vip"
    FREE = "free"
    OTHER = "other"


class SubscriptionStatus(StrEnum):
    """How a subscription stands; `pending` is a lapse whose grace is not over."""

    ACTIVE = "active"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    PENDING = "pending"
    UNKNOWN = "unknown"


class Act(StrEnum):
    """What happened (subscribers.md section 3); in is from the subscriber, out is from us."""

    SUB_START = "sub_start"
    SUB_RENEW = "sub_renew"
    SUB_UPGRADE = "sub_upgrade"
    SUB_DOWNGRADE = "sub_downgrade"
    AUTO_RENEW_OFF = "auto_renew_off"
    SUB_EXPIRE = "sub_expire"
    PAYMENT_FAILED = "payment_failed"
    REFUND = "refund"
    CHARGEBACK = "chargeback"
    TIP = "tip"
    PPV = "ppv"
    MESSAGE_IN = "message_in"
    MESSAGE_OUT = "message_out"
    VIEW = "view"
    COMPLETION = "completion"
    LIKE = "like"
    COMMENT = "comment"
    SHARE = "share"
    SESSION = "session"
    DM_OPEN = "dm_open"
    OPTIN = "optin"
    OPTOUT = "optout"
    COMPLAINT = "complaint"
    ERASE_REQUEST = "erase_request"


class AliasKind(StrEnum):
    """What kind of name it is: an id stays, a handle may be changed by its owner."""

    ID = "id"
    HANDLE = "handle"


class Subscriber(Kept, table=True):
    """A row of `subscriber`: one account on one platform; what is "" or None is unknown.

    Country and language are those of the newest export that tells one, `birth_year` the latest and
    `last_seen_at` the last that any told: worked out anew as exports come in and are undone.
    `key` is the pseudonym, the same word as `funnel_event.person`. `person_key` is set by an
    operator's own link, never by likeness of names. `erased_at`: nothing but sums is left of them.
    """

    __table_args__ = (UniqueConstraint("key", name="subscriber_once"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=32)
    platform: str = Field(max_length=16)
    country: str = Field(default="", max_length=2)
    language: str = Field(default="", max_length=8)
    birth_year: int | None = Field(default=None)
    last_seen_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    person_key: str | None = Field(
        default=None, foreign_key="person.key", max_length=26, index=True
    )
    added_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    erased_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    batch_id: int | None = Field(default=None, foreign_key="import_batch.id", index=True)


class Alias(Kept, table=True):
    """A row of `alias`: a name of a subscriber, encrypted; `digest` is its salted hash."""

    __table_args__ = (one_of("kind", AliasKind),)

    digest: str = Field(primary_key=True, max_length=64)
    subscriber_id: int = Field(foreign_key="subscriber.id", index=True)
    kind: str = Field(max_length=8)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    added_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    batch_id: int | None = Field(default=None, foreign_key="import_batch.id", index=True)


class Subscription(Kept, table=True):
    """A row of `subscription`: to one character, as the newest export has it.

    `price_minor` is what is really paid for `months`, None when unknown; `source_at` is when the
    export was made that says so. `left_reason` is the leaver's own, in a word.
    """

    __table_args__ = (
        one_of("tier", Tier),
        one_of("status", SubscriptionStatus),
        UniqueConstraint("subscriber_id", "character_id", name="subscribed_once"),
        Index("subscription_by_end", "status", "period_end"),
    )

    id: int | None = Field(default=None, primary_key=True)
    subscriber_id: int = Field(foreign_key="subscriber.id")
    character_id: str = Field(max_length=32)
    tier: str = Field(default=Tier.OTHER, max_length=8)
    price_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(default="", max_length=3)
    months: int = Field(default=1)
    status: str = Field(default=SubscriptionStatus.UNKNOWN, max_length=10)
    auto_renew: bool | None = Field(default=None)
    started_on: date | None = Field(default=None)
    period_end: date | None = Field(default=None)
    left_reason: str = Field(default="", max_length=32)
    source_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class SubscriptionState(Kept, table=True):
    """A row of `subscription_state`: what one export said; only grows, but for an undone import.

    From `country` to `last_seen_at` it is what the export said of the subscriber themselves.
    """

    __tablename__ = "subscription_state"
    __table_args__ = (Index("state_of", "subscription_id", "source_at"),)

    id: int | None = Field(default=None, primary_key=True)
    subscription_id: int = Field(foreign_key="subscription.id")
    tier: str = Field(max_length=8)
    price_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(default="", max_length=3)
    months: int = Field(default=1)
    status: str = Field(max_length=10)
    auto_renew: bool | None = Field(default=None)
    started_on: date | None = Field(default=None)
    period_end: date | None = Field(default=None)
    left_reason: str = Field(default="", max_length=32)
    source_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    country: str = Field(default="", max_length=2)
    language: str = Field(default="", max_length=8)
    birth_year: int | None = Field(default=None)
    last_seen_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    batch_id: int | None = Field(default=None, foreign_key="import_batch.id", index=True)


class SubscriberEvent(Kept, table=True):
    """A row of `subscriber_event`; never updated. `key` is what its source calls it: entered once.

    Money is in minor units of `currency`: amount (gross), fee, tax; net is what is left, within 1.
    Paid back is negative. `quantity` is how many at once, `duration_s` of a session, `completion`
    the share that was watched, `content` which film or message, as the platform names it, hashed.
    `about` is the key of the event that is answered or paid back.
    """

    __tablename__ = "subscriber_event"
    __table_args__ = (
        one_of("act", Act),
        UniqueConstraint("key", name="subscriber_event_once"),
        Index("subscriber_event_of", "subscriber_id", "at"),
        {"sqlite_autoincrement": True},  # an id names one event for ever, also an undone one
    )

    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    )
    key: str = Field(max_length=32)
    subscriber_id: int = Field(foreign_key="subscriber.id")
    character_id: str = Field(default="", max_length=32)
    act: str = Field(max_length=16)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)
    fee_minor: int | None = Field(default=None, sa_type=BigInteger)
    tax_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(default="", max_length=3)
    quantity: float = Field(default=1.0)
    duration_s: float | None = Field(default=None)
    completion: float | None = Field(default=None)
    content: str = Field(default="", max_length=32)
    about: str = Field(default="", max_length=32)
    batch_id: int | None = Field(default=None, foreign_key="import_batch.id", index=True)


class ImportBatch(Kept, table=True):
    """A row of `import_batch`: one file that was taken in; `sha256` is of its bytes."""

    __tablename__ = "import_batch"

    id: int | None = Field(default=None, primary_key=True)
    file: str = Field(max_length=200)
    sha256: str = Field(max_length=64, index=True)
    profile: str = Field(max_length=32)
    rows: int = Field(default=0)
    entered: int = Field(default=0)
    known: int = Field(default=0)
    rejected: int = Field(default=0)
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    undone_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
