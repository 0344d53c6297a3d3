"""How many follow an account: what its network said at one instant; never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field

import elite8.core.domain.account  # noqa: F401  # our tables point at its own
from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id

EVERY = timedelta(hours=6)
"""How often an account's followers are counted."""
MONTH = timedelta(days=30)
ABOUT = timedelta(days=1, hours=12)
"""How far from a month ago the first count may be: days on which nobody looked."""
FRESH = timedelta(days=2)
"""A last count that is older says nothing of now."""
ROUNDED = ("youtube",)
"""Who rounds down to three figures, its owner's own view as well (YouTube Data API, the resource
`channel`, `statistics.subscriberCount`; as of 2026-11)."""
FIGURES = 3
LONGEST = 200


class FollowerCount(Kept, table=True):
    """A row of `follower_count`; a LINE official account is set up, not signed in to: no account.

    `followers` is `None` where the network was asked and did not say; `why` then says why.
    """

    __tablename__ = "follower_count"
    __table_args__ = (Index("follower_count_of", "network", "account_id", "at"),)

    id: str = Field(primary_key=True, max_length=26)
    network: str = Field(max_length=16)
    account_id: str | None = Field(default=None, foreign_key="account.id", max_length=26)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    followers: int | None = Field(default=None, sa_type=BigInteger)
    source: str = Field(max_length=64)
    why: str = Field(default="", max_length=LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One count that is known."""

    at: datetime
    followers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gained:
    """Who came in about a month, less who left; right within `give` where the network rounds."""

    new: int
    give: int
    first: datetime
    last: datetime


def new_count(  # noqa: PLR0913  # a row's facts
    *,
    at: datetime,
    network: str,
    account_id: str | None,
    source: str,
    followers: int | None,
    why: str = "",
) -> FollowerCount:
    """Return what was counted just now; a naive `at` is a ValueError."""
    if at.tzinfo is None:
        raise ValueError("an instant has no zone; instants are aware and in UTC")
    return FollowerCount(
        id=new_id(at),
        network=network,
        account_id=account_id,
        at=at,
        followers=followers,
        source=source,
        why=why[:LONGEST],
    )


def gained(network: str, counts: Sequence[Counted], begun: datetime) -> Gained | None:
    """Return who came in the month before the day that has `begun`, by its newest count.

    `None` when no count is from about a month ago, or the newest is not fresh: a part of a month
    is not made a whole one of.
    """
    ago = begun - MONTH
    early = [one for one in counts if abs(one.at - ago) <= ABOUT]
    late = [one for one in counts if one.at >= begun - FRESH]
    if not early or not late:
        return None
    first = min(early, key=lambda one: (abs(one.at - ago), one.at))
    last = max(late, key=lambda one: one.at)
    steps = (step(network, one.followers) for one in (first, last))
    give = max(0, *(each - 1 for each in steps))
    return Gained(new=last.followers - first.followers, give=give, first=first.at, last=last.at)


def step(network: str, followers: int) -> int:
    """Return in which steps a network tells such a count: 100 of 12,300 where it rounds."""
    digits = len(str(followers))
    return 10 ** max(digits - FIGURES, 0) if network in ROUNDED else 1
