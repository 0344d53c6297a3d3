"""The calendar as it stands: look at it, ask why, add, move and drop."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from elite8.core.domain import plan as turns
from elite8.core.domain.attempt import new_attempt
from elite8.core.domain.calendar import known_zone
from elite8.core.domain.plan import Place
from elite8.core.domain.post import Post, PostStatus, new_post
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.domain.wall import instant
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import accounts, desk, publish, why_region
from elite8.core.operations import plan as planning
from elite8.core.operations.brief import Brief, plan_one, seed_of
from elite8.core.operations.entries import Entry, entry
from elite8.core.storage import accounts as kept_accounts
from elite8.core.storage import attempts, calendar, posts, videos
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

WALL = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A time an operator wrote: the instant, and the wall time and zone they meant."""

    at: datetime
    wall: str
    zone: str

    def facts(self) -> dict[str, object]:
        """Return what stands in the row of a post; it is in no slot, and no policy moves it."""
        return {"slot": "", "missed": "", "wall": self.wall, "zone": self.zone}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Why a post is where it is: a name and a sentence each."""

    post: str
    reasons: tuple[tuple[str, str], ...]


def regions(studio: Studio) -> tuple[str, ...]:
    """Return the regions that are configured or that an account speaks to."""
    with studio.database.transaction() as session:
        every = kept_accounts.every(session)
    spoken = {code for one in every for code in one.regions.upper().split()}
    return tuple(sorted(spoken | set(studio.config.regions.regions)))


def add(  # noqa: PLR0913  # what, when and where
    studio: Studio, *, video: str, character: str, at: str, zone: str, to: Sequence[str]
) -> tuple[Entry, ...]:
    """Put a finished video, or one of a performer that is made by then, at a wall time."""
    if bool(video) == bool(character):
        raise ConfigError("say a VIDEO or --character, one of them")
    to = tuple(dict.fromkeys(to))
    if not to:
        raise ConfigError("say where to: --to outbox,tiktok,…")
    for place in to:
        publish.check_destination(studio, place)
    time_meant = meant(studio, at, zone)
    if character:
        made = video_for(studio, character, time_meant, to)
    else:
        made = publish.finished(studio, video)
        for post in desk.order(studio, made.id, to, desk.Wish(at=time_meant.at)):
            keep_wall(studio, post, time_meant)
    with studio.database.transaction() as session:
        found = posts.of_video(session, made.id)
    return tuple(entry(post, made) for post in found if post.platform in to)


def meant(studio: Studio, at: str, zone: str) -> Meant:
    """Return the time an operator wrote, in that zone or theirs; a ConfigError says how to."""
    try:
        where = ZoneInfo(known_zone(zone)) if zone else studio.settings.zone
        when = instant(at, where, studio.clock())
    except ValueError as wrong:
        raise ConfigError(f"{wrong}; write --at '2026-12-01 18:00'") from None
    return Meant(at=when, wall=at if WALL.fullmatch(at) else wall_of(when, where), zone=where.key)


def video_for(studio: Studio, character: str, time_meant: Meant, to: Sequence[str]) -> Video:
    """Return a planned video of the performer with its posts, kept in one transaction."""
    row = row_for(studio, character, time_meant.at)
    gap = timedelta(minutes=studio.config.publishing.stagger_minutes)
    with studio.database.transaction() as session:
        keep_row(session, row, time_meant.at)
        for number, network in enumerate(to):
            keep_post(session, row, network, time_meant, studio.clock(), number * gap)
    return row


def row_for(studio: Studio, character: str, when: datetime, region: str = "") -> Video:
    """Return the row of a video of the performer to be made by then, not kept."""
    rules, performer = studio.config.calendar, studio.config.roster.named(character)
    if when < studio.clock() + timedelta(minutes=rules.buffer_minutes):
        raise ConfigError(f"a video to be made needs {rules.buffer_minutes} minutes; choose later")
    locale = studio.config.regions.regions[region].locale if region else ""
    seed = seed_of(studio, Brief(characters=(character,)), performer, 0)
    brief = Brief(characters=(character,), seed=seed, locale=locale)
    planned = plan_one(studio, brief, performer, 0)
    return planning.video_of(studio, planned, f"{when:%Y-%m-%d}/by hand {when:%H:%M}/{character}")


def keep_row(session: Session, row: Video, when: datetime) -> None:
    """Keep a planned video; a second one of the performer at that time is Refused."""
    day = when.date()
    if row.place in calendar.placed(session, day, day + timedelta(days=1)):
        raise Refused(f"{row.character_id} has a video at that time already; choose another time")
    videos.add(session, row)


def keep_post(  # noqa: PLR0913, PLR0917  # the post's own facts
    session: Session,
    row: Video,
    network: str,
    time_meant: Meant,
    now: datetime,
    later: timedelta = timedelta(0),
) -> Post:
    """Keep a post at a time an operator chose, or `later` than it, and return it."""
    post = new_post(now=now, video_id=row.id, platform=network, due_at=time_meant.at + later)
    for name, value in time_meant.facts().items():
        setattr(post, name, value)
    posts.add(session, post)
    return post


def wall_of(when: datetime, zone: ZoneInfo) -> str:
    """Return the wall time there, to the minute."""
    return f"{when.astimezone(zone):%Y-%m-%d %H:%M}"


def keep_wall(studio: Studio, post: Post, time_meant: Meant) -> None:
    """Note beside a post the time that was meant; the operator's own time is no slot's."""
    if post.status != PostStatus.WAITING or post.sent_at is not None:
        return
    with studio.database.transaction() as session:
        posts.decide(session, post, PostStatus.WAITING, **time_meant.facts())


def move(studio: Studio, reference: str, at: str, zone: str) -> Entry:
    """Put a waiting post at another wall time; planning leaves it there."""
    post, video = desk.named(studio, reference)
    time_meant = meant(studio, at, zone)
    open_for_change(post)
    with studio.database.transaction() as session:
        put_at(session, studio.clock(), post, time_meant)
    return entry(post, video)


def put_at(session: Session, now: datetime, post: Post, time_meant: Meant) -> None:
    """Put a post where an operator wants it, and note that in its story."""
    due = {"due_at": time_meant.at}
    posts.decide(session, post, PostStatus.WAITING, **due, **time_meant.facts())
    desk.tell(session, now, post, "moved")


def open_for_change(post: Post) -> None:
    """Refuse what is out, going out, or may be out."""
    if post.status != PostStatus.WAITING or post.sent_at is not None:
        raise Refused(f"post {post.id} is {post.status}; only one that waits can be changed")


def drop(studio: Studio, reference: str) -> Entry:
    """Take a waiting post out of the calendar; planning does not bring it back."""
    post, video = desk.named(studio, reference)
    open_for_change(post)
    with studio.database.transaction() as session:
        take_out(session, studio.clock(), post)
    return entry(post, video)


def take_out(session: Session, now: datetime, post: Post) -> None:
    """Refuse a post by the operator's word, and its video when nothing else wants it."""
    posts.decide(session, post, PostStatus.REFUSED, failure="dropped from the calendar")
    attempts.add(session, new_attempt(at=now, post_id=post.id, kind="operator", outcome="dropped"))
    for video in calendar.unwanted(session, [post.video_id]):
        videos.move(session, video, VideoStatus.FAILED, failure="no post wants it any more")


