"""What was said, and when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One caption word; `start` and `end` in seconds from the start of its sound."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Mono sound in [-1, 1] at `rate` Hz, with its words in order."""

    samples: Samples
    rate: int
    words: tuple[Word, ...]

    @property
    def duration(self) -> float:
        """Seconds of sound."""
        return len(self.samples) / self.rate


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenLine:
    """A line placed in the video: `start` in seconds from the video's first frame."""

    text: str
    start: float
    speech: Speech
