"""Why a post for a region is where it is: its window, its network's weight, its words."""

from collections.abc import Iterator

from elite8.core.domain.post import Post
from elite8.core.domain.region import Region
from elite8.core.domain.video import Video
from elite8.core.operations import regional, stages
from elite8.core.studio import Studio


def reasons(studio: Studio, post: Post, video: Video) -> Iterator[tuple[str, str]]:
    """Yield a name and a sentence each; nothing for a region that is no longer configured."""
    region = studio.config.regions.regions.get(post.region)
    if region is None:
        yield "region", f"{post.region}, which is configured no longer"
        return
    language = video.locale or video.language
    yield "region", f"{region.name} ({post.region}): spoken and written in {language}"
    yield "window", why_window(region, post)
    yield "network", why_network(studio, region, post, video)
    yield "performer", why_performer(studio, region, video)
    day = regional.day_there(region, post.meant_at or post.due_at)
    yield "budget", f"{post.region} may cost ${regional.a_day(studio, post.region, day):.2f} a day"


def why_window(region: Region, post: Post) -> str:
    """Return the window a post is in, and whose word it is."""
    found = regional.window_of(region, post.wall)
    if found is None:
        return "none: you chose the time, or the windows have changed since"
    days = "every day" if len(found.days) == 7 else ", ".join(found.days)  # noqa: PLR2004  # a week
    source = found.source.removeprefix("prior: ")
    return f"{found.start} to {found.end} {days} ({found.basis}: {source}), drawn within"


def why_network(studio: Studio, region: Region, post: Post, video: Video) -> str:
    """Return which networks are weighed against each other, or which a stage goes to."""
    weights = ", ".join(f"{one.name} {one.weight:.0%}" for one in region.networks)
    if video.stage and "/by hand" in video.place:
        there = ", ".join(stages.networks(studio, video.stage))
        if post.platform == "outbox":
            return f"outbox: nobody is signed in to those that stage {video.stage} goes to: {there}"
        return f"{post.platform}, of those that stage {video.stage} goes to: {there}"
    if post.platform == "outbox":
        return f"outbox: nobody is signed in to the region's networks ({weights})"
    return f"{post.platform}, by the weights {weights}"


def why_performer(studio: Studio, region: Region, video: Video) -> str:
    """Return among whom the performer was."""
    able = [one.id for one in studio.config.roster.characters if region.language in one.languages]
    if "/by hand" in video.place:
        return f"{video.character_id}: you asked for them"
    return f"{video.character_id}: their turn among those who speak it ({', '.join(able)})"
