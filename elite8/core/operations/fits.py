"""Models of leaving, fitted once and kept: with the day, what they were fitted to, and how.

Fitting reads all there was; who is at risk today is then judged by what is kept. It is fitted again
by the daemon's task `outlook`, or by whoever asks, once it is old.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from elite8.core.domain.reckoned import FITS, Reckoned
from elite8.core.domain.renewing import Renewal
from elite8.core.operations.buyers import Fit, Spent
from elite8.core.operations.lasting import Cohort, Lasting, Name
from elite8.core.operations.renewals import Judge, Learnt, Scale
from elite8.core.storage import engaging, held, reckoned
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

if TYPE_CHECKING:
    from pydantic import TypeAdapter

RULES = "3"
"""Of how models are fitted; raised when the same data would give others."""
GROWN = timedelta(days=1)
"""Age from which a fit is too old, where more was entered since (prior)."""
OLD = timedelta(days=7)
"""Age from which it is too old all the same: what was paid until then is over since (prior)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selling:
    """What is fitted to who buys on one platform; `money` by the name of the currency."""

    platform: str
    fits: tuple[Fit, ...]
    why: str
    money: tuple[Spent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fits:
    """All that is fitted, as of `at`, to tables as `seen`; `lacking`: why not what needs SciPy."""

    at: datetime
    seen: str
    judge: Judge
    learnt: Learnt
    platforms: tuple[str, ...]
    usual: tuple[tuple[str, float], ...]
    cohorts: tuple[Cohort, ...]
    models: tuple[tuple[Name, Renewal], ...]
    lacking: str
    selling: tuple[Selling, ...] = ()

    @property
    def scale(self) -> Scale:
        """Return what features are measured by: as when it was fitted."""
        return Scale(self.platforms, dict(self.usual))

    @property
    def lasting(self) -> Lasting:
        """Return the cohorts and their models."""
        return Lasting(self.cohorts, dict(self.models))

    @property
    def sold(self) -> Mapping[str, Selling]:
        """Return what is fitted to who buys, by platform."""
        return {one.platform: one for one in self.selling}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """What there is to be fitted to: by which rules, and what the tables look like."""

    basis: str
    seen: str


def tables(studio: Studio, session: Session, calibration: str) -> Tables:
    """Return what a fit of now would be of."""
    config = studio.config
    rules = (RULES, config.scoring, config.platform_terms, calibration)
    words = "\n".join(one if isinstance(one, str) else one.model_dump_json() for one in rules)
    basis = hashlib.sha256(words.encode()).hexdigest()
    return Tables(basis=basis, seen=engaging.entered(session))


def kept(session: Session, here: Tables, now: datetime) -> Fits | None:
    """Return the fit that may be used, `None` where there is none or it is too old."""
    row = reckoned.get(session, FITS)
    if row is None or not is_good(row, here, now):
        return None
    try:
        return adapter().validate_json(row.body)
    except ValueError:  # another version wrote it
        return None


def is_good(row: Reckoned, here: Tables, now: datetime) -> bool:
    """Return whether a fit may be used: never by other rules, nor of what was taken out again."""
    age = now - row.made_at
    if row.basis != here.basis or age < timedelta() or age >= OLD:
        return False
    if row.seen == here.seen:
        return True
    return undone(row.seen) == undone(here.seen) and age < GROWN


def undone(seen: str) -> str:
    """Return how many imports had been taken out again, and when last, of how tables look."""
    return seen.split("/")[3]


def keep(studio: Studio, here: Tables, found: Fits) -> None:
    """Keep a fit instead of the one before."""
    body = adapter().dump_json(found).decode()
    row = Reckoned(name=FITS, made_at=found.at, basis=here.basis, seen=found.seen, body=body)
    with studio.database.transaction() as session:
        held.alone(session, FITS)
        reckoned.keep(session, row)


@cache
def adapter() -> "TypeAdapter[Fits]":
    """Return what writes a fit and reads it again, to the last digit."""
    from pydantic import TypeAdapter

    return TypeAdapter(Fits)
