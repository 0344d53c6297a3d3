"""What was made, read without loading more than it takes."""

from elite8.core import places
from elite8.core.domain.summaries import VideoSummary
from elite8.core.storage.listing import list_videos


def videos(*, character: str = "", status: str = "", limit: int = 20) -> tuple[VideoSummary, ...]:
    """Return at most `limit` videos, newest first; none when there is no database yet."""
    return list_videos(
        places.database_url(), limit=limit, status=status or None, character=character or None
    )
