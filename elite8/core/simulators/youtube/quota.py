"""What a project may ask for in a day [C:QC]."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from elite8.core.simulators.youtube.refusals import No

PACIFIC = ZoneInfo("America/Los_Angeles")
INSERTS, SEARCHES, STATS, UNITS = (
    "videos.insert",
    "search.list",
    "videos.batchGetStats",
    "units",
)
LIMITS: Mapping[str, int] = {
    INSERTS: 100,  # [C:QC], [C:RH0601]
    SEARCHES: 100,  # [C:QC]
    STATS: 10_000,  # [C:RH0603]
    UNITS: 10_000,  # [C:QC]
}
READ, WRITE = 1, 50
"""Units of a list, and of most writes [C:QC]; that videos.delete is one of them is INFERRED."""


class Quota:
    """Four buckets that are empty again at midnight Pacific [C:QC]."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._day: date | None = None
        self._used: dict[str, int] = {}

    @property
    def used(self) -> dict[str, int]:
        """Return what today took out of every bucket."""
        today = self._clock().astimezone(PACIFIC).date()
        if today != self._day:
            self._day, self._used = today, dict.fromkeys(LIMITS, 0)
        return self._used

    def charge(self, bucket: str, cost: int) -> None:
        """Take `cost` out of a bucket; when it holds less, nothing is taken and `No` is raised.

        Invalid calls cost at least 1 [C:QC]: here they cost as much as valid ones.
        """
        if self.used[bucket] + cost > LIMITS[bucket]:
            raise exhausted()
        self.used[bucket] += cost


def exhausted() -> No:
    """Return the refusal of a project that asked too much: 403, as in section 9."""
    text = "The request cannot be completed because you have exceeded your quota."
    return No(403, "quotaExceeded", text, "youtube.quota")
