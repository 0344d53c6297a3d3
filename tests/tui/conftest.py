"""Studios for the console: one with a life behind it, one with a film and posts of each state."""

import shutil
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from elite8.core.config import Config
from elite8.core.domain.credit import EntryKind
from elite8.core.operations import purse
from elite8.core.operations.gather import gather
from elite8.core.settings import Settings
from elite8.core.studio import Studio
from tests.conftest import ROOT, StoppedClock
from tests.films import lay
from tests.operations import funnelled
from tests.web import seeds

NOW = datetime(2026, 11, 23, 9, 2, 4, tzinfo=UTC)


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with two days of posts, alerts and a daemon, made once."""
    state = tmp_path_factory.mktemp("lived") / "state"
    settings = Settings(state_dir=state, config_dir=ROOT / "config")
    url = type(settings.database_url)(f"sqlite:///{state}/elite8.db")
    clock = StoppedClock(NOW)
    studio = Studio(
        settings=settings.model_copy(update={"database_url": url}),
        config=Config(settings.config_dir),
        clock=clock,
    )
    seeds.live(studio, clock, seeds.Life(days=2))
    studio.database.close()
    return state


@pytest.fixture
def alive(lived: Path, studio: Studio, clock: StoppedClock) -> Iterator[Studio]:
    """A studio in the afternoon of a day, with a past."""
    shutil.copytree(lived, studio.settings.state_dir, dirs_exist_ok=True)
    clock.now = NOW
    yield studio
    studio.looking.database.close()


@pytest.fixture(scope="session")
def grew(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with a funnel: posts for regions, links, clicks, people; made once."""
    state = tmp_path_factory.mktemp("grew") / "state"
    settings = Settings(state_dir=state, config_dir=ROOT / "config")
    url = type(settings.database_url)(f"sqlite:///{state}/elite8.db")
    studio = Studio(
        settings=settings.model_copy(update={"database_url": url}),
        config=Config(settings.config_dir),
        clock=StoppedClock(NOW),
    )
    funnel(studio, state)
    studio.database.close()
    return state


def funnel(studio: Studio, folder: Path) -> None:
    """Fill a studio with a funnel, its credits opened, its readings entered."""
    with studio.database.transaction() as session:
        purse.enter(session, studio.clock(), EntryKind.OPENING, 1800, "opening")
    lived = funnelled.live(studio, posts=24)
    funnelled.entered(studio, funnelled.journeys(studio, lived, people=140), folder / "people.csv")
    gather(studio)


@pytest.fixture
def grown(grew: Path, studio: Studio, clock: StoppedClock) -> Iterator[Studio]:
    """A studio with a funnel and regions."""
    shutil.copytree(grew, studio.settings.state_dir, dirs_exist_ok=True)
    clock.now = NOW
    yield studio
    studio.looking.database.close()


@pytest.fixture
def ready(filmed: Path, studio: Studio, clock: Any) -> Iterator[Studio]:
    """A studio with one finished film, a moment after it was made."""
    from elite8.core.operations import publish

    lay(filmed, studio.settings.state_dir)
    clock.now = publish.finished(studio, "latest").created_at
    yield studio
    studio.looking.database.close()


def asking(studio: Studio, **changed: Any) -> Studio:
    """The same studio with another publishing.json."""
    config = copy(studio.config)
    vars(config)["publishing"] = studio.config.publishing.model_copy(update=changed)
    return replace(studio, config=config)
