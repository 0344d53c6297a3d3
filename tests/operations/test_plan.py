"""The calendar: planned once, moved only when asked, missed by a policy, kept as a file."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from elite8.core.config import Config
from elite8.core.domain.post import PostStatus
from elite8.core.domain.video import VideoStatus
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import (
    agenda,
    desk,
    due,
    missed,
    plan_file,
    produce,
    stops,
    stuck,
)
from elite8.core.operations import credits as purse
from elite8.core.operations import generate as generating
from elite8.core.operations import plan as planning
from elite8.core.operations.entries import Entry, between
from elite8.core.storage import posts, videos
from elite8.core.studio import Studio

TODAY = datetime(2026, 11, 23, tzinfo=UTC).date()


@pytest.fixture
def boxed(studio: Studio, edited_config: Callable[..., Path]) -> Studio:
    """A studio whose slots all go to the outbox, which needs no account."""
    folder = edited_config("scheduler_config.json", '["tiktok", "instagram"]', '["outbox"]')
    file = folder / "scheduler_config.json"
    text = file.read_text()
    for slot in ('["instagram", "youtube"]', '["tiktok", "youtube"]'):
        text = text.replace(slot, '["outbox"]')
    file.write_text(text.replace('["instagram", "tiktok", "youtube"]', '["outbox"]'))
    return replace(studio, config=Config(folder))


def calendar_of(studio: Studio, days: int = 3) -> tuple[Entry, ...]:
    return between(studio, TODAY, days)


def rewritten(studio: Studio, old: str, new: str) -> Studio:
    """The same studio after its operator changed the calendar's file."""
    file = studio.config.folder / "scheduler_config.json"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return replace(studio, config=Config(studio.config.folder))


def finished(studio: Studio, *entries: Entry) -> None:
    """Have the videos of these posts made, without making them."""
    with studio.database.transaction() as session:
        for one in entries:
            video = videos.get(session, one.video)
            assert video
            video.status = VideoStatus.FINISHED


def test_planning_twice_plans_once(boxed: Studio) -> None:
    first = planning.plan(boxed, days=3)
    again = planning.plan(boxed, days=3)
    assert (first.videos, len(first.changes), first.kept) == (18, 18, 0)
    assert (again.videos, again.changes, again.kept) == (0, (), 18)
    found = calendar_of(boxed, 4)
    assert [one.at for one in found][:3] == [datetime(2026, 11, 23, 12, 0, tzinfo=UTC)] * 2 + [
        datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    ]
    assert Counter(one.character for one in found).most_common(1)[0][1] <= 3


def test_two_that_plan_at_once_plan_once(boxed: Studio) -> None:
    with ThreadPoolExecutor(4) as workers:
        said = list(workers.map(lambda _: planning.plan(boxed, days=2), range(4)))
    assert sorted(one.videos for one in said) == [0, 0, 0, 10]
    keys = [(one.character, one.network, one.at) for one in calendar_of(boxed)]
    assert len(keys) == len(set(keys)) == 10


def test_a_dry_run_writes_nothing(boxed: Studio) -> None:
    assert len(planning.plan(boxed, days=3, dry_run=True).changes) == 18
    assert calendar_of(boxed) == ()


def test_networks_without_an_account_are_named_and_planned_after_sign_in(studio: Studio) -> None:
    found = planning.plan(studio, days=2)
    assert (found.videos, len(found.notes)) == (0, 3)
    assert "elite8 accounts login tiktok" in " ".join(found.notes)


def test_a_changed_time_moves_only_when_asked(boxed: Studio) -> None:
    planning.plan(boxed, days=2)
    before = calendar_of(boxed)
    changed = rewritten(boxed, '"12:00"', '"13:00"')
    shown = planning.plan(changed, days=2)
    assert Counter(change.what for change in shown.changes) == {"moves": 2}
    assert not any(change.done for change in shown.changes)
    assert calendar_of(changed) == before
    planning.plan(changed, days=2, move=True)
    assert [one.wall[-5:] for one in calendar_of(changed)].count("13:00") == 2
    assert planning.plan(changed, days=2).changes == ()


