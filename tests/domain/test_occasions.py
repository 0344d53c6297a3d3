"""Who still takes part: the donations of the paper, and the edges."""

import numpy as np
import pytest

from elite8.core.domain import occasions
from elite8.core.domain.fitting import TooLittleData
from elite8.core.domain.occasions import Taken, Taking

# Repeats, the last of six years, people: the donors of Fader, Hardie and Shang 2010, table 1.
DONORS = (
    *((0, 0, 3464), (1, 1, 1091), (1, 2, 277), (1, 3, 129), (1, 4, 78), (1, 5, 119)),
    *((1, 6, 129), (2, 2, 613), (2, 3, 255), (2, 4, 155), (2, 5, 173), (2, 6, 234)),
    *((3, 3, 322), (3, 4, 181), (3, 5, 225), (3, 6, 357), (4, 4, 240), (4, 5, 284)),
    *((4, 6, 512), (5, 5, 335), (5, 6, 728), (6, 6, 1203)),
)
PAPER = Taking(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)


@pytest.fixture(scope="module")
def donors() -> Taking:
    times, last, people = zip(*DONORS, strict=True)
    return occasions.fitted(Taken.of_counts(times, last, [6] * len(times)), people)


def test_the_donors_are_fitted_as_published(donors: Taking) -> None:
    assert donors.people == 11_104
    assert donors.parameters.round(3).tolist() == [1.204, 0.750, 0.657, 2.783]


def test_who_is_still_there_is_as_in_table_six(donors: Taking) -> None:
    found = donors.alive(Taken.of_counts([0, 2, 6], [0, 4, 6], [6, 6, 6]))
    assert found.round(2).tolist() == [0.11, 0.59, 0.93]


def test_chances_of_all_that_could_be_seen_sum_to_one() -> None:
    total = 0.0
    for row in range(2**5):
        took = [n + 1 for n in range(5) if row >> n & 1]
        seen = Taken.of_counts([len(took)], [max(took, default=0)], [5])
        total += float(np.exp(occasions.log_likelihood(PAPER.parameters, seen)[0]))
    assert total == pytest.approx(1)


def test_more_occasions_are_more_taken_and_none_is_none() -> None:
    seen = Taken.of_counts([2], [4], [6])
    few, more = PAPER.expected_of(2, seen)[0], PAPER.expected_of(5, seen)[0]
    assert 0 < few < more < 5
    assert PAPER.expected_of(0, seen)[0] == 0
    nobody = Taken.of_counts([], [], [])
    assert PAPER.alive(nobody).size == PAPER.expected_of(3, nobody).size == 0


@pytest.mark.parametrize("times", [[], [0] * 500, [1]])
def test_nobody_all_silent_or_one_is_too_little(times: list[float]) -> None:
    with pytest.raises(TooLittleData, match="took part again; 30 are needed"):
        occasions.fitted(Taken.of_counts(times, times, [6] * len(times)), [1] * len(times))


@pytest.mark.parametrize(
    ("row", "why"),
    [((3, 2, 6), "more were taken"), ((1, 7, 6), "to come"), ((1, 1.5, 6), "whole numbers")],
)
def test_counts_that_cannot_be_are_refused(row: tuple[float, float, float], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Taken.of_counts(*([value] for value in row))
