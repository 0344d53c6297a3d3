"""How engaged subscribers are: everybody at once, today or on a day gone by."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from elite8.core.domain import fading
from elite8.core.domain.arrays import Counts, Floats
from elite8.core.domain.fading import LAG, SUMS, Scale
from elite8.core.domain.score import Calibration
from elite8.core.errors import ConfigError
from elite8.core.operations import calibrations, engaged
from elite8.core.storage import engagement
from elite8.core.storage.database import Session
from elite8.core.storage.pieces import pieces
from elite8.core.studio import Studio


@dataclass(frozen=True, kw_only=True)
class Everyone:
    """Scores of everybody who is not erased, one entry a person, as of an instant.

    `platform` is a place in `platforms`; `coverages` are of those. `observed` leaves out what a
    platform does not show, and is NaN where it shows nothing.
    """

    as_of: datetime
    calibration: str
    ids: Counts
    score: Floats
    platform: Counts
    platforms: tuple[str, ...]
    coverages: tuple[float, ...]

    @cached_property
    def coverage(self) -> Floats:
        """The weight that each one's platform shows."""
        return np.array(self.coverages, dtype=np.float64)[self.platform]

    @cached_property
    def observed(self) -> Floats:
        """Each score by what is observed of it."""
        nothing = np.full(len(self.ids), np.nan)
        shown = self.coverage > 0
        return np.asarray(np.divide(self.score, self.coverage, out=nothing, where=shown))

    @cached_property
    def by_id(self) -> dict[int, float]:
        """Scores by number of the subscriber."""
        return dict(zip(self.ids.tolist(), self.score.tolist(), strict=True))


def scores_at(studio: Studio, as_of: datetime | None = None, calibration: str = "") -> Everyone:
    """Return everybody's scores as of an instant; what came later is left out.

    Now, and 28 days before today (`fading.before`), are one pass over kept sums; any other instant
    is worked out from all events. The same digits either way. `calibration` is a version, the
    newest when empty. A studio that only looks takes the sums as they are.
    """
    if as_of and as_of > studio.clock():
        raise ConfigError(f"{as_of:%Y-%m-%d %H:%M} UTC is still to come; nobody can be scored then")
    if not studio.looks:
        engaged.freshen(studio)
    now = studio.clock()  # not before the sums were made: they are of an instant
    day = as_of or now
    with studio.database.transaction() as session:
        frozen = calibrations.version(session, calibration)
        lag = kept_lag(session, day, now)
        scales = [
            fading.scale(studio.config.scoring, frozen, platform, day)
            for platform in engagement.known_platforms(session)
        ]
        found = [
            engagement.scores(session, scale, lag)
            if lag is not None
            else of_events(studio, session, scale, day)
            for scale in scales
        ]
    return together(day, frozen, scales, found)


def scores_before(studio: Studio, calibration: str = "") -> Everyone:
    """Return everybody's scores 28 days before today: what a fall is a fall from."""
    return scores_at(studio, fading.before(studio.clock()), calibration)


def kept_lag(session: Session, day: datetime, now: datetime) -> int | None:
    """Return which kept sums are of this instant, `None` when they have to be made."""
    until = engagement.untils(session, 0)
    if day == now and until and max(until) <= now:
        return 0
    return LAG if {*engagement.untils(session, LAG)} == {day} else None


def of_events(
    studio: Studio, session: Session, scale: Scale, day: datetime
) -> tuple[Counts, Floats]:
    """Return who is on a platform, and their scores, from all they did until then."""
    ids, made = sums_at(studio, session, scale.platform, day)
    return ids, fading.scored(made, scale)


def sums_at(
    studio: Studio, session: Session, platform: str, day: datetime
) -> tuple[Counts, Floats]:
    """Return who is on a platform, and the sums of all they did until then."""
    ids = [who for who, _ in engagement.everybody(session, platform)]
    parts = [
        fading.sums(
            engagement.happened(session, piece, day), studio.config.scoring, day, len(piece)
        )
        for piece in pieces(ids)
    ]
    return np.array(ids, dtype=np.int64), np.concatenate([np.empty((0, len(SUMS))), *parts])


def together(
    day: datetime, frozen: Calibration, scales: list[Scale], found: list[tuple[Counts, Floats]]
) -> Everyone:
    """Return all platforms as one list, by number."""
    nobody = np.array([], dtype=np.int64)
    ids = np.concatenate([nobody, *(who for who, _ in found)])
    score = np.concatenate([np.array([]), *(part for _, part in found)])
    where = np.repeat(np.arange(len(found)), [len(who) for who, _ in found])
    order = np.argsort(ids)
    return Everyone(
        as_of=day,
        calibration=frozen.version,
        ids=ids[order],
        score=score[order],
        platform=where[order],
        platforms=tuple(scale.platform for scale in scales),
        coverages=tuple(scale.coverage for scale in scales),
    )
