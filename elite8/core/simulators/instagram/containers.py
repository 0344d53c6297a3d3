"""Containers: what was sent, how it becomes ready with the clock, and why it fails."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from elite8.core.simulators.instagram.boxes import playable, seconds
from elite8.core.simulators.instagram.reels import Reel

LIFE = timedelta(hours=24)  # C:UM
FAILED, UNSUPPORTED, NOT_FETCHED = 2207082, 2207026, 2207077  # P1992, C:EC, P code
BAD_OFFSET = 2207057  # C:EC

WORDS: Mapping[str, str] = {  # C:CO; the sentences are INFERRED
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "EXPIRED": "Expired: The container was not published within 24 hours.",
}


@dataclass(slots=True, kw_only=True)
class Container:
    """One container; `stuck`, `failing` and `expired` are what befell it."""

    id: str
    user_id: str
    version: str
    reel: Reel
    at: datetime
    received: bytearray = field(default_factory=bytearray)
    file_size: int = 0
    size: int = 0
    sha256: str = ""
    arrived: datetime | None = None
    error: int = 0
    stuck: bool = False
    failing: bool = False
    expired: bool = False
    forgotten: bool = False
    media_id: str = ""

    def status_code(self, now: datetime, processing: timedelta) -> str:
        """Return the word a status call gives (C:CO, C:CP)."""
        if self.media_id:
            return "PUBLISHED"
        if self.expired or now >= self.at + LIFE:
            return "EXPIRED"
        if self.stuck or self.arrived is None or now < self.arrived + processing:
            return "IN_PROGRESS"
        return "ERROR" if self.error else "FINISHED"

    def status(self, word: str) -> str:
        """Return the sentence beside a word; an error's code stands inside of it (P1992)."""
        failed = f"Error: Media upload has failed with error code {self.error}"
        return WORDS.get(word, failed)

    def arrive(self, media: bytes | None, now: datetime) -> None:
        """Begin to process the whole media; None when Meta fetches it and nobody looks."""
        self.arrived = now
        if media is not None:
            self.size, self.sha256 = len(media), hashlib.sha256(media).hexdigest()
            self.error = 0 if playable(media) else UNSUPPORTED
            length = seconds(media)
            if length is not None and self.reel.thumb_offset >= length * 1000:
                self.error = BAD_OFFSET
        self.error = FAILED if self.failing else self.error
        self.received.clear()

    def video_status(self, word: str) -> dict[str, object]:
        """Return how far upload and processing are (C:SDK); the words in it are INFERRED."""
        whole = self.arrived is not None
        moved = self.size if whole else len(self.received)
        uploading: dict[str, object] = {
            "status": "complete" if whole else "in_progress" if moved else "not_started",
            "bytes_transferred": moved,
            "source_file_size": self.size if whole else self.file_size,
            "errors": [],
        }
        ended = {"FINISHED": "complete", "PUBLISHED": "complete", "ERROR": "error"}
        working = "in_progress" if whole else "not_started"
        troubles = [{"code": self.error, "message": self.status(word)}] if word == "ERROR" else []
        processing = {"status": ended.get(word, working), "errors": troubles}
        return {"uploading_phase": uploading, "processing_phase": processing}
