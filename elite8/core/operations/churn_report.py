"""What is known of leaving, on one page: who left and why, models, how good they are, refusals."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from elite8.core.domain.share import FEWEST, hidden
from elite8.core.domain.spell import Standing
from elite8.core.errors import ConfigError
from elite8.core.operations import shops, whole
from elite8.core.operations.buyers import Fit, Spent
from elite8.core.operations.histories import Contract
from elite8.core.operations.lasting import Cohort
from elite8.core.operations.renewals import Learnt
from elite8.core.operations.shops import Shop
from elite8.core.storage.leaving import FRIENDS
from elite8.core.studio import Studio

STANDINGS: tuple[Standing, ...] = get_args(Standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How the monthly subscriptions of a platform stand; None is one to nine, or gives it away."""

    platform: str
    counts: tuple[tuple[Standing, int | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selling:
    """Who buys on a platform without a subscription: nothing is told of fewer than ten.

    `again` is how many bought again; `fits` are likelier first, of equal numbers of parameters.
    """

    platform: str
    people: int | None
    again: int | None = None
    fits: tuple[Fit, ...] = ()
    money: tuple[Spent, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything about leaving; `learnt` is of all platforms that show enough together.

    `none` is why nobody subscribes by the month, and `lacking` why models that need SciPy cannot be
    had; "" where it is not so.
    """

    as_of: datetime
    stands: tuple[Stands, ...]
    cohorts: tuple[Cohort, ...]
    learnt: Learnt
    selling: tuple[Selling, ...]
    none: str
    lacking: str


def report(studio: Studio, platform: str = "") -> Report:
    """Return what is known of leaving, on one platform or on all."""
    known = sorted(studio.config.platform_terms.platforms)
    if platform and platform not in known:
        raise ConfigError(f"no platform '{platform[:32]}'; choose {', '.join(known)}")
    of = whole.whole(studio, anew=True)
    shopped = shops.shops(of, proven=True)
    if not studio.looks:
        shops.keep(studio, of, shopped)
    some = [one for one in of.contracts if platform in {"", one.platform}]
    return Report(
        as_of=of.as_of,
        stands=tuple(standings(some)),
        cohorts=tuple(one for one in of.lasting.cohorts if platform in {"", one.platform}),
        learnt=of.learnt,
        selling=tuple(selling(shop) for shop in shopped if platform in {"", shop.platform}),
        none="" if some else nobody(platform),
        lacking=of.lacking,
    )


def nobody(platform: str) -> str:
    """Return why nobody subscribes by the month there, and what to do."""
    if platform == FRIENDS:
        return f"{platform} has friends and no subscriptions: elite8 subscribers fetch {platform}"
    return "no monthly subscription is known: elite8 subscribers import apply FILE --profile NAME"


def standings(some: Sequence[Contract]) -> Iterator[Stands]:
    """Yield how subscriptions stand by platform."""
    for platform in sorted({one.platform for one in some}):
        counts: Mapping[Standing, int] = Counter(
            one.life.standing for one in some if one.platform == platform
        )
        small = hidden(counts)
        told = [(name, None if name in small else counts.get(name, 0)) for name in STANDINGS]
        yield Stands(platform=platform, counts=tuple(told))


def selling(shop: Shop) -> Selling:
    """Return what is told of a platform's buyers."""
    people = int(shop.buyers.subscriber.size)
    again = int((shop.buyers.seen.frequency > 0).sum())
    if people < FEWEST:
        return Selling(platform=shop.platform, people=None, why=shop.why)
    return Selling(
        platform=shop.platform,
        people=people,
        again=None if 0 < min(again, people - again) < FEWEST else again,
        fits=shop.fits,
        money=tuple(shop.money.values()),
        why=shop.why,
    )
