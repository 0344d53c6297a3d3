"""What was made, read without loading more than it takes."""

from elite8.core import places
from elite8.core.clock import zone_of
from elite8.core.domain.summaries import VideoSummary
from elite8.core.errors import ConfigError
from elite8.core.storage.listing import list_videos


def videos(*, character: str = "", status: str = "", limit: int = 20) -> tuple[VideoSummary, ...]:
    """Return at most `limit` videos, newest first; none when there is no database yet.

    Where there are none, a state or a performer that there cannot be is a ConfigError.
    """
    found = list_videos(
        places.database_url(), limit=limit, status=status or None, character=character or None
    )
    if not found and (character or status):
        check_words(character, status)
    return found


def check_words(character: str, status: str) -> None:
    """Refuse what is no state or no performer; only what is not found pays for the looking up."""
    from elite8.core.domain.video import VideoStatus
    from elite8.core.studio import open_studio

    if status and status not in set(VideoStatus):
        raise ConfigError(f"no state '{status[:20]}'; choose {', '.join(VideoStatus)}")
    if character:
        open_studio().config.roster.named(character)


def zone() -> str:
    """Return the zone that times are shown in; pydantic is loaded only to say what is wrong."""
    name = places.environment().get("ELITE8_TIME_ZONE") or places.TIME_ZONE
    try:
        zone_of(name)
    except ValueError:
        from elite8.core.settings import load

        return load().time_zone
    return name
