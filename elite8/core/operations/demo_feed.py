"""Enter made-up posts and what they brought: readings, clicks, people, money."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from elite8.core.domain.account import Account
from elite8.core.domain.event import NOWHERE, EventKind, EventSource, FunnelEvent, Origin
from elite8.core.domain.link import Link
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.reading import AFTER, Reading
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.operations.demo_asked import id_at
from elite8.core.operations.demo_people import Entered
from elite8.core.simulators.growth import SHARES, Growth
from elite8.core.storage import bulk
from elite8.core.storage.bulk import Table
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

TABLES: tuple[Table, ...] = (Video, Post, Reading, Link, FunnelEvent)
NETWORKS = ("tiktok", "instagram", "youtube")
YEAR, LATELY = 364, 30
"""Days with posts, and those of them with one for every region each day."""
OLD_READINGS = (timedelta(days=1), timedelta(days=30))
CAME_BY_POST = 0.65
"""Of those who pay, whose way is known (made up)."""
CLICKS = 0.012
"""Of the views of a stage with a link (made up)."""
TARGET = "https://members.example.org/"
BATCH = "synthetic"
AT_ONCE = 20_000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Out:
    """A made-up post that is out."""

    id: str
    at: datetime
    origin: Origin


@dataclass(slots=True)
class Feed:
    """The rows of a year, and the posts by performer and region, earliest first."""

    rows: dict[Table, list[Row]]
    posts: dict[tuple[str, str], list[Out]]
    all: list[Out]


def enter(studio: Studio, seed: int, people: Sequence[Entered]) -> None:
    """Enter a year of posts, and what they brought."""
    lot = Random(f"feed {seed}")  # noqa: S311  # nothing here is secret
    feed = Feed(defaultdict(list), defaultdict(list), [])
    now = studio.clock()
    accounts = {name: id_at(now - timedelta(days=YEAR), lot) for name in NETWORKS}
    feed.rows[Account] = [account(name, accounts[name], now) for name in NETWORKS]
    for ago in range(YEAR, 0, -1):
        of_day(studio, feed, now - timedelta(days=ago), ago, accounts, lot)
    links(studio, feed, lot)
    brought(feed, people, lot)
    order = (Account, Video, Post, Reading, Link, FunnelEvent)
    with studio.database.transaction() as session:
        for kind in order:
            put(session, kind, feed.rows[kind])


def put(session: Session, kind: Table, rows: Sequence[Row]) -> None:
    """Enter rows, many at once, what a row does not say by the table's own defaults."""
    names = {name: None for one in rows for name in one}
    whole = [dict.fromkeys(names) | one for one in rows]
    for first in range(0, len(whole), AT_ONCE):
        bulk.enter(session, kind, whole[first : first + AT_ONCE])


@cache
def defaults(kind: Table) -> Row:
    """Return what a row of a table has where nothing is said."""
    fields = kind.model_fields.items()
    return {name: None if one.is_required() else one.get_default() for name, one in fields}


def whole(kind: Table, **facts: object) -> Row:
    """Return a row."""
    return defaults(kind) | facts


def account(network: str, name: str, now: datetime) -> Row:
    """Return an account that nobody can sign in to."""
    return Account(
        id=name, network=network, handle=f"synthetic-{network}", name="synthetic",
        signed_in_at=now - timedelta(days=YEAR),
    ).model_dump()  # fmt: skip


def of_day(  # noqa: PLR0913, PLR0917  # one day of a feed
    studio: Studio,
    feed: Feed,
    day: datetime,
    ago: int,
    accounts: Mapping[str, str],
    lot: Random,
) -> None:
    """Add a day's videos: one for a region, lately one for each; every third on two networks."""
    targets = studio.config.strategy.targets
    chosen = targets if ago <= LATELY else (targets[ago % len(targets)],)
    roster = studio.config.roster.characters
    stages = studio.config.funnel.stages
    for place, region in enumerate(chosen):
        character = roster[(ago * len(targets) + place) % len(roster)]
        stage = lot.choices(stages, [one.per_day for one in stages])[0]
        at = day.replace(minute=0, second=0) + timedelta(hours=lot.randint(-6, 6))
        number = id_at(at, lot)
        feed.rows[Video].append(
            video(studio, number, character.id, stage.stage, stage.content_types[0], region, at)
        )
        there = {str(name) for name in stage.networks}
        fit = [name for name in NETWORKS if name in there] or [*NETWORKS]
        for network in lot.sample(fit, min(len(fit), 1 + (lot.random() < 1 / 3))):
            origin = Origin(
                stage=stage.stage, region=region, network=network, character=character.id,
                post="", video=number,
            )  # fmt: skip
            post(studio, feed, at, origin, accounts[network], lot, fine=ago <= LATELY)


def video(  # noqa: PLR0913, PLR0917  # the facts of one video
    studio: Studio, number: str, character: str, stage: str, kind: str, region: str, at: datetime
) -> Row:
    """Return a video that was never made: it has no file."""
    where = studio.config.regions.regions[region]
    made = at - timedelta(hours=3)
    return whole(
        Video, id=number, character_id=character, status=VideoStatus.FINISHED, engine="local",
        language=where.locale[:2], locale=where.locale, content_type=kind, topic=stage,
        title=f"Synthetic {stage}", script="nobody speaks here", seed=0, seconds=30.0,
        created_at=made, begun_at=made, finished_at=made + timedelta(minutes=1), stage=stage,
    )  # fmt: skip


