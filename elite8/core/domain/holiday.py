"""Holidays of a region, by the `holidays` package; keyed on dates, never on names."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from elite8.core.domain.region import Holidays


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday:
    """One holiday; an `estimated` one follows a moon that nobody has seen yet."""

    day: date
    name: str
    estimated: bool


LANGUAGES = {"US": "en_US", "GB": "en_GB", "AU": "en_AU"}
"""What the package calls its English there; the others have `en_US` beside their own."""


@lru_cache(maxsize=32)
def in_year(which: Holidays, year: int) -> tuple[Holiday, ...]:
    """Return the holidays of a year with English names, the earliest first.

    The language is always passed: without one the package takes it from the environment.
    """
    import holidays

    found = holidays.country_holidays(
        which.country,
        subdiv=which.subdiv or None,
        years=year,
        categories=which.categories,
        language=LANGUAGES.get(which.country, "en_US"),
        observed=True,
    )
    return tuple(
        Holiday(day=day, name=name.replace(" (estimated)", ""), estimated="(estimated)" in name)
        for day, name in sorted(found.items())
    )


def problem(which: Holidays) -> str:
    """Return why the package knows no such holidays, "" when it does."""
    try:
        in_year(which, 2027)
    except (NotImplementedError, ValueError) as strange:
        return str(strange)[:200]
    return ""
