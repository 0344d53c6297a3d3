"""What was decided, by whom and by which rules: rows that each carry the hash of the one before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime

FIRST = "0" * 64
"""What the first row carries in place of the hash before it."""


class AuditEntry(Kept, table=True):
    """A row of `audit`; it is never changed or deleted.

    `who` is the face it came by, `subject` an id or a scope, never a person's own data; `rules` is
    the version of the rule book, "" where none was asked.
    """

    __tablename__ = "audit"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    who: str = Field(max_length=24)
    act: str = Field(max_length=24)
    subject: str = Field(max_length=64, index=True)
    decision: str = Field(max_length=24)
    rules: str = Field(default="", max_length=12)
    detail: str = ""
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be kept of a decision."""

    act: str
    subject: str
    decision: str
    rules: str = ""
    detail: str = ""


SAID = ("number", "at", "who", "act", "subject", "decision", "rules", "detail", "previous")


def hash_of(entry: Mapping[str, Any]) -> str:
    """Return the hash that a row has to have: over all it says and the hash before it."""
    said = [entry[name] for name in SAID]
    said[1] = entry["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def following(
    last: tuple[int, str] | None, *, at: datetime, who: str, what: Decision
) -> dict[str, Any]:
    """Return the row that comes after the last one, which is known by its number and hash."""
    number, previous = last or (0, FIRST)
    entry: dict[str, Any] = {
        "number": number + 1,
        "at": at,
        "who": who,
        "act": what.act,
        "subject": what.subject[:64],
        "decision": what.decision,
        "rules": what.rules,
        "detail": what.detail,
        "previous": previous,
    }
    return entry | {"hash": hash_of(entry)}
