"""What subscribers and buyers are worth, never without horizon, discount and how it was found."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from elite8.core.domain import buying, recurring, spending, survival
from elite8.core.domain.arrays import Counts, Flags, Floats
from elite8.core.domain.fitting import TooLittleData
from elite8.core.domain.paid_time import DAY, Standing
from elite8.core.domain.renewing import Renewal
from elite8.core.domain.share import FEWEST
from elite8.core.errors import ConfigError
from elite8.core.operations import paid_book, staying
from elite8.core.operations.paid_book import Book
from elite8.core.storage import takings
from elite8.core.studio import Studio

WEEKS_A_MONTH = 365.25 / 12 / 7
MOST_MONTHS = 120
MOST_FITTED = 10_000
"""Buyers that a model is made of."""
MOST = 2**20
"""More than there are platforms, tiers and currencies."""
Names = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How far ahead money is counted, and what a year of waiting takes off it."""

    months: int
    discount_a_year: float

    @property
    def a_month(self) -> float:
        """Return the discount of a month."""
        return float((1 + self.discount_a_year) ** (1 / 12) - 1)

    @property
    def weeks(self) -> int:
        """Return the horizon in weeks."""
        return round(self.months * WEEKS_A_MONTH)

    @property
    def a_week(self) -> float:
        """Return the discount of a week."""
        return float((1 + self.discount_a_year) ** (7 / 365.25) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribing:
    """What a new subscriber of one platform and tier is worth, in minor units; `None` is untold.

    `margin` is a month's, `net` of what the platform keeps or not. `months` is how far it was
    counted. `left_each` and `left_all` are what who is there is still worth, without a horizon.
    """

    platform: str
    tier: str
    currency: str
    paying: int | None
    margin: float | None
    net: bool
    worth: float | None
    method: str
    months: int
    left_each: float | None
    left_all: float | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Buying:
    """What buyers of tips and messages are still worth within the horizon, in minor units.

    `link` is the correlation of how often and how much, which has to be quiet. `alive` are those
    expected to buy still.
    """

    platform: str
    currency: str
    buyers: int | None
    alive: float | None
    worth_each: float | None
    worth_all: float | None
    net: bool
    link: float | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """What everybody is worth, by platform and tier, and buyers by platform."""

    months: int
    discount_a_year: float
    subscribing: tuple[Subscribing, ...]
    buying: tuple[Buying, ...]
    notes: tuple[str, ...]


def terms(studio: Studio, months: int | None = None, discount: float | None = None) -> Terms:
    """Return what is asked for, else as platform_terms.json has it; nonsense is a ConfigError."""
    value = studio.config.platform_terms.value
    far = round(value.horizon_weeks / WEEKS_A_MONTH) if months is None else months
    off = value.discount_a_year if discount is None else discount / 100
    if not 1 <= far <= MOST_MONTHS:
        raise ConfigError(f"--horizon {far} is outside 1 to {MOST_MONTHS} months")
    if not 0 < off <= 5:  # noqa: PLR2004  # as platform_terms.json
        raise ConfigError("--discount is percent a year, above 0 and 500 at most")
    return Terms(months=far, discount_a_year=off)


def lifetime(studio: Studio, asked: Terms) -> Lifetime:
    """Return what subscribers and buyers are worth."""
    return of_book(studio, paid_book.book(studio), asked)


def of_book(studio: Studio, found: Book, asked: Terms) -> Lifetime:
    """Return the same of what is known."""
    return Lifetime(
        months=asked.months,
        discount_a_year=asked.discount_a_year,
        subscribing=tuple(subscribers(found, asked)),
        buying=tuple(buyers(studio, found, asked)),
        notes=paid_book.stale(found),
    )


def subscribers(found: Book, asked: Terms) -> Iterator[Subscribing]:
    """Yield each platform's tiers in each currency, of those who pay now."""
    now = found.paid.at(int(found.until.timestamp()) + 1)
    tier = np.where(now.active, now.tier, found.paid.last_tier(int(found.until.timestamp()) + 1))
    here = np.flatnonzero(now.paying)
    columns = found.platform[here], tier[here], now.currency[here]
    # One key a row: sorting rows of three takes ten times as long.
    keys = (columns[0] * MOST + columns[1] + 1) * MOST + columns[2] + 1
    first = np.unique(keys, return_index=True)[1]
    for platform, which, currency in zip(*(one[first].tolist() for one in columns), strict=True):
        place = (found.platform == platform) & (tier == which)
        pays = place & now.paying & (now.currency == currency)
        names = (found.places.names[platform], found.tier(which), found.currencies.names[currency])
        yield subscribing(found, asked, now, names, (place, pays))


def subscribing(
    found: Book, asked: Terms, now: Standing, names: Names, group: tuple[Flags, Flags]
) -> Subscribing:
    """Return what one platform's tier is worth: who was ever in it, and of them who pays now."""
    place, pays = group
    people, net = int(pays.sum()), not bool(now.unnetted[pays].any())
    prices = (now.net if net else now.amount)[pays].astype(np.float64)
    told = people >= FEWEST
    spells = found.paid.spells
    first = spells.first & place[spells.of]
    model, why = staying.renewal(*staying.tenures(spells, first & (spells.months == 1), found))
    watched = survival.curve(*staying.tenures(spells, first, found))
    shares, method = stay(model, watched, asked.months)
    margin = float(prices.mean())
    worth = recurring.lifetime_value(margin, shares, discount=asked.a_month, method=method)
    left = prices * left_of(found, pays, model, asked) if model and told else None
    return Subscribing(
        platform=names[0],
        tier=names[1],
        currency=names[2],
        paying=people if told else None,
        margin=margin if told else None,
        net=net,
        worth=worth.amount if told else None,
        method=method,
        months=worth.horizon,
        left_each=None if left is None else float(left.mean()),
        left_all=None if left is None else float(left.sum()),
        why=why if told else f"fewer than {FEWEST} pay",
    )


def stay(model: Renewal | None, km: survival.Curve, months: int) -> tuple[Floats, str]:
    """Return the share still there at each month from 0: by sBG, else by the curve while it goes.

    Nobody is watched for longer than there is; the horizon is shorter then.
    """
    if model:
        return model.survival(np.arange(float(months))), "sBG"
    far = min(months, int(km.longest) + 1)
    shares = [km.at(float(month)) for month in range(far)]
    return np.array([one for one in shares if one is not None]), "Kaplan-Meier"


def left_of(found: Book, pays: Flags, model: Renewal, asked: Terms) -> Floats:
    """Return the discounted renewals to come of each who pays, by how many they have behind them.

    Who is known to leave has none. Who pays for more than a month at once is taken as if by months.
    """
    spells = found.paid.spells
    coming = np.zeros(found.paid.people, dtype=np.int64)
    open_end = ~spells.ended
    renewed, _ = staying.tenures(spells, open_end, found)
    coming[spells.of[open_end]] = renewed + 1
    each, where = np.unique(np.maximum(coming[pays], 1).astype(np.float64), return_inverse=True)
    left = model.left(each, rate=asked.a_month)[where]
    return np.where(coming[pays] > 0, left, 0.0)


def buyers(studio: Studio, found: Book, asked: Terms) -> Iterator[Buying]:
    """Yield what buyers of each platform are still worth in each currency."""
    with studio.database.transaction() as session:
        who, at, amount, currency = takings.purchases(session, found.until)
        ids, platforms, _ = takings.people(session)
    place, day = platforms.codes[np.searchsorted(ids, who)], at // DAY
    where = ((name, number) for number, name in enumerate(platforms.names))
    coins = sorted((coin, number) for number, coin in enumerate(currency.names))
    for (platform, there), (coin, paid) in product(sorted(where), coins):
        mine = (place == there) & (currency.codes == paid)
        if not mine.any():
            continue
        row = studio.config.platform_terms.platforms.get(platform)
        keeps = row.fee_percent if row else None
        every, seen = buying.summary(who[mine], day[mine], int(found.until.timestamp()) // DAY)
        average = spent(every, who[mine], day[mine], amount[mine])
        yield bought((platform, coin), seen, average, keeps, asked)


def bought(
    names: tuple[str, str],
    seen: buying.Purchases,
    average: Floats,
    keeps: float | None,
    asked: Terms,
) -> Buying:
    """Return what the buyers of one platform are worth, or why that is not told.

    Of more than 10,000 every second, third and so on stands for those beside them.
    """
    people = seen.frequency.size
    step = -(-people // MOST_FITTED) or 1
    average = average[::step]
    seen = buying.Purchases(seen.frequency[::step], seen.recency[::step], seen.age[::step])
    repeats, each = seen.frequency > 0, people / max(seen.frequency.size, 1)
    link = spending.link(seen.frequency[repeats], average[repeats])
    alive, worth, why = None, None, ""
    try:
        enough(people)
        model = buying.fitted(seen)
        alive = float(model.alive(seen).sum()) * each
        quiet(link)
        spends = spending.fitted(seen.frequency, average).mean(seen.frequency, average)
        coming = model.discounted(seen, weeks=asked.weeks, rate=asked.a_week)
        worth = recurring.buyer_value(coming, spends, margin=1 - (keeps or 0) / 100)
        ends(worth)
    except (TooLittleData, ConfigError) as trouble:
        worth, why = None, str(trouble)
    return Buying(
        platform=names[0],
        currency=names[1],
        buyers=None if 0 < people < FEWEST else people,
        alive=alive,
        worth_each=None if worth is None else float(worth.mean()),
        worth_all=None if worth is None else float(worth.sum()) * each,
        net=keeps is not None,
        link=link.r if link else None,
        why=why,
    )


def enough(people: int) -> None:
    """Refuse to tell anything of fewer than ten."""
    if people < FEWEST:
        raise TooLittleData(f"fewer than {FEWEST} bought")


def quiet(link: spending.Link | None) -> None:
    """Refuse where how often people buy says something of how much: Gamma-Gamma is no use there."""
    if link is None:
        raise TooLittleData("too few bought again to see whether often and much go together")
    if link.warns:
        raise TooLittleData(f"how often and how much go together (r {link.r:.2f}): no Gamma-Gamma")


def ends(worth: Floats) -> None:
    """Refuse a mean spend without an end."""
    if not np.isfinite(worth).all():
        raise TooLittleData("Gamma-Gamma: the mean spend of who bought once has no end")


def spent(every: Counts, person: Counts, day: Counts, money: Counts) -> Floats:
    """Return the mean that each spends on a day after their first, 0 for who has no other."""
    who, _, where = buying.active_days(person, day)
    sums = np.bincount(where, weights=money, minlength=who.size)
    first = np.concatenate([[True], who[1:] != who[:-1]])[: who.size]
    which = np.searchsorted(every, who)
    total = np.bincount(which[~first], weights=sums[~first], minlength=every.size)
    count = np.bincount(which[~first], minlength=every.size)
    return np.asarray(np.divide(total, count, out=np.zeros(every.size), where=count > 0))