def explain(studio: Studio, reference: str) -> Explained:
    """Return why this time, zone, performer and network, and what else was possible."""
    post, video = desk.named(studio, reference)
    with studio.database.transaction() as session:
        account = accounts.speaking(session, post, video.character_id)
        drawn = [one.message for one in attempts.of_post(session, post.id) if one.kind == "planned"]
        region = " ".join(accounts.audience(session, post, video.character_id))
    week = week_of(studio, video)
    place = next((one for one in week if one.key == video.place), None)
    reasons = [("time", why_time(studio, post)), ("zone", why_zone(post))]
    if post.region:
        reasons += why_region.reasons(studio, post, video)
    else:
        told = drawn or why_performer(studio, place, week, video)
        reasons += [("performer", one) for one in told]
        reasons.append(("network", why_network(studio, post, place)))
    whose = f"{account.name or account.handle}" if account else "nobody is signed in there yet"
    reasons.append(("account", whose if post.platform != "outbox" else "outbox needs none"))
    if region and not post.region:
        reasons.append(("region", f"{region}, for whom that account speaks"))
    if place and place.bound:
        reasons += [("limit", f"not here: {one}") for one in place.bound]
    if post.missed:
        reasons.append(("when late", f"after {post.late_minutes} minutes: {post.missed}"))
    return Explained(post=post.id, reasons=tuple(reasons))


