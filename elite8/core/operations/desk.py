"""The operator's desk: order posts, look at them, decide about them. Nothing here sends."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from elite8.core.domain.attempt import new_attempt
from elite8.core.domain.audit import Decision
from elite8.core.domain.post import Post, PostStatus, Promotes
from elite8.core.domain.rendition import Rendition
from elite8.core.domain.text import printable
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import accounts, audit, compose, gate, measure, media, publish
from elite8.core.operations.publish import Outcome
from elite8.core.operations.queue import APPROVABLE, PostShown, Try, shown
from elite8.core.storage import accounts as kept_accounts
from elite8.core.storage import attempts, posts, videos
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

OWN_TIME = {"slot": "", "wall": "", "zone": "", "missed": ""}
"""A time an operator chose is no slot's, and no policy finds it late."""


HINTS = {
    PostStatus.UNCERTAIN: (
        "; it may be out: 'elite8 publish due' asks by itself, or look at the network, then: "
        "elite8 publish resolve {post.id} published|retry"
    ),
    PostStatus.PUBLISHING: "; a process is at it: look again soon",
    PostStatus.WAITING: "; it goes out when it is due, by 'elite8 publish due'",
    PostStatus.REFUSED: "; 'elite8 publish retry {post.id}' has it tried again",
}
"""What to do about a post that is in another state than a decision wants."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the operator wants a post. `at`: not before; `together`: all networks at once.

    `promotes`: "own" brand or a paying "partner"; such a post is labelled as advertising. `None`
    leaves a post's words, or what it promotes, as they are.
    """

    at: datetime | None = None
    account: str = ""
    caption: str | None = None
    promotes: Promotes | None = None
    together: bool = False


def order(studio: Studio, reference: str, places: Sequence[str], wish: Wish) -> list[Post]:
    """Return the posts of a video, made or moved as wished; they go out when their time comes.

    Networks follow each other by the configured minutes, after the grace in which `cancel` works.
    """
    for place in places:
        publish.check_destination(studio, place)
    if wish.account:
        check_account(studio, wish.account, places)
    video = publish.finished(studio, reference)
    for place in () if wish.account else places:
        publish.check_speaker(studio, video, place)
    rules = studio.config.publishing
    start = wish.at or studio.clock() + timedelta(seconds=rules.grace_seconds)
    gap = timedelta(0) if wish.together else timedelta(minutes=rules.stagger_minutes)
    made, later = [], 0
    for place in places:
        due = start if place == "outbox" else start + later * gap
        later += place != "outbox"
        made.append(ordered(studio, video, place, due, wish))
    return made


def ordered(studio: Studio, video: Video, place: str, due: datetime, wish: Wish) -> Post:
    """Return the post there, new or waiting as wished; what is out or going out stays as it is.

    One that was refused is wanted anew.
    """
    account = ""
    if wish.account and place != "outbox":
        account = accounts.named(studio, wish.account, place).id
    words = None if wish.caption is None else printable(wish.caption)
    chosen = {"caption": words, "promotes": wish.promotes, "asked_account": account or None}
    own = {name: value for name, value in chosen.items() if value is not None}
    post = publish.post_of(studio, video, place, due, **own)
    anew = post.status == PostStatus.REFUSED
    wanted: dict[str, object] = {"due_at": due, **OWN_TIME} if anew or wish.at else {}
    wanted |= {name: value for name, value in own.items() if getattr(post, name) != value}
    if post.status not in (PostStatus.WAITING, PostStatus.REFUSED) or not (wanted or anew):
        return post
    if anew:
        wanted["failure"] = ""
    if post.sent_at is None and anew:
        wanted["attempts"] = 0
    status = PostStatus.WAITING if anew else PostStatus(post.status)
    before = post.due_at
    with studio.database.transaction() as session:
        posts.decide(session, post, status, **wanted)
        if post.due_at != before:
            tell(session, studio.clock(), post, "moved")
    return post


def where(studio: Studio, wanted: Sequence[Post]) -> tuple[Outcome, ...]:
    """Return where these posts are now, as their rows say."""
    with studio.database.transaction() as session:
        now = [posts.get(session, post.id) or post for post in wanted]
    return tuple(publish.outcome(post, before=False) for post in now)


