"""The purse on the command line: the sentence that matters, tables, JSON, exit codes."""

import json
from typing import Any

import pytest

from elite8.cli import run
from elite8.core.domain.credit import EntryKind
from elite8.core.operations import purse
from elite8.core.studio import open_studio


@pytest.fixture
def opened() -> None:
    """A ledger that began with 130 credits."""
    studio = open_studio()
    with studio.database.transaction() as session:
        purse.enter(session, studio.clock(), EntryKind.OPENING, 130, "opening")
    studio.database.close()


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run([*arguments])
    return code, capsys.readouterr().out


def data(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(answer(capsys, *arguments, "--json")[1])["data"]


def test_without_a_key_the_purse_is_ours_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["credits"]) == 0
    shown = capsys.readouterr()
    assert "not known" in shown.out
    assert "no A2E key is set" in shown.err


@pytest.mark.usefixtures("opened")
def test_the_purse_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert data(capsys, "credits")["free"] == 130
    code, shown = answer(capsys, "credits", "history")
    assert code == 0
    assert "+130" in shown


@pytest.mark.usefixtures("opened")
def test_the_forecast_says_when_in_the_operators_zone(capsys: pytest.CaptureFixture[str]) -> None:
    code, shown = answer(capsys, "credits", "forecast", "--per-day", "20", "--duration", "30")
    assert code == 0
    assert "130 credits are free; at 20 videos a day of 30 credits they end" in shown
    assert "JST" in shown
    assert "would not fit" in shown


@pytest.mark.usefixtures("opened")
def test_the_plan_and_its_source_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert "1800 credits a month" in answer(capsys, "credits", "plan")[1]
    assert data(capsys, "credits", "plan")["as_of"] == "2026-01-22"


def test_an_estimate_needs_no_key(capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, "credits", "estimate", "--duration", "20", "--count", "3")
    assert [flow["credits"] for flow in found] == [0, 60, 360]


def test_reconcile_without_a_key_says_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["credits", "reconcile"]) == 3
    assert "ELITE8_A2E_API_KEY" in capsys.readouterr().err


def test_settle_needs_a_decision(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "settle", "01X"]) == 2
    assert "--task ID" in capsys.readouterr().err
    assert run(["generate", "settle", "01X", "--absent"]) == 2
    assert "no uncertain or overdue job" in capsys.readouterr().err


def test_nothing_under_way_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["generate", "collect"]) == 0
    assert "nothing is under way" in capsys.readouterr().out
