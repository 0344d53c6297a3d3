"""What crossed the proxy: bytes of one call, counted by the kernel or estimated."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from elite8.core.domain.columns import UtcDateTime
from elite8.core.domain.identity import new_id


class Egress(SQLModel, table=True):
    """A row of `egress`; `method` is `kernel` or `estimate`, `session` the sticky one's name."""

    __table_args__ = (Index("egress_at", "at"),)

    id: str = Field(primary_key=True, max_length=26)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    region: str = Field(max_length=8)
    host: str = Field(max_length=120)
    up: int = Field(sa_type=BigInteger)
    down: int = Field(sa_type=BigInteger)
    method: str = Field(max_length=16)
    session: str = Field(default="", max_length=16)
    outcome: str = Field(max_length=32)


def new_egress(  # noqa: PLR0913  # the row's own facts
    *,
    at: datetime,
    region: str,
    host: str,
    up: int,
    down: int,
    method: str,
    session: str,
    outcome: str,
) -> Egress:
    """Return what one call cost; a naive `at` is a ValueError."""
    if at.tzinfo is None:
        raise ValueError("an instant has no zone; instants are aware and in UTC")
    return Egress(
        id=new_id(at),
        at=at,
        region=region,
        host=host[:120],
        up=up,
        down=down,
        method=method,
        session=session,
        outcome=outcome,
    )
