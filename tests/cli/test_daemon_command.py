"""`elite8 daemon` and `schedule run`: what they print, and their exit codes."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
import typer.testing

from elite8.cli import run, ticking
from elite8.core.operations.tasks import TASKS


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def test_once_runs_every_task(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = answer(capsys, "daemon", "--once", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["status"], [one["task"] for one in found["data"]]) == ("ok", list(TASKS))


def test_nobody_leads_is_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = answer(capsys, "daemon", "status")
    assert (code, out) == (1, "")
    assert "elite8 daemon" in err
    code, out, _ = answer(capsys, "daemon", "status", "--json")
    assert (code, json.loads(out)["status"]) == (1, "failed")


def test_the_unit_names_every_secret_and_whose_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = answer(capsys, "daemon", "unit")
    for line in (
        "Type=notify",
        "DynamicUser=yes",
        "StateDirectory=elite8",
        "ProtectSystem=strict",
        "LoadCredential=elite8_a2e_api_key",
        "LoadCredential=elite8_token_key",
        "LoadCredential=elite8_database_url",
    ):
        assert line in out.splitlines()
    _, out, _ = answer(capsys, "daemon", "unit", "--user", "studio")
    assert "User=studio" in out.splitlines()
    assert "DynamicUser" not in out
    assert answer(capsys, "daemon", "unit", "--user", "a b\nExecStart=x")[0] == 2


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_finds_the_unit_tight(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    unit = tmp_path / "elite8.service"
    text = answer(capsys, "daemon", "unit")[1]
    lines = [line for line in text.splitlines() if not line.startswith("ExecStart=")]
    unit.write_text("\n".join([*lines, ""]).replace("[Service]", "[Service]\nExecStart=/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", str(unit)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if "exposure level" not in done.stdout:
        pytest.skip("this systemd-analyze cannot look at a file")
    assert float(done.stdout.split("elite8.service:")[-1].split()[0]) < 3


@pytest.fixture
def schedule() -> typer.Typer:
    app = typer.Typer()
    ticking.add_to(app)
    return app


def test_one_task_is_run_by_name(schedule: typer.Typer) -> None:
    done = typer.testing.CliRunner().invoke(schedule, ["run", "publish"])
    assert (done.exit_code, done.output) == (0, "nothing to do\n")
    wrong = typer.testing.CliRunner().invoke(schedule, ["run", "polish"])
    assert "choose" in str(wrong.exception)


def test_the_crontab_has_a_line_for_each_task(schedule: typer.Typer) -> None:
    done = typer.testing.CliRunner().invoke(schedule, ["crontab"])
    comment, zone, *rest = done.output.splitlines()
    assert comment.startswith("# secrets")
    lines = [line for line in rest if not line.startswith("ELITE8_")]
    assert zone == "CRON_TZ=UTC"
    assert [line.rsplit(" ", 1)[1] for line in lines] == list(TASKS)
    assert all(" schedule run " in line for line in lines)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--worker",), "is SQLite"),
        (("--worker", "--queues", "report"), "no worker does 'report'"),
        (("--worker", "--once"), "leave out --once"),
        (("--queues", "publish"), "add --worker"),
    ],
)
def test_a_worker_says_what_it_needs(
    capsys: pytest.CaptureFixture[str], options: tuple[str, ...], says: str
) -> None:
    code, out, err = answer(capsys, "daemon", *options)
    assert (code, out) == (2, "")
    assert says in err
