"""Scores as they were: of many people at an instant each, by the same sums as today's.

Events are moved in time so that all instants become one; then it is what `fading` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from elite8.core.domain import fading
from elite8.core.domain.arrays import Counts, Floats
from elite8.core.domain.fading import NEVER, Happened
from elite8.core.domain.score import Calibration
from elite8.core.domain.scoring import ScoreConfig
from elite8.core.operations.looks import DAY, Looks
from elite8.core.storage import engagement
from elite8.core.storage.database import Session
from elite8.core.storage.pieces import pieces

MICRO = 1_000_000
BITS = 52
"""Of an instant in microseconds: until the year 2112."""


@dataclass(frozen=True, slots=True)
class Measure:
    """By what is scored: the config, frozen halves, platforms by number, and the latest day."""

    config: ScoreConfig
    frozen: Calibration
    platforms: Sequence[str]
    day: datetime


def scores(session: Session, by: Measure, looks: Looks, back: float) -> tuple[Floats, Floats]:
    """Return the score at each look, and so many days before it; events are read once for both.

    No look is later than the day of the measure.
    """
    now, before = np.zeros(looks.at.size), np.zeros(looks.at.size)
    scales = [fading.scale(by.config, by.frozen, name, by.day) for name in by.platforms]
    for piece in pieces(np.unique(looks.subscriber).tolist()):
        mine = np.flatnonzero(np.isin(looks.subscriber, piece))
        place = np.searchsorted(np.array(piece), looks.subscriber[mine])
        events = engagement.happened(session, piece, by.day)
        for found, days in ((now, 0.0), (before, back)):
            at = np.round((looks.at[mine] - days * DAY) * MICRO).astype(np.int64)
            seen = moved(events, place, at, fading.micros(by.day))
            made = fading.sums(seen, by.config, by.day, mine.size)
            for number, scale in enumerate(scales):
                here = looks.platform[mine] == number
                found[mine[here]] = fading.scored(made[here], scale)
    return now, before


def moved(events: Happened, person: Counts, at: Counts, day: int) -> Happened:
    """Return what each look saw as if each were on one day; `person` is then the look."""
    order = np.lexsort((events.at, events.person))
    who, when = events.person[order], events.at[order]
    keys = (who << BITS) | when
    first = np.searchsorted(keys, person << BITS)
    last = np.searchsorted(keys, (person << BITS) | at, side="right")
    sizes = last - first
    look = np.repeat(np.arange(at.size), sizes)
    seen = np.arange(look.size) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[look]
    ahead, which = (day - at)[look], order[seen]
    answered = events.answered_at[which]
    return Happened(
        person=look,
        column=events.column[which],
        at=events.at[which] + ahead,
        quantity=events.quantity[which],
        answered_at=np.where(answered < NEVER, answered + ahead, NEVER),
    )
