"""`elite8 subscribers winback` calls its operations, draws their records and tells errors."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from elite8.cli import run
from elite8.core.studio import open_studio
from tests.operations.lapsed import crowd, name

PLAN = (
    *("subscribers", "winback", "plan", "autumn", "--kind", "discount", "--percent", "50"),
    *("--months", "2", "--price-after", "9.99", "-c", "miyuki", "--platform", "fanvue"),
    *("--text", "We miss you.", "--cancel-how", "Settings, Cancel"),
)


@pytest.fixture(autouse=True)
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 11, 26, 3, tzinfo=UTC)
    monkeypatch.setattr("elite8.core.settings.Settings.now", property(lambda _: lambda: now))


@pytest.fixture
def people() -> None:
    studio = open_studio()
    studio.settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, who in enumerate(crowd(studio, 20)):
        name(studio, who, f"@secret{number}")
    studio.database.close()


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    code = run(["subscribers", "winback", *words, "--json"])
    said = json.loads(capsys.readouterr().out)
    assert (code == 0) == (said["status"] == "ok")
    assert "secret" not in str(said)
    found: dict[str, object] = said
    return found


@pytest.mark.usefixtures("people")
def test_from_plan_to_drafts_to_report(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(list(PLAN)) == 0
    shown = capsys.readouterr().out
    assert "may be spoken to" in shown
    assert "5.00 USD" in shown
    assert "not a legal clearance" in shown
    tried = answered(capsys, "start", "autumn", "--dry-run")["data"]
    assert isinstance(tried, dict)
    assert (tried["campaign"]["treated"], tried["campaign"]["status"]) == (10, "started")
    planned = answered(capsys, "plan", "autumn")["data"]  # nothing was kept
    assert isinstance(planned, dict)
    assert planned["campaign"]["status"] == "planned"
    assert run(["subscribers", "winback", "start", "autumn"]) == 0
    out, err = capsys.readouterr()
    assert "10" in out
    assert "winback drafts autumn --out FILE" in err
    assert run(["subscribers", "winback", "plan", "autumn"]) == 0
    kept = capsys.readouterr().out
    assert "fanvue" in kept
    assert "how it goes: elite8 subscribers winback status autumn" in kept
    file = tmp_path / "drafts.csv"
    dry = answered(capsys, "drafts", "autumn", "--out", str(file), "--dry-run")
    assert not file.exists()
    real = answered(capsys, "drafts", "autumn", "--out", str(file))
    assert isinstance(dry["data"], dict)
    assert isinstance(real["data"], dict)
    assert (dry["data"]["count"], real["data"]["count"]) == (10, 10)
    assert file.read_text(encoding="utf-8-sig").count("'@secret") == 10
    assert run(["subscribers", "winback", "status", "autumn"]) == 0
    assert run(["subscribers", "winback", "list"]) == 0
    assert run(["subscribers", "winback", "report"]) == 0
    out = capsys.readouterr().out
    assert "inconclusive: the window is still open" in out
    assert run(["subscribers", "winback", "stop", "autumn"]) == 0
    assert "stopped" in capsys.readouterr().out
    again = answered(capsys, "start", "autumn")
    assert again["errors"] == [
        {"code": "refused", "message": "'autumn' was stopped; plan a new one"}
    ]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("kinds = 'discount'", "no key 'kinds'; kind?"),
        ("kind = 3", "kind has to be str"),
        ("percent = true", "percent has to be int"),
        ("kind = ", "autumn.toml"),
        ("kind = 'discount'", "needs character, platform, text, price_after"),
    ],
)
def test_a_file_that_is_wrong_is_told_where(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, written: str, words: str
) -> None:
    file = tmp_path / "autumn.toml"
    file.write_text(written)
    assert run(["subscribers", "winback", "plan", "autumn", "--file", str(file)]) == 2
    assert words in capsys.readouterr().err


def test_a_file_and_options_make_one_campaign(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "autumn.toml"
    file.write_text(
        'kind = "free_access"\ndays = 14\nprice_after = "9.99"\nagree = "on Fanvue"\n'
        'cancel_how = "Settings"\ncharacter = "miyuki"\nplatform = ["fanvue"]\ntext = "Hello."\n'
        "window = 60\ndeadline = 2026-12-31\nends = false\nbase = 0.1\nbudget = '500'\n"
    )
    found = answered(capsys, "plan", "autumn", "--file", str(file), "--days", "7")["data"]
    assert isinstance(found, dict)
    assert (found["campaign"]["days"], found["campaign"]["window_days"]) == (7, 60)
    assert found["campaign"]["deadline"] == "2026-12-31T14:59:00Z"
    assert (found["base"], found["budget_minor"]) == (0.1, 50_000)
    assert "7 days free" in found["words"]
    assert "on Fanvue" in found["words"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--deadline", "soon"), "'soon' is no time"),
        (("--budget", "lots"), "is not an amount"),
        (("--currency", "XXX"), "no currency 'XXX'"),
    ],
)
def test_what_cannot_be_read_is_said(
    capsys: pytest.CaptureFixture[str], more: tuple[str, str], words: str
) -> None:
    assert run([*PLAN, *more]) == 2
    assert words in capsys.readouterr().err


def test_nothing_planned_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["subscribers", "winback", "list"]) == 0
    assert "no winback was planned" in capsys.readouterr().err
    assert run(["subscribers", "winback", "report"]) == 0
    assert run(["subscribers", "winback", "status", "x"]) == 2
