"""The rule of paid time a second time, for one subscription and one instant, in plain loops."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
LATE = timedelta(days=3)
NEVER = datetime(2242, 1, 1, tzinfo=UTC)


@dataclass
class Payment:
    at: datetime
    amount: int | None
    fee: int | None = None
    back: int = 0
    back_at: datetime | None = None


@dataclass
class Export:
    seen: datetime
    status: str = "active"
    began: datetime | None = None
    until: datetime | None = None
    months: int = 1
    amount: int | None = 999
    tier: int = 0


@dataclass
class History:
    payments: list[Payment] = field(default_factory=list)
    exports: list[Export] = field(default_factory=list)
    ends: list[datetime] = field(default_factory=list)


@dataclass
class Billing:
    grace: timedelta = timedelta()
    calendar: bool = False
    known: datetime = NEVER


@dataclass
class Claim:
    begin: datetime
    end: datetime
    told: datetime
    rank: int
    order: float
    month: int | None
    backwards: bool = False


def later(at: datetime, months: int) -> datetime:
    years, month = divmod(at.month - 1 + months, 12)
    last = monthrange(at.year + years, month + 1)[1]
    return at.replace(year=at.year + years, month=month + 1, day=min(at.day, last))


def calendar_end(at: datetime, months: int) -> datetime:
    first = at.astimezone(TOKYO).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return later(first, months).astimezone(UTC)


def a_month(amount: int | None, months: int) -> int | None:
    return None if amount is None else round(amount / months)


def began(history: History, one: Export) -> datetime | None:
    """Return when an export says that it began, at the hour of a payment on that day."""
    if one.began is None:
        return None
    hours = [
        paid.at
        for paid in history.payments
        if timedelta() <= paid.at - one.began < timedelta(days=1)
    ]
    return min(hours, default=one.began)


def spoken(history: History, at: datetime) -> Export | None:
    after = [one for one in history.exports if one.seen >= at]
    return after[0] if after else (history.exports[-1] if history.exports else None)


def period(history: History, one: Export) -> tuple[datetime, datetime] | None:
    """Return from when until when an export says that is paid."""
    if one.status == "unknown":
        return None
    if one.until is not None:
        end = one.until
    else:
        end = later(one.seen, one.months) if one.status == "active" else one.seen
    if one.status in ("expired", "paused"):
        end = min(end, one.seen)
    begin = later(end, -one.months)
    since = began(history, one)
    return (max(begin, since) if since else begin), end


def all_ends(history: History, billing: Billing) -> list[tuple[datetime, datetime]]:
    found = [(at, at) for at in history.ends]
    for one in history.exports:
        span = period(history, one)
        if span and one.status in ("expired", "paused", "cancelled"):
            found.append((span[1], one.seen))
    for paid in history.payments:
        end = paid_until(history, paid, billing)
        if paid.back_at and paid.amount and paid.amount + paid.back <= 0 and paid.back_at < end:
            found.append((paid.back_at, paid.back_at))
    return found


def paid_until(history: History, paid: Payment, billing: Billing) -> datetime:
    export = spoken(history, paid.at)
    months = export.months if export else 1
    return calendar_end(paid.at, months) if billing.calendar else later(paid.at, months)


def all_claims(history: History, billing: Billing) -> list[Claim]:
    ends = all_ends(history, billing)
    found = []
    for paid in history.payments:
        export = spoken(history, paid.at)
        amount = paid.amount
        if amount is None:
            amount = export.amount if export else None
        month = a_month(amount, export.months if export else 1)
        until = paid_until(history, paid, billing)
        found.append(Claim(paid.at, until, paid.at, 2, paid.at.timestamp(), month))
    for one in history.exports:
        span = period(history, one)
        if span is None:
            continue
        gone = max(
            (at for at, told in ends if max(at, told) < one.seen),
            default=datetime(1970, 1, 1, tzinfo=UTC),
        )
        begin, end = max(span[0], min(gone, span[1])), span[1]
        month = a_month(one.amount, one.months)
        found.append(Claim(begin, end, one.seen, 1, begin.timestamp(), month))
        since = began(history, one)
        if since and since >= gone and since < begin:
            order = -one.seen.timestamp()
            found.append(Claim(since, begin, one.seen, 0, order, month, backwards=True))
    return found


def standing(history: History, billing: Billing, instant: datetime) -> tuple[bool, bool, int]:
    """Return whether active, whether pending, and what a month costs, just before an instant."""
    now = instant - timedelta(seconds=1)
    ends = all_ends(history, billing)
    best: tuple[tuple[bool, int, float, int], Claim] | None = None
    for number, one in enumerate(all_claims(history, billing)):
        if one.end <= one.begin:
            continue
        lapse = one.end
        if not one.backwards:
            lapse += billing.grace + LATE
            if billing.known < lapse:
                lapse = NEVER
        cuts = [at for at, told in ends if at > min(one.begin, one.told) and told >= one.told]
        end, lapse = min([one.end, *cuts]), min([lapse, *cuts])
        if not one.begin <= now < lapse:
            continue
        place = (now < end, one.rank, one.order, number)
        if best is None or place > best[0]:
            best = (place, one)
    if best is None:
        return False, False, 0
    return True, not best[0][0], best[1].month or 0


def paid_before(history: History, billing: Billing, instant: datetime) -> bool:
    """Return whether anything was paid before an instant: looked at wherever anything changes."""
    moment = timedelta(seconds=1)
    edges = {one.begin for one in all_claims(history, billing)} | {
        one.end for one in all_claims(history, billing)
    }
    edges |= {at for at, _ in all_ends(history, billing)}
    edges |= {at + billing.grace + LATE for at in edges}
    return any(standing(history, billing, at + moment)[2] > 0 for at in edges if at < instant)
