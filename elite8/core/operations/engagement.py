"""How engaged subscribers are, told: by platform and tier, the most engaged, one in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from elite8.core.domain import fading
from elite8.core.domain import score as reference
from elite8.core.domain.arrays import Counts, Flags, Floats
from elite8.core.domain.score import LEAST_COVERAGE, Part
from elite8.core.domain.scoring import ScoreConfig
from elite8.core.domain.share import FEWEST
from elite8.core.domain.subscriber import Tier
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import calibrations, whom
from elite8.core.operations.scores import Everyone, scores_at
from elite8.core.storage import engagement
from elite8.core.studio import Studio

TENTHS = 10
TIERS = (Tier.VIP, Tier.PREMIUM, Tier.BASIC, Tier.OTHER, Tier.FREE)
"""Which tier somebody is told under who has several: the first of these."""
NO_TIER = "none active"
SURE = LEAST_COVERAGE - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A platform and tier; all is `None` where fewer than ten people are in it.

    `tenths` are how many have a score of 0 to 0.1, 0.1 to 0.2 … 0.9 to 1. `enough`: so much is seen
    of them that a low score says anything.
    """

    platform: str
    tier: str
    coverage: float
    enough: bool
    people: int | None = None
    median: float | None = None
    observed: float | None = None
    tenths: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Everybody's scores as of an instant, by platform and tier."""

    as_of: datetime
    calibration: str
    people: int
    groups: tuple[Group, ...]
    notes: tuple[str, ...]


def summary(
    studio: Studio, as_of: datetime | None = None, calibration: str = "", platform: str = ""
) -> Summary:
    """Return how engaged people are by platform and tier; fewer than ten are not told."""
    found = scores_at(studio, as_of, calibration)
    found = replace(found, coverages=tuple(seen(studio, found)))
    if len(found.ids):
        mine_of(found, platform)
    tiers = tiers_of(studio, found)
    places = [n for n, name in enumerate(found.platforms) if platform in ("", name)]
    return Summary(
        as_of=found.as_of,
        calibration=found.calibration,
        people=len(found.ids),
        groups=tuple(
            group
            for place in places
            for tier in range(len(TIERS) + 1)
            if (group := told(found, place, tier, (found.platform == place) & (tiers == tier)))
        ),
        notes=notes(studio, only(found, places)),
    )


def only(found: Everyone, places: Sequence[int]) -> Everyone:
    """Return the same with no word of other platforms."""
    return replace(
        found,
        platforms=tuple(found.platforms[one] for one in places),
        coverages=tuple(found.coverages[one] for one in places),
    )


def told(found: Everyone, place: int, tier: int, mine: Flags) -> Group | None:
    """Return a group as it may be told, `None` when nobody is in it."""
    scores = found.score[mine]
    if not scores.size:
        return None
    coverage = found.coverages[place]
    name = TIERS[tier] if tier < len(TIERS) else NO_TIER
    few = Group(
        platform=found.platforms[place], tier=name, coverage=coverage, enough=coverage >= SURE
    )
    if scores.size < FEWEST:
        return few
    counted, _ = np.histogram(scores, bins=TENTHS, range=(0.0, 1.0))
    middle = float(np.median(scores))
    return Group(
        platform=few.platform,
        tier=name,
        coverage=coverage,
        enough=few.enough,
        people=int(scores.size),
        median=middle,
        observed=middle / coverage if coverage else None,
        tenths=tuple(counted.tolist()),
    )


def tiers_of(studio: Studio, found: Everyone) -> Counts:
    """Return each one's place in `TIERS` as it is today, one beyond where nothing is active."""
    with studio.database.transaction() as session:
        who, best = engagement.tiers(session, TIERS)
    made = np.full(len(found.ids), len(TIERS), dtype=np.int64)
    if len(found.ids):
        at = np.clip(np.searchsorted(found.ids, who), 0, len(found.ids) - 1)
        known = found.ids[at] == who
        made[at[known]] = best[known].astype(np.int64)
    return made


def notes(studio: Studio, found: Everyone) -> tuple[str, ...]:
    """Return what whoever reads the figures has to know."""
    config = studio.config.scoring
    said = [
        f"{name} is not in phase2/score.json: write there what it shows, else nothing counts"
        for name in found.platforms
        if name not in config.platforms
    ]
    with studio.database.transaction() as session:
        for platform in found.platforms:
            kept = engagement.counted(session, platform)
            more = [name for name in kept if name not in config.shown(platform)]
            if more and platform in config.platforms:
                said.append(
                    f"{platform} has {', '.join(more).replace('_', ' ')} that do not count; "
                    "add them to its 'shows' in phase2/score.json if its exports really hold them"
                )
    said += unseen(config, found)
    if found.calibration == calibrations.DEFAULT and len(found.ids):
        said.append(
            "half of full is the default (a prior): measure it with "
            "elite8 subscribers score --calibrate once 30 people are active"
        )
    return tuple(said)


def seen(studio: Studio, found: Everyone) -> Iterator[float]:
    """Yield the weight that is seen of each platform: none while nothing of it ever came in."""
    with studio.database.transaction() as session:
        for name, coverage in zip(found.platforms, found.coverages, strict=True):
            shown = studio.config.scoring.shown(name)
            yield coverage if engagement.fed(session, name, shown) else 0.0


