"""A file of rows, CSV or JSONL, as texts by column; what is no row is told by its line."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path

from elite8.core.errors import ConfigError
from elite8.core.operations import sheet
from elite8.core.operations.given import quoted
from elite8.core.storage import whole

MOST_BYTES = 64 << 20
LONGEST_CELL = 2000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula (OWASP, CSV injection; ASVS 1.2.10).

The last four are the wide forms of the first, which a Japanese one may read alike.
"""
NUMBER = re.compile(r"[+-]?[\d.,]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its line in the file, its texts, and why it is no row, "" when it is."""

    line: int
    cells: Mapping[str, str]
    why: str = ""


def read(file: Path, columns: Sequence[str], needed: Sequence[str]) -> tuple[Row, ...]:
    """Return the rows; a file that cannot be read, or lacks a column, is a ConfigError."""
    kind = file.suffix.lower()
    if kind not in (".csv", ".jsonl"):
        raise ConfigError(f"{file} ends in '{kind}'; write .csv or .jsonl")
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ConfigError(f"{file} is over {MOST_BYTES >> 20} MB; cut it in pieces")
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(
            f"{file} is not UTF-8 text; save it as UTF-8 (iconv -f CP932 -t UTF-8 for Japanese "
            "exports of Windows)"
        ) from None
    except OSError as trouble:
        raise ConfigError(f"{file} cannot be read: {trouble.strerror}") from None
    found = from_csv(file, text, columns, needed) if kind == ".csv" else from_jsonl(text)
    return tuple(checked(row, columns, needed) for row in found)


def from_csv(file: Path, text: str, columns: Sequence[str], needed: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a CSV file (RFC 4180): a header, commas, quotes where needed."""
    reader = csv.DictReader(StringIO(text, newline=""), strict=True, restkey="")
    try:
        header = [name.strip() for name in reader.fieldnames or ()]
        if len(header) == 1 and ";" in header[0]:
            raise ConfigError(f"{file} has semicolons between its columns; save it with commas")
        if twice := next((name for name in header if header.count(name) > 1), ""):
            raise ConfigError(f"{file} has the column{quoted(twice)} twice")
        check_columns(file, [*filter(None, header)], columns, needed)
        for cells in reader:
            more = "" in cells
            known = {k.strip(): meant((v or "").strip()) for k, v in cells.items() if k}
            yield Row(line=reader.line_num, cells=known, why="it has too many cells" * more)
    except csv.Error as broken:
        raise ConfigError(f"{file}, line {reader.line_num}: not CSV: {broken}") from None


def from_jsonl(text: str) -> Iterator[Row]:
    """Yield the rows of a JSONL file: an object in each line."""
    for number, cells, why in sheet.json_rows(text.splitlines()):
        yield Row(line=number, cells=cells, why=why)


def checked(row: Row, columns: Sequence[str], needed: Sequence[str]) -> Row:
    """Return the row, with why it is none: a column too many or too few, a cell without end."""
    why = row.why
    if lacking := next((name for name in needed if name not in row.cells), ""):
        why = why or f"it has no '{lacking}'; needed are {', '.join(needed)}"
    if strange := next((name for name in row.cells if name not in columns), ""):
        why = why or unknown(strange, columns)
    if any(len(cell) > LONGEST_CELL or not cell.isprintable() for cell in row.cells.values()):
        why = why or f"a cell is over {LONGEST_CELL} letters or holds signs that steer a terminal"
    return Row(line=row.line, cells=row.cells, why=why)


def check_columns(
    file: Path, header: Sequence[str], columns: Sequence[str], needed: Sequence[str]
) -> None:
    """Refuse a header with a column nobody knows, or without one that is needed."""
    if strange := next((name for name in header if name not in columns), ""):
        raise ConfigError(f"{file}: {unknown(strange, columns)}")
    if lacking := next((name for name in needed if name not in header), ""):
        raise ConfigError(f"{file} has no column '{lacking}'; needed are {', '.join(needed)}")


def unknown(name: str, columns: Sequence[str]) -> str:
    """Return the sentence about a column nobody knows."""
    near = get_close_matches(name, columns, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(columns)}"
    return f"unknown column{quoted(name)}; {hint}"


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; a number is none."""
    return f"'{cell}" if cell.startswith(FORMULA) and not NUMBER.fullmatch(cell) else cell


def meant(cell: str) -> str:
    """Return what a cell was before it was made harmless."""
    bare = cell.removeprefix("'")
    return bare if harmless(bare) == cell else cell


def beside(file: Path) -> Path:
    """Return where the rows of a file go that were not taken."""
    return file.with_name(f"{file.stem}.rejected{file.suffix.lower()}")


def write(file: Path, rows: Sequence[Row], columns: Sequence[str]) -> None:
    """Write rows with why they were not taken, for their owner alone, whole or not at all."""
    if file.suffix == ".jsonl":
        lines = (json.dumps({**row.cells, "why": row.why}, ensure_ascii=False) for row in rows)
        text = "".join(f"{line}\n" for line in lines)
    else:
        used = [name for name in columns if any(name in row.cells for row in rows)]
        out = StringIO(newline="")
        writer = csv.DictWriter(out, [*used, "why"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(
            {name: harmless(cell) for name, cell in {**row.cells, "why": row.why}.items()}
            for row in rows
        )
        text = out.getvalue()
    try:
        whole.replace(file, text.encode())
    except OSError as trouble:
        raise ConfigError(f"{file} cannot be written: {trouble.strerror}") from None
