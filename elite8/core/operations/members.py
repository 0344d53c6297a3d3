"""Monthly subscribers of today: how likely each leaves, why, and what is at stake."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from elite8.core.domain import churn
from elite8.core.domain.churn import Risk, Signals
from elite8.core.domain.platform_terms import TermsOfPlatforms
from elite8.core.domain.recurring import Worth
from elite8.core.domain.score import LEAST_COVERAGE
from elite8.core.operations import lasting, looks, renewals
from elite8.core.operations.histories import Contract
from elite8.core.operations.renewals import Asked
from elite8.core.operations.whole import RUNNING, Whole


@dataclass(frozen=True, slots=True)
class Members:
    """Who is subscribed today, an entry each: what is known, the risk, what is at stake.

    `model` is what judged them: the hazard, or the rules.
    """

    contracts: Sequence[Contract]
    signals: Signals
    risk: Risk
    worths: Sequence[Worth | None]
    model: Literal["hazard", "rules"]


def members(of: Whole, terms: TermsOfPlatforms, seen: dict[int, float]) -> Members:
    """Return everybody who is subscribed; `seen` is when they were last seen, where known."""
    running = [one for one in of.contracts if one.life.standing in RUNNING]
    asked = today(running, of.day)
    look = replace(
        renewals.looks(asked, of.scale.platforms),
        at=np.full(len(running), of.as_of.timestamp()),
        seen=np.array([seen.get(one.subscriber, np.nan) for one in running], dtype=np.float64),
    )
    now, before, coverage = of.scores(look.subscriber)
    habit = looks.blind(looks.habits(of.acts, look), coverage >= LEAST_COVERAGE)
    known = renewals.known(asked, of.scale, habit, (now, before), coverage)
    ruled = churn.judged(known.signals)
    # The rules join causes as if each alone could make somebody leave; so are the two joined here.
    payment = ruled.signs["payment_failed"]
    risk = 1 - (1 - of.judge.leaving(known)) * (1 - payment)
    return Members(
        contracts=running,
        signals=known.signals,
        risk=replace(ruled, risk=risk),
        worths=[worth(one, of, terms) for one in running],
        model="hazard" if of.judge.hazard else "rules",
    )


def today(running: Sequence[Contract], day: int) -> Asked:
    """Return these as questions of today."""
    last = [one.life.spells[-1] if one.life.spells else None for one in running]
    ends = [np.nan if one.life.until is None else one.life.until for one in running]
    return Asked(
        running,
        np.full(len(running), day, dtype=np.int64),
        np.array([one.renewals for one in running], dtype=np.int64),
        np.array([one.began if one else np.nan for one in last], dtype=np.float64),
        np.array([(one.began, *one.due)[-1] if one else np.nan for one in last], dtype=np.float64),
        np.array(ends, dtype=np.float64),
    )


def worth(contract: Contract, of: Whole, terms: TermsOfPlatforms) -> Worth | None:
    """Return what somebody's renewals are still worth; None where no price is known."""
    price = contract.price(of.day)
    if not price:
        return None
    return lasting.stake(contract, price, of.lasting, terms)
