"""Less for the machine to do: what libraries bring along unused, and looking for rings in vain."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # as PEP 328 has it
"""httpx's own command line, with Rich and Pygments: 5 MB. Without it httpx does the same."""

NEW_OBJECTS = 50_000
"""How many of them a command makes before rings are looked for; Python's 700 cost a seventh of
the time of `publish list`, which makes few and leaves."""
USUAL = gc.get_threshold()


def look_seldom() -> None:
    """Have rings of references be looked for seldom: for a process that starts, and soon ends."""
    gc.set_threshold(NEW_OBJECTS, *USUAL[1:])


def settle() -> None:
    """Leave what is loaded out of every look for rings from now on: for a process that stays."""
    gc.enable()
    gc.set_threshold(*USUAL)
    gc.freeze()


@contextmanager
def without(name: str) -> Iterator[None]:
    """Have a library be as if it were not installed while the block runs, unless it is loaded."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # an import of it is an ImportError
    try:
        yield
    finally:
        del sys.modules[name]


@contextmanager
def no_rings() -> Iterator[None]:
    """Let the garbage collector rest: for long lists of rows that make no rings of references.

    It would look through all of them again and again, a third of an import's time.
    """
    was_on, frozen = gc.isenabled(), gc.get_freeze_count()
    gc.disable()
    if not frozen:  # a daemon's stays as it is: its rings of now would never be swept again
        gc.freeze()  # what is there already is not looked through either
    try:
        yield
    finally:
        if not frozen:
            gc.unfreeze()
        if was_on:
            gc.enable()
