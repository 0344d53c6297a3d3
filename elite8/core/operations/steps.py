"""What is committed between the steps of a post: held, begun, known by, ended.

Each is one transaction, before anything else is sent; who lost the claim writes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from elite8.core.domain.account import Account
from elite8.core.domain.attempt import Attempt, new_attempt
from elite8.core.domain.audit import Decision
from elite8.core.domain.network import DailyLimit, Pace
from elite8.core.domain.post import LEASE, Post, PostStatus
from elite8.core.domain.rendition import Rendition
from elite8.core.errors import (
    ConfigError,
    Elite8Error,
    RateLimited,
    SignInNeeded,
    Unavailable,
    Withheld,
)
from elite8.core.operations import audit, compose, stops
from elite8.core.operations.holder import is_dead, new_holder
from elite8.core.operations.trail import Trail
from elite8.core.storage import accounts, attempts, held, posts
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

NEAR = timedelta(days=2)
"""How long before a post's first try another one may have come out that is taken for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A post that this process holds since then, the try that begins, and who is signed in there.

    `trouble` kept it from beginning to go out as it was claimed.
    """

    post: Post
    since: datetime
    story: Attempt
    signed_in: Sequence[Account]
    trouble: Elite8Error | None = None


Start = Callable[[Session, Held], None]
"""Has a post begin to go out, as it is claimed; writes all or, with an error, nothing."""


def claim(studio: Studio, post: Post, ready: Rendition, start: Start | None = None) -> Held:
    """Return the post, held by this process; of one that may not be out, `start` is committed too.

    One that another holds is Unavailable, one that is stopped Refused. Holders that are gone hold
    nothing. What kept it from beginning the last time, and does still, is raised: nothing is
    claimed or written down again.
    """
    began, now = studio.clock(), studio.shared_now()
    with studio.database.transaction() as session:
        if dead := {name for name in posts.holders(session) if is_dead(name)}:
            posts.free(session, dead, now)
        stops.check(session, post, ready.character)
        claimed = posts.claim(session, post, holder=new_holder(), now=now, lease=LEASE)
        if claimed is None:
            raise Unavailable(
                f"post {post.id} is being published by another process, or was changed meanwhile; "
                "look again soon"
            )
        kind = "send" if claimed.sent_at is None else "ask"
        story = new_attempt(at=began, post_id=post.id, kind=kind, outcome="began")
        attempts.add(session, story)
        signed_in = accounts.every(session, claimed.platform)
        mine = Held(post=claimed, since=now, story=story, signed_in=signed_in)
        try:
            if start is not None and kind == "send":
                start(session, mine)
        except Elite8Error as trouble:
            if is_known(post, trouble):
                raise
            return replace(mine, trouble=trouble)
    return mine


def told_why(studio: Studio, post: Post, why: str) -> None:
    """Write down what keeps a waiting post back, once: the same is not written again."""
    if post.failure != why:
        with studio.database.transaction() as session:
            posts.tell_why(session, post, why)


def is_known(post: Post, trouble: Elite8Error) -> bool:
    """Return whether the post waits already for a person to mend just this."""
    lasts = isinstance(trouble, SignInNeeded | ConfigError | Withheld)
    return lasts and bool(post.failure) and str(trouble).startswith(post.failure)


def begin(studio: Studio, post: Post, ready: Rendition, account: str) -> None:
    """Commit that the post begins to go out, after an earlier try was proven not to be.

    A stop that came since it was claimed keeps it back.
    """
    now = studio.shared_now()
    with studio.database.transaction() as session:
        stops.refuse(session, post, ready.character)
        going(studio, session, post, ready, account, now=now)


def going(  # noqa: PLR0913  # what goes out, by whom, since when
    studio: Studio, session: Session, post: Post, ready: Rendition, account: str, *, now: datetime
) -> None:
    """Write down that the post begins, unless the network's posts of the time are used up."""
    rules = studio.config.social.rules_of(post.platform)
    begun = compose.fingerprint(studio, post, ready, account)
    facts = {"sent_at": now, "account_id": account, "begun_sha256": begun}
    if rules.daily is not None or rules.paces:
        held.alone(session, f"a day's posts on {post.platform}")
    if rules.daily is not None:
        check_day(session, post, rules.daily, now)
    check_paces(session, post, rules.paces, account, now)
    posts.note(session, post, claimed_until=now + LEASE, **facts)
    audit.keep(studio, session, sending(studio, post, begun))


def sending(studio: Studio, post: Post, begun: str) -> Decision:
    """Return the decision to send a post that the rules let pass."""
    rules = studio.config.rules.version
    detail = f"{post.platform} {begun[:16]}"
    return Decision(act="send", subject=post.id, decision="begun", rules=rules, detail=detail)


def check_day(session: Session, post: Post, daily: DailyLimit, now: datetime) -> None:
    """Refuse until the network's next day when its posts of this one are used up."""
    here = now.astimezone(ZoneInfo(daily.zone))
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    used = posts.sent_since(session, post, midnight.astimezone(UTC))
    if used >= daily.posts:
        tomorrow = (midnight + timedelta(days=1)).astimezone(UTC)
        left = (tomorrow - here.astimezone(UTC)).total_seconds()
        raise RateLimited(f"{post.platform} takes {daily.posts} posts a day ({daily.zone})", left)


def check_paces(
    session: Session, post: Post, paces: Sequence[Pace], account: str, now: datetime
) -> None:
    """Refuse until the account has room again by each of the network's paces."""
    for pace in paces:
        span = timedelta(minutes=pace.minutes)
        begun = posts.begun_since(session, post, account, now - span)
        if len(begun) >= pace.posts:
            left = (begun[-pace.posts] + span - now).total_seconds()
            words = f"{post.platform} takes {pace.posts} posts in {pace.minutes} minutes"
            raise RateLimited(words, max(left, 1.0))


def others(studio: Studio, post: Post) -> dict[str, Any]:
    """Return what the search for a post goes by.

    How our other posts there are called, whether none of them may be out unseen, and when this
    one was first tried.
    """
    with studio.database.transaction() as session:
        began = attempts.first_at(session, post.id)
        since = began and began - NEAR
        return {
            "taken": posts.remote_ids(session, post.platform, apart_from=post.id),
            "alone": posts.is_alone(session, post.platform, apart_from=post.id, since=since),
            "began": began,
        }


def known_by(studio: Studio, post: Post, handle: str) -> None:
    """Commit how the network knows the try, and that now something is about to be sent.

    The time it may take to appear is counted from here.
    """
    keep(studio, post, remote_handle=handle, sent_at=studio.shared_now())


def keep(studio: Studio, post: Post, **facts: object) -> None:
    """Commit what is known of the post before anything else is sent."""
    until = studio.shared_now() + LEASE
    with studio.database.transaction() as session:
        posts.note(session, post, claimed_until=until, **facts)


def told(studio: Studio, story: Attempt, trail: Trail) -> Attempt:
    """Return the story with what was asked of the network and how long it took."""
    story.seconds = round((studio.clock() - story.at).total_seconds(), 3)
    story.calls = trail.as_json()
    return story


def record(
    studio: Studio, post: Post, story: Attempt, *, status: PostStatus, **facts: object
) -> None:
    """Record what became of the post and of the try, and end the claim."""
    with studio.database.transaction() as session:
        attempts.tell(
            session,
            story.id,
            seconds=story.seconds,
            calls=story.calls,
            outcome=status,
            message=str(facts.get("failure", "")),
        )
        posts.record(session, post, status, **facts)
