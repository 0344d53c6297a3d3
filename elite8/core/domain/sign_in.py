"""A sign-in that several machines use."""

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field

from elite8.core.domain.columns import Kept


class SignIn(Kept, table=True):
    """A row of `sign_in`: an account's tokens, sealed, where the store is PostgreSQL."""

    __tablename__ = "sign_in"

    account_id: str = Field(primary_key=True, max_length=26)
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
