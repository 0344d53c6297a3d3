"""Plan which videos and posts should exist: rows, not timers. Planning twice plans once.

A place is a performer in a slot of a day; its video and its posts are made once, whoever plans how
often. What a changed config would move or take away is said, and done only when asked for.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from elite8.core import log
from elite8.core.domain import plan as turns
from elite8.core.domain.attempt import new_attempt
from elite8.core.domain.plan import Place
from elite8.core.domain.post import Post, PostStatus, new_post
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import ConfigError
from elite8.core.operations import accounts, bottleneck, region_plan, stages
from elite8.core.operations.affordable import affordable
from elite8.core.operations.brief import Brief, Planned, plan_one, row_of
from elite8.core.operations.casting import cast
from elite8.core.operations.room import beside, post_at, why_nothing
from elite8.core.operations.wanted import Intent, Wanted
from elite8.core.storage import accounts as kept_accounts
from elite8.core.storage import attempts, calendar, held, posts, videos
from elite8.core.storage.calendar import Known
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

What = Literal["new", "moves", "goes"]
MOST_DAYS = 400
CROWDED = (
    "{} posts have no room beside what was planned before; 'elite8 schedule plan --move --dry-run' "
    "says what would go for them"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What planning does, or would do, about one post; `before` is where it was."""

    what: What
    character: str
    network: str
    slot: str
    at: datetime
    before: datetime | None
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendared:
    """What came of planning: the changes, how much stays, and what kept more from being planned."""

    first: date
    days: int
    changes: tuple[Change, ...]
    kept: int
    videos: int
    notes: tuple[str, ...]


def plan(studio: Studio, *, days: int, dry_run: bool = False, move: bool = False) -> Calendared:
    """Put what is missing into the calendar; with `move`, also what a new config changes."""
    if not 1 <= days <= MOST_DAYS:
        raise ConfigError(f"--days {days} is outside 1 to {MOST_DAYS}")
    meant = intent(studio, days)
    drafts = {} if dry_run else drafted(studio, meant)
    with studio.database.transaction() as session:
        held.alone(session, "plan")
        known = calendar.placed(session, meant.first, meant.last)
        gone = [*leftovers(meant.places, known, meant.soonest)]
        wanted = beside(studio, meant.wanted, known, gone if move else ())
        crowded = len(meant.wanted) - len(wanted)
        changes = [
            *compare(wanted, known, dry_run=dry_run, move=move),
            *(going(*one, done=move and not dry_run) for one in gone),
        ]
        fresh = {one.place.key for one in wanted} - set(known)
        if not dry_run:
            enter(studio, session, wanted, known, drafts)
            tell(studio, session, known, meant.why, fresh)
        if move and not dry_run:
            rearrange(session, studio.clock(), wanted, known, gone)
    if fresh and not dry_run:
        log.get().info("plan.made", videos=len(fresh), days=days)
    touched = sum(change.what in ("new", "moves") for change in changes)
    return Calendared(
        first=meant.first,
        days=days,
        changes=tuple(changes),
        kept=len(wanted) - touched,
        videos=len(fresh),
        notes=(
            *meant.notes,
            *why_nothing(studio, meant),
            *([CROWDED.format(crowded)] * bool(crowded)),
        ),
    )


def intent(studio: Studio, days: int) -> Intent:
    """Return what the plan wants from today on; whole weeks are looked at."""
    first = today(studio)
    last, monday = first + timedelta(days=days), first - timedelta(days=first.weekday())
    why: Mapping[str, str] = {}
    with studio.database.transaction() as session:
        known = calendar.placed(session, monday, last)
        if region_plan.is_on(studio):
            places = region_plan.places(studio, first, days)
            wanted, notes = region_plan.posts_of(studio, session, places, known)
        else:
            whole = wanted_places(studio, session, monday, (last - monday).days)
            cast_places, why = cast(studio, session, whole, known)
            places = tuple(place for place in cast_places if place.day >= first)
            wanted, notes = posts_of(studio, session, places)
    wanted, short = within_credits(studio, wanted, known, days)
    return Intent(
        first=first,
        last=last,
        places=places,
        wanted=tuple(wanted),
        why=why,
        notes=(*notes, *short),
        soonest=studio.clock() + timedelta(minutes=studio.config.calendar.buffer_minutes),
    )


