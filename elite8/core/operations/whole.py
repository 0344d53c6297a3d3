"""All that is known of subscribers at one instant, and the models it makes: who judges whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from elite8.core.domain.arrays import Counts, Floats
from elite8.core.domain.fitting import special
from elite8.core.domain.score import LEAST_COVERAGE
from elite8.core.errors import ConfigError
from elite8.core.operations import (
    calibrations,
    earlier,
    engaged,
    fits,
    histories,
    lasting,
    looks,
    renewals,
    scores,
)
from elite8.core.operations.earlier import Measure
from elite8.core.operations.fits import Fits, Tables
from elite8.core.operations.histories import Contract, Gone
from elite8.core.operations.lasting import Lasting
from elite8.core.operations.renewals import EPOCH, Asked, Judge, Known, Learnt, Scale
from elite8.core.operations.scores import Everyone
from elite8.core.storage import bulk, leaving
from elite8.core.storage.database import Session
from elite8.core.storage.leaving import ALL, Acts, Bought, Words
from elite8.core.studio import Studio

RUNNING = ("active", "pending")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Everything, as of an instant; `day` is its ordinal in UTC.

    `acts` are of all who are learnt from, else of who is judged; then subscriptions that have
    surely lapsed are `gone`, and not among `contracts`. `lacking` is why no model that
    needs SciPy can be had; "" where they can. `fit` is what was fitted, `fresh` whether just now,
    and `here` what it would be of now.
    """

    as_of: datetime
    day: int
    now: Everyone
    before: Everyone
    contracts: Sequence[Contract]
    gone: Sequence[Gone]
    acts: Acts
    bought: Bought
    words: Words
    lasting: Lasting
    judge: Judge
    learnt: Learnt
    scale: Scale
    lacking: str
    fit: Fits
    fresh: bool
    here: Tables

    @property
    def newer(self) -> bool:
        """Return whether anything was entered since the models were fitted."""
        return self.fit.seen != self.here.seen

    def scores(self, subscriber: Counts) -> tuple[Floats, Floats, Floats]:
        """Return scores of today and of 28 days ago, and how much of them is observed."""
        covered = self.now.coverage
        return (
            matched(self.now.ids, self.now.score, subscriber),
            matched(self.before.ids, self.before.score, subscriber),
            np.nan_to_num(matched(self.now.ids, covered, subscriber)),
        )


def matched(ids: Counts, values: Floats, wanted: Counts) -> Floats:
    """Return the values of those who are wanted; NaN of who is not there."""
    found = np.full(wanted.size, np.nan)
    if ids.size:
        place = np.minimum(np.searchsorted(ids, wanted), ids.size - 1)
        there = ids[place] == wanted
        found[there] = values[place[there]]
    return found


def whole(studio: Studio, *, anew: bool = False) -> Whole:
    """Return everything as of now, by models that were kept, or fitted `anew`."""
    if not studio.looks:
        engaged.freshen(studio)
    # Who only looks takes the kept sums, brought up to now a moment ago, as they are.
    now, before = scores.scores_at(studio.looking), scores.scores_before(studio.looking)
    as_of, lacking = now.as_of, lacks()
    terms, words = studio.config.platform_terms.platforms, Words()
    with studio.looking.database.transaction() as session, bulk.room(session):
        here = fits.tables(studio, session, now.calibration)
        kept = None if anew else fits.kept(session, here, as_of)
        every, gone = histories.parted(session, as_of, terms) if kept else ([], [])
        there = platforms([*every, *gone])
        good = kept is not None and (kept.platforms, kept.lacking) == (there, lacking)
        if not good:
            every, gone = histories.contracts(session, as_of, ALL, terms), []
        bought = leaving.bought(session, as_of, words)
        acts = leaving.acts(session, as_of, judged(every, bought) if good else None)
        fit = kept if kept and good else fitted(studio, session, now, every, acts, here)
    return Whole(
        as_of=as_of,
        day=as_of.astimezone(UTC).toordinal(),
        now=now,
        before=before,
        contracts=every,
        gone=gone,
        acts=acts,
        bought=bought,
        words=words,
        lasting=fit.lasting,
        judge=fit.judge,
        learnt=fit.learnt,
        scale=fit.scale,
        lacking=lacking,
        fit=fit,
        fresh=not good,
        here=here,
    )


