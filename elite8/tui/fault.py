"""A fault in words: what an operator can do about it, where that is known."""

from elite8.core.errors import Elite8Error, of_store

BUSY = ("TimeoutError",)
"""No connection was free in time (SQLAlchemy's class, told by its name)."""


def told(fault: Exception) -> str:
    """Return why something could not be done, without its inside."""
    if isinstance(fault, Elite8Error):
        return str(fault)
    name = type(fault).__name__
    if store := of_store(fault):
        return str(store)
    if name in BUSY:
        return "the database is busy or away: another process holds it; try again"
    return f"a fault of ours: {name}; the log says more"
