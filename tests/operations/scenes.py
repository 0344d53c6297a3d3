"""What the tests of all networks share: a studio signed in to a simulated one, a line that kills.

A test file says with a fixture `network` on which network its `scene` plays.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import stamina
from pydantic import SecretStr

from elite8.core.domain.post import Post
from elite8.core.errors import Elite8Error
from elite8.core.operations import accounts
from elite8.core.operations import publish as publishing
from elite8.core.operations.publish import Outcome, publish
from elite8.core.simulators.cast import CAST, SECRETS
from elite8.core.simulators.wire import Transport
from elite8.core.storage import posts
from elite8.core.studio import Studio
from tests.films import lay

SIMULATED = "http://127.0.0.1"


class Killed(BaseException):
    """The process is gone."""


class Deadly(httpx.BaseTransport):
    """Kills at the nth request, before it is sent or before its answer arrives."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.left = 0
        self.before = False
        self.sent = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        if self.sent == self.left and self.before:
            raise Killed
        answer = self._inner.handle_request(request)
        if self.sent == self.left:
            raise Killed
        return answer


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One network. `requests`: how many one post takes; `names`: what a post may be called by.

    `places`: where each of `faults` is tried; `ages`: after how many minutes a request goes to a
    place that is asked seldom. `troubles`: faults that come together.
    """

    requests: int
    names: tuple[str, ...]
    places: tuple[str, ...]
    faults: tuple[str, ...]
    troubles: tuple[tuple[tuple[str, str], ...], ...]
    ages: Mapping[str, float] = field(default_factory=dict)


KINDS = {
    "youtube": Kind(
        requests=2,
        names=("id",),
        places=("POST /upload", "PUT /upload", "POST /token"),
        ages={"POST /token": 120},
        faults=("lost-before", "lost-after", "429", "500", "503", "html"),
        troubles=(
            (("cut-upload", "PUT"),),
            (("cut-upload", "PUT"), ("lost-after", "PUT"), ("503", "PUT")),
            (("session-moved", "PUT"),),
            (("cut-upload", "PUT"), ("session-moved", "PUT"), ("lost-after", "PUT")),
            (("lost-after", "bytes 0-"), ("session-gone", "PUT")),
            (("lost-after", "bytes 0-"), ("session-gone", "PUT"), ("late-visibility", "")),
            (("lost-after", "bytes 0-"), ("session-gone", "PUT"), ("503", "channels")),
            (("token-expired", "PUT"),),
            (
                *(("file-name-lost", "PUT"), ("lost-after", "bytes 0-"), ("session-gone", "PUT")),
                ("file-details-missing", "videos"),
            ),
            (("processing-stuck", "PUT"), ("lost-after", "bytes 0-"), ("session-gone", "PUT")),
        ),
    ),
    "tiktok": Kind(
        requests=6,
        names=("post_id", "publish_id"),
        places=("/video/init", "PUT", "status/fetch", "creator_info", "oauth/token"),
        ages={"oauth/token": 118},
        faults=("lost-before", "lost-after", "429", "500", "html"),
        troubles=(
            (("cut-upload", "PUT"),),
            (("cut-upload", "PUT"), ("lost-after", "PUT")),
            (("upload-expired", "PUT"),),
            (("token-expired", "status/fetch"),),
            (("late-visibility", ""),),
            (("processing-failed", "internal"),),
            (("counted-otherwise", ""), ("cut-upload", "PUT"), ("lost-after", "PUT")),
            (("counted-otherwise", ""), ("lost-after", "PUT"), ("lost-after", "PUT")),
        ),
    ),
    "instagram": Kind(
        requests=7,
        names=("media_id",),
        places=(
            "/media",
            "ig-api-upload",
            "media_publish",
            "content_publishing_limit",
        ),
        faults=("lost-before", "lost-after", "429", "500", "html"),
        troubles=(
            (("cut-upload", "ig-api-upload"),),
            (("publish-error-but-done", "media_publish"),),
            (("publish-error-but-done", "media_publish"), ("late-visibility", "")),
            (("lost-after", "media_publish"), ("late-visibility", "")),
            (
                ("lost-after", "media_publish"),
                ("500", "media_publish"),
                ("permalink-missing", ""),
            ),
            (("rate-limited", "/media"),),
            (("container-expired", ""),),
            (("lost-after", "media_publish"), ("container-forgotten", "")),
            (("publish-error-but-done", "media_publish"), ("captions-missing", "")),
            (("publish-error-but-done", "media_publish"), ("captions-unknown", "")),
        ),
    ),
    "x": Kind(
        requests=6,
        names=("id",),
        places=(
            *("/append", "GET /2/media/upload", "GET /2/users", "POST /2/tweets", "oauth2/token"),
        ),
        ages={"oauth2/token": 118},
        faults=("lost-before", "lost-after", "429", "503", "html"),
        troubles=(
            (("error-but-done", "POST /2/tweets"),),
            (("lost-after", "POST /2/tweets"), ("late-visibility", "")),
            (("lost-after", "POST /2/tweets"), ("attachments-missing", "")),
            (("lost-before", "POST /2/tweets"), ("lost-after", "POST /2/tweets")),
            (("lost-before", "POST /2/tweets"), ("media-forgotten", "")),
            (("lost-after", "POST /2/tweets"), ("500", "GET /2/users"), ("503", "GET /2/users")),
            (("token-expired", "/2/tweets"),),
            (("segment-too-large", "/append"),),
            (("status-late", "/finalize"),),
            (("media-forgotten", ""),),
            (("old-names", "GET"), ("lost-after", "POST /2/tweets")),
            (("lost-after", "/append"), ("lost-after", "/finalize")),
        ),
    ),
    "discord": Kind(
        requests=2,
        names=("id",),
        places=("GET /api/v10/webhooks", "POST /api/v10/webhooks"),
        faults=("lost-before", "lost-after", "429", "500", "502", "html"),
        troubles=(
            (("error-but-done", "POST"),),
            (("lost-after", "POST"), ("late-visibility", "POST")),
            (("lost-after", "POST"), ("500", "channels")),
            (("lost-before", "POST"), ("html", "channels")),
            (("lost-after", "POST"), ("bot-forbidden", "channels")),
            (("lost-after", "POST"), ("no-content-intent", "channels")),
            (("lost-after", "POST"), ("no-history", "channels")),
        ),
    ),
}


@dataclass
class Scene:
    """A studio signed in to a simulated network, and a finished video."""

    studio: Studio
    network: str
    simulator: Any
    line: Deadly
    clock: Any

    @property
    def count(self) -> int:
        """How many posts the network has."""
        return len(self.simulator.posts)

    @property
    def only(self) -> Any:
        """The one post the network has."""
        (post,) = self.simulator.posts
        return post

    def publish(self) -> Outcome:
        return publish(self.studio, "latest", self.network)

    def insist(self) -> Outcome:
        """Publish again and again as the daemon would, in bounded time, until it is out."""
        for _ in range(8):
            with suppress(Elite8Error):
                out = self.publish()
                if out.url:
                    return out
            self.clock.advance(minutes=31)
        raise AssertionError(f"never out: {self.post().status}, {self.post().failure}")

    def post(self) -> Post:
        video = publishing.finished(self.studio, "latest")
        with self.studio.database.transaction() as session:
            found = posts.find(session, video.id, self.network)
        assert found
        return found

    def sign_in(self, **more: Any) -> accounts.Listed:
        """Sign in as the operator would: with a browser, or a token of the network's page."""
        shown: list[str] = []

        def browse() -> str:
            if made := CAST[self.network].token:
                return made(self.simulator, 0)
            with httpx.Client(transport=self.line) as browser:
                return str(browser.get(shown[0]).headers["Location"])

        asked: dict[str, Any] = {"characters": (), "regions": ()} | more
        return accounts.login(self.studio, self.network, show=shown.append, paste=browse, **asked)


