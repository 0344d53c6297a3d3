"""Make planned videos one at a time, and show what was made."""

import hashlib
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from elite8 import __version__
from elite8.core import log
from elite8.core.domain.character import Character, Language
from elite8.core.domain.finishing import FinishingConfig
from elite8.core.errors import ConfigError, Elite8Error
from elite8.core.operations import finish
from elite8.core.operations.brief import Planned
from elite8.core.operations.configuration import own_picture
from elite8.core.production.local import engine
from elite8.core.studio import Studio

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoMade:
    """One finished video and its files; `took` is seconds of work."""

    id: str
    character: str
    language: str
    title: str
    seconds: float
    voice: str
    seed: int
    path: Path
    cover: Path
    sha256: str
    took: float
    notes: tuple[str, ...]


def make(studio: Studio, planned: Planned, progress: Progress) -> VideoMade:
    """Make one planned video: row, film, marks, row again.

    The row is there before the work and says what became of it; files appear whole or not at all.
    """
    began = time.perf_counter()
    video = start(studio, planned)
    ...
