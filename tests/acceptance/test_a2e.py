"""The real program against the served simulator: order, wait, collect, fall back, fail."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from elite8.core.production.specimen import Specimens
from elite8.core.simulators.a2e import SIMULATED_KEY, A2ESimulator
from elite8.core.simulators.wire import serve
from tests.cases import also
from tests.films import small
from tests.inside import elite8

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket, pytest.mark.usefixtures("tabled")]

ELITE8 = Path(sys.executable).with_name("elite8")
WORDS = "Welcome back, everyone. Three new steps today."


ORDER = ("generate", "-c", "miyuki", "-l", "en", "--script", WORDS, "--json")


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run((ELITE8, *arguments), capture_output=True, text=True, check=False)


def said(done: subprocess.CompletedProcess[str]) -> tuple[int, Any]:
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def account(
    edited_config: Callable[[str, str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[A2ESimulator]:
    """A served A2E, to which the environment leads."""
    file = "avatars/pro_plan_optimized.json"
    config = edited_config(file, '"poll_seconds": 5.0', '"poll_seconds": 0.2')
    simulator = A2ESimulator(
        clock=lambda: datetime.now(UTC), media=Specimens(), coins=100, work_seconds=0.5
    )
    with serve(simulator.handle) as url:
        simulator.base_url = url
        monkeypatch.setenv("ELITE8_A2E_URL", url)
        monkeypatch.setenv("ELITE8_A2E_API_KEY", SIMULATED_KEY)
        monkeypatch.setenv("ELITE8_CONFIG_DIR", str(config))
        yield simulator
    assert simulator.violations == []


def test_a_video_is_ordered_waited_for_and_finished(account: A2ESimulator) -> None:
    code, whole = said(program(*ORDER, "--engine", "a2e"))
    assert (code, whole["errors"]) == (0, [])
    (made,) = whole["data"]
    assert made["voice"].startswith("a2e ")
    assert elite8("generate", "verify", made["path"]).returncode == 0
    purse = said(elite8("credits", "--json"))[1]["data"]
    assert purse["balance"] == purse["reported"] == account.coins < 100
    assert elite8("credits", "reconcile").returncode == 0


@pytest.mark.usefixtures("account")
def test_what_is_not_waited_for_is_collected_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELITE8_FFMPEG", str(small(tmp_path)))
    code, whole = said(elite8(*ORDER, "--engine", "a2e", "--no-wait"))
    assert (code, whole["data"]) == (0, [])
    (found,) = said(program("generate", "collect", "--wait", "--json"))[1]["data"]
    assert found["state"] == "made"
    assert "nothing is under way" in elite8("generate", "collect").stdout


def test_auto_films_here_when_credits_are_short_and_a2e_alone_refuses(
    account: A2ESimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELITE8_FFMPEG", str(small(tmp_path)))
    account.spend(95, "elsewhere")
    code, whole = said(elite8(*ORDER, "--engine", "a2e"))
    assert (code, whole["errors"][0]["code"]) == (1, "out-of-credits")
    code, whole = said(program(*ORDER, "--duration", "5"))
    assert (code, whole["data"][0]["voice"]) == (0, "hibari")
    assert len(account.starts) == 1  # the avatar's, which costs nothing


@pytest.mark.parametrize(
    ("fault", "code", "exit_code"),
    [
        ("empty-video", "unavailable", 4),
        *also(
            ("refused-1003", "refused", 1),
            ("no-credits", "out-of-credits", 1),
            ("failed", "refused", 1),
        ),
    ],
)
def test_trouble_has_its_own_words_and_exit_code(
    account: A2ESimulator, fault: str, code: str, exit_code: int
) -> None:
    account.misbehave(fault, at="" if fault == "empty-video" else "video/generate")
    left, whole = said(elite8(*ORDER, "--engine", "a2e"))
    assert (left, whole["errors"][0]["code"]) == (exit_code, code)
    held = said(elite8("credits", "--json"))[1]["data"]["held"]
    assert (held > 0) == (fault == "empty-video")  # its task is still there to be fetched


@pytest.mark.usefixtures("account")
def test_a_wrong_key_is_a_sign_in_and_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELITE8_A2E_API_KEY", "sk_not.the-key")
    done = elite8("generate", "-c", "miyuki", "--engine", "a2e")
    assert done.returncode == 3
    assert "sk_not" not in done.stdout + done.stderr


def test_the_simulator_is_served_by_the_program_itself() -> None:
    with subprocess.Popen(
        (ELITE8, "config", "simulate"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout
        exported = [serving.stdout.readline()]
        while "SIMULATED_INSTAGRAM_TOKEN" not in exported[-1]:  # the last of them
            exported.append(serving.stdout.readline())
            assert exported[-1]
        environment = dict(line.removeprefix("export ").strip().split("=", 1) for line in exported)
        done = subprocess.run(
            (ELITE8, "credits", "--json"),
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        serving.terminate()
        assert serving.wait(10) == 143
    assert json.loads(done.stdout)["data"]["reported"] == 1800
