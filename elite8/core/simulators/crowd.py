"""Made-up subscribers and how long they stay: the same ones for the same seed and day.

Why people leave is planted: who does little, who does less than before, who pays more, who is new
and who turned renewal off leaves more often. Nobody here exists.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from elite8.core.domain.spell import Terms

PEOPLE = 5000
DAYS = 365
MONTHLY = Terms()
BY_CALENDAR = Terms(grace=7, calendar=True)
"""A month ends with the calendar's: fantia (reference: subscribers.md section 2)."""
PLANTED: Mapping[str, float] = {
    "constant": -0.8,
    "engagement": -4.0,
    "fall": 3.0,
    "price": 0.5,
    "tenure": -0.3,
    "auto_renew_off": 2.0,
}
"""What each adds to the logit of leaving at a renewal: engagement is 0 to 1, tenure its log."""
DOLLARS = {"basic": 999, "premium": 1999, "vip": 4999}
"""Cents a month (mission 2.3)."""
YEN = {"basic": 1500, "premium": 3000, "vip": 7500}
"""Made up."""
TIERS = ("basic", "premium", "vip")
BY_PAYMENT = 0.12
"""Of those who leave, whose payment failed."""
COMES_BACK = 0.10
UP, DOWN, OFF = 0.03, 0.015, 0.08
"""Chances at each renewal of a dearer tier, a cheaper one, and of turning renewal off."""
REASONS = ("price", "content", "time", "other", "")
LANGUAGES = {"US": "en", "JP": "ja", "BR": "pt", "DE": "de", "GB": "en"}


@dataclass(frozen=True, slots=True)
class Habitat:
    """A platform's people: their part of all, whence they come, and what it bills in."""

    share: float
    countries: Mapping[str, float]
    prices: Mapping[str, int]
    currency: str
    terms: Terms = MONTHLY


WEST = {"US": 0.55, "GB": 0.15, "DE": 0.12, "BR": 0.12, "": 0.06}
JAPAN = {"JP": 0.92, "US": 0.05, "": 0.03}
HABITATS: Mapping[str, Habitat] = {
    "fanvue": Habitat(0.44, WEST, DOLLARS, "USD"),
    "onlyfans": Habitat(0.20, WEST, DOLLARS, "USD"),
    "fantia": Habitat(0.12, JAPAN, YEN, "JPY", BY_CALENDAR),
    "line": Habitat(0.12, {"JP": 1.0}, {}, ""),
    "pornhub": Habitat(0.05, WEST, DOLLARS, "USD"),
    "fc2": Habitat(0.04, JAPAN, YEN, "JPY"),
    "xvideos": Habitat(0.03, WEST, DOLLARS, "USD"),
}
"""The seven platforms; the parts are made up."""


@dataclass(frozen=True, slots=True)
class Month:
    """A paid time: its first day and the last one, as ordinals, and how lively it was."""

    began: int
    until: int
    tier: str
    price: int
    level: float
    before: str = ""
    off_on: int | None = None


@dataclass(frozen=True, slots=True)
class Fan:
    """Somebody made up. `left` has the ends of paid times that were not renewed, and why."""

    number: int
    platform: str
    country: str
    language: str
    birth_year: int
    character: str
    joined: int
    liveliness: float
    months: tuple[Month, ...] = ()
    left: Mapping[int, str] = field(default_factory=dict)

    @property
    def habitat(self) -> Habitat:
        """Where they are."""
        return HABITATS[self.platform]

    @property
    def name(self) -> str:
        """What they are called: nobody is."""
        return f"synthetic-{self.number:05}"


