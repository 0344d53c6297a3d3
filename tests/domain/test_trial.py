"""Did it work: the published intervals, honest arms, sizes, values and verdicts."""

import hashlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.domain import trial
from elite8.core.domain.share import Share
from elite8.core.domain.trial import Guard

PEOPLE = {f"fanvue:{n}": ("fanvue basic", "fanvue vip", "line")[n % 3] for n in range(3000)}


@pytest.mark.parametrize(
    ("treated", "held", "difference", "low", "high"),
    [
        ((56, 70), (48, 80), 0.200, 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.600, 0.1705, 0.8090),
        ((10, 10), (0, 20), 1.000, 0.6791, 1.0000),
        ((0, 50), (0, 50), 0.000, -0.0713, 0.0713),
        ((18, 180), (1, 20), 0.050, -0.140, 0.117),
    ],
)
def test_the_interval_is_that_of_newcombe(
    treated: tuple[int, int], held: tuple[int, int], difference: float, low: float, high: float
) -> None:
    found = trial.effect(Share(*treated), Share(*held))
    assert found is not None
    digits = 4 if (treated, held) != ((18, 180), (1, 20)) else 3
    assert round(found.difference, digits) == difference
    assert (round(found.low, digits), round(found.high, digits)) == (low, high)


@pytest.mark.parametrize(
    ("base", "hoped", "people"),
    [(0.03, 0.05, 1504), (0.05, 0.08, 1057), (0.05, 0.10, 432), (0.05, 0.15, 138), (0.1, 0.2, 197)],
)
def test_people_needed_are_those_of_the_table(base: float, hoped: float, people: int) -> None:
    assert trial.needed(base, hoped) == people
    found = trial.detectable(base, people, people)
    assert found is not None
    assert base + found == pytest.approx(hoped, abs=5e-4)


def test_so_many_people_really_see_it_four_times_of_five() -> None:
    rng = np.random.default_rng(3)
    n, hits = trial.needed(0.05, 0.10), 0
    for back, organic in zip(rng.binomial(n, 0.10, 600), rng.binomial(n, 0.05, 600), strict=True):
        found = trial.effect(Share(int(back), n), Share(int(organic), n))
        hits += found is not None and found.low > 0
    assert 0.75 < hits / 600 < 0.86


def test_what_cannot_be_detected_is_none() -> None:
    assert trial.detectable(0.05, 0, 20) is None
    assert trial.detectable(0.9, 5, 5) is None
    small = trial.detectable(0.05, 180, 20)
    assert small is not None
    assert small > 0.12


def test_a_lot_is_the_hash_and_stays() -> None:
    whole = int(hashlib.sha256(b"spring:fanvue:1").hexdigest(), 16)
    assert trial.bucket("spring", "fanvue:1") == whole % 10_000


def test_each_stratum_is_held_out_alike_and_order_says_nothing() -> None:
    arms = trial.assigned("spring", PEOPLE, 0.2)
    held = Counter(PEOPLE[person] for person, arm in arms.items() if arm == "held_out")
    assert held == {"fanvue basic": 200, "fanvue vip": 200, "line": 200}
    assert trial.assigned("spring", dict(reversed(PEOPLE.items())), 0.2) == arms
    assert list(arms) == list(PEOPLE)


def test_another_campaign_draws_another_lot() -> None:
    first, second = (trial.assigned(name, PEOPLE, 0.5) for name in ("spring", "summer"))
    same = sum(first[person] == second[person] for person in PEOPLE)
    assert 1350 < same < 1650


def test_alone_in_its_stratum_one_is_held_out_as_often_as_the_share_says() -> None:
    arms = trial.assigned("spring", {str(n): f"alone {n}" for n in range(2000)}, 0.3)
    assert 520 < Counter(arms.values())["held_out"] < 680
    assert trial.assigned("spring", {}, 0.3) == {}


@pytest.mark.parametrize("share", [0.0, 0.1, 0.6])
def test_too_few_or_too_many_held_out_are_refused(share: float) -> None:
    with pytest.raises(ValueError, match="from 20 % to 50 %"):
        trial.assigned("spring", PEOPLE, share)


def test_a_small_list_is_halved() -> None:
    assert (trial.held_share(400), trial.held_share(4000)) == (0.5, 0.2)


def test_the_p_value_touches_five_percent_where_the_interval_touches_nothing() -> None:
    assert trial.doubt(Share(56, 70), Share(48, 80)) < 0.05
    assert trial.doubt(Share(18, 180), Share(1, 20)) > 0.05
    assert trial.doubt(Share(0, 50), Share(0, 50)) == 1.0
    assert trial.doubt(Share(3, 3), Share(0, 0)) == 1.0


