"""What was asked by chat, by whom: a row each, so that nothing is done twice."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime


class Outcome(StrEnum):
    """What became of what was asked; `begun` for ever: the process died at it."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    LATE = "late"
    STRANGER = "stranger"


class Asked(Kept, table=True):
    """A row of `asked`; `what` is the command or the button's verb, never a text.

    Telegram numbers what it hands a bot (`number`); the number of the `bot` itself stands before
    the colon of its token and is no secret.
    """

    __table_args__ = (Index("asked_at", "at"),)

    bot: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    chat: int = Field(sa_column=Column(BigInteger, nullable=False))
    person: int = Field(sa_column=Column(BigInteger, nullable=False))
    what: str = Field(max_length=40)
    outcome: str = Field(max_length=16)
