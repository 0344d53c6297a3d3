"""How long subscribers stay: retention by the month first paid, and survival with its interval."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from elite8.core.domain import renewing, survival
from elite8.core.domain.arrays import Counts, Flags
from elite8.core.domain.fitting import TooLittleData
from elite8.core.domain.paid_time import DAY, FOREVER, Spells, month_named, month_of, month_starts
from elite8.core.domain.renewing import Renewal
from elite8.core.domain.share import FEWEST, Share, estimated
from elite8.core.domain.subscriber import Tier
from elite8.core.domain.survival import Curve
from elite8.core.errors import ConfigError
from elite8.core.operations import paid_book
from elite8.core.operations.paid_book import Book
from elite8.core.studio import Studio

A_MONTH = 30.4375 * DAY
"""Seconds of one, on average."""
CALENDAR = "Asia/Tokyo"
"""Whose months they are where a platform bills by the calendar's (Fantia)."""
AHEAD = 12
"""Months that renewals are told beyond what was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Only:
    """Whose subscriptions are meant; "" is everybody's."""

    platform: str = ""
    character: str = ""
    tier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A share of a cohort; `n` of it, with Wilson's interval under a hundred."""

    n: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Who paid first in one month; `kept` month after month, `None` where it is not known yet.

    `people` is `None` for fewer than ten, of whom nothing is told.
    """

    first: date
    people: int | None
    kept: tuple[Kept | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Cohorts, the earliest first, in months of the operator's zone."""

    zone: str
    only: Only
    cohorts: tuple[Cohort, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """After so many months: who was at risk and left, and the share still there."""

    month: int
    at_risk: int
    lost: int
    survival: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """Kaplan and Meier's curve of first subscriptions, and what sBG foretells; `why` it does not.

    `seen` are whole months anyone was watched for; nothing is told of fewer than ten people.
    """

    only: Only
    people: int | None
    left: int | None
    points: tuple[Point, ...]
    median: float | None
    seen: float
    alpha: float | None
    beta: float | None
    foretold: tuple[float, ...]
    why: str
    notes: tuple[str, ...]


def chosen(found: Book, only: Only) -> Flags:
    """Return which subscriptions are meant; a name nobody has is a ConfigError."""
    kept = np.ones(found.paid.people, dtype=bool)
    for name in ("platform", "character"):
        if word := getattr(only, name):
            number = found.places.numbers.get(word, -1)
            kept &= getattr(found, name) == number
    if only.tier:
        tiers = found.paid.last_tier(FOREVER)
        kept &= np.array([found.tier(int(one)) == only.tier for one in tiers], dtype=bool)
    if not kept.any() and any((only.platform, only.character, only.tier)):
        words = ", ".join(filter(None, (only.platform, only.character, only.tier)))
        there = sorted({found.places.names[one] for one in np.unique(found.platform).tolist()})
        raise ConfigError(
            f"no subscription is known for {words[:60]}; "
            f"tiers are {', '.join(Tier)}, platforms with some {', '.join(there) or 'none so far'}"
        )
    return kept


def retention(studio: Studio, only: Only) -> Retention:
    """Return the cohorts of everybody, or of some."""
    return retained(studio, paid_book.book(studio), only)


def retained(studio: Studio, found: Book, only: Only) -> Retention:
    """Return the cohorts of what is known.

    Active in a month is who pays at its end; the month of the first payment counts as one. Where
    anybody of a cohort was due in a month, and nothing was heard since, it is not known.
    """
    zone = studio.settings.time_zone
    mine = chosen(found, only)
    spells = found.paid.spells
    person, month, unsure = paid_months(spells, mine, found, zone)
    now = int(month_of(np.array([int(found.until.timestamp())]), zone)[0])
    cohorts = survival.cohorts(person, month, now - 1)
    doubt = in_doubt(person, month, unsure)
    return Retention(
        zone=zone,
        only=only,
        cohorts=tuple(cohort(one, doubt) for one in cohorts),
        notes=paid_book.stale(found),
    )


def paid_months(
    spells: Spells, mine: Flags, found: Book, zone: str
) -> tuple[Counts, Counts, Flags]:
    """Return person and month of every month that somebody paid in, and which are not sure."""
    kept = mine[spells.of]
    of, begin, end = spells.of[kept], spells.begin[kept], spells.end[kept]
    now = int(found.until.timestamp())
    first = month_of(begin, zone)
    last = month_of(np.minimum(spells.lapse[kept], now + 1) - 1, zone)
    ends = month_starts(zone)
    gone = ends[last + 1] > spells.lapse[kept]
    count = np.maximum(last - first + np.where(gone, 0, 1), 1)
    place = np.repeat(np.arange(of.size), count)
    month = first[place] + np.arange(place.size) - np.repeat(np.cumsum(count) - count, count)
    open_end = (~spells.ended[kept])[place] & (ends[month + 1] > end[place])
    return of[place], month, open_end & (month > first[place])


def in_doubt(person: Counts, month: Counts, unsure: Flags) -> frozenset[tuple[int, int]]:
    """Return the cohorts and months of which somebody is not known to have stayed."""
    if not unsure.any():
        return frozenset()
    began = np.full(int(person.max()) + 1, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(began, person, month)
    pairs = np.unique(np.stack([began[person[unsure]], month[unsure]]), axis=1)
    return frozenset((int(cohort), int(when)) for cohort, when in pairs.T)


def cohort(found: survival.Cohort, doubt: frozenset[tuple[int, int]]) -> Cohort:
    """Return one cohort as it is told."""
    shares = [
        None if (found.month, found.month + after) in doubt else found.share(after)
        for after in range(len(found.active))
    ]
    while shares and shares[-1] is None:
        shares.pop()
    return Cohort(
        first=month_named(found.month),
        people=found.people if found.told else None,
        kept=tuple(map(kept_of, shares)) if found.told else (),
    )


def kept_of(share: Share | None) -> Kept | None:
    """Return a share as it is told."""
    if share is None:
        return None
    rate, low, high = estimated(share.count, share.of)
    return None if rate is None else Kept(n=share.count, share=rate, low=low or 0, high=high or 0)


def curve(studio: Studio, only: Only) -> Survival:
    """Return how long everybody stays at first, or some."""
    return curved(paid_book.book(studio), only)


def curved(found: Book, only: Only) -> Survival:
    """Return the curve of what is known."""
    spells, mine = found.paid.spells, chosen(found, only)
    kept = spells.first & mine[spells.of]
    tenure, ended = tenures(spells, kept, found)
    km = survival.curve(tenure, ended)
    told = km.people >= FEWEST
    monthly = kept & (spells.months == 1)
    model, why = renewal(*tenures(spells, monthly, found)) if told else (None, "fewer than 10")
    horizon = int(km.longest) + AHEAD if told else 0
    lost = int(ended.sum())
    return Survival(
        only=only,
        people=km.people if told or not km.people else None,
        left=(lost if not 0 < lost < FEWEST else None) if told else None,
        points=points(km) if told else (),
        median=km.median if told else None,
        seen=km.longest,
        alpha=model.alpha if model else None,
        beta=model.beta if model else None,
        foretold=tuple(model.survival(np.arange(horizon + 1.0)).tolist()) if model else (),
        why=why,
        notes=paid_book.stale(found),
    )


def tenures(spells: Spells, kept: Flags, found: Book) -> tuple[Counts, Flags]:
    """Return whole months: those paid of who left, those renewed of who is there.

    Who left after n months did so at the n-th renewal; of who is in the n-th one n - 1 are known.
    """
    begin, end, ended = spells.begin[kept], spells.end[kept], spells.ended[kept]
    now = int(found.until.timestamp())
    until = np.where(ended, end, np.minimum(end, now))
    by_calendar = found.calendar[spells.of[kept]]
    months = np.where(
        by_calendar,
        month_of(until - 1, CALENDAR) - month_of(begin, CALENDAR) + 1,
        (until - begin) / A_MONTH,
    )
    paid = np.maximum(np.rint(months), 1)
    renewed = np.where(by_calendar | (end <= now), paid - 1, np.floor(months))
    return np.where(ended, paid, renewed).astype(np.int64), ended


def renewal(tenure: Counts, ended: Flags) -> tuple[Renewal | None, str]:
    """Return the model of monthly renewals, or why there is none."""
    try:
        return renewing.fitted(tenure, ended), ""
    except (TooLittleData, ConfigError) as why:
        return None, str(why)


def points(km: Curve) -> tuple[Point, ...]:
    """Return the curve at each month at which somebody left."""
    columns: tuple[list[float], ...] = (
        *(km.times.tolist(), km.at_risk.tolist(), km.lost.tolist()),
        *(km.survival.tolist(), km.low.tolist(), km.high.tolist()),
    )
    return tuple(
        Point(month=int(at), at_risk=int(n), lost=int(gone), survival=s, low=low, high=high)
        for at, n, gone, s, low, high in zip(*columns, strict=True)
    )
