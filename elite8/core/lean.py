"""What libraries bring along and nobody here uses: a daemon would hold it for years."""

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
