"""The chunked upload: initialize, append, finalize, status. Section 2."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from elite8.core.simulators.form import parts
from elite8.core.simulators.wire import Request
from elite8.core.simulators.x.rules import Check, No, flag, place, require, sent_object, text, wrong

FIRST = 1_880_028_106_020_515_840
LASTS = timedelta(days=1)  # expires_after_secs of the example (2.1)
LARGEST = 512 << 20  # C:BP
SEGMENTS = 1000  # 0..999 (C:SPEC)
LARGEST_SEGMENT = 5 << 20  # INFERRED: 5 MB was answered 431 for one user
KINDS = ("video/mp4", "video/webm", "video/mp2t", "video/quicktime")
CATEGORIES = ("tweet_video", "amplify_video", "tweet_image", "tweet_gif", "subtitles")
INITIALIZE: Mapping[str, Check] = {
    "media_type": lambda told: "" if told in KINDS else f"must be one of {', '.join(KINDS)}",
    "total_bytes": lambda told: (
        "" if type(told) is int and 0 < told <= LARGEST else f"must be 1 to {LARGEST}"
    ),
    "media_category": lambda told: "" if told in CATEGORIES else "is no category",
    "additional_owners": lambda told: "" if isinstance(told, list) else "must be an array",
    "shared": flag,
}


@dataclass(slots=True, kw_only=True)
class Media:
    """One upload; `done_at` is when its processing ends, `None` until it is closed."""

    number: int
    owner: str
    total: int
    category: str
    made_at: datetime
    segments: dict[int, bytes] = field(default_factory=dict)
    sha256: str = ""
    size: int = 0
    done_at: datetime | None = None
    failed: bool = False
    stuck: bool = False
    found_after: datetime | None = None

    @property
    def id(self) -> str:
        """How it is called, as text: it does not fit into a float."""
        return str(self.number)

    @property
    def key(self) -> str:
        """What posts that show it call it."""
        return f"7_{self.number}"

    def state(self, now: datetime) -> str:
        """Return the word for how far it is."""
        if self.done_at is None or self.stuck or now < self.done_at:
            return "in_progress"
        return "failed" if self.failed else "succeeded"

    def usable(self, now: datetime) -> bool:
        """Say whether a post can show it."""
        return self.state(now) == "succeeded" and now < self.made_at + LASTS


def initialize(world: Any, who: str, request: Request) -> dict[str, object]:  # noqa: ANN401  # the service
    """Begin an upload (2.1)."""
    sent = sent_object(request)
    require(INITIALIZE, sent, ("media_type", "total_bytes", "media_category"))
    if sent["media_category"] != "tweet_video":
        world.violated(f"{request.path}: media_category is {sent['media_category']}")
    made = Media(
        number=FIRST + len(world.media) * 1_048_577,
        owner=who,
        total=sent["total_bytes"],
        category=sent["media_category"],
        made_at=world.clock(),
    )
    world.media[made.id] = made
    lasts = int(LASTS.total_seconds())
    return {"data": {"id": made.id, "media_key": made.key, "expires_after_secs": lasts}}


def append(world: Any, who: str, request: Request) -> dict[str, object]:  # noqa: ANN401  # same
    """Take a segment; one that is sent again replaces itself (2.2)."""
    media = owned(world, who, request.path.split("/")[-2])
    form = parts(request)
    if form is None or set(form) != {"segment_index", "media"}:
        raise wrong("the form must have segment_index and media")
    index, piece = form["segment_index"].content.decode("ascii", "replace"), form["media"]
    if not index.isdecimal() or int(index) >= SEGMENTS or not piece.file:
        raise wrong("segment_index is 0 to 999, and media a file")
    most = 200_000 if world.faults.take("segment-too-large", place(request)) else LARGEST_SEGMENT
    if len(piece.content) > most:
        raise No(413, "", "Payload Too Large", "the segment is too large")
    if media.done_at is not None:
        raise wrong("the upload is closed")
    media.segments[int(index)] = piece.content
    return {"data": {"expires_at": int((media.made_at + LASTS).timestamp())}}


def finalize(world: Any, who: str, request: Request) -> dict[str, object]:  # noqa: ANN401  # same
    """Close an upload; its segments must be whole (2.3)."""
    media = owned(world, who, request.path.split("/")[-2])
    if request.body:
        raise wrong("finalize has no body")
    if media.done_at is None:
        order = sorted(media.segments)
        content = b"".join(media.segments[one] for one in order)
        if order != list(range(len(order))) or len(content) != media.total:
            raise wrong("the segments do not add up to total_bytes")  # INFERRED
        media.sha256, media.size = hashlib.sha256(content).hexdigest(), len(content)
        media.segments.clear()
        media.done_at = world.clock() + world.processing
        media.failed = world.faults.take("processing-failed", place(request))
        media.stuck = world.faults.take("processing-stuck", place(request))
        if world.faults.take("status-late", place(request)):
            media.found_after = world.clock() + timedelta(seconds=3)
    told = {"id": media.id, "media_key": media.key, "size": media.size}
    lasts = {"expires_after_secs": int(LASTS.total_seconds())}
    return {"data": {**told, **lasts, **progress(media, world.clock())}}


def status(world: Any, who: str, request: Request) -> dict[str, object]:  # noqa: ANN401  # same
    """Return how far an upload is (2.4)."""
    require(
        {"command": lambda told: "" if told == "STATUS" else "must be STATUS", "media_id": text},
        request.query,
        ("media_id",),
    )
    media = owned(world, who, request.query["media_id"])
    if media.found_after and world.clock() < media.found_after:
        raise missing()
    return {"data": {"id": media.id, "media_key": media.key, **progress(media, world.clock())}}


def progress(media: Media, now: datetime) -> dict[str, object]:
    """Return processing_info, absent when it is ready at once (C:CHUNK)."""
    state = media.state(now)
    info: dict[str, object] = {"state": state, "check_after_secs": 1}
    if state == "succeeded":
        info = {"state": state, "progress_percent": 100}
    if state == "failed":
        error = {"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"}
        info = {"state": state, "error": error}  # INFERRED
    return {"processing_info": info}


def owned(world: Any, who: str, media_id: str) -> Media:  # noqa: ANN401  # same
    """Return a person's own upload that has not expired; else it is not found."""
    found: Media | None = world.media.get(media_id)
    if world.faults.take("media-forgotten", media_id) and found is not None:
        found.made_at -= LASTS
    if found is None or found.owner != who or world.clock() >= found.made_at + LASTS:
        raise missing()
    return found


def missing() -> No:
    """Return the refusal of an upload that is not there."""
    return No(404, "resource-not-found", "Not Found Error", "Could not find the media")
