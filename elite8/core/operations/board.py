"""The picture that the page shows: everything at once, worked out from rows, nobody asked."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from elite8.core.domain.sample import DAY, MINUTES
from elite8.core.operations import alerts, comings, entries, health, leading, purse, reports
from elite8.core.operations.alerts import Ringing
from elite8.core.operations.comings import Followers
from elite8.core.operations.entries import Entry
from elite8.core.operations.figures import NETWORKS, WEEK, in_time, is_settled
from elite8.core.operations.forecast import Forecast, from_here
from elite8.core.operations.health import Health
from elite8.core.operations.purse import ACCOUNT
from elite8.core.operations.usage import Glance, glance
from elite8.core.storage import attempts, calendar, figures, ledger, samples, trends
from elite8.core.storage.database import Session
from elite8.core.storage.trends import Sum
from elite8.core.studio import Studio

DAYS = 28
MACHINE = (
    "elite8_cpu_ratio",
    "elite8_memory_used_ratio",
    "elite8_disk_used_ratio",
    "elite8_process_resident_bytes",
)
USUAL_SECONDS = 15.0
WATCH = "watch"
LONGEST_AGO = timedelta(minutes=5)
"""When what was measured last is no longer now: the watch looks each minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a network or performer had out on each day, the oldest first; `views` are so far."""

    id: str
    name: str
    posts: tuple[int, ...]
    views: tuple[int, ...]
    engaged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """What a value of the machine was, the oldest first; the last is the newest there is."""

    metric: str
    points: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """The credits and how long they last at the last week's pace."""

    free: int
    held: int
    today: int
    today_budget: int
    month: int
    usd_this_month: float
    forecast: Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What is now; `watched_at`: when the rules were last looked at, `None` for never.

    `purse` is `None` where A2E was never used; `in_time` where no post of the week is settled;
    `proxy` while it is off; `followers` where nobody counted any. `seed` is a synthetic studio's.
    """

    at: datetime
    day: date
    zone: str
    leader: str
    stopped: tuple[str, ...]
    health: Health
    watched_at: datetime | None
    alerts: tuple[Ringing, ...]
    slots: tuple[Entry, ...]
    next: Entry | None
    posts: tuple[tuple[str, int], ...]
    videos: tuple[tuple[str, int], ...]
    in_time: float | None
    days: tuple[date, ...]
    networks: tuple[Line, ...]
    performers: tuple[Line, ...]
    purse: Purse | None
    machine: tuple[Gauge, ...]
    proxy: Glance | None = None
    followers: Followers | None = None
    seed: int | None = None

    @property
    def watched(self) -> bool:
        """Whether somebody looks at the rules."""
        return self.watched_at is not None and abs(self.at - self.watched_at) <= LONGEST_AGO

    @property
    def verdict(self) -> Literal["good", "alerts", "bad", "stale"]:
        """What stands above all: is it well, does something ring, or does nobody look."""
        if not self.health.good:
            return "bad"
        if not self.watched:
            return "stale"
        return "alerts" if self.alerts else "good"


def board(studio: Studio) -> Board:
    """Return everything as it is now."""
    now = studio.clock()
    day = now.astimezone(studio.settings.zone).date()
    days = tuple(day - n * DAY for n in reversed(range(DAYS)))
    borders = [reports.midnight(studio, one) for one in (*days, day + DAY)]
    leads = leading.leader(studio)
    names = {one.id: one.name for one in studio.config.roster.characters}
    with studio.database.transaction() as session:
        counts = figures.posts_by_status(session)
        due = calendar.next_due(session, now)
        sums = trends.out_by_day(session, borders)
        rows = {
            "slots": entries.due(session, *borders[-2:]),
            "stopped": tuple(one.words for one in attempts.stops(session)),
            "posts": added((status, count) for _, status, count in counts),
            "videos": added(figures.videos_by_status(session)),
            "watched_at": watched_at(session),
            "in_time": week_in_time(session, now),
            "purse": purse_now(studio, session),
            "machine": gauges(session, now),
            "proxy": glance(studio, session, now),
            "followers": comings.followers(session, now - WEEK, now),
        }
    return Board(
        at=now,
        day=day,
        zone=studio.settings.time_zone,
        leader=leads.who if leads else "",
        health=health.health(studio),
        alerts=alerts.ringing(studio),
        next=entries.entry(*due) if due else None,
        seed=studio.seed,
        days=days,
        networks=lines({name: name for name in NETWORKS}, sums, lambda one: one.network),
        performers=lines(names, sums, lambda one: one.character),
        **rows,  # type: ignore[arg-type]  # each as its name says
    )


def added(counts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Return how many there are of each name."""
    total: Counter[str] = Counter()
    for name, count in counts:
        total[name] += count
    return tuple(total.items())


def watched_at(session: Session) -> datetime | None:
    """Return when the rules were last looked at."""
    return next((one.good_at for one in figures.ticks(session) if one.task == WATCH), None)


def week_in_time(session: Session, now: datetime) -> float | None:
    """Return the share of a week's posts that were out in time; `None` of none."""
    week = [one for one in figures.lags(session, now - WEEK, now) if is_settled(one, now)]
    return sum(map(in_time, week)) / len(week) if week else None


def purse_now(studio: Studio, session: Session) -> Purse | None:
    """Return the credits and how long they last; the ledger is left alone."""
    if not ledger.opened_at(session, ACCOUNT):
        return None
    sums, tariff = ledger.sums(session, ACCOUNT), studio.config.tariff
    month = purse.spent_since(session, purse.month_began(studio))
    return Purse(
        free=sums.free,
        held=sums.held,
        today=purse.spent_since(session, purse.midnight(studio)),
        today_budget=tariff.budget.per_day,
        month=month,
        usd_this_month=round(month * tariff.usd_per_credit, 2),
        forecast=from_here(studio, session, videos_a_day=None, seconds=USUAL_SECONDS),
    )


def gauges(session: Session, now: datetime) -> tuple[Gauge, ...]:
    """Return a day of the machine's values, as the watch kept them."""
    found = [
        Gauge(metric=name, points=tuple(samples.means(session, name, MINUTES, now - DAY)))
        for name in MACHINE
    ]
    return tuple(one for one in found if one.points)


def lines(
    names: Mapping[str, str], sums: Sequence[Sum], of: Callable[[Sum], str]
) -> tuple[Line, ...]:
    """Return a line for each name that is known or had a post out."""
    known = dict(names) | {of(one): of(one) for one in sums if of(one) not in names}
    return tuple(
        line(key, name, [one for one in sums if of(one) == key]) for key, name in known.items()
    )


def line(key: str, name: str, sums: Sequence[Sum]) -> Line:
    """Return what one name had out, day by day."""
    posts, views = [0] * DAYS, [0] * DAYS
    for one in sums:
        posts[one.day] += one.posts
        views[one.day] += one.views
    engaged = sum(one.engaged for one in sums)
    return Line(id=key, name=name, posts=tuple(posts), views=tuple(views), engaged=engaged)
