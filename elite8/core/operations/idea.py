"""One idea for several regions: a localised video and a post at a local time for each.

All regions share the seed, and with it content type and topic; words are composed in each one's
language from the libraries. An operator's own words stay theirs: in another language their video
waits until somebody has translated them in a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from elite8.core.domain.character import Character, Language
from elite8.core.domain.post import Promotes, new_post
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.operations import brief as briefing
from elite8.core.operations import generate, produce, regional, stages
from elite8.core.operations.brief import Brief, Planned
from elite8.core.operations.generate import Progress, VideoMade
from elite8.core.operations.region_plan import Limits
from elite8.core.operations.regional import Opening
from elite8.core.storage import calendar, held, posts, videos
from elite8.core.storage.database import Session
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """For which regions, as "US,JP", and what the posts promote."""

    regions: str
    allow_later: bool = False
    promotes: Promotes = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One region's video, not kept; `untranslated` are the operator's words, to be translated."""

    region: str
    planned: Planned
    untranslated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Localised:
    """One region's video and post; `video` and `post` are "" when nothing is kept.

    `account` is whom it goes out by as things are, "" for the outbox.
    """

    region: str
    character: str
    language: str
    locale: str
    network: str
    opening: Opening
    zone: str
    topic: str
    title: str
    waits_for_translation: bool
    account: str
    stage: str = ""
    video: str = ""
    post: str = ""


def drafts(studio: Studio, brief: Brief, wish: Wish) -> tuple[Draft, ...]:
    """Return what the idea is in each region, everything about it checked; nothing is kept."""
    codes = regional.chosen(studio, wish.regions, allow_later=wish.allow_later)
    if brief.language and brief.script is None:
        raise ConfigError("--language goes with --script here: the regions say what is spoken")
    briefing.check(brief)
    ideas = [
        (one, replace(brief, seed=briefing.seed_of(studio, brief, one, number)))
        for one in briefing.chosen(studio, brief)
        for number in range(brief.count)
    ]
    return tuple(draft(studio, meant, one, code) for one, meant in ideas for code in codes)


def draft(studio: Studio, brief: Brief, character: Character, code: str) -> Draft:
    """Return the idea of a performer for one region; what cannot be said there is a ConfigError."""
    region = regional.named(studio, code)
    if region.language is None:
        raise ConfigError(
            f"no scripts are in {region.locale}, so {region.name} cannot be spoken to; there is "
            "one config/scripts/LANGUAGE.json for each language"
        )
    here = replace(
        brief,
        characters=(character.id,),
        everyone=False,
        count=1,
        locale=region.locale,
        topic=topic_in(studio, brief, region.language),
    )
    (planned,) = briefing.plan(studio, here)
    own = brief.script or ""
    source = briefing.spoken_language(character, brief.language)
    return Draft(
        region=code, planned=planned, untranslated=own if source != region.language else ""
    )


def topic_in(studio: Studio, brief: Brief, language: Language) -> str:
    """Return a topic in a language; one that no library has is not translated but refused."""
    if not brief.topic:
        return ""
    every = (studio.config.script_library(code) for code in ("en", "ja", "pt", "de", "es"))
    place = next((found for one in every if (found := one.topic(brief.topic))), None)
    if place is None:
        raise ConfigError(
            f"the topic '{brief.topic[:40]}' is in no config/scripts/*.json, and nothing is "
            "translated by itself: choose one of theirs, or write --script and translate that"
        )
    content, at = place
    return studio.config.script_library(language).content[content].topics[at].text


def plan(studio: Studio, brief: Brief, wish: Wish) -> tuple[Localised, ...]:
    """Return where and when each region's video would go out; nothing is kept."""
    found = drafts(studio, brief, wish)
    with studio.database.transaction() as session:
        return tuple(spot for _, spot in placed(studio, session, found))


def keep(studio: Studio, brief: Brief, wish: Wish) -> tuple[tuple[Planned, Localised], ...]:
    """Keep the videos, planned, and their posts, waiting: all regions' in one transaction."""
    found = drafts(studio, brief, wish)
    with studio.database.transaction() as session:
        held.alone(session, "plan")
        kept = []
        for one, spot in placed(studio, session, found):
            video = row_of(studio, one, spot)
            videos.add(session, video)
            post = keep_post(studio, session, video, spot, wish)
            kept.append((one.planned, replace(spot, video=video.id, post=post)))
    return tuple(kept)


