"""What becomes of planned posts whose time went by: the policy that is written in their row."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from elite8.core import log
from elite8.core.domain.attempt import new_attempt
from elite8.core.domain.calendar import Slot
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.shard import WHOLE, Shard
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.domain.wall import on_day
from elite8.core.errors import Refused, Withheld
from elite8.core.operations import stops
from elite8.core.storage import attempts, calendar, held, posts
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

SOON = 3
"""Days in which a missed post may find another slot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A post whose time went by; `until` is its new time, `None` when it is skipped."""

    post: str
    network: str
    was: datetime
    until: datetime | None
    why: str


def sweep(studio: Studio, shard: Shard = WHOLE) -> tuple[Missed, ...]:
    """Apply the policy to every planned post of this part that is later than it may be.

    One that is stopped waits for its resume, which has a policy of its own.
    """
    now = studio.clock()
    found = []
    with studio.database.transaction() as session:
        stopped = attempts.stops(session)
        late = [
            (post, video) for post, video in calendar.late(session, now) if shard.holds(post.id)
        ]
        if late:  # two that look for room at once would find the same
            held.alone(session, "missed posts")
        for post, video in late:
            try:
                with session.begin_nested():  # one's trouble touches no other
                    if is_late(post, now) and not stops.is_stopped(
                        stopped, session, post, video.character_id
                    ):
                        found.append(settle(studio, session, post, video))
            except Refused:  # another process has it by now
                continue
            except (ValueError, KeyError) as broken:
                log.get().error("post.broke", post=post.id, exc_info=broken)
    for each in found:
        then = each.until.isoformat() if each.until else "skipped"
        log.get().warning("post.missed", post=each.post, was=each.was.isoformat(), then=then)
    return tuple(found)


def is_late(post: Post, now: datetime) -> bool:
    """Return whether a planned post is past the time it may still go out by its policy.

    It counts from when it was meant to go out, after the networks before it: a later try adds none.
    """
    if not post.missed:
        return False
    since = max(post.wall_at, post.meant_at or post.wall_at)
    return now - since > timedelta(minutes=post.late_minutes)


def check_time(studio: Studio, post: Post) -> None:
    """Keep back what is proven not to be out only when its time went by: its policy has it."""
    now = studio.clock()
    if is_late(post, now):
        raise Withheld(
            f"that an earlier try is not out was proven only at {now:%Y-%m-%d %H:%M} UTC; it goes "
            "by its policy for what is missed at the next 'elite8 publish due'"
        )


def settle(studio: Studio, session: Session, post: Post, video: Video) -> Missed:
    """Give a missed post its next slot, once, or skip it; its story says why it was missed."""
    was, why = post.wall_at, why_missed(post, video)
    coming = next_slot(studio, session, post) if post.missed == "next_slot" else None
    if coming is None:
        words = f"missed at {was:%Y-%m-%d %H:%M} UTC and skipped: {why}"
        posts.decide(session, post, PostStatus.REFUSED, failure=words)
    else:
        slot, at, wall = coming
        follows = slot.networks.index(post.platform) * studio.config.publishing.stagger_minutes
        at += timedelta(minutes=follows)
        facts = {"slot": slot.name, "due_at": at, "wall": wall, "missed": "skip"}
        facts["meant_at"] = post.meant_at  # it is late all the same, and counts from its wall time
        facts["late_minutes"] = post.late_minutes + follows
        posts.decide(session, post, PostStatus.WAITING, **facts)
    done = "put off" if coming else "skipped"
    story = new_attempt(
        at=studio.clock(), post_id=post.id, kind="missed", outcome=done, message=why
    )
    attempts.add(session, story)
    until = post.due_at if coming else None
    return Missed(post=post.id, network=post.platform, was=was, until=until, why=why)


def why_missed(post: Post, video: Video) -> str:
    """Return why a post did not go out in its time."""
    if video.status == VideoStatus.FINISHED:
        return post.failure or "elite8 did not run at its time"
    if video.untranslated and not video.words:
        return "its words wait for a translation: elite8 schedule export --strings"
    return f"its video is {video.status}" + (f": {video.failure}" if video.failure else "")


def next_slot(studio: Studio, session: Session, post: Post) -> tuple[Slot, datetime, str] | None:
    """Return the next slot of this network with room that day, `None` when there is none soon.

    The outbox always has room, as when it is planned.
    """
    rules, now = studio.config.calendar, studio.clock()
    zone = ZoneInfo(post.zone)
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(SOON)):
        begin, end = (on_day(one, time(), zone) for one in (day, day + timedelta(days=1)))
        there = calendar.due(session, begin, end)
        used = sum(
            one.platform == post.platform and one.status != PostStatus.REFUSED and one.id != post.id
            for one, _ in there
        )
        has_room = post.platform == "outbox" or used < rules.per_network_a_day
        for slot in sorted(rules.slots, key=lambda slot: slot.time):
            at = slot.on(day, zone)
            if at > now and post.platform in slot.networks and has_room:
                return slot, at, f"{day} {slot.time}"
    return None
