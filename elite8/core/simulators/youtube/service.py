"""The simulator itself: who may ask, where, and what is answered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from threading import RLock

from elite8.core.simulators import control
from elite8.core.simulators.growth import check
from elite8.core.simulators.wire import Lost, Reply, Request, html_reply
from elite8.core.simulators.youtube import analytics, calls, signin, updates, uploads
from elite8.core.simulators.youtube.faults import line_of, wrong_answer
from elite8.core.simulators.youtube.grants import DEFAULT_SCOPES, TEST_USERS, Access, unauthorized
from elite8.core.simulators.youtube.project import Project
from elite8.core.simulators.youtube.quota import exhausted
from elite8.core.simulators.youtube.refusals import No, envelope, forbidden
from elite8.core.simulators.youtube.videos import Post
from elite8.core.simulators.youtube.wording import written

CONSENT, TOKENS = frozenset(("accounts.google.com",)), frozenset(("oauth2.googleapis.com",))
API = frozenset(("www.googleapis.com", "youtube.googleapis.com"))  # section 1
ANALYTICS = frozenset(("youtubeanalytics.googleapis.com",))
VIDEOS, UPLOADS = "/youtube/v3/videos", "/upload/youtube/v3/videos"

Open = Callable[[Project, Request], Reply]
Signed = Callable[[Project, Request, Access], Reply]

SIGN_IN: Mapping[tuple[str, str], tuple[frozenset[str], Open]] = {
    ("GET", "/o/oauth2/v2/auth"): (CONSENT, signin.authorize),
    ("POST", "/token"): (TOKENS, signin.token),
    ("POST", "/revoke"): (TOKENS, signin.revoke),
}
CALLS: Mapping[tuple[str, str], Signed] = {
    ("POST", UPLOADS): uploads.insert,
    ("POST", f"/resumable{UPLOADS}"): uploads.insert,  # [C:DISC]
    ("GET", VIDEOS): calls.videos_list,
    ("PUT", VIDEOS): updates.videos_update,
    ("DELETE", VIDEOS): calls.videos_delete,
    ("GET", f"{VIDEOS}:batchGetStats"): calls.batch_stats,
    ("GET", "/youtube/v3/channels"): calls.channels_list,
    ("GET", "/youtube/v3/playlistItems"): calls.playlist_items,
    ("GET", "/youtube/v3/search"): calls.search,
    ("GET", analytics.REPORTS): analytics.reports,
    ("POST", "/upload/youtube/v3/thumbnails/set"): calls.thumbnail,
}
SEND = ("PUT", UPLOADS)


class YouTubeSimulator:
    """YouTube for one project and all its channels, in memory; safe to be asked by threads.

    `violations` says in words what was asked for that our side promises never to ask.
    With a `base_url` the hosts do not matter and everything lies under that address.
    While `testing`, only `TEST_USERS` sign in and refresh tokens live for seven days.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        processing_seconds: float = 3.0,
        base_url: str = "",
        testing: bool = False,
    ) -> None:
        self._lock = RLock()
        self._project = Project(
            clock=clock,
            processing_seconds=processing_seconds,
            base_url=base_url,
            testing=testing,
        )

    @property
    def base_url(self) -> str:
        """Where upload sessions are said to be; "" is the real host."""
        return self._project.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._project.base_url = url

    @property
    def posts(self) -> list[Post]:
        """Every video that exists, in order of creation."""
        with self._lock:
            now = self._project.clock()
            return [video.post(now) for video in self._project.videos.values()]

    @property
    def violations(self) -> list[str]:
        """What was asked for that is never to be asked."""
        with self._lock:
            return list(self._project.violations)

    @property
    def quota_used(self) -> dict[str, int]:
        """What this Pacific day took out of each bucket, by its name."""
        with self._lock:
            return dict(self._project.quota.used)

    def issue_token(
        self, channel: str | None = None, scopes: Iterable[str] = DEFAULT_SCOPES
    ) -> tuple[str, str]:
        """Return an access token and a refresh token as if `channel` had signed in."""
        with self._lock:
            chosen = channel or next(iter(TEST_USERS.values()))
            if not chosen.startswith("UC"):
                raise ValueError(f"a channel's id begins with UC, not {chosen!r}")
            return self._project.grants.grant(chosen, scopes)

    def misbehave(self, fault: str, *, at: str = "", times: int = 1) -> None:
        """Let a fault of `FAULTS` happen `times` times at requests whose line contains `at`.

        The line is `METHOD /path`, of an upload also its Content-Range. An unknown fault is a
        ValueError that names the known ones.
        """
        with self._lock:
            self._project.faults.add(fault, at, times)

    def boost(self, video_id: str, multiplier: float) -> None:
        """Let a video do so many times as well as by itself; one that is not there: ValueError."""
        with self._lock:
            if video_id not in self._project.videos:
                raise ValueError(f"there is no video {video_id}")
            self._project.videos[video_id].multiplier = check(multiplier)

    def subscribe(self, channel: str, count: int | None) -> None:
        """Let a channel have so many subscribers besides those its videos bring; `None` hides."""
        with self._lock:
            self._project.subscribers[channel] = count

    def handle(self, request: Request) -> Reply:
        """Answer one request; `Lost` when the answer is not to arrive."""
        with self._lock:
            if request.path.startswith("/_simulator/"):
                return control.answer(request, self._seen, self.misbehave)
            line = line_of(request)
            if self._project.faults.take("lost-before", line):
                raise Lost("cut before anything was accepted")
            reply = wrong_answer(self._project.faults, line) or self._answer(request)
            if self._project.faults.take("lost-after", line):
                raise Lost("cut after everything was done")
            return reply

    def _answer(self, request: Request) -> Reply:
        route = (request.method, request.path)
        open_ = SIGN_IN.get(route)
        if open_ and self._hosted(request, open_[0]):
            return open_[1](self._project, request)
        hosts = ANALYTICS if request.path == analytics.REPORTS else API
        if not self._hosted(request, hosts) or (route != SEND and route not in CALLS):
            return html_reply("404. That's an error.", status=404)
        try:
            if route == SEND:
                return self._send(request)
            access = self._access(request)
            self._befall(request)
            return CALLS[route](self._project, request, access)
        except No as no:
            return envelope(no)

    def _hosted(self, request: Request, hosts: frozenset[str]) -> bool:
        return bool(self.base_url) or request.host in hosts

    def _send(self, request: Request) -> Reply:
        """Take bytes: the session's address is authority enough, a dead token is not (INFERRED)."""
        if "authorization" in request.headers:
            self._access(request)
        return uploads.send(self._project, request)

    def _access(self, request: Request) -> Access:
        if "access_token" in request.query:
            self._project.violations.append(f"{request.path}: the token was sent in the address")
        access = self._project.grants.access(request.headers.get("authorization", ""))
        if self._project.faults.take("token-expired", line_of(request)):
            access.dead = True
            raise unauthorized()
        return access

    def _befall(self, request: Request) -> None:
        if self._project.faults.take("quota", line_of(request)):
            raise exhausted()
        if self._project.faults.take("forbidden", line_of(request)):
            raise forbidden("The channel has been suspended.", "channelSuspended")

    def _seen(self) -> dict[str, object]:
        posts = [asdict(post) | {"at": written(post.at)} for post in self.posts]
        return {"posts": posts, "violations": self.violations, "quota_used": self.quota_used}
