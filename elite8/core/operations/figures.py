"""How the work goes, as metrics: videos, credits, posts, accounts, tasks."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from math import ceil
from statistics import median

from elite8.core.domain.account import Account
from elite8.core.domain.cron import missed_runs
from elite8.core.domain.destination import NAMES, ONLINE
from elite8.core.domain.metric import Value, value
from elite8.core.domain.post import PostStatus
from elite8.core.domain.video import VideoStatus
from elite8.core.operations import purse, stuck
from elite8.core.operations.leading import Leading, leader
from elite8.core.operations.purse import ACCOUNT
from elite8.core.operations.tasks import timetable
from elite8.core.storage import figures, ledger, readings
from elite8.core.storage.database import Session
from elite8.core.storage.figures import Lag
from elite8.core.studio import Studio

NETWORKS = NAMES
STATES = ("waiting", "publishing", "uncertain", "refused", "hidden")
IN_TIME = timedelta(minutes=2)
OBJECTIVE = 0.95
"""Share of posts that are to be out in time (issue 6: within two minutes of due over 7 days)."""
WEEK = timedelta(days=7)
WINDOWS = {"6h": timedelta(hours=6), "3d": timedelta(days=3)}
"""Over what time it is said how fast the objective is used up: a fault now, and one that lasts."""
FEWEST_POSTS = 4
FEWEST_VIDEOS = 5
READ = timedelta(days=28)
LATE_READING = timedelta(hours=3)


def measured(studio: Studio) -> Iterator[Value]:
    """Yield the values of everything that rows say."""
    now, leads = studio.clock(), leader(studio)
    with studio.database.transaction() as session:
        yield from videos(session, now)
        yield from posts(session, now)
        yield from engagement(session, now)
        yield from accounts(figures.signed_in(session), now)
        yield from tasks(studio, session, now, leads)
        yield from asked_of_us(session, now)
        if ledger.opened_at(session, ACCOUNT):
            yield from credits_left(studio, session)
    alarms = [str(alarm.state) for alarm in stuck.alarms(studio)]
    for state in STATES:
        yield value("elite8_posts_stuck", alarms.count(state), state=state)
    yield value("elite8_leader", leads is not None)


def videos(session: Session, now: datetime) -> Iterator[Value]:
    """Yield what becomes of videos."""
    counts = dict(figures.videos_by_status(session))
    for status in VideoStatus:
        yield value("elite8_videos", counts.get(status, 0), status=status)
    for name, count in figures.finished_by_character(session):
        yield value("elite8_videos_finished", count, character=name)
    found = figures.ended_videos(session, now - timedelta(days=1), now)
    week = figures.ended_videos(session, now - WEEK, now)
    yield value("elite8_videos_failed_in_a_row", in_a_row([one.good for one in week]))
    if took := [one.seconds for one in week if one.good and one.seconds is not None]:
        yield value("elite8_render_seconds", median(took))
    if len(found) >= FEWEST_VIDEOS:
        yield value("elite8_video_failure_ratio", sum(not one.good for one in found) / len(found))


def in_a_row(good: Sequence[bool]) -> int:
    """Return how many were not good before the newest that was."""
    return len([*takewhile(lambda each: not each, good)])


def posts(session: Session, now: datetime) -> Iterator[Value]:
    """Yield what becomes of posts, and whether they are out in time."""
    counts = {(name, status): count for name, status, count in figures.posts_by_status(session)}
    waits = dict(figures.overdue(session, now))
    for network in NETWORKS:
        for status in PostStatus:
            there = counts.get((network, status), 0)
            yield value("elite8_posts", there, network=network, status=status)
        since = now - waits.get(network, now)
        yield value("elite8_post_overdue_seconds", since.total_seconds(), network=network)
    yield value("elite8_posts_failed_in_a_row", in_a_row(figures.ended_posts(session, 20)))
    late = figures.lags(session, now - WEEK, now)
    for network in NETWORKS:
        if (lag := lag_of([one for one in late if one.network == network])) is not None:
            yield value("elite8_post_lag_seconds", lag, network=network)
    if settled := [one for one in late if is_settled(one, now)]:
        yield value("elite8_posts_in_time_ratio", sum(map(in_time, settled)) / len(settled))
    for name, window in WINDOWS.items():
        here = [one for one in settled if one.meant_at >= now - window]
        if len(here) >= FEWEST_POSTS:
            bad = sum(not in_time(one) for one in here) / len(here)
            yield value("elite8_posts_burn_ratio", bad / (1 - OBJECTIVE), window=name)


def lag_of(posts: Sequence[Lag]) -> float | None:
    """Return the seconds that 95 % of those that are out were no later than; `None` of none.

    What went out early counts as in time.
    """
    out = [(one.published_at - one.meant_at).total_seconds() for one in posts if one.published_at]
    return max(sorted(out)[ceil(len(out) * OBJECTIVE) - 1], 0.0) if out else None


def is_settled(lag: Lag, now: datetime) -> bool:
    """Return whether it is known if a post is in time: it is out, or late already."""
    return lag.published_at is not None or now - lag.meant_at > IN_TIME


def in_time(lag: Lag) -> bool:
    """Return whether a post was out within the time allowed."""
    return lag.published_at is not None and lag.published_at - lag.meant_at <= IN_TIME


def engagement(session: Session, now: datetime) -> Iterator[Value]:
    """Yield what posts have done, and whether anybody still asks."""
    for network, views, engaged, reached in figures.reactions(session, now - READ):
        yield value("elite8_views", views, network=network)
        if reached:
            yield value("elite8_engagement_ratio", engaged / reached, network=network)
    waiting = readings.due(session, now=now)
    late = sum(now - one.point > LATE_READING for one in waiting)
    yield value("elite8_readings_overdue", late)


def accounts(found: Sequence[Account], now: datetime) -> Iterator[Value]:
    """Yield how long sign-ins last, each account by the start of its id."""
    broken = [one.network for one in found if one.failure]
    for network in ONLINE:
        yield value("elite8_accounts_broken", broken.count(network), network=network)
    for one in found:
        ends = one.refresh_ends_at
        if ends is not None:
            left = (ends - now).total_seconds()
            yield value(
                "elite8_account_ends_seconds", left, network=one.network, account=one.id[:13]
            )


def asked_of_us(session: Session, now: datetime) -> Iterator[Value]:
    """Yield how many requests of people about their data are open, ring, and are late."""
    from elite8.core.storage import privacy  # with it come all tables about people

    for state, count in privacy.waiting(session, now).items():
        yield value("elite8_privacy_requests", count, state=state)


def tasks(
    studio: Studio, session: Session, now: datetime, leads: Leading | None
) -> Iterator[Value]:
    """Yield how tasks go and what waits to be told; what is off is not missed."""
    every, since = list(figures.ticks(session)), leads.since if leads else None
    began = {tick.task: tick.began_at for tick in every}
    for name, cron in timetable(studio).items():  # one that never ran is missed like any other
        missed = missed_runs(cron, began.get(name, since or now), since, now)
        yield value("elite8_task_missed_runs", missed, task=name)
    for tick in every:
        age = (now - (tick.good_at or tick.began_at)).total_seconds()
        yield value("elite8_task_age_seconds", age, task=tick.task)
        yield value("elite8_task_failures", tick.failed, task=tick.task)
        yield value("elite8_task_failed_in_a_row", tick.failures, task=tick.task)
    waiting = dict(figures.waiting_notices(session))
    for route in ("telegram", "email", "webhook"):
        yield value("elite8_notices_waiting", waiting.get(route, 0), route=route)


def credits_left(studio: Studio, session: Session) -> Iterator[Value]:
    """Yield what the purse holds."""
    sums = ledger.sums(session, ACCOUNT)
    month = purse.spent_since(session, purse.month_began(studio))
    today = purse.spent_since(session, purse.midnight(studio))
    tariff = studio.config.tariff
    yield value("elite8_credits_free", sums.free)
    yield value("elite8_credits_held", sums.held)
    yield value("elite8_credits_used_ratio", month / max(sums.free + month, 1))
    yield value("elite8_credits_left_today", tariff.budget.per_day - today)
    yield value("elite8_month_cost_usd", round(month * tariff.usd_per_credit, 2))
