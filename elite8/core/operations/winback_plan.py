"""A winback before it starts: what it would say, to how many, at what cost, and what that shows.

Nothing is sent here and nobody is drawn for good: the same list would draw the same arms.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from zoneinfo import ZoneInfo

from elite8.core.domain import trial
from elite8.core.domain.campaign import By, Campaign, CampaignStatus, OfferKind
from elite8.core.domain.check import UNKNOWN_REGION
from elite8.core.domain.identity import new_id
from elite8.core.domain.offer import Cost, complaints, cost, line_cost, moment
from elite8.core.domain.policy import PlatformPolicy
from elite8.core.domain.rule import Rule, Verdict
from elite8.core.domain.share import FEW, hidden
from elite8.core.domain.subscriber import Tier
from elite8.core.domain.winback import COOL_DOWN, MOST_A_YEAR, WINDOW, came_back
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import audience, gate, winback_words
from elite8.core.operations.audience import Member
from elite8.core.storage import campaigns
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
CONSENTS = ("consent_is_granted", "consent_is_confirmed")
PRIOR, HOPED_RISE = 0.03, 0.05
"""Who comes back by themselves within a window, and the rise that is hoped for (prior)."""
BY_HAND = "by hand, as the platform's own terms let followers be written to"


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignShown:
    """A campaign for people, without anybody in it; `held_out` is 0 before it starts."""

    id: str
    name: str
    kind: str
    channel: str
    character: str
    platforms: tuple[str, ...]
    tiers: tuple[str, ...]
    language: str
    status: str
    currency: str
    price_after_minor: int
    percent: int | None
    months: int | None
    days: int | None
    deadline: datetime | None
    zone: str
    window_days: int
    worthwhile: float
    launched_at: datetime | None
    window_until: datetime | None
    stopped_at: datetime | None
    treated: int
    held_out: int
    lot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Why people of a country may be written to; `people` None where they are fewer than ten."""

    country: str
    people: int | None
    rule: str
    reason: str
    source: str
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is kept of a campaign that was started: it cannot be changed any more."""

    campaign: CampaignShown
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is to be known before a start; people are counts. `refused` may count one repeatedly.

    `needed` people in each arm see the rise from `base` to `hoped`; `detectable` is the least rise
    that these arms see, None where none is large enough. Costs are in minor units.
    """

    campaign: CampaignShown
    audience: int
    eligible: int
    refused: tuple[tuple[str, int], ...]
    share: float
    treated: int
    held_out: int
    base: float
    base_from: str
    hoped: float
    needed: int
    detectable: float | None
    cost: Cost
    message_cost: float
    budget_minor: int | None
    legal: tuple[Basis, ...]
    words: str
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the operator wants; amounts are in minor units, `None` is not said."""

    name: str
    kind: str
    channel: str
    character: str
    platforms: tuple[str, ...]
    text: str
    price_after_minor: int
    currency: str
    tiers: tuple[str, ...] = ()
    language: str = "en"
    subject: str = ""
    percent: int | None = None
    months: int | None = None
    days: int | None = None
    bonus: str = ""
    code: str = ""
    deadline: datetime | None = None
    code_ends: datetime | None = None
    renews: bool = True
    agree: str = ""
    cancel: str = ""
    lapsed_least: int = 0
    lapsed_most: int = 730
    hold_out: float | None = None
    window_days: int = WINDOW.days
    cool_down_days: int = COOL_DOWN.days
    most_a_year: int = MOST_A_YEAR
    budget_minor: int | None = None
    message_cost: float | None = None
    bonus_cost: float = 0.0
    base: float | None = None
    hoped: float | None = None
    worthwhile: float = 0.01


def keep(studio: Studio, wish: Wish) -> Planned:
    """Keep a campaign as it is planned, in place of one of that name that was not started."""
    with studio.database.transaction() as session:
        before = campaigns.named(session, wish.name)
        if before is not None and before.status != CampaignStatus.PLANNED:
            raise Refused(f"'{wish.name}' was started and is not changed any more; take a new name")
        one = made(studio, session, wish)
        check(studio, session, one)
        if before is not None:
            one.id = before.id
            one = session.merge(one)
        session.add(one)
        session.flush()
        return planned(studio, session, one)


def made(studio: Studio, session: Session, wish: Wish) -> Campaign:
    """Return the row of a wish; words that are none of ours are a ConfigError."""
    choices: Mapping[str, Sequence[str]] = {
        "kind": [each.value for each in OfferKind],
        "channel": [each.value for each in By],
        "language": list(studio.config.winback.languages),
    }
    for name, known in choices.items():
        if (said := str(getattr(wish, name))) not in known:
            raise ConfigError(f"no {name} '{said[:20]}'; choose {', '.join(known)}")
    platforms, tiers = list(studio.config.policies.platforms), [tier.value for tier in Tier]
    for words, given in ((platforms, wish.platforms), (tiers, wish.tiers)):
        if strange := [each for each in given if each not in words]:
            raise ConfigError(f"'{strange[0][:20]}' is unknown; choose {', '.join(words)}")
    if not wish.platforms or not NAME.fullmatch(wish.name):
        raise ConfigError("a campaign has a name of small letters, digits and -, and a platform")
    studio.config.roster.named(wish.character)
    told = {each.name: getattr(wish, each.name) for each in fields(wish)}
    base, base_from = rate(session, wish, studio.clock().date())
    told |= {
        "id": new_id(studio.clock()),
        "platforms": ",".join(sorted(set(wish.platforms))),
        "tiers": ",".join(sorted(set(wish.tiers))),
        "zone": studio.settings.time_zone,
        "base": base,
        "base_from": base_from,
        "hoped": wish.hoped if wish.hoped is not None else min(base + HOPED_RISE, 1.0),
        "created_at": studio.clock(),
    }
    return Campaign(**told)


def rate(session: Session, wish: Wish, today: date) -> tuple[float, str]:
    """Return how many come back without an offer, and whence that is known."""
    if wish.base is not None:
        return wish.base, "as you said"
    if wish.platforms:
        known = came_back(campaigns.lapses(session, wish.platforms), today)
        if known.of >= FEW and known.rate is not None:
            return known.rate, f"of {known.of} who lapsed before"
    return PRIOR, "prior: too few lapses are known"


def check(studio: Studio, session: Session, one: Campaign) -> None:
    """Refuse a campaign that lacks something, promises what is not so, or may not be said."""
    now = studio.clock()
    if wrong := complaints(one, now):
        raise ConfigError("; ".join(wrong))
    for other in campaigns.of_code(session, one.code, one.name) if one.code else ():
        if other.deadline != one.deadline:
            said = moment(other.deadline, other.zone) if other.deadline else "never"
            raise Refused(
                f"the code was said to end {said} in '{other.name}': another day would make that a "
                "fake deadline; take a new code"
            )
    one.words = winback_words.put_together(studio, one, now.astimezone(ZoneInfo(one.zone)).date())
    winback_words.check(studio, one)
    gate.refuse(winback_words.verdicts(studio, one))


def kept(session: Session, name: str) -> Campaign:
    """Return the campaign of a name; none is a ConfigError."""
    one = campaigns.named(session, name)
    if one is None:
        raise ConfigError(f"no winback '{name[:40]}'; 'elite8 subscribers winback list' has all")
    return one


def shown(session: Session, one: Campaign) -> CampaignShown:
    """Return a campaign for people."""
    arms = campaigns.sizes(session, one.id)
    same = set(CampaignShown.__slots__) - {"platforms", "tiers", "treated", "held_out"}
    return CampaignShown(
        platforms=one.on,
        tiers=one.of,
        treated=arms.get(False, 0),
        held_out=arms.get(True, 0),
        **{name: getattr(one, name) for name in same},
    )


def look(studio: Studio, name: str) -> Planned | Begun:
    """Return what a planned campaign would do if it were started now, of a started one its plan."""
    with studio.database.transaction() as session:
        one = kept(session, name)
        if one.status != CampaignStatus.PLANNED:
            return Begun(campaign=shown(session, one), words=winback_words.whole(studio, one))
        return planned(studio, session, one)


def planned(studio: Studio, session: Session, one: Campaign) -> Planned:
    """Return what is to be known before a start."""
    members = audience.found(studio, session, one)
    free = [each for each in members if not each.why_not]
    share = one.hold_out or trial.held_share(len(free))
    drawn = trial.assigned(one.id, {each.key: each.stratum for each in free}, share)
    out = sum(arm == "held_out" for arm in drawn.values())
    treated = len(free) - out
    each, notes = price_of_one(studio, one, treated)
    return Planned(
        campaign=shown(session, one),
        audience=len(members),
        eligible=len(free),
        refused=tuple(Counter(why for m in members for why in m.why_not).most_common()),
        share=share,
        treated=treated,
        held_out=out,
        base=one.base,
        base_from=one.base_from,
        hoped=one.hoped,
        needed=trial.needed(one.base, one.hoped),
        detectable=trial.detectable(one.base, treated, out),
        cost=cost(one, treated, each),
        message_cost=each,
        budget_minor=one.budget_minor,
        legal=legal(studio, one, free),
        words=winback_words.whole(studio, one),
        verdicts=winback_words.verdicts(studio, one),
        notes=(*notes, *doubts(one, treated, out)),
    )


def price_of_one(studio: Studio, one: Campaign, treated: int) -> tuple[float, tuple[str, ...]]:
    """Return what one message costs in minor units, and what is to be said of it.

    LINE's price is in yen; for another currency the operator has to say it: no rate is made up.
    """
    if one.channel != By.LINE:
        return one.message_cost or 0.0, ()
    config = studio.config.winback
    there = config.line_plans[config.line_plan]
    yen = line_cost(there, treated)
    said = f"LINE plan '{config.line_plan}' [{there.source}, {there.as_of}]"
    if yen is None:
        note = f"{said} has {there.messages} messages a month, and {treated} would go out"
        return one.message_cost or 0.0, (note,)
    if one.message_cost is not None:
        return one.message_cost, (f"{said}: {yen:,.0f} JPY for {treated} messages",)
    if one.currency != "JPY":
        raise ConfigError(
            f"say what one LINE message costs in {one.currency}: message_cost; {said} comes to "
            f"{yen:,.0f} JPY for {treated}"
        )
    return (yen / treated if treated else 0.0), (f"{said}: {yen:,.0f} JPY for {treated} messages",)


def doubts(one: Campaign, treated: int, held_out: int) -> tuple[str, ...]:
    """Return what this list cannot show."""
    smaller, needed = min(treated, held_out), trial.needed(one.base, one.hoped)
    if smaller >= needed:
        return ()
    says = f"an effect from {one.base:.1%} to {one.hoped:.1%} needs {needed} people in each arm"
    return (f"{says}; the smaller one has {smaller}, so 'inconclusive' is what to expect",)


def legal(studio: Studio, one: Campaign, free: Sequence[Member]) -> tuple[Basis, ...]:
    """Return by country on what grounds people are written to, as rules and policies have it."""
    counts = Counter(each.country or UNKNOWN_REGION for each in free)
    unsaid = hidden(counts)
    return tuple(
        Basis(
            country=country,
            people=None if country in unsaid else counts[country],
            rule=rule,
            reason=reason,
            source=there.source,
            as_of=there.as_of,
        )
        for country in sorted(counts)
        for rule, reason, there in grounds(studio, one, country)
    )


def grounds(
    studio: Studio, one: Campaign, country: str
) -> Iterator[tuple[str, str, PlatformPolicy | Rule]]:
    """Yield the rules that say why: of consent there, or of each platform for drafts."""
    if one.channel == By.DRAFT:
        for name in one.on:
            yield f"{name} policy", BY_HAND, studio.config.policies.platforms[name]
        return
    for rule in studio.config.rules.filled:
        here = rule.scope.action != "publish" and rule.scope.holds_in(country)
        by_this = not rule.scope.channels or one.channel in rule.scope.channels
        if here and by_this and rule.check in CONSENTS and rule.severity == "block":
            yield rule.id, rule.reason, rule
