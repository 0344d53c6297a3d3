"""What was used of the proxy, as its rows say it; nothing outside is asked or loaded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from elite8.core.domain.metric import Value, value
from elite8.core.domain.proxy import DIRECT, FAILED, GB, SPANS, Balance, first_day, is_api
from elite8.core.storage import traffic
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

DAY = timedelta(days=1)
FEWEST = GB // 10
"""Bytes under which counts are not compared: the provider tells tenths of its GB (api page 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The budget of a day or month, in bytes; `held` is part of `used`."""

    span: str
    used: int
    usable: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What the provider says is left, and how far its count since `since` is from ours.

    `ratio` is `None` while too little was used to say.
    """

    at: datetime
    left_gb: float
    since: datetime
    theirs: int
    ours: int
    ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a region's proxy goes: `down` when its last try failed; `used`: bytes this month."""

    region: str
    used: int
    down: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The proxy as a page shows it; `direct`: lines of the last day that went directly instead.

    `left_gb` is what the provider said, `None` when it was never asked.
    """

    on: bool
    spans: tuple[Span, ...]
    exits: tuple[Way, ...]
    direct: int
    left_gb: float | None
    left_at: datetime | None


def glance(studio: Studio, session: Session, now: datetime) -> Glance | None:
    """Return how the proxy goes; `None` while it is off and was not used this month."""
    decided = studio.config.proxy
    on = [name for name, way in decided.regions.items() if decided.on and way.on]
    month = traffic.by_region(session, first_day("month", now))
    used = {name: up + down + held for name, up, down, held in month}
    if not on and not used:
        return None
    told = traffic.balances(session, limit=1)
    return Glance(
        on=bool(on),
        spans=tuple(span(studio, session, name, now) for name in SPANS),
        exits=tuple(
            Way(region=name, used=used.get(name, 0), down=is_down(session, name)) for name in on
        ),
        direct=sum(count for *_, count in direct(session, now)),
        left_gb=told[0].left_gb if told else None,
        left_at=told[0].at if told else None,
    )


def is_down(session: Session, region: str) -> bool:
    """Return whether the last try of a region's proxy failed."""
    last = traffic.newest(session, region)
    return last is not None and last.outcome in FAILED


def span(studio: Studio, session: Session, name: str, now: datetime) -> Span:
    """Return how much of a day's or month's budget is used."""
    decided = studio.config.proxy
    return Span(
        span=name,
        used=traffic.used(session, first_day(name, now)),
        usable=decided.usable(name),
        limit=decided.limit(name),
    )


def direct(session: Session, now: datetime) -> tuple[tuple[str, str, int], ...]:
    """Return region, reason and how many lines of the last day went directly instead.

    A test does not: what it asks is no network's interface.
    """
    sums: dict[tuple[str, str], int] = {}
    for name, host, outcome, count in traffic.since(session, DIRECT, now - DAY):
        if not is_api(host):
            continue
        sums[name, outcome] = sums.get((name, outcome), 0) + count
    return tuple((name, outcome, count) for (name, outcome), count in sorted(sums.items()))


def drift(told: Sequence[Balance]) -> Drift | None:
    """Return how far the provider's count is from ours since traffic was last bought.

    `told` is the newest first; `None`: it was never asked.
    """
    if not told:
        return None
    newest = first = told[0]
    for older in told[1:]:
        if older.left_gb < first.left_gb:
            break
        first = older
    theirs = round((first.left_gb - newest.left_gb) * GB)
    ours = newest.ours - first.ours
    most = max(theirs, ours)
    return Drift(
        at=newest.at,
        left_gb=newest.left_gb,
        since=first.at,
        theirs=theirs,
        ours=ours,
        ratio=abs(theirs - ours) / most if most >= FEWEST else None,
    )


def measured(studio: Studio) -> Iterator[Value]:
    """Yield what is measured of the proxy, once it is or was on."""
    decided, now = studio.config.proxy, studio.clock()
    on = [name for name, way in decided.regions.items() if decided.on and way.on]
    with studio.database.transaction() as session:
        sums = traffic.by_region(session)
        if not on and not sums:
            return
        for name, up, down, _ in sums:
            yield value("elite8_proxy_bytes", up, region=name, way="sent")
            yield value("elite8_proxy_bytes", down, region=name, way="received")
        for one in (span(studio, session, name, now) for name in SPANS):
            yield value("elite8_proxy_used_ratio", one.used / one.usable, span=one.span)
        counts = {(name, reason): count for name, reason, count in direct(session, now)}
        for name in on:
            yield value("elite8_proxy_down", is_down(session, name), region=name)
            for reason in DIRECT:
                there = counts.get((name, reason), 0)
                yield value("elite8_proxy_direct", there, region=name, reason=reason)
        said = drift(traffic.balances(session))
    if said is not None:
        yield value("elite8_proxy_left_bytes", said.left_gb * GB)
        if said.ratio is not None:
            yield value("elite8_proxy_drift_ratio", said.ratio)
