"""What a post for a region needs: its networks that can be used, a local time, money."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from elite8.core.domain.account import Account
from elite8.core.domain.destination import ONLINE
from elite8.core.domain.job import Family
from elite8.core.domain.region import Region, Window
from elite8.core.domain.wall import on_day
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import outlets
from elite8.core.operations.brief import choose_engine
from elite8.core.storage import accounts as kept_accounts
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

GRID = 5
"""Minutes between two times of a window."""
LOOKED_AHEAD = 14
"""Days in which a window with room is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A time in a window: the instant, and the wall time meant in the region's zone."""

    at: datetime
    day: date
    time: str

    @property
    def wall(self) -> str:
        """The wall time as a post keeps it."""
        return f"{self.day} {self.time}"


def named(studio: Studio, code: str) -> Region:
    """Return a region by its two letters; one that is not configured is a ConfigError."""
    regions = studio.config.regions.regions
    if (found := regions.get(code.upper())) is None:
        raise ConfigError(f"no region '{code[:20]}'; choose {', '.join(regions)}")
    return found


def chosen(studio: Studio, written: str | Sequence[str], *, allow_later: bool) -> tuple[str, ...]:
    """Return the regions meant by "US,JP", each once; one of `later` is Refused unless allowed."""
    words = written.split(",") if isinstance(written, str) else written
    codes = tuple(dict.fromkeys(word.strip().upper() for word in words if word.strip()))
    if not codes:
        raise ConfigError("say for which regions: --regions US,JP")
    for code in codes:
        one = named(studio, code)
        if one.status == "later" and not allow_later:
            raise Refused(
                f"{one.name} ({code}) is for later; --allow-later schedules for it all the same"
            )
    return codes


def said(studio: Studio, written: str, *, allow_later: bool) -> tuple[str, ...]:
    """Return the regions meant, none when nothing is said."""
    return chosen(studio, written, allow_later=allow_later) if written else ()


def able(
    session: Session, region: Region, code: str, character: str, only: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the networks on which an account takes this performer's posts, in the region's order.

    `only` are those a stage goes to, all where there is none: the region's come first.
    """
    here = [one.name for one in region.networks]
    meant = [name for name in dict.fromkeys((*here, *only)) if name in only] if only else here
    return tuple(
        name
        for name in meant
        if name in ONLINE and outlets.best(there(session, name), character, code) is not None
    )


def account(session: Session, network: str, code: str, character: str) -> str:
    """Return the id of the account that a region's post goes out by, "" for none."""
    found = outlets.best(there(session, network), character, code)
    return found.id if found else ""


def there(session: Session, network: str) -> Sequence[Account]:
    """Return the accounts of a network."""
    return kept_accounts.every(session, network)


def drawn(region: Region, rng: Random, count: int) -> tuple[str, ...]:
    """Return so many of the networks we can post on, by lot by their weights, none twice."""
    left = {one.name: one.weight for one in region.networks if one.name in ONLINE}
    found: list[str] = []
    while left and len(found) < count:
        (name,) = rng.choices([*left], [*left.values()])
        found.append(name)
        del left[name]
    return tuple(found)


def on(region: Region, day: date, rng: Random) -> Opening | None:
    """Return a time by lot in a window of a day there; `None` on a day without one.

    The longer a window, the likelier it is. A time that the clock skips is later by the gap.
    """
    windows = region.open_on(day)
    if not windows:
        return None
    (window,) = rng.choices(windows, [one.minutes for one in windows])
    steps = max(window.minutes // GRID, 1)
    minutes = window.begins.hour * 60 + window.begins.minute + rng.randrange(steps) * GRID
    return opening(region, day, time(minutes // 60, minutes % 60))


def opening(region: Region, day: date, at: time) -> Opening:
    """Return a wall time of a day there as an opening."""
    return Opening(at=on_day(day, at, region.zone), day=day, time=f"{at:%H:%M}")


def openings(region: Region, soonest: datetime, rng: Random) -> Iterator[Opening]:
    """Yield one time in each window from `soonest` on, the earliest first, for two weeks."""
    today = soonest.astimezone(region.zone).date()
    for day in (today + timedelta(days=n) for n in range(LOOKED_AHEAD)):
        for window in region.open_on(day):
            begins = window.begins.hour * 60 + window.begins.minute
            every = (begins + step for step in range(0, max(window.minutes, 1), GRID))
            here = [opening(region, day, time(m // 60, m % 60)) for m in every]
            if coming := [one for one in here if one.at >= soonest]:
                yield rng.choice(coming)


def cost_of_one(studio: Studio, seconds: float | None = None, engine: str = "auto") -> float:
    """Return what one video counts for in dollars; nothing where this machine films."""
    if (said := studio.config.strategy.posting.usd_a_video) is not None:
        return said
    return of_tariff(studio, seconds) if choose_engine(studio, engine) == "a2e" else 0.0


def of_tariff(studio: Studio, seconds: float | None = None) -> float:
    """Return what the paid engine takes for one video, in dollars."""
    tariff = studio.config.tariff
    length = seconds or studio.config.finishing.duration_seconds
    return tariff.costs[Family.AVATAR_VIDEO].of(length) * tariff.usd_per_credit


def a_day(studio: Studio, code: str, day: date) -> float:
    """Return what a region may cost on a day: its own budget, or its share of the month's."""
    region, allocation = named(studio, code), studio.config.strategy.budget
    own = region.budget.usd_per_day if region.budget else 0.0
    if (share := allocation.shares.get(code)) is None:
        return own
    return min(own, allocation.usd_per_month * share / days_in_month(day)) if own else own


def days_in_month(day: date) -> int:
    """Return how many days the month of a day has."""
    return monthrange(day.year, day.month)[1]


def day_there(region: Region, at: datetime) -> date:
    """Return the day of an instant in the region's zone."""
    return at.astimezone(region.zone).date()


def window_of(region: Region, wall: str) -> Window | None:
    """Return the window that a wall time is in, `None` for none."""
    if not wall:
        return None
    day, clock = wall.split(" ")
    windows = region.open_on(date.fromisoformat(day))
    return next((one for one in windows if one.start <= clock < one.end), None)
