"""MRR from one instant to another: what moved it, churn by its names, and other money beside it.

Every amount is in whole minor units of one currency. Currencies are never added, unless the
operator's own dated rates turn all of them into one first.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from elite8.core.domain import recurring
from elite8.core.domain.arrays import Counts, Flags
from elite8.core.domain.money import told
from elite8.core.domain.moves import Moves
from elite8.core.domain.recurring import Movements
from elite8.core.domain.share import FEWEST, Share, estimated
from elite8.core.errors import ConfigError
from elite8.core.operations import brought, paid_book, revenue
from elite8.core.operations.brought import BROUGHT
from elite8.core.operations.funnel import Period
from elite8.core.operations.money_look import Look, exchanged, looked
from elite8.core.operations.paid_book import MESSAGES, RECURS, RETURNED, TIPS, Book
from elite8.core.storage import erasing
from elite8.core.studio import Studio

OWN = ("platform", "character", "tier", "country")
"""What subscriptions are told by that is their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Moves):
    """MRR of a time; shares of the start are `None` without one, or of fewer than ten."""

    gross_churn: float | None
    net_churn: float | None
    net_retention: float | None
    gross_retention: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Subscriptions that pay; a number of one to nine is `None`. `left` of those at the start."""

    start: int | None
    end: int | None
    active: int | None
    left: int | None
    churn: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came in during the time: for subscriptions, in tips, for messages, less paid back.

    `net` is less what platforms keep and taxes, `None` where a fee is not known.
    """

    subscriptions: int
    tips: int
    messages: int
    returned: int
    total: int
    net: int | None
    payers: int | None
    per_payer: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One name's money in one currency; "" is what nobody knows the name of.

    `pending` is the part of the end whose paid time is over and whose renewal may still come;
    `unpriced` how many are active at a price nobody told. `arpu` is the end by who is active,
    `arppu` by who pays. `per_credit` is what came in for each credit of the name's videos.
    """

    name: str
    label: str
    currency: str
    gross: Moved
    net: Moved | None
    people: People
    pending: int
    unpriced: int
    arpu: float | None
    arppu: float | None
    received: Received
    credits: int | None = None
    per_credit: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """A time's money, a total for each currency and rows by name that sum to it to the cent."""

    period: Period
    so_far: bool
    by: str
    totals: tuple[Row, ...]
    rows: tuple[Row, ...]
    rates: tuple[str, ...]
    notes: tuple[str, ...]


def month(studio: Studio, written: str = "") -> Period:
    """Return a month as 2026-10, the present one otherwise, in the operator's zone."""
    zone = ZoneInfo(studio.settings.time_zone)
    today = studio.clock().astimezone(zone).date()
    try:
        first = date.fromisoformat(f"{written}-01") if written else today.replace(day=1)
    except ValueError:
        raise ConfigError(f"'{written[:20]}' is no month; write it as 2026-10") from None
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    since, until = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, after))
    return Period(since=since, until=until, zone=studio.settings.time_zone)


def show(studio: Studio, meant: Period, by: str = "", into: str = "") -> Money:
    """Return what moved MRR in a time, all together or by name."""
    check(studio, meant, by)
    found = paid_book.book(studio, (meant.since, so_far(meant, studio.clock())))
    return shown(studio, found, meant, by, into)


def check(studio: Studio, meant: Period, by: str) -> None:
    """Refuse a time that is yet to come, and a name nothing is told by."""
    if meant.since >= studio.clock():
        raise ConfigError("that time is yet to come; choose one that has begun")
    if by and by not in (*OWN, *BROUGHT):
        raise ConfigError(f"no way to tell by '{by[:20]}'; choose {', '.join((*OWN, *BROUGHT))}")


def so_far(meant: Period, now: datetime) -> datetime:
    """Return when a time is over, or just after now."""
    return min(meant.until, now + timedelta(seconds=1))


