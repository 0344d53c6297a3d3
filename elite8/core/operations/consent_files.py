"""A file of consents that were given elsewhere, row by row; what is wrong stops no other row."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from elite8.core.errors import ConfigError, Elite8Error
from elite8.core.operations import consents, rows
from elite8.core.operations.given import Given, quoted
from elite8.core.studio import Studio

NEEDED = ("channel", "address", "evidence", "consented_at")
OPTIONAL = ("purpose", "country", "zone", "language", "age", "wording", "confirmed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A row that was not taken; it is named by its line, never by its address."""

    line: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file: rows that are new or were known so, by status, and wrong ones."""

    new: int
    known: int
    statuses: tuple[tuple[str, int], ...]
    wrong: tuple[Wrong, ...]


def load(studio: Studio, file: Path) -> Imported:
    """Record the consents of a file; a second time changes nothing."""
    new = known = 0
    statuses: Counter[str] = Counter()
    wrong: list[Wrong] = []
    for row in rows.read(file, (*NEEDED, *OPTIONAL), NEEDED):
        if row.why:
            wrong.append(Wrong(line=row.line, why=row.why))
            continue
        try:
            found = consents.record(studio, given(row.cells))
        except Elite8Error as trouble:
            wrong.append(Wrong(line=row.line, why=str(trouble)))
            continue
        statuses[found.status] += 1
        new, known = new + found.new, known + (not found.new)
    return Imported(
        new=new, known=known, statuses=tuple(sorted(statuses.items())), wrong=tuple(wrong)
    )


def given(row: Mapping[str, str]) -> Given:
    """Return the consent of a row; it is the operator's word, not the person's own."""
    return Given(
        channel=row["channel"],
        address=row["address"],
        purpose=row.get("purpose") or "marketing",
        country=row.get("country", ""),
        zone=row.get("zone", ""),
        language=row.get("language", ""),
        age=row.get("age") or "unknown",
        source="import_attested",
        evidence=row["evidence"],
        wording=row.get("wording", ""),
        at=instant(row["consented_at"]),
        confirmed_at=instant(row.get("confirmed_at", "")),
    )


def instant(text: str) -> datetime | None:
    """Return an instant; one without a zone is UTC, a day its beginning."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"no time{quoted(text)}; write 2026-11-26T14:00:00+09:00") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
