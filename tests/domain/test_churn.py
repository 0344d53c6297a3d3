"""Who is about to leave, by rules: each sign at its edge, joined, banded, told."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from elite8.core.domain import churn
from elite8.core.domain.churn import Band, Risk, Signals

CALM: dict[str, float | bool] = {
    "auto_renew_off": False,
    "payment_failed": False,
    "inactive": 1.0,
    "gap": float("nan"),
    "gaps": 0.0,
    "score": 0.5,
    "score_before": 0.5,
    "coverage": 1.0,
    "ends_in": 20.0,
    "used": True,
}


def signals(*people: dict[str, float | bool]) -> Signals:
    rows: list[dict[str, Any]] = [{**CALM, **person} for person in people]
    return Signals(**{name: np.array([row[name] for row in rows]) for name in CALM})


def judged(**changes: float | bool) -> Risk:
    return churn.judged(signals(changes))


def test_nothing_wrong_is_no_risk() -> None:
    found = judged()
    assert found.risk[0] == 0
    assert found.band(0) == "low"
    assert found.reasons(0) == ()


@pytest.mark.parametrize(
    ("changes", "reasons", "risk"),
    [
        ({"auto_renew_off": True}, ("auto_renew_off",), 0.70),
        ({"payment_failed": True}, ("payment_failed",), 0.50),
        ({"inactive": 6.9}, (), 0),
        ({"inactive": 7.0}, ("quiet",), 0.30),
        ({"inactive": 14.0}, ("silent",), 0.60),
        ({"inactive": 30.0}, ("silent",), 0.65),
        ({"inactive": 19.0, "gap": 10.0, "gaps": 4.0}, (), 0),
        ({"inactive": 20.0, "gap": 10.0, "gaps": 4.0}, ("quiet",), 0.30),
        ({"inactive": 30.0, "gap": 10.0, "gaps": 4.0}, ("silent",), 0.60),
        ({"inactive": 20.0, "gap": 10.0, "gaps": 3.0}, ("silent",), 0.60),
        ({"inactive": 5.0, "gap": 0.0, "gaps": 9.0}, (), 0),
        ({"score": 0.31}, (), 0),
        ({"score": 0.30}, ("falling",), 0.40),
        ({"score": 0.0, "score_before": 0.0}, (), 0),
        ({"ends_in": 5.0, "used": False}, ("unused",), 0.45),
        ({"ends_in": 5.0}, (), 0),
        ({"ends_in": -1.0, "used": False}, (), 0),
    ],
)
def test_each_sign_counts_from_its_edge(
    changes: dict[str, float | bool], reasons: tuple[str, ...], risk: float
) -> None:
    found = judged(**changes)
    assert found.reasons(0) == reasons
    assert found.risk[0] == pytest.approx(risk)


def test_unknown_is_no_sign() -> None:
    unknown = dict.fromkeys(("inactive", "gap", "score", "score_before", "ends_in"), float("nan"))
    assert judged(**unknown).risk[0] == 0


def test_signs_are_joined_and_told_strongest_first() -> None:
    found = judged(auto_renew_off=True, inactive=20.0, score=0.1)
    assert found.risk[0] == pytest.approx(1 - 0.3 * 0.4 * 0.6)
    assert found.reasons(0) == ("auto_renew_off", "silent", "falling")
    assert found.band(0) == "critical"


@pytest.mark.parametrize(
    ("changes", "band"),
    [
        ({"inactive": 7.0}, "medium"),
        ({"inactive": 14.0}, "high"),
        ({"auto_renew_off": True, "payment_failed": True}, "critical"),
        ({"auto_renew_off": True, "coverage": 0.29}, "insufficient data"),
    ],
)
def test_bands_begin_where_they_are_said_to(changes: dict[str, float | bool], band: Band) -> None:
    assert judged(**changes).band(0) == band


def test_many_are_judged_as_each_alone() -> None:
    people: list[dict[str, float | bool]] = [{"inactive": 9.0}, {"auto_renew_off": True}, {}]
    together = churn.judged(signals(*people))
    assert together.risk.tolist() == [churn.judged(signals(one)).risk[0] for one in people]
    assert churn.judged(signals({"inactive": 9.0})).risk.size == 1


def test_reasons_are_told_in_words() -> None:
    one = signals(
        {"inactive": 21.0, "gap": 6.0, "gaps": 8.0, "score": 0.2, "ends_in": 3.0, "used": False}
    )
    told = [churn.told(sign, one, 0) for sign in churn.judged(one).reasons(0)]
    assert told == [
        "nothing for 21 days, usually active every 6",
        "3 days to the end of a period that was not used",
        "engagement fell from 0.5 to 0.2 in 28 days",
    ]


def test_signals_of_different_people_are_refused() -> None:
    with pytest.raises(ValueError, match="lengths differ"):
        Signals(**{**{name: np.array([1.0]) for name in CALM}, "gap": np.array([])})


@pytest.mark.parametrize(("day", "standing"), [(30, "active"), (31, "pending"), (37, "churned")])
def test_nobody_is_churned_within_the_grace_of_the_platform(day: int, standing: str) -> None:
    today = date(2026, 6, 1) + timedelta(days=day)
    paid_until = date(2026, 7, 1)
    found = churn.standing(paid_until, today, grace=timedelta(days=5))
    assert found == standing
