"""Which countries there are."""

from functools import cache
from importlib.resources import files


@cache
def countries() -> frozenset[str]:
    """Return the countries by their two letters of ISO 3166-1.

    Source: iso3166.tab of tzdata; Kosovo, which ISO leaves to its users, is XK.
    """
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line[:2] for line in table.splitlines() if line[2:3] == "\t") | {"XK"}