def drafted(studio: Studio, meant: Intent) -> Mapping[str, Video]:
    """Return the videos of the places that have none, not kept."""
    with studio.database.transaction() as session:
        known = calendar.placed(session, meant.first, meant.last)
    fresh = {one.place.key: one.place for one in meant.wanted if one.place.key not in known}
    parts = bottleneck.parts(studio) if fresh else ()
    staged = {key: stages.of_place(studio, parts, key, one.networks) for key, one in fresh.items()}
    return {key: draft(studio, place, staged[key]) for key, place in fresh.items()}


def today(studio: Studio) -> date:
    """Return the day it is in the calendar's zone."""
    return studio.clock().astimezone(ZoneInfo(studio.config.calendar.zone)).date()


def wanted_places(studio: Studio, session: Session, first: date, days: int) -> tuple[Place, ...]:
    """Return the places of these days, beside what the operator ordered by hand."""
    rules, zone = studio.config.calendar, ZoneInfo(studio.config.calendar.zone)
    monday = first - timedelta(days=first.weekday())
    since = datetime.combine(monday, time(), zone).astimezone(UTC)
    by_hand = calendar.by_hand(session, since, since + timedelta(days=days + 14))
    taken: Counter[tuple[date, str]] = Counter()
    for at, network, place in by_hand:
        day = at.astimezone(zone).date()
        # One that was moved within its day has a place of that day already.
        if "/by hand" in place or not place.startswith(f"{day}/"):
            taken[day, network] += 1
    characters = [one.id for one in studio.config.roster.characters]
    return turns.days(rules, characters, first, days, taken)


def posts_of(
    studio: Studio, session: Session, places: Sequence[Place]
) -> tuple[list[Wanted], list[str]]:
    """Return the posts of these places that can still be made, and what keeps others away."""
    rules = studio.config.calendar
    zone, slots = ZoneInfo(rules.zone), {slot.name: slot for slot in rules.slots}
    soonest = studio.clock() + timedelta(minutes=rules.buffer_minutes)
    gap = timedelta(minutes=studio.config.publishing.stagger_minutes)
    speaking = speakers(session, places)
    found: list[Wanted] = []
    missing: Counter[tuple[str, str]] = Counter()
    for place in places:
        slot = slots[place.slot]
        at = slot.on(place.day, zone).astimezone(UTC)
        if at < soonest:
            continue
        able = [name for name in place.networks if not speaking[name, place.character]]
        missing.update(
            (name, speaking[name, place.character]) for name in set(place.networks) - set(able)
        )
        wall = f"{place.day} {slot.time}"
        found += [
            Wanted(
                place=place,
                network=name,
                at=at + place.networks.index(name) * gap,
                wall=wall,
                zone=rules.zone,
                slot=slot,
            )
            for name in able
        ]
    return found, [
        f"{count} posts on {name} have no account: {why}"
        for (name, why), count in sorted(missing.items())
    ]


def within_credits(
    studio: Studio, wanted: list[Wanted], known: Known, days: int
) -> tuple[list[Wanted], list[str]]:
    """Return what the credits pay for, and what is said of the rest.

    Where this machine may film when credits are short, all stays; else the later videos go.
    """
    paid = affordable(studio, days)
    fresh = dict.fromkeys(one.place.key for one in wanted if one.place.key not in known)
    if paid is None or not fresh:
        return wanted, []
    ahead = sum(
        video.status == VideoStatus.PLANNED and video.engine == "a2e" for video, _ in known.values()
    )
    room = max(paid.videos - ahead, 0)
    if len(fresh) <= room:
        return wanted, []
    said = f"{paid.credits} credits until then pay for {room} of {len(fresh)} new videos; "
    if studio.config.tariff.local_when_spent:
        return wanted, [said + "the others are filmed on this machine"]
    beyond = set([*fresh][room:])
    some = [one for one in wanted if one.place.key not in beyond]
    return some, [said + "the others are not planned"]


def speakers(session: Session, places: Sequence[Place]) -> Mapping[tuple[str, str], str]:
    """Return why no account of a network takes a performer's posts, "" when one does."""
    names = {(network, place.character) for place in places for network in place.networks}
    every = {name: kept_accounts.every(session, name) for name, _ in names}
    return {
        (name, who): "" if name == "outbox" else accounts.why_none(every[name], name, who)
        for name, who in names
    }


def compare(
    wanted: Sequence[Wanted], known: Known, *, dry_run: bool, move: bool
) -> Iterator[Change]:
    """Yield what is missing and what would move."""
    for one in wanted:
        post = post_at(known, one)
        if post is None:
            yield change_of("new", one, None, done=not dry_run)
        elif differs(post, one):
            yield change_of("moves", one, post.due_at, done=move and not dry_run)


