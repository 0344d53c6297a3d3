"""The funnel in figures: goals beside what is so, by place, and what people who came do later."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from elite8.core.domain import tally as counting
from elite8.core.domain.attribution import Payment, Touch
from elite8.core.domain.event import EventKind, Happening, Origin
from elite8.core.domain.funnel import Measured
from elite8.core.domain.journey import Arrival, Given, arrivals, payments, shared, touches
from elite8.core.domain.share import FEWEST
from elite8.core.domain.tally import BY, Counts, Seen, Step
from elite8.core.errors import ConfigError
from elite8.core.operations import paid_once
from elite8.core.operations.gather import gather
from elite8.core.storage import events, links, received
from elite8.core.studio import Studio

MOST_DAYS = 1100
USUAL_DAYS = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time that figures are of, from `since` to before `until`; its days are of `zone`."""

    since: datetime
    until: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """A stage's goals beside what is so; `of` becomes `into`."""

    stage: str
    aim: str
    views: int | None
    engagement: Measured
    of: str
    into: str
    basis: str
    conversion: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One name's way and stages; "" is what nobody knows the name of."""

    name: str
    steps: tuple[Step, ...]
    stages: tuple[StageRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The funnel of a time; `unstaged` are the views of posts without a stage."""

    period: Period
    by: str
    groups: tuple[Group, ...]
    unstaged: int
    as_of: date
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Known:
    """All that was counted in a time, read once; `days` is how long a touch counts.

    `people` is what they did in it, and the payments that were paid back; `touches` are theirs.
    `kinds` are those that anything ever counted: the others are unknown, not nothing. So are the
    clicks of a name without a link; `linked` is where the links there ever were stand.
    """

    period: Period
    seen: tuple[Seen, ...]
    people: tuple[Happening, ...]
    came: tuple[Arrival, ...]
    kinds: frozenset[str]
    linked: frozenset[Origin]
    touches: Mapping[str, Sequence[Touch]]
    days: int

    @cached_property
    def payments(self) -> tuple[Payment, ...]:
        """The money of the time."""
        return payments(self.people, self.period.since, self.period.until)

    @cached_property
    def given(self) -> tuple[Given, ...]:
        """Who gets what of it, by each model."""
        return shared(self.payments, self.touches, self.days)


def period(
    studio: Studio, *, days: int = USUAL_DAYS, since: date | None = None, until: date | None = None
) -> Period:
    """Return the days up to now, or from one day to another, both included."""
    zone = ZoneInfo(studio.settings.time_zone)
    if not 1 <= days <= MOST_DAYS:
        raise ConfigError(f"--days {days} is outside 1 to {MOST_DAYS}")
    today = studio.clock().astimezone(zone).date()
    last = until or today
    first = since or last - timedelta(days=days - 1)
    if first > last or (last - first).days > MOST_DAYS:
        raise ConfigError(f"from {first} to {last} is no time of 1 to {MOST_DAYS} days")
    begins, ends = (
        datetime.combine(day, time(), zone).astimezone(UTC)
        for day in (first, last + timedelta(days=1))
    )
    return Period(since=begins, until=ends, zone=studio.settings.time_zone)


def known(studio: Studio, meant: Period) -> Known:
    """Return what was counted, what readings say since last time included."""
    gather(studio)
    days = studio.config.funnel.attribution_days
    with studio.database.transaction() as session:
        totals = events.totals(session, meant.since, meant.until)
        people = paid_once.of_time(session, meant.since, meant.until)
        earliest = min((one.at for one in people), default=meant.since) - timedelta(days=days)
        who = {one.person for one in people}
        came = touches(events.touching(session, meant.until, earliest), who)
        kinds = events.kinds(session) | received.kinds(session)
        linked = links.origins(session)
        kinds |= {EventKind.CLICK} if linked else set()
    return Known(
        period=meant,
        seen=tuple(Seen(kind=one.kind, origin=one.origin, count=one.count) for one in totals),
        people=people,
        came=arrivals(people, came, meant.since, meant.until, days),
        kinds=frozenset(kinds),
        linked=linked,
        touches=came,
        days=days,
    )


def show(studio: Studio, meant: Period, by: str = "") -> Shown:
    """Return the funnel of a time, all together or by region, network or character."""
    if by not in ("", "region", "network", "character"):
        raise ConfigError(f"no way to tell by '{by[:20]}'; choose region, network or character")
    return shown(studio, known(studio, meant), by)


def shown(studio: Studio, found: Known, by: str = "") -> Shown:
    """Return the funnel of what is known."""
    table = counting.tally(found.seen, found.came, BY[by])
    hides = counting.hidden_in(table)
    names = sorted(table, key=lambda name: (name == "", name)) or ["all"][: not by]
    unstaged = sum(o.count for o in found.seen if o.kind == EventKind.VIEW and not o.origin.stage)
    return Shown(
        period=found.period,
        by=by,
        groups=tuple(
            Group(
                name=name,
                steps=counting.steps(
                    table.get(name, {}),
                    kinds_of(found, by, name, table.get(name, {})),
                    [kind for kind in hides if name in hides[kind]],
                ),
                stages=stage_rows(studio, part(found, by, name)),
            )
            for name in names
        ),
        unstaged=unstaged,
        as_of=studio.config.funnel.as_of,
        notes=notes(found),
    )


def kinds_of(found: Known, by: str, name: str, counts: Counts) -> frozenset[str]:
    """Return what is counted of one name: clicks only where there was a link, or they are known."""
    if counts.get(EventKind.CLICK) or any(BY[by](one) == name for one in found.linked):
        return found.kinds
    return found.kinds - {EventKind.CLICK}


def part(found: Known, by: str, name: str) -> Known:
    """Return what is known of one name."""
    of = BY[by]
    return replace(
        found,
        seen=tuple(one for one in found.seen if of(one.origin) == name),
        came=tuple(one for one in found.came if of(one.origin) == name),
        linked=frozenset(one for one in found.linked if of(one) == name),
    )


def stage_rows(studio: Studio, found: Known) -> tuple[StageRow, ...]:
    """Return each stage's goals beside what is so."""
    table = counting.tally(found.seen, found.came, BY["stage"])
    hides = counting.hidden_in(table)
    rows = []
    for stage in studio.config.funnel.stages:
        counts: Counts = table.get(stage.stage, {})
        mine = [one for one in found.seen if one.origin.stage == stage.stage]
        asked = stage.conversion
        covered = any(stage.stage in hides.get(k, ()) for k in (asked.of, asked.into))
        kinds = kinds_of(found, "stage", stage.stage, counts)
        got = counting.conversion(stage, counts, kinds)
        rows.append(
            StageRow(
                stage=stage.stage,
                aim=stage.aim,
                views=counts.get(EventKind.VIEW),
                engagement=counting.engagement(stage, mine),
                of=asked.of,
                into=asked.into,
                basis=asked.basis,
                conversion=counting.told(got, hides=covered),
            )
        )
    return tuple(rows)


def gaps(studio: Studio, found: Known) -> Mapping[str, tuple[Measured, Measured]]:
    """Return each stage's engagement and conversion as they are, small numbers too."""
    table = counting.tally(found.seen, found.came, BY["stage"])
    rows: dict[str, tuple[Measured, Measured]] = {}
    for stage in studio.config.funnel.stages:
        counts: Counts = table.get(stage.stage, {})
        mine = [one for one in found.seen if one.origin.stage == stage.stage]
        kinds = kinds_of(found, "stage", stage.stage, counts)
        engagement = counting.engagement(stage, mine)
        rows[stage.stage] = (engagement, counting.conversion(stage, counts, kinds))
    return rows


def notes(found: Known) -> tuple[str, ...]:
    """Return what keeps the figures from saying more."""
    said = []
    if EventKind.VIEW not in found.kinds:
        said.append(
            "no post was read yet: views and reactions come with 'elite8 schedule run measure'"
        )
    if "click" not in found.kinds:
        said.append("no link was made yet, so clicks are unknown: elite8 funnel link create URL")
    if not found.kinds & {"lead", "subscribe", "money"}:
        said.append("nothing was imported yet, so what comes after clicks is unknown")
    return tuple(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """People who subscribed first in one month or week; `shares` of them paid in each after it.

    `None` in `shares` is a time that is not over; `n` is `None` for fewer than ten people.
    """

    first: date
    n: int | None
    shares: tuple[float | None, ...]


def cohorts(studio: Studio, meant: Period, *, weeks: bool = False) -> tuple[Cohort, ...]:
    """Return who subscribed when, and which share of them paid how much later."""
    return cohorts_of(studio, known(studio, meant), weeks=weeks)


def cohorts_of(studio: Studio, found: Known, *, weeks: bool = False) -> tuple[Cohort, ...]:
    """Return the cohorts of what is known."""
    zone = ZoneInfo(found.period.zone)

    def spell(at: datetime) -> date:
        day = at.astimezone(zone).date()
        return day - timedelta(days=day.weekday()) if weeks else day.replace(day=1)

    since = spell(found.period.since)
    with studio.database.transaction() as session:
        joined = first_of(found, events.joined(session, found.period.until), spell, since)
        payments = events.paying(session, found.period.until)
        paid = {(person, spell(at)) for person, at in payments if person in joined}
    paid |= {
        (one.person, spell(one.at))
        for one in found.people
        if one.kind == EventKind.MONEY and (one.amount_minor or 0) > 0
    }
    now = min(studio.clock(), found.period.until)
    firsts = sorted({*joined.values()})
    sizes = {day: sum(first == day for first in joined.values()) for day in firsts}
    covered = {day for day, size in sizes.items() if size < FEWEST}
    ends = [*spells(firsts[0], spell(now), weeks=weeks)] if firsts else []
    return tuple(
        Cohort(first=day, n=None, shares=())
        if day in covered
        else cohort(day, [p for p, first in joined.items() if first == day], paid, ends)
        for day in firsts
    )


def first_of(
    found: Known,
    joined: Mapping[str, datetime],
    spell: Callable[[datetime], date],
    since: date,
) -> dict[str, date]:
    """Return by person in which spell they subscribed first, of those who did from then on."""
    first = dict(joined)
    for one in found.people:
        if one.person and one.kind == EventKind.SUBSCRIBE:
            first[one.person] = min(one.at, first.get(one.person, one.at))
    return {person: day for person, at in first.items() if (day := spell(at)) >= since}


def cohort(
    first: date, people: Sequence[str], paid: Collection[tuple[str, date]], spells: Sequence[date]
) -> Cohort:
    """Return one cohort; the last spell is not over and has no share."""
    shares = [
        sum((person, day) in paid for person in people) / len(people) if day < spells[-1] else None
        for day in spells
        if day >= first
    ]
    return Cohort(first=first, n=len(people), shares=tuple(shares))


def spells(first: date, last: date, *, weeks: bool) -> Iterator[date]:
    """Yield when each month or week begins, from one to another."""
    while first <= last:
        yield first
        first = after(first, weeks=weeks)


def after(day: date, *, weeks: bool) -> date:
    """Return when the next month or week begins."""
    if weeks:
        return day + timedelta(days=7)
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
