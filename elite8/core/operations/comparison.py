"""Regions beside each other: what the config says of them, and what their posts have done."""

from collections.abc import Sequence
from dataclasses import dataclass

from elite8.core.operations import region_results, regions
from elite8.core.operations.region_results import Measured
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One region among others; what nobody knows is `None`, and figures are the operator's own.

    Audience and growth are of different vintages and no ranking.
    """

    code: str
    name: str
    status: str
    tier: int
    audience_millions: float | None
    growth: float | None
    competition: str | None
    usd_per_day: float | None
    language: str
    first_network: str
    days: int
    done: Measured


def compare(studio: Studio, codes: Sequence[str]) -> tuple[Compared, ...]:
    """Return the regions asked for, else all, in the order of the file."""
    days = studio.config.strategy.expansion.days
    done = region_results.measured(studio, days)
    return tuple(
        Compared(
            code=code,
            name=one.name,
            status=one.status,
            tier=one.market.tier,
            audience_millions=one.market.audience_millions,
            growth=one.market.growth,
            competition=one.market.competition,
            usd_per_day=one.budget.usd_per_day if one.budget else None,
            language=one.locale,
            first_network=one.networks[0].name,
            days=days,
            done=done[code],
        )
        for code, one in regions.some(studio, codes).items()
    )
