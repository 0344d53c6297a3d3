"""One picture of everything, for whoever looks: terminal, page, chat."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from elite8.core.domain.sample import HOUR, MINUTES
from elite8.core.operations import alerts, comings, entries, health, leading
from elite8.core.operations.alerts import Ringing
from elite8.core.operations.board import MACHINE
from elite8.core.operations.comings import Followers
from elite8.core.operations.entries import Entry
from elite8.core.operations.figures import WEEK
from elite8.core.operations.health import Health
from elite8.core.operations.purse import ACCOUNT
from elite8.core.operations.reports import Period, period
from elite8.core.operations.watch import collect
from elite8.core.storage import ledger, samples
from elite8.core.studio import Studio

DAY = timedelta(days=1)
VIDEOS = "elite8_videos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What is now. `credits` are those free, `None` where A2E is not used.

    `followers` are `None` where nobody counted them; `seed` is a synthetic studio's.
    """

    at: datetime
    day: date
    zone: str
    leader: str
    health: Health
    alerts: tuple[Ringing, ...]
    today: Period
    slots: tuple[Entry, ...]
    posts: tuple[tuple[str, int], ...]
    videos: tuple[tuple[str, int], ...]
    credits: int | None
    machine: tuple[tuple[str, float], ...]
    followers: Followers | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One span of a metric's history."""

    at: datetime
    low: float
    mean: float
    high: float


def overview(studio: Studio) -> Overview:
    """Return everything as it is now; nothing outside is asked."""
    now = studio.clock()
    day = now.astimezone(studio.settings.zone).date()
    values = collect(studio)
    with studio.database.transaction() as session:
        opened = ledger.opened_at(session, ACCOUNT)
        free = ledger.sums(session, ACCOUNT).free if opened else None
        follow = comings.followers(session, now - WEEK, now)
    leads = leading.leader(studio)
    posts: Counter[str] = Counter()
    for one in values:
        if one.metric == "elite8_posts":
            posts[dict(one.labels)["status"]] += int(one.value)
    videos = {dict(one.labels)["status"]: int(one.value) for one in values if one.metric == VIDEOS}
    machine = {one.metric: one.value for one in values if one.metric in MACHINE}
    return Overview(
        at=now,
        day=day,
        zone=studio.settings.time_zone,
        leader=leads.who if leads else "",
        health=health.health(studio),
        alerts=alerts.ringing(studio),
        today=period(studio, "daily", day),
        slots=entries.between(studio, day, 1),
        posts=tuple((name, count) for name, count in posts.items() if count),
        videos=tuple((name, count) for name, count in videos.items() if count),
        credits=free,
        machine=tuple(machine.items()),
        followers=follow,
        seed=studio.seed,
    )


def days(studio: Studio, last: date, count: int) -> tuple[Period, ...]:
    """Return the figures of each of `count` days up to `last`, the oldest first."""
    return tuple(period(studio, "daily", last - n * DAY) for n in reversed(range(count)))


def history(studio: Studio, metric: str, labels: str, hours: int) -> tuple[Point, ...]:
    """Return the history of one series: by the hour, the last hours by five minutes."""
    since = studio.clock() - timedelta(hours=hours)
    with studio.database.transaction() as session:
        found = [
            *samples.history(session, metric, labels, HOUR, since),
            *samples.history(session, metric, labels, MINUTES, since),
        ]
    return tuple(Point(at=one.at, low=one.low, mean=one.mean, high=one.high) for one in found)


def today(studio: Studio) -> date:
    """Return which day it is in the operator's zone."""
    return studio.clock().astimezone(studio.settings.zone).date()
