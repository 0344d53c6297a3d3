"""A seeded sample of the simulated years; the whole is tests/acceptance/simulated_years.py."""

from collections import Counter

import numpy as np

from elite8.core.domain import trial
from elite8.core.domain.share import Share
from tests.domain import simulated_year as simulated


def test_what_is_planted_is_in_its_interval_in_nine_of_ten() -> None:
    found = simulated.study(range(4))
    held = sum(found.inside[name] for name in simulated.SOUGHT)
    assert held >= 0.9 * 4 * len(simulated.SOUGHT)
    assert found.verdicts["works"] == 4
    assert found.verdicts_of_nothing["works"] == 0


def test_the_same_seed_is_the_same_year() -> None:
    assert simulated.year(3) == simulated.year(3)


def test_an_offer_that_does_nothing_hardly_ever_works() -> None:
    rng = np.random.default_rng(1)
    back, organic = (rng.binomial(300, simulated.ORGANIC, 4000).tolist() for _ in range(2))
    verdicts = Counter(
        trial.judged(trial.effect(Share(one, 300), Share(other, 300)), None, over=True).verdict
        for one, other in zip(back, organic, strict=True)
    )
    assert verdicts["works"] <= 0.04 * 4000
    assert verdicts["inconclusive"] >= 0.93 * 4000


def test_the_planted_effect_is_one_that_was_said_to_be_detectable() -> None:
    assert simulated.least_detectable() < simulated.LIFT * simulated.DELIVERED