def shown(studio: Studio, found: Book, meant: Period, by: str = "", into: str = "") -> Money:
    """Return the money of a time from what is known."""
    until = so_far(meant, found.until)
    day = (until - timedelta(seconds=1)).astimezone(ZoneInfo(meant.zone)).date()
    given = studio.config.exchange_rates
    look, rates = exchanged(given, looked(found, meant.since, until), day, into.upper())
    names = named(studio, look, by)
    everybody = np.zeros(look.book.paid.people, dtype=np.int64)
    by_name = rows(look, names, dict(enumerate(look.book.places.names))) if by else ()
    return Money(
        period=meant,
        so_far=until < meant.until,
        by=by,
        totals=tuple(rows(look, everybody, {0: ""})),
        rows=labelled(studio, meant, by, tuple(by_name)),
        rates=tuple(one.told for one in rates),
        notes=(*notes(look), *erased(studio, meant)),
    )


def erased(studio: Studio, meant: Period) -> Iterator[str]:
    """Yield what people who were erased or purged since paid in a time: it is in no figure.

    Of them only a sum of each month in UTC is kept.
    """
    zone = ZoneInfo(meant.zone)  # its days may reach hours into another month of UTC: not that one
    first, last = meant.since.astimezone(zone), meant.until.astimezone(zone) - timedelta(seconds=1)
    paid: Counter[str] = Counter()
    with studio.database.transaction() as session:
        for one in erasing.sums(session):
            if f"{first:%Y-%m}" <= one.month <= f"{last:%Y-%m}":
                paid[one.currency] += one.amount_minor
    for currency, amount in sorted(paid.items()):
        yield (
            f"{told(amount, currency)} more came in from people who were erased or purged since "
            "(months in UTC); nothing but that sum is kept of them"
        )


def named(studio: Studio, look: Look, by: str) -> Counts:
    """Return for each subscription the number of its name.

    Who changed tier is in the one they end in, with what they paid in the other; who is gone, in
    the last.
    """
    found = look.book
    if by in BROUGHT:
        return brought.column(studio, found, by)
    if by == "tier":
        tier = np.where(look.after.active, look.after.tier, found.paid.last_tier(look.until))
        return found.places.column([found.tier(int(one)) for one in tier])
    return getattr(found, by) if by else np.zeros(found.paid.people, dtype=np.int64)


def rows(look: Look, group: Counts, names: Mapping[int, str]) -> Iterator[Row]:
    """Yield each currency's rows, most money first, the unknown last."""
    before, after, cash = look.before, look.after, look.cash
    for number, currency in sorted(enumerate(look.book.currencies.names), key=lambda one: one[1]):
        was, now = before.currency == number, after.currency == number
        came = cash.currency == number
        there = (was & before.active) | (now & after.active)
        found = [
            row(look, number, (currency, names[which]), *parts)
            for which, *parts in split(group, there, cash.of, came)
        ]
        told = [one for one in found if currency or one.gross.end or one.received.total]
        yield from sorted(told, key=lambda one: (one.name == "", -one.gross.end, one.name))


def split(
    group: Counts, there: Flags, of: Counts, came: Flags
) -> Iterator[tuple[int, Counts, Counts]]:
    """Yield each group with its subscriptions and its money."""
    people, money = np.flatnonzero(there), np.flatnonzero(came)
    people = people[np.argsort(group[people], kind="stable")]
    money = money[np.argsort(group[of[money]], kind="stable")]
    ours, theirs = group[people], group[of[money]]
    for which in np.union1d(ours, theirs):
        yield (
            int(which),
            people[slice(*np.searchsorted(ours, (which, which + 1)))],
            money[slice(*np.searchsorted(theirs, (which, which + 1)))],
        )