def check_account(studio: Studio, reference: str, places: Sequence[str]) -> None:
    """Refuse an account of another network than the post is for."""
    wanted = next((place for place in places if place != "outbox"), "")
    account = accounts.named(studio, reference, wanted)
    if set(places) - {account.network, "outbox"}:
        raise ConfigError(
            f"{account.name or account.handle} is a {account.network} account; publish to one "
            "network at a time with --account"
        )


def listed(
    studio: Studio, *, status: str = "", network: str = "", limit: int = 50
) -> tuple[PostShown, ...]:
    """Return posts, the last due first; an unknown state or network is a ConfigError."""
    if status and status not in set(PostStatus):
        raise ConfigError(f"no state '{status[:20]}'; choose {', '.join(PostStatus)}")
    if network:
        publish.check_destination(studio, network)
    with studio.database.transaction() as session:
        found = posts.listed(session, status=status, platform=network, limit=limit)
    return tuple(shown(studio, post, video) for post, video in found)


def due(studio: Studio, *, limit: int) -> tuple[PostShown, ...]:
    """Return what 'publish due' would take up now, in its order."""
    with studio.database.transaction() as session:
        found = posts.due(session, now=studio.clock(), limit=limit)
        known = [(post, videos.get(session, post.video_id)) for post in found]
    return tuple(shown(studio, post, video) for post, video in known if video is not None)


def show(studio: Studio, reference: str) -> PostShown:
    """Return a post with its whole story and its readings."""
    post, video = named(studio, reference)
    with studio.database.transaction() as session:
        story = attempts.of_post(session, post.id)
        numbers = measure.of_post(session, post.id)
    tries = tuple(
        Try(
            at=one.at,
            kind=one.kind,
            outcome=one.outcome,
            seconds=one.seconds,
            message=one.message,
            calls=tuple(json.loads(one.calls)),
        )
        for one in story
    )
    return replace(shown(studio, post, video), readings=numbers, story=tries)


def speaker(studio: Studio, post: PostShown) -> str:
    """Return which account a post is of, by its name and the beginning of its id; "" for none."""
    with studio.database.transaction() as session:
        row = kept_accounts.get(session, post.account) if post.account else None
    return f"{row.name} ({row.id})" if row else post.account


def named(studio: Studio, reference: str) -> tuple[Post, Video]:
    """Return the one post meant by an id or the first characters of one."""
    with studio.database.transaction() as session:
        found = posts.matching(session, reference.upper()) if reference else []
        video = videos.get(session, found[0].video_id) if len(found) == 1 else None
    if video is not None:
        return found[0], video
    why = "several posts begin so" if found else "no such post"
    raise ConfigError(f"{why}: '{reference[:40]}'; 'elite8 publish list' shows their ids")


def approve(
    studio: Studio, reference: str, shown: str = "", seen: PostStatus = PostStatus.WAITING
) -> Post:
    """Let exactly this go out; what is changed afterwards needs another approval.

    With `shown`, how the hash of what the operator saw begins: only that, and only while it is
    still in the state it was `seen` in.
    """
    post, video = named(studio, reference)
    ready = compose.rendition(studio, video, post)
    sha256 = gate.fingerprint(studio, post, ready)
    if shown:
        check_shown(studio, video, ready, sha256, shown)
    wanted = (seen,) if shown else APPROVABLE
    uncertain = post.status == PostStatus.UNCERTAIN  # it goes on with what it lacks
    then = PostStatus.UNCERTAIN if uncertain else PostStatus.WAITING
    facts: dict[str, object] = {"approved_sha256": sha256}
    if post.status == PostStatus.REFUSED:
        facts |= {**OWN_TIME, "failure": ""}
    return decided(studio, post, wanted, then, "approved", **facts)


def check_shown(studio: Studio, video: Video, ready: Rendition, sha256: str, shown: str) -> None:
    """Refuse what is not as the operator saw it: its words, its account, the bytes of its file.

    A film of another machine is fetched by its hash.
    """
    post = ready.post_id
    if not video.sha256:
        raise Refused(f"there is no film of post {post} yet; look at it once it is made")
    if not sha256.startswith(shown):
        raise Refused(f"post {post} was changed since it was shown; look at it anew")
    try:
        with media.at_hand(studio, ready).video.open("rb") as file:
            there = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as gone:
        raise Refused(f"the file of post {post} cannot be read: {gone.strerror}") from None
    if there != video.sha256:
        raise Refused(f"the file of post {post} was changed since it was made; make it anew")


