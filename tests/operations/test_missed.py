"""What was missed: how late a post may be that follows other networks, and where it finds room."""

from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from elite8.core.domain.post import Post, new_post
from elite8.core.operations import missed
from elite8.core.operations import plan as planning
from elite8.core.operations.brief import row_of
from elite8.core.operations.entries import Entry, between
from elite8.core.storage import posts, videos
from elite8.core.studio import Studio
from tests.operations.orders import brief
from tests.operations.test_audited_plan import sign_in

TODAY = date(2026, 11, 23)
SECOND = timedelta(seconds=1)
NETWORKS = ("tiktok", "instagram", "youtube")


def with_stagger(studio: Studio, minutes: int) -> Studio:
    config = copy(studio.config)
    rules = studio.config.publishing.model_copy(update={"stagger_minutes": minutes})
    vars(config)["publishing"] = rules
    return replace(studio, config=config)


@pytest.fixture
def apart(studio: Studio) -> Studio:
    """Two days on three networks that follow each other by an hour; two hours late is too late."""
    here = with_stagger(studio, 60)
    for network in NETWORKS:
        sign_in(here, network)
    planning.plan(here, days=2)
    return here


def last_of(studio: Studio, slot: str, days: int = 2) -> Entry:
    """The post of a slot of the first day that it is in that follows all others of its video."""
    found = [one for one in between(studio, TODAY, days) if one.slot == slot]
    first = min(one.wall for one in found)
    return max((one for one in found if one.wall == first), key=lambda one: one.at)


def missed_now(studio: Studio) -> set[str]:
    return {one.post for one in missed.sweep(studio)}


def test_a_post_that_follows_others_is_late_from_its_own_time_on(apart: Studio, clock: Any) -> None:
    third = last_of(apart, "night")
    clock.now = third.at + SECOND
    assert third.post not in missed_now(apart)
    clock.now = third.at + timedelta(minutes=third.late_minutes)
    assert third.post not in missed_now(apart)
    clock.advance(seconds=1)
    assert third.post in missed_now(apart)


def test_a_later_try_makes_no_post_less_late(apart: Studio, clock: Any) -> None:
    third = last_of(apart, "night")
    clock.now = third.at + timedelta(minutes=third.late_minutes, seconds=1)
    with apart.database.transaction() as session:
        session.get_one(Post, third.post).due_at = clock() - SECOND
    assert third.post in missed_now(apart)


def test_a_post_that_is_put_off_is_late_there_as_any_other(apart: Studio, clock: Any) -> None:
    one = last_of(apart, "evening")
    clock.now = one.at + timedelta(minutes=one.late_minutes, seconds=1)
    (until,) = [each.until for each in missed.sweep(apart) if each.post == one.post]
    assert until
    clock.now = until + timedelta(minutes=one.late_minutes)
    assert one.post not in missed_now(apart)
    clock.advance(seconds=1)
    assert one.post in missed_now(apart)


def boxed(studio: Studio) -> Studio:
    """The studio with every slot for the outbox, which then has more posts a day than a network."""
    config = copy(studio.config)
    rules = studio.config.calendar
    slots = tuple(slot.model_copy(update={"networks": ("outbox",)}) for slot in rules.slots)
    vars(config)["calendar"] = rules.model_copy(update={"slots": slots})
    return replace(studio, config=config)


def test_a_missed_post_of_the_outbox_finds_its_next_slot_on_a_full_day(
    studio: Studio, clock: Any
) -> None:
    here = boxed(studio)
    planning.plan(here, days=5)
    one = last_of(here, "morning")
    that_day = [each for each in between(here, TODAY, 2) if each.wall[:10] == one.wall[:10]]
    assert len(that_day) > here.config.calendar.per_network_a_day
    clock.now = one.at + timedelta(minutes=one.late_minutes, seconds=1)
    found = {each.post: each.until for each in missed.sweep(here)}
    assert found[one.post] == one.at + timedelta(hours=4)


def test_a_day_of_25_hours_is_full_to_its_last_one(studio: Studio, clock: Any) -> None:
    clock.now = datetime(2026, 10, 25, 10, 0, tzinfo=UTC)  # at three the clocks went back
    rules = studio.config.calendar
    late = rules.slots[0].model_copy(update={"time": "23:30", "networks": ("tiktok",)})
    vars(studio.config)["calendar"] = rules.model_copy(
        update={"slots": (late,), "per_network_a_day": 1}
    )
    due = datetime(2026, 10, 25, 22, 30, tzinfo=UTC)
    there, coming = (planned(studio, seed, due) for seed in (1, 2))
    with studio.database.transaction() as session:
        assert there.due_at == due
        found = missed.next_slot(studio, session, coming)
        assert found
        assert found[2] == "2026-10-26 23:30"


def planned(studio: Studio, seed: int, due: datetime) -> Post:
    video = row_of(studio, brief(studio, seed=seed, engine="local"))
    post = new_post(now=studio.clock(), video_id=video.id, platform="tiktok", due_at=due)
    post.zone = "Europe/Berlin"
    with studio.database.transaction() as session:
        videos.add(session, video)
        posts.add(session, post)
    return post
