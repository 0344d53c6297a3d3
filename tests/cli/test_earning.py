"""Money of subscribers on the command line: tables that fit, JSON, exit codes, the page."""

import json
import re
from pathlib import Path

import pytest

from elite8.cli import run
from elite8.core.studio import open_studio
from tests.operations.earned import live

pytestmark = pytest.mark.usefixtures("tabled")

COMMANDS = (
    (("money",), ("MRR, JPY", "net MRR churn (ChartMogul)", "NRR, without", "tips (do not recur)")),
    (("money", "--by", "tier"), ("tier, USD", "gained", "all")),
    (("money", "--by", "country"), ("country, JPY", "unknown")),
    (("money", "--by", "post"), ("post, USD", "unknown")),
    (("cohorts",), ("first paid", "blank: not over yet, or not known (never 0)")),
    (("survival",), ("100% ┤", "still there (Kaplan-Meier)", "at risk", "Half have left after")),
    (("ltv",), ("What a subscriber is worth: 12 months ahead, 10.0% off a year", "fanvue")),
)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(["subscribers", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_every_answer_fits_eighty_columns_and_names_nobody(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    studio = open_studio()
    live(studio, people=150)
    studio.database.close()
    file = tmp_path / "page.html"
    for words, wanted in COMMANDS:
        code, out, _ = answer(capsys, *words)
        assert code == 0, words
        for piece in wanted:
            assert piece in out, (words, piece)
        lines = [line for line in out.splitlines() if "─" in line or "┤" in line]
        assert max(map(len, lines)) <= 80, words
        told = json.loads(answer(capsys, *words, "--json")[1])
        assert told["status"] == "ok"
        assert not re.search(r"[0-9a-f]{32}|fan[0-9]", json.dumps(told))
    code, _, err = answer(capsys, "money", "--html", str(file))
    text = file.read_text(encoding="utf-8")
    assert (code, f"page: {file}" in err) == (0, True)
    assert not re.search(r"<script|<link|<img|https?://|url[(]|@import| style=", text)
    assert not re.search(r"[0-9a-f]{32}|fan[0-9]", text)
    for piece in ("Money of subscribers", "<polygon", 'class="h4"', "What people are worth"):
        assert piece in text


def test_without_anything_each_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "elite8 subscribers import apply FILE --profile NAME" in answer(capsys, "money")[1]
    assert "nobody's first payment is known" in answer(capsys, "cohorts")[1]
    assert "a curve takes 10 people" in answer(capsys, "survival")[1]
    assert "nobody pays" in answer(capsys, "ltv")[1]
    file = tmp_path / "page.html"
    assert answer(capsys, "money", "--html", str(file))[0] == 0
    assert "No money of subscribers is known" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("money", "--month", "October"),
        ("money", "--month", "2026-10", "--since", "2026-10-01"),
        ("money", "--until", "2026-10-01"),
        ("money", "--since", "2031-01-01", "--until", "2031-02-01"),
        ("money", "--by", "moon"),
        ("cohorts", "--platform", "moon"),
        ("ltv", "--horizon", "500"),
        ("ltv", "--discount", "0"),
    ],
)
def test_what_makes_no_sense_is_refused(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, out, err = answer(capsys, *words)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
