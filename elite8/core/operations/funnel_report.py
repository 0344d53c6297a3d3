"""Everything about the funnel of a time, looked at once: what the report's page is drawn from."""

from dataclasses import dataclass
from datetime import datetime

from elite8.core.operations import bottleneck, funnel, revenue
from elite8.core.operations.bottleneck import Next
from elite8.core.operations.funnel import Cohort, Period, Shown
from elite8.core.operations.revenue import Revenue
from elite8.core.studio import Studio

PLACES = ("region", "network", "character")
EARNERS = ("stage", "region", "network", "character", "video", "post")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One look: the funnel whole and by place, what to make next, cohorts, money by everything."""

    made_at: datetime
    period: Period
    whole: Shown
    places: tuple[Shown, ...]
    following: Next
    cohorts: tuple[Cohort, ...]
    revenue: tuple[Revenue, ...]


def report(studio: Studio, meant: Period) -> Report:
    """Return everything about a time, from one reading of the events."""
    found = funnel.known(studio, meant)
    return Report(
        made_at=studio.clock(),
        period=meant,
        whole=funnel.shown(studio, found),
        places=tuple(funnel.shown(studio, found, by) for by in PLACES),
        following=bottleneck.following_of(studio, found),
        cohorts=funnel.cohorts_of(studio, found),
        revenue=tuple(revenue.shown(studio, found, by) for by in EARNERS),
    )
