"""Models of leaving are fitted once and kept: used while they are good, by the same rules."""

from datetime import UTC, datetime, timedelta

import pytest

from elite8.core.domain.reckoned import FITS, Reckoned
from elite8.core.domain.subscriber import Act
from elite8.core.operations import at_risk, fits, whole
from elite8.core.operations.at_risk import Wanted
from elite8.core.operations.fits import Tables
from elite8.core.storage import reckoned
from elite8.core.studio import Studio
from tests.conftest import StoppedClock
from tests.operations.leavers import events
from tests.operations.test_leaving_learnt import NOW, year

HERE = Tables(basis="rules", seen="5/0/90/1/7")


def row(studio: Studio) -> Reckoned:
    with studio.database.transaction() as session:
        found = reckoned.get(session, FITS)
    assert found is not None
    return found


def test_who_asks_again_is_answered_by_what_was_fitted(
    studio: Studio, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    year(studio, clock)
    first = at_risk.at_risk(studio, Wanted(limit=500, band="low"))
    assert {one.model for one in first.people} == {"hazard"}
    assert (first.fitted_at, first.newer) == (NOW, False)
    made = fits.adapter().validate_json(row(studio).body)
    assert made.judge == whole.whole(studio, anew=True).judge, "kept to the last digit"

    fitted = whole.fitted
    with monkeypatch.context() as patch:
        patch.setattr(whole, "fitted", lambda *_: pytest.fail("it was fitted again"))
        assert at_risk.at_risk(studio, Wanted(limit=500, band="low")) == first
        events(studio, [(1, Act.MESSAGE_IN, NOW, {})])
        clock.advance(hours=23)
        later = at_risk.at_risk(studio, Wanted())
        assert (later.fitted_at, later.newer) == (NOW, True)
    assert whole.fitted is fitted
    clock.advance(hours=2)
    assert at_risk.at_risk(studio, Wanted()).fitted_at == clock(), "a day old, and more came in"
    anew = at_risk.at_risk(studio, Wanted(anew=True))
    assert (anew.fitted_at, anew.newer) == (clock(), False)


@pytest.mark.parametrize(
    ("basis", "seen", "age", "good"),
    [
        ("rules", HERE.seen, timedelta(days=6), True),
        ("rules", HERE.seen, timedelta(days=7), False),
        ("rules", HERE.seen, timedelta(minutes=-1), False),
        ("other rules", HERE.seen, timedelta(), False),
        ("rules", "5/0/80/1/7", timedelta(hours=23), True),
        ("rules", "5/0/80/1/7", timedelta(hours=24), False),
        ("rules", "5/0/90/0/7", timedelta(hours=1), False),
    ],
)
def test_a_fit_is_good_while_it_is_new_of_the_same_rules_and_nothing_was_taken_out(
    basis: str, seen: str, age: timedelta, *, good: bool
) -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    made = Reckoned(name=FITS, made_at=now - age, basis=basis, seen=seen, body="")
    assert fits.is_good(made, HERE, now) is good


def test_what_another_version_wrote_is_fitted_again(studio: Studio, clock: StoppedClock) -> None:
    year(studio, clock, count=20)
    at_risk.at_risk(studio, Wanted())
    kept = row(studio)
    with studio.database.transaction() as session:
        reckoned.keep(session, Reckoned(**kept.model_dump() | {"body": '{"at": "then"}'}))
    clock.advance(minutes=1)
    assert at_risk.at_risk(studio, Wanted()).fitted_at == clock()
