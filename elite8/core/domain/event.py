"""What happened on the way from a look to money: a list that only grows.

`person` is a pseudonym, "" for nobody in particular; who stands behind it is not kept here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id
from elite8.core.domain.video import one_of


class EventKind(StrEnum):
    """What happened; `money` is paid, or paid back when it is negative."""

    VIEW = "view"
    ENGAGEMENT = "engagement"
    CLICK = "click"
    LEAD = "lead"
    SUBSCRIBE = "subscribe"
    MONEY = "money"


class EventSource(StrEnum):
    """Where it was learnt."""

    READING = "reading"
    LINK = "link"
    IMPORT = "import"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where something came from; what is not known is ""."""

    stage: str = ""
    region: str = ""
    network: str = ""
    character: str = ""
    post: str = ""
    video: str = ""


NOWHERE = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event as figures are made of it."""

    id: str
    kind: str
    at: datetime
    origin: Origin
    person: str
    amount_minor: int | None
    currency: str
    source: str
    key: str
    about: str


class FunnelEvent(Kept, table=True):
    """A row of `funnel_event`; never updated but for the pseudonym of the erased, never deleted.

    `count` is how many at once: a network counts views for us, and takes some back. `key` is what
    the source calls it: entered once. `about` is the code of the link that was followed, or the key
    of the payment that is paid back. `batch` is which file it came with.
    """

    __tablename__ = "funnel_event"
    __table_args__ = (
        one_of("kind", EventKind),
        one_of("source", EventSource),
        CheckConstraint("(amount_minor IS NULL) = (kind != 'money')", name="money_has_an_amount"),
        UniqueConstraint("source", "key", name="happened_once"),
        Index("event_by_time", "at"),
        Index("event_by_person", "person", "at"),
        Index("event_by_post", "post_id", "source"),
    )

    id: str = Field(primary_key=True, max_length=26)
    kind: str = Field(max_length=16)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    stage: str = Field(default="", max_length=16)
    region: str = Field(default="", max_length=8)
    network: str = Field(default="", max_length=16)
    character_id: str = Field(default="", max_length=32)
    post_id: str = Field(default="", max_length=26)
    video_id: str = Field(default="", max_length=26)
    person: str = Field(default="", max_length=32)
    count: int = Field(default=1, sa_type=BigInteger)
    amount_minor: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(default="", max_length=3)
    source: str = Field(max_length=16)
    key: str = Field(max_length=64)
    about: str = Field(default="", max_length=64)
    batch: str = Field(default="", max_length=16)

    @property
    def origin(self) -> Origin:
        """Where it came from."""
        return Origin(
            stage=self.stage,
            region=self.region,
            network=self.network,
            character=self.character_id,
            post=self.post_id,
            video=self.video_id,
        )

    @property
    def happening(self) -> Happening:
        """The event as figures are made of it."""
        names = set(Happening.__dataclass_fields__)
        return Happening(**{name: getattr(self, name) for name in names})


def new_event(  # noqa: PLR0913  # the facts of one happening
    *,
    kind: EventKind,
    at: datetime,
    source: EventSource,
    key: str,
    origin: Origin = NOWHERE,
    person: str = "",
    count: int = 1,
    amount_minor: int | None = None,
    currency: str = "",
    about: str = "",
    batch: str = "",
) -> FunnelEvent:
    """Return an event; money without an amount, or an amount of anything else, is a ValueError."""
    if at.tzinfo is None:
        raise ValueError("an instant has no zone; instants are aware and in UTC")
    if (amount_minor is None) == (kind == EventKind.MONEY) or bool(currency) != (
        kind == EventKind.MONEY
    ):
        raise ValueError("money has an amount and a currency, and nothing else has")
    return FunnelEvent(
        id=new_id(at),
        kind=kind,
        at=at,
        stage=origin.stage,
        region=origin.region,
        network=origin.network,
        character_id=origin.character,
        post_id=origin.post,
        video_id=origin.video,
        person=person,
        count=count,
        amount_minor=amount_minor,
        currency=currency,
        source=source,
        key=key,
        about=about,
        batch=batch,
    )
