"""Who buys without a subscription, or takes part: BG/NBD or MBG/NBD, and Gamma-Gamma."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from elite8.core.domain import buying, recurring, spending
from elite8.core.domain.arrays import Counts, Floats
from elite8.core.domain.buying import Buying, Purchases
from elite8.core.domain.fitting import TooLittleData
from elite8.core.domain.platform_terms import Worthiness
from elite8.core.domain.recurring import Worth
from elite8.core.domain.spending import Link, Spending
from elite8.core.operations.histories import Contract, Gone
from elite8.core.storage.leaving import Bought, Words

WEEKS = 52
A_WEEK = 7
HELD_BACK = 3
"""One part of so many of the time is held back, to see what comes of what is foretold."""


@dataclass(frozen=True, slots=True)
class Money:
    """What each spends in one currency: purchases and their mean, and of the repeats alone."""

    times: Floats
    mean: Floats
    again: Floats
    again_mean: Floats


@dataclass(frozen=True, slots=True)
class Buyers:
    """Who buys on a platform without a subscription: an entry a subscriber and character.

    `last` is the day of the last purchase; `rows` are those of everybody: who, on which day.
    """

    subscriber: Counts
    character: Counts
    last: Counts
    seen: Purchases
    who: Counts
    day: Counts
    today: int
    money: Mapping[int, Money]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A model of who still buys, and what it foretold of the last third of the time.

    `foretold` and `came` are purchases of everybody known before; None where it cannot be said.
    """

    name: str
    model: Buying
    weeks: int | None = None
    foretold: float | None = None
    came: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What is known of money in one currency; `link` is of how often and how much."""

    currency: str
    model: Spending | None
    link: Link | None
    why: str = ""


def members(contracts: Iterable[Contract | Gone], words: Words) -> tuple[Counts, int]:
    """Return who is a member of what as units, and by how much a subscriber's are apart.

    A member of anything is one where a purchase names no character.
    """
    pairs = [(one.subscriber, words.number(one.character)) for one in contracts]
    nobody = words.number("")
    wide = len(words.names)
    units = [who * wide + of for pair in pairs for who, of in (pair, (pair[0], nobody))]
    return np.array(units, dtype=np.int64), wide


def buyers(bought: Bought, platform: int, inside: tuple[Counts, int], today: int) -> Buyers:
    """Return who buys on one platform and is no member; days are since 1970."""
    units_inside, wide = inside
    unit = bought.subscriber * wide + bought.character
    here = (bought.platform == platform) & ~np.isin(unit, units_inside)
    unit, day = unit[here], bought.day[here]
    units, who = np.unique(unit, return_inverse=True)
    _, seen = buying.summary(who, day, today)
    last = np.zeros(units.size, dtype=np.int64)
    np.maximum.at(last, who, day)
    first = np.full(units.size, today, dtype=np.int64)
    np.minimum.at(first, who, day)
    amounts, currency = bought.amount[here], bought.currency[here]
    money = {
        int(one): spent(who[mine], day[mine], amounts[mine], first)
        for one in np.unique(currency)
        if (mine := (currency == one) & (amounts > 0)).any()
    }
    return Buyers(units // wide, units % wide, last, seen, who, day, today, money)


def spent(who: Counts, day: Counts, amount: Floats, first: Counts) -> Money:
    """Return what each spends; purchases of a day are one, the first day is no repeat."""
    pairs, where = np.unique(np.stack([who, day]), axis=1, return_inverse=True)
    sums = np.bincount(where.ravel(), weights=amount, minlength=pairs.shape[1]).astype(np.float64)
    repeat = pairs[1] > first[pairs[0]]
    return Money(
        *averaged(pairs[0], sums, first.size), *averaged(pairs[0][repeat], sums[repeat], first.size)
    )


def averaged(who: Counts, sums: Floats, people: int) -> tuple[Floats, Floats]:
    """Return how often each paid and how much on average, 0 for never."""
    times = np.bincount(who, minlength=people).astype(np.float64)
    total = np.bincount(who, weights=sums, minlength=people).astype(np.float64)
    return times, np.divide(total, times, out=np.zeros(people), where=times > 0)


def fits(some: Buyers, *, proven: bool) -> tuple[tuple[Fit, ...], str]:
    """Return the models of who still buys, likelier first, or why there is none.

    `proven` has each try itself on the last third, which takes as long again.
    """
    found = []
    try:
        for name, modified in (("BG/NBD", False), ("MBG/NBD", True)):
            model = buying.fitted(some.seen, modified=modified)
            found.append(tried(some, name, model) if proven else Fit(name=name, model=model))
    except TooLittleData as few:
        if not found:
            return (), str(few)
    return tuple(sorted(found, key=lambda fit: -fit.model.log_likelihood)), ""


def tried(some: Buyers, name: str, model: Buying) -> Fit:
    """Return the model with what it would have foretold, had it been fitted a third earlier."""
    weeks = int(some.seen.age.max(initial=0)) // HELD_BACK
    plain = Fit(name=name, model=model)
    if weeks < 1:
        return plain
    people, early = buying.summary(some.who, some.day, some.today - weeks * A_WEEK)
    try:
        before = buying.fitted(early, modified=model.modified)
    except TooLittleData:
        return plain
    came = some.seen.frequency[people].sum() - early.frequency.sum()
    return Fit(
        name=name,
        model=model,
        weeks=weeks,
        foretold=float(before.expected_of(float(weeks), early).sum()),
        came=int(came),
    )


def spending_of(money: Money, currency: str) -> Spent:
    """Return what is known of spending in one currency, by repeats as the paper has it."""
    linked = money.again > 0
    link = spending.link(money.again[linked], money.again_mean[linked])
    try:
        model, why = spending.fitted(money.again, money.again_mean), ""
    except TooLittleData as few:
        model, why = None, str(few)
    if link is not None and link.warns:
        why = f"how often and how much go together (r = {link.r:.2f}): amounts are rough"
    return Spent(currency=currency, model=model, link=link, why=why)


def worths(
    some: Buyers, model: Buying, spends: Mapping[int, Spent], value: Worthiness, *, kept: float
) -> dict[int, list[Worth | None]]:
    """Return by currency what each is still worth: purchases to come, shared by what they paid in.

    `kept` is the share that the platform leaves.
    """
    rate = (1 + value.discount_a_year) ** (1 / WEEKS) - 1
    coming = model.discounted(some.seen, weeks=value.horizon_weeks, rate=rate)
    every = np.zeros(some.subscriber.size)
    for money in some.money.values():
        every = every + money.times
    found: dict[int, list[Worth | None]] = {}
    for currency, money in some.money.items():
        share = np.divide(money.times, every, out=np.zeros_like(every), where=every > 0)
        average, method = mean_spend(money, spends[currency].model)
        amounts = recurring.buyer_value(coming * share, average, margin=kept)
        found[currency] = [
            Worth(amount=amount, horizon=value.horizon_weeks, discount=rate, method=method)
            if paid > 0
            else None
            for amount, paid in zip(amounts.tolist(), money.times.tolist(), strict=True)
        ]
    return found


def mean_spend(money: Money, model: Spending | None) -> tuple[Floats, str]:
    """Return what each spends at a time: Gamma-Gamma, else their own mean; and which it is."""
    if model is not None:
        average = model.mean(money.again, money.again_mean)
        if np.isfinite(average).all():
            return average, "purchases to come by mean spend (Gamma-Gamma)"
    return money.mean, "purchases to come by own mean spend"
