"""Rejected rows hold what strangers wrote: no spreadsheet acts on it, no erasure stops at it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from elite8.core.operations import erasing, leftovers, rows
from elite8.core.operations.rows import Row
from elite8.core.operations.taking_in import Order, TakenIn, take
from elite8.core.studio import Studio

TIP = {
    "platform": "fanvue",
    "platform_user_id": "u1",
    "type": "tip",
    "occurred_at": "2026-11-01T10:00:00Z",
    "amount": "5.00",
    "currency": "USD",
    "character_id": "miyuki",
}
FORMULA = "a\r=cmd|' /C calc'!A0"
Taken = Callable[..., TakenIn]


@pytest.fixture
def taken(studio: Studio, tmp_path: Path) -> Taken:
    def run(*more: dict[str, str]) -> TakenIn:
        file = tmp_path / "e.jsonl"
        file.write_text(
            "".join(json.dumps(row) + "\n" for row in (TIP, *(TIP | one for one in more)))
        )
        return take(studio, Order(file=file, profile="events"))

    return run


def lines_of(file: Path | None) -> list[str]:
    """Return a file's rows as a spreadsheet begins them: at either end of a line, but in quotes."""
    assert file is not None
    with file.open(encoding="utf-8", newline="") as opened:
        return ["\0".join(row) for row in csv.reader(opened, strict=True)]


def test_a_line_end_in_a_cell_begins_no_row_of_its_own(taken: Taken, tmp_path: Path) -> None:
    found = taken({"handle": FORMULA})
    assert len(lines_of(found.quarantine)) == 2
    file = tmp_path / "x.rejected.csv"
    rows.write(file, [Row(line=2, cells={"who": FORMULA}, why="no date")], ("who",))
    assert len(lines_of(file)) == 2


def test_half_a_letter_in_a_cell_stops_no_import(taken: Taken) -> None:
    half = {"handle": "\ud800", "content_id": "\udfff", "event_id": "\udfff"}
    found = taken(half, half | {"amount": "none"})
    assert (found.entered, found.rejected) == (2, 1)


def test_what_a_stranger_wrote_stops_no_erasure(studio: Studio, taken: Taken) -> None:
    found = taken({"content_id": "x" * 200_000}, {"handle": FORMULA})
    assert found.quarantine is not None
    assert erasing.erase(studio, "fanvue:u1").swept
    assert "u1" not in found.quarantine.read_text("utf-8")


def test_a_handle_goes_with_its_person_however_it_was_written(studio: Studio, taken: Taken) -> None:
    named = {"platform_user_id": "", "handle": "nova_fan"}
    found = taken(named, named | {"handle": "@nova_fan", "amount": "none"})
    assert found.quarantine is not None
    assert "@nova_fan" in found.quarantine.read_text("utf-8")
    erasing.erase(studio, "fanvue:nova_fan")
    assert "nova_fan" not in found.quarantine.read_text("utf-8")


@pytest.mark.parametrize("content", [b"x" * 200_000, b"line,why\r\n2,\xe3\x81"])
def test_a_file_of_rows_that_cannot_be_read_stops_no_erasure(
    studio: Studio, taken: Taken, content: bytes
) -> None:
    taken()
    file = studio.settings.state_dir / leftovers.QUARANTINE / "batch-9.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    assert erasing.erase(studio, "fanvue:u1").swept
