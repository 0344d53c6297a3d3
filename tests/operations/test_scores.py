"""Scores of a studio's subscribers: right on every day, worked out anew only where it is needed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest
from sqlalchemy.event import listen
from sqlmodel import col, delete

from elite8.core.config import Config
from elite8.core.domain import fading, score
from elite8.core.domain.score import ACTIVITIES, DEFAULT_CALIBRATION
from elite8.core.domain.shard import parsed, parts
from elite8.core.domain.subscriber import Act, Subscriber, SubscriberEvent
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import calibrations, engaged, engagement, tasks
from elite8.core.operations.scores import scores_at, scores_before
from elite8.core.storage import engagement as rows
from elite8.core.studio import Studio
from tests.conftest import StoppedClock
from tests.subscribed import event, subscriber, subscription

ACTS = tuple(fading.ACTIVITY)
DAY = timedelta(days=1)


@pytest.fixture
def open_book(studio: Studio, edited_config: Callable[[str, str, str], Path]) -> Studio:
    """A studio whose fanvue shows everything; line shows what it does."""
    shown = ", ".join(f'"{name}"' for name in ACTIVITIES)
    seen = '"shows": ["messages_sent", "messages_received", "conversations"]'
    folder = edited_config("phase2/score.json", seen, f'"shows": [{shown}]')
    return replace(studio, config=Config(folder))


def live(studio: Studio, people: int = 12, each: int = 8, seed: int = 8) -> None:
    """Have people do things in the last 90 days, the same each run."""
    lot = Random(seed)  # noqa: S311  # the same each run
    with studio.database.transaction() as session:
        for number in range(people):
            who = subscriber(session, f"{seed} {number}", "line" if number % 3 == 2 else "fanvue")
            subscription(session, who, tier=("basic", "vip")[number % 2])
            for step in range(each):
                at = studio.clock() - timedelta(days=lot.uniform(0, 90))
                much = {"completion": lot.random(), "duration_s": lot.uniform(10, 4000)}
                event(session, who, lot.choice(ACTS), at, key=f"{seed} {number} {step}", **much)


def by_hand(studio: Studio, day: datetime) -> dict[int, float]:
    """Score everybody by the reference alone: each event faded to the day itself."""
    config, found = studio.config.scoring, {}
    with studio.database.transaction() as session:
        for who, platform in rows.everybody(session):
            happened = rows.happened(session, [who], day)
            age = (fading.micros(day) - happened.at) / fading.DAY_US
            x = np.zeros((1, 9))
            for number in range(9):
                mine = happened.column == number
                person, quantity = happened.person[mine], happened.quantity[mine]
                x[0, number] = score.faded(person, quantity, age[mine], people=1)[0]
            starts = np.maximum(x[:, 2], x[:, 3])
            x[:, 1] = score.counted_received(x[:, 1], np.array([np.nan]))
            shown = config.shown(platform)
            if {"views", "completions"} <= {*shown}:
                x[:, 3] = score.completed(x[:, 3], starts, score.DEFAULT_SHARE)
            x[:, [name not in shown for name in ACTIVITIES]] = np.nan
            weights = score.checked(config.percents)
            found[who] = float(score.scored(x, DEFAULT_CALIBRATION.row(platform), weights).score[0])
    return found


def test_scores_are_the_references_today_and_on_any_day(
    open_book: Studio, clock: StoppedClock
) -> None:
    live(open_book)
    for day in (clock(), fading.before(clock()), clock() - 7.3 * DAY):
        found = scores_at(open_book, day)
        assert found.by_id == pytest.approx(by_hand(open_book, day), abs=1e-12)
        assert found.as_of == day
    found = scores_at(open_book)
    assert set(found.platforms) == {"fanvue", "line"}
    assert found.coverage.max() == pytest.approx(1)
    assert found.coverage.min() == pytest.approx(0.3)


def test_kept_sums_and_all_events_say_the_same_digits(
    open_book: Studio, clock: StoppedClock
) -> None:
    live(open_book)
    kept = (scores_at(open_book).by_id, scores_before(open_book).by_id)
    now = clock()
    clock.advance(seconds=1)  # no longer now: worked out from events
    assert scores_at(open_book, now).by_id == kept[0]
    before = fading.before(now)
    with open_book.database.transaction() as session:
        for state in rows.states(session).values():
            session.delete(state)
    assert scores_at(open_book.looking, before).by_id == kept[1]


def test_only_those_about_whom_anything_is_new_are_worked_out(
    studio: Studio, clock: StoppedClock
) -> None:
    live(studio)
    assert engaged.freshen(studio) == 12
    assert engaged.freshen(studio) == 0
    assert engaged.freshen(studio, whole=True) == 0
    with studio.database.transaction() as session:
        one, other = session.get_one(Subscriber, 1), session.get_one(Subscriber, 2)
        event(session, one, Act.MESSAGE_IN, clock(), key="new")
        event(session, other, Act.MESSAGE_IN, clock() + DAY, key="to come")
    assert engaged.freshen(studio) == 2
    before = scores_at(studio).by_id
    clock.advance(days=1, seconds=1)
    assert engaged.freshen(studio) >= 1  # what was to come has come
    assert scores_at(studio).by_id[2] > before[2]


EIGHTHS = parts(8)


def test_eight_machines_make_the_sums_of_all(studio: Studio, clock: StoppedClock) -> None:
    live(studio)
    fresh = [engaged.freshen(studio, part, whole=True) for part in EIGHTHS]
    assert sum(fresh) == 12
    assert all(fresh), "nobody's part is empty"
    assert engaged.freshen(studio) == 0
    assert scores_at(studio).by_id == pytest.approx(by_hand(studio, clock()), abs=1e-12)
    with studio.database.transaction() as session:
        event(session, session.get_one(Subscriber, 9), Act.MESSAGE_IN, clock(), key="new")
    assert [engaged.freshen(studio, part) for part in EIGHTHS] == [0, 1, 0, 0, 0, 0, 0, 0]
    assert engaged.freshen(studio) == 0


def test_a_part_that_nobody_made_is_made_by_who_wants_scores(studio: Studio) -> None:
    live(studio)
    made = sum(engaged.freshen(studio, part) for part in EIGHTHS[:-1])
    with studio.database.transaction() as session:
        assert rows.untils(session, 0) == []
    assert engaged.freshen(studio) == 12 - made > 0
    with studio.database.transaction() as session:
        assert len(rows.untils(session, 0)) == len(EIGHTHS)


def test_a_night_of_which_a_part_is_missing_is_not_taken_for_the_day(
    studio: Studio, clock: StoppedClock
) -> None:
    live(studio)
    engaged.freshen(studio)
    clock.advance(days=3)
    for part in EIGHTHS[:-1]:
        engaged.freshen(studio, part)
    found = scores_before(studio.looking).by_id  # makes nothing itself
    assert found == pytest.approx(by_hand(studio, fading.before(clock())), abs=1e-12)


def test_people_are_in_eight_parts_and_no_others(studio: Studio) -> None:
    with pytest.raises(ConfigError, match="people are in 8 parts; write 1/8 to 8/8"):
        engaged.freshen(studio, parsed("1/5"))


def test_what_was_undone_or_taken_out_is_noticed(studio: Studio) -> None:
    live(studio, people=4)
    before = scores_at(studio).by_id
    with studio.database.transaction() as session:
        session.exec(delete(SubscriberEvent).where(col(SubscriberEvent.subscriber_id) == 1))
        erased = session.get_one(Subscriber, 2)
        erased.erased_at = studio.clock()
        session.add(erased)
    engaged.freshen(studio, whole=True)
    after = scores_at(studio).by_id
    assert after == {1: 0.0, 3: before[3], 4: before[4]}


def test_other_half_lives_and_a_new_year_have_everybody_worked_out_again(
    studio: Studio, clock: StoppedClock, edited_config: Callable[[str, str, str], Path]
) -> None:
    live(studio, people=5)
    engaged.freshen(studio)
    folder = edited_config("phase2/score.json", '"half_life_days": 14', '"half_life_days": 7')
    faster = replace(studio, config=Config(folder))
    assert engaged.freshen(faster) == 5
    clock.now = datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC)
    assert engaged.freshen(faster) == 5
    assert scores_at(faster).by_id == pytest.approx(by_hand_with(faster, clock(), 7), abs=1e-12)


def by_hand_with(studio: Studio, day: datetime, half_life: float) -> dict[int, float]:
    """Return scores of platforms that show three activities, by another half-life."""
    config = studio.config.scoring.model_copy(update={"half_life_days": half_life})
    found = {}
    with studio.database.transaction() as session:
        for who, platform in rows.everybody(session):
            made = fading.sums(rows.happened(session, [who], day), config, day, 1)
            scale = fading.scale(config, DEFAULT_CALIBRATION, platform, day)
            x = fading.today(made, scale)
            found[who] = float(score.scored(x, scale.halves, scale.all_weights).score[0])
    return found


def test_what_comes_later_changes_nothing(open_book: Studio, clock: StoppedClock) -> None:
    live(open_book, people=4)
    day = clock() - 10 * DAY
    before = scores_at(open_book, day).by_id
    with open_book.database.transaction() as session:
        event(session, session.get_one(Subscriber, 1), Act.SHARE, day + DAY, key="later")
    assert scores_at(open_book, day).by_id == before
    with pytest.raises(ConfigError, match="still to come"):
        scores_at(open_book, clock() + DAY)


def test_a_calibration_is_measured_frozen_and_changes_only_when_asked(
    open_book: Studio, clock: StoppedClock
) -> None:
    with pytest.raises(Refused, match="30 people"):
        calibrations.measure(open_book, clock())
    live(open_book, people=60, each=3)
    first = scores_at(open_book)
    assert first.calibration == "default"
    assert calibrations.measure(open_book.drafting, clock()).new
    assert scores_at(open_book).calibration == "default"
    made = calibrations.measure(open_book, clock())
    assert (made.version, made.new, made.too_few) == ("2026-11-23", True, ("line",))
    second = scores_at(open_book)
    assert second.calibration == "2026-11-23"
    assert second.by_id != first.by_id
    assert not calibrations.measure(open_book, clock()).new
    live(open_book, people=3, seed=9)
    again = scores_at(open_book).by_id
    assert {who: again[who] for who in second.by_id} == second.by_id
    assert calibrations.measure(open_book, clock()).version == "2026-11-23.2"
    assert scores_at(open_book, calibration="2026-11-23").by_id == again
    assert scores_at(open_book, calibration="default").by_id.items() >= first.by_id.items()
    with pytest.raises(ConfigError, match=r"choose 2026-11-23\.2, 2026-11-23, default"):
        scores_at(open_book, calibration="1")


def test_the_summary_is_by_platform_and_tier_and_hides_few(open_book: Studio) -> None:
    assert engagement.summary(open_book).groups == ()
    live(open_book, people=45, each=3)
    found = engagement.summary(open_book)
    told = {(one.platform, one.tier): one for one in found.groups}
    shown = told["fanvue", "basic"]
    assert shown.people == 15
    assert shown.tenths is not None
    assert sum(shown.tenths) == 15
    hidden = told["line", "basic"]
    assert (hidden.people, hidden.median, hidden.observed, hidden.tenths) == (None,) * 4
    assert any("default" in note for note in found.notes)
    assert any("line has" in note and "do not count" in note for note in found.notes)
    assert {one.platform for one in engagement.summary(open_book, platform="line").groups} == {
        "line"
    }


def test_people_who_are_seen_unlike_are_not_ranked_together(open_book: Studio) -> None:
    live(open_book)
    with pytest.raises(Refused, match="do not show alike"):
        engagement.top(open_book, 5)
    best = engagement.top(open_book, 3, platform="fanvue").people
    assert [one.score for one in best] == sorted((one.score for one in best), reverse=True)
    assert best[0].rank > 0.5
    with pytest.raises(ConfigError, match="platforms with people: fanvue, line"):
        engagement.top(open_book, 3, platform="fc2")


def test_one_persons_score_is_told_part_by_part(open_book: Studio) -> None:
    live(open_book)
    found = engagement.explain(open_book, 1)
    everybody = scores_at(open_book)
    assert found.score == everybody.by_id[1]
    assert found.before == scores_before(open_book).by_id[1]
    assert sum(part.adds or 0 for part in found.parts) == pytest.approx(found.score)
    assert all(part.words for part in found.parts)
    line = engagement.explain(open_book, 3)
    assert sum("not shown by this platform" in part.words for part in line.parts) == 6
    assert engagement.named(open_book, found.subscriber) == (1,)
    with pytest.raises(ConfigError, match="nobody is known so"):
        engagement.named(open_book, "nobody")


def test_the_parts_that_are_told_are_those_of_the_formulas(
    studio: Studio, clock: StoppedClock
) -> None:
    with studio.database.transaction() as session:
        who = subscriber(session, "one", "fanvue")
        subscription(session, who)
        for days in (0, 14, 28):  # worth 1, a half, a quarter
            event(session, who, Act.MESSAGE_IN, clock.now - days * DAY)
        for turn in range(10):  # ten of ours, five at most
            event(session, who, Act.MESSAGE_OUT, clock.now, key=f"ours {turn}")
        event(session, who, Act.DM_OPEN, clock.now - 14 * DAY)
        event(session, who, Act.LIKE, clock.now)  # fanvue does not show likes
    found = engagement.explain(studio, 1)
    told = {part.activity: part for part in found.parts}
    sent, received, talks = (
        told[n] for n in ("messages_sent", "messages_received", "conversations")
    )
    assert (sent.worth, received.worth, talks.worth) == pytest.approx((1.75, 5.0, 0.5))
    assert sent.adds == pytest.approx(0.15 * 1.75 / (1.75 + 3))
    assert received.adds == pytest.approx(0.10 * 5 / (5 + 3))
    assert talks.adds == pytest.approx(0.05 * 0.5 / (0.5 + 1))
    assert found.score == pytest.approx(0.15 * 1.75 / 4.75 + 0.10 * 5 / 8 + 0.05 * 0.5 / 1.5)
    assert found.coverage == pytest.approx(0.15 + 0.10 + 0.05)
    assert found.observed == pytest.approx(found.score / 0.30)
    assert sent.words == ("messages sent: 1.8 once faded, half of full is 3.0; adds 0.055 of 0.15")
    assert told["likes"].words == "likes: not shown by this platform; 5% of the score is missing"


def test_the_task_works_out_what_is_new_and_says_so(studio: Studio) -> None:
    task = tasks.named("scores")
    assert task.wanted is not None
    assert not task.wanted(studio)
    assert task.run(studio) == ""
    live(studio, people=3)
    assert task.wanted(studio)
    assert task.run(studio) == "what 3 subscribers did is worked out anew"
    assert task.run(studio) == ""


def test_a_clock_that_goes_on_finds_the_sums_that_were_just_made(
    studio: Studio, clock: StoppedClock
) -> None:
    def ticking() -> datetime:
        clock.advance(milliseconds=1)
        return clock.now

    live(studio)
    going = replace(studio, clock=ticking)
    scores_at(going)
    asked: list[str] = []
    listen(going.database.engine, "before_cursor_execute", lambda *what: asked.append(what[2]))
    again = scores_at(going)
    assert len(again.ids) == 12
    assert [one for one in asked if "subscriber_event.quantity" in one] == []
    assert asked
    going.database.close()


def test_nothing_is_seen_of_what_never_came_in(studio: Studio) -> None:
    with studio.database.transaction() as session:
        for platform in ("fanvue", "pornhub"):
            who = subscriber(session, platform, platform)
            event(session, who, Act.TIP, amount_minor=500, currency="USD")
    found = engagement.summary(studio)
    assert [group.coverage for group in found.groups] == [0.0, 0.0]
    assert any("fanvue" in note and "ever came in" in note for note in found.notes)
    assert any("pornhub" in note and "hold none" in note for note in found.notes)
    assert not any(
        "pornhub" in note for note in engagement.summary(studio, platform="fanvue").notes
    )
    with studio.database.transaction() as session:
        event(session, subscriber(session, "writes"), Act.MESSAGE_IN)
    (first, second) = engagement.summary(studio).groups
    assert first.coverage == pytest.approx(0.3)
    assert second.coverage == 0.0
