"""An account on a network: whose posts it takes, and how long we may speak for it."""

from datetime import datetime, timedelta

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id

WARN_BEFORE = timedelta(days=14)
"""How long before a sign-in ends its owner is told."""


class Account(Kept, table=True):
    """A row of `account`; its tokens are kept apart, encrypted.

    `handle` is the network's own id for it. `characters` and `regions` are names with spaces
    between; empty means every one. `refresh_ends_at` is when the owner has to sign in again.
    """

    __table_args__ = (UniqueConstraint("network", "handle", name="account_once"),)

    id: str = Field(primary_key=True, max_length=26)
    network: str = Field(max_length=16)
    handle: str = Field(max_length=64)
    name: str = ""
    scopes: str = ""
    characters: str = ""
    regions: str = ""
    access_ends_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    refresh_ends_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    signed_in_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    unlinked_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    failure: str = ""

    def takes(self, character: str, region: str = "") -> bool:
        """Return whether posts of this performer and region go out here."""
        here = not self.characters or character in self.characters.split()
        return here and (not region or self.speaks_to(region))

    def speaks_to(self, region: str) -> bool:
        """Return whether it is for viewers of a region; bound to none it is for all."""
        return not self.regions or region.upper() in self.regions.upper().split()

    def ends_soon(self, now: datetime) -> bool:
        """Return whether the owner should sign in again within the next days."""
        return self.refresh_ends_at is not None and self.refresh_ends_at - now < WARN_BEFORE


def new_account(*, now: datetime, network: str, handle: str, name: str) -> Account:
    """Return an account that was signed in to just now; a naive `now` is a ValueError."""
    if now.tzinfo is None:
        raise ValueError("now has no zone; instants are aware and in UTC")
    return Account(id=new_id(now), network=network, handle=handle, name=name, signed_in_at=now)
