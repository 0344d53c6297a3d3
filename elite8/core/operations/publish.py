"""Post finished videos; nothing goes out twice.

Three steps: claim the post's row in one transaction; call the destination with none open; record
what became of it in another. That something begins to go out is committed before it does, and how
the network calls it the moment that is known; whoever finds either asks the network first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from elite8.core import http, log
from elite8.core.domain.account import Account
from elite8.core.domain.attempt import Attempt
from elite8.core.domain.post import Post, PostStatus, Promotes, new_post
from elite8.core.domain.rendition import Published, Rendition
from elite8.core.domain.rule import Verdict
from elite8.core.domain.text import printable
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import (
    ConfigError,
    Elite8Error,
    RateLimited,
    Refused,
    SignInNeeded,
    Unanswered,
    Unavailable,
    Withheld,
)
from elite8.core.operations import (
    accounts,
    compose,
    egress,
    gate,
    media,
    missed,
    stages,
    steps,
    stops,
)
from elite8.core.operations.library import find
from elite8.core.operations.standing import again, command
from elite8.core.operations.trail import Trail
from elite8.core.platforms.answers import Failed, MayBeSentAgain
from elite8.core.platforms.outbox import Outbox
from elite8.core.storage import attempts, held, posts
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

DESTINATIONS = ("outbox", *accounts.SITES)
ATTEMPTS = 3
BETWEEN = timedelta(minutes=5)
"""Tries of what never began, and the least time between them (mission.md 1.5)."""
SELDOM = timedelta(hours=6)
"""The longest time between two questions after an uncertain post; they begin 5 minutes apart."""
LOOK_AFTER = timedelta(minutes=2)
"""How long after it went out a post is first looked for in public."""
LONGEST_FAILURE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where the post is. `before`: it was out before this call; with no `url` it waits.

    `seen` is how it was last found: "draft" is to be finished by a person in the app.
    """

    post: str
    video: str
    to: str
    url: str
    before: bool
    status: str
    due_at: datetime
    seen: str = ""


def preview(  # noqa: PLR0913  # how a post is wished
    studio: Studio,
    reference: str,
    to: str,
    *,
    caption: str | None = None,
    promotes: Promotes | None = None,
    account: str = "",
) -> Rendition:
    """Return what would go out, by `account` where one is chosen; nothing is sent or written."""
    studio.only_real("publishes")
    check_destination(studio, to)
    video = finished(studio, reference)
    if not account:
        check_speaker(studio, video, to)
    return compose.rendition(studio, video, draft(studio, video, to, caption, promotes))


def draft(
    studio: Studio, video: Video, to: str, caption: str | None, promotes: Promotes | None
) -> Post:
    """Return the post of this video there, or what it would be with an empty id; not kept.

    `None` leaves the words, or what it promotes, as they are.
    """
    now = studio.clock()
    with studio.database.transaction() as session:
        known = posts.find(session, video.id, to)
        if known is not None:
            session.expunge(known)
    found = known or new_post(now=now, video_id=video.id, platform=to, due_at=now)
    if known is None:
        found.promotes = stages.promotes(studio, video)
    found.id = known.id if known else ""
    if caption is not None:
        found.caption = printable(caption)
    if promotes is not None:
        found.promotes = promotes
    return found


def publish(studio: Studio, reference: str, to: str) -> Outcome:
    """Send a finished video to its destination, once, as soon as its time has come.

    A second call, from here or anywhere else, says where the post is.
    """
    check_destination(studio, to)
    video = finished(studio, reference)
    return out(studio, post_of(studio, video, to), video)


def out(studio: Studio, post: Post, video: Video) -> Outcome:
    """Take a post as far as it goes now; what keeps it from going out is the error."""
    if post.status == PostStatus.PUBLISHED:
        return outcome(post, before=True)
    if post.status == PostStatus.WAITING and post.due_at > studio.clock():
        return outcome(post, before=False)
    studio.only_real("publishes")
    if post.video_id != video.id:
        raise ValueError(f"post {post.id} is of another video than {video.id}")
    ready = compose.rendition(studio, video, post)
    ready = media.files(studio, ready, began=post.sent_at is not None)
    if post.sent_at is None:  # what may be out already is asked about whatever the rules say
        judge(studio, post, video, ready)
    starts = None if post.platform == "outbox" else partial(start, studio, ready)
    mine = steps.claim(studio, post, ready, starts)
    claimed, story, trail = mine.post, mine.story, Trail()
    try:
        published = send(studio, mine, video, ready, trail)
    except Elite8Error as trouble:
        facts = left(studio, claimed, trouble, story.kind)
        steps.record(studio, claimed, steps.told(studio, story, trail), **facts)
        raise
    except OSError as broken:
        lost = Unavailable(f"{broken.strerror or broken}: {broken.filename or ready.video}")
        facts = left(studio, claimed, lost, story.kind)
        steps.record(studio, claimed, steps.told(studio, story, trail), **facts)
        raise lost from None
    except BaseException as trouble:
        words = f"cut short as it went out ({type(trouble).__name__})"
        facts = {"failure": words, "due_at": studio.clock()}
        unsent = trail.is_empty and story.kind == "send" and claimed.platform != "outbox"
        facts |= {"sent_at": None} if unsent else {}
        status = PostStatus.WAITING if unsent else PostStatus.UNCERTAIN
        steps.record(studio, claimed, steps.told(studio, story, trail), status=status, **facts)
        raise
    succeed(studio, claimed, steps.told(studio, story, trail), published, ready)
    return outcome(claimed, before=False)


