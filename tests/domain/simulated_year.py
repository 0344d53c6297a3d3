"""A year of subscribers that never was: why they leave and come back is planted, then sought.

Everybody does nine things at random, more or less in waves of their own; what they did is scored
with the reference score at each renewal, and the score, its fall, the price, the tenure and
auto-renewal decide with planted weights who leaves. Half of those who left are written to, with a
planted effect on who comes back. Then only what a studio would see is handed to the models, and
each planted number is looked for in the interval that they state.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from elite8.core.domain import hazard, score, trial
from elite8.core.domain.arrays import Floats
from elite8.core.domain.share import Share
from elite8.core.domain.trial import Outcome

PEOPLE, MONTHS, DAYS = 1000, 12, 30.0
A_MONTH = np.array([4.0, 5.0, 14.0, 6.0, 7.0, 2.0, 1.0, 60.0, 1.5])
"""What an ordinary person does in a month, in the order of score.ACTIVITIES."""
PRICES = np.array([999.0, 1999.0, 4999.0])
PLANTED = {
    "constant": -1.2,
    "engagement": -4.0,
    "fall": 3.0,
    "price": 0.5,
    "tenure": -0.3,
    "auto_renew_off": 2.0,
}
LIFT = 0.12
"""How many more an offer brings back of those it reaches."""
ORGANIC, DELIVERED, COST, FIRST_MONTH_PAID = 0.06, 0.9, 30.0, 0.5
"""Who comes back anyway; who is reached; cents a message; what the offer leaves of a price."""
STAYS = 0.7
"""The chance that who came back stays another month, of three in the window."""


SOUGHT = (*PLANTED, "effect", "value", "no effect", "value of nothing")
"""Every planted number: of an offer that works, and of one that does nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """One year: whether its interval has each planted number, all drivers at once, verdicts."""

    inside: dict[str, bool]
    at_once: bool
    verdict: str
    verdict_of_nothing: str


@dataclass(slots=True)
class Study:
    """Many years together."""

    years: int = 0
    inside: Counter[str] = field(default_factory=Counter)
    at_once: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    verdicts_of_nothing: Counter[str] = field(default_factory=Counter)

    def add(self, found: Found) -> None:
        self.years += 1
        self.inside.update(name for name, held in found.inside.items() if held)
        self.at_once += found.at_once
        self.verdicts[found.verdict] += 1
        self.verdicts_of_nothing[found.verdict_of_nothing] += 1

    def recovered(self, name: str) -> float:
        return self.inside[name] / self.years


def study(seeds: Iterable[int]) -> Study:
    """Return what many years say."""
    whole = Study()
    for seed in seeds:
        whole.add(year(seed))
    return whole


def year(seed: int) -> Found:
    """Return one year: simulated, then sought; the same people get an offer, or one for nothing."""
    rng = np.random.default_rng(seed)
    price = rng.choice(PRICES, PEOPLE)
    features = renewals(rng, price)
    logit = PLANTED["constant"] + features @ np.array(list(PLANTED.values())[1:])
    leaves = rng.random(logit.shape) < 1 / (1 + np.exp(-logit))
    before = np.cumsum(leaves, axis=1) - leaves
    joined = rng.integers(0, MONTHS, PEOPLE)
    seen = (before == 0) & (np.arange(MONTHS) < MONTHS - joined[:, np.newaxis])
    model = hazard.fitted(features[seen], leaves[seen], tuple(PLANTED)[1:])
    inside = {
        driver.name: driver.low <= PLANTED[driver.name] <= driver.high for driver in model.drivers
    }
    at_once = all(
        driver.lowest <= PLANTED[driver.name] <= driver.highest for driver in model.drivers
    )
    gone = price[(leaves & seen).any(axis=1)]
    offer, truth = winback(rng, gone, LIFT, f"offer {seed}")
    nothing, zero = winback(rng, gone, 0.0, f"nothing {seed}")
    inside["effect"], inside["value"] = held(offer, truth)
    inside["no effect"], inside["value of nothing"] = held(nothing, zero)
    return Found(inside, at_once, offer.verdict, nothing.verdict)


def held(outcome: Outcome, truth: tuple[float, float]) -> tuple[bool, bool]:
    """Return whether effect and value are in the intervals that are stated."""
    effect, value = outcome.effect, outcome.value
    assert effect is not None
    assert value is not None
    return effect.low <= truth[0] <= effect.high, value.low <= truth[1] <= value.high


