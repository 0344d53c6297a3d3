"""What was tried with a post: the whole story, one row for each try, and what stops them all."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field

import elite8.core.domain.post  # noqa: F401  # our tables point at its own
from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id

MARK = 16
"""Letters of a stop's mark: a button that names one has 64 bytes."""


class Attempt(Kept, table=True):
    """A row of `attempt`. `calls` is JSON: what was asked of the network, with its request ids.

    `kind` is send, ask, read-back or operator; `outcome` a post's state or what was decided.
    """

    id: str = Field(primary_key=True, max_length=26)
    post_id: str = Field(foreign_key="post.id", max_length=26, index=True)
    kind: str = Field(max_length=16)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    seconds: float = 0.0
    outcome: str = Field(default="", max_length=24)
    message: str = ""
    calls: str = "[]"


class Stop(Kept, table=True):
    """A row of `stop`: while it is there, nothing of its scope goes out.

    `scope` is all, character, network or region; `value` which one, "" for all.
    """

    __table_args__ = (UniqueConstraint("scope", "value", name="stopped_once"),)

    id: str = Field(primary_key=True, max_length=26)
    scope: str = Field(max_length=16)
    value: str = Field(default="", max_length=32)
    since: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    reason: str = ""

    def covers(self, character: str, network: str, regions: Collection[str]) -> bool:
        """Return whether a post of these is stopped; `regions` are those it is for."""
        if self.scope == "region":
            return self.value in regions
        of = {"character": character, "network": network}
        return self.scope == "all" or of.get(self.scope) == self.value

    @property
    def mark(self) -> str:
        """What tells it from a later stop of the same scope: what is by chance in its id."""
        return self.id[-MARK:]

    @property
    def flag(self) -> str:
        """How `publish resume` is told which one, with a space before it; "" for everything."""
        return "" if self.scope == "all" else f" --{self.scope} {self.value}"

    @property
    def words(self) -> str:
        """What is stopped, for people."""
        return "everything" if self.scope == "all" else f"{self.scope} {self.value}"


def new_attempt(  # noqa: PLR0913  # what is told of a try
    *,
    at: datetime,
    post_id: str,
    kind: str,
    seconds: float = 0.0,
    outcome: str = "",
    message: str = "",
    calls: str = "[]",
) -> Attempt:
    """Return the story of one try; `at` is aware, `seconds` how long it took."""
    return Attempt(
        id=new_id(at),
        post_id=post_id,
        kind=kind,
        at=at,
        seconds=seconds,
        outcome=outcome,
        message=message,
        calls=calls,
    )


def new_stop(*, at: datetime, scope: str, value: str, reason: str) -> Stop:
    """Return a stop that begins now."""
    return Stop(id=new_id(at), scope=scope, value=value, since=at, reason=reason)