def film(studio: Studio, planned: Planned, spot: Localised, show: Progress) -> VideoMade:
    """Film a kept video on this machine; one that another process has is Unavailable."""
    claimed = generate.claim_to_film(studio, spot.video)
    if claimed is None:
        raise Unavailable(f"video {spot.video} is made by another process")
    return generate.make(studio, planned, show, claimed)


def order(studio: Studio, spot: Localised) -> None:
    """Order a kept video from the paid engine; what keeps it from being made is Refused."""
    with studio.database.transaction() as session:
        video = videos.get(session, spot.video)
    if video is None:
        raise Refused(f"video {spot.video} is gone")
    done = produce.one(studio, video)
    if done.state == "failed":
        raise Refused(done.message)


def placed(
    studio: Studio, session: Session, found: Sequence[Draft]
) -> list[tuple[Draft, Localised]]:
    """Return each draft with its network and time, within all caps and budgets."""
    soonest = studio.clock() + timedelta(minutes=studio.config.calendar.buffer_minutes)
    last = soonest + timedelta(days=regional.LOOKED_AHEAD)
    limits, spots, taken = Limits(studio, soonest, last), [], set[str]()
    limits.look(session)
    for one in found:
        planned = one.planned
        limits.one = regional.cost_of_one(studio, planned.seconds, planned.engine)
        network, opening = spot_of(studio, session, one, limits, taken)
        limits.book(one.region, network, opening.at, place_of(one, opening))
        taken.add(place_of(one, opening))
        account = regional.account(session, network, one.region, planned.character)
        spots.append((one, localised(studio, one, network, opening, account)))
    return spots


def spot_of(
    studio: Studio, session: Session, one: Draft, limits: Limits, taken: set[str]
) -> tuple[str, Opening]:
    """Return the first time with room on the region's networks, the heaviest first.

    A stage's post goes to the stage's networks alone. Where nobody is signed in to any, the post
    goes to the outbox.
    """
    region, character = regional.named(studio, one.region), one.planned.character
    only = stages.networks(studio, one.planned.stage)
    able = regional.able(session, region, one.region, character, only) or ("outbox",)
    rng = Random(f"idea:{one.planned.seed}:{one.region}")  # noqa: S311  # the same idea, the same time
    why = "no window opens within two weeks"
    for opening in regional.openings(region, limits.first, rng):
        place = place_of(one, opening)
        day = opening.at.date()
        if place in taken or place in calendar.placed(session, day, day + timedelta(days=1)):
            continue
        for network in able:
            why = limits.why_not(one.region, network, opening.at, place)
            if not why:
                return network, opening
    raise Refused(
        f"posts {why}, in every window of two weeks; drop some with 'elite8 schedule drop', or "
        "raise the limit"
    )


def place_of(one: Draft, opening: Opening) -> str:
    """Return what the place of a draft is called; an operator's own, so no plan moves it."""
    when = f"{opening.at:%Y-%m-%d}/by hand {opening.at:%H:%M} {one.region}"
    return f"{when}/{one.planned.character}"


def localised(
    studio: Studio, one: Draft, network: str, opening: Opening, account: str
) -> Localised:
    """Return a draft with its place as a record."""
    planned, region = one.planned, regional.named(studio, one.region)
    return Localised(
        region=one.region,
        character=planned.character,
        language=planned.language,
        locale=region.locale,
        network=network,
        opening=opening,
        zone=region.default_zone,
        topic=planned.topic,
        title=planned.script.title,
        waits_for_translation=bool(one.untranslated),
        account=account,
        stage=planned.stage,
    )


def row_of(studio: Studio, one: Draft, spot: Localised) -> Video:
    """Return the row of a draft's video, not kept."""
    video = briefing.row_of(studio, one.planned)
    video.place = place_of(one, spot.opening)
    video.untranslated = one.untranslated
    if one.planned.own_words and not one.untranslated:
        video.words = "\n".join(line.text for line in one.planned.script.lines)
    return video


def keep_post(studio: Studio, session: Session, video: Video, spot: Localised, wish: Wish) -> str:
    """Keep the post of a region's video and return its id; what is missed is skipped."""
    late = studio.config.strategy.posting.late_minutes
    post = new_post(
        now=studio.clock(),
        video_id=video.id,
        platform=spot.network,
        due_at=spot.opening.at,
        region=spot.region,
    )
    post.wall, post.zone = spot.opening.wall, spot.zone
    post.promotes = wish.promotes or stages.promotes(studio, video)
    post.late_minutes, post.missed = late, "skip"
    posts.add(session, post)
    return post.id
