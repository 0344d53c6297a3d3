"""A fault in words: what an operator can do about it, where that is known."""

from elite8.core.errors import Elite8Error

BUSY = ("OperationalError", "TimeoutError")
"""The database's own words for: not now (SQLAlchemy's classes, told by their names)."""


def told(fault: Exception) -> str:
    """Return why something could not be done, without its inside."""
    if isinstance(fault, Elite8Error):
        return str(fault)
    name = type(fault).__name__
    if name in BUSY:
        return "the database is busy or away: another process holds it; try again"
    return f"a fault of ours: {name}; the log says more"
