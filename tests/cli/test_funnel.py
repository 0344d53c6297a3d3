"""The funnel on the command line: tables, JSON, exit codes, files."""

import json
from pathlib import Path
from typing import Any

import pytest

from elite8.cli import run
from elite8.core.studio import open_studio
from tests.operations.funnelled import COLUMNS, entered, journeys, live


@pytest.fixture
def lived(tmp_path: Path) -> None:
    """Four weeks of posts, links, clicks and money."""
    studio = open_studio()
    found = live(studio, posts=7)
    rows = [one for one in journeys(studio, found, people=40) if "USD" in one or "money" not in one]
    entered(studio, rows, tmp_path / "people.csv")
    studio.database.close()


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run([*arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.mark.usefixtures("lived")
def test_every_table_answers_and_fits(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for words, wanted in (
        (("show",), ("views", "subscribers", "clicks of", "95 %", "Asia/Tokyo")),
        (("show", "--by", "region"), ("by region: JP", "by region: unknown")),
        (("next",), ("Bottleneck", "Make next", "elite8 generate --character", "share of the")),
        (("cohort",), ("subscribed", "people", "month 0")),
        (("cohort", "--weeks"), ("paid in the week they subscribed",)),
        (("revenue",), ("Money by post", "40/20/40", "has no known post")),
        (("revenue", "--by", "video"), ("Rain", "credits")),
        (("link", "list"), ("example.com/join", "awareness")),
        (("report", "--out", str(tmp_path / "f.html")), (str(tmp_path / "f.html"),)),
    ):
        code, out, _ = answer(capsys, "funnel", *words)
        assert code == 0, words
        for piece in wanted:
            assert piece in out, (words, piece)
        told = answer(capsys, "funnel", *words, "--json")[1]
        assert json.loads(told)["status"] == "ok"
    assert "From views to members" in (tmp_path / "f.html").read_text(encoding="utf-8")


def test_without_anything_each_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no link was made yet" in answer(capsys, "funnel", "show")[2]
    by_region = answer(capsys, "funnel", "show", "--by", "region")[1]
    assert by_region.endswith("nothing is known by region in that time\n")
    assert "nobody has subscribed" in answer(capsys, "funnel", "cohort")[1]
    assert "no money in" in answer(capsys, "funnel", "revenue")[1]
    assert "none that is sure" in answer(capsys, "funnel", "next")[1]
    assert "no links yet" in answer(capsys, "funnel", "link", "list")[2]
    assert answer(capsys, "funnel", "show", "--by", "moon")[0] == 2
    assert answer(capsys, "funnel", "revenue", "--by", "moon")[0] == 2
    assert answer(capsys, "funnel", "show", "--since", "today")[0] == 2


def test_a_link_is_made_shown_and_ended(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    create = ("funnel", "link", "create", "https://example.com/", "--region", "JP")
    code, out, err = answer(capsys, *create)
    assert code == 0
    assert "set ELITE8_WEB_URL" in err
    monkeypatch.setenv("ELITE8_WEB_URL", "https://go.example.com")
    code, out, err = answer(capsys, *create)
    made: Any = json.loads(answer(capsys, *create, "--json")[1])["data"]
    assert out.splitlines()[-1] == f"https://go.example.com/l/{made['code']}"
    assert "trust_proxy" in err
    assert made["code"] in answer(capsys, "funnel", "link", "show", made["code"])[1]
    assert answer(capsys, "funnel", "link", "retire", made["code"])[0] == 0
    assert "over" in answer(capsys, "funnel", "link", "list", "--all")[1]
    assert "--all shows those that are over" in answer(capsys, "funnel", "link", "list")[2]
    assert answer(capsys, "funnel", "link", "show", "nothing")[0] == 2
    refused = answer(capsys, "funnel", "link", "create", "https://onlyfans.com/x")
    assert (refused[0], "no-adult-links" in refused[2]) == (1, True)


def test_a_file_with_wrong_rows_ends_with_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    good, bad = "lead,2026-11-20T09:00:00+09:00,ann,,,,,,", "laed,x,,,,,,,"
    file.write_text(f"{COLUMNS}\n{good}\n" + f"{bad}\n" * 30, encoding="utf-8")
    code, out, err = answer(capsys, "funnel", "import", str(file))
    assert code == 1
    assert "31 rows: 1 entered (1 leads)" in out
    assert "0 known before, 30 left out" in out
    assert err.count("error: line") == 20
    assert "a.rejected.csv" in out
    told = json.loads(answer(capsys, "funnel", "import", str(file), "--json")[1])
    assert (told["status"], len(told["errors"])) == ("partial", 30)
    dry = answer(capsys, "funnel", "import", str(file), "--dry-run")
    assert "0 would be entered" in dry[1]


def test_a_stage_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("generate", "-c", "hana", "--stage", "interest", "--engine", "local", "--dry-run")
    told = json.loads(answer(capsys, *words, "--json")[1])["data"][0]
    assert told["stage"] == "interest"
    assert 30 <= told["seconds"] <= 60
    assert answer(capsys, *words[:3], "--stage", "moon", "--dry-run")[0] == 2
