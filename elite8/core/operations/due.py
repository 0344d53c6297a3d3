"""Post what is due, settle what is uncertain, look at what is out; safe to run twice at once."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from elite8.core import http, log
from elite8.core.domain.attempt import Stop, new_attempt
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.shard import WHOLE, Shard
from elite8.core.errors import Elite8Error, Refused, Unavailable, Withheld
from elite8.core.operations import accounts, egress, media, missed, publish, stops, stuck
from elite8.core.operations.missed import Missed
from elite8.core.operations.stuck import Alarm
from elite8.core.operations.trail import Trail
from elite8.core.storage import attempts, posts, videos
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

AT_ONCE = 4
MOST = 10_000
"""Due posts that are looked through; what is stopped among them takes nobody's place."""
LOOKED_AT = timedelta(days=2)
"""How long a post that is out is looked for in public; a draft as long as it is named."""
LOOK_AGAIN = timedelta(minutes=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one due post; `error` is the class's code, "" for none.

    `seen` is how the public finds it, "" where nobody looked.
    """

    post: str
    network: str
    status: str
    url: str
    message: str
    error: str
    exit_code: int = 0
    withheld: bool = False
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A step that did not come to its end: which, the error class's code, and a sentence."""

    step: str
    code: str
    message: str
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """All that one turn did: what was missed, sent or asked about, looked at, and is late."""

    missed: tuple[Missed, ...]
    done: tuple[Done, ...]
    looked: tuple[Done, ...]
    alarms: tuple[Alarm, ...]
    faults: tuple[Fault, ...]


Row = TypeVar("Row")


def turn(studio: Studio, *, limit: int = 100, shard: Shard = WHOLE) -> Turn:
    """Move what was missed, post what is due, look at what is out, name what is late.

    A step that breaks takes no other with it, and what the others did is told. Of posts,
    only those of the part.
    """
    faults: list[Fault] = []

    def tried(step: str, work: Callable[[], tuple[Row, ...]]) -> tuple[Row, ...]:
        try:
            return work()
        except Elite8Error as trouble:
            faults.append(_fault(step, str(trouble), trouble.code, trouble.exit_code))
        except Exception as fault:  # noqa: BLE001  # it touches no other step
            told = log.broken("publishing.broke", fault, step=step)
            faults.append(_fault(step, str(told), told.code, told.exit_code))
        return ()

    return Turn(
        missed=tried("missed", lambda: missed.sweep(studio, shard)),
        done=tried("due", lambda: run(studio, limit=limit, shard=shard)),
        looked=tried("look", lambda: look_back(studio, limit=limit, shard=shard)),
        alarms=tried("alarms", lambda: stuck.alarms(studio, shard)),
        faults=tuple(faults),
    )


def _fault(step: str, words: str, code: str, exit_code: int) -> Fault:
    return Fault(step=step, code=code, message=f"{step}: {words}", exit_code=exit_code)


def run(
    studio: Studio, *, limit: int = 100, at_once: int = AT_ONCE, shard: Shard = WHOLE
) -> tuple[Done, ...]:
    """Take every due post as far as it goes now; one's trouble touches no other."""
    with studio.database.transaction() as session:
        due = posts.due(session, now=studio.clock(), limit=MOST, shard=shard)
        stopped = attempts.stops(session)
        going = [
            post
            for post in due
            if post.sent_at is not None or not (stopped and is_stopped(stopped, session, post))
        ]
    found: list[Done] = []
    with ExitStack() as open_now:
        # One at a time needs no thread: each would leave memory of its own behind.
        workers = open_now.enter_context(ThreadPoolExecutor(at_once)) if at_once > 1 else None
        every = workers.map if workers else map
        while going and (left := limit - sum(not each.withheld for each in found)) > 0:
            found += every(partial(one, studio), going[:left])
            del going[:left]
    return tuple(found)


def is_stopped(stopped: Sequence[Stop], session: Session, post: Post) -> bool:
    """Return whether a stop keeps the post from going out."""
    video = videos.get(session, post.video_id)
    return stops.is_stopped(stopped, session, post, video.character_id if video else "")


def one(studio: Studio, post: Post) -> Done:
    """Take one post as far as it goes; a fault of ours is its own, told with its trace."""
    try:
        publish.out(studio, post, publish.finished(studio, post.video_id))
    except Elite8Error as trouble:
        found = done(studio, post, str(trouble), trouble.code, trouble.exit_code)
        return replace(found, withheld=isinstance(trouble, Withheld))
    except Exception as fault:  # noqa: BLE001  # it touches no other post
        return broken(studio, post, fault)
    return done(studio, post)


def broken(studio: Studio, post: Post, fault: Exception) -> Done:
    """Return the post that met a fault of ours, whose trace goes to the log, or of the store."""
    told = log.broken("post.broke", fault, post=post.id)
    return done(studio, post, str(told), told.code, told.exit_code)


def done(studio: Studio, post: Post, message: str = "", code: str = "", exit_code: int = 0) -> Done:
    """Return the post as it is now, or as it was known where the store does not say."""
    row = post
    try:
        with studio.database.transaction() as session:
            row = posts.get(session, post.id) or post
    except Exception as fault:  # noqa: BLE001  # it touches no other post, nor the news of this one
        log.get().error("post.not_read", post=post.id, exc_info=fault)
    status, url = row.status, row.url
    return Done(
        post=post.id,
        network=post.platform,
        status=status,
        url=url,
        message=message,
        error=code,
        exit_code=exit_code,
    )


def look_back(studio: Studio, *, limit: int = 100, shard: Shard = WHOLE) -> tuple[Done, ...]:
    """Look at what is out as the public does, and keep the proof."""
    now = studio.clock()
    with studio.database.transaction() as session:
        since, drafts = now - LOOKED_AT, now - posts.GIVEN_UP
        times = {"now": now, "since": since, "drafts_since": drafts}
        due = posts.unseen(session, **times, limit=limit, shard=shard)
    return tuple(looked_at(studio, post) for post in due)


def looked_at(studio: Studio, post: Post) -> Done:
    """Look for one post; a fault of ours is its own, told with its trace."""
    try:
        return seen(studio, post)
    except Exception as fault:  # noqa: BLE001  # it touches no other post
        return broken(studio, post, fault)


def seen(studio: Studio, post: Post) -> Done:
    """Look for one published post; that it is not there is a finding, not an error."""
    if post.status != PostStatus.PUBLISHED or post.platform == "outbox" or not post.remote_id:
        raise Refused(f"post {post.id} is {post.status}; there is nothing in public to look at")
    now, trail = studio.clock(), Trail()
    facts: dict[str, object] = {"due_at": now + LOOK_AGAIN}
    message = ""
    try:
        message = look(studio, post, trail, facts)
    except Unavailable as trouble:  # looked at again, with its cover
        facts.pop("seen", None)
        message = str(trouble)
    except Elite8Error as trouble:
        message = str(trouble)
    except OSError as gone:
        message = f"its cover was not set: {gone.strerror}: {gone.filename}"
    with studio.database.transaction() as session:
        known = posts.get(session, post.id)
        if known is not None and known.status == PostStatus.PUBLISHED:
            posts.decide(session, known, PostStatus.PUBLISHED, **facts)
            kind = str(facts.get("seen", "not known"))
            story = new_attempt(at=now, post_id=post.id, kind="look", outcome=kind, message=message)
            story.calls = trail.as_json()
            attempts.add(session, story)
    seen_as = str(facts.get("seen", ""))
    log.get().info("post.looked_at", post=post.id, seen=seen_as)
    return replace(done(studio, post, message), seen=seen_as)


def look(studio: Studio, post: Post, trail: Trail, facts: dict[str, object]) -> str:
    """Add to `facts` how the public finds the post, and return what the network says of it.

    A post that only its owner may see is no finding when that was wanted.
    """
    account = accounts.named(studio, post.account_id)
    with http.open_client(transport=egress.line(studio, account)) as client:
        trail.follow(client)
        network = accounts.opened(studio, account, client)
        found = network.look_up(post.remote_id)
        private = studio.config.social.rules_of(post.platform).privacy == "private"
        state = "private" if private and found.state == "hidden" else found.state
        facts |= {"seen": state, "seen_at": studio.clock(), "url": found.url or post.url}
        facts |= {"proof": json.dumps(dict(found.facts), ensure_ascii=False)}
        facts |= {"failure": "" if state == "private" else found.message}
        if state == "visible":
            film = publish.finished(studio, post.video_id)
            network.cover(post.remote_id, media.cover_of(studio, film))
    return str(facts["failure"])
