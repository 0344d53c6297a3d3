"""What a film looks like, in few dots: its cover, and moments from its beginning to its end."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from elite8.core.production import stills
from elite8.core.studio import Studio

LAST = 0.98
"""The share of a film that its last moment is at: at its very end there is no picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A picture of `width` by `height` dots, `rgb` three bytes each; `at` is its second."""

    at: float | None
    width: int
    height: int
    rgb: bytes


def cover(studio: Studio, file: str, width: int, height: int) -> Still:
    """Return a cover, the whole of it; what cannot be read is Refused."""
    rgb = stills.still(Path(file), width, height, program=studio.settings.ffmpeg)
    return Still(at=None, width=width, height=height, rgb=rgb)


def moment(studio: Studio, file: str, at: float, width: int, height: int) -> Still:
    """Return what a film shows at a second."""
    program = studio.settings.ffmpeg
    rgb = stills.still(Path(file), width, height, seconds=at, program=program)
    return Still(at=at, width=width, height=height, rgb=rgb)


def strip(  # noqa: PLR0913, PLR0917  # of which film, how many, how large
    studio: Studio, file: str, seconds: float, count: int, width: int, height: int
) -> Iterator[Still]:
    """Yield so many moments of a film, evenly from its beginning to its end."""
    for number in range(count):
        at = seconds * LAST * number / max(count - 1, 1)
        yield moment(studio, file, at, width, height)
