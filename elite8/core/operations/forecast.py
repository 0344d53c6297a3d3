"""On which day the credits end."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from elite8.core.domain.credit import EntryKind
from elite8.core.domain.job import Family
from elite8.core.domain.tariff import Tariff
from elite8.core.errors import ConfigError
from elite8.core.operations import purse
from elite8.core.operations.purse import ACCOUNT
from elite8.core.storage import ledger
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

HORIZON = 62
"""Days a forecast looks ahead: two renewals."""
FIRST_HOUR, LAST_HOUR = 8, 21
"""When the day's videos are made: between the first and last posting slot (mission.md 1.5)."""
USUAL_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """When credits end: `ends_at` is the first video that does not fit, `None` within `days`.

    `free` is what the ledger has and what the plan gave since A2E was last heard. `short` counts,
    per day, the videos that do not fit; `left` are the free credits each evening.
    """

    free: int
    videos_a_day: int
    credits_a_video: int
    days: int
    ends_at: datetime | None
    short: tuple[tuple[date, int], ...]
    left: tuple[tuple[date, int], ...]

    @property
    def pace(self) -> str:
        """How many are made, in words."""
        return "1 video a day" if self.videos_a_day == 1 else f"{self.videos_a_day} videos a day"


def forecast(studio: Studio, *, videos_a_day: int | None, seconds: float) -> Forecast:
    """Return on which day credits end, making so many videos of that length a day.

    Without a number, as many as in the last seven days on average.
    """
    with studio.database.transaction() as session:
        if ledger.opened_at(session, ACCOUNT) is None:
            raise ConfigError(
                "there is nothing to forecast from: set ELITE8_A2E_API_KEY and run 'elite8 credits'"
            )
        purse.fill(studio, session, None)
        return from_here(studio, session, videos_a_day=videos_a_day, seconds=seconds)


def from_here(
    studio: Studio, session: Session, *, videos_a_day: int | None, seconds: float
) -> Forecast:
    """Return the forecast from what the ledger holds, which it leaves alone."""
    cost = studio.config.tariff.costs[Family.AVATAR_VIDEO].of(seconds)
    free = ledger.sums(session, ACCOUNT).free + unheard(studio, session)
    if videos_a_day is None:
        since = studio.clock() - timedelta(days=USUAL_DAYS)
        recent = ledger.entries(session, ACCOUNT, since=since)
        paid = sum(entry.kind == EntryKind.SETTLE for entry in recent)
        videos_a_day = max(1, round(paid / USUAL_DAYS))
    walked = walk(studio, free, videos_a_day, cost)
    missing = [(at, fitted) for at, fitted, _ in walked if not fitted]
    short = Counter(at.astimezone(studio.settings.zone).date() for at, _ in missing)
    evenings = {at.astimezone(studio.settings.zone).date(): left for at, _, left in walked}
    return Forecast(
        free=free,
        videos_a_day=videos_a_day,
        credits_a_video=cost,
        days=HORIZON,
        ends_at=missing[0][0] if missing else None,
        short=tuple(sorted(short.items())),
        left=tuple(sorted(evenings.items())),
    )


def unheard(studio: Studio, session: Session) -> int:
    """Return the credits of the days that no word of A2E has entered yet: an estimate."""
    now = studio.clock()
    entered = ledger.filled_at(session, ACCOUNT) or now
    missing = purse.days(entered.astimezone(UTC).date(), now.astimezone(UTC).date())
    return sum(grant(studio.config.tariff, day) for day in missing)


def walk(
    studio: Studio, free: int, videos_a_day: int, cost: int
) -> list[tuple[datetime, bool, int]]:
    """Return each coming video: when, whether it fits, and what is free after it."""
    tariff, now = studio.config.tariff, studio.clock()
    walked, granted = [], now.astimezone(UTC).date()
    for at in coming(studio, videos_a_day):
        for day in purse.days(granted, at.astimezone(UTC).date()):
            free += grant(tariff, day)
            granted = day
        fits = free - cost >= tariff.budget.reserve
        free -= cost if fits else 0
        walked.append((at, fits, free))
    return walked


def coming(studio: Studio, videos_a_day: int) -> list[datetime]:
    """Return when the coming videos would be made, evenly over each of the operator's days."""
    now, zone = studio.clock(), studio.settings.zone
    first = now.astimezone(zone).date()
    step = timedelta(hours=LAST_HOUR - FIRST_HOUR) / max(videos_a_day - 1, 1)
    times = [
        (datetime.combine(first + timedelta(days=day), time(FIRST_HOUR), zone) + number * step)
        for day in range(HORIZON)
        for number in range(videos_a_day)
    ]
    return [at.astimezone(UTC) for at in times if at > now]


def grant(tariff: Tariff, day: date) -> int:
    """Return the credits that come on a day."""
    monthly = tariff.current.monthly_credits if day.day == tariff.renews_on_day else 0
    return tariff.current.daily_bonus + monthly