def week_of(studio: Studio, video: Video) -> tuple[Place, ...]:
    """Return the places the plan gives in the week of this video now; none for one by hand."""
    day = video.place.split("/")[0]
    if not day:
        return ()
    monday = (on := date.fromisoformat(day)) - timedelta(days=on.weekday())
    with studio.database.transaction() as session:
        return planning.wanted_places(studio, session, monday, 7)


def why_time(studio: Studio, post: Post) -> str:
    """Return which time was meant and when that is."""
    here = studio.settings.zone
    yours = f"{post.due_at.astimezone(here):%Y-%m-%d %H:%M %Z}"
    if not post.wall:
        return f"{yours}, as it was ordered"
    next_window = "the next window with room" if post.region and post.missed else "you chose it"
    source = f"slot {post.slot}" if post.slot else next_window
    gap = round((post.due_at - post.wall_at).total_seconds() / 60)
    after = f", {gap} minutes later: networks follow each other" if gap > 0 else ""
    return f"{post.wall} {post.zone} ({source}){after}; here that is {yours}"


def why_zone(post: Post) -> str:
    """Return what the clock of the zone does at that time."""
    if not post.wall:
        return "an instant, without a wall time"
    zone, meant = ZoneInfo(post.zone), datetime.fromisoformat(post.wall)
    back = post.wall_at.astimezone(zone).replace(tzinfo=None)
    if back != meant:
        return f"the clocks of {post.zone} skip {meant:%H:%M} that day; it is {back:%H:%M}"
    twice = meant.replace(tzinfo=zone).utcoffset() != meant.replace(tzinfo=zone, fold=1).utcoffset()
    return f"{post.zone}" + (" shows it twice that day; the first is meant" if twice else "")


def why_performer(
    studio: Studio, place: Place | None, week: Sequence[Place], video: Video
) -> list[str]:
    """Return whose turn it was, and who had another."""
    if place is None:
        return [f"{video.character_id}: by hand, or as the calendar was when it was planned"]
    names = [one.id for one in studio.config.roster.characters]
    times = sum(one.character == place.character for one in week)
    most = studio.config.calendar.per_character_a_week
    that_day = ", ".join(
        f"{one.character} {one.slot}"
        for one in week
        if one.day == place.day and one.character != place.character
    )
    lot = ["the slot was drawn by lot (by_lot in scheduler_config.json)"] if place.by_lot else []
    return [
        *lot,
        (
            f"turn {place.turn % len(names) + 1} of {len(names)}: each appears once a round, and "
            f"each round begins with the next ({turns.whose(names, place.turn)} here)"
        ),
        f"{times} of {most} videos that week; else that day: {that_day or 'nobody'}",
    ]


def why_network(studio: Studio, post: Post, place: Place | None) -> str:
    """Return why it goes there."""
    if place is None or not post.slot:
        return f"{post.platform}: as it was asked"
    slot = studio.config.calendar.named(place.slot)
    most = studio.config.calendar.per_network_a_day
    return (
        f"slot {slot.name} goes to {', '.join(slot.networks)}; at most {most} posts a day on each"
    )