def judged(every: Sequence[Contract], bought: Bought) -> list[int]:
    """Return whom models judge today, by number: what others did is only learnt from."""
    members = {one.subscriber for one in every if one.life.standing in RUNNING}
    return sorted(members.union(np.unique(bought.subscriber).tolist()))


def platforms(every: Sequence[Contract | Gone]) -> tuple[str, ...]:
    """Return where there are subscriptions, by name."""
    return tuple(sorted({one.platform for one in every}))


def fitted(  # noqa: PLR0913, PLR0917  # all there is to be fitted to
    studio: Studio,
    session: Session,
    now: Everyone,
    every: Sequence[Contract],
    acts: Acts,
    here: Tables,
) -> Fits:
    """Return the models of all there was until now; who buys is left to `shops`."""
    scale = renewals.scale(every, now.as_of.astimezone(UTC).toordinal())
    some = [one for one in every if one.platform in labelled(now)]
    by = measure(studio, session, now, scale)
    judge, learnt = taught(session, by, scale, Past(some, acts, records(acts, now)))
    lacking = lacks()
    lasts = lasting.cohorts(every, lacking=lacking)
    return Fits(
        at=now.as_of,
        seen=here.seen,
        judge=judge,
        learnt=learnt,
        platforms=scale.platforms,
        usual=tuple(scale.usual.items()),
        cohorts=lasts.cohorts,
        models=tuple(lasts.models.items()),
        lacking=lacking,
    )


def lacks() -> str:
    """Return why models that need SciPy cannot be had, "" where they can."""
    try:
        special()
    except ConfigError as lacking:
        return str(lacking)
    return ""


@dataclass(frozen=True, slots=True)
class Past:
    """What is learnt from: subscriptions whose platforms show enough, and what people did."""

    contracts: Sequence[Contract]
    acts: Acts
    records: Mapping[str, float]


def taught(session: Session, by: Measure, scale: Scale, past: Past) -> tuple[Judge, Learnt]:
    """Return who judges, by the renewals there were."""
    asked, left, for_payment = renewals.due(past.contracts, past.records)
    return renewals.learnt(
        asked, asked_then(session, by, scale, asked, past.acts), left, for_payment
    )


def asked_then(session: Session, by: Measure, scale: Scale, asked: Asked, acts: Acts) -> Known:
    """Return what was known at each question, each at its own time."""
    seen = renewals.looks(asked, by.platforms)
    scored = earlier.scores(session, by, seen, renewals.BACK)
    habit = looks.habits(acts, seen)
    return renewals.known(asked, scale, habit, scored, np.ones(seen.at.size))


def measure(studio: Studio, session: Session, now: Everyone, scale: Scale) -> Measure:
    """Return by what scores of before are worked out: as today's are."""
    frozen = calibrations.version(session, now.calibration)
    return Measure(studio.config.scoring, frozen, scale.platforms, now.as_of)


def labelled(now: Everyone) -> set[str]:
    """Return the platforms that show enough of the score for a label of risk."""
    pairs = zip(now.platforms, now.coverages, strict=True)
    return {name for name, coverage in pairs if coverage >= LEAST_COVERAGE}


def records(acts: Acts, now: Everyone) -> Mapping[str, float]:
    """Return from which day on it is known what people do, by platform."""
    platform = matched(now.ids, now.platform.astype(np.float64), acts.subscriber)
    return {
        name: float(acts.at[platform == number].min() // looks.DAY + EPOCH)
        for number, name in enumerate(now.platforms)
        if (platform == number).any()
    }