def judge(studio: Studio, post: Post, video: Video, ready: Rendition) -> None:
    """Keep back what may not begin; what a rule blocks is told of the post as long as it waits."""
    try:
        gate.check_rules(studio, post, video, ready)
    except Refused as blocked:
        steps.told_why(studio, post, str(blocked)[:LONGEST_FAILURE])
        raise
    if post.failure.startswith(gate.BLOCKED):
        steps.told_why(studio, post, "")
    gate.check_approved(studio, post, ready)


def succeed(
    studio: Studio, post: Post, story: Attempt, published: Published, ready: Rendition
) -> None:
    """Record that the post is out, and when to look for it in public."""
    steps.record(
        studio,
        post,
        story,
        status=PostStatus.PUBLISHED,
        remote_id=published.remote_id,
        url=published.url,
        rendition_sha256=ready.sha256,
        published_at=studio.clock(),
        seen="draft" if published.draft else "",
        due_at=studio.clock() + LOOK_AFTER,
    )
    log.get().info("post.published", post=post.id, platform=post.platform, video=post.video_id)


def left(studio: Studio, post: Post, trouble: Elite8Error, kind: str) -> dict[str, Any]:
    """Return the state a failed try leaves the post in; `kind` says whether it only asked.

    Only a verdict on what never began, or the network's own on the post, is final. What may be out
    is uncertain, and asked about less and less often. What never began waits and may be tried
    again, at most three times, not before five minutes or what the network asks; being told to
    wait, or having to sign in first, is no try.
    """
    failure = str(trouble)[:LONGEST_FAILURE]
    now = studio.clock()
    asked_to = trouble.retry_after if isinstance(trouble, RateLimited) else None
    wait = timedelta(seconds=asked_to or 0.0)
    if isinstance(trouble, Failed):  # whoever sends it again sends it anew
        gone = {"sent_at": None, "remote_handle": ""}
        return {"status": PostStatus.REFUSED, "failure": failure, **gone}
    may_be_out = bool(post.remote_handle) or kind == "ask" or isinstance(trouble, Unanswered)
    if may_be_out:
        with studio.database.transaction() as session:
            asked = attempts.ended_as(session, post.id, PostStatus.UNCERTAIN)
        again = max(min(BETWEEN * 2 ** min(asked, 10), SELDOM), wait)
        return {"status": PostStatus.UNCERTAIN, "failure": failure, "due_at": now + again}
    waits = {"status": PostStatus.WAITING, "failure": failure, "sent_at": None}
    if isinstance(trouble, SignInNeeded | ConfigError | Withheld):
        return {**waits, "attempts": max(post.attempts - 1, 0)}
    if wait or (isinstance(trouble, RateLimited) and not isinstance(trouble, MayBeSentAgain)):
        due = now + max(BETWEEN, wait)
        return {**waits, "attempts": max(post.attempts - 1, 0), "due_at": due}
    if isinstance(trouble, Unavailable) and post.attempts < ATTEMPTS:
        return {**waits, "due_at": now + BETWEEN}
    return {"status": PostStatus.REFUSED, "failure": failure, "sent_at": None}


def check_destination(studio: Studio, to: str) -> None:
    """Refuse a destination that is not there, or of which nothing is decided."""
    if to not in DESTINATIONS:
        raise ConfigError(f"no destination '{to[:40]}'; choose {' or '.join(DESTINATIONS)}")
    studio.config.social.rules_of(to)


def check_speaker(studio: Studio, video: Video, to: str) -> None:
    """Refuse a post that would begin and of which nothing says by which account."""
    post = draft(studio, video, to, None, None)
    began = post.sent_at is not None or post.status == PostStatus.PUBLISHED
    if not (began or post.asked_account or post.region or to == "outbox"):
        accounts.check_clear(studio, to, video.character_id)


def finished(studio: Studio, reference: str) -> Video:
    """Return the finished video meant by `reference`."""
    video = find(studio, reference)
    if video.status != VideoStatus.FINISHED:
        why = f": {video.failure}" if video.failure else ""
        raise Refused(f"video {video.id} is {video.status}{why}; only finished ones go out")
    return video


