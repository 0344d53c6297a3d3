"""What came back for what regions cost: money of the funnel over credits that the ledger settled.

Money goes to the region of its last touch. Unknown stays unknown, with the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from elite8.core.domain import money
from elite8.core.domain.event import EventKind
from elite8.core.domain.exchange import Rate
from elite8.core.domain.journey import revenue
from elite8.core.domain.tally import BY
from elite8.core.operations import funnel, region_budget
from elite8.core.operations.funnel import Period
from elite8.core.studio import Studio

SPENT_IN = "USD"
"""What credits are priced in; other money counts by the operator's own dated rates, or not."""
AT_LEAST = "at least"
"""How `why` begins where a return leaves money out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Dollars earned for each spent, `None` for unknown.

    `why` it is so, what it leaves out, or by which rates money was exchanged.
    """

    roas: float | None = None
    why: str = ""


def returns(studio: Studio, since: datetime, until: datetime) -> Mapping[str, Return]:
    """Return by region what came back in a time."""
    meant = Period(since=since, until=until, zone=studio.settings.time_zone)
    found = funnel.known(studio, meant)
    with studio.database.transaction() as session:
        spent = region_budget.spending(studio, session, since, until)
    earned = {
        (currency, code): parts.get("last", 0)
        for (currency, code), parts in revenue(found.given, BY["region"]).items()
    }
    told = EventKind.MONEY in found.kinds
    day = until.astimezone(studio.settings.zone).date()
    rates = {
        currency: rate
        for currency, _ in earned
        if (rate := studio.config.exchange_rates.on(day, currency, SPENT_IN))
    }
    return {
        code: of_region(code, earned, spent.get(code, 0.0), rates, told=told)
        for code in studio.config.regions.regions
    }


def of_region(
    code: str,
    earned: Mapping[tuple[str, str], int],
    spent: float,
    rates: Mapping[str, Rate],
    *,
    told: bool,
) -> Return:
    """Return what came back for one region; what cannot be compared or divided is unknown."""
    if not told:
        return Return(why="no money was imported: elite8 funnel import FILE")
    if spent <= 0:
        return Return(why="the ledger settled no credits for it")
    mine = {currency: n for (currency, name), n in sorted(earned.items()) if name == code and n}
    foreign = mine.keys() - {SPENT_IN}
    if without := [money.told(mine[one], one) for one in sorted(foreign - rates.keys())]:
        return Return(
            why=f"{' and '.join(without)} cannot be set against dollars: write a rate into "
            "phase2/exchange_rates.json"
        )
    dollars = mine.get(SPENT_IN, 0) + sum(rates[one].exchange(mine[one]) for one in foreign)
    lost = [money.told(n, currency) for (currency, name), n in sorted(earned.items()) if not name]
    why = [f"{AT_LEAST}: nobody knows where {' and '.join(lost)} came from"] if lost else []
    why += [f"at {rates[one].told}" for one in sorted(foreign)]
    return Return(roas=dollars / 10 ** money.MINOR[SPENT_IN] / spent, why="; ".join(why))
