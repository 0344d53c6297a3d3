"""The regions, for people: what each is, when it watches, its month; nothing here is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from elite8.core.domain.clock_change import ClockChange, changes
from elite8.core.domain.holiday import in_year
from elite8.core.domain.region import Region, Window
from elite8.core.domain.strategy import Strategy
from elite8.core.domain.wall import on_day
from elite8.core.errors import ConfigError
from elite8.core.operations import regional
from elite8.core.storage import accounts as kept_accounts
from elite8.core.studio import Studio

A_YEAR = 400
"""Days in which the coming clock changes are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One region in the list; `accounts` are the networks somebody is signed in to for it."""

    code: str
    name: str
    status: str
    locale: str
    zone: str
    now: datetime
    networks: tuple[str, ...]
    accounts: tuple[str, ...]
    usd_per_day: float | None
    currency: str
    launch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A window on a day: local times as written, and the instants they are."""

    start: str
    end: str
    since: datetime
    until: datetime
    basis: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A region's windows of one day, and its next clock changes."""

    code: str
    zone: str
    day: date
    windows: tuple[Open, ...]
    changes: tuple[ClockChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something of a day in a region: a holiday, a clock change, the begin of a launch."""

    day: date
    region: str
    kind: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The days of a month that are special somewhere."""

    first: date
    days: int
    regions: tuple[str, ...]
    events: tuple[Event, ...]
    weeks: tuple[tuple[date, str], ...]


def some(studio: Studio, codes: Sequence[str], *, later: bool = True) -> dict[str, Region]:
    """Return the regions asked for, else all; without `later`, only the active ones."""
    if codes:
        return {code.upper(): regional.named(studio, code) for code in codes}
    every = studio.config.regions.regions
    return {code: one for code, one in every.items() if later or one.status == "active"}


def listed(studio: Studio) -> tuple[Line, ...]:
    """Return every region in a line, in the order of the file."""
    with studio.database.transaction() as session:
        signed_in = kept_accounts.every(session)
    now = studio.clock()
    return tuple(
        Line(
            code=code,
            name=one.name,
            status=one.status,
            locale=one.locale,
            zone=one.default_zone,
            now=now,
            networks=tuple(outlet.name for outlet in one.networks),
            accounts=tuple(
                outlet.name
                for outlet in one.networks
                if any(
                    account.network == outlet.name and account.speaks_to(code)
                    for account in signed_in
                )
            ),
            usd_per_day=one.budget.usd_per_day if one.budget else None,
            currency=one.currency,
            launch=weeks_of(studio.config.strategy, code),
        )
        for code, one in studio.config.regions.regions.items()
    )


def weeks_of(strategy: Strategy, code: str) -> str:
    """Return the weeks of a region's launch in words, "" when it has none."""
    found = [
        f"{one.first_week}-{one.last_week} {one.focus}"
        for one in strategy.launch
        if code in one.regions
    ]
    return ", ".join(found)


def hours(studio: Studio, codes: Sequence[str], day: date | None) -> tuple[Hours, ...]:
    """Return the windows of a day in each region, today there when none is said."""
    return tuple(
        hours_of(code, one, day or studio.clock().astimezone(one.zone).date())
        for code, one in some(studio, codes, later=False).items()
    )


def hours_of(code: str, region: Region, day: date) -> Hours:
    """Return a region's windows of a day there."""
    return Hours(
        code=code,
        zone=region.default_zone,
        day=day,
        windows=tuple(opened(region, day, one) for one in region.open_on(day)),
        changes=changes(region.zone, day, A_YEAR),
    )


def opened(region: Region, day: date, window: Window) -> Open:
    """Return a window on a day; a time that the clock skips is later by the gap."""
    return Open(
        start=window.start,
        end=window.end,
        since=on_day(day, window.begins, region.zone),
        until=on_day(day, window.ends, region.zone),
        basis=window.basis,
        source=window.source,
    )


def month(studio: Studio, codes: Sequence[str], written: str) -> Month:
    """Return a month, "2026-12" or this one: holidays, launch weeks, clock changes."""
    first = first_of(studio, written)
    days = regional.days_in_month(first)
    regions = some(studio, codes, later=False)
    last = first + timedelta(days=days)
    found = [event for code, one in regions.items() for event in events(code, one, first, days)]
    found += launches(studio.config.strategy, regions, first, last)
    return Month(
        first=first,
        days=days,
        regions=tuple(regions),
        events=tuple(sorted(found, key=lambda one: (one.day, one.region, one.kind))),
        weeks=tuple(launch_weeks(studio.config.strategy, first, last)),
    )


def first_of(studio: Studio, written: str) -> date:
    """Return the first day of the month that is meant."""
    if not written:
        return studio.clock().astimezone(studio.settings.zone).date().replace(day=1)
    try:
        first = datetime.strptime(written, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise ConfigError(f"'{written[:20]}' is no month; write 2026-12") from None
    if not 2000 <= first.year <= 2099:  # noqa: PLR2004  # what the holidays package knows
        raise ConfigError(f"{written} is outside 2000 to 2099")
    return first


def events(code: str, region: Region, first: date, days: int) -> Iterator[Event]:
    """Yield the holidays and clock changes of some days of one year there."""
    last = first + timedelta(days=days)
    for holiday in in_year(region.holidays, first.year):
        if first <= holiday.day < last:
            what = holiday.name + (" (estimated)" if holiday.estimated else "")
            yield Event(day=holiday.day, region=code, kind="holiday", what=what)
    for one in changes(region.zone, first, days):
        yield Event(day=one.day, region=code, kind="clock", what=of_change(one))


def of_change(one: ClockChange) -> str:
    """Return a clock change in words."""
    verb = "are skipped" if one.kind == "gap" else "come twice"
    return f"{one.first} to {one.last} {verb}"


def launches(
    strategy: Strategy, regions: dict[str, Region], first: date, last: date
) -> Iterator[Event]:
    """Yield where launches begin in a span of days."""
    for one in strategy.launch:
        if (span := strategy.span(one)) is None or not first <= span[0] < last:
            continue
        for code in one.regions:
            if code in regions:
                what = f"week {one.first_week} to {one.last_week}: {one.focus}"
                yield Event(day=span[0], region=code, kind="launch", what=what)


def launch_weeks(strategy: Strategy, first: date, last: date) -> Iterator[tuple[date, str]]:
    """Yield the Mondays of a span that are in the launch, and whose week each is."""
    monday = first - timedelta(days=first.weekday())
    while monday < last:
        week = strategy.week(monday)
        here = [one for one in strategy.launch if week and one.first_week <= week <= one.last_week]
        if here:
            whose = ", ".join(f"{' '.join(one.regions)} {one.focus}" for one in here)
            yield monday, f"week {week}: {whose}"
        monday += timedelta(weeks=1)
