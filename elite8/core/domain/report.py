"""A report: one period as it was told then; it can be made again from the rows."""

from datetime import date, datetime

from sqlalchemy import Column, Date, Text
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime


class Report(Kept, table=True):
    """A row of `report`; `body` is JSON, `day` the period's first."""

    kind: str = Field(primary_key=True, max_length=16)
    day: date = Field(sa_column=Column(Date, primary_key=True))
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    body: str = Field(sa_column=Column(Text, nullable=False))
