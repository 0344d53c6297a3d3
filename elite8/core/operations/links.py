"""Tracked links: make them, end them, and follow one without keeping who did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from elite8.core import log
from elite8.core.domain.event import Origin
from elite8.core.domain.funnel import STAGES
from elite8.core.domain.link import Link, clean_target, new_code, new_link, with_utm
from elite8.core.domain.rule import STALE_AFTER
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import accounts
from elite8.core.operations.follow import origin_of, verdicts
from elite8.core.operations.library import find
from elite8.core.storage import events, held, links, posts
from elite8.core.studio import Studio

LONGEST_CAMPAIGN = 64
NOWHERE_YET = (
    "this machine's page has no public address: set ELITE8_WEB_URL to where a proxy serves it "
    "(docs/how-to/funnel.md), then the link is ADDRESS/l/{}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a link is to be for; a post or video says stage, network and performer itself."""

    target: str
    post: str = ""
    video: str = ""
    stage: str = ""
    region: str = ""
    network: str = ""
    character: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkShown:
    """A link; `url` is what viewers get, "" while no public address is known."""

    code: str
    url: str
    target: str
    stage: str
    region: str
    network: str
    character: str
    post: str
    video: str
    campaign: str
    created_at: datetime
    retired_at: datetime | None
    clicks: int
    warnings: tuple[str, ...] = ()


def create(studio: Studio, wish: Wish, *, dry_run: bool = False) -> LinkShown:
    """Make a link, or return the living one that is just the same; a rule's block is Refused."""
    campaign = wish.campaign.strip()
    if len(campaign) > LONGEST_CAMPAIGN or not campaign.isprintable():
        raise ConfigError(f"--campaign is longer than {LONGEST_CAMPAIGN} letters; name it shorter")
    origin = place(studio, wish)
    try:
        target = clean_target(wish.target, not_to=urlsplit(studio.settings.web_url).hostname or "")
    except ValueError as wrong:
        raise ConfigError(str(wrong)) from None
    said = verdicts(studio, target, origin, audience(studio, origin))
    if blocks := [one for one in said if one.verdict == "block"]:
        raise Refused(f"no link goes there: {blocks[0].reason} [{blocks[0].rule}]")
    code = new_code()
    link = new_link(
        now=studio.clock(),
        code=code,
        target=with_utm(target, utm(origin, campaign, code)),
        stage=origin.stage,
        region=origin.region,
        network=origin.network,
        character_id=origin.character,
        post_id=origin.post,
        video_id=origin.video,
        campaign=campaign,
    )
    warnings = (*(one.reason for one in said if one.verdict == "warn"), *old_list(studio))
    if dry_run:
        return shown(studio, link, 0, warnings)
    return keep(studio, link, target, warnings)


def old_list(studio: Studio) -> tuple[str, ...]:
    """Return that the list of crawlers is to be looked at again, when it is old."""
    known = studio.config.link_bots.as_of
    if studio.clock().date() - known <= STALE_AFTER:
        return ()
    return (f"re-check phase2/link_bots.json: it is of {known}, over 180 days ago",)


def audience(studio: Studio, origin: Origin) -> tuple[str, ...]:
    """Return the regions that a link's post is for, as far as its account says."""
    if not origin.post:
        return (origin.region,) if origin.region else ()
    with studio.database.transaction() as session:
        post = posts.get(session, origin.post)
        found = accounts.audience(session, post, origin.character) if post else ()
    return tuple(dict.fromkeys((*found, *filter(None, (origin.region,)))))


def keep(studio: Studio, link: Link, target: str, warnings: tuple[str, ...]) -> LinkShown:
    """Keep a new link unless the same one lives."""
    origin = origin_of(link)
    with studio.database.transaction() as session:
        held.alone(session, "links")
        known = next(
            (
                one
                for one in links.beside(session, link)
                if one.target == with_utm(target, utm(origin, link.campaign, one.code))
            ),
            None,
        )
        clicks = events.clicks_of_links(session).get(known.code, 0) if known else 0
        if known is None:
            links.add(session, link)
    if known is None:
        log.get().info("link.made", code=link.code, network=link.network, region=link.region)
    return shown(studio, known or link, clicks, warnings)


