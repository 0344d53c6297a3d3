"""Who is about to leave, by rules anybody can read: signs, how strong each is, and why.

The chance that a sign stands for is what is thought beforehand (prior), not measured; signs are
joined as if each alone could make someone leave: 1 - (1-p)(1-q)... (noisy or; Pearl 1988,
Probabilistic Reasoning in Intelligent Systems, chapter 4). Models have to beat this to be used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from elite8.core.domain.arrays import Flags, Floats, same_length
from elite8.core.domain.score import LEAST_COVERAGE

Sign = Literal["auto_renew_off", "silent", "quiet", "falling", "payment_failed", "unused"]
Band = Literal["low", "medium", "high", "critical", "insufficient data"]
STRENGTH: Mapping[Sign, float] = {
    "auto_renew_off": 0.70,
    "silent": 0.60,
    "payment_failed": 0.50,
    "unused": 0.45,
    "falling": 0.40,
    "quiet": 0.30,
}
"""The chance of leaving that each sign alone stands for (prior)."""
LONG_SILENCE, LONG_STRENGTH = 30.0, 0.65
"""Days of silence without known gaps that are more than silent, and what they stand for (prior)."""
BANDS: tuple[tuple[float, Band], ...] = (
    (0.80, "critical"),
    (0.60, "high"),
    (0.30, "medium"),
    (0.0, "low"),
)
"""From which risk each band is (prior)."""
QUIET_GAPS, SILENT_GAPS = 2.0, 3.0
"""Own median gaps of silence from which one is quiet, and silent."""
QUIET_DAYS, SILENT_DAYS = 7.0, 14.0
"""The same in days, for who has fewer than four gaps."""
FEWEST_GAPS = 4
FALL = 0.4
"""Share of the score lost in 28 days that is a fall."""
ENDING = 5.0
"""Days to the end of a period that was not used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What is known of people on one day, an entry a person; NaN is unknown.

    `gap` is the median of days between activities, of `gaps` many; `score_before` is of 28 days
    ago; `ends_in` is days to the end of the paid period; `used` whether it was active in it.
    """

    auto_renew_off: Flags
    payment_failed: Flags
    inactive: Floats
    gap: Floats
    gaps: Floats
    score: Floats
    score_before: Floats
    coverage: Floats
    ends_in: Floats
    used: Flags

    def __post_init__(self) -> None:
        same_length(**{name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What the rules say, an entry a person: the chance, and what each sign adds by itself."""

    risk: Floats
    signs: Mapping[Sign, Floats]
    labelled: Flags

    def band(self, person: int) -> Band:
        """Return the band of one; too little observed is no band."""
        if not self.labelled[person]:
            return "insufficient data"
        return next(name for least, name in BANDS if self.risk[person] >= least - 1e-12)

    def reasons(self, person: int) -> tuple[Sign, ...]:
        """Return the signs of one, strongest first."""
        found = [sign for sign, chance in self.signs.items() if chance[person] > 0]
        return tuple(sorted(found, key=lambda sign: (-self.signs[sign][person], sign)))


def judged(signals: Signals) -> Risk:
    """Return what the rules say of everybody."""
    quiet, silent = silence(signals)
    before = np.where(signals.score_before > 0, signals.score_before, np.nan)
    fell = 1 - signals.score / before >= FALL
    unused = (signals.ends_in <= ENDING) & (signals.ends_in >= 0) & ~signals.used
    signs: dict[Sign, Floats] = {
        "auto_renew_off": strength(signals.auto_renew_off, "auto_renew_off"),
        "silent": silent,
        "payment_failed": strength(signals.payment_failed, "payment_failed"),
        "unused": strength(unused, "unused"),
        "falling": strength(fell, "falling"),
        "quiet": quiet,
    }
    stays = np.ones(signals.inactive.size)
    for chance in signs.values():
        stays = stays * (1 - chance)
    return Risk(risk=1 - stays, signs=signs, labelled=signals.coverage >= LEAST_COVERAGE)


def silence(signals: Signals) -> tuple[Floats, Floats]:
    """Return what being quiet and being silent add: by one's own gaps, or by days; never both."""
    known = (signals.gaps >= FEWEST_GAPS) & (signals.gap > 0)
    gap = np.where(known, signals.gap, 1.0)
    quiet_from = np.where(known, QUIET_GAPS * gap, QUIET_DAYS)
    silent_from = np.where(known, SILENT_GAPS * gap, SILENT_DAYS)
    is_silent = signals.inactive >= silent_from
    is_quiet = (signals.inactive >= quiet_from) & ~is_silent
    long = is_silent & ~known & (signals.inactive >= LONG_SILENCE)
    silent = np.where(long, LONG_STRENGTH, strength(is_silent, "silent"))
    return strength(is_quiet, "quiet"), silent


def strength(there: Flags, sign: Sign) -> Floats:
    """Return what a sign stands for where it is there, else 0."""
    return np.where(there, STRENGTH[sign], 0.0)


def told(sign: Sign, signals: Signals, person: int) -> str:
    """Return a sign of one person in words."""
    days, gap = signals.inactive[person], signals.gap[person]
    usual = f", usually active every {gap:.0f}" if signals.gaps[person] >= FEWEST_GAPS else ""
    since = f"nothing for {days:.0f} days{usual}"
    words: Mapping[Sign, str] = {
        "auto_renew_off": "will not renew: auto-renewal is off",
        "silent": since,
        "quiet": since,
        "payment_failed": "the last payment failed",
        "unused": f"{signals.ends_in[person]:.0f} days to the end of a period that was not used",
        "falling": f"engagement fell from {signals.score_before[person]:.2g} to "
        f"{signals.score[person]:.2g} in 28 days",
    }
    return words[sign]


Standing = Literal["active", "pending", "churned"]


def standing(paid_until: date, today: date, *, grace: timedelta) -> Standing:
    """Return where somebody stands who paid until this day, with it.

    In the grace of the platform (Fantia: 7 days, while convenience stores still report payments)
    nobody is churned yet.
    """
    if today <= paid_until:
        return "active"
    return "pending" if today <= paid_until + grace else "churned"
