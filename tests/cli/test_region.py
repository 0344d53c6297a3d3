"""`elite8 region` and `generate --regions`: what they answer, and how they fail."""

import json
from typing import Any

import pytest

from elite8.cli import run


def answer(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert run([*words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("show", "jp"),
        ("compare",),
        ("times", "US", "--on", "2026-11-01"),
        ("calendar", "--month", "2027-03"),
        ("check", "DE"),
        ("budget",),
        ("launch",),
    ],
)
def test_each_answers_as_a_table_and_as_json(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert answer(capsys, "region", *words)["status"] == "ok"
    assert run(["region", *words]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 3


def test_times_name_the_fold_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = answer(capsys, "region", "times", "US", "--on", "2026-11-01")["data"]
    assert found["changes"][0] == {
        "at": "2026-11-01T06:00:00Z",
        "day": "2026-11-01",
        "kind": "fold",
        "first": "01:00",
        "last": "02:00",
    }
    assert [one["start"] for one in found["windows"]] == ["09:00", "13:00", "18:00"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("region", "show", "FR"), 2, "no region 'FR'"),
        (("region", "times", "--on", "soon"), 2, "no day"),
        (("region", "times", "--on", "1066-10-14"), 2, "outside"),
        (("region", "calendar", "--month", "12"), 2, "no month"),
        (("generate", "-c", "hana", "--regions", "MX"), 1, "--allow-later"),
        (("generate", "-c", "hana", "--allow-later"), 2, "say for which regions"),
        (("generate", "-c", "hana", "--regions", "US", "--promotes", "x"), 2, "own or partner"),
        (("schedule", "plan", "--regions", "ID"), 1, "--allow-later"),
        (("schedule", "rehearse", "--regions", "FR"), 2, "no region"),
    ],
)
def test_what_cannot_be_meant_says_so(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    found = answer(capsys, *words, code=code)
    assert found["status"] == "failed"
    assert said in found["errors"][0]["message"]


def test_a_dry_run_shows_five_regions_and_keeps_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("generate", "-c", "hana", "--regions", "US,JP,BR,DE,GB", "--seed", "7", "--dry-run")
    found = answer(capsys, *words)["data"]
    assert [one["region"] for one in found] == ["US", "JP", "BR", "DE", "GB"]
    assert {one["video"] for one in found} == {""}
    assert run(words) == 0
    told = capsys.readouterr()
    assert "signed in to none of their networks" in told.err
    assert answer(capsys, "schedule", "show", "--week")["data"] == []


def test_a_block_in_an_active_region_is_the_exit_code(
    capsys: pytest.CaptureFixture[str], edited_config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = edited_config("phase2/country_configs.json", '"ad": "Anzeige"', '"ad": "#ad"')
    monkeypatch.setenv("ELITE8_CONFIG_DIR", str(folder))
    found = answer(capsys, "region", "check", code=1)
    assert "DE rule de-ad" in found["errors"][0]["message"]
