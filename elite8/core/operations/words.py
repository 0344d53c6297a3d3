"""How things are said to people: times in the operator's zone, numbers, states with a sign."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from elite8.core.domain.destination import DESTINATIONS

JAPANESE = re.compile(r"[\u3005-\u30ff\u3400-\u9fff\uff66-\uff9f]")
MILLION, THOUSAND = 1_000_000, 10_000
SOON = timedelta(seconds=90)

SIGNS = {
    "good": "good",
    "bad": "bad",
    "unknown": "unknown",
    "alerts": "warn",
    "stale": "unknown",
    "critical": "bad",
    "warning": "warn",
    "info": "info",
    "waiting": "waiting",
    "overdue": "warn",
    "publishing": "busy",
    "published": "good",
    "refused": "bad",
    "uncertain": "unknown",
    "planned": "waiting",
    "generating": "busy",
    "generated": "busy",
    "finished": "good",
    "failed": "bad",
}
"""The shape that stands for a state; its colour only says the same again."""

NETWORKS: dict[str, str] = {name: there.label for name, there in DESTINATIONS.items()}
MACHINE = {
    "elite8_cpu_ratio": "Processor",
    "elite8_memory_used_ratio": "Memory",
    "elite8_disk_used_ratio": "Disk",
    "elite8_process_resident_bytes": "elite8 itself",
}


def number(value: float) -> str:
    """Return a number as people read it: whole up to ten thousand, then in k and M."""
    if value >= MILLION:
        return f"{value / MILLION:.2f} M" if value < 1000 * MILLION else f"{value / 1e9:.2f} G"
    return f"{value / 1000:.0f} k" if value >= THOUSAND else f"{value:,.0f}"


def share(part: float, whole: float) -> str:
    """Return a share in percent, a dash of nothing."""
    return f"{part / whole:.1%}".replace("%", " %") if whole else "-"


def size(count: int) -> str:
    """Return bytes as people read them, in the provider's units of a thousand."""
    if count >= 1000 * MILLION:
        return f"{count / 1e9:.2f} GB"
    return f"{count / MILLION:.1f} MB" if count else "0 MB"


def amount(metric: str, value: float) -> str:
    """Return a value in the unit that its metric's name says."""
    if metric.endswith("_ratio"):
        return f"{value:.0%}".replace("%", " %")
    return f"{value / 1e6:.0f} MB"


def lasting(span: timedelta) -> str:
    """Return a length of time in its largest unit."""
    seconds = max(span.total_seconds(), 0)
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{seconds:.0f} seconds"


def since(at: datetime, now: datetime) -> str:
    """Return how long ago something was."""
    return "just now" if now - at < SOON else f"{lasting(now - at)} ago"


def clock(at: datetime, zone: str, now: datetime | None = None) -> str:
    """Return a time in a zone, with its day when that is not today."""
    here = at.astimezone(ZoneInfo(zone))
    if now is not None and now.astimezone(here.tzinfo).date() == here.date():
        return f"{here:%H:%M}"
    return f"{here:%a} {here.day} {here:%b} {here:%H:%M}"


def zone_name(at: datetime, zone: str) -> str:
    """Return what a zone is called at that time, as JST."""
    return at.astimezone(ZoneInfo(zone)).tzname() or zone


def language(text: str) -> str:
    """Return the language a text has to be drawn in: the same sign looks otherwise in Japanese."""
    return "ja" if JAPANESE.search(text) else ""
