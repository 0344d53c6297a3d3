"""The real program against the served simulator: order, wait, collect, fall back, fail."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from elite8.core.production.specimen import Specimens
from elite8.core.simulators.a2e import SIMULATED_KEY, A2ESimulator
from elite8.core.simulators.wire import serve
from tests.cases import also

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

ELITE8 = Path(sys.executable).with_name("elite8")
WORDS = "Welcome back, everyone. Three new steps today."


@dataclass
class Account:
    """A served A2E and the environment that leads there."""

    simulator: A2ESimulator
    environment: dict[str, str] = field(repr=False)

    def run(self, *arguments: str, key: str = SIMULATED_KEY) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            (ELITE8, *arguments),
            env=os.environ | self.environment | {"ELITE8_A2E_API_KEY": key},
            capture_output=True,
            text=True,
            check=False,
        )

    def order(self, *arguments: str, key: str = SIMULATED_KEY) -> tuple[int, Any]:
        done = self.run(
            *("generate", "-c", "miyuki", "-l", "en", "--script", WORDS, "--json", *arguments),
            key=key,
        )
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def account(edited_config: Callable[[str, str, str], Path]) -> Iterator[Account]:
    file = "avatars/pro_plan_optimized.json"
    config = edited_config(file, '"poll_seconds": 5.0', '"poll_seconds": 0.2')
    simulator = A2ESimulator(
        clock=lambda: datetime.now(UTC), media=Specimens(), coins=100, work_seconds=0.5
    )
    with serve(simulator.handle) as url:
        simulator.base_url = url
        places = {"ELITE8_A2E_URL": url, "ELITE8_CONFIG_DIR": str(config)}
        yield Account(simulator=simulator, environment=places)
    assert simulator.violations == []


def test_a_video_is_ordered_waited_for_and_finished(account: Account) -> None:
    code, whole = account.order("--engine", "a2e")
    assert (code, whole["errors"]) == (0, [])
    (made,) = whole["data"]
    assert made["voice"].startswith("a2e ")
    assert account.run("generate", "verify", made["path"]).returncode == 0
    purse = json.loads(account.run("credits", "--json").stdout)["data"]
    assert purse["balance"] == purse["reported"] == account.simulator.coins < 100
    assert account.run("credits", "reconcile").returncode == 0


def test_what_is_not_waited_for_is_collected_later(account: Account) -> None:
    code, whole = account.order("--engine", "a2e", "--no-wait")
    assert (code, whole["data"]) == (0, [])
    done = account.run("generate", "collect", "--wait", "--json")
    (found,) = json.loads(done.stdout)["data"]
    assert found["state"] == "made"
    assert "nothing is under way" in account.run("generate", "collect").stdout


def test_auto_films_here_when_credits_are_short_and_a2e_alone_refuses(account: Account) -> None:
    account.simulator.spend(95, "elsewhere")
    code, whole = account.order("--engine", "a2e")
    assert (code, whole["errors"][0]["code"]) == (1, "out-of-credits")
    code, whole = account.order("--duration", "8")
    assert (code, whole["data"][0]["voice"]) == (0, "hibari")
    assert len(account.simulator.starts) == 1  # the avatar's, which costs nothing


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
    account: Account, fault: str, code: str, exit_code: int
) -> None:
    account.simulator.misbehave(fault, at="" if fault == "empty-video" else "video/generate")
    left, whole = account.order("--engine", "a2e")
    assert (left, whole["errors"][0]["code"]) == (exit_code, code)
    held = json.loads(account.run("credits", "--json").stdout)["data"]["held"]
    assert (held > 0) == (fault == "empty-video")  # its task is still there to be fetched


def test_a_wrong_key_is_a_sign_in_and_is_not_repeated(account: Account) -> None:
    done = account.run("generate", "-c", "miyuki", "--engine", "a2e", key="sk_not.the-key")
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