def utm(origin: Origin, campaign: str, code: str) -> Mapping[str, str]:
    """Return what the target's owner is told: network, stage, campaign and the code, no person."""
    return {
        "utm_source": origin.network or "elite8",
        "utm_medium": "social",
        "utm_campaign": campaign or origin.stage,
        "utm_content": code,
    }


def place(studio: Studio, wish: Wish) -> Origin:
    """Return where a link is to stand; what contradicts its post is a ConfigError."""
    if wish.post:
        with studio.database.transaction() as session:
            found = posts.matching(session, wish.post.upper())
            if len(found) != 1:
                raise ConfigError(f"no one post '{wish.post[:40]}'; elite8 publish list shows them")
            origin = events.origins(session, [found[0].id])[found[0].id]
    elif wish.video:
        video = find(studio, wish.video)
        origin = Origin(stage=video.stage, character=video.character_id, video=video.id)
    else:
        origin = Origin()
    return completed(studio, origin, wish)


def completed(studio: Studio, origin: Origin, wish: Wish) -> Origin:
    """Return the place with what the wish adds; nothing is said twice differently."""
    asked = {
        "stage": wish.stage,
        "region": wish.region.upper(),
        "network": wish.network,
        "character": wish.character,
    }
    if wish.stage and wish.stage not in STAGES:
        studio.config.funnel.named(wish.stage)
    if wish.character:
        studio.config.roster.named(wish.character)
    if asked["region"] and not (len(asked["region"]) == 2 and asked["region"].isalpha()):  # noqa: PLR2004  # ISO 3166
        raise ConfigError(f"'{wish.region[:10]}' is no region; write two letters, as US")
    facts = {name: getattr(origin, name) for name in Origin.__dataclass_fields__}
    if facts["network"] == "outbox" and wish.network:
        facts["network"] = ""  # it was posted by hand there
    for name, value in asked.items():
        if value and facts[name] and facts[name] != value:
            raise ConfigError(f"its {name} is {facts[name]}, not {value}; leave --{name} out")
        facts[name] = facts[name] or value
    return Origin(**facts)


def listed(studio: Studio, *, retired: bool = False, limit: int = 50) -> tuple[LinkShown, ...]:
    """Return links, the newest first, with their clicks."""
    with studio.database.transaction() as session:
        found = links.every(session, retired=retired, limit=limit)
        clicks = events.clicks_of_links(session)
    return tuple(shown(studio, one, clicks.get(one.code, 0)) for one in found)


def of_code(studio: Studio, code: str) -> LinkShown:
    """Return one link; a code that is none is a ConfigError."""
    with studio.database.transaction() as session:
        found = links.of_code(session, code.rpartition("/")[2].lower())
        clicks = events.clicks_of_links(session)
    if found is None:
        raise ConfigError(f"no link '{code[:40]}'; elite8 funnel link list shows them")
    return shown(studio, found, clicks.get(found.code, 0))


def retire(studio: Studio, code: str) -> LinkShown:
    """End a link: whoever follows it is told that it is over; its clicks stay. Twice is as once."""
    found = of_code(studio, code)
    with studio.database.transaction() as session:
        links.retire(session, found.code, studio.clock())
    return of_code(studio, found.code)


def shown(studio: Studio, link: Link, clicks: int, warnings: tuple[str, ...] = ()) -> LinkShown:
    """Return a link for people."""
    base = studio.settings.web_url
    return LinkShown(
        code=link.code,
        url=f"{base}/l/{link.code}" if base else "",
        target=link.target,
        stage=link.stage,
        region=link.region,
        network=link.network,
        character=link.character_id,
        post=link.post_id,
        video=link.video_id,
        campaign=link.campaign,
        created_at=link.created_at,
        retired_at=link.retired_at,
        clicks=clicks,
        warnings=warnings,
    )
