"""An export, read by its profile: each row as what it says, or why it says nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import NamedTuple

from elite8.core.domain.profile import Profile
from elite8.core.errors import ConfigError
from elite8.core.operations import sheet
from elite8.core.operations.alike import Alike
from elite8.core.operations.cells import LONGEST_CELL, Wrong, printed
from elite8.core.operations.mapping import Did, Layout, Reading, Stands
from elite8.core.operations.sheet import Sheet

MOST_UNMAPPED = 50
TIMES = ("occurred_at", "started_on", "current_period_end", "last_seen_at")
LEFT_OUT = "left out"
"""Why of a row that is none of a subscriber's: a total, or what the profile skips."""


class Record(NamedTuple):
    """One row: its line, what it says, how it stood in the file, and why it is not taken."""

    line: int
    row: Did | Stands | None
    cells: Sequence[str]
    why: str


@dataclass
class Export:
    """A file and how it is read; `header` and `unmapped` are known once it was begun."""

    sheet: Sheet
    profile: Profile
    reading: Reading
    constants: Mapping[str, str]
    header: tuple[str, ...] = ()
    delimiter: str = ""
    unmapped: dict[str, None] = field(default_factory=dict)
    alike: Alike | None = None

    def records(self) -> Iterator[Record]:
        """Yield every row; a file without a needed column is a ConfigError."""
        read = self.from_csv() if self.sheet.is_csv else self.from_jsonl()
        for line, layout, cells, why in read:
            if why:
                yield Record(line, None, cells, why)
                continue
            try:
                row = self.row(line, layout, cells)
            except Wrong as wrong:
                yield Record(line, None, cells, str(wrong))
            else:
                yield Record(line, row, cells, "" if row else LEFT_OUT)

    def row(self, line: int, layout: Layout, cells: Sequence[str]) -> Did | Stands | None:
        """Return what a row says, `None` for one that is none of a subscriber's."""
        if self.alike is not None and (found := self.alike.did(line, cells)) is not None:
            return found
        check_cells(cells)
        said = layout.said(self.profile, cells)
        if said is None or self.is_total(said, cells):
            return None
        if self.profile.kind == "events":
            row = self.reading.did(line, said)
            if self.alike is not None:
                self.alike.learn(cells, row)
            return row
        return self.reading.stands(line, said)

    def from_csv(self) -> Iterator[tuple[int, Layout, list[str], str]]:
        """Yield the rows of a CSV file."""
        needed = [
            self.profile.columns[n] for n in self.profile.required if n in self.profile.columns
        ]
        self.delimiter = sheet.delimiter_of(self.sheet, self.profile.delimiter, needed)
        with sheet.opened(self.sheet) as lines:
            rows = sheet.csv_rows(self.sheet, lines, self.delimiter)
            header = [cell.strip() for cell in next(rows, (0, []))[1]]
            sheet.check_header(self.sheet.file, header)
            self.begin(header)
            layout = Layout.of(self.profile, header, self.constants)
            self.alike = Alike.of(self.profile, layout, self.reading)
            for line, cells in rows:
                yield line, layout, cells, ""

    def from_jsonl(self) -> Iterator[tuple[int, Layout, list[str], str]]:
        """Yield the rows of a JSONL file, as cells under the profile's own columns."""
        header = list(dict.fromkeys(self.profile.columns.values()))
        layout = Layout.of(self.profile, header, self.constants)
        with sheet.opened(self.sheet) as lines:
            for line, found, why in sheet.json_rows(lines):
                if not self.header and not why:
                    self.begin(list(found), header)
                    self.alike = Alike.of(self.profile, layout, self.reading)
                elif len(self.unmapped) < MOST_UNMAPPED:
                    self.unmap(found)
                yield line, layout, [found.get(name, "") for name in header], why

    def begin(self, names: Sequence[str], header: Sequence[str] = ()) -> None:
        """Refuse a file that lacks what its profile needs; note what it has besides."""
        profile = self.profile
        for ours in profile.required:
            theirs = profile.columns.get(ours)
            if theirs is not None and theirs not in names:
                near = get_close_matches(theirs, names, n=1)
                hint = f"; did they rename it to '{printed(near[0])}'?" if near else "."
                raise ConfigError(
                    f"{self.sheet.file} has no column '{theirs}' ({ours}), which its profile "
                    f"needs{hint} Columns are never guessed: correct the profile"
                )
        self.header = tuple(header or names)
        there = {ours for ours, theirs in profile.columns.items() if theirs in self.header}
        told = there | set(profile.constants)
        sums = tuple(one for one in self.reading.sums if one in told)
        self.reading = replace(self.reading, sums=sums)  # what no row can say is not looked for
        self.unmap(names)

    def unmap(self, names: Sequence[str] | Mapping[str, str]) -> None:
        """Note the columns that nobody asked for."""
        known = {*self.profile.columns.values(), *self.profile.ignore, ""}
        self.unmapped |= {printed(name): None for name in names if name not in known}

    def is_total(self, said: Mapping[str, str], cells: Sequence[str]) -> bool:
        """Return whether it sums up the rows before it: it has the word for it, and no time."""
        if "occurred_at" in said or any(name in said for name in TIMES):
            return False
        return any(cell.strip().casefold() in self.profile.totals for cell in cells)


def check_cells(cells: Sequence[str]) -> None:
    """Refuse a row with a cell without end."""
    if max(map(len, cells), default=0) > LONGEST_CELL:
        raise Wrong(f"a cell is over {LONGEST_CELL} letters")
