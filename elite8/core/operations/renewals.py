"""Each renewal there was: what was known a week before it, and who left; what that teaches."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from elite8.core.domain import churn, hazard, skill
from elite8.core.domain.arrays import Counts, Flags, Floats
from elite8.core.domain.churn import Signals
from elite8.core.domain.fitting import TooLittleData
from elite8.core.domain.hazard import Driver, Hazard, Table
from elite8.core.domain.skill import Skill
from elite8.core.operations.histories import Contract
from elite8.core.operations.looks import DAY, Habit, Looks

LEAD = 7
"""Days before a renewal at which it is judged: a week to do something about it (prior)."""
MOST = 20_000
"""Renewals that are learnt from, the latest ones (prior): more say the same and take longer."""
BACK = 28
"""Days over which a fall of the score is looked for."""
CHANCE = 0.5
"""The AUC of who only guesses: a model has to be surely above it."""
EPOCH = date(1970, 1, 1).toordinal()
FEATURES = ("tenure", "price", "engagement", "fall", "silence", "auto_renew_off")


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to judge on which day, an entry a question; days are ordinals, NaN is unknown.

    `began` is when they subscribed, or did again, `since` when the running period began, `ends`
    when it is over; `renewals` were made before.
    """

    contracts: Sequence[Contract]
    day: Counts
    renewals: Counts
    began: Floats
    since: Floats
    ends: Floats


