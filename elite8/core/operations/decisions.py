"""What a person decides with a tap, bound to what they saw: approve, reject, say what is out."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from elite8.core.domain.card import SHOWN, Button, Card, about, parts
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.rendition import Rendition
from elite8.core.domain.text import graphemes, printable, shorten, utf16
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import accounts, compose, desk, gate
from elite8.core.storage import posts, videos
from elite8.core.studio import Studio

LARGEST_CLIP = 50_000_000
LARGEST_PICTURE = 10_000_000
"""Bytes of an upload by sendVideo and sendPhoto (core.telegram.org/bots/api, as of 2026-11)."""
LONGEST_CAPTION = 1024
"""UTF-16 units of the words beside a clip or a picture (same)."""
LONGEST_PAGE = 4000
"""UTF-16 units of a message of its own: a little under what sendMessage takes (same)."""
APPROVE, REJECT = "ap", "rj"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A post that may or may not be out; `about` names it as it is now."""

    about: str
    post: str
    character: str
    network: str
    since: datetime
    title: str
    failure: str


def pending(studio: Studio) -> tuple[Card, ...]:
    """Return what waits for an approval and can be looked at, the soonest due first."""
    return tuple(card(studio, *one) for one in unapproved(studio))


def unapproved(studio: Studio) -> list[tuple[Post, Video, Rendition]]:
    """Return the posts that wait for an approval, each with its video and what would go out."""
    if studio.config.publishing.asks_nobody:
        return []
    with studio.database.transaction() as session:
        found = posts.to_decide(session)
    known = [
        (post, video, ready) for post, video in found if (ready := as_it_is(studio, video, post))
    ]
    return [one for one in known if not gate.is_approved(studio, one[0], one[2])]


def as_it_is(studio: Studio, video: Video, post: Post) -> Rendition | None:
    """Return what would go out; `None` when its performer is in the roster no more."""
    try:
        return compose.rendition(studio, video, post)
    except ConfigError:
        return None


def card_of(studio: Studio, written: str) -> Card | None:
    """Return the card again; `None` when the post waits no more, or not as it was shown."""
    post_id, shown = parts(written)
    for post, video, ready in unapproved(studio):
        if post.id == post_id and gate.fingerprint(studio, post, ready)[:SHOWN] == shown:
            return card(studio, post, video, ready)
    return None


def card(studio: Studio, post: Post, video: Video, ready: Rendition) -> Card:
    """Return a post for a chat, with buttons for exactly what is shown."""
    name = about(post.id, gate.fingerprint(studio, post, ready))
    beside, before = words(studio, post, ready)
    return Card(
        about=name,
        words=beside,
        before=before,
        buttons=(
            Button(label="Approve", data=f"{APPROVE}:{name}"),
            Button(label="Reject", data=f"{REJECT}:{name}"),
        ),
        picture=small(Path(video.cover), LARGEST_PICTURE),
        clip=small(Path(video.path), LARGEST_CLIP),
    )


def small(file: Path, most: int) -> Path | None:
    """Return the file, if it is there and not too large."""
    try:
        return file if 0 < file.stat().st_size <= most else None
    except OSError:
        return None


def words(studio: Studio, post: Post, ready: Rendition) -> tuple[str, tuple[str, ...]]:
    """Return what a person has to know to decide, and what stands before it.

    A caption too long to stand beside a clip is cut there and comes before it, whole: nobody
    approves words that were not shown.
    """
    name = studio.config.roster.named(ready.character).name
    when = f"{post.due_at.astimezone(studio.settings.zone):%a %d %b %H:%M %Z}"
    head = [f"Approve? {name} on {post.platform}, {when}"]
    if post.platform != "outbox":
        with studio.database.transaction() as session:
            account = accounts.speaking(session, post, ready.character)
        head.append(
            f"by {account.name or account.handle}" if account else "by nobody: sign in first"
        )
    if post.promotes:
        head.append(f"promotes: {post.promotes}")
    said = ready.wording
    text = printable("\n".join(filter(None, (said.title, said.caption))))
    whole = "\n".join(head)
    beside = shorten(text, LONGEST_CAPTION - utf16(whole) - 2, utf16)
    return f"{whole}\n\n{beside}", () if beside == text else pages(f"{whole}\n\n{text}")


