"""A file of consents that were given elsewhere, row by row; what is wrong stops no other row."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from elite8.core.errors import ConfigError, Elite8Error
from elite8.core.operations import consents
from elite8.core.operations.given import Given, quoted
from elite8.core.studio import Studio

NEEDED = ("channel", "address", "evidence", "consented_at")
OPTIONAL = ("purpose", "country", "zone", "language", "age", "wording", "confirmed_at")
LARGEST = 50_000_000


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
    """Record the consents of a CSV file; a second time changes nothing."""
    new = known = 0
    statuses: Counter[str] = Counter()
    wrong: list[Wrong] = []
    for line, row in rows(file):
        try:
            found = consents.record(studio, given(row))
        except Elite8Error as trouble:
            wrong.append(Wrong(line=line, why=str(trouble)))
            continue
        statuses[found.status] += 1
        new, known = new + found.new, known + (not found.new)
    return Imported(
        new=new, known=known, statuses=tuple(sorted(statuses.items())), wrong=tuple(wrong)
    )


def rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows with their lines; a file that is no such table is a ConfigError."""
    try:
        if file.stat().st_size > LARGEST:
            raise ConfigError(f"{file} has over {LARGEST // 1_000_000} MB; split it")
        with file.open(encoding="utf-8-sig", newline="") as opened:
            table = csv.DictReader(opened, strict=True)
            check_columns(file, table.fieldnames or ())
            for row in table:
                yield table.line_num, {k: (v or "").strip() for k, v in row.items() if k}
    except (OSError, UnicodeDecodeError, csv.Error) as broken:
        raise ConfigError(f"{file} cannot be read as CSV in UTF-8: {broken}") from None


def check_columns(file: Path, found: object) -> None:
    """Refuse a file without what is needed, or with what nobody should keep."""
    names = set(found) if isinstance(found, list | tuple) else set()
    if lacking := [name for name in NEEDED if name not in names]:
        raise ConfigError(f"{file} has no column '{lacking[0]}'; it needs {', '.join(NEEDED)}")
    if isinstance(found, list | tuple) and len(found) > len(names):
        raise ConfigError(f"{file} has a column twice; which of them holds nobody can say")
    if strange := sorted(names - set(NEEDED) - set(OPTIONAL)):
        raise ConfigError(
            f"{file} has the column{quoted(strange[0])}, which is not kept; take it out. "
            f"Beside those needed: {', '.join(OPTIONAL)}"
        )


def given(row: dict[str, str]) -> Given:
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