@dataclass(frozen=True, slots=True)
class Known:
    """What was known at each question: signals of the rules, features of the model."""

    signals: Signals
    features: Table
    names: tuple[str, ...]

    def part(self, which: Flags) -> "Known":
        """Return some of the questions."""
        cut = {name: getattr(self.signals, name)[which] for name in Signals.__slots__}
        return Known(Signals(**cut), self.features[which], self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What renewals teach; `used` says whether by the model people are judged, else `why` not.

    `skill` and `rules` are of renewals later than those learnt from; `left_out` are features that
    never vary. `for_payment` ended because a payment failed, and are not learnt from.
    """

    renewals: int = 0
    left: int = 0
    for_payment: int = 0
    learnt_from: int = 0
    used: bool = False
    why: str = ""
    drivers: tuple[Driver, ...] = ()
    left_out: tuple[str, ...] = ()
    skill: Skill | None = None
    rules: Skill | None = None


@dataclass(frozen=True, slots=True)
class Judge:
    """What judges people: the rules, and the model where one was fitted to these columns."""

    hazard: Hazard | None = None
    columns: tuple[int, ...] = ()

    def leaving(self, known: Known) -> Floats:
        """Return the chance that each leaves of their own will."""
        if self.hazard is None:
            return by_rules(known.signals)
        return self.hazard.leaving(known.features[:, list(self.columns)])


def seconds(days: Counts | Floats) -> Floats:
    """Return when days begin in UTC, in seconds since 1970."""
    return np.asarray((days - EPOCH) * DAY, dtype=np.float64)


def due(contracts: Sequence[Contract], records: Mapping[str, float]) -> tuple[Asked, Flags, int]:
    """Return the renewals that were due, whether they left at each, how many ended for payment.

    The latest come first. `records` has from which day on it is known what people do, by platform.
    """
    rows: list[tuple[int, int, int, int, int, bool]] = []
    for_payment = 0
    for number, contract in enumerate(contracts):
        known = records.get(contract.platform, np.inf) + BACK
        for spell in contract.life.spells:
            begins = (spell.began, *spell.due)
            for made, day in enumerate(spell.due):
                last = spell.ended and made == len(spell.due) - 1
                if last and spell.cause == "payment":
                    for_payment += 1
                elif day - LEAD >= max(begins[made], known):
                    rows.append((day, number, made, spell.began, begins[made], last))
    rows = sorted(rows, reverse=True)[:MOST]
    table = np.array(rows, dtype=np.int64).reshape(-1, 6)
    asked = Asked(
        [contracts[number] for number in table[:, 1].tolist()],
        table[:, 0] - LEAD,
        table[:, 2],
        *(table[:, column].astype(np.float64) for column in (3, 4, 0)),
    )
    return asked, table[:, 5].astype(np.bool_), for_payment


def looks(asked: Asked, platforms: Sequence[str]) -> Looks:
    """Return the questions as looks at the end of their days."""
    number = {name: where for where, name in enumerate(platforms)}
    return Looks(
        subscriber=np.array([one.subscriber for one in asked.contracts], dtype=np.int64),
        platform=np.array([number[one.platform] for one in asked.contracts], dtype=np.int64),
        at=seconds(asked.day + 1) - 1,
        began=seconds(asked.began),
        since=seconds(asked.since),
        seen=np.full(len(asked.contracts), np.nan),
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """What features are measured by: which platforms there are, a usual price by currency."""

    platforms: tuple[str, ...]
    usual: Mapping[str, float]


def scale(contracts: Sequence[Contract], day: int) -> Scale:
    """Return what features of these are measured by; a usual price is the median on a day."""
    paid: dict[str, list[int]] = {}
    for one in contracts:
        if price := one.price(day):
            paid.setdefault(one.currency, []).append(price)
    usual = {currency: float(np.median(prices)) for currency, prices in paid.items()}
    return Scale(tuple(sorted({one.platform for one in contracts})), usual)


def known(
    asked: Asked, by: Scale, habit: Habit, scores: tuple[Floats, Floats], coverage: Floats
) -> Known:
    """Return what is known at each question; scores are of then and of 28 days before."""
    pairs = [*zip(asked.contracts, asked.day.tolist(), strict=True)]
    now, before = scores
    signals = Signals(
        auto_renew_off=np.array([one.auto_renew_off(day) for one, day in pairs], dtype=np.bool_),
        payment_failed=np.array([one.payment_failed(day) for one, day in pairs], dtype=np.bool_),
        inactive=habit.inactive,
        gap=habit.gap,
        gaps=habit.gaps,
        score=now,
        score_before=before,
        coverage=coverage,
        ends_in=asked.ends - asked.day,
        used=habit.used,
    )
    others = by.platforms[1:]
    there = [[float(one.platform == name) for name in others] for one in asked.contracts]
    features = np.column_stack(
        [
            np.log1p(asked.renewals),
            np.array([logged(one.price(day), by.usual.get(one.currency)) for one, day in pairs]),
            now,
            before - now,
            silence(signals),
            signals.auto_renew_off.astype(np.float64),
            np.array(there, dtype=np.float64).reshape(len(pairs), len(others)),
        ]
    )
    return Known(signals, features, (*FEATURES, *(f"on {name}" for name in others)))


def logged(price: int | None, usual: float | None) -> float:
    """Return the logarithm of a price by the usual one; what is not known counts as usual."""
    return math.log(price / usual) if price and usual else 0.0


def silence(signals: Signals) -> Floats:
    """Return the logarithm of silence in own gaps, or in a third of what is silent by days."""
    usual = churn.SILENT_DAYS / churn.SILENT_GAPS
    own = np.where(signals.gaps >= churn.FEWEST_GAPS, np.nan_to_num(signals.gap, nan=usual), usual)
    return np.log1p(np.nan_to_num(signals.inactive) / np.maximum(own, 1.0))


def by_rules(signals: Signals) -> Floats:
    """Return the chance of leaving of one's own will, by the rules: payments are another cause."""
    return churn.judged(replace(signals, payment_failed=np.zeros_like(signals.used))).risk


def learnt(asked: Asked, seen: Known, left: Flags, for_payment: int = 0) -> tuple[Judge, Learnt]:
    """Return who judges: a model of these renewals where it beats the rules on later ones."""
    facts = Learnt(renewals=int(left.size), left=int(left.sum()), for_payment=for_payment)
    early = hazard.split(asked.day)
    columns = (
        tuple(np.flatnonzero(np.ptp(seen.features[early], axis=0) > 0).tolist())
        if early.any()
        else ()
    )
    facts = replace(
        facts,
        learnt_from=int(early.sum()),
        left_out=tuple(name for at, name in enumerate(seen.names) if at not in columns),
    )
    try:
        tried = fitted(seen.part(early), left[early], columns)
        late = ~early
        chances = Judge(tried, columns).leaving(seen.part(late))
        whole = fitted(seen, left, columns)
    except TooLittleData as few:
        return Judge(), replace(facts, why=str(few))
    ours = skill.measured(chances, left[late])
    theirs = skill.measured(by_rules(seen.part(late).signals), left[late])
    used = ours.beats(theirs) and (ours.auc_low or 0.0) > CHANCE
    facts = replace(facts, skill=ours, rules=theirs, drivers=whole.drivers, used=used)
    if not used:
        return Judge(), replace(facts, why=beaten(ours, theirs))
    return Judge(whole, columns), facts


def fitted(seen: Known, left: Flags, columns: Sequence[int]) -> Hazard:
    """Return the hazard of some columns."""
    names = [seen.names[column] for column in columns]
    return hazard.fitted(seen.features[:, list(columns)], left, names)


def beaten(ours: Skill, theirs: Skill) -> str:
    """Return in what the model is no better than the rules, in words."""
    if ours.auc is None or theirs.auc is None or ours.auc_low is None:
        return "everybody, or nobody, left at the later renewals: nothing to try it on"
    if ours.auc_low <= CHANCE:
        return f"the model does not surely tell who leaves from who stays: AUC {ours.auc:.2f}"
    worse = [
        name
        for name, fails in (
            ("Brier score", ours.brier >= theirs.brier),
            ("AUC", ours.auc <= theirs.auc),
            ("lift", (ours.lift or 0.0) < (theirs.lift or 0.0)),
        )
        if fails
    ]
    return f"the model does not beat the rules in: {', '.join(worse)}"
