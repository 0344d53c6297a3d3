"""A year of renewals with planted drivers: learnt without looking ahead, used only if better."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from elite8.core.domain.subscriber import Act, SubscriberEvent
from elite8.core.operations import at_risk, histories, renewals, whole
from elite8.core.operations.at_risk import Wanted
from elite8.core.operations.renewals import Learnt
from elite8.core.storage import leaving
from elite8.core.studio import Studio
from tests.conftest import StoppedClock
from tests.operations.leavers import events, many, people, subscriptions, terms

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MONTH = timedelta(days=30)


def year(studio: Studio, clock: StoppedClock, *, count: int = 220, matters: bool = True) -> None:
    """Enter a year in which who writes little leaves, or, where it does not matter, anybody."""
    clock.now = NOW
    rng, rows, told = np.random.default_rng(3), [], []
    for who in people(studio, count):
        level, at = rng.gamma(1.2, 6.0), NOW - timedelta(days=float(rng.uniform(200, 330)))
        rows.append((who, Act.SUB_START, at, {"amount_minor": 999, "currency": "USD"}))
        there = True
        while there and at < NOW:
            wrote = rng.poisson(level)
            days = [at + timedelta(days=day) for day in rng.uniform(0, 30, wrote).tolist()]
            rows += [(who, Act.MESSAGE_IN, day, {}) for day in days if day < NOW]
            at += MONTH
            logit = 1.0 - 0.5 * wrote if matters else -1.5
            there = bool(rng.random() > 1 / (1 + np.exp(-logit)))
            act = Act.SUB_RENEW if there else Act.SUB_EXPIRE
            if at < NOW:
                rows.append(
                    (who, act, at, {"amount_minor": 999 if there else None, "currency": "USD"})
                )
        told.append((who, terms(NOW, status="active" if there else "expired", auto_renew=None)))
    subscriptions(studio, told)
    events(studio, rows)


def learnt(studio: Studio) -> Learnt:
    return whole.whole(studio).learnt


def test_a_planted_driver_is_learnt_and_used(studio: Studio, clock: StoppedClock) -> None:
    year(studio, clock)
    found = learnt(studio)
    assert found.used, found.why
    assert found.renewals >= 200
    drivers = {one.name: one for one in found.drivers}
    assert drivers["engagement"].high < 0
    assert {"price", "auto_renew_off"} <= set(found.left_out)
    assert found.skill is not None
    assert found.rules is not None
    assert found.skill.beats(found.rules)
    assert found.skill.people + found.learnt_from == found.renewals
    people_now = at_risk.at_risk(studio, Wanted(limit=500, band="low")).people
    assert {one.model for one in people_now} == {"hazard"}


def test_where_nothing_drives_it_the_rules_go_on_and_say_so(
    studio: Studio, clock: StoppedClock
) -> None:
    year(studio, clock, matters=False)
    found = learnt(studio)
    assert not found.used
    assert found.why.startswith("the model does not ")
    shown = at_risk.at_risk(studio, Wanted(limit=5))
    assert f"the rules judge who is subscribed: {found.why}" in shown.notes


def test_too_few_renewals_are_said(studio: Studio, clock: StoppedClock) -> None:
    year(studio, clock, count=20)
    found = learnt(studio)
    assert (found.used, found.drivers) == (False, ())
    assert "are needed" in found.why


def test_what_comes_after_a_question_changes_nothing_of_it(
    studio: Studio, clock: StoppedClock
) -> None:
    year(studio, clock, count=40)
    before = asked(studio)
    last = float(before["day"].max())
    at = datetime.fromordinal(int(last)).replace(tzinfo=UTC) + timedelta(days=1, hours=1)
    extra = [
        {
            **dict.fromkeys(("amount_minor", "fee_minor", "tax_minor", "duration_s", "completion")),
            "key": f"later {who}",
            "subscriber_id": who,
            "character_id": "miyuki",
            "act": Act.MESSAGE_IN,
            "at": at,
            "quantity": 9.0,
            "currency": "",
            "content": "",
            "about": "",
        }
        for who in range(1, 41)
    ]
    many(studio, SubscriberEvent, extra)
    after = asked(studio)
    for name, column in before.items():
        assert np.array_equal(after[name], column, equal_nan=True), name


def asked(studio: Studio) -> dict[str, Any]:
    """Return what is known at each renewal."""
    of = whole.whole(studio)
    questions, left, _ = renewals.due(of.contracts, whole.records(of.acts, of.now))
    with studio.looking.database.transaction() as session:
        by = whole.measure(studio, session, of.now, of.scale)
        known = whole.asked_then(session, by, of.scale, questions, of.acts)
    return {"day": questions.day, "left": left, "features": known.features} | {
        name: getattr(known.signals, name) for name in known.signals.__slots__
    }


def test_scores_then_are_those_of_that_day(studio: Studio, clock: StoppedClock) -> None:
    from elite8.core.operations import scores

    year(studio, clock, count=30)
    of = whole.whole(studio)
    questions, _, _ = renewals.due(of.contracts, whole.records(of.acts, of.now))
    with studio.looking.database.transaction() as session:
        by = whole.measure(studio, session, of.now, of.scale)
        known = whole.asked_then(session, by, of.scale, questions, of.acts)
    for place in range(0, len(questions.contracts), 17):
        at = renewals.looks(questions, by.platforms).at[place]
        then = scores.scores_at(studio, datetime.fromtimestamp(at, UTC))
        expected = then.by_id[questions.contracts[place].subscriber]
        assert known.signals.score[place] == pytest.approx(expected, rel=1e-9)


def test_an_end_for_a_failed_payment_is_another_cause(studio: Studio, clock: StoppedClock) -> None:
    year(studio, clock, count=20)
    with studio.looking.database.transaction() as session:
        own = histories.contracts(session, NOW, leaving.ALL, studio.config.platform_terms.platforms)
        acts = leaving.acts(session, NOW)
    gone = next(one for one in own if one.life.spells[0].ended)
    spell = gone.life.spells[0]
    paid = replace(gone.life, spells=(replace(spell, cause="payment"),))
    records = {"fanvue": 0.0}
    asked_for, left, for_payment = renewals.due([gone], records)
    other, still, more = renewals.due([replace(gone, life=paid)], records)
    assert (int(left.sum()), for_payment) == (1, 0)
    assert (int(still.sum()), more) == (0, 1)
    assert len(other.contracts) == len(asked_for.contracts) - 1
    assert acts.at.size
