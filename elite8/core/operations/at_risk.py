"""Who is about to leave: who, how likely, why in words, and what is at stake."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from elite8.core.domain import churn, score
from elite8.core.domain.churn import BANDS, Band, Risk, Signals
from elite8.core.domain.platform_terms import TermsOfPlatforms
from elite8.core.domain.recurring import Worth
from elite8.core.domain.subscriber import Tier
from elite8.core.errors import ConfigError
from elite8.core.lean import no_rings
from elite8.core.operations import members, shops, untold, whole
from elite8.core.operations.members import Members
from elite8.core.operations.shops import Customers
from elite8.core.operations.whole import Whole
from elite8.core.storage import leaving
from elite8.core.storage.leaving import FRIENDS
from elite8.core.studio import Studio

LIMIT = 20
NAMES: tuple[Band, ...] = (*(name for _, name in BANDS), "insufficient data")
SHOWN: tuple[Band, ...] = ("critical", "high", "medium")
"""What is shown unless one band is asked for; beside them who shows a sign, but too little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What is lost with somebody, in minor units, after the fee where it is known; and how so."""

    amount: int
    currency: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """One who may leave; `risk` None where too little is observed for a label.

    `kind` is monthly, buys or friend; `until` when the paid time is over; `of_payment` is the part
    of a payment that failed, which nobody wants.
    """

    key: str
    platform: str
    character: str
    tier: str
    kind: str
    standing: str
    until: date | None
    band: Band
    risk: float | None
    of_payment: float
    reasons: tuple[str, ...]
    model: str
    stakes: tuple[Stake, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whom to show; "" is everybody. `anew` fits the models first, however new they are."""

    platform: str = ""
    character: str = ""
    tier: str = ""
    band: str = ""
    limit: int = LIMIT
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Who is at risk, the worst first, and how many are in each band; `notes` say what is not.

    `at_stake` is what all who would be shown are worth, by currency. The models are of `fitted_at`,
    and `newer` says whether anything was entered since.
    """

    as_of: datetime
    fitted_at: datetime
    newer: bool
    people: tuple[AtRisk, ...]
    bands: tuple[tuple[Band, int], ...]
    at_stake: tuple[tuple[str, int], ...]
    shown_of: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody before the list is cut: where they stand in their group, and how they are sorted."""

    group: "Members | Customers"
    place: int
    band: Band
    rank: float
    risk: float


@no_rings()
def at_risk(studio: Studio, wanted: Wanted) -> Leaving:
    """Return who is about to leave, worst band first, and in it what is worth most."""
    check(studio, wanted)
    of = whole.whole(studio, anew=wanted.anew)
    terms = studio.config.platform_terms
    with studio.looking.database.transaction() as session:
        seen = {who: at.timestamp() for who, at in leaving.last_seen(session, of.as_of).items()}
        ended = leaving.left_friends(session, of.as_of)
    subscribed = members.members(of, terms, seen)
    found = shops.shops(of)
    if of.fresh and not studio.looks:
        shops.keep(studio, of, found)
    sold = [shops.customers(shop, of, terms, seen) for shop in found]
    every = [*of_members(subscribed, wanted), *of_customers(sold, of, wanted, ended)]
    counts = Counter(one.band for one in every)
    asked = sorted(
        (one for one in every if asked_for(one, wanted)),
        key=lambda one: (NAMES.index(one.band), -one.rank, -one.risk, one.place),
    )
    cut = asked[: wanted.limit]
    with studio.looking.database.transaction() as session:
        keys = leaving.keys(session, [subscriber(one) for one in cut])
    return Leaving(
        as_of=of.as_of,
        fitted_at=of.fit.at,
        newer=of.newer,
        people=tuple(shown(one, of, terms, keys) for one in cut),
        bands=tuple((name, counts[name]) for name in NAMES),
        at_stake=at_stake(asked),
        shown_of=len(asked),
        notes=tuple(untold.notes(of, subscribed, sold, wanted.platform)),
    )


def at_stake(some: Sequence[Candidate]) -> tuple[tuple[str, int], ...]:
    """Return what these are worth together, by currency: of whom it is known."""
    sums: Counter[str] = Counter()
    for one in some:
        for currency, worth in worths(one):
            sums[currency] += round(worth.amount)
    return tuple(sorted(sums.items()))


def worths(one: Candidate) -> Iterator[tuple[str, Worth]]:
    """Yield what is lost with somebody, by currency."""
    group, place = one.group, one.place
    if isinstance(group, Members):
        if worth := group.worths[place]:
            yield group.contracts[place].currency, worth
        return
    for currency, every in group.worths.items():
        if worth := every[place]:
            yield currency, worth


def check(studio: Studio, wanted: Wanted) -> None:
    """Refuse names that nobody knows."""
    platforms = sorted(studio.config.platform_terms.platforms)
    characters = sorted(one.id for one in studio.config.roster.characters)
    for what, name, known in (
        ("platform", wanted.platform, platforms),
        ("character", wanted.character, characters),
        ("tier", wanted.tier, [*Tier]),
        ("band", wanted.band, [*NAMES]),
    ):
        if name and name not in known:
            raise ConfigError(f"no {what} '{name[:32]}'; choose {', '.join(known)}")
    if wanted.limit < 1:
        raise ConfigError("--limit is at least 1")


def asked_for(one: Candidate, wanted: Wanted) -> bool:
    """Return whether somebody is shown: in the band asked for, else from medium on.

    Who cannot be labelled is shown where there is a sign all the same.
    """
    if wanted.band:
        return one.band == wanted.band
    signs = bool(one.group.risk.reasons(one.place))
    return one.band in SHOWN or (one.band == "insufficient data" and signs)


