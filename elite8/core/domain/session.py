"""Sign-ins to the page that were taken back before their time."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime


class SignedOut(Kept, table=True):
    """A row of `signed_out`: a session that opens nothing any more; it ends `until` anyway.

    `nonce` tells one sign-in from another and opens nothing by itself.
    """

    __tablename__ = "signed_out"

    nonce: str = Field(primary_key=True, max_length=64)
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
