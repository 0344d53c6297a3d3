"""A stage says what about and how long, stays on the video, sells or not, bends the plan."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from elite8.core.config import Config
from elite8.core.domain.event import EventKind, EventSource, Origin, new_event
from elite8.core.domain.funnel import STAGES
from elite8.core.domain.post import Post
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import ConfigError
from elite8.core.operations import bottleneck, funnel, imports, links, produce, publish, stages
from elite8.core.operations import plan as planning
from elite8.core.operations.affordable import affordable
from elite8.core.operations.brief import Brief, plan, row_of
from elite8.core.storage import events
from elite8.core.studio import Studio
from tests.operations.funnelled import live

HANA = Brief(characters=("hana",), seed=3)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_says_what_about_and_how_long(studio: Studio, stage: str) -> None:
    meant = studio.config.funnel.named(stage)
    found = plan(studio, replace(HANA, stage=stage, count=8))
    assert {one.stage for one in found} == {stage}
    assert {one.content_type for one in found} <= set(meant.content_types)
    assert all(meant.seconds[0] <= (one.seconds or 0) <= meant.seconds[1] for one in found)
    assert row_of(studio, found[0]).stage == stage


def test_what_is_asked_wins_and_the_same_seed_plans_the_same(studio: Studio) -> None:
    asked = replace(HANA, stage="loyalty")
    assert plan(studio, asked) == plan(studio, asked)
    assert plan(studio, replace(asked, seconds=20.0))[0].seconds == 20.0
    assert plan(studio, replace(asked, script="Own words."))[0].seconds is None


def test_an_unknown_stage_is_told(studio: Studio) -> None:
    with pytest.raises(ConfigError, match="no stage 'aware'; choose awareness"):
        plan(studio, replace(HANA, stage="aware"))


def test_what_was_planned_is_made_as_it_was_planned(studio: Studio) -> None:
    (first,) = plan(studio, replace(HANA, stage="consideration"))
    again = produce.planned_of(studio, row_of(studio, first))
    assert (again.script, again.seconds, again.stage) == (first.script, first.seconds, first.stage)


def kept(studio: Studio, stage: str) -> Video:
    (planned,) = plan(studio, replace(HANA, stage=stage))
    video = row_of(studio, planned)
    video.status = VideoStatus.FINISHED
    with studio.database.transaction() as session:
        session.add(video)
    return video


@pytest.mark.parametrize(
    ("stage", "promotes"),
    [("awareness", ""), ("intent", "own"), ("purchase", "own"), ("loyalty", ""), ("", "")],
)
def test_what_leads_to_an_offer_is_advertising_unless_said(
    studio: Studio, stage: str, promotes: str
) -> None:
    video = kept(studio, stage)
    assert publish.draft(studio, video, "outbox", None, None).promotes == promotes
    assert publish.draft(studio, video, "outbox", None, "partner").promotes == "partner"
    assert publish.post_of(studio, video, "outbox").promotes == promotes
    assert publish.post_of(studio, kept(studio, stage), "outbox", promotes="").promotes == ""


@pytest.fixture
def staged(studio: Studio, edited_config: Callable[..., Path]) -> Studio:
    """A studio whose plan goes by stages, all into the outbox."""
    folder = edited_config("phase2/funnel.json", '"on": false', '"on": true')
    file = folder / "scheduler_config.json"
    text = file.read_text()
    for slot in ("tiktok", "instagram", "youtube"):
        text = text.replace(f'"{slot}"', '"outbox"')
    for twice in ('["outbox", "outbox"]', '["outbox", "outbox", "outbox"]'):
        text = text.replace(twice, '["outbox"]')
    file.write_text(text)
    return replace(studio, config=Config(folder))


def planned(studio: Studio) -> list[tuple[Video, Post]]:
    from sqlmodel import col, select

    asked = select(Video, Post).join(Post, col(Post.video_id) == col(Video.id))
    with studio.database.transaction() as session:
        return [*session.exec(asked)]


def test_the_plan_gives_each_video_a_stage_once(staged: Studio) -> None:
    planning.plan(staged, days=7)
    found = planned(staged)
    assert {video.stage for video, _ in found} == set(STAGES)
    for video, post in found:
        meant = staged.config.funnel.named(video.stage)
        assert video.content_type in meant.content_types
        assert post.promotes == ("own" if meant.sells else "")
        again = produce.planned_of(staged, video)
        assert again.script.title == video.title
    before = {video.id: video.stage for video, _ in found}
    planning.plan(staged, days=7)
    assert {video.id: video.stage for video, _ in planned(staged)} == before


def test_off_no_video_has_a_stage(studio: Studio) -> None:
    assert bottleneck.parts(studio) == ()
    assert stages.usual_seconds(studio) == studio.config.finishing.duration_seconds
    assert affordable(studio, 3) is None


def test_longer_videos_are_reckoned_with(staged: Studio) -> None:
    assert 30 < stages.usual_seconds(staged) < 60


def test_the_bottleneck_is_named_with_its_arithmetic_and_bends_the_mix(staged: Studio) -> None:
    live(staged, posts=7, seed=5)
    found = bottleneck.following(staged, funnel.period(staged))
    assert found.stage in STAGES
    worst = next(one for one in found.levers if one.stage == found.stage)
    assert worst.times is None or worst.times == max(o.times for o in found.levers if o.times)
    assert worst.conversion.verdict == "below"
    assert worst.why == found.why
    assert "clicks of" in found.why
    assert f"--stage {found.stage}" in found.commands[0]
    part = next(one for one in bottleneck.parts(staged) if one.stage == found.stage)
    assert part.factor > 1


def test_a_bottleneck_of_few_people_is_named_and_its_number_is_not(
    studio: Studio, tmp_path: Path
) -> None:
    columns = "kind,at,person,stage,count"
    rows = ["click,2026-11-20T09:00:00Z,,intent,500"]
    rows += [f"lead,2026-11-20T10:00:00Z,p{who},intent,1" for who in range(7)]
    file = tmp_path / "few.csv"
    file.write_text("\n".join([columns, *rows]), encoding="utf-8")
    assert imports.bring_in(studio, file).entered == 8
    found = bottleneck.following(studio, funnel.period(studio))
    worst = next(one for one in found.levers if one.stage == "intent")
    assert (found.stage, worst.conversion.verdict) == ("intent", "below")
    assert (worst.times, worst.conversion.hits, worst.conversion.hidden) == (None, None, True)
    assert found.why == "<10 leads of clicks, goal 8.00%"


def test_clicks_of_a_stage_without_a_link_are_unknown_and_not_none(studio: Studio) -> None:
    links.create(studio, links.Wish(target="https://example.com/join", stage="interest"))
    at = studio.clock() - timedelta(hours=1)
    views = [
        new_event(
            kind=EventKind.VIEW, at=at, source=EventSource.READING, key=stage,
            origin=Origin(stage=stage),
        )
        for stage in ("awareness", "interest")
    ]  # fmt: skip
    with studio.database.transaction() as session:
        events.enter(session, views)
    meant = funnel.period(studio)
    (group,) = funnel.show(studio, meant).groups
    rows = {one.stage: one.conversion for one in group.stages}
    assert (rows["interest"].hits, rows["awareness"].hits) == (0, None)
    gaps = funnel.gaps(studio, funnel.known(studio, meant))
    assert (gaps["interest"][1].hits, gaps["awareness"][1].hits) == (0, None)


def test_without_figures_nothing_is_claimed(studio: Studio) -> None:
    found = bottleneck.following(studio, funnel.period(studio))
    assert found.stage == ""
    assert "too little is known of awareness" in found.why
    assert found.commands[0].endswith("--stage awareness")
    assert found.not_yet == ()
