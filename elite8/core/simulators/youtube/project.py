"""One Google Cloud project and the channels that signed in to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from elite8.core.simulators.faults import Faults
from elite8.core.simulators.youtube.faults import FAULTS
from elite8.core.simulators.youtube.grants import Access, Grants
from elite8.core.simulators.youtube.quota import Quota
from elite8.core.simulators.youtube.refusals import forbidden, no_video
from elite8.core.simulators.youtube.videos import Video, resource

FIGURES = 3
GOOGLE = "https://www.googleapis.com"


@dataclass(slots=True, kw_only=True)
class Session:
    """One upload session; `video_id` is empty until the last byte has arrived."""

    id: str
    channel: str
    sent: dict[str, object]
    parts: frozenset[str]
    file_name: str
    total: int
    at: datetime
    received: bytearray = field(default_factory=bytearray)
    video_id: str = ""


class Project:
    """What the calls work on; not safe for threads by itself."""

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        processing_seconds: float,
        base_url: str,
        testing: bool,
    ) -> None:
        self.clock = clock
        self.processing_seconds = processing_seconds
        self.base_url = base_url
        self.faults = Faults(FAULTS)
        self.quota = Quota(clock)
        self.grants = Grants(clock, testing=testing)
        self.sessions: dict[str, Session] = {}
        self.videos: dict[str, Video] = {}
        self.violations: list[str] = []
        self.subscribers: dict[str, int | None] = {}
        self.sessions_opened = 0
        self.videos_made = 0

    @property
    def upload_base(self) -> str:
        """Where upload sessions are said to be."""
        return self.base_url.rstrip("/") or GOOGLE

    def show(self, video: Video, parts: frozenset[str]) -> dict[str, object]:
        """Return a video as of now."""
        now = self.clock()
        return resource(video, parts, now, video.share(now, self.processing_seconds))

    def uploads(self, channel: str, asker: str) -> list[Video]:
        """Return the videos of a channel that the asker's lists show, newest first.

        That private ones are in the owner's list is INFERRED, reported to work.
        """
        now = self.clock()
        return [
            video
            for video in reversed(self.videos.values())
            if video.channel == channel
            and video.listed(now)
            and (channel == asker or video.privacy(now) == "public")
        ]

    def followed(self, channel: str) -> int | None:
        """Return who subscribes, as it is told: in three figures; `None` where it is hidden.

        Those who came for a video are INFERRED; that owners are told it rounded as well is C:
        YouTube Data API, the resource `channel`, `statistics.subscriberCount` (as of 2026-11).
        """
        given, now = self.subscribers.get(channel, 0), self.clock()
        if given is None:
            return None
        ours = [video for video in self.videos.values() if video.channel == channel]
        whole: int = given + sum(one.growth.count("followers", now - one.at) for one in ours)
        step = int(10 ** max(len(str(whole)) - FIGURES, 0))
        return whole // step * step

    def seen(self, video_id: str, access: Access) -> Video | None:
        """Return a video by its id when it exists for the asker now."""
        now = self.clock()
        video = self.videos.get(video_id)
        if video is None or not video.listed(now):
            return None
        hidden = video.channel != access.channel and video.privacy(now) == "private"
        return None if hidden else video

    def owned(self, video_id: str, access: Access) -> Video:
        """Return a video of the asker's own; else raise `No`."""
        video = self.seen(video_id, access)
        if video is None:
            raise no_video()
        if video.channel != access.channel:
            raise forbidden("The request is not authorized for this video.")
        return video
