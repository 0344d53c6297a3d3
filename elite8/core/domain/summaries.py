"""A video in one line; imports nothing heavy, so that listing stays cheap."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoSummary:
    """One line of `generate list`; `seconds` is `None` until the video is filmed."""

    id: str
    character: str
    language: str
    status: str
    title: str
    seconds: float | None
    path: Path | None
    created_at: datetime
