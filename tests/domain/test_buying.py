"""Who still buys: CDNOW to the printed digits of the papers, and the edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elite8.core.domain import buying
from elite8.core.domain.buying import Buying, Purchases
from elite8.core.domain.fitting import TooLittleData
from tests.domain.purchases import cdnow

ONE = Purchases.of([2], [30.43], [38.86])
PAPER = Buying(r=0.243, alpha=4.414, a=0.793, b=2.426)
NOBODY = Purchases.of([], [], [])


@pytest.fixture(scope="module")
def seen() -> Purchases:
    return cdnow().seen


@pytest.fixture(scope="module")
def plain(seen: Purchases) -> Buying:
    return buying.fitted(seen)


@pytest.fixture(scope="module")
def modified(seen: Purchases) -> Buying:
    return buying.fitted(seen, modified=True)


def test_the_summary_rebuilt_from_raw_purchases_is_that_of_the_paper(seen: Purchases) -> None:
    assert seen.frequency.size == 2357
    assert seen.frequency.sum() == 2457
    assert int((seen.frequency > 0).sum()) == 946
    assert seen.recency.sum() == pytest.approx(16_135.52, abs=0.1)
    assert seen.age.sum() == pytest.approx(77_111.21, abs=0.1)


def test_bg_nbd_of_cdnow_is_that_of_fader_hardie_and_lee(plain: Buying) -> None:
    assert round(plain.r, 3) == 0.243
    assert round(plain.alpha, 3) == 4.414
    assert round(plain.a, 3) == 0.793
    assert round(plain.b, 3) == 2.426
    assert round(plain.log_likelihood, 1) == -9582.4
    assert plain.people == 2357


def test_what_one_customer_buys_next_is_that_of_the_paper(plain: Buying) -> None:
    assert round(float(plain.expected_of(39, ONE)[0]), 3) == 1.226
    assert float(plain.alive(ONE)[0]) == pytest.approx(0.7266, abs=5e-5)
    assert plain.expected([39, 78]) == pytest.approx([1.1950, 1.8580], abs=1e-4)


def test_mbg_nbd_of_cdnow_is_that_of_batislam_and_others(modified: Buying) -> None:
    assert round(modified.r, 3) == 0.525
    assert round(modified.alpha, 3) == 6.183
    assert round(modified.a, 3) == 0.891
    assert round(modified.b, 3) == 1.614


def test_the_weeks_after_bring_about_what_is_foretold_an_eighth_more(plain: Buying) -> None:
    raw = cdnow()
    _, later = buying.summary(raw.person, raw.day, int(raw.day.max()))
    bought = later.frequency.sum() - raw.seen.frequency.sum()
    foretold = plain.expected_of(39, raw.seen).sum()
    assert bought == 1882
    assert foretold == pytest.approx(1653, abs=1)


def test_fitting_twice_gives_the_same_digits(seen: Purchases, plain: Buying) -> None:
    order = np.random.default_rng(1).permutation(seen.frequency.size)
    mixed = Purchases(seen.frequency[order], seen.recency[order], seen.age[order])
    assert buying.fitted(mixed) == plain


def test_without_a_repeat_one_is_alive_for_sure_only_in_bg_nbd() -> None:
    silent = Purchases.of([0], [0], [52])
    assert PAPER.alive(silent) == pytest.approx([1.0])
    modified = Buying(r=0.525, alpha=6.183, a=0.891, b=1.614, modified=True)
    assert 0 < modified.alive(silent)[0] < 0.65


def test_somebody_silent_for_long_who_bought_often_is_gone_and_nothing_overflows() -> None:
    often = Purchases.of([5000, 5000], [10, 5000], [5000, 5000])
    alive, more = PAPER.alive(often), PAPER.expected_of(39, often)
    assert alive[0] < 1e-200
    assert alive[1] > 0.99
    assert np.isfinite(more).all()
    assert more[1] == pytest.approx(39, rel=0.05)


def test_discounted_purchases_are_fewer_and_without_a_discount_they_are_the_expected() -> None:
    whole = PAPER.discounted(ONE, weeks=39, rate=0.0)
    assert whole == pytest.approx(PAPER.expected_of(39, ONE))
    assert PAPER.discounted(ONE, weeks=39, rate=0.01)[0] < whole[0]


@pytest.mark.parametrize("modified", [False, True])
def test_the_gap_at_a_of_one_is_closed(modified: bool) -> None:
    def model(a: float) -> Buying:
        return Buying(r=0.3, alpha=4, a=a, b=2, modified=modified)

    near = [model(a).expected_of(39, ONE)[0] for a in (0.999, 1.0, 1.001)]
    assert near == sorted(near, reverse=True)
    assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-5)


def test_nobody_is_no_trouble_for_a_model_and_too_little_for_a_fit() -> None:
    assert PAPER.alive(NOBODY).size == 0
    assert PAPER.expected_of(np.array([]), NOBODY).size == 0
    people, seen = buying.summary(np.array([], int), np.array([], int), 10)
    assert people.size == seen.age.size == 0
    with pytest.raises(TooLittleData, match="0 bought again; 30 are needed"):
        buying.fitted(NOBODY)


@pytest.mark.parametrize(
    "seen", [Purchases.of([0] * 500, [0] * 500, [39] * 500), Purchases.of([3], [5], [9])]
)
def test_all_silent_or_one_person_is_too_little(seen: Purchases) -> None:
    with pytest.raises(TooLittleData, match="are needed"):
        buying.fitted(seen)


def test_people_who_are_all_the_same_do_not_say_what_the_parameters_are() -> None:
    with pytest.raises(TooLittleData, match="does not say"):
        buying.fitted(Purchases.of([3] * 100, [30] * 100, [39] * 100))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ((2, 40, 39), "beyond age"),
        ((0, 5, 39), "without a repeat"),
        ((-1, 0, 39), "under 0"),
        ((1, float("nan"), 39), "not a number"),
    ],
)
def test_impossible_purchases_are_refused(row: tuple[float, float, float], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Purchases.of(*([value] for value in row))


def test_purchases_of_one_day_are_one_and_later_ones_are_not_seen() -> None:
    person, day = np.array([7, 7, 7, 7, 3, 9]), np.array([0, 0, 14, 70, 7, 50])
    people, seen = buying.summary(person, day, 28)
    assert people.tolist() == [3, 7]
    assert seen.frequency.tolist() == [0, 1]
    assert seen.recency.tolist() == [0, 2]
    assert seen.age.tolist() == [3, 4]


@settings(max_examples=60, deadline=None)
@given(
    repeats=st.integers(0, 60),
    last=st.floats(0, 1),
    age=st.floats(0.1, 300),
    weeks=st.floats(0, 104),
    modified=st.booleans(),
)
def test_chances_are_chances_and_more_time_is_never_fewer_purchases(
    repeats: int, last: float, age: float, weeks: float, modified: bool
) -> None:
    model = Buying(r=0.243, alpha=4.414, a=0.793, b=2.426, modified=modified)
    seen = Purchases.of([repeats], [last * age if repeats else 0], [age])
    assert 0 <= model.alive(seen)[0] <= 1
    assert (
        -1e-9 <= model.expected_of(weeks, seen)[0] <= model.expected_of(weeks + 1, seen)[0] + 1e-9
    )