def reject(studio: Studio, reference: str, reason: str) -> Post:
    """Keep a post from going out; another approval or `retry` changes that."""
    post, _ = named(studio, reference)
    why = f"rejected by the operator: {reason}" if reason else "rejected by the operator"
    waiting = (PostStatus.WAITING, PostStatus.REFUSED)
    facts = {"failure": why, "approved_sha256": ""}
    return decided(studio, post, waiting, PostStatus.REFUSED, "rejected", **facts)


def cancel(studio: Studio, reference: str) -> Post:
    """Keep a waiting post from going out; works until a process has claimed it."""
    post, _ = named(studio, reference)
    facts = {"failure": "cancelled by the operator"}
    return decided(studio, post, (PostStatus.WAITING,), PostStatus.REFUSED, "cancelled", **facts)


def retry(studio: Studio, reference: str) -> Post:
    """Have a refused post tried again; where it may be out, the network is asked first."""
    post, _ = named(studio, reference)
    facts = {"due_at": studio.clock(), "attempts": 0, "failure": "", **OWN_TIME}
    return decided(studio, post, (PostStatus.REFUSED,), PostStatus.WAITING, "retried", **facts)


def bring_forward(studio: Studio, reference: str) -> tuple[Post, Video]:
    """Return a post that waits, due now, and its video; one that does not wait is Refused.

    One conditional update of just this post: who rejects or cancels it at the same time is heard.
    """
    post, video = named(studio, reference)
    publish.finished(studio, video.id)
    publish.check_destination(studio, post.platform)
    publish.check_speaker(studio, video, post.platform)
    facts = {"due_at": studio.clock(), **OWN_TIME}
    waits = PostStatus.WAITING
    return decided(studio, post, (waits,), waits, "brought forward", **facts), video


def resolve(studio: Studio, reference: str, verdict: str, url: str) -> Post:
    """Record what a person saw at the network of an uncertain post: it is out, or it is not."""
    post, _ = named(studio, reference)
    sent = post.status == PostStatus.REFUSED and post.sent_at is not None
    uncertain = (PostStatus.UNCERTAIN, PostStatus.REFUSED) if sent else (PostStatus.UNCERTAIN,)
    now = studio.clock()
    if verdict == "published":
        facts = {"url": url, "published_at": now, "failure": "", "seen": "told", "seen_at": now}
        return decided(studio, post, uncertain, PostStatus.PUBLISHED, "resolved", **facts)
    if verdict != "retry":
        raise ConfigError(f"no verdict '{verdict[:20]}'; say published or retry")
    nothing = {"sent_at": None, "remote_handle": "", "attempts": 0, "failure": "", "due_at": now}
    nothing |= OWN_TIME
    return decided(studio, post, uncertain, PostStatus.WAITING, "resolved", **nothing)


def decided(  # what is decided about a post
    studio: Studio,
    post: Post,
    allowed: tuple[PostStatus, ...],
    status: PostStatus,
    verdict: str,
    **facts: object,
) -> Post:
    """Put a post where the operator wants it and note that in its story."""
    if post.status not in allowed:
        raise Refused(
            f"post {post.id} is {post.status}; only one that is {' or '.join(allowed)} "
            f"can be {verdict}{HINTS.get(PostStatus(post.status), '').format(post=post)}"
        )
    with studio.database.transaction() as session:
        posts.decide(session, post, status, **facts)
        tell(session, studio.clock(), post, verdict)
        shown = str(facts.get("approved_sha256", ""))[:16]
        what = Decision(act="desk", subject=post.id, decision=verdict, detail=shown)
        audit.keep(studio, session, what)
    return post


def tell(session: Session, now: datetime, post: Post, verdict: str) -> None:
    """Note a decision in the story of the post."""
    story = new_attempt(
        at=now, post_id=post.id, kind="operator", outcome=verdict, message=post.failure
    )
    attempts.add(session, story)
