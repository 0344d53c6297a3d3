"""Killed anywhere between order and video: one start per video, nothing paid twice or lost."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from elite8.core.domain.job import JobStatus
from elite8.core.domain.video import VideoStatus
from elite8.core.operations import purse
from elite8.core.simulators.a2e import SIMULATED_KEY, A2ESimulator
from elite8.core.simulators.wire import serve
from elite8.core.storage import ledger
from elite8.core.storage.database import Database
from tests.films import small

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket, pytest.mark.usefixtures("tabled")]

NURSERY = Path(__file__).with_name("nursery.py")
STEPS = [
    (step, when)
    for step in (
        *("afford", "hold", "send", "start", "look"),
        *("download", "settle", "finished", "mark"),
    )
    for when in ("before", "after")
]


@dataclass
class Scene:
    """A served simulator, a state folder, and the clock they share."""

    folder: Path
    simulator: A2ESimulator
    url: str
    cache: Path

    def play(self, *arguments: str) -> None:
        environment = os.environ | {
            "ELITE8_STATE_DIR": str(self.folder / "state"),
            "ELITE8_CACHE_DIR": str(self.cache),
            "ELITE8_A2E_URL": self.url,
            "ELITE8_A2E_API_KEY": SIMULATED_KEY,
            "ELITE8_LOG_LEVEL": "error",
            "ELITE8_FFMPEG": str(small(self.folder)),
        }
        done = subprocess.run(
            (sys.executable, str(NURSERY), str(self.folder), *arguments),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]

    def rows(self, table: str, columns: str) -> list[Any]:
        from sqlalchemy import text

        database = Database(f"sqlite:///{self.folder}/state/elite8.db")
        with database.engine.connect() as connection:
            found = list(connection.execute(text(f"SELECT {columns} FROM {table}")))  # noqa: S608
        database.close()
        return found

    def check(self) -> None:
        """Nothing was started twice, nothing paid was lost, and the books agree."""
        accepted = Counter(start.name for start in self.simulator.starts)
        assert set(accepted.values()) <= {1}
        jobs = self.rows("job", "name, video_id, status, family")
        assert set(accepted) <= {name for name, *_ in jobs}
        started = Counter(video for name, video, *_ in jobs if name in accepted and video)
        assert set(started.values()) <= {1}
        assert {status for _, _, status, _ in jobs} <= {JobStatus.COLLECTED, JobStatus.FAILED}
        paid = {video for name, video, *_ in jobs if name in accepted and video}
        finished = {
            video
            for video, status in self.rows("video", "id, status")
            if status == VideoStatus.FINISHED
        }
        assert paid == finished
        database = Database(f"sqlite:///{self.folder}/state/elite8.db")
        with database.transaction() as session:
            sums = ledger.sums(session, purse.ACCOUNT)
        database.close()
        assert (sums.held, sums.balance) == (0, self.simulator.coins)
        assert self.simulator.violations == []


@pytest.fixture
def scene(tmp_path: Path, drawn: Path, media: Any) -> Iterator[Scene]:
    clock = tmp_path / "now"
    clock.write_text(str(datetime(2026, 11, 23, 3, 0, tzinfo=UTC).timestamp()))
    simulator = A2ESimulator(
        clock=lambda: datetime.fromtimestamp(float(clock.read_text()), UTC), media=media
    )
    with serve(simulator.handle) as url:
        simulator.base_url = url
        yield Scene(folder=tmp_path, simulator=simulator, url=url, cache=drawn)


@pytest.mark.parametrize(("step", "when"), STEPS)
def test_killed_at_a_step_the_video_is_made_once(scene: Scene, step: str, when: str) -> None:
    scene.play("at", step, when)
    scene.check()


@pytest.mark.parametrize("seed", [1, 2])
def test_killed_anywhere_no_video_is_started_twice(scene: Scene, seed: int, deep: bool) -> None:
    kills = 100 if deep else 25
    scene.play("kills", str(seed), str(kills))
    scene.check()
    assert len(scene.simulator.starts) > kills // 5
