"""What was made: find a video, show everything kept about it."""

from dataclasses import dataclass
from datetime import datetime

from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError
from elite8.core.storage import posts, videos
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoShown:
    """Everything kept about one video; `posts` are destination, state and place."""

    id: str
    character: str
    language: str
    status: str
    engine: str
    title: str
    topic: str
    content_type: str
    stage: str
    script: str
    seed: int
    seconds: float | None
    voice: str
    path: str
    cover: str
    sha256: str
    size_bytes: int
    failure: str
    created_at: datetime
    finished_at: datetime | None
    posts: tuple[tuple[str, str, str], ...]


def find(studio: Studio, reference: str) -> Video:
    """Return the video meant by an id, the first characters of one, or `latest`."""
    with studio.database.transaction() as session:
        if reference == "latest":
            newest = videos.newest_finished(session)
            if newest is None:
                raise ConfigError(
                    "there is no finished video yet; 'elite8 generate --character miyuki' makes one"
                )
            return newest
        found = videos.matching(session, reference.upper())
    if not found or not reference:
        raise ConfigError(f"no video '{reference[:40]}'; 'elite8 generate list' shows them")
    if len(found) > 1:
        raise ConfigError(f"several videos begin with '{reference}'; give more characters")
    return found[0]


def show(studio: Studio, reference: str) -> VideoShown:
    """Return everything kept about one video."""
    video = find(studio, reference)
    with studio.database.transaction() as session:
        sent = posts.of_video(session, video.id)
    facts = {
        name: getattr(video, name)
        for name in VideoShown.__dataclass_fields__
        if name not in {"character", "posts"}
    }
    return VideoShown(
        character=video.character_id,
        posts=tuple((post.platform, post.status, post.url or post.failure) for post in sent),
        **facts,
    )
