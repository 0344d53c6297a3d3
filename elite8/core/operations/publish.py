"""Post finished videos; nothing goes out twice.

Three steps: claim the post's row in one transaction; call the destination with none open; record
what became of it in another. That something begins to go out is committed before it does, and how
the network calls it the moment that is known; whoever finds either asks the network first.
"""

import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from elite8.core import http, log
from elite8.core.domain.network import Wording, pick_hashtags, write_caption
from elite8.core.domain.post import Post, PostStatus, new_post
from elite8.core.domain.rendition import Published, Rendition
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import (
    ConfigError,
    Elite8Error,
    RateLimited,
    Refused,
    SignInNeeded,
    Unanswered,
    Unavailable,
)
from elite8.core.operations import accounts, finish
from elite8.core.operations.generate import find
from elite8.core.platforms.outbox import Outbox
from elite8.core.storage import posts
from elite8.core.studio import Studio

DESTINATIONS = ("outbox", *accounts.SITES)
ATTEMPTS = 3
BETWEEN = timedelta(minutes=5)
"""Tries of what never began, and the least time between them (mission.md 1.5)."""
LEASE = timedelta(minutes=30)
"""Longer than the slowest upload is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where the post is; `before` says that it was out before this call."""

    post: str
    video: str
    to: str
    url: str
    before: bool


def preview(studio: Studio, reference: str, to: str) -> Rendition:
    """Return what would go out; nothing is sent or written."""
    check_destination(to)
    return rendition(studio, finished(studio, reference), "", to)


def publish(studio: Studio, reference: str, to: str) -> Outcome:
    """Send a finished video to its destination, once.

    A second call, from here or anywhere else, says where the post is.
    """
    check_destination(to)
    video = finished(studio, reference)
    post = post_of(studio, video, to)
    if post.status == PostStatus.PUBLISHED:
        return outcome(post, before=True)
    ready = rendition(studio, video, post.id, to)
    gate(studio, video, ready, to)
    claimed = claim(studio, post)
    try:
        published = send(studio, claimed, ready)
    except Elite8Error as trouble:
        record(studio, claimed, **left(studio, claimed, trouble))
        raise
    except BaseException as trouble:
        record(studio, claimed, PostStatus.UNCERTAIN, failure=type(trouble).__name__)
        raise
    record(
        studio,
        claimed,
        PostStatus.PUBLISHED,
        remote_id=published.remote_id,
        url=published.url,
        rendition_sha256=video.sha256,
        published_at=studio.clock(),
    )
    log.get().info("post.published", post=claimed.id, platform=to, video=video.id)
    return outcome(claimed, before=False)


def left(studio: Studio, post: Post, trouble: Elite8Error) -> dict[str, Any]:
    """Return the state a failed try leaves the post in.

    Refused is final. What was handed over and not answered is uncertain. What never began waits and
    may be tried again, at most three times, not before five minutes or what the network asks.
    """
    failure = str(trouble)
    if isinstance(trouble, Unanswered) or (
        post.remote_handle and isinstance(trouble, Unavailable | SignInNeeded)
    ):
        return {"status": PostStatus.UNCERTAIN, "failure": failure}
    if isinstance(trouble, Unavailable) and post.attempts < ATTEMPTS:
        asked = trouble.retry_after if isinstance(trouble, RateLimited) else None
        due = studio.clock() + max(BETWEEN, timedelta(seconds=asked or 0.0))
        return {"status": PostStatus.WAITING, "failure": failure, "due_at": due, "sent_at": None}
    return {"status": PostStatus.REFUSED, "failure": failure}


def check_destination(to: str) -> None:
    """Refuse a destination that is not there."""
    if to not in DESTINATIONS:
        raise ConfigError(f"no destination '{to[:40]}'; choose {' or '.join(DESTINATIONS)}")


def finished(studio: Studio, reference: str) -> Video:
    """Return the finished video meant by `reference`."""
    video = find(studio, reference)
    if video.status != VideoStatus.FINISHED:
        why = f": {video.failure}" if video.failure else ""
        raise Refused(f"video {video.id} is {video.status}{why}; only finished ones go out")
    return video


def post_of(studio: Studio, video: Video, to: str) -> Post:
    """Return the one post of this video there, made now when there was none."""
    now = studio.clock()
    with studio.database.transaction() as session:
        known = posts.find(session, video.id, to)
        if known is None:
            known = new_post(now=now, video_id=video.id, platform=to, due_at=now)
            posts.add(session, known)
    return known


def gate(studio: Studio, video: Video, ready: Rendition, to: str) -> None:
    """Refuse a file that is gone or lacks a mark, and what the destination would not take."""
    if not Path(video.path).is_file():
        raise Refused(f"{video.path} is gone; make the video again")
    found = finish.verify(studio, Path(video.path))
    if found.missing:
        raise Refused(f"{video.path} may not go out: {'; '.join(found.missing)}")
    rules = studio.config.social.networks[to]  # type: ignore[index]  # checked by the caller
    if problems := rules.problems(ready.wording, video.seconds or 0.0):
        raise Refused(f"{to} does not take it: {'; '.join(problems)}")


