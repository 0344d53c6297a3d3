"""A snapshot: the whole scene at an instant, packed, and how long it stayed so."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime


class KeptScene(Kept, table=True):
    """A row of `snapshot`: from `at` to `until` nothing changed but the clock.

    `version` is of how `body` is written; one that is not ours is not read.
    """

    __tablename__ = "snapshot"

    at: datetime = Field(sa_column=Column(UtcDateTime, primary_key=True))
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    version: int
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
