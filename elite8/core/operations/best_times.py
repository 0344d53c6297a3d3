"""Best posting times as our own readings have them; read only."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from elite8.core.domain.best_times import FEWEST, Cell, Sample, cells
from elite8.core.domain.country import Country
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
    countries = studio.config.countries.countries
    check(studio, countries, region, network)
    with studio.database.transaction() as session:
        found = results.ripe(session)
    home = studio.config.calendar.zone
    samples = [
        sample
        for one in found
        if network in ("", one.network)
        for sample in samples_of(one, countries, home)
        if region in ("", sample.region)
    ]
    best = {
        code: [hour for hour in range(HOURS) if country.is_best(hour, hour + 1)]
        for code, country in countries.items()
    }
    zones = {code: country.zone for code, country in countries.items()} | {"": home}
    return BestTimes(cells=cells(samples, best), zones=zones, posts=len(samples), fewest=FEWEST)


def check(studio: Studio, countries: dict[str, Country], region: str, network: str) -> None:
    """Refuse what nobody has posts for."""
    if region and region not in countries:
        raise ConfigError(f"no region '{region[:20]}'; choose {', '.join(countries)}")
    if network and network not in studio.config.social.networks:
        known = ", ".join(studio.config.social.networks)
        raise ConfigError(f"no network '{network[:20]}'; choose {known}")


def samples_of(one: Result, countries: dict[str, Country], home: str) -> Iterator[Sample]:
    """Yield a post once for each region its account speaks to; without one, in our own zone."""
    known = [code for code in one.regions.upper().split() if code in countries]
    for code in known or [""]:
        zone = ZoneInfo(countries[code].zone if code else home)
        yield Sample(
            region=code,
            network=one.network,
            at=one.published_at.astimezone(zone),
            engaged=one.engaged,
            reached=one.reached,
        )
