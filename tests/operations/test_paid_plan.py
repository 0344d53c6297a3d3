"""Planned videos that A2E makes: what is short, refused, or was asked for."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import select

from elite8.cli import ordered
from elite8.core.config import Config
from elite8.core.domain.video import Video
from elite8.core.operations import agenda, collect, idea, produce
from elite8.core.operations.brief import Brief
from elite8.core.production.a2e import A2E
from elite8.core.simulators.a2e import A2ESimulator
from elite8.core.studio import Studio
from tests.operations.orders import START, brief, quiet, speaker

if TYPE_CHECKING:
    from tests.operations.conftest import Marking

pytestmark = pytest.mark.media
TRAIN = "startTraining"


def plan_for(studio: Studio, at: str) -> None:
    agenda.add(studio, video="", character="miyuki", at=at, zone="", to=("outbox",))


def for_japan(studio: Studio, engine: str) -> None:
    brief = Brief(characters=("miyuki",), engine=engine, seconds=10)
    idea.keep(studio, brief, idea.Wish(regions="JP"))


def row(studio: Studio) -> Video:
    with studio.database.transaction() as session:
        return session.exec(select(Video)).one()


def test_an_avatar_that_a2e_cannot_make_is_a_try_and_is_ordered_three_times_at_most(
    paid: Studio, a2e: A2ESimulator, clock: Any
) -> None:
    plan_for(paid, "2026-11-24 18:00")
    a2e.misbehave("failed", at=TRAIN, times=99)
    for _ in range(3):
        produce.make_due(paid)
        clock.advance(minutes=5)
        collect.look(paid, quiet)
    found = row(paid)
    assert (found.status, found.tries) == ("failed", 1)
    assert "avatar could not be made: A2E could not make it" in found.failure
    for _ in range(4 * 23):
        clock.advance(minutes=15)
        produce.make_due(paid)
        collect.look(paid, quiet)
    assert (row(paid).status, row(paid).tries) == ("failed", 3)
    assert sum(TRAIN in one.endpoint for one in a2e.starts) == 3


def test_what_the_credits_do_not_pay_for_is_not_spoken_each_time(
    paid: Studio, a2e: A2ESimulator, clock: Any, edited_config: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def speech(*asked: Any) -> str:
        spoken.append(asked)
        return said(*asked)

    spoken: list[Any] = []
    said = A2E.speech
    monkeypatch.setattr(A2E, "speech", speech)
    speaker(paid, clock)
    file = "avatars/pro_plan_optimized.json"
    folder = edited_config(file, '"local_when_spent": true', '"local_when_spent": false')
    strict = replace(paid, config=Config(folder))
    plan_for(strict, "2026-11-24 17:00")
    a2e.spend(1795, "elsewhere")
    for _ in range(3):
        (found,) = produce.make_due(strict)
        assert (found.state, "credits" in found.message) == ("failed", True)
        clock.advance(minutes=5)
    assert (spoken, row(strict).status, row(strict).tries) == ([], "planned", 0)
    strict.a2e.close()
    strict.database.close()


@pytest.mark.parametrize("engine", ["local", "a2e"])
def test_the_engine_asked_for_is_kept_until_the_video_is_made(paid: Studio, engine: str) -> None:
    for_japan(paid, engine)
    found = produce.planned_of(paid, row(paid))
    assert (found.engine, found.may_fall_back) == (engine, False)
    produce.count_a_try(paid, row(paid), "torn")
    again = produce.planned_of(paid, produce.again(paid, row(paid)))
    assert (again.engine, again.may_fall_back) == (engine, False)


def test_what_was_planned_before_there_was_a_key_is_for_the_engine_that_there_is(
    studio: Studio, paid: Studio
) -> None:
    plan_for(studio, "2026-11-24 18:00")
    assert (row(studio).engine, produce.planned_of(studio, row(studio)).engine) == ("local",) * 2
    found = produce.planned_of(paid, row(paid))
    assert (found.engine, found.may_fall_back) == ("a2e", True)


def test_what_is_filmed_here_for_want_of_credits_says_so(
    paid: Studio, a2e: A2ESimulator, clock: Any, marking: "Marking"
) -> None:
    speaker(paid, clock)
    plan_for(paid, "2026-11-23 21:00")
    a2e.spend(1795, "elsewhere")
    assert row(paid).engine == "a2e"
    engines: list[str] = []
    marking(lambda: engines.append(row(paid).engine))
    assert [one.state for one in produce.make_due(paid)] == ["made"]
    assert (engines, row(paid).engine) == (["local"], "local")
    facts = json.loads(Path(row(paid).path).with_suffix(".json").read_text())
    assert facts["made_by"].endswith("engine local")


@pytest.mark.parametrize("at", [START, TRAIN])
def test_what_a2e_itself_refuses_for_want_of_credits_is_filmed_here_at_once(
    paid: Studio, a2e: A2ESimulator, clock: Any, at: str
) -> None:
    if at == START:
        speaker(paid, clock)
    plan_for(paid, "2026-11-23 21:00")
    a2e.misbehave("no-credits", at=at)
    assert [one.state for one in produce.make_due(paid)] == ["made"]
    found = row(paid)
    assert (found.status, found.engine, found.tries, found.failure) == ("finished", "local", 1, "")


def test_what_the_command_films_here_for_want_of_credits_is_of_this_machine(
    paid: Studio, a2e: A2ESimulator, clock: Any
) -> None:
    speaker(paid, clock)
    a2e.spend(1795, "elsewhere")
    queue = ordered.Queue(paid, [brief(paid, engine="auto")], [], [])
    queue.order(quiet)
    assert [one.engine for one in queue.fallen_back] == ["local"]


def test_a_video_is_told_of_by_the_script_that_a2e_speaks(
    paid: Studio, clock: Any, other_topics: Config
) -> None:
    speaker(paid, clock)
    plan_for(paid, "2026-11-23 21:00")
    changed = replace(paid, config=other_topics)
    planned = produce.planned_of(changed, row(paid))
    assert planned.script.title != row(paid).title
    assert produce.one(changed, row(paid)).state == "ordered"
    changed.a2e.close()
    changed.database.close()
    assert (row(paid).title, row(paid).topic) == (planned.script.title, planned.topic)
