"""Posts as people see them: the words that would go out, and whether somebody is asked first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from elite8.core.domain.card import SHOWN
from elite8.core.domain.network import Wording
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.reading import Taken
from elite8.core.domain.rendition import Rendition
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError
from elite8.core.operations import compose
from elite8.core.studio import Studio

APPROVABLE = (PostStatus.WAITING, PostStatus.REFUSED, PostStatus.UNCERTAIN)
"""States in which a post can be approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One line of a post's story; `calls` are method, place, status and request id."""

    at: datetime
    kind: str
    outcome: str
    seconds: float
    message: str
    calls: tuple[dict[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostShown:
    """A post for people; `needs_approval` says that it waits for one.

    `shown` is how the hash of what an approval would be of begins, "" where none is needed.
    `readings` are newest first; `None` in one is what the network does not give.
    """

    id: str
    video: str
    character: str
    network: str
    status: str
    due_at: datetime
    published_at: datetime | None
    url: str
    seen: str
    seen_at: datetime | None
    failure: str
    attempts: int
    needs_approval: bool
    account: str
    promotes: str
    title: str
    caption: str
    sha256: str
    region: str = ""
    shown: str = ""
    readings: tuple[Taken, ...] = ()
    story: tuple[Try, ...] = ()


def shown_all(studio: Studio, found: Iterable[tuple[Post, Video]]) -> tuple[PostShown, ...]:
    """Return posts for people."""
    return tuple(shown(studio, post, video) for post, video in found)


def shown(studio: Studio, post: Post, video: Video) -> PostShown:
    """Return a post for people."""
    try:
        ready = compose.rendition(studio, video, post)
        words = ready.wording
        whole = to_approve(studio, post, ready) if post.status in APPROVABLE else ""
    except ConfigError:  # the performer is in the roster no more; the history stays
        words, whole = Wording(title=video.title, caption=post.caption, hashtags=()), ""
    return PostShown(
        id=post.id,
        video=post.video_id,
        character=video.character_id,
        network=post.platform,
        status=post.status,
        due_at=post.due_at,
        published_at=post.published_at,
        url=post.url,
        seen=post.seen,
        seen_at=post.seen_at,
        failure=post.failure,
        attempts=post.attempts,
        needs_approval=post.status == PostStatus.WAITING and bool(whole),
        account=post.account_id or post.asked_account,
        promotes=post.promotes,
        region=post.region,
        title=words.title,
        caption=words.caption,
        sha256=video.sha256,
        shown=whole[:SHOWN],
    )


def to_approve(studio: Studio, post: Post, ready: Rendition) -> str:
    """Return the hash of what somebody has to approve, "" where nobody has to or did.

    Only where somebody has to, what judges posts is loaded.
    """
    if studio.config.publishing.goes_unasked(post.platform, ready.character):  # type: ignore[arg-type]  # a destination
        return ""
    from elite8.core.operations import gate

    now = gate.fingerprint(studio, post, ready)
    return "" if post.approved_sha256 == now else now
