"""A table in a file, row by row: CSV or JSONL of any size, in the letters it was written in."""

import codecs
import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from elite8.core import foreign
from elite8.core.errors import ConfigError
from elite8.core.operations.given import quoted

AT_ONCE = 1 << 20
BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
NOT_TEXT = {b"PK\x03\x04": "a spreadsheet or a ZIP", b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "Excel"}
TRIED = ("utf-8-sig", "cp932")
"""UTF-8 refuses nearly every text that is none, so it is asked first."""
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file that can be read: the hash of its bytes, and in which letters it is."""

    file: Path
    sha256: str
    encoding: str

    @property
    def is_csv(self) -> bool:
        """Whether it is CSV; else it is JSONL."""
        return self.file.suffix.lower() in (".csv", ".tsv", ".txt")


def look(file: Path, encoding: str = "auto") -> Sheet:
    """Return what kind of file it is, read once from end to end; one that is none: ConfigError."""
    if file.suffix.lower() not in (".csv", ".tsv", ".txt", ".jsonl"):
        raise ConfigError(f"{file} ends in '{file.suffix}'; write .csv or .jsonl")
    hashed = hashlib.sha256()
    try:
        with file.open("rb") as opened:
            start = opened.read(4)
            if not start:
                raise ConfigError(f"{file} is empty")
            if kind := NOT_TEXT.get(start):
                raise ConfigError(f"{file} is {kind}; save it as CSV in UTF-8")
            opened.seek(0)
            tried = candidates(start, encoding)
            while some := opened.read(AT_ONCE):
                hashed.update(some)
                tried = {name: one for name, one in tried.items() if takes(one, some)}
    except OSError as trouble:
        raise ConfigError(f"{file} cannot be read: {trouble.strerror}") from None
    good = next((name for name, one in tried.items() if takes(one, b"", last=True)), "")
    if not good:
        raise ConfigError(
            f"{file} is in letters nobody knows here; save it as UTF-8, or name them in the "
            "profile: encoding = 'cp1252'"
        )
    return Sheet(file=file, sha256=hashed.hexdigest(), encoding=good)


def candidates(start: bytes, encoding: str) -> dict[str, codecs.IncrementalDecoder]:
    """Return the decoders to try, the likeliest first."""
    names: Sequence[str] = TRIED
    if encoding != "auto":
        names = ("utf-8-sig" if encoding == "utf-8" else encoding,)
    elif start[:2] in BOMS:
        names = (BOMS[start[:2]],)
    return {name: codecs.getincrementaldecoder(name)() for name in names}


def takes(decoder: codecs.IncrementalDecoder, some: bytes, *, last: bool = False) -> bool:
    """Return whether these bytes go on as text."""
    try:
        decoder.decode(some, last)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def opened(sheet: Sheet) -> Iterator[TextIO]:
    """Give the text of a sheet."""
    with sheet.file.open(encoding=sheet.encoding, newline="") as lines:
        yield lines


def delimiter_of(sheet: Sheet, given: str, needed: Sequence[str]) -> str:
    """Return what stands between the columns: that by which the most of the needed are found."""
    if given != "auto":
        return given
    with opened(sheet) as lines:
        first = next((line for line in lines if line.strip()), "")
    found = {one: set(header_in(first, one)) for one in DELIMITERS}
    return max(DELIMITERS, key=lambda one: len(found[one] & set(needed)))


def header_in(line: str, delimiter: str) -> list[str]:
    """Return the names in a header."""
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]


def csv_rows(sheet: Sheet, lines: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line and cells of each row (RFC 4180), the header first; an empty line is no row."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as broken:
        raise ConfigError(f"{sheet.file}, line {reader.line_num}: not CSV: {broken}") from None


def check_header(file: Path, header: Sequence[str]) -> None:
    """Refuse a header with a name that stands twice."""
    if twice := next((name for name in header if name and header.count(name) > 1), ""):
        raise ConfigError(f"{file} has the column{quoted(twice)} twice")


def json_rows(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, str], str]]:
    """Yield line, texts by name, and why it is no row, "" when it is."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = foreign.read(line.encode(), parse_float=str, parse_int=str)
        except ValueError:
            yield number, {}, "it is not JSON"
            continue
        if not isinstance(found, dict) or any(isinstance(v, dict | list) for v in found.values()):
            yield number, {}, "it is no object of plain values"
            continue
        yield number, {key: plain(value) for key, value in found.items()}, ""


def plain(value: object) -> str:
    """Return a value of JSON as text: nothing is "", true is "true"."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()
