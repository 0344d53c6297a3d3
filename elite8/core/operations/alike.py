"""Rows of events of which much is the same: what many say alike is read once.

What differs from row to row is who, when, and ids; all else (what was done, sums, currency,
performer) is of few kinds, known again by its texts as they stand in the file.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter

from elite8.core.domain.profile import Profile
from elite8.core.operations.cells import LONGEST_CELL
from elite8.core.operations.mapping import Did, Layout, Reading, name_of

VARIES = ("platform_user_id", "handle", "occurred_at", "event_id", "content_id", "about_id")
MOST_KINDS = 1 << 12


class Alike:
    """Reads rows whose kind is known; the others go the long way, and their kind is learnt."""

    def __init__(self, layout: Layout, reading: Reading) -> None:
        place, always = dict(layout.at), dict(layout.constants)
        same = [number for name, number in layout.at if name not in VARIES]
        self.width = layout.width
        self.instant = reading.times.instant
        self.kind: Callable[[Sequence[str]], object] = itemgetter(*same) if same else len
        self.where = [(n, place[name]) for n, name in enumerate(VARIES) if name in place]
        self.always = [always.get(name, "") for name in VARIES]
        self.known: dict[object, Did] = {}

    @classmethod
    def of(cls, profile: Profile, layout: Layout, reading: Reading) -> "Alike | None":
        """Return what reads such rows, `None` where a profile maps or skips what varies."""
        if profile.kind != "events" or {*profile.skip, *profile.value_map} & {*VARIES}:
            return None
        return cls(layout, reading)

    def did(self, line: int, cells: Sequence[str]) -> Did | None:
        """Return what a row says, or raise what is wrong; `None` when its kind is not known."""
        if len(cells) != self.width or max(map(len, cells)) > LONGEST_CELL:
            return None
        like = self.known.get(self.kind(cells))
        if like is None:
            return None
        said = self.always.copy()
        for number, at in self.where:
            if text := cells[at].strip():
                said[number] = text
        name, handle, when, native, content, about = said
        if not when:
            return None
        return Did(
            line,
            name_of(like.name.platform, name, handle),
            like.character,
            like.act,
            self.instant(when, "occurred_at"),
            like.amount,
            like.fee,
            like.tax,
            like.currency,
            like.quantity,
            like.duration,
            like.completion,
            content,
            native,
            about,
        )

    def learn(self, cells: Sequence[str], row: Did) -> None:
        """Keep what a row of this kind says."""
        if len(self.known) >= MOST_KINDS:
            self.known.clear()
        self.known[self.kind(cells)] = row
