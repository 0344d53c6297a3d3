"""Scores on every database: the digits of the arithmetic; and what is new is found."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import chain, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select

from elite8.core.config import Config
from elite8.core.domain import fading, score
from elite8.core.domain.campaign import HandedOut
from elite8.core.domain.engagement import PARTS, Calibrated, Engagement
from elite8.core.domain.fading import SUMS
from elite8.core.domain.score import ACTIVITIES, DEFAULT_CALIBRATION, Calibration
from elite8.core.domain.scoring import ScoreConfig, Shown
from elite8.core.domain.shard import WHOLE as EVERYBODY
from elite8.core.domain.shard import Shard, parts
from elite8.core.domain.subscriber import Act, ImportBatch
from elite8.core.operations import engaged
from elite8.core.storage import calibrations, engagement
from elite8.core.storage.database import Database, Session
from elite8.core.studio import Studio
from tests.storage.test_campaigns import campaign
from tests.subscribed import WHEN, event, subscriber

ROOT = Path(__file__).parents[2]
DAY = datetime(2026, 11, 1, 12, tzinfo=UTC)
SHIPPED = Config(ROOT / "config").scoring


def showing(*shows: str, answers: bool = False, **changes: Any) -> ScoreConfig:
    """Return the shipped config with one platform that shows this."""
    facts = {"source": "test", "as_of": "2026-11-26", "confidence": "confirmed"}
    shown = Shown.model_validate({"shows": shows, "answers": answers, **facts})
    return SHIPPED.model_copy(update={"platforms": {"fanvue": shown}, **changes})


WHOLE = showing(*ACTIVITIES)
ROWS = st.lists(
    st.lists(st.floats(0, 1e5), min_size=len(SUMS), max_size=len(SUMS)), min_size=1, max_size=6
)
HALVES = st.lists(st.floats(1e-3, 1e4), min_size=9, max_size=9)
CASES = settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def enter_sums(session: Session, rows: np.ndarray[Any, Any]) -> None:
    """Have these sums, of people who did nothing else."""
    session.execute(text("DELETE FROM engagement"))
    session.execute(text("DELETE FROM subscriber"))
    facts: dict[str, Any] = {"days_before": 0, "platform": "fanvue", "events": 0, "last_event": 0}
    for number, row in enumerate(rows.tolist(), 1):
        subscriber(session, str(number), id=number)
        session.add(Engagement(subscriber_id=number, **facts, **dict(zip(SUMS, row, strict=True))))
    session.flush()


@st.composite
def scales(draw: st.DrawFn) -> fading.Scale:
    """Return any halves, on a platform that shows anything."""
    halves = zip(ACTIVITIES, draw(HALVES), strict=True)
    frozen = Calibration(
        version="v",
        halves={("fanvue", name): half for name, half in halves},
        shares={"fanvue": draw(st.floats(0.01, 1))},
    )
    shows = draw(st.sets(st.sampled_from(ACTIVITIES)))
    config = showing(*(n for n in ACTIVITIES if n in shows), answers=draw(st.booleans()))
    return fading.scale(config, frozen, "fanvue", DAY)


@CASES
@given(rows=ROWS, of=scales())
def test_sql_says_the_digits_of_the_arithmetic(
    database: Database, rows: list[list[float]], of: fading.Scale
) -> None:
    made = np.array(rows)
    with database.transaction() as session:
        enter_sums(session, made)
        ids, found = engagement.scores(session, of)
        session.rollback()
    order = np.argsort(ids)
    ids, found = ids[order], found[order]
    assert ids.tolist() == [*range(1, len(rows) + 1)]
    assert found.tolist() == fading.scored(made, of).tolist()
    reference = score.scored(fading.today(made, of), of.halves, of.all_weights)
    assert found == pytest.approx(reference.score, abs=1e-12)
    assert of.coverage == reference.coverage[0]


def test_sums_are_read_as_they_were_entered_and_only_of_their_lag(database: Database) -> None:
    rows = np.arange(2.0 * len(SUMS)).reshape(2, -1)
    of = fading.scale(WHOLE, DEFAULT_CALIBRATION, "fanvue", DAY)
    with database.transaction() as session:
        enter_sums(session, rows)
        ids, found = engagement.sums_of(session, of)
        nobody, none = engagement.sums_of(session, of, 28)
    assert ids.tolist() == [1, 2]
    assert found.tolist() == rows.tolist()
    assert (nobody.size, none.shape) == (0, (0, len(SUMS)))


def test_what_people_did_comes_as_arrays(database: Database) -> None:
    with database.transaction() as session:
        who = subscriber(session, "a")
        sent = event(session, who, Act.MESSAGE_OUT, WHEN)
        event(session, who, Act.MESSAGE_OUT, WHEN, about="winback:spring", key="2")
        event(session, who, Act.MESSAGE_IN, WHEN + timedelta(hours=1), about=sent.key)
        event(session, who, Act.SESSION, WHEN, duration_s=7200.0)
        event(session, who, Act.COMPLETION, WHEN, completion=0.25, quantity=2.0)
        event(session, who, Act.TIP, WHEN, amount_minor=500, currency="USD")
        event(session, who, Act.LIKE, WHEN + timedelta(days=9))
        found = engagement.happened(session, [who.id or 0], WHEN + timedelta(days=1))
        made = fading.sums(found, WHOLE, WHEN + timedelta(days=1), 1)
        early = fading.sums(found, WHOLE, WHEN, 1)
    fade = 2 ** (-((fading.epoch(WHEN) - WHEN) / timedelta(days=14)))
    counts = dict(zip(SUMS, (made[0] / fade).tolist(), strict=True))
    assert counts["messages_received"] == pytest.approx(1)
    assert counts["answered"] == pytest.approx(1)
    assert counts["messages_sent"] == pytest.approx(2 ** (1 / 24 / 14))
    assert counts["minutes"] == pytest.approx(30)
    assert counts["completions"] == pytest.approx(0.5)
    assert counts["starts"] == counts["completions"]
    assert counts["likes"] == 0
    assert early[0, SUMS.index("answered")] == 0


def test_whoever_has_other_events_than_before_is_found(database: Database) -> None:
    def changed() -> list[int]:
        return sorted(engagement.changed(session))

    def kept(who: int) -> None:
        had = engagement.counts(session, [who]).get(who, engagement.Had())
        facts = {"platform": "fanvue", "events": had.events, "last_event": had.newest}
        sums = dict.fromkeys(SUMS, 0.0)
        row: dict[str, object] = {"days_before": 0, "subscriber_id": who, "next_at": None}
        engagement.replace(session, 0, [who], [{**row, **facts, **sums}])

    with database.transaction() as session:
        one, two = (subscriber(session, name).id or 0 for name in "ab")
        assert changed() == [one, two]
        kept(one)
        kept(two)
        assert changed() == []
        who = session.get_one(type(subscriber(session, "c")), one)
        added = event(session, who, Act.LIKE)
        assert one in changed()
        kept(one)
        assert one not in changed()
        session.delete(added)
        session.flush()
        event(session, who, Act.VIEW, key="another")  # as many as before, another id
        assert one in changed()


def test_an_id_is_never_given_twice(database: Database) -> None:
    with database.transaction() as session:
        who = subscriber(session, "a")
        first = event(session, who, Act.LIKE)
        taken = first.id
        session.delete(first)
        session.flush()
        assert (event(session, who, Act.VIEW).id or 0) > (taken or 0)


def test_what_the_tables_look_like_changes_with_what_is_entered_undone_or_erased(
    database: Database,
) -> None:
    looks = []
    with database.transaction() as session:
        looks.append(engagement.seen(session))
        who = subscriber(session, "a")
        looks.append(engagement.seen(session))
        event(session, who, Act.LIKE)
        looks.append(engagement.seen(session))
        batch = ImportBatch(file="f", sha256="0", profile="p", started_at=WHEN, undone_at=WHEN)
        session.add(batch)
        session.flush()
        looks.append(engagement.seen(session))
        who.erased_at = WHEN
        session.add(who)
        session.flush()
        looks.append(engagement.seen(session))
    assert len({*looks}) == 5


def test_sums_go_with_the_subscriber_and_with_erasure(database: Database) -> None:
    with database.transaction() as session:
        enter_sums(session, np.ones((2, len(SUMS))))
        session.execute(text("DELETE FROM subscriber WHERE id = 1"))
        erased = session.get_one(type(subscriber(session, "c")), 2)
        erased.erased_at = WHEN
        session.add(erased)
        session.flush()
        assert engagement.forget_erased(session) == 1
        assert session.execute(text("SELECT count(*) FROM engagement")).scalar() == 0


ASKED: dict[str, Callable[[Session, Shard], list[int]]] = {
    "everybody": lambda session, part: [
        who for who, _ in engagement.everybody(session, shard=part)
    ],
    "changed": engagement.changed,
    "grown": lambda session, part: engagement.grown(session, 0, WHEN, part),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_each_is_in_one_part(
    database: Database, asked: Callable[[Session, Shard], list[int]]
) -> None:
    with database.transaction() as session:
        enter_sums(session, np.ones((20, len(SUMS))))
        for one in session.exec(select(Engagement)):
            one.next_at, one.events = WHEN, 5
        session.flush()
        found = [asked(session, part) for part in parts(PARTS)]
        everybody = asked(session, EVERYBODY)
    assert sorted(everybody) == [*range(1, 21)] == sorted(chain(*found))
    assert {*found[2]} == {who for who in everybody if engagement.part_of(who) == 3}


def test_parts_and_a_whole_at_once_make_each_sum_once(studio: Studio, database: Database) -> None:
    vars(studio)["database"] = database
    with database.transaction() as session:
        people = [subscriber(session, str(number)) for number in range(40)]
        for one, step in product(people, range(3)):
            event(
                session,
                one,
                Act.MESSAGE_IN,
                WHEN - step * timedelta(days=1),
                key=f"{one.id} {step}",
            )
    asked = [*parts(PARTS), EVERYBODY, EVERYBODY]
    with ThreadPoolExecutor(len(asked)) as at_once:
        list(at_once.map(lambda part: engaged.freshen(studio, part, whole=True), asked))
    with database.transaction() as session:
        sums = session.exec(select(Engagement)).all()
        assert len(sums) == 2 * len(people)
        now = [one for one in sums if not one.days_before]
        assert {(one.events, one.messages_sent > 0) for one in now} == {(3, True)}
        assert len(engagement.states(session)) == 2 * PARTS
    assert engaged.freshen(studio) == 0


def test_a_calibration_is_kept_as_it_was_made(database: Database) -> None:
    frozen = Calibration(
        version="1", halves={("fanvue", "likes"): 0.1 + 0.2}, shares={"fanvue": 1 / 3}
    )
    row = Calibrated(version="1", as_of=WHEN, made_at=WHEN)
    with database.transaction() as session:
        assert calibrations.newest(session) is None
        calibrations.keep(session, row, frozen)
    with database.transaction() as session:
        assert calibrations.get(session, "1") == frozen
        assert calibrations.get(session, "2") is None
        assert [one.version for one in calibrations.every(session)] == ["1"]


def handed(session: Session, who: str, at: datetime, until: datetime) -> None:
    """Have a draft handed out that is good until then."""
    one = campaign(session, at.isoformat(), window_until=until)
    session.add(HandedOut(campaign_id=one.id, who=who, batch=1, at=at))
    session.flush()


def test_of_a_draft_sent_by_hand_one_message_does_not_count(database: Database) -> None:
    hour = timedelta(hours=1)
    with database.transaction() as session:
        who, other = subscriber(session, "a"), subscriber(session, "b")
        for one in (who, other):
            for step in range(4):
                event(session, one, Act.MESSAGE_OUT, WHEN + step * hour, key=f"{one.id} {step}")
        ids = [other.id or 0, who.id or 0]
        handed(session, who.key, WHEN + hour / 2, WHEN + 9 * hour)
        found = engagement.happened(session, ids, WHEN + 4 * hour)
        kept = found.at[found.person == 1]
        assert (found.person == 0).sum() == 4
        assert sorted(kept - fading.micros(WHEN)) == [h * 3_600_000_000 for h in (0, 2, 3)]
        event(session, who, Act.MESSAGE_OUT, WHEN + 5 * hour, about="winback:spring", key="m")
        found = engagement.happened(session, ids, WHEN + 6 * hour)
        assert (found.person == 1).sum() == 4  # it bears its mark: no other is taken for it
        handed(session, other.key, WHEN + 7 * hour, WHEN + 9 * hour)
        assert (engagement.happened(session, ids, WHEN + 8 * hour).person == 0).sum() == 4
