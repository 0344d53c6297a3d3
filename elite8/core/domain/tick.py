"""A tick: when a task of the daemon last began and ended, and how."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime


class Tick(Kept, table=True):
    """A row of `tick`, one for each task; `ended_at` is of the last run that ended.

    `failures` counts those in a row; `failed` counts all of them.
    """

    task: str = Field(primary_key=True, max_length=32)
    began_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    good_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    failures: int = 0
    failed: int = 0
    message: str = Field(default="", max_length=500)
