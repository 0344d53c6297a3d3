"""The purse: signed whole credits in a list that only grows; every sum is a fold over it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id
from elite8.core.domain.video import one_of


class EntryKind(StrEnum):
    """Why credits moved."""

    OPENING = "opening"
    MONTHLY = "monthly"
    DAILY = "daily"
    HOLD = "hold"
    RELEASE = "release"
    SETTLE = "settle"
    ADJUST = "adjust"


GRANTS = (EntryKind.OPENING, EntryKind.MONTHLY, EntryKind.DAILY, EntryKind.ADJUST)
SPENDING = (EntryKind.HOLD, EntryKind.SETTLE)


class CreditEntry(Kept, table=True):
    """A row of `credit_entry`; never updated, never deleted.

    `reference` is what the entry is about: a job, a day, a month. The same kind is entered once
    for the same reference, so a step that runs again cannot pay again.
    """

    __tablename__ = "credit_entry"
    __table_args__ = (
        one_of("kind", EntryKind),
        CheckConstraint(
            "(kind IN ('hold', 'settle') AND amount <= 0) OR "
            "(kind IN ('opening', 'monthly', 'daily', 'release') AND amount >= 0) "
            "OR kind = 'adjust'",
            name="signed_right",
        ),
        UniqueConstraint("account", "kind", "reference", name="entered_once"),
        Index("credit_by_time", "account", "at"),
    )

    id: str = Field(primary_key=True, max_length=26)
    account: str = Field(max_length=16)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    kind: str = Field(max_length=16)
    amount: int
    reference: str = Field(max_length=64)
    character_id: str = Field(default="", max_length=32)
    operation: str = Field(default="", max_length=16)
    note: str = ""


def new_entry(  # noqa: PLR0913  # the facts of one movement
    *,
    now: datetime,
    account: str,
    kind: EntryKind,
    amount: int,
    reference: str,
    character_id: str = "",
    operation: str = "",
    note: str = "",
) -> CreditEntry:
    """Return an entry; an `amount` whose sign does not fit its kind is a ValueError."""
    if (kind in SPENDING and amount > 0) or (
        kind not in (*SPENDING, EntryKind.ADJUST) and amount < 0
    ):
        raise ValueError(f"a {kind} of {amount} credits has the wrong sign")
    return CreditEntry(
        id=new_id(now),
        account=account,
        at=now,
        kind=kind,
        amount=amount,
        reference=reference,
        character_id=character_id,
        operation=operation,
        note=note,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """Sums in credits: `granted` - `settled` - `held` is `free`."""

    granted: int = 0
    settled: int = 0
    held: int = 0

    @property
    def balance(self) -> int:
        """What the account should still show: held credits may not be charged yet."""
        return self.granted - self.settled

    @property
    def free(self) -> int:
        """What a new task may use."""
        return self.balance - self.held


def purse(sums: Iterable[tuple[str, int]]) -> Purse:
    """Return the purse of (kind, amount) pairs, each kind summed or not."""
    totals = dict.fromkeys(EntryKind, 0)
    for kind, amount in sums:
        totals[EntryKind(kind)] += amount
    return Purse(
        granted=sum(totals[kind] for kind in GRANTS),
        settled=-totals[EntryKind.SETTLE],
        held=-totals[EntryKind.HOLD] - totals[EntryKind.RELEASE],
    )
