"""What was made, read without loading more than it takes."""

from zoneinfo import ZoneInfo

from elite8.core import places
from elite8.core.domain.summaries import VideoSummary
from elite8.core.storage.listing import list_videos


def videos(*, character: str = "", status: str = "", limit: int = 20) -> tuple[VideoSummary, ...]:
    """Return at most `limit` videos, newest first; none when there is no database yet."""
    return list_videos(
        places.database_url(), limit=limit, status=status or None, character=character or None
    )


def zone() -> str:
    """Return the zone that times are shown in; pydantic is loaded only to say what is wrong."""
    name = places.environment().get("ELITE8_TIME_ZONE") or places.TIME_ZONE
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        from elite8.core.settings import load

        return load().time_zone
    return name
