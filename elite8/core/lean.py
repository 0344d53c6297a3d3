"""Less for the machine to do: what libraries bring along unused, and looking for rings in vain."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # as PEP 328 has it
"""httpx's own command line, with Rich and Pygments: 5 MB. Without it httpx does the same."""


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
    gc.freeze()  # what is there already is not looked through either
    try:
        yield
    finally:
        if not frozen:  # a daemon's stays so
            gc.unfreeze()
        if was_on:
            gc.enable()
