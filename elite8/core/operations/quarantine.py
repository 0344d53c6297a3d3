"""Rows that were not taken, beside the state, for their owner alone: as they stood, and why.

They hold names: `subscribers privacy purge` removes them. A cell that a spreadsheet would take for
a formula has a ' before it (OWASP, CSV injection). Lines end as RFC 4180 has it: csv quotes only
those signs of a cell that end a line of the file, and a spreadsheet begins a row at either.
"""

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from elite8.core.errors import ConfigError
from elite8.core.operations.cells import LONGEST_CELL
from elite8.core.operations.rows import harmless

FOLDER = "quarantine"
LONGEST = 2 * LONGEST_CELL
"""Letters of a cell that are kept: what is longer is refused all the same, and no name."""


class Quarantine:
    """A file that is made with its first row; without a folder nothing is written."""

    def __init__(self, state: Path | None, batch: int, header: Sequence[str]) -> None:
        self.place = None if state is None else state / FOLDER / f"batch-{batch}.csv"
        self.header = header
        self.file: Path | None = None
        self._opened: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> Self:
        if self.place is not None:
            self.place.unlink(missing_ok=True)  # of a run that was killed
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._opened is not None:
            self._opened.close()

    def add(self, line: int, why: str, cells: Sequence[str]) -> None:
        """Write a row that was not taken."""
        if self.place is None:
            return
        if self._opened is None:
            self._begin(self.place)
        self._writer.writerow([str(line), why, *(harmless(cell[:LONGEST]) for cell in cells)])

    def _begin(self, place: Path) -> None:
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            self._opened = os.fdopen(
                os.open(place, flags, 0o600), "w", encoding="utf-8", newline=""
            )
        except OSError as trouble:
            raise ConfigError(f"{place} cannot be written: {trouble.strerror}") from None
        self.file = place
        self._writer = csv.writer(self._opened)
        self._writer.writerow(["line", "why", *map(harmless, self.header)])