def renewals(rng: np.random.Generator, price: Floats) -> Floats:
    """Return what is known before each renewal: a row a person, a column a month, the features."""
    activity = activities(rng)
    halves, weights = score.DEFAULT_CALIBRATION.row("fanvue"), score.checked(score.WEIGHTS)
    now, before = (
        score.scored(x.reshape(-1, len(A_MONTH)), halves, weights).score.reshape(PEOPLE, MONTHS)
        for x in activity
    )
    tenure = np.broadcast_to(np.log(np.arange(1.0, MONTHS + 1)), now.shape)
    expensive = np.broadcast_to(np.log(price / PRICES[0])[:, np.newaxis], now.shape)
    off = (rng.random(now.shape) < 0.1).astype(np.float64)
    return np.stack([now, before - now, expensive, tenure, off], axis=2)


def activities(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return faded activities at each renewal and 28 days before it: person, month, activity."""
    waves = np.cumsum(rng.normal(0, 0.5, (PEOPLE, MONTHS)), axis=1)
    level = np.exp(rng.normal(-0.5, 0.7, (PEOPLE, 1)) + waves - waves.mean(axis=1, keepdims=True))
    shape = (PEOPLE, MONTHS, len(A_MONTH))
    fresh, early = np.empty(shape), np.empty(shape)
    for number, usual in enumerate(A_MONTH):
        # Minutes come in sessions of ten, the rest one by one.
        size = 10.0 if score.ACTIVITIES[number] == "minutes" else 1.0
        counts = rng.poisson(level * usual / size).ravel()
        place = np.repeat(np.arange(counts.size), counts)
        age, quantity = rng.random(place.size) * DAYS, np.full(place.size, size)
        for table, since in ((fresh, 0.0), (early, 28.0)):
            worth = score.faded(place, quantity, age - since, people=counts.size)
            table[:, :, number] = worth.reshape(PEOPLE, MONTHS)
    return carried(fresh, early)


def carried(fresh: Floats, early: Floats) -> tuple[Floats, Floats]:
    """Return the same with what is left of the months before."""
    now, before = np.empty_like(fresh), np.empty_like(early)
    left = np.zeros((PEOPLE, len(A_MONTH)))
    for month in range(MONTHS):
        before[:, month] = early[:, month] + left * 2 ** (-(DAYS - 28) / score.HALF_LIFE)
        left = fresh[:, month] + left * 2 ** (-DAYS / score.HALF_LIFE)
        now[:, month] = left
    return now, before


def winback(
    rng: np.random.Generator, price: Floats, lift: float, campaign: str
) -> tuple[Outcome, tuple[float, float]]:
    """Return what a campaign among these reports, and the true effect and net value."""
    strata = {str(person): f"{amount:.0f}" for person, amount in enumerate(price)}
    arms = trial.assigned(campaign, strata, trial.held_share(price.size))
    treated = np.array([arms[person] == "treated" for person in strata])
    reached = treated & (rng.random(price.size) < DELIVERED)
    back = rng.random(price.size) < ORGANIC + lift * reached
    months = np.minimum(rng.geometric(1 - STAYS, price.size), 3)
    paid = back * price * (months - (1 - FIRST_MONTH_PAID) * reached)
    value = trial.net_value(paid[treated], paid[~treated], cost=COST)
    effect = trial.effect(
        Share(int(back[treated].sum()), int(treated.sum())),
        Share(int(back[~treated].sum()), int((~treated).sum())),
    )
    return trial.judged(effect, value, over=True), true_effect(price, lift)


def true_effect(price: Floats, lift: float) -> tuple[float, float]:
    """Return how many more come back as assigned, and the net value per treated person."""
    stay = 1 + STAYS + STAYS**2
    got = (ORGANIC + lift) * (stay - (1 - FIRST_MONTH_PAID))
    treated = DELIVERED * got + (1 - DELIVERED) * ORGANIC * stay
    brought = float(price.mean()) * (treated - ORGANIC * stay) - COST
    return DELIVERED * lift, brought


def least_detectable() -> float:
    """Return what a list of 600, halved, shows: said before the launch."""
    found = trial.detectable(ORGANIC, 300, 300)
    return math.nan if found is None else found