def test_what_the_plan_does_not_want_any_more_goes_only_when_asked(boxed: Studio) -> None:
    planning.plan(boxed, days=2)
    fewer = rewritten(boxed, '"characters_per_slot": 2', '"characters_per_slot": 1')
    shown = planning.plan(fewer, days=2)
    assert {change.what for change in shown.changes} >= {"goes"}
    assert all(one.status == "waiting" for one in calendar_of(fewer))
    planning.plan(fewer, days=2, move=True)
    wanted = [one for one in calendar_of(fewer) if one.status == "waiting"]
    assert Counter(one.at for one in wanted).most_common(1)[0][1] == 1
    assert planning.plan(fewer, days=2, move=True).changes == ()


def test_what_an_operator_moved_or_dropped_stays_so(boxed: Studio) -> None:
    planning.plan(boxed, days=2)
    first, second, *_ = calendar_of(boxed)
    agenda.move(boxed, first.post, "2026-11-24 03:30", "America/Sao_Paulo")
    agenda.drop(boxed, second.post)
    assert planning.plan(boxed, days=2, move=True).changes == ()
    here = {one.post: one for one in calendar_of(boxed)}
    assert here[first.post].at == datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    assert (here[first.post].wall, here[first.post].zone) == (
        "2026-11-24 03:30",
        "America/Sao_Paulo",
    )
    assert here[second.post].status == "refused"
    with pytest.raises(Refused, match="only one that waits"):
        agenda.move(boxed, second.post, "18:00", "")


def test_a_post_of_a_video_that_is_not_made_is_not_sent(boxed: Studio, clock: Any) -> None:
    planning.plan(boxed, days=1)
    clock.advance(hours=3, minutes=5)
    assert due.run(boxed) == ()
    assert [one.status for one in calendar_of(boxed, 1)] == ["waiting", "waiting"]


def test_missed_posts_go_by_the_policy_in_their_row(boxed: Studio, clock: Any) -> None:
    planning.plan(boxed, days=2)
    clock.advance(days=1, hours=3, minutes=10)  # 21:10 in Tokyo on the second day
    found = missed.sweep(boxed)
    assert missed.sweep(boxed) == ()
    here = {one.post: one for one in calendar_of(boxed, 4)}
    night = [one for one in found if one.was == datetime(2026, 11, 23, 12, tzinfo=UTC)]
    assert [one.until for one in night] == [None, None]
    assert all(here[one.post].status == "refused" for one in night)
    morning = [one for one in found if one.was == datetime(2026, 11, 23, 23, tzinfo=UTC)]
    assert [one.until for one in morning] == [datetime(2026, 11, 24, 23, tzinfo=UTC)] * 2
    assert all(here[one.post].missed == "skip" for one in morning)
    assert "its video is planned" in desk.show(boxed, night[0].post).failure
    assert desk.show(boxed, morning[0].post).story[-1].kind == "missed"
    assert {alarm.post for alarm in stuck.alarms(boxed)} >= {one.post for one in night}


def test_what_is_stopped_is_not_missed_and_spreads_when_it_goes_on(
    boxed: Studio, clock: Any
) -> None:
    planning.plan(boxed, days=1)
    stops.stop(boxed, "all", "", "a rest")
    clock.advance(hours=9)
    assert missed.sweep(boxed) == ()
    stops.resume(boxed, "all", "", "spread")
    assert missed.sweep(boxed) == ()


