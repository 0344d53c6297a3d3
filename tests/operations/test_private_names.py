"""Nobody is named where nobody asked for them, in outputs and files; no cell is a formula."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.cli import run
from elite8.core.operations import rows
from elite8.core.operations.rows import Row
from elite8.core.settings import load
from elite8.core.studio import Studio, open_studio
from tests.operations.test_privacy import HANDLE, MAIL, NUMBER, linked, named

PRIVACY = ["subscribers", "privacy"]
QUIET = (
    ["subscribers", "consent", "show"],
    [*PRIVACY, "page"],
    [*PRIVACY, "purge", "--dry-run"],
    [*PRIVACY, "purge"],
    [*PRIVACY, "erase", f"fanvue:{HANDLE}", "--dry-run"],
    [*PRIVACY, "export", f"email:{MAIL}"],
    [*PRIVACY, "requests", "add", f"fanvue:{NUMBER}", "--kind", "access"],
    [*PRIVACY, "requests", "add", f"fanvue:{HANDLE}", "--kind", "gossip"],
    [*PRIVACY, "requests", "list", "--all"],
    [*PRIVACY, "erase", f"fantia:{HANDLE}"],
    [*PRIVACY, "erase", f"{HANDLE}:fanvue"],
    ["monitor", "audit", "list"],
    ["funnel", "show"],
    ["subscribers", "money"],
    ["subscribers", "at-risk"],
    ["subscribers", "churn"],
    ["subscribers", "winback", "list"],
    ["subscribers", "import", "list"],
)


def test_no_output_and_no_file_tells_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    studio: Studio = open_studio()
    key = named(studio, HANDLE, NUMBER)
    person = linked(studio, key)
    said = []
    for command in QUIET:
        for more in ([], ["--json"]):
            run([*command, *more])
            told = capsys.readouterr()
            said.append(told.out + told.err)
    everything = "\n".join(said)
    assert person[:12] in everything  # the request is listed by key
    for name in (HANDLE, NUMBER, MAIL, "peculiar@"):
        assert name.lower() not in everything.lower()
    folder = load().state_dir
    for file in (one for one in folder.rglob("*") if one.is_file()):
        assert file.stat().st_mode & 0o077 == 0, file
        if file.parent.name != "privacy":  # the answer to that very person
            found = file.read_bytes().lower()
            # The test's own key of a funnel event has the handle; an import's is hashed.
            found = found.replace(f"{HANDLE} 1".lower().encode(), b"")
            assert not [n for n in (HANDLE, NUMBER, MAIL) if n.lower().encode() in found], file


def test_the_commands_answer_ask_and_erase(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = named(open_studio(), HANDLE, NUMBER)
    assert run([*PRIVACY, "requests", "add", key[:9], "--kind", "erase", "--json"]) == 0
    asked = json.loads(capsys.readouterr().out)["data"][0]
    assert run([*PRIVACY, "requests", "acknowledge", asked["id"][:20]]) == 0
    assert run([*PRIVACY, "requests", "done", asked["id"], "--did", "erased"]) == 1
    assert "an erasure is done by" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", _line(f"fanvue:{HANDLE}\n"))
    assert run([*PRIVACY, "erase", "-"]) == 0
    assert "erased: 2 names" in capsys.readouterr().out
    assert run([*PRIVACY, "requests", "list", "--all"]) == 0
    assert "done" in capsys.readouterr().out
    assert run([*PRIVACY, "breach", "--known", "2026-11-26T09:00+00:00", "--json"]) == 0
    clocks = json.loads(capsys.readouterr().out)["data"]["clocks"]
    assert clocks[0]["until"] == "2026-11-29T09:00:00Z"
    assert run([*PRIVACY, "requests", "add", key, "--kind", "access"]) == 1
    assert run([*PRIVACY, "requests", "add", key, "--kind", "access", "--at", "noon"]) == 2


def _line(text: str) -> object:
    from io import StringIO

    return StringIO(text)


@given(st.text(alphabet="=+-@\t\r'1a,.", max_size=6))
def test_no_cell_is_a_formula(cell: str) -> None:
    safe = rows.harmless(cell)
    assert not safe.startswith(rows.FORMULA) or rows.NUMBER.fullmatch(safe)
    assert rows.meant(safe) == cell or cell.startswith("'")


def test_a_rejected_row_is_harmless_in_a_spreadsheet_and_reads_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "x.rejected.csv"
    cells = {"who": "=cmd|' /C calc'!A0", "paid": "-9.99"}
    rows.write(file, [Row(line=2, cells=cells, why="no date")], ("who", "paid"))
    (told,) = csv.DictReader(file.read_text().splitlines())
    assert told == {"who": "'=cmd|' /C calc'!A0", "paid": "-9.99", "why": "no date"}
    (again,) = rows.read(file, ("who", "paid", "why"), ("who",))
    assert dict(again.cells) == cells | {"why": "no date"}