def row(look: Look, number: int, name: tuple[str, str], who: Counts, came: Counts) -> Row:
    """Return one row from its subscriptions and its money."""
    before, after = look.before, look.after
    was, now = before.currency[who] == number, after.currency[who] == number
    ever = look.had_paid(number)[who]
    gross, net = (
        recurring.movements(np.where(was, old[who], 0), np.where(now, new[who], 0), ever)
        for old, new in ((before.amount, after.amount), (before.net, after.net))
    )
    unknown = bool((was & before.unnetted[who]).any() or (now & after.unnetted[who]).any())
    active = int((now & after.active[who]).sum())
    pending = now & after.pending[who]
    return Row(
        name=name[1],
        label=name[1],
        currency=name[0],
        gross=moved(gross, gross.customers.of),
        net=None if unknown else moved(net, gross.customers.of),
        people=people(gross, active),
        pending=int(after.amount[who][pending].sum()),
        unpriced=int((now & after.unpriced[who]).sum()),
        arpu=gross.end / active if active >= FEWEST else None,
        arppu=gross.per_customer if gross.paying >= FEWEST else None,
        received=received(look, came),
    )


def moved(found: Movements, people: int) -> Moved:
    """Return movements as they are told."""
    told = people >= FEWEST
    return Moved(
        start=found.start,
        new=found.new,
        reactivation=found.reactivation,
        expansion=found.expansion,
        contraction=found.contraction,
        churned=found.churned,
        end=found.end,
        gross_churn=found.gross_churn if told else None,
        net_churn=found.net_churn if told else None,
        net_retention=found.net_retention if told else None,
        gross_retention=found.gross_retention if told else None,
    )


def few(number: int) -> int | None:
    """Return a number of people, `None` for one to nine."""
    return None if 0 < number < FEWEST else number


def people(found: Movements, active: int) -> People:
    """Return how many pay and how many left, with Wilson's interval."""
    left: Share = found.customers
    rate, low, high = estimated(left.count, left.of)
    return People(
        start=few(left.of),
        end=few(found.paying),
        active=few(active),
        left=few(left.count),
        churn=rate,
        low=low,
        high=high,
    )


def received(look: Look, came: Counts) -> Received:
    """Return what came in."""
    cash = look.cash
    amount, act = cash.amount[came], cash.act[came]
    payer = look.book.subscriber[cash.of[came]]
    payers = int(np.unique(payer[(amount > 0) & (act != RETURNED)]).size)
    total = int(amount.sum())
    return Received(
        **{
            name: int(amount[act == kind].sum())
            for name, kind in (
                ("subscriptions", RECURS),
                ("tips", TIPS),
                ("messages", MESSAGES),
                ("returned", RETURNED),
            )
        },
        total=total,
        net=None if cash.unnetted[came].any() else int(cash.net[came].sum()),
        payers=few(payers),
        per_payer=total / payers if payers >= FEWEST else None,
    )


def labelled(studio: Studio, meant: Period, by: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Return rows with what posts and videos are called, and what each credit brought."""
    if by not in BROUGHT:
        return tuple(rows)
    labels = brought.labels(studio, by, {one.name for one in rows})
    spent = revenue.credits_by(studio, meant, BROUGHT[by])
    return tuple(
        replace(
            one,
            label=labels.get(one.name, one.name),
            credits=(coins := spent.get(one.name)),
            per_credit=revenue.divided(one.received.total, coins or 0),
        )
        for one in rows
    )


def notes(look: Look) -> tuple[str, ...]:
    """Return what keeps the figures from saying more."""
    found, said = look.book, [*paid_book.stale(look.book)]
    if unpriced := int(look.after.unpriced.sum()):
        said.append(f"{unpriced:,} are active at a price that nobody told; they are not in MRR")
    unknown = look.after.unnetted | look.before.unnetted
    unfeed = sorted({found.places.names[one] for one in np.unique(found.platform[unknown])})
    if unfeed:
        said.append(
            f"the fee of {', '.join(unfeed)} is not known: enter fee_percent in "
            "phase2/platform_terms.json to see what is left"
        )
    return tuple(said)
