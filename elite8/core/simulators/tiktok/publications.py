"""Publications: what was asked for, what arrived of it, and how its status follows the clock."""

import hashlib
import struct
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from elite8.core.simulators.tiktok.creators import PUBLIC

UPLOAD_TIME = timedelta(hours=1)  # [DP]
LATE = timedelta(seconds=60)
HEADER = b"mvhd"
DIRECT = "direct"
INBOX = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostInfo:
    """What a post says and allows: post_info [DP], after what the account forbids."""

    title: str = ""
    privacy_level: str = ""
    disable_comment: bool = False
    disable_duet: bool = False
    disable_stitch: bool = False
    video_cover_timestamp_ms: int = 0
    brand_content_toggle: bool = False
    brand_organic_toggle: bool = False
    is_aigc: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What exists on TikTok: a public or private post, or a draft in a person's inbox.

    `post_id` is text and "" for a draft; `sha256` is "" for a video TikTok was to fetch itself.
    """

    publish_id: str
    post_id: str
    mode: str
    open_id: str
    title: str
    privacy_level: str
    disable_comment: bool
    disable_duet: bool
    disable_stitch: bool
    video_cover_timestamp_ms: int
    brand_content_toggle: bool
    brand_organic_toggle: bool
    is_aigc: bool
    sha256: str
    size: int
    at: datetime


@dataclass(slots=True, kw_only=True)
class Publication:
    """One accepted init; `done_at` is when its work ends, `None` while bytes are missing."""

    publish_id: str
    post_id: int
    mode: str
    open_id: str
    info: PostInfo
    path: str
    made_at: datetime
    video_size: int = 0
    chunk_size: int = 0
    total_chunk_count: int = 0
    video_url: str = ""
    upload_id: str = ""
    upload_token: str = ""
    upload_until: datetime
    parts: list[bytes] = field(default_factory=list)
    received: int = 0
    sha256: str = ""
    seconds: float = 0.0
    done_at: datetime | None = None
    visible_after: timedelta = timedelta(0)
    fail_reason: str = ""
    stuck: bool = False
    finished_at: datetime | None = None
    otherwise: bool = False
    multiplier: float = 1.0

    @property
    def pulled(self) -> bool:
        """Whether TikTok fetches the video itself."""
        return bool(self.video_url)

    @property
    def counted(self) -> tuple[int, int]:
        """Return how much came in as a status tells it, and as an upload does.

        A number, and the index of the last byte; which of both is which is INFERRED, so both are.
        """
        index = max(self.received - 1, 0)
        return (index, self.received) if self.otherwise else (self.received, index)

    def done(self, now: datetime) -> bool:
        """Say whether the work has ended, well or badly."""
        return not self.stuck and self.done_at is not None and now >= self.done_at

    def failed(self, now: datetime) -> bool:
        """Say whether it ended badly."""
        return bool(self.fail_reason) and self.done(now)

    def exists(self, now: datetime) -> bool:
        """Say whether there is a post or a draft."""
        return self.done(now) and not self.fail_reason

    def public(self, now: datetime) -> bool:
        """Say whether everybody can see it and its id is told [ST]."""
        if self.info.privacy_level != PUBLIC or not self.exists(now) or self.done_at is None:
            return False
        begun = self.done_at if self.mode == DIRECT else self.finished_at
        return begun is not None and now >= begun + self.visible_after

    def status(self, now: datetime) -> str:
        """Return the status word [ST]."""
        if self.failed(now):
            return "FAILED"
        if not self.done(now):
            return "PROCESSING_DOWNLOAD" if self.pulled else "PROCESSING_UPLOAD"
        finished = self.mode == DIRECT or self.finished_at is not None
        return "PUBLISH_COMPLETE" if finished else "SEND_TO_USER_INBOX"

    def take_bytes(self, chunk: bytes) -> bool:
        """Add a chunk; say whether everything is here, and measure it then."""
        self.parts.append(chunk)
        self.received += len(chunk)
        if self.received < self.video_size:
            return False
        whole = b"".join(self.parts)
        self.parts.clear()
        self.sha256 = hashlib.sha256(whole).hexdigest()
        self.seconds = length_of(whole)
        return True

    def post(self) -> Post:
        """Return what exists of it."""
        info = self.info
        drafted = self.mode == INBOX and self.finished_at is None
        return Post(
            publish_id=self.publish_id,
            post_id="" if drafted else str(self.post_id),
            mode=self.mode,
            open_id=self.open_id,
            title=info.title,
            privacy_level=info.privacy_level,
            disable_comment=info.disable_comment,
            disable_duet=info.disable_duet,
            disable_stitch=info.disable_stitch,
            video_cover_timestamp_ms=info.video_cover_timestamp_ms,
            brand_content_toggle=info.brand_content_toggle,
            brand_organic_toggle=info.brand_organic_toggle,
            is_aigc=info.is_aigc,
            sha256=self.sha256,
            size=self.received,
            at=self.done_at or self.made_at,
        )


def length_of(video: bytes) -> float:
    """Return the seconds an MP4 or MOV says it lasts, 0 when it does not say."""
    at = video.find(HEADER) + len(HEADER)
    if at < len(HEADER) or len(video) < at + 32:
        return 0.0
    long = video[at] == 1  # version 1 of the box has 64-bit times
    scale, units = struct.unpack_from(">IQ" if long else ">II", video, at + (20 if long else 12))
    return units / scale if scale else 0.0
