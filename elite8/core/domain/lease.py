"""A lease: who does what only one may do, and until when."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime


class Lease(Kept, table=True):
    """A row of `lease`; one that has ended may be taken by anybody."""

    name: str = Field(primary_key=True, max_length=32)
    holder: str = Field(max_length=64)
    since: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
