"""Every report of a synthetic studio has figures, at a terminal or as JSON."""

import json
import shutil
from pathlib import Path

import pytest

from elite8.cli import run
from elite8.core.operations import demo
from elite8.core.studio import open_studio
from tests.conftest import once

REPORTS = (
    "funnel show",
    "funnel show --by region",
    "funnel show --days 90 --by character",
    "funnel next",
    "funnel cohort --days 300",
    "funnel revenue --by region",
    "funnel revenue --by character",
    "funnel link list",
    "region list",
    "region show US",
    "region launch",
    "subscribers list --limit 5",
    "subscribers score",
    "subscribers money",
    "subscribers money --by post",
    "subscribers cohorts",
    "subscribers survival",
    "subscribers ltv",
    "subscribers winback list",
    "subscribers winback report",
    "subscribers privacy requests list",
    "subscribers at-risk",
    "subscribers churn",
    "monitor character miyuki",
)
"""Every second one is read as a person reads it, the others as a machine does."""


@pytest.fixture(scope="module")
def made(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A smaller one than a newcomer gets, made once; each worker looks at a copy."""
    lasting = once(shared, "demo", lambda state: demo.make(open_studio(), state, people=3000))
    return Path(shutil.copytree(lasting, tmp_path_factory.mktemp("demo") / "state"))


@pytest.mark.parametrize("report", REPORTS[::2])
def test_a_report_has_figures(
    made: Path, report: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELITE8_STATE_DIR", str(made))
    assert run(report.split()) == 0
    shown = capsys.readouterr()
    assert any(sign.isdigit() for sign in shown.out), shown
    assert "synthetic studio, seed 8: nobody and nothing in it is real" in shown.err


@pytest.mark.parametrize("report", REPORTS[1::2])
def test_a_report_has_figures_for_a_machine(
    made: Path, report: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELITE8_STATE_DIR", str(made))
    assert run([*report.split(), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "ok"
    assert told["synthetic"] == 8
    assert told["data"]
    assert "synthetic-0" not in json.dumps(told["data"]), "a name"


def test_a_newcomer_is_told_what_to_look_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("elite8.core.simulators.crowd.PEOPLE", 50)
    where = tmp_path / "look"
    assert run(["config", "init", str(where), "--demo", "--seed", "5"]) == 0
    out = capsys.readouterr().out
    assert "synthetic studio, seed 5\n" in out
    assert f"export ELITE8_STATE_DIR={where}" in out
    assert run(["config", "init", str(where), "--demo", "--seed", "5"]) == 0
    assert "was there already" in capsys.readouterr().out
    assert run(["config", "init", str(where), "--demo", "--day", "tomorrow"]) == 2
    assert run(["config", "init", "--seed", "5"]) == 2
    assert run(["config", "init"]) == 2
