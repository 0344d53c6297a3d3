"""How long monthly subscribers stay: the sBG model of each cohort, a platform and a tier."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from elite8.core.domain import renewing, survival
from elite8.core.domain.arrays import Flags, Floats
from elite8.core.domain.fitting import TooLittleData
from elite8.core.domain.platform_terms import TermsOfPlatforms
from elite8.core.domain.recurring import Worth, residual_value
from elite8.core.domain.renewing import Renewal
from elite8.core.domain.share import FEWEST, hidden
from elite8.core.domain.spell import Spell
from elite8.core.operations.histories import Contract

Name = tuple[str, str, int]
"""A platform, a tier ("" is all), and the months that are paid at once."""
TOLD = (1, 2, 3, 6, 12)
"""Renewals after which it is told who is left."""
MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Who is left after so many renewals: as seen (Kaplan and Meier), and as the model has it."""

    renewals: int
    seen: float | None
    model: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Who subscribed first on one platform to one tier, "" for all: and why they left.

    Who left is told by cause. Numbers of one to nine people are None, and so is what would give one
    away; where `people` is, nothing else is told either. `why` says why there is no model.
    """

    platform: str
    tier: str
    months: int
    people: int | None
    left: int | None = None
    own: int | None = None
    payment: int | None = None
    unknown: int | None = None
    alpha: float | None = None
    beta: float | None = None
    log_likelihood: float | None = None
    curve: tuple[Left, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lasting:
    """The cohorts, and the models of those that have one."""

    cohorts: tuple[Cohort, ...]
    models: Mapping[Name, Renewal]

    def model(self, contract: Contract) -> Renewal | None:
        """Return the model of a cohort, else of its whole platform."""
        months = contract.terms.months
        own = self.models.get((contract.platform, contract.tier, months))
        return own or self.models.get((contract.platform, "", months))


def firsts(contracts: Iterable[Contract]) -> dict[Name, list[Spell]]:
    """Return the first time of everybody who can have been watched from the beginning, by cohort.

    Who subscribed before anybody's leaving was on record is left out: those who had left by then
    are not known, and those who had not would look as if people stayed longer.
    """
    every = [one for one in contracts if one.life.spells]
    known: dict[str, int] = {}
    for one in every:
        days = (*(m.day for m in one.moves), *(s.day for s in one.said), *ends(one))
        known[one.platform] = min([known.get(one.platform, days[0]), *days])
    found: dict[Name, list[Spell]] = {}
    for one in every:
        first = one.life.spells[0]
        if one.terms.after(first.began) >= known[one.platform]:
            for tier in (one.tier, ""):
                found.setdefault((one.platform, tier, one.terms.months), []).append(first)
    alone = Counter((platform, months) for platform, _, months in found)
    # All of a platform is told beside its tiers, where there are several.
    return {
        name: spells
        for name, spells in found.items()
        if name[1] or alone[name[0], name[2]] > 2  # noqa: PLR2004  # a tier, and all
    }


def ends(contract: Contract) -> list[int]:
    """Return the days on which somebody left."""
    return [spell.until for spell in contract.life.spells if spell.ended]


def tenures(spells: Sequence[Spell]) -> tuple[Floats, Flags]:
    """Return renewals made, the failed one with them, and whether that was so."""
    ended = np.array([one.ended for one in spells], dtype=np.bool_)
    periods = np.array([one.periods for one in spells], dtype=np.float64)
    return periods - ~ended, ended


def cohorts(contracts: Iterable[Contract], *, lacking: str = "") -> Lasting:
    """Return every cohort with its model; `lacking` says why no model can be fitted at all."""
    models: dict[Name, Renewal] = {}
    told = []
    for name, spells in sorted(firsts(contracts).items()):
        tenure, ended = tenures(spells)
        why = lacking
        if not lacking:
            try:
                models[name] = renewing.fitted(tenure, ended)
            except TooLittleData as few:
                why = str(few)
        told.append(cohort(name, spells, models.get(name), why))
    return Lasting(tuple(told), models)


def cohort(name: Name, spells: Sequence[Spell], model: Renewal | None, why: str) -> Cohort:
    """Return what is told of one cohort."""
    platform, tier, months = name
    if len(spells) < FEWEST:
        return Cohort(platform=platform, tier=tier, months=months, people=None, why=why)
    causes = Counter(one.cause for one in spells if one.ended)
    small, left = hidden(causes), causes.total()
    own, payment, unknown = (
        None if cause in small else causes[cause] for cause in ("own", "payment", "unknown")
    )
    return Cohort(
        platform=platform,
        tier=tier,
        months=months,
        people=len(spells),
        left=None if 0 < left < FEWEST else left,
        own=own,
        payment=payment,
        unknown=unknown,
        alpha=model.alpha if model else None,
        beta=model.beta if model else None,
        log_likelihood=model.log_likelihood if model else None,
        curve=curve(spells, model),
        why=why,
    )


def curve(spells: Sequence[Spell], model: Renewal | None) -> tuple[Left, ...]:
    """Return who is left as seen and by the model, as far as anybody was watched."""
    seen = survival.curve(*tenures(spells))
    return tuple(
        Left(
            renewals=made,
            seen=seen.at(made),
            model=float(model.survival(made)[0]) if model else None,
        )
        for made in TOLD
        if made <= seen.longest
    )


def stake(contract: Contract, price: int, lasting: Lasting, terms: TermsOfPlatforms) -> Worth:
    """Return what somebody's renewals are still worth, after the platform's fee where it is known.

    Without a model it is the coming one alone.
    """
    kept = terms.kept(contract.platform)
    model = lasting.model(contract)
    if model is None:
        return Worth(amount=price * kept, horizon=1, discount=0.0, method="the coming renewal")
    rate = (1 + terms.value.discount_a_year) ** (contract.terms.months / MONTHS) - 1
    left = renewals_left(model, contract.renewals + 1, rate)
    return residual_value(price * kept, left, discount=rate)


@lru_cache(maxsize=4096)
def renewals_left(model: Renewal, period: int, rate: float) -> float:
    """Return the discounted renewals of who has this one just before them (DERL)."""
    return float(model.left(period, rate=rate)[0])