def of_members(group: Members, wanted: Wanted) -> Iterator[Candidate]:
    """Yield monthly subscribers that are wanted."""
    amounts = [worth.amount if worth else 0.0 for worth in group.worths]
    ranks = score.ranked(np.array(amounts), [one.currency for one in group.contracts])
    for place, one in enumerate(group.contracts):
        if (
            wanted.platform in {"", one.platform}
            and wanted.character in {"", one.character}
            and wanted.tier in {"", one.tier}
        ):
            yield candidate(group, place, float(ranks[place]))


def of_customers(
    sold: Sequence[Customers], of: Whole, wanted: Wanted, ended: set[int]
) -> Iterator[Candidate]:
    """Yield who buys without a subscription and is wanted; who is gone is not at risk any more."""
    for group in sold if not wanted.tier else ():
        some = group.shop.buyers
        if wanted.platform not in {"", group.shop.platform}:
            continue
        ranks = np.zeros(some.subscriber.size)
        for worths in group.worths.values():
            amounts = np.array([worth.amount if worth else 0.0 for worth in worths])
            ranks = np.maximum(ranks, score.ranked(amounts, [""] * amounts.size))
        for place, (who, number) in enumerate(
            zip(some.subscriber.tolist(), some.character.tolist(), strict=True)
        ):
            named = wanted.character in {"", of.words.names[number]}
            if named and who not in ended and group.risk.risk[place] < untold.GONE:
                yield candidate(group, place, float(ranks[place]))


def candidate(group: "Members | Customers", place: int, rank: float) -> Candidate:
    """Return one to be sorted."""
    risk: Risk = group.risk
    return Candidate(group, place, risk.band(place), rank, float(risk.risk[place]))


def subscriber(one: Candidate) -> int:
    """Return the number of who it is."""
    if isinstance(one.group, Members):
        return one.group.contracts[one.place].subscriber
    return int(one.group.shop.buyers.subscriber[one.place])


def shown(one: Candidate, of: Whole, terms: TermsOfPlatforms, keys: Mapping[int, str]) -> AtRisk:
    """Return one in words."""
    key = keys.get(subscriber(one), "")
    if isinstance(one.group, Members):
        return member(one.group, one, key, terms)
    return customer(one.group, one, key, of, terms)


def member(group: Members, one: Candidate, key: str, terms: TermsOfPlatforms) -> AtRisk:
    """Return a monthly subscriber in words."""
    contract = group.contracts[one.place]
    until = contract.life.until
    labelled = bool(group.risk.labelled[one.place])
    return AtRisk(
        key=key,
        platform=contract.platform,
        character=contract.character,
        tier=contract.tier,
        kind="monthly",
        standing=contract.life.standing,
        until=date.fromordinal(until) if until else None,
        band=one.band,
        risk=round(one.risk, 4) if labelled else None,
        of_payment=float(group.risk.signs["payment_failed"][one.place]),
        reasons=(*pending(group, one.place), *reasons(group.risk, group.signals, one.place)),
        model=group.model if labelled else "",
        stakes=stakes(one, contract.platform, terms),
    )


def pending(group: Members, place: int) -> tuple[str, ...]:
    """Return that the paid time is over and a payment may still come, where it is so."""
    contract = group.contracts[place]
    if contract.life.standing != "pending" or contract.life.until is None:
        return ()
    last = date.fromordinal(contract.life.until) + timedelta(days=contract.terms.grace)
    return (f"not renewed yet: {contract.platform} may still report a payment until {last}",)


def customer(
    group: Customers, one: Candidate, key: str, of: Whole, terms: TermsOfPlatforms
) -> AtRisk:
    """Return who buys without a subscription in words."""
    some, place = group.shop.buyers, one.place
    labelled = bool(group.risk.labelled[place])
    friend = group.shop.platform == FRIENDS
    return AtRisk(
        key=key,
        platform=group.shop.platform,
        character=of.words.names[int(some.character[place])],
        tier="",
        kind="friend" if friend else "buys",
        standing="",
        until=None,
        band=one.band,
        risk=round(one.risk, 4) if labelled else None,
        of_payment=0.0,
        reasons=(bought(group, place), *reasons(group.risk, group.signals, place)),
        model=group.model if labelled else "",
        stakes=stakes(one, group.shop.platform, terms),
    )


def bought(group: Customers, place: int) -> str:
    """Return what somebody bought, and what the model makes of it."""
    some = group.shop.buyers
    times, days = int(some.seen.frequency[place]) + 1, some.today - int(some.last[place])
    did = "took part on" if group.shop.platform == FRIENDS else "bought on"
    many = f"{times} days" if times > 1 else "one day"
    said = f"{did} {many}, the last time {days} days ago"
    if group.alive is None:
        return said
    return f"{said}: still there with {group.alive[place]:.0%}"


def reasons(risk: Risk, signals: Signals, place: int) -> tuple[str, ...]:
    """Return the signs of one in words, strongest first."""
    return tuple(churn.told(sign, signals, place) for sign in risk.reasons(place))


def stakes(one: Candidate, platform: str, terms: TermsOfPlatforms) -> tuple[Stake, ...]:
    """Return what is lost with somebody, in words."""
    return tuple(stake(worth, currency, platform, terms) for currency, worth in worths(one))


def stake(worth: Worth, currency: str, platform: str, terms: TermsOfPlatforms) -> Stake:
    """Return what is at stake with what it rests on: method, horizon, discount, fee."""
    fee = terms.fee(platform)
    after = f"after {fee:g} % fee" if fee is not None else "before the fee, which is not known"
    return Stake(amount=round(worth.amount), currency=currency, told=f"{worth.told}, {after}")
