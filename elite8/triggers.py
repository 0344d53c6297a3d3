"""When to tick: by a cron expression in UTC, also where a clock goes faster."""

from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from elite8.core.clock import Clock, FastClock
from elite8.core.domain.cron import FIELDS


class FastTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Ticks when a fast clock shows what another trigger waits for."""

    def __init__(self, clock: FastClock, at: CronTrigger) -> None:
        self.clock, self.at = clock, at

    def get_next_fire_time(self, previous: datetime | None, _now: datetime) -> datetime | None:
        """Return the next real instant to tick at."""
        after = self.clock()
        if previous is not None:  # rounding may have brought it here early
            after = max(after, self.clock.shows(previous) + timedelta(seconds=1))
        found = self.at.get_next_fire_time(None, after)
        return found and self.clock.real(found)


def trigger(clock: Clock, cron: str, every: float | None) -> BaseTrigger:
    """Return when to tick: by the cron expression, or all `every` seconds."""
    if every is not None:
        return IntervalTrigger(seconds=every, timezone=UTC)
    by_cron = CronTrigger(**dict(zip(FIELDS, cron.split(), strict=True)), timezone=UTC)
    return FastTrigger(clock, by_cron) if isinstance(clock, FastClock) else by_cron