def settings_of(network: str) -> dict[str, object]:
    """Return the settings that lead to the simulator."""
    given = CAST[network].settings
    found = {n: SecretStr(v) if n.endswith(SECRETS) else v for n, v in given.items()}
    return {f"{network}_url": SIMULATED, **found}


@contextmanager
def staged(
    network: str, studio: Studio, clock: Any, filmed: Path, verified: dict[Any, Any]
) -> Iterator[Scene]:
    """Open a scene in which nobody has signed in; the network must like all that was asked."""
    simulator = CAST[network].simulator(clock=clock, base_url=SIMULATED)
    line = Deadly(Transport(simulator.handle))
    settings = studio.settings.model_copy(update=settings_of(network))
    lay(filmed, settings.state_dir)
    opened = replace(
        studio,
        settings=settings,
        transport=line,
        pause=lambda seconds: clock.advance(seconds=seconds),
    )
    vars(opened)["verified"] = verified  # looking at a file costs half a second
    clock.now = publishing.finished(opened, "latest").created_at
    stamina.set_testing(True, attempts=4, cap=True)
    yield Scene(studio=opened, network=network, simulator=simulator, line=line, clock=clock)
    stamina.set_testing(False)
    opened.database.close()
    assert simulator.violations == []


def ruled(scene: Scene, **changed: Any) -> None:
    """Change the operator's rules for the network of this scene."""
    social = scene.studio.config.social
    networks: dict[Any, Any] = dict(social.networks)
    networks[scene.network] = networks[scene.network].model_copy(update=changed)
    vars(scene.studio.config)["social"] = social.model_copy(update={"networks": networks})
