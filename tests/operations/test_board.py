"""The page's picture says the same as the commands, and what nobody knows is not said."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import update

from elite8.core.domain.reading import Reading
from elite8.core.operations import board, forecast, overview, reports, tasks, watch
from elite8.core.operations import credits as purses
from elite8.core.platforms.answers import MOST, count
from elite8.core.studio import Studio
from tests.web.seeds import Life


@pytest.fixture
def lived(
    studio: Studio, lives: Callable[[Life, datetime], Path], clock: Any
) -> Callable[[Life], Studio]:
    def fill(life: Life) -> Studio:
        shutil.copytree(lives(life, clock()), studio.settings.state_dir, dirs_exist_ok=True)
        return studio

    return fill


def test_each_day_is_as_monitor_daily_tells_it(lived: Callable[[Life], Studio]) -> None:
    studio = lived(Life(days=4))
    found = board.board(studio)
    assert found.days[-1] == overview.today(studio)
    assert len(found.days) == 28
    for number, day in enumerate(found.days):
        told = reports.period(studio, "daily", day)
        for what, parts in (("networks", told.networks), ("performers", told.characters)):
            lines = {one.id: one for one in getattr(found, what)}
            for part in parts:
                assert lines[part.name].posts[number] == part.posts
                assert lines[part.name].views[number] == part.views
    assert sum(one.posts[-2] for one in found.networks) > 10


def test_the_absurd_numbers_of_a_network_blind_no_look(lived: Callable[[Life], Studio]) -> None:
    studio = lived(Life(days=14))
    with studio.database.transaction() as session:
        absurd = dict.fromkeys(("views", "likes", "comments", "shares"), count(2**64 - 1))
        session.connection().execute(update(Reading).values(**absurd))
    broken = {one.labels: one.value for one in watch.collect(studio) if "broken" in one.metric}
    assert broken[("collector", "work"),] == 0
    assert sum(sum(one.views) for one in board.board(studio).networks) > 10 * MOST


def test_it_counts_as_monitor_status_does(lived: Callable[[Life], Studio]) -> None:
    studio = lived(Life(days=3))
    found, status = board.board(studio), overview.overview(studio)
    assert dict(found.posts) == dict(status.posts)
    assert dict(found.videos) == dict(status.videos)
    assert (found.leader, found.alerts, found.slots) == (status.leader, status.alerts, status.slots)


def test_the_credits_are_as_the_forecast_has_them(lived: Callable[[Life], Studio]) -> None:
    studio = lived(Life(days=1))
    purse = board.board(studio).purse
    assert purse
    assert purse.forecast == forecast.forecast(studio, videos_a_day=None, seconds=15.0)
    known = purses.overview(studio, ask=False)
    assert (purse.free, purse.month, purse.today) == (known.free, known.month, known.today)


@pytest.mark.parametrize(
    ("life", "verdict"),
    [
        (Life(days=1, rings=False), "good"),
        (Life(days=1), "alerts"),
        (Life(days=1, died=True), "bad"),
        (Life(days=1, watched=False, led=False, rings=False), "stale"),
    ],
)
def test_the_verdict_is_the_worst_that_is_known(
    lived: Callable[[Life], Studio], life: Life, verdict: str
) -> None:
    assert board.board(lived(life)).verdict == verdict


def test_a_watch_that_stopped_is_known_within_minutes(
    lived: Callable[[Life], Studio], clock: Any
) -> None:
    studio = lived(Life(days=1, rings=False))
    clock.advance(minutes=5)
    assert board.board(studio).watched
    clock.advance(seconds=1)
    assert not board.board(studio).watched
    tasks.marked(studio, "watch", lambda _: "")
    assert board.board(studio).watched


def test_nothing_at_all_is_a_picture_too(studio: Studio) -> None:
    found = board.board(studio)
    assert (found.verdict, found.purse, found.next, found.in_time) == ("stale", None, None, None)
    assert found.machine == ()
    assert all(sum(one.posts) == 0 for one in found.performers)
