"""A seeded sample of the campaign; the whole of it is tests/operations/campaign.py."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import stamina

from elite8.core.operations import publish
from elite8.core.studio import Studio
from tests.films import lay
from tests.operations.campaign import NETWORKS, Report, jumping, races, schedules

pytestmark = pytest.mark.media


@pytest.fixture
def base(studio: Studio, filmed: Path) -> Iterator[Studio]:
    lay(filmed, studio.settings.state_dir)
    video = publish.finished(studio, "latest")
    stamina.set_testing(True, attempts=4, cap=True)
    yield replace(studio, clock=lambda: video.created_at)
    stamina.set_testing(False)


def test_no_schedule_of_faults_and_kills_posts_twice_or_loses_a_post(
    base: Studio, deep: bool
) -> None:
    report, count = Report(), 60 if deep else 30
    schedules(base, count, 7, report)
    assert report.faults == []
    assert report.kills > count // 3
    published = [report.ended[f"{network} published 1"] for network in NETWORKS]
    assert min(published) >= count // 12


def test_a_clock_that_jumps_an_hour_on_or_back_posts_nothing_twice(
    base: Studio, deep: bool
) -> None:
    report, count = Report(), 20 if deep else 10
    jumping(base, count, 7, report)
    assert report.faults == []
    assert report.kills > count // 3


@pytest.mark.enable_socket
def test_no_race_of_killed_processes_posts_twice_or_loses_a_post(base: Studio, deep: bool) -> None:
    report, count = Report(), 6 if deep else 3
    races(base, count, 7, report)
    assert report.faults == []
    assert report.kills >= 2 * count
    assert sum(report.ended.values()) == count


def test_the_campaign_would_see_a_second_post(
    base: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A protocol that never asks before it sends is caught."""
    from elite8.core.platforms.youtube import YouTube

    monkeypatch.setattr(YouTube, "reconcile", lambda *_, **__: None)
    report = Report()
    schedules(base, 24, 7, report, ("youtube",))
    assert any("shows it 2 times" in fault for fault in report.faults)
