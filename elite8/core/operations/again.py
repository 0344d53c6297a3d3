"""Rows that have no id of their own: which of them say what an earlier file said already."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from elite8.core.storage import subscribers
from elite8.core.storage.database import Session

MOST_ALIKE = 0xFFFF
ORDINAL = 4
"""Digits at the end of a key that say which of those alike it is."""


class Stored(NamedTuple):
    """An event that is there: which of those alike it is, of which performer, of which file."""

    ordinal: int
    character: str
    batch: int | None


@dataclass
class Before:
    """What is stored of some rows by how their keys begin, which says all but the performer.

    It grows with what is entered now.
    """

    batch: int | None
    there: dict[str, list[Stored]] = field(default_factory=dict)

    def look(self, session: Session, beginnings: Collection[str]) -> None:
        """Find what is stored."""
        for key, character, batch in subscribers.alike(session, beginnings):
            stored = Stored(int(key[-ORDINAL:], 16), character, batch)
            self.there.setdefault(key[:-ORDINAL], []).append(stored)

    def place(self, beginning: str, character: str, number: int) -> tuple[str, str]:
        """Return the key of a row that is new, else "", and why it is not taken if it is wrong.

        It is the `number`-th of those alike that its file tells of its performer. One that another
        file told without a performer may be of any.
        """
        stored = self.there.setdefault(beginning, [])
        same = sum(one.character == character for one in stored)
        if number <= same:
            return "", ""
        may_be = [
            one
            for one in stored
            if one.batch != self.batch and (one.character == "") != (character == "")
        ]
        if number <= same + len(may_be):
            return "", twice(may_be[0], character)
        ordinal = 1 + max((one.ordinal for one in stored), default=0)
        if ordinal > MOST_ALIKE:
            return "", ""
        stored.append(Stored(ordinal, character, self.batch))
        return f"{beginning}{ordinal:0{ORDINAL}x}", ""


def twice(other: Stored, character: str) -> str:
    """Return why a row is not taken that may be of another performer, or may be the same."""
    if character:
        return (
            f"would count twice: batch {other.batch} told the same and named no performer; leave "
            f"it, or take that back first: elite8 subscribers import undo {other.batch} (not once "
            "anybody was purged: what is older than that does not come in again)"
        )
    return (
        f"would count twice: batch {other.batch} told the same of {other.character}, and this file "
        "names no performer; say whose it is with --character"
    )