def going(video: Video, post: Post, *, done: bool) -> Change:
    """Return the change of a post that the plan does not want any more."""
    return Change(
        what="goes",
        character=video.character_id,
        network=post.platform,
        slot=post.slot,
        at=post.due_at,
        before=post.due_at,
        done=done,
    )


def change_of(what: What, one: Wanted, before: datetime | None, *, done: bool) -> Change:
    """Return the change of a post that is wanted."""
    return Change(
        what=what,
        character=one.place.character,
        network=one.network,
        slot=one.place.slot,
        at=one.at,
        before=before,
        done=done,
    )


def is_free(post: Post) -> bool:
    """Return whether a plan may still touch the post: it waits and is where a plan put it."""
    return bool(post.slot) and post.status == PostStatus.WAITING and post.sent_at is None


def differs(post: Post, one: Wanted) -> bool:
    """Return whether its slot is at another time now than when the post was planned."""
    here = is_free(post) and post.slot == one.place.slot
    return here and (post.wall, post.zone) != (one.wall, one.zone)


def leftovers(
    places: Sequence[Place], known: Known, soonest: datetime
) -> Iterator[tuple[Video, Post]]:
    """Yield planned posts to come that the plan does not want any more."""
    there = {(place.key, name) for place in places for name in place.networks}
    for key, (video, found) in known.items():
        for post in found:
            planned_here = is_free(post) and post.slot == key.split("/")[1]
            if planned_here and (key, post.platform) not in there and post.wall_at >= soonest:
                yield video, post


def draft(studio: Studio, place: Place, stage: str = "") -> Video:
    """Return the video of a place, not kept: the same place gives the same video."""
    seed = int.from_bytes(hashlib.sha256(place.key.encode()).digest()[:4]) % 2**31
    locale = studio.config.regions.regions[place.region].locale if place.region else ""
    brief = Brief(characters=(place.character,), seed=seed, locale=locale, stage=stage)
    return video_of(
        studio, plan_one(studio, brief, studio.config.roster.named(place.character), 0), place.key
    )


def video_of(studio: Studio, planned: Planned, place: str) -> Video:
    """Return the row of a video to be made later, not kept."""
    video = row_of(studio, planned)
    video.place = place
    return video


def enter(
    studio: Studio,
    session: Session,
    wanted: Sequence[Wanted],
    known: Known,
    drafts: Mapping[str, Video],
) -> None:
    """Keep the videos and posts that are missing."""
    for one in wanted:
        if post_at(known, one) is not None:
            continue
        if one.place.key not in known:
            video = drafts[one.place.key]
            videos.add(session, video)
            known[one.place.key] = (video, [])
        video, there = known[one.place.key]
        post = new_post(
            now=studio.clock(),
            video_id=video.id,
            platform=one.network,
            due_at=one.at,
            region=one.place.region,
        )
        post.slot, post.wall, post.zone = one.place.slot, one.wall, one.zone
        post.late_minutes, post.missed = one.slot.late_minutes, one.slot.missed
        post.promotes = stages.promotes(studio, video)
        posts.add(session, post)
        there.append(post)


def tell(
    studio: Studio,
    session: Session,
    known: Known,
    why: Mapping[str, str],
    fresh: Collection[str],
) -> None:
    """Note in the story of new posts why their performer was drawn."""
    for key in why.keys() & set(fresh):
        for post in known[key][1]:
            story = new_attempt(
                at=studio.clock(),
                post_id=post.id,
                kind="planned",
                outcome="drawn",
                message=why[key],
            )
            attempts.add(session, story)


def rearrange(
    session: Session,
    now: datetime,
    wanted: Sequence[Wanted],
    known: Known,
    gone: Sequence[tuple[Video, Post]],
) -> None:
    """Move what is at another time now, and take out what the plan does not want any more."""
    for one in wanted:
        post = post_at(known, one)
        if post is not None and differs(post, one):
            posts.decide(
                session, post, PostStatus.WAITING, due_at=one.at, wall=one.wall, zone=one.zone
            )
            story = new_attempt(at=now, post_id=post.id, kind="operator", outcome="moved")
            attempts.add(session, story)
    for _, post in gone:
        posts.decide(
            session, post, PostStatus.REFUSED, failure="the plan does not want it any more"
        )
    for video in calendar.unwanted(session, [video.id for video, _ in gone]):
        videos.move(session, video, VideoStatus.FAILED, failure="no post wants it any more")
