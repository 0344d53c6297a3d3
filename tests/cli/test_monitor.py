"""`elite8 monitor` as an operator sees it."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from elite8.cli import run
from elite8.core.domain.metric import METRICS
from elite8.core.operations import tasks
from elite8.core.operations.agenda import add
from elite8.core.studio import Studio, open_studio
from tests.web.seeds import Life, live

pytestmark = pytest.mark.usefixtures("tabled")


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with a video in the calendar that has been watched once; to be copied."""
    state = tmp_path_factory.mktemp("watched") / "state"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ELITE8_STATE_DIR", str(state))
        studio = open_studio()
    add(studio, video="", character="jin", at="2099-12-24 20:00", zone="", to=("outbox",))
    tasks.ran(studio, tasks.TASKS["watch"])
    studio.database.close()
    return state


@pytest.fixture
def here(watched: Path) -> Studio:
    """The machine's own studio, as it was watched."""
    studio = open_studio()
    shutil.copytree(watched, studio.settings.state_dir, dirs_exist_ok=True)
    return studio


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


COMMANDS: list[tuple[str, str]] = [
    ("status", "who leads|leads"),
    ("health", "rows can be written"),
    ("daily", "videos made"),
    ("weekly", "Mon"),
    ("budget", "A2E is not used"),
    ("metrics", "# TYPE elite8_posts gauge"),
    ("metrics elite8_leader", "elite8_leader"),
    ("alerts list --all", "nobody-leads"),
    ("alerts history", "nothing rang"),
    ("character jin", "jin"),
    ("platform tiktok", "did nothing"),
    ("proxy status", "the proxy is off"),
    ("proxy test", "no region is on"),
    ("proxy plan --days 3", "no post of the next 3 days"),
]


@pytest.mark.parametrize(("command", "says"), COMMANDS)
def test_it_is_said_to_people_and_to_machines(
    here: Studio, capsys: pytest.CaptureFixture[str], command: str, says: str
) -> None:
    assert here.database.file
    capsys.readouterr()
    assert run(["monitor", *command.split()]) == 0
    out = capsys.readouterr().out
    assert any(word in out for word in says.split("|")), out
    told = answer(capsys, "monitor", *command.split())
    assert told["status"] == "ok"
    assert told["command"].startswith("monitor")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("daily --day yesterday", "write 2026-12-01"),
        ("daily --day 9999-01-01", "outside 2000 to 2100"),
        ("daily --as-written --day 2020-01-01", "was written down"),
        ("character nobody", "nobody"),
        ("platform myspace", "choose tiktok"),
        ("metrics elite8_nothing", "no metric"),
        ("alerts silence nothing", "choose"),
        ("alerts silence cpu-busy --for ever", "no length of time"),
        ("alerts test pigeon", "choose telegram, email, webhook"),
        ("alerts test telegram", "set ELITE8_TELEGRAM_TOKEN"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(
    here: Studio, capsys: pytest.CaptureFixture[str], command: str, says: str
) -> None:
    assert here.database.file
    assert run(["monitor", *command.split()]) == 2
    assert says in capsys.readouterr().err


def test_an_alert_is_acknowledged_once_it_fires(
    here: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    from elite8.core.domain.metric import value
    from elite8.core.operations import alerts

    assert run(["monitor", "alerts", "ack", "posts-fail"]) == 1
    assert "nothing of 'posts-fail' fires" in capsys.readouterr().err
    alerts.evaluate(here, [value("elite8_posts_failed_in_a_row", 3)])
    assert run(["monitor", "alerts", "list"]) == 0
    out = capsys.readouterr().out
    assert "3 posts in a row were refused" in " ".join(out.split())
    assert answer(capsys, "monitor", "alerts", "ack", "posts-fail")["data"][0]["acknowledged_by"]
    assert "acknowledged" in answer(capsys, "monitor", "alerts", "history")["data"][0]["what"]


def test_health_leaves_with_1_and_names_what_is_bad(
    here: Studio, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert here.database.file
    monkeypatch.setattr("elite8.core.operations.health.LEAST_FREE", 10**18)
    told = answer(capsys, "monitor", "health", code=1)
    assert told["status"] == "failed"
    assert told["errors"][0]["message"].startswith("disk: ")
    assert not told["data"]["good"]


def test_a_wrong_rule_is_told_before_the_list(
    edited_config: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = edited_config("monitoring/alert_config.json", '"elite8_cpu_ratio"', '"elite8_cpu"')
    monkeypatch.setenv("ELITE8_CONFIG_DIR", str(folder))
    assert run(["monitor", "alerts", "list"]) == 2
    assert "no metric 'elite8_cpu'" in capsys.readouterr().err


def test_every_metric_has_help_in_the_exposition_when_it_is_there(
    here: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here.database.file
    capsys.readouterr()
    run(["monitor", "metrics"])
    told = [line.split()[2] for line in capsys.readouterr().out.splitlines() if "# HELP" in line]
    assert {name.removesuffix("_total") for name in told} - {"elite8_build_info"} <= set(METRICS)


def test_a_plot_fits_into_its_line(
    monkeypatch: pytest.MonkeyPatch, clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    studio = open_studio()
    live(replace(studio, clock=clock), clock, Life(days=3, rings=False))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("elite8.core.clock.utc_now", clock)
    day = f"{clock.now:%Y-%m-%d}"
    for command in (f"daily --day {day}", "metrics elite8_cpu_ratio --hours 1440"):
        assert run(["monitor", *command.split()]) == 0
        lines = capsys.readouterr().out.splitlines()
        plotted = [line.rstrip() for line in lines if set(line) & set("▁█")]
        assert plotted, command
        assert all(len(line) <= 80 for line in plotted), command
        assert all(line.strip("█ ") for line in plotted), f"{command}: a bar is folded"