def post_of(
    studio: Studio, video: Video, to: str, due_at: datetime | None = None, **own: str
) -> Post:
    """Return the one post of this video there, made now, with `own` choices, if there is none."""
    now = studio.clock()
    with studio.database.transaction() as session:
        held.alone(session, f"post of {video.id} on {to}")
        known = posts.find(session, video.id, to)
        if known is None:
            known = new_post(now=now, video_id=video.id, platform=to, due_at=due_at or now)
            known.promotes = stages.promotes(studio, video)
            for name, value in own.items():
                setattr(known, name, value)
            posts.add(session, known)
    return known


def check(
    studio: Studio,
    reference: str,
    to: str,
    *,
    caption: str | None = None,
    promotes: Promotes | None = None,
) -> tuple[Verdict, ...]:
    """Return what every rule says of the video there, as it would go out; nothing is sent."""
    check_destination(studio, to)
    video = finished(studio, reference)
    check_speaker(studio, video, to)
    meant = draft(studio, video, to, caption, promotes)
    ready = compose.rendition(studio, video, meant)
    return gate.of_post(studio, meant, video, ready)


def send(
    studio: Studio, mine: steps.Held, video: Video, ready: Rendition, trail: Trail
) -> Published:
    """Return where the post is; an earlier try is looked for before anything is sent.

    With the story's `kind` at "ask", whatever goes wrong leaves open whether the post is out.
    Asking is always allowed; going on with an earlier try, and a new one, only what may go out now.
    """
    post = mine.post
    if post.platform == "outbox":
        return Outbox(studio.settings.outbox_dir).publish(ready)
    if mine.trouble is not None:
        raise mine.trouble
    account = account_of(post, mine.signed_in, ready.character)
    with http.open_client(transport=egress.line(studio, account)) as client:
        trail.follow(client)
        network = accounts.opened(studio, account, client)
        if mine.story.kind == "ask":
            earlier = network.reconcile(
                ready,
                post.remote_handle,
                lambda handle: go_on(studio, post, video, ready, handle),
                since=post.sent_at or mine.story.at,
                now=studio.shared_now(),
                **steps.others(studio, post),
            )
            if earlier is not None:
                return earlier
            mine.story.kind = "send"  # it is proven that nothing is there
            check_still(studio, post, video, ready)
            missed.check_time(studio, post)
            gate.check_approved(studio, post, ready, account.id)  # a binding may have changed since
            steps.begin(studio, post, ready, account.id)
        rules = studio.config.social.rules_of(post.platform)
        return network.publish(ready, lambda handle: steps.known_by(studio, post, handle), rules)


def start(studio: Studio, ready: Rendition, session: Session, mine: steps.Held) -> None:
    """Have a post of which nothing may be out begin, in the transaction that claims it."""
    account = account_of(mine.post, mine.signed_in, ready.character)
    if account.failure:  # its network has said so: nothing can begin
        raise SignInNeeded(again(account, account.failure))
    gate.check_approved(studio, mine.post, ready, account.id)  # a binding may have changed since
    steps.going(studio, session, mine.post, ready, account.id, now=mine.since)


def go_on(studio: Studio, post: Post, video: Video, ready: Rendition, handle: str) -> None:
    """Commit how an earlier try is known now; what it lacks is sent only when it may go out."""
    if handle:
        check_still(studio, post, video, ready)
        check_same(studio, post, ready)
    steps.known_by(studio, post, handle)


def check_still(studio: Studio, post: Post, video: Video, ready: Rendition) -> None:
    """Keep back what would be sent now and was stopped, changed or forbidden since it began."""
    gate.check_allowed(studio, post, video, ready)
    with studio.database.transaction() as session:
        stops.refuse(session, post, ready.character)


def check_same(studio: Studio, post: Post, ready: Rendition) -> None:
    """Keep back what began with other words or switches than are judged and approved now."""
    began = post.begun_sha256
    if began and began != compose.fingerprint(studio, post, ready, post.account_id):
        raise Withheld(
            f"post {post.id} began to go out otherwise than it would now: change it back, or look "
            f"at the network and begin anew with: elite8 publish resolve {post.id} retry"
        )


def account_of(post: Post, signed_in: Sequence[Account], character: str) -> Account:
    """Return the account a post goes out by: the one that began it, the one asked for, or theirs.

    What one account began, no other can ask about.
    """
    wanted = (post.account_id if post.sent_at else "") or post.asked_account
    if not wanted:
        return accounts.taking(signed_in, post.platform, character, post.region)
    if found := next((one for one in signed_in if one.id == wanted), None):
        return found
    again = command(post.platform, "")
    raise SignInNeeded(f"the account of this post is signed out; run: {again}")


def outcome(post: Post, *, before: bool) -> Outcome:
    """Return the post as a record."""
    return Outcome(
        post=post.id,
        video=post.video_id,
        to=post.platform,
        url=post.url,
        before=before,
        status=post.status,
        due_at=post.due_at,
        seen=post.seen,
    )
