"""What regions may cost and what they have: allocation, pace and projection of a month."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from elite8.core.operations import regional
from elite8.core.operations.purse import ACCOUNT
from elite8.core.storage import ledger, regions
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

NONE = ""
"""The name of what was spent for no region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """One region's month in dollars; `None` is what nobody knows.

    `may` is the tighter of its days' budgets and its share of all; `by_now` is that for the days
    gone by; `spent` is the ledger's; `heading` is where the month ends at this pace.
    """

    region: str
    usd_per_day: float
    share: float | None
    may: float
    by_now: float
    spent: float | None
    heading: float | None
    left: float | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """A month's budgets; `known_since` is when the ledger begins, `None` for none."""

    first: date
    days: int
    gone: float
    usd_per_month: float
    regions: tuple[Budget, ...]
    other: float | None
    known_since: datetime | None


def budgets(studio: Studio) -> Budgets:
    """Return this month's budgets beside what the ledger says was spent."""
    now, first = studio.clock(), this_month(studio)
    days, (begin, end) = regional.days_in_month(first), span(studio, first)
    gone = (now - begin) / (end - begin)
    with studio.database.transaction() as session:
        known = ledger.opened_at(session, ACCOUNT)
        spent = spending(studio, session, begin, end) if known else None
    return Budgets(
        first=first,
        days=days,
        gone=gone,
        usd_per_month=studio.config.strategy.budget.usd_per_month,
        regions=tuple(
            budget(studio, code, first, days, gone, spent)
            for code, one in studio.config.regions.regions.items()
            if one.budget is not None
        ),
        other=spent.get(NONE, 0.0) if spent is not None else None,
        known_since=known,
    )


def spending(
    studio: Studio, session: Session, since: datetime, until: datetime
) -> Mapping[str, float]:
    """Return dollars by region; a video for several is shared by them, one for none is NONE's."""
    settled = regions.settled(session, ACCOUNT, since, until)
    whose = regions.of_videos(session, [video for _, _, video in settled])
    found: dict[str, float] = defaultdict(float)
    for _, amount, video in settled:
        there = sorted(whose.get(video, {NONE}))
        for region in there:
            found[region] += amount * studio.config.tariff.usd_per_credit / len(there)
    return found


def span(studio: Studio, first: date) -> tuple[datetime, datetime]:
    """Return begin and end of the month that begins on a day, in the operator's zone."""
    zone, days = studio.settings.zone, regional.days_in_month(first)
    begin = datetime.combine(first, time(), zone).astimezone(UTC)
    return begin, datetime.combine(first + timedelta(days=days), time(), zone).astimezone(UTC)


def this_month(studio: Studio) -> date:
    """Return the first day of the month it is in the operator's zone."""
    return studio.clock().astimezone(studio.settings.zone).date().replace(day=1)


def over(studio: Studio, session: Session) -> frozenset[str]:
    """Return the regions that have spent more this month than they may."""
    first = this_month(studio)
    spent = spending(studio, session, *span(studio, first))
    days = regional.days_in_month(first)
    budgeted = (code for code, one in studio.config.regions.regions.items() if one.budget)
    return frozenset(
        code
        for code in budgeted
        if spent.get(code, 0.0) > regional.a_day(studio, code, first) * days
    )


def budget(  # noqa: PLR0913, PLR0917  # a month as all regions see it
    studio: Studio,
    code: str,
    first: date,
    days: int,
    gone: float,
    spent: Mapping[str, float] | None,
) -> Budget:
    """Return one region's month."""
    may = regional.a_day(studio, code, first) * days
    here = spent.get(code, 0.0) if spent is not None else None
    own = regional.named(studio, code).budget
    return Budget(
        region=code,
        usd_per_day=own.usd_per_day if own else 0.0,
        share=studio.config.strategy.budget.shares.get(code),
        may=may,
        by_now=may * gone,
        spent=here,
        heading=here / gone if here is not None and gone > 0 else None,
        left=may - here if here is not None else None,
        said=pace(may, gone, here),
    )


def pace(may: float, gone: float, spent: float | None) -> str:
    """Return in words how a month goes."""
    if spent is None:
        return "unknown: the ledger has not begun"
    if spent > may:
        return "over: nothing more is planned there this month"
    if may and gone and spent / gone > may:
        return "too fast: over before the month ends"
    return "within"
