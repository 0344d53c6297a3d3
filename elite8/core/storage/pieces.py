"""Long lists in pieces: databases take only so many values in one question."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

AT_ONCE = 500
Each = TypeVar("Each")


def pieces(every: Iterable[Each]) -> Iterator[list[Each]]:
    """Yield what there is, at most 500 at a time."""
    whole = list(every)
    for first in range(0, len(whole), AT_ONCE):
        yield whole[first : first + AT_ONCE]
