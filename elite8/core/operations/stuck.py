"""Posts that have been in a state for longer than it may last; light, for it is asked often."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from elite8.core.domain.post import LEASE, Post, PostStatus
from elite8.core.domain.shard import WHOLE, Shard
from elite8.core.storage import attempts, posts
from elite8.core.studio import Studio

State = Literal["waiting", "publishing", "uncertain", "refused", "hidden"]
ADVICE: dict[State, str] = {
    "waiting": "is due and did not go out: elite8 publish due, or publish show {post.id}",
    "publishing": "is held by a process that says nothing: elite8 publish due takes it over",
    "uncertain": (
        "may or may not be out: look at the network, then "
        "elite8 publish resolve {post.id} published|retry"
    ),
    "refused": (
        "was given up: {post.failure}; mend it and elite8 publish retry {post.id}, "
        "or leave it with elite8 publish reject {post.id}"
    ),
    "hidden": "is published but not visible: {post.failure} {post.url}",
}
DRAFT = "is a draft: {post.failure}; its words: elite8 publish show {post.id}"
NAMELESS = (
    "is out and its id is unknown, so nothing of it is read back or measured: see yourself that "
    "it is there and carries its AI label {post.url}"
)
"""What to do about a post that has been in a state for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A post that has been in a state for too long, and what to do about it."""

    post: str
    network: str
    state: State
    since: datetime
    message: str


def alarms(studio: Studio, shard: Shard = WHOLE) -> tuple[Alarm, ...]:
    """Return every post of this part that has been in its state for longer than it may."""
    allowed, now = studio.config.publishing.alarm_minutes, studio.clock()
    with studio.database.transaction() as session:
        opened = [post for post, _ in posts.open_ones(session, due_by=now, shard=shard)]
        found = [post for post in opened if not (is_left(post, now) or is_nameless(post))]
        named = [*posts.given_up(session, since=now - posts.GIVEN_UP)]
        named += posts.nameless(session, since=now - posts.GIVEN_UP)
        found += [post for post in named if shard.holds(post.id)]
        unsure = [post.id for post in found if post.status == PostStatus.UNCERTAIN]
        tried = {post: attempts.doubted_at(session, post) for post in unsure}
    return tuple(
        alarm
        for alarm in (alarm_of(post, tried.get(post.id)) for post in found)
        if alarm and now - alarm.since > timedelta(minutes=allowed[alarm.state])
    )


def is_left(post: Post, now: datetime) -> bool:
    """Return whether a draft was left lying for so long that nobody means to post it."""
    out = post.published_at
    return post.seen == "draft" and out is not None and now - out > posts.GIVEN_UP


def is_nameless(post: Post) -> bool:
    """Return whether a post is out and nobody knows what its network calls it."""
    return post.status == PostStatus.PUBLISHED and not post.remote_id


def alarm_of(post: Post, tried: datetime | None) -> Alarm | None:
    """Return since when a post is in a state that should not last, and what to do about it.

    `tried` is when it was first tried: an uncertain one is so since then, however often it is sent.
    """
    out = post.status == PostStatus.PUBLISHED
    if out and post.platform == "outbox":
        return None
    state: State = "hidden" if out else post.status  # type: ignore[assignment]  # an open one
    since = {
        "waiting": post.due_at,
        "publishing": min((post.claimed_until or post.due_at) - LEASE, post.due_at),
        "uncertain": tried or post.sent_at or post.due_at,
        "refused": post.due_at,
        "hidden": post.published_at or post.due_at,
    }
    advice = DRAFT if out and post.seen == "draft" else ADVICE[state]
    advice = NAMELESS if is_nameless(post) else advice
    return Alarm(
        post=post.id,
        network=post.platform,
        state=state,
        since=since[state],
        message=f"{post.platform} post {post.id} {advice.format(post=post)}".rstrip(),
    )