def claim(studio: Studio, post: Post) -> Post:
    """Return the post, held by this process; one that another holds is Unavailable."""
    with studio.database.transaction() as session:
        claimed = posts.claim(
            session,
            post.id,
            holder=f"{os.getpid()}-{secrets.token_hex(4)}",
            now=studio.clock(),
            lease=LEASE,
        )
    if claimed is None:
        raise Unavailable(f"post {post.id} is being published by another process; look again soon")
    return claimed


def send(studio: Studio, post: Post, ready: Rendition) -> Published:
    """Return where the post is; an earlier try is looked for before anything is sent."""
    if post.platform == "outbox":
        return Outbox(studio.settings.outbox_dir).publish(ready)
    account = accounts.account_for(studio, post.platform, ready.character, post.region)
    with http.open_client(transport=studio.transport) as client:
        network = accounts.opened(studio, account, client)
        earlier = None
        if post.sent_at is not None:
            earlier = network.reconcile(
                ready,
                post.remote_handle,
                lambda handle: keep(studio, post, remote_handle=handle),
                since=post.sent_at,
                now=studio.clock(),
            )
        if earlier is not None:
            return earlier
        keep(studio, post, sent_at=studio.clock(), account_id=account.id)
        rules = studio.config.social.networks[post.platform]  # type: ignore[index]  # one of them
        return network.publish(
            ready, lambda handle: keep(studio, post, remote_handle=handle), rules
        )


def keep(studio: Studio, post: Post, **facts: object) -> None:
    """Commit what is known of the post before anything else is sent."""
    with studio.database.transaction() as session:
        posts.note(session, post, **facts)


def record(studio: Studio, post: Post, status: PostStatus, **facts: object) -> None:
    """Record what became of the post, and end the claim."""
    with studio.database.transaction() as session:
        posts.record(session, post, status, **facts)


def outcome(post: Post, *, before: bool) -> Outcome:
    """Return the post as a record."""
    return Outcome(post=post.id, video=post.video_id, to=post.platform, url=post.url, before=before)


def rendition(studio: Studio, video: Video, post_id: str, to: str) -> Rendition:
    """Return the bytes and words that go out, with the words for each network beside them."""
    networks = studio.config.social.networks
    facts: dict[str, object] = {
        "character": video.character_id,
        "language": video.language,
        "seconds": video.seconds,
        "ai_generated": True,
        "networks": {
            name: posting_facts(studio, video, name) for name in networks if name != "outbox"
        },
    }
    day = video.created_at.astimezone(studio.settings.zone).date().isoformat()
    return Rendition(
        post_id=post_id,
        video_id=video.id,
        character=video.character_id,
        folder=f"{day}-{video.character_id}-{video.id}",
        video=Path(video.path),
        cover=Path(video.cover),
        sha256=video.sha256,
        wording=wording(studio, video, to),
        facts=facts,
    )


def wording(studio: Studio, video: Video, network: str) -> Wording:
    """Return the words of this video on a network: opening, title, AI sentence, hashtags."""
    character = studio.config.roster.named(video.character_id)
    rules = studio.config.social.networks[network]  # type: ignore[index]  # checked by the caller
    disclosed = studio.config.disclosure.words(video.language)  # type: ignore[arg-type]  # from a Language
    own = character.hashtags.get(network, ())  # type: ignore[call-overload]  # same
    tags = pick_hashtags(
        disclosed.caption_tag, (*rules.hashtag_strategy, *own), rules.hashtags_allowed
    )
    manner = character.caption_voice
    text = f"{manner.opening.get(video.language, '')} {video.title} {manner.emoji}".strip()  # type: ignore[call-overload]  # same
    return Wording(
        title=video.title,
        caption=write_caption(text, disclosed.caption_sentence, tags),
        hashtags=tags,
    )


def posting_facts(studio: Studio, video: Video, network: str) -> dict[str, object]:
    """Return what a person needs to post there by hand: words, switches, what would not fit."""
    words = wording(studio, video, network)
    rules = studio.config.social.networks[network]  # type: ignore[index]  # from that mapping
    return {
        "title": words.title,
        "caption": words.caption,
        "tick": AI_SWITCH[network],
        "problems": rules.problems(words, video.seconds or 0.0),
    }


AI_SWITCH = {
    "tiktok": "AI-generated content: on",
    "instagram": "Add AI label: on",
    "youtube": "Altered or synthetic content: yes; made for kids: no",
}
"""What the networks' own upload screens call their AI switch, read 2026-11 on their help pages."""
