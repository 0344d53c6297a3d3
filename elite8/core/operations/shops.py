"""Platforms on which people buy without a subscription, and what their purchases say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from elite8.core.domain import churn
from elite8.core.domain.arrays import Floats
from elite8.core.domain.churn import Risk, Signals
from elite8.core.domain.platform_terms import TermsOfPlatforms
from elite8.core.domain.recurring import Worth
from elite8.core.domain.score import LEAST_COVERAGE
from elite8.core.operations import buyers, fits, looks, renewals
from elite8.core.operations.buyers import Buyers, Fit, Spent
from elite8.core.operations.fits import Selling
from elite8.core.operations.looks import Looks
from elite8.core.operations.renewals import EPOCH
from elite8.core.operations.whole import Whole
from elite8.core.studio import Studio

NEW = "paid in since the models were fitted"


@dataclass(frozen=True, slots=True)
class Shop:
    """Who buys on one platform; `fits` are likelier first, `why` is why there is none."""

    platform: str
    buyers: Buyers
    fits: tuple[Fit, ...]
    money: Mapping[int, Spent]
    why: str


@dataclass(frozen=True, slots=True)
class Customers:
    """The same, an entry each, as of today: signals, risk, purchases to come and their worth."""

    shop: Shop
    signals: Signals
    risk: Risk
    alive: Floats | None
    worths: Mapping[str, Sequence[Worth | None]]

    @property
    def model(self) -> str:
        """Return what judged them."""
        return self.shop.fits[0].name if self.shop.fits else "rules"


def shops(of: Whole, *, proven: bool = False) -> list[Shop]:
    """Return every platform on which anybody bought without a subscription.

    With `proven`, and where nothing was kept of it, its models are fitted now.
    """
    inside = buyers.members([*of.contracts, *of.gone], of.words)
    sold = {} if of.fresh or proven else of.fit.sold
    found = []
    for platform in np.unique(of.bought.platform).tolist():
        some = buyers.buyers(of.bought, platform, inside, of.day - EPOCH)
        if not some.subscriber.size:
            continue
        name = of.words.names[platform]
        kept = sold.get(name)
        found.append(told(name, some, kept, of) if kept else made(name, some, of, proven=proven))
    return found


def made(name: str, some: Buyers, of: Whole, *, proven: bool) -> Shop:
    """Return a platform by models that are fitted now."""
    if of.lacking:
        return Shop(name, some, (), {}, of.lacking)
    found, why = buyers.fits(some, proven=proven)
    return Shop(name, some, found, spends(some, of), why)


def told(name: str, some: Buyers, kept: Selling, of: Whole) -> Shop:
    """Return a platform by models that were kept; money that is new to it by itself alone."""
    models = {one.currency: one for one in kept.money}
    names = of.words.names
    money = {
        one: models.get(names[one], Spent(currency=names[one], model=None, link=None, why=NEW))
        for one in some.money
    }
    return Shop(name, some, kept.fits, money, kept.why)


def keep(studio: Studio, of: Whole, sold: Sequence[Shop]) -> None:
    """Keep what was just fitted, for who asks next."""
    selling = tuple(
        Selling(platform=one.platform, fits=one.fits, why=one.why, money=tuple(one.money.values()))
        for one in sold
    )
    fits.keep(studio, of.here, replace(of.fit, selling=selling))


def spends(some: Buyers, of: Whole) -> dict[int, Spent]:
    """Return what is known of spending, by the number of the currency."""
    names = of.words.names
    return {one: buyers.spending_of(money, names[one]) for one, money in some.money.items()}


def customers(
    shop: Shop, of: Whole, terms: TermsOfPlatforms, seen: Mapping[int, float]
) -> Customers:
    """Return everybody who buys there, judged by the model of purchases, else by the rules."""
    some = shop.buyers
    signals = signalled(shop, of, seen)
    ruled = churn.judged(signals)
    if not shop.fits:
        return Customers(shop, signals, ruled, None, {})
    model = shop.fits[0].model
    alive = model.alive(some.seen)
    worths = buyers.worths(some, model, shop.money, terms.value, kept=terms.kept(shop.platform))
    named = {of.words.names[currency]: worth for currency, worth in worths.items()}
    return Customers(shop, signals, replace(ruled, risk=1 - alive), alive, named)


def signalled(shop: Shop, of: Whole, seen: Mapping[int, float]) -> Signals:
    """Return what is known of everybody today; who buys has no period that could end."""
    some = shop.buyers
    people = some.subscriber.size
    look = Looks(
        subscriber=some.subscriber,
        platform=np.zeros(people, dtype=np.int64),
        at=np.full(people, of.as_of.timestamp()),
        began=renewals.seconds(some.last + EPOCH),
        since=np.full(people, np.nan),
        seen=np.array([seen.get(one, np.nan) for one in some.subscriber.tolist()]),
    )
    now, before, coverage = of.scores(some.subscriber)
    habit = looks.blind(looks.habits(of.acts, look), coverage >= LEAST_COVERAGE)
    no = np.zeros(people, dtype=np.bool_)
    return Signals(
        auto_renew_off=no,
        payment_failed=no,
        inactive=habit.inactive,
        gap=habit.gap,
        gaps=habit.gaps,
        score=now,
        score_before=before,
        coverage=coverage,
        ends_in=np.full(people, np.nan),
        used=~no,
    )
