"""Best posting times as our own readings have them; read only."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from elite8.core.domain.best_times import FEWEST, Cell, Sample, cells
from elite8.core.domain.region import Region
from elite8.core.errors import ConfigError
from elite8.core.storage import results
from elite8.core.storage.results import Result
from elite8.core.studio import Studio

HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class BestTimes:
    """What is known per region, network, part of the week and hours; `zones` by region."""

    cells: tuple[Cell, ...]
    zones: dict[str, str]
    posts: int
    fewest: int


def best_times(studio: Studio, *, region: str = "", network: str = "") -> BestTimes:
    """Return what our readings say; an unknown region or network is a ConfigError."""
    regions = studio.config.regions.regions
    check(studio, regions, region, network)
    with studio.database.transaction() as session:
        found = results.ripe(session)
    home = studio.config.calendar.zone
    samples = [
        sample
        for one in found
        if network in ("", one.network)
        for sample in samples_of(one, regions, home)
        if region in ("", sample.region)
    ]
    best = {
        code: [hour for hour in range(HOURS) if one.is_best(hour, hour + 1)]
        for code, one in regions.items()
    }
    zones = {code: one.default_zone for code, one in regions.items()} | {"": home}
    return BestTimes(cells=cells(samples, best), zones=zones, posts=len(samples), fewest=FEWEST)


def check(studio: Studio, regions: dict[str, Region], region: str, network: str) -> None:
    """Refuse what nobody has posts for."""
    if region and region not in regions:
        raise ConfigError(f"no region '{region[:20]}'; choose {', '.join(regions)}")
    if network and network not in studio.config.social.networks:
        known = ", ".join(studio.config.social.networks)
        raise ConfigError(f"no network '{network[:20]}'; choose {known}")


def samples_of(one: Result, regions: dict[str, Region], home: str) -> Iterator[Sample]:
    """Yield a post once for each region its account speaks to; without one, in our own zone."""
    known = [code for code in one.regions.upper().split() if code in regions]
    for code in known or [""]:
        zone = regions[code].zone if code else ZoneInfo(home)
        yield Sample(
            region=code,
            network=one.network,
            at=one.published_at.astimezone(zone),
            engaged=one.engaged,
            reached=one.reached,
        )
