"""What every engine's sound goes through on its way to a `Speech`."""

import re
import unicodedata
from collections.abc import Sequence

from elite8.core.domain.speech import Samples, Speech
from elite8.core.production.local.voice import timing
from elite8.core.production.local.voice.level import levelled, trimmed


class Unspeakable(Exception):
    """This engine cannot say this line; captions and music can still carry it."""


def spoken(text: str) -> str:
    """Return `text` with emoji and the like blanked, each by one space, so that positions stay.

    Nothing to say is `Unspeakable`.
    """
    said = "".join(
        " " if unicodedata.category(char) in ("So", "Cn", "Co") else char for char in text
    )
    if not re.search(r"\w", said):
        raise Unspeakable(f"there is nothing to say in {text!r}")
    return said


def line(
    samples: Samples,
    rate: int,
    words: Sequence[str],
    *,
    starts: Sequence[float] | None = None,
    weights: Sequence[float] = (),
) -> Speech:
    """Return the trimmed, levelled line with its words timed.

    `starts`, in seconds of `samples`, are the engine's own; without them the words share the
    sound by `weights`. Sound without any sound is `Unspeakable`.
    """
    cut, shift = trimmed(samples, rate)
    if not cut.size:
        raise Unspeakable(f"the voice stayed silent at {' '.join(words)!r}")
    if starts is None:
        starts = timing.spread(words, weights or [len(word) for word in words], cut, rate)
    else:
        starts = [start - shift for start in starts]
    return Speech(
        samples=levelled(cut, rate), rate=rate, words=timing.settled(words, starts, cut, rate)
    )