def unseen(config: ScoreConfig, found: Everyone) -> Iterator[str]:
    """Yield of which platforms nothing is seen, why, and what would change that."""
    blank: list[str] = []
    for name, coverage in zip(found.platforms, found.coverages, strict=True):
        row = config.platforms.get(name)
        if row is None or coverage:
            continue
        if not row.shows:
            blank.append(name)
        else:
            yield (
                f"{name}: nobody's {', '.join(row.shows).replace('_', ' ')} ever came in, so that "
                "nothing is seen of the score there; import them as events of your own (profile "
                "events)"
            )
    if blank:
        yield (
            f"nothing of the score is seen on {', '.join(blank)}: exports there hold none of it "
            "(sources in phase2/score.json); what people pay there is in elite8 subscribers money"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One of the most engaged; `rank` is the middle rank among platform and tier, 0 to 1."""

    subscriber: str
    platform: str
    tier: str
    score: float
    observed: float | None
    coverage: float
    rank: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The most engaged as of an instant."""

    as_of: datetime
    calibration: str
    people: tuple[Ranked, ...]


def top(
    studio: Studio,
    most: int,
    as_of: datetime | None = None,
    calibration: str = "",
    platform: str = "",
) -> Top:
    """Return the most engaged; of platforms that are seen unlike it is Refused."""
    found = scores_at(studio, as_of, calibration)
    mine = mine_of(found, platform)
    if not reference.comparable(found.coverage[mine]):
        seen = ", ".join(
            f"{name} {part:.2f}"
            for name, part in zip(found.platforms, found.coverages, strict=True)
        )
        raise Refused(
            f"these platforms do not show alike ({seen}), so people are not ranked beside each "
            "other; name one with --platform"
        )
    tiers = tiers_of(studio, found)
    groups = [f"{where} {tier}" for where, tier in zip(found.platform, tiers, strict=True)]
    ranks = reference.ranked(found.score, groups) if groups else np.array([])
    places = np.flatnonzero(mine)
    # By score, who has been there longest first among equals.
    first = places[np.lexsort((found.ids[places], -found.score[places]))][:most]
    with studio.database.transaction() as session:
        keys = engagement.keys(session, found.ids[first].tolist())
    return Top(
        as_of=found.as_of,
        calibration=found.calibration,
        people=tuple(one_of(found, place, keys, tiers, ranks) for place in first.tolist()),
    )


def mine_of(found: Everyone, platform: str) -> Flags:
    """Return who is on a platform, everybody for ""; one without anybody is a ConfigError."""
    if not platform:
        return np.ones(len(found.ids), dtype=np.bool_)
    if platform not in found.platforms:
        known = ", ".join(found.platforms) or "none so far"
        raise ConfigError(f"nobody is known on '{platform[:40]}'; platforms with people: {known}")
    return np.asarray(found.platform == found.platforms.index(platform))


def one_of(
    found: Everyone, place: int, keys: dict[int, str], tiers: Counts, ranks: Floats
) -> Ranked:
    """Return one person as the list has them."""
    observed, tier = float(found.observed[place]), int(tiers[place])
    return Ranked(
        subscriber=keys[int(found.ids[place])],
        platform=found.platforms[int(found.platform[place])],
        tier=TIERS[tier] if tier < len(TIERS) else NO_TIER,
        score=float(found.score[place]),
        observed=None if np.isnan(observed) else observed,
        coverage=float(found.coverage[place]),
        rank=float(ranks[place]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One part of a score: what was done lately, and what it adds, also in words."""

    activity: str
    words: str
    weight: float
    half: float
    worth: float | None
    adds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One subscriber's score, part by part; `before` is that of 28 days before."""

    subscriber: str
    platform: str
    as_of: datetime
    calibration: str
    score: float
    observed: float | None
    coverage: float
    enough: bool
    before: float
    parts: tuple[Told, ...]


def explain(
    studio: Studio, subscriber_id: int, as_of: datetime | None = None, calibration: str = ""
) -> Explained:
    """Return one subscriber's score with each part in words, most first."""
    now = studio.clock()
    day = min(as_of or now, now)
    with studio.database.transaction() as session:
        where = engagement.platforms(session, [subscriber_id])
        if subscriber_id not in where:
            raise ConfigError("that subscriber is erased; nothing is kept of what they did")
        key = engagement.keys(session, [subscriber_id])[subscriber_id]
        frozen = calibrations.version(session, calibration)
        found = engagement.happened(session, [subscriber_id], day)
        config, earlier = studio.config.scoring, fading.before(day)
        scale = fading.scale(config, frozen, where[subscriber_id], day)
        came = engagement.fed(session, scale.platform, scale.shown)
    made = fading.sums(found, config, day, 1)
    past = fading.scored(
        fading.sums(found, config, earlier, 1),
        fading.scale(config, frozen, where[subscriber_id], earlier),
    )
    total = float(fading.scored(made, scale)[0])
    coverage = scale.coverage if total or came else 0.0
    return Explained(
        subscriber=key,
        platform=scale.platform,
        as_of=day,
        calibration=frozen.version,
        score=total,
        observed=total / coverage if coverage else None,
        coverage=coverage,
        enough=coverage >= SURE,
        before=float(past[0]),
        parts=worded(
            reference.parts(fading.today(made, scale)[0], scale.halves, scale.all_weights)
        ),
    )


def worded(found: Sequence[Part]) -> tuple[Told, ...]:
    """Return parts with their words."""
    return tuple(
        Told(
            activity=one.activity,
            words=one.told,
            weight=one.weight,
            half=one.half,
            worth=one.x,
            adds=one.adds,
        )
        for one in found
    )


def named(studio: Studio, who: str) -> tuple[int, ...]:
    """Return the numbers of who is meant; nobody, or somebody erased, is a ConfigError."""
    with studio.database.transaction() as session:
        found = whom.find(studio, session, who)
    if not found.ids:
        raise ConfigError("nothing is kept there of what they did as a subscriber")
    return tuple(found.ids)