@given(st.integers(0, 60), st.integers(0, 60))
def test_verdict_and_p_value_never_disagree(back: int, organic: int) -> None:
    treated, held = Share(back, 60), Share(organic, 60)
    found = trial.effect(treated, held)
    assert found is not None
    apart = found.low > 0 or found.high < 0
    assert (trial.doubt(treated, held) < 0.05) == apart
    assert found.low <= found.difference <= found.high


def test_several_campaigns_are_corrected_together() -> None:
    assert trial.holm([0.01, 0.04, 0.03]) == pytest.approx((0.03, 0.06, 0.06))
    assert trial.holm([0.5, 0.9]) == (1.0, 1.0)
    assert trial.holm([]) == ()


def test_the_verdict_may_be_any_of_three_and_waits_for_the_window() -> None:
    good = trial.effect(Share(120, 800), Share(40, 800))
    tiny = trial.effect(Share(810, 20_000), Share(800, 20_000))
    small = trial.effect(Share(18, 180), Share(1, 20))
    assert trial.judged(good, None, over=True).verdict == "works"
    assert trial.judged(good, None, over=False).verdict == "inconclusive"
    assert trial.judged(tiny, None, over=True, worthwhile=0.02).verdict == "does not"
    assert trial.judged(tiny, None, over=True).verdict == "inconclusive"
    found = trial.judged(small, None, over=True)
    assert found.verdict == "inconclusive"
    assert "between -14.0% and +11.7%" in found.reason
    assert trial.judged(trial.effect(Share(1, 1), Share(0, 0)), None, over=True).incremental is None


def test_what_one_more_is_worth_is_told_only_where_there_is_one_more() -> None:
    value = trial.net_value([1000] * 120 + [0] * 680, [1000] * 40 + [0] * 760, cost=10)
    assert value is not None
    good = trial.judged(trial.effect(Share(120, 800), Share(40, 800)), value, over=True)
    assert good.incremental is not None
    assert good.incremental[0] == pytest.approx(80)
    assert good.value_of_one == pytest.approx((150 - 50 - 10) / 0.1)
    unclear = trial.judged(trial.effect(Share(18, 180), Share(1, 20)), value, over=True)
    assert unclear.value_of_one is None


def test_net_value_has_welchs_interval() -> None:
    # Student's sleep (1908, Biometrika 6), as R 4 prints t.test(extra ~ group, data = sleep).
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = trial.net_value(first, second, cost=0)
    assert found is not None
    assert found.mean == pytest.approx(0.75 - 2.33)
    assert (found.low, found.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-4)
    dearer = trial.net_value(first, second, cost=2)
    assert dearer is not None
    assert dearer.high == pytest.approx(found.high - 2)


@pytest.mark.parametrize(("freedom", "table"), [(9, 2.262), (20, 2.086), (120, 1.980)])
def test_students_t_is_the_tables(freedom: float, table: float) -> None:
    assert trial.students(freedom) == pytest.approx(table, abs=6e-4)  # Fisher and Yates, table III


def test_what_few_bring_is_in_the_interval_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(400):  # a fifth pays, very different sums: the same in both arms
        arms = (rng.random((2, 60)) < 0.2) * np.exp(rng.normal(3, 0.8, (2, 60)))
        found = trial.net_value(*arms, cost=0)
        assert found is not None
        held += found.low <= 0 <= found.high
    assert held >= 372, "93 % of 400: percentiles of a bootstrap hold it less often"


def test_net_value_of_few_or_of_nothing_paid_cannot_be_said() -> None:
    assert trial.net_value([500], [0] * 50, cost=0) is None
    assert trial.net_value([], [], cost=0) is None
    assert trial.net_value([0] * 50, [0] * 50, cost=3) is None


def test_a_guard_breaks_only_when_it_surely_is_over_its_limit() -> None:
    assert Guard(name="complaints", seen=Share(20, 400), limit=0.01).broken
    assert not Guard(name="complaints", seen=Share(1, 20), limit=0.01).broken
    assert not Guard(name="complaints", seen=Share(0, 0), limit=0.01).broken


@pytest.mark.parametrize(("base", "hoped"), [(0.1, 0.1), (-0.1, 0.2), (0.1, 1.2)])
def test_rates_that_cannot_be_compared_are_refused(base: float, hoped: float) -> None:
    with pytest.raises(ValueError, match="two different rates"):
        trial.needed(base, hoped)
