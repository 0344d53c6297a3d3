"""How the Data API writes and reads instants."""

import re
from datetime import UTC, datetime

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def read_instant(text: str) -> datetime:
    """Return an RFC 3339 date-time; anything else is a ValueError."""
    if not RFC_3339.fullmatch(text):
        raise ValueError(f"no RFC 3339 date-time: {text!r}")
    return datetime.fromisoformat(text)


def written(at: datetime) -> str:
    """Return an instant as the Data API writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
