"""A notice: words for the operator, kept until a route has taken them."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index, Text
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id

STALE = timedelta(hours=12)
"""A notice that no route took for so long is given up; what rings still is told anew then."""


class NoticeState(StrEnum):
    """What became of a notice."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


class Notice(Kept, table=True):
    """A row of `notice`, one for each route that it goes by.

    `about` is the post it asks about and what of it was seen, "" for none: see `domain/card.py`.
    """

    __table_args__ = (Index("notice_due", "state", "due_at"),)

    id: str = Field(primary_key=True, max_length=26)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    route: str = Field(max_length=16)
    kind: str = Field(max_length=32)
    severity: str = Field(max_length=16)
    title: str = Field(max_length=200)
    words: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(default=NoticeState.WAITING, max_length=16)
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    tries: int = 0
    failure: str = Field(default="", max_length=300)
    about: str = Field(default="", max_length=80)


class Arrival(Kept, table=True):
    """A row of `notice_arrival`: this chat has this notice; it is not sent there again."""

    __tablename__ = "notice_arrival"

    notice_id: str = Field(primary_key=True, max_length=26)
    chat: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))


class Told(Kept, table=True):
    """A row of `told`: of this the operator has been told, so that nobody is told twice."""

    __table_args__ = (Index("told_at", "at"),)

    kind: str = Field(primary_key=True, max_length=32)
    about: str = Field(primary_key=True, max_length=80)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


def new_notice(  # noqa: PLR0913  # the row's own facts
    *, at: datetime, route: str, kind: str, severity: str, title: str, words: str, about: str = ""
) -> Notice:
    """Return a notice to be sent at once; a naive `at` is a ValueError."""
    if at.tzinfo is None:
        raise ValueError("an instant has no zone; instants are aware and in UTC")
    return Notice(
        id=new_id(at),
        at=at,
        route=route,
        kind=kind,
        severity=severity,
        title=title[:200],
        words=words,
        due_at=at,
        about=about,
    )