def pages(text: str) -> tuple[str, ...]:
    """Return text in messages that are short enough, broken between letters."""
    found = [""]
    for letter in graphemes(text):
        if utf16(found[-1]) + utf16(letter) > LONGEST_PAGE:
            found.append("")
        found[-1] += letter
    return tuple(found)


def approve(studio: Studio, written: str) -> str:
    """Let exactly what was shown go out; return what is so, also when it was so before."""
    post, shown = found(studio, written)
    if post.status != PostStatus.WAITING:
        raise Refused(standing(studio, post))
    if post.approved_sha256.startswith(shown) and is_same(studio, post, shown):
        return f"already approved: {goes(studio, post)}"
    return f"approved: {goes(studio, desk.approve(studio, post.id, shown))}"


def reject(studio: Studio, written: str) -> str:
    """Keep exactly what was shown from going out; return what is so."""
    post, shown = found(studio, written)
    if post.status != PostStatus.WAITING:
        raise Refused(standing(studio, post))
    if not is_same(studio, post, shown):
        raise Refused(f"post {post.id} was changed since it was shown; look at it anew")
    desk.reject(studio, post.id, "in the chat")
    return f"rejected: the {post.platform} post does not go out"


def found(studio: Studio, written: str) -> tuple[Post, str]:
    """Return the post a button is for, and how it was when it was shown."""
    post_id, shown = parts(written)
    if not shown:
        raise Refused("this button is none of ours")
    post, _ = desk.named(studio, post_id)
    return post, shown


def is_same(studio: Studio, post: Post, shown: str) -> bool:
    """Return whether the post is as it was shown."""
    with studio.database.transaction() as session:
        video = videos.get(session, post.video_id)
    ready = as_it_is(studio, video, post) if video else None
    return ready is not None and gate.fingerprint(studio, post, ready).startswith(shown)


def goes(studio: Studio, post: Post) -> str:
    """Return when a post goes out."""
    at = post.due_at.astimezone(studio.settings.zone)
    when = f"{at:%a %d %b %H:%M %Z}" if post.due_at > studio.clock() else "at the next run"
    return f"it goes to {post.platform} {when}"


def standing(studio: Studio, post: Post) -> str:
    """Return where a post is."""
    if post.status == PostStatus.WAITING:
        return goes(studio, post) if post.approved_sha256 else f"the {post.platform} post waits"
    if post.status == PostStatus.PUBLISHED:
        at = (post.published_at or post.due_at).astimezone(studio.settings.zone)
        return f"the {post.platform} post is out since {at:%a %d %b %H:%M %Z}"
    why = f": {post.failure}" if post.failure else ""
    return f"the {post.platform} post is {post.status}{why}"


def doubts(studio: Studio) -> tuple[Doubt, ...]:
    """Return the posts that may or may not be out, the longest due first."""
    with studio.database.transaction() as session:
        unsure = posts.listed(session, status=PostStatus.UNCERTAIN, limit=1000)
    return tuple(
        Doubt(
            about=about(post.id, seen(post)),
            post=post.id,
            character=video.character_id,
            network=post.platform,
            since=post.sent_at or post.due_at,
            title=video.title,
            failure=post.failure,
        )
        for post, video in reversed(unsure)
    )


def seen(post: Post) -> str:
    """Return what stands for this one doubt: another try is another."""
    return hashlib.sha256(f"{post.id} {post.sent_at} {post.remote_handle}".encode()).hexdigest()


def doubtful(studio: Studio, written: str) -> Post:
    """Return the post, if it is in the same doubt as when it was shown."""
    post, shown = found(studio, written)
    if post.status != PostStatus.UNCERTAIN:
        raise Refused(standing(studio, post))
    if not seen(post).startswith(shown):
        raise Refused(f"post {post.id} was tried again since it was shown; look at it anew")
    return post


def resolve(studio: Studio, written: str, verdict: str) -> str:
    """Record what a person saw at the network; return what is so."""
    post = desk.resolve(studio, doubtful(studio, written).id, verdict, "")
    return (
        f"the {post.platform} post is {'out, you say' if verdict == 'published' else 'sent anew'}"
    )
