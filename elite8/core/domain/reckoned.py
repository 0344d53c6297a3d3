"""What takes long to work out and is kept: by which rules, of which data, and when."""

from datetime import datetime
from typing import Final

from sqlalchemy import Column
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime

FITS: Final = "fits"
"""Models of leaving, which name nobody."""
OUTLOOK: Final = "outlook"
"""What the console shows of who may leave, by short pseudonyms; gone once anybody is erased."""


class Reckoned(Kept, table=True):
    """A row of `reckoned`: `body` is JSON, made by the rules of `basis` of tables as `seen`."""

    name: str = Field(primary_key=True, max_length=32)
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    basis: str = Field(max_length=64)
    seen: str = Field(max_length=100)
    body: str
