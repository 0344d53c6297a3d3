"""What a process that lives for years has freed goes back to the system."""

import gc
import sys
from collections.abc import Callable
from contextlib import suppress

ARENAS = (-8, 1)
"""M_ARENA_MAX (glibc's malloc.h, mallopt(3), 2026-11): one heap for all threads. Of the usual
eight for each core, every one keeps what it has freed."""
LARGE = (-3, 128 * 1024)
"""M_MMAP_THRESHOLD: what is as large has pages of its own, which go back when it is freed. Said
once, glibc no longer raises it to the largest that was ever freed."""
SPARE = (-1, 128 * 1024)
"""M_TRIM_THRESHOLD: so much may lie free at the end of the heap."""


def keep_little() -> None:
    """Have the C library keep little of what is freed; before the first thread is there."""
    with suppress(AttributeError):  # another library than glibc keeps as it likes
        for name, value in (ARENAS, LARGE, SPARE):
            library("mallopt")(name, value)


def give_back() -> None:
    """Free what only refers to itself, and give to the system what is free."""
    gc.collect()
    with suppress(AttributeError):
        library("malloc_trim")(0)


def library(name: str) -> Callable[..., int]:
    """Return a function of the C library; AttributeError where there is none of that name."""
    if sys.platform != "linux":
        raise AttributeError(name)
    from ctypes import CDLL

    found: Callable[..., int] = getattr(CDLL(None), name)
    return found