def crowd(
    seed: int, today: date, characters: tuple[str, ...], people: int = PEOPLE
) -> Iterator[Fan]:
    """Yield so many made-up subscribers who joined in the year before `today`."""
    lot = Random(f"crowd {seed}")  # noqa: S311  # nothing here is secret
    weights = [1 / (2 + n) for n in range(len(characters))]
    names, shares = [*HABITATS], [one.share for one in HABITATS.values()]
    for number in range(1, people + 1):
        platform = lot.choices(names, shares)[0]
        here = HABITATS[platform].countries
        country = lot.choices([*here], [*here.values()])[0]
        fan = Fan(
            number=number,
            platform=platform,
            country=country,
            language=LANGUAGES.get(country, ""),
            birth_year=lot.randint(1970, today.year - 22),
            character=lot.choices(characters, weights)[0],
            joined=today.toordinal() - 1 - int(DAYS * (1 - math.sqrt(lot.random()))),
            liveliness=lot.gauss(-0.4, 0.7),
        )
        yield (
            lived(fan, today.toordinal(), lot)
            if fan.habitat.prices
            else befriended(fan, today.toordinal(), lot)
        )


def befriended(fan: Fan, today: int, lot: Random) -> Fan:
    """Return a friend on LINE, who pays nothing and is gone one day or is still there."""
    stays = int(lot.expovariate(1 / 260))
    gone = fan.joined + stays
    until = min(gone, today)
    month = Month(fan.joined, until, "free", 0, math.exp(fan.liveliness))
    return replace(fan, months=(month,), left={until: "own"} if gone < today else {})


def lived(fan: Fan, today: int, lot: Random) -> Fan:
    """Return somebody with the months they paid for, until they left or until now."""
    months: list[Month] = []
    left: dict[int, str] = {}
    tier, day, wave, tenure = lot.choices(TIERS, (0.62, 0.28, 0.10))[0], fan.joined, 0.0, 1
    before, was = "", engaged(fan.liveliness)
    while day <= today:
        until = fan.habitat.terms.after(day)
        now = engaged(fan.liveliness + wave)
        off = lot.random() < OFF
        month = Month(
            day, until, tier, fan.habitat.prices[tier], math.exp(fan.liveliness + wave), before,
            max(day, until - lot.randint(2, 18)) if off else None,
        )  # fmt: skip
        months.append(month)
        if until >= today:
            break
        if lot.random() < leaving(now, was - now, TIERS.index(tier), tenure, off=off):
            left[until] = "payment" if lot.random() < BY_PAYMENT else "own"
            if lot.random() >= COMES_BACK:
                break
            day, tenure, before = until + lot.randint(20, 120), 0, "away"
        else:
            day, before, tier = next_day(fan, until), tier, moved(tier, lot)
        tenure, was, wave = tenure + 1, now, wave + lot.gauss(-0.03, 0.35)
    return replace(fan, months=tuple(months), left=left)


def next_day(fan: Fan, until: int) -> int:
    """Return when the next paid time begins: the day after a month of the calendar, else then."""
    return until + 1 if fan.habitat.terms.calendar else until


def moved(tier: str, lot: Random) -> str:
    """Return the tier of the next month."""
    place, chance = TIERS.index(tier), lot.random()
    if chance < UP:
        return TIERS[min(place + 1, len(TIERS) - 1)]
    return TIERS[max(place - 1, 0)] if chance < UP + DOWN else tier


def engaged(liveliness: float) -> float:
    """Return how engaged that is, between 0 and 1."""
    return 1 / (1 + math.exp(-liveliness))


def leaving(now: float, fall: float, tier: int, tenure: int, *, off: bool) -> float:
    """Return the planted chance of leaving at a renewal."""
    logit = (
        PLANTED["constant"]
        + PLANTED["engagement"] * now
        + PLANTED["fall"] * max(fall, 0.0)
        + PLANTED["price"] * math.log(DOLLARS[TIERS[tier]] / DOLLARS["basic"])
        + PLANTED["tenure"] * math.log(tenure)
        + PLANTED["auto_renew_off"] * off
    )
    return 1 / (1 + math.exp(-logit))


def as_date(day: int) -> date:
    """Return the date of an ordinal."""
    return date.fromordinal(day)
