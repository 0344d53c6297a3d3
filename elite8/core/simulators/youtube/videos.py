"""Videos: what was sent with them, how processing follows the clock, and how they are shown."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from elite8.core.simulators.growth import Growth
from elite8.core.simulators.youtube.wording import read_instant, written

HIDDEN_FOR = timedelta(seconds=60)
SEARCH_LAG = timedelta(minutes=5)
"""search.list works on a stale index; how stale is INFERRED."""
PARTS_TOTAL = 100
STUCK_AT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One video that exists, as a test looks at it; `privacy` is what viewers meet now."""

    id: str
    channel: str
    title: str
    snippet: Mapping[str, Any]
    status: Mapping[str, Any]
    paid_placement: bool
    privacy: str
    file_name: str
    sha256: str
    size: int
    thumbnail_sha256: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Video:
    """One video; the flags are faults that befell it when its last byte arrived."""

    id: str
    channel: str
    sent: Mapping[str, Any]
    file_name: str
    sha256: str
    size: int
    at: datetime
    thumbnail_sha256: str = ""
    public_once: bool = False
    hidden_until: datetime | None = None
    failing: bool = False
    stuck: bool = False
    rejected: bool = False
    locked: bool = False
    multiplier: float = 1.0

    @property
    def growth(self) -> Growth:
        """How its numbers grow."""
        return Growth(seed=self.id, multiplier=self.multiplier)

    @property
    def snippet(self) -> Mapping[str, Any]:
        """What was sent as its snippet."""
        found: Mapping[str, Any] = self.sent.get("snippet", {})
        return found

    @property
    def status(self) -> Mapping[str, Any]:
        """What was sent as its status."""
        found: Mapping[str, Any] = self.sent.get("status", {})
        return found

    @property
    def paid_placement(self) -> bool:
        """Whether it was said to advertise for pay."""
        said: Mapping[str, Any] = self.sent.get("paidProductPlacementDetails", {})
        return said.get("hasPaidProductPlacement") is True

    def published(self) -> datetime | None:
        """Return when it is or was published: at once, when scheduled, or never.

        Without privacyStatus it is public [C:DISC], [C:RH1102]; a past publishAt publishes at
        once [C:VR].
        """
        if "publishAt" in self.status:
            return max(read_instant(self.status["publishAt"]), self.at)
        return self.at if self.status.get("privacyStatus", "public") != "private" else None

    def privacy(self, now: datetime) -> str:
        """Return who may see it now; of an app that is not audited, only its owner."""
        if self.locked:
            return "private"
        scheduled = "publishAt" in self.status
        due = self.published()
        if scheduled and due is not None and now >= due:
            return "public"
        return str(self.status.get("privacyStatus", "public"))

    def listed(self, now: datetime) -> bool:
        """Say whether lists show it yet."""
        return self.hidden_until is None or now >= self.hidden_until

    def share(self, now: datetime, processing_seconds: float) -> float:
        """Return how much of the processing is done, in [0, 1]."""
        spent = (now - self.at).total_seconds()
        done = 1.0 if processing_seconds <= 0 else min(max(spent / processing_seconds, 0.0), 1.0)
        return min(done, STUCK_AT) if self.stuck else done

    def post(self, now: datetime) -> Post:
        """Return it as a test looks at it."""
        return Post(
            id=self.id,
            channel=self.channel,
            title=str(self.snippet.get("title", "")),
            snippet=dict(self.snippet),
            status=dict(self.status),
            paid_placement=self.paid_placement,
            privacy=self.privacy(now),
            file_name=self.file_name,
            sha256=self.sha256,
            size=self.size,
            thumbnail_sha256=self.thumbnail_sha256,
            at=self.at,
        )


def resource(video: Video, parts: frozenset[str], now: datetime, share: float) -> dict[str, object]:
    """Return a video with the parts asked for."""
    shown: dict[str, object] = {
        "snippet": _snippet(video, now),
        "status": _status(video, now, share),
        "contentDetails": {"duration": "PT15S", "definition": "hd"},  # nobody measures it here
        "statistics": statistics(video, now),
        "fileDetails": _file(video) if share >= 1.0 else None,
        "processingDetails": _processing(video, share),
        "localizations": video.sent.get("localizations", {}),
        "recordingDetails": video.sent.get("recordingDetails", {}),
        "paidProductPlacementDetails": video.sent.get("paidProductPlacementDetails", {}),
    }
    chosen = {n: part for n, part in shown.items() if n in parts and part is not None}
    return {"kind": "youtube#video", "etag": f"etag-{video.id}", "id": video.id, **chosen}


def _snippet(video: Video, now: datetime) -> dict[str, object]:
    due = video.published()
    at = due if due is not None and due <= now else video.at
    shown = {"categoryId": "22", "description": "", **video.snippet}  # 22 by default: INFERRED
    return shown | {"publishedAt": written(at), "channelId": video.channel}


def _status(video: Video, now: datetime, share: float) -> dict[str, object]:
    """Return the status part [C:DISC]; what is left of a schedule once it is due is nothing."""
    privacy = video.privacy(now)
    shown: dict[str, object] = {
        "license": "youtube",
        "embeddable": True,
        "publicStatsViewable": True,
        **video.status,
        "uploadStatus": "uploaded" if share < 1.0 else "processed",
        "privacyStatus": privacy,
        "madeForKids": bool(video.status.get("selfDeclaredMadeForKids", False)),
    }
    if privacy != "private":
        shown.pop("publishAt", None)
    if share >= 1.0 and video.failing:
        shown |= {"uploadStatus": "failed", "failureReason": "conversion"}
    if share >= 1.0 and video.rejected:
        shown |= {"uploadStatus": "rejected", "rejectionReason": "inappropriate"}
    return shown


def _processing(video: Video, share: float) -> dict[str, object]:
    """Return the processing part; its 64-bit numbers are text [C:DISC]."""
    if share >= 1.0:
        if video.failing:
            reason = "transcodeFailed"
            return {"processingStatus": "failed", "processingFailureReason": reason}
        return {"processingStatus": "succeeded"}
    progress = {
        "partsTotal": str(PARTS_TOTAL),
        "partsProcessed": str(int(share * PARTS_TOTAL)),
        "timeLeftMs": str(int((1.0 - share) * 3000)),  # a guess, as YouTube's own
    }
    return {"processingStatus": "processing", "processingProgress": progress}


def _file(video: Video) -> dict[str, object]:
    """Return what came in, once it is processed; that, and that fileName is the Slug, INFERRED."""
    return {
        "fileName": video.file_name,
        "fileSize": str(video.size),
        "fileType": "video",
        "container": "mov",
    }


def statistics(video: Video, now: datetime) -> dict[str, object]:
    """Return counters as text [C:DISC], growing once published; values INFERRED."""
    due, growth = video.published(), video.growth
    age = timedelta(0) if due is None else now - due
    return {
        "viewCount": str(growth.views(age)),
        "likeCount": str(growth.count("likes", age)),
        "dislikeCount": str(growth.views(age) // 300),
        "favoriteCount": "0",
        "commentCount": str(growth.count("comments", age)),
    }


def stable_id(number: int) -> str:
    """Return the id of the so-manyth video: eleven characters, the same in every run."""
    return "e8" + hashlib.sha256(f"youtube video {number}".encode()).hexdigest()[:9]
