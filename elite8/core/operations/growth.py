"""How it grows: the funnel of four weeks and each region's standing, as the console shows them.

Nothing here changes with the clock alone but by the day: what is still so is not kept twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from elite8.core.domain.region import Region
from elite8.core.domain.tally import Step
from elite8.core.operations import bottleneck, funnel, launch, region_budget, regions
from elite8.core.operations.bottleneck import Next
from elite8.core.operations.funnel import StageRow
from elite8.core.operations.launch import Criterion, Kpi, Launched, Phase
from elite8.core.operations.region_budget import Budget, Budgets
from elite8.core.operations.regions import Line
from elite8.core.studio import Studio

LASTS = timedelta(minutes=1)
"""How long what was read is as good as new: views are read by the hour."""
LONGEST = timedelta(minutes=15)
"""After which it is read again though nothing was written: days begin."""
AHEAD = 2
"""Days there whose windows are told: today and tomorrow, so that there is always a next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One region; `windows` are the instants of today's and tomorrow's, earliest first.

    `may` and `spent` are dollars of this month, `None` for no budget and for nobody knows.
    `criteria` is empty where it is no target.
    """

    code: str
    name: str
    status: str
    locale: str
    zone: str
    networks: tuple[str, ...]
    accounts: tuple[str, ...]
    launch: str
    windows: tuple[tuple[datetime, datetime], ...]
    change: str
    usd_per_day: float | None
    may: float | None
    spent: float | None
    kpis: tuple[Kpi, ...]
    criteria: tuple[Criterion, ...]
    ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The funnel of `first` to `last` and the regions; `month` is whose budget is told.

    `unstaged` are views of posts without a stage; `week` is `None` while no launch is dated.
    """

    first: date
    last: date
    steps: tuple[Step, ...]
    stages: tuple[StageRow, ...]
    following: Next
    unstaged: int
    notes: tuple[str, ...]
    places: tuple[Place, ...]
    begins: date | None
    week: int | None
    phases: tuple[Phase, ...]
    month: tuple[datetime, datetime]
    results_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read, when, and what the database's number of changes was then."""

    at: datetime
    changes: int | None
    growth: Growth


def lately(studio: Studio) -> Growth:
    """Return how it grows, at most a minute old; read again only when something was written.

    It waits for no writer, and leaves what readings say to the daemon to enter.
    """
    studio = studio.looking
    changes, now = studio.database.changes(), studio.clock()
    last: Read | None = studio.remembered.get("growth")
    if last and is_fresh(last.at, last.changes, now, changes):
        return last.growth
    found = growth(studio)
    studio.remembered["growth"] = Read(at=now, changes=changes, growth=found)
    return found


def is_fresh(at: datetime, before: int | None, now: datetime, changes: int | None) -> bool:
    """Return whether what was read then, after so many changes, is as good as new."""
    age = now - at
    same = changes is not None and changes == before
    return timedelta() <= age < (LONGEST if same else LASTS)


def growth(studio: Studio) -> Growth:
    """Return how it grows, read now."""
    launched, budgets = launch.launch(studio), region_budget.budgets(studio)
    known = funnel.known(studio, funnel.period(studio))
    shown, (whole,) = (found := funnel.shown(studio, known)), found.groups
    today = studio.clock().astimezone(studio.settings.zone).date()
    return Growth(
        first=today - timedelta(days=funnel.USUAL_DAYS - 1),
        last=today,
        steps=whole.steps,
        stages=whole.stages,
        following=bottleneck.following_of(studio, known),
        unstaged=shown.unstaged,
        notes=shown.notes,
        places=tuple(places(studio, launched, budgets)),
        begins=launched.begins,
        week=launched.week,
        phases=launched.phases,
        month=region_budget.span(studio, budgets.first),
        results_days=launched.days,
    )


def places(studio: Studio, launched: Launched, budgets: Budgets) -> Iterator[Place]:
    """Yield every region, in the order of the file."""
    money = {one.region: one for one in budgets.regions}
    kpis = {code: tuple(some) for code, some in groupby(launched.kpis, lambda kpi: kpi.region)}
    ready = {one.region: (one.criteria, one.ready) for one in launched.readiness}
    for line in regions.listed(studio):
        region = studio.config.regions.regions[line.code]
        criteria, is_ready = ready.get(line.code, ((), False))
        yield place(
            studio, line, region, money, kpis=kpis.get(line.code, ()), criteria=criteria,
            ready=is_ready,
        )  # fmt: skip


def place(  # noqa: PLR0913  # one region, from several sides
    studio: Studio,
    line: Line,
    region: Region,
    money: Mapping[str, Budget],
    *,
    kpis: tuple[Kpi, ...],
    criteria: tuple[Criterion, ...],
    ready: bool,
) -> Place:
    """Return one region."""
    today = studio.clock().astimezone(region.zone).date()
    days = [regions.hours_of(line.code, region, today + timedelta(days=n)) for n in range(AHEAD)]
    change = next(iter(days[0].changes), None)
    budget = money.get(line.code)
    return Place(
        code=line.code,
        name=line.name,
        status=line.status,
        locale=line.locale,
        zone=line.zone,
        networks=line.networks,
        accounts=line.accounts,
        launch=line.launch,
        windows=tuple((one.since, one.until) for day in days for one in day.windows),
        change=f"{change.day}: {regions.of_change(change)}" if change else "",
        usd_per_day=line.usd_per_day,
        may=budget.may if budget else None,
        spent=budget.spent if budget else None,
        kpis=kpis,
        criteria=criteria,
        ready=ready,
    )
