"""A2E's own books: what was charged and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from elite8.core.simulators.a2e.rules import No, read_instant, written

PAGE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row: a negative amount is spending, a positive one a refund [S] creditsHistory."""

    id: str
    amount: int
    created_at: datetime
    type: str

    def row(self) -> dict[str, object]:
        """Return it as A2E shows it; all names but none of the values are INFERRED."""
        return {
            "_id": self.id,
            "amount": self.amount,
            "createdAt": written(self.created_at),
            "type": self.type,
        }


class Ledger:
    """A balance that always equals what it began with plus its rows."""

    def __init__(self, coins: int) -> None:
        self.coins = coins
        self.entries: list[Entry] = []

    def charge(self, coins: int, *, type_: str, at: datetime) -> None:
        """Take coins; when there are too few, nothing happens but `No`.

        How a start looks that cannot be paid is not known: HTTP 200 with a code is INFERRED.
        """
        if coins > self.coins:
            raise short()
        if coins:
            self._enter(-coins, type_, at)

    def refund(self, coins: int, *, type_: str, at: datetime) -> None:
        """Give coins back."""
        if coins:
            self._enter(coins, f"{type_} refund", at)

    def page(self, query: Mapping[str, str]) -> dict[str, object]:
        """Return one page, newest first; the dates are inclusive [S]."""
        found = [entry for entry in reversed(self.entries) if _wanted(entry, query)]
        found.sort(key=lambda entry: entry.created_at, reverse=True)
        size = int(query.get("pageSize", PAGE))
        first = (int(query.get("pageNum", 1)) - 1) * size
        rows = [entry.row() for entry in found[first : first + size]]
        return {"rows": rows, "count": len(found)}

    def _enter(self, amount: int, type_: str, at: datetime) -> None:
        self.coins += amount
        identity = f"{int(at.timestamp()):08x}{len(self.entries) + 1:016x}"
        self.entries.append(Entry(id=identity, amount=amount, created_at=at, type=type_))


def short() -> No:
    """Return the refusal for want of coins."""
    return No(200, 4002, "not enough credits: please top up your coins")


def _wanted(entry: Entry, query: Mapping[str, str]) -> bool:
    consumption = query.get("is_consumption")
    if consumption is not None and (entry.amount < 0) != (consumption == "true"):
        return False
    shown = read_instant(written(entry.created_at))
    if "startDate" in query and shown < read_instant(query["startDate"]):
        return False
    return "endDate" not in query or shown <= read_instant(query["endDate"])