def test_videos_are_made_the_soonest_first_and_a_failure_is_tried_three_times(
    boxed: Studio, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    planning.plan(boxed, days=2)
    order = [one.video for one in calendar_of(boxed)]
    made: list[str] = []

    def failing(studio: Studio, _: Any, __: Any, video: Any) -> None:
        made.append(video.id)
        generating.give_up(studio, video, trouble := Refused("the film tore"))
        raise trouble

    monkeypatch.setattr(generating, "make", failing)
    (found,) = produce.make_due(boxed, most=1)
    assert (found.state, found.message) == ("failed", "the film tore")
    for hours in (0, 0, 1.6, 0.1):  # due in three hours, less than a fourth of the day before
        clock.advance(hours=hours)
        produce.make_due(boxed, most=1)
    assert made[:3] == [order[0], order[0], order[1]]
    assert made.count(order[0]) == 3


@pytest.mark.media
def test_a_planned_video_is_made_and_goes_out_in_its_slot(boxed: Studio, clock: Any) -> None:
    short = {"finishing": boxed.config.finishing.model_copy(update={"duration_seconds": 3.0})}
    vars(boxed.config).update(short)
    planning.plan(boxed, days=1)
    (made,) = produce.make_due(boxed, most=1)
    assert made.state == "made"
    assert due.run(boxed) == ()
    clock.advance(hours=3)
    (out,) = due.run(boxed)
    assert (out.status, Path(out.url).exists()) == ("published", True)
    assert due.run(boxed) == ()


def test_a_file_that_is_not_changed_changes_nothing(boxed: Studio, tmp_path: Path) -> None:
    planning.plan(boxed, days=3)
    agenda.drop(boxed, calendar_of(boxed)[0].post)
    for name in ("calendar.json", "calendar.csv"):
        file = plan_file.export(boxed, TODAY, 3)
        plan_file.save(tmp_path / name, plan_file.written(file, as_csv=name.endswith("csv")))
        again = plan_file.read(tmp_path / name)
        assert again == file
        assert plan_file.apply(boxed, again) == ()


def test_only_the_differences_of_a_file_are_applied(boxed: Studio) -> None:
    planning.plan(boxed, days=2)
    file = plan_file.export(boxed, TODAY, 2)
    moved, dropped, *others = file.posts
    new = plan_file.Row(
        at="2026-11-24 15:00", zone="Europe/Berlin", character="jin", network="outbox"
    )
    wanted = file.model_copy(
        update={"posts": (moved.model_copy(update={"at": "2026-11-24 22:45"}), *others, new)}
    )
    shown = plan_file.diff(boxed, wanted)
    assert sorted(one.what for one in shown) == ["adds", "drops", "moves"]
    assert plan_file.apply(boxed, wanted) == shown
    here = calendar_of(boxed)
    assert next(one for one in here if one.post == moved.post).wall == "2026-11-24 22:45"
    assert next(one for one in here if one.post == dropped.post).status == "refused"
    assert [one.at for one in here if one.zone == "Europe/Berlin"] == [
        datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
    ]


def test_nothing_of_a_file_is_applied_when_one_row_is_claimed(boxed: Studio, clock: Any) -> None:
    planning.plan(boxed, days=2)
    file = plan_file.export(boxed, TODAY, 2)
    wanted = file.model_copy(
        update={
            "posts": (
                *(row.model_copy(update={"zone": "Asia/Seoul"}) for row in file.posts[:-1]),
                file.posts[-1].model_copy(update={"at": "2026-11-24 23:59"}),
            )
        }
    )
    taken = file.posts[-1]
    with boxed.database.transaction() as session:
        post = posts.get(session, taken.post)
        assert post
        posts.claim(session, post, holder="h", now=clock(), lease=timedelta(minutes=5))
    before = calendar_of(boxed)
    with pytest.raises(Refused, match="nothing was applied"):
        plan_file.apply(boxed, wanted)
    assert calendar_of(boxed) == before


def test_what_was_planned_since_the_file_was_written_is_left_alone(
    boxed: Studio, clock: Any
) -> None:
    planning.plan(boxed, days=1)
    file = plan_file.export(boxed, TODAY, 4)
    clock.advance(hours=1)
    planning.plan(boxed, days=3)
    assert plan_file.apply(boxed, file) == ()
    assert {one.status for one in calendar_of(boxed, 4)} == {"waiting"}


def test_a_dry_run_says_of_nothing_that_it_is_done(boxed: Studio) -> None:
    shown = planning.plan(boxed, days=2, dry_run=True, move=True)
    assert {change.done for change in shown.changes} == {False}
    planning.plan(boxed, days=2)
    changed = rewritten(boxed, '"12:00"', '"13:00"')
    shown = planning.plan(changed, days=2, dry_run=True, move=True)
    assert {(change.what, change.done) for change in shown.changes} == {("moves", False)}


def one_row(facts: str) -> str:
    row = f'{{{facts}, "at": "2026-11-24 10:00", "character": "jin", "network": "outbox"}}'
    return f'{{"first": "2026-11-23", "days": 2, "written": "2026-11-23T09:00Z", "posts": [{row}]}}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ('{"first": "2026-11-23", "days": 2, "written": "2026-11-23T09:00Z"}', "posts: Field req"),
        ("# elite8 calendar nonsense", "line 1 no longer says"),
        (
            one_row('"post": "X", "zone": "Asia/Tokyo"'),
            "row 1: no such post: 'X'",
        ),
        (
            one_row('"zone": "Mars/North"'),
            "row 1: no time zone 'Mars/North'",
        ),
    ],
)
def test_a_file_that_cannot_be_meant_says_where(
    boxed: Studio, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "calendar.json"
    file.write_text(text)
    with pytest.raises(ConfigError, match=said):
        plan_file.diff(boxed, plan_file.read(file))


def test_an_explanation_names_time_zone_turn_and_limits(boxed: Studio) -> None:
    planning.plan(boxed, days=1)
    post = calendar_of(boxed, 1)[0].post
    said = dict(agenda.explain(boxed, post).reasons)
    assert "2026-11-23 21:00 Asia/Tokyo (slot night)" in said["time"]
    assert "outbox" in said["network"]
    assert said["when late"] == "after 120 minutes: skip"


def test_a_time_that_the_clock_skips_or_shows_twice_is_explained(boxed: Studio) -> None:
    added = agenda.add(
        boxed,
        video="",
        character="jin",
        at="2027-03-28 02:30",
        zone="Europe/Berlin",
        to=["outbox"],
    )
    assert added[0].at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert "skip 02:30" in dict(agenda.explain(boxed, added[0].post).reasons)["zone"]
    twice = agenda.add(
        boxed,
        video="",
        character="jin",
        at="2027-10-31 02:30",
        zone="Europe/Berlin",
        to=["outbox"],
    )
    assert twice[0].at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "twice" in dict(agenda.explain(boxed, twice[0].post).reasons)["zone"]


def test_a_finished_video_is_added_at_a_wall_time(boxed: Studio) -> None:
    planning.plan(boxed, days=1)
    one = calendar_of(boxed, 1)[0]
    finished(boxed, one)
    agenda.drop(boxed, one.post)
    (added,) = agenda.add(
        boxed, video=one.video, character="", at="2026-11-25 08:00", zone="", to=["outbox"]
    )
    assert (added.status, added.wall) == (PostStatus.WAITING, "2026-11-25 08:00")


@pytest.mark.parametrize("falls_back", [True, False])
def test_credits_bound_what_is_planned(paid: Studio, boxed: Studio, *, falls_back: bool) -> None:
    studio = replace(paid, config=boxed.config)
    tariff = studio.config.tariff
    few = tariff.budget.model_copy(update={"per_day": 40})
    less = tariff.model_copy(update={"local_when_spent": falls_back, "budget": few})
    vars(studio.config)["tariff"] = less
    assert planning.plan(studio, days=3, dry_run=True).notes == ()  # A2E was not asked yet
    purse.overview(studio, ask=True)
    found = planning.plan(studio, days=3)
    assert "credits until then pay for" in found.notes[0]
    assert (found.videos == 18) is falls_back
    assert 0 < found.videos <= 18
    studio.database.close()


@pytest.fixture
def cast(boxed: Studio) -> Studio:
    """A studio where results decide who appears."""
    return rewritten(boxed, '"on": false', '"on": true')


def test_where_results_decide_planning_twice_still_plans_once(cast: Studio) -> None:
    first = planning.plan(cast, days=7)
    assert planning.plan(cast, days=7).changes == ()
    assert planning.plan(cast, days=9).videos == 16
    found = calendar_of(cast, 9)
    assert len({(one.at, one.character) for one in found}) == len(found)
    weeks = Counter((one.at + timedelta(hours=9)).isocalendar()[:2] for one in found)
    assert max(weeks.values()) <= 56
    mine = Counter(
        (one.character, (one.at + timedelta(hours=9)).isocalendar()[:2]) for one in found
    )
    assert max(mine.values()) <= 7
    assert first.videos > 40


def test_a_drawn_performer_is_explained(cast: Studio) -> None:
    planning.plan(cast, days=1)
    said = dict(agenda.explain(cast, calendar_of(cast, 1)[0].post).reasons)
    assert said["performer"].startswith("drawn from what their posts did there: ")


@pytest.mark.parametrize("word", ["retry", "order"])
def test_a_missed_post_that_is_wanted_after_all_is_not_missed_again(
    boxed: Studio, clock: Any, word: str
) -> None:
    planning.plan(boxed, days=1)
    clock.advance(hours=9)
    night = missed.sweep(boxed)[0]
    one = next(one for one in calendar_of(boxed, 1) if one.post == night.post)
    finished(boxed, one)
    if word == "retry":
        desk.retry(boxed, night.post)
    else:
        desk.order(boxed, one.video, ["outbox"], desk.Wish())
    clock.advance(hours=5)
    assert missed.sweep(boxed) == ()
    assert desk.show(boxed, night.post).status == "waiting"
