"""Regions through the simulated networks: labelled, at the right local times, within all limits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from elite8.core.domain.fault import scenario
from elite8.core.domain.video import Video
from elite8.core.operations import due, idea, publish, rehearse
from elite8.core.operations.brief import Brief
from elite8.core.operations.idea import Wish
from elite8.core.operations.stage import staged
from elite8.core.storage import posts, videos
from elite8.core.studio import Studio
from tests.films import lay

pytestmark = pytest.mark.media
FIRST = datetime(2026, 12, 1, tzinfo=UTC)
FIVE = ("US", "JP", "BR", "DE", "GB")
LABELS = {"US": "#ad ", "JP": "#PR ", "BR": "#publi ", "DE": "Anzeige: ", "GB": "Ad: "}
SENTENCES = {
    "US": "This video is AI-generated",
    "JP": "この動画はAIで生成された",
    "BR": "Este vídeo foi gerado por IA",
    "DE": "Dieses Video ist KI-generiert",
    "GB": "This video is AI-generated",
}


@pytest.fixture
def master(studio: Studio, filmed: Path, tmp_path: Path) -> Iterator[Video]:
    """A finished video that stands for all."""
    state = tmp_path / "filmed"
    lay(filmed, state)
    address = SecretStr(f"sqlite:///{state}/elite8.db")
    where = {"state_dir": state, "database_url": address}
    opened = replace(studio, settings=studio.settings.model_copy(update=where))
    yield publish.finished(opened, "latest")
    opened.database.close()


def test_days_over_five_regions_hold_every_cap_budget_and_window(
    studio: Studio, master: Video
) -> None:
    weather = scenario("typical", FIRST, 4, 3)
    found = rehearse.rehearse(
        studio,
        first=FIRST,
        days=4,
        faults=weather,
        seed=3,
        engine="a2e",
        regions=FIVE,
        master=master,
    )
    assert (found.broken, found.duplicates, found.violations) == ((), 0, ())
    assert {one.slot.split("_")[0] for one in found.posts} == {"us", "jp", "br", "de", "gb"}
    assert len(found.posts) >= 15
    assert all(one.why for one in found.posts if one.status == "refused")


def test_one_idea_is_five_labelled_posts_on_the_networks_at_local_times(
    studio: Studio, master: Video
) -> None:
    with staged(studio, FIRST, (), 1, master) as stage:
        brief = Brief(characters=("hana",), seed=7)
        kept = idea.keep(stage.studio, brief, Wish(regions=",".join(FIVE), promotes="own"))
        with stage.studio.database.transaction() as session:
            rows = [videos.get(session, spot.video) for _, spot in kept]
        for row in rows:
            assert row
            stage.film(row)
        for spot in sorted((one for _, one in kept), key=lambda one: one.opening.at):
            stage.clock.now = spot.opening.at - timedelta(minutes=1)
            assert due.run(stage.studio, at_once=1) == ()
            stage.clock.now = spot.opening.at
            (done,) = due.run(stage.studio, at_once=1)
            assert (done.status, done.post) == ("published", spot.post)
        told = [told_of(one) for there in stage.world.seen().values() for one in there]
        assert len(told) == len(FIVE)
        for _, spot in kept:
            mine = [words for words in told if words.startswith(LABELS[spot.region])]
            assert len(mine) == 1
            assert SENTENCES[spot.region] in mine[0]
            with stage.studio.database.transaction() as session:
                post = posts.get(session, spot.post)
            assert post
            assert post.published_at
            assert post.published_at - spot.opening.at < timedelta(minutes=1)


def told_of(post: Any) -> str:
    """Return the words that a simulated network has of a post."""
    snippet = getattr(post, "snippet", {})
    return str(snippet.get("description", "") or getattr(post, "caption", "") or post.title)
