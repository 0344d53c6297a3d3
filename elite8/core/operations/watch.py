"""Collect every metric, keep its history, see what rings; each minute, by whoever leads."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from statistics import StatisticsError, linear_regression

from elite8.core import clock, log
from elite8.core.domain.alert import OPEN, SEVERITIES
from elite8.core.domain.metric import Value, value
from elite8.core.domain.sample import DAY, HOUR, MINUTES
from elite8.core.errors import Elite8Error
from elite8.core.operations import figures, health, machine, usage
from elite8.core.operations.signing import has_signing_key, signing_key
from elite8.core.storage import alerts, samples, traffic
from elite8.core.studio import Studio

Collector = Callable[[Studio], Iterator[Value]]
WEEK = timedelta(days=7)
OLD_TRAFFIC = timedelta(days=70)
"""After that only the sum of a day's bytes through the proxy is kept; a budget is a month's."""
FEWEST = 24
"""Hours of history that a trend needs."""


def collect(studio: Studio) -> tuple[Value, ...]:
    """Return every value there is; what cannot be collected is told and leaves the rest whole."""
    found: list[Value] = []
    for name, collector in COLLECTORS.items():
        try:
            found += collector(studio)
            broken = 0
        except Exception as fault:  # noqa: BLE001  # the watch goes on
            log.get().error("collector.broken", collector=name, exc_info=fault)
            broken = 1
        found.append(value("elite8_collector_broken", broken, collector=name))
    return tuple(found)


def keep(studio: Studio, values: tuple[Value, ...]) -> None:
    """Add the values to the history."""
    with studio.database.transaction() as session:
        samples.keep(session, values, studio.clock(), MINUTES)


def roll_up(studio: Studio) -> int:
    """Merge old spans into longer ones and forget the oldest; return how many rows went."""
    kept, now = studio.config.metrics, studio.clock()
    with studio.database.transaction() as session:
        went = samples.roll_up(session, MINUTES, HOUR, now - timedelta(days=kept.keep_fine_days))
        went += traffic.fold(session, (now - OLD_TRAFFIC).date())
        went += samples.roll_up(session, HOUR, DAY, now - timedelta(days=kept.keep_hours_days))
        return went + samples.forget(session, DAY, now - timedelta(days=kept.keep_days))


def trends(studio: Studio) -> Iterator[Value]:
    """Yield what history says of days to come."""
    now = studio.clock()
    with studio.database.transaction() as session:
        found = [
            *samples.history(session, "elite8_disk_free_bytes", "", HOUR, now - WEEK),
            *samples.history(session, "elite8_disk_free_bytes", "", MINUTES, now - WEEK),
        ]
        open_ones = [one.severity for one in alerts.every(session) if one.state in OPEN]
    for severity in SEVERITIES:
        yield value("elite8_alerts", open_ones.count(severity), severity=severity)
    left = until_none([(one.at, one.mean) for one in found], now)
    if left is not None:
        yield value("elite8_disk_full_seconds", left.total_seconds())


def until_none(history: list[tuple[datetime, float]], now: datetime) -> timedelta | None:
    """Return when a falling line meets zero; `None` when it does not fall, or over a year on."""
    if not history or now - min(at for at, _ in history) < FEWEST * HOUR:
        return None
    ages = [(at - now).total_seconds() for at, _ in history]
    try:
        slope, here = linear_regression(ages, [amount for _, amount in history])
    except StatisticsError:
        return None
    if slope >= 0 or here / -slope > timedelta(days=365).total_seconds():
        return None
    return timedelta(seconds=max(here / -slope, 0))


def signing(studio: Studio) -> Iterator[Value]:
    """Yield how long the certificate that signs videos is good, once there is one."""
    if not has_signing_key(studio):
        return
    left = signing_key(studio).expires - studio.clock()
    yield value("elite8_signing_key_expires_seconds", left.total_seconds())


def outside(studio: Studio) -> Iterator[Value]:
    """Yield what others say of this machine's clock, and how large the store is."""
    skew = studio.database.ahead() or clock.clock_skew()
    if skew is not None:
        yield value("elite8_clock_skew_seconds", abs(skew.total_seconds()))
    if file := studio.database.file:
        parts = (file, file.with_name(f"{file.name}-wal"))
        size = sum(part.stat().st_size for part in parts if part.exists())
        yield value("elite8_database_bytes", size)


COLLECTORS: dict[str, Collector] = {
    "machine": machine.measured,
    "work": figures.measured,
    "trends": trends,
    "signing": signing,
    "outside": outside,
    "proxy": usage.measured,
}


def ping(studio: Studio) -> None:
    """Tell the dead man's switch that all is well; while it is not, it hears nothing.

    Whoever is behind the address says so when it hears nothing for a while: also when this machine
    is gone.
    """
    address = studio.config.alerts.ping_url
    if not address or not health.health(studio).good:
        return
    from elite8.core import http

    try:
        with http.open_client(transport=studio.transport) as line:
            http.read(lambda: line.get(address))
    except Elite8Error as trouble:
        log.get().warning("ping.failed", why=str(trouble))