def post(  # noqa: PLR0913, PLR0917  # the facts of one post
    studio: Studio,
    feed: Feed,
    at: datetime,
    origin: Origin,
    account_id: str,
    lot: Random,
    *,
    fine: bool,
) -> None:
    """Add a post and what it was read to have done so far."""
    number = id_at(at, lot)
    row = whole(
        Post, id=number, video_id=origin.video, platform=origin.network, region=origin.region,
        status=PostStatus.PUBLISHED, due_at=at, meant_at=at, published_at=at, sent_at=at,
        attempts=1, account_id=account_id, remote_id=f"synthetic-{number}", seen="public",
    )  # fmt: skip
    feed.rows[Post].append(row)
    out = Out(number, at, Origin(**facts_of(origin) | {"post": number}))
    feed.posts[origin.character, origin.region].append(out)
    feed.all.append(out)
    grown = Growth(seed=number)
    for after in AFTER[::2] if fine else OLD_READINGS:
        if at + after < studio.clock():
            feed.rows[Reading].append(read(out, grown, after, lot))


def facts_of(origin: Origin) -> dict[str, str]:
    """Return an origin's names."""
    return {name: getattr(origin, name) for name in Origin.__dataclass_fields__}


def read(out: Out, grown: Growth, after: timedelta, lot: Random) -> Row:
    """Return what a post was read to have done at an age."""
    counts = {name: grown.count(name, after) for name in SHARES if name != "reposts"}
    views = grown.views(after)
    return {
        "id": id_at(out.at + after, lot),
        "post_id": out.id,
        "at": out.at + after,
        **counts,
        "views": views,
        "watch_seconds": round(views * grown.seconds_a_view, 1),
    }


def links(studio: Studio, feed: Feed, lot: Random) -> None:
    """Add a link for each region and stage that has one, and their clicks day by day."""
    began, now = studio.clock() - timedelta(days=YEAR), studio.clock()
    carrying = [one.stage for one in studio.config.funnel.stages if one.carries == "link"]
    for region in studio.config.strategy.targets:
        for stage in carrying:
            code = hashlib.sha256(f"link {region} {stage}".encode()).hexdigest()[:8]
            origin = Origin(stage=stage, region=region)
            at = began + timedelta(minutes=len(feed.rows[Link]))
            feed.rows[Link].append(
                Link(
                    id=id_at(at, lot),
                    code=code,
                    target=f"{TARGET}{region.lower()}",
                    stage=stage,
                    region=region,
                    created_at=at,
                ).model_dump()
            )
            for day in range(YEAR):
                when = at + timedelta(days=day, hours=lot.randint(1, 20))
                if when < now and (many := int(lot.expovariate(1 / 4))):
                    name = f"{code} {day}"
                    feed.rows[FunnelEvent].append(
                        event(EventKind.CLICK, when, origin, name, lot, count=many, about=code)
                    )


def brought(feed: Feed, people: Sequence[Entered], lot: Random) -> None:
    """Add who came from which post, whose they became, and all they paid."""
    for one in people:
        if not one.paid:
            continue
        first = one.paid[0][0]
        came = came_from(feed, one, first, lot) if lot.random() < CAME_BY_POST else None
        add = feed.rows[FunnelEvent].append
        if came:
            at = max(first - timedelta(hours=lot.randint(1, 60)), came.at + timedelta(minutes=5))
            add(event(EventKind.LEAD, min(at, first), came.origin, f"{one.key} lead", lot, one.key))
        add(event(EventKind.SUBSCRIBE, first, NOWHERE, f"{one.key} first", lot, one.key))
        currency = one.fan.habitat.currency
        for at, amount, name, about in one.paid:
            money = {"amount_minor": amount, "currency": currency, "about": about}
            add(event(EventKind.MONEY, at, NOWHERE, name, lot, one.key, **money))


def came_from(feed: Feed, one: Entered, first: datetime, lot: Random) -> Out | None:
    """Return a post of the month before they came, of their performer and for where they live."""
    posts = feed.posts.get((one.fan.character, one.fan.country), [])
    near = [out for out in posts if timedelta(hours=1) < first - out.at < timedelta(days=28)]
    return lot.choice(near) if near else None


def event(  # noqa: PLR0913, PLR0917  # the facts of one happening
    kind: EventKind,
    at: datetime,
    origin: Origin,
    name: str,
    lot: Random,
    person: str = "",
    **more: Any,  # noqa: ANN401  # columns
) -> Row:
    """Return something that happened as a row."""
    of_link = kind == EventKind.CLICK
    return {
        "id": id_at(at, lot),
        "kind": str(kind),
        "at": at,
        "person": person,
        "count": 1,
        "stage": origin.stage,
        "region": origin.region,
        "network": origin.network,
        "character_id": origin.character,
        "post_id": origin.post,
        "video_id": origin.video,
        "amount_minor": None,
        "currency": "",
        "about": "",
        "key": name,
        "batch": BATCH,
        "source": EventSource.LINK if of_link else EventSource.IMPORT,
        **more,
    }
