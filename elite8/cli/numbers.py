"""What a post has done, as a table."""

from typing import TYPE_CHECKING

from elite8.cli import output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.domain.reading import Taken

COLUMNS = ("views", "reach", "likes", "comments", "shares", "saves")


def table(readings: "Sequence[Taken]", zone: str) -> object:
    """Return one row per reading, a dash for what the network does not give; "" without any."""
    rows = [
        (
            output.local_time(one.at, zone),
            *(number(getattr(one, name)) for name in COLUMNS),
            number(one.watch_seconds),
        )
        for one in readings
    ]
    return output.table(("read", *COLUMNS, "watched (s)"), rows) if rows else ""


def number(value: float | None) -> str:
    """Return a count, or seconds to the whole one; a dash for `None`."""
    return "-" if value is None else f"{value:.0f}"
