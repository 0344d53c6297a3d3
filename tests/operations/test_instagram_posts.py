"""A post on Instagram: one post whatever breaks, wherever we are killed."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina

from elite8.core.domain.post import Post, PostStatus
from elite8.core.errors import Elite8Error, Refused, SignInNeeded
from elite8.core.operations import accounts
from elite8.core.operations import publish as publishing
from elite8.core.operations.publish import Outcome, publish
from elite8.core.simulators.instagram import InstagramSimulator
from elite8.core.simulators.wire import Transport
from elite8.core.storage import posts
from elite8.core.studio import Studio

pytestmark = pytest.mark.media

MEDIA, BYTES, OUT = "/media", "ig-api-upload", "media_publish"


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


@dataclass
class Scene:
    """A studio signed in to a simulated Instagram, and a finished video."""

    studio: Studio
    instagram: InstagramSimulator
    line: Deadly
    clock: Any

    def publish(self) -> Outcome:
        return publish(self.studio, "latest", "instagram")

    def post(self) -> Post:
        video = publishing.finished(self.studio, "latest")
        with self.studio.database.transaction() as session:
            found = posts.find(session, video.id, "instagram")
        assert found
        return found

    def insist(self) -> Outcome:
        """Publish again and again as the daemon would, in bounded time."""
        for _ in range(8):
            with suppress(Elite8Error):
                return self.publish()
            self.clock.advance(minutes=31)
        raise AssertionError(f"never out: {self.post().status}, {self.post().failure}")


@pytest.fixture
def scene(studio: Studio, clock: Any, filmed: Path) -> Iterator[Scene]:
    instagram = InstagramSimulator(clock=clock, base_url="http://127.0.0.1")
    line = Deadly(Transport(instagram.handle))
    settings = studio.settings.model_copy(update={"instagram_url": "http://127.0.0.1"})
    shutil.copytree(filmed, settings.state_dir)
    opened = replace(
        studio,
        settings=settings,
        transport=line,
        pause=lambda seconds: clock.advance(seconds=seconds),
    )
    clock.now = publishing.finished(opened, "latest").created_at
    stamina.set_testing(True, attempts=4, cap=True)
    made = Scene(studio=opened, instagram=instagram, line=line, clock=clock)
    sign_in(made)
    line.sent = 0
    yield made
    stamina.set_testing(False)
    opened.database.close()
    assert instagram.violations == []


def sign_in(scene: Scene) -> accounts.Listed:
    def pasted() -> str:
        return scene.instagram.issue_token()

    return accounts.login(
        scene.studio, "instagram", characters=(), regions=(), show=lambda _: None, paste=pasted
    )


def only(scene: Scene) -> Any:
    (post,) = scene.instagram.posts
    return post


def test_a_video_goes_out_once_labelled_and_as_it_was_checked(scene: Scene) -> None:
    out = scene.publish()
    post = only(scene)
    assert post.is_ai_generated is True
    assert "AI" in post.caption
    file = Path(publishing.finished(scene.studio, "latest").path)
    assert post.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    again = scene.publish()
    assert (again.before, again.url) == (True, out.url)
    assert len(scene.instagram.posts) == 1


@pytest.mark.parametrize("at", [MEDIA, BYTES, OUT, "status_code", "content_publishing_limit"])
@pytest.mark.parametrize("fault", ["lost-before", "lost-after", "429", "500", "html"])
def test_whatever_breaks_there_is_one_post(scene: Scene, fault: str, at: str) -> None:
    scene.instagram.misbehave(fault, at=at)
    scene.insist()
    assert len(scene.instagram.posts) == 1


@pytest.mark.parametrize(
    "faults",
    [
        [("cut-upload", BYTES)],
        [("publish-error-but-done", OUT)],
        [("publish-error-but-done", OUT), ("late-visibility", "")],
        [("lost-after", OUT), ("late-visibility", "")],
        [("lost-after", OUT), ("500", OUT), ("permalink-missing", "")],
        [("rate-limited", MEDIA)],
        [("container-expired", "")],
    ],
)
def test_several_troubles_make_one_post(scene: Scene, faults: list[tuple[str, str]]) -> None:
    for fault, at in faults:
        scene.instagram.misbehave(fault, at=at)
    with suppress(Elite8Error):
        scene.publish()
    scene.insist()
    assert len(scene.instagram.posts) == 1


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("number", range(1, 9))
def test_killed_around_any_request_there_is_one_post(
    scene: Scene, number: int, *, before: bool
) -> None:
    scene.line.left, scene.line.before = number, before
    with suppress(Killed):
        scene.publish()
    scene.line.left = 0
    scene.insist()
    assert len(scene.instagram.posts) == 1


@pytest.mark.parametrize("step", ["keep", "record", "claim"])
@pytest.mark.parametrize("before", [True, False])
def test_killed_around_any_commit_there_is_one_post(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, step: str, *, before: bool
) -> None:
    whole: Callable[..., Any] = getattr(publishing, step)

    def deadly(*args: Any, **kwargs: Any) -> Any:
        if not before:
            whole(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(publishing, step, deadly)
    with suppress(Killed):
        scene.publish()
    monkeypatch.setattr(publishing, step, whole)
    scene.clock.advance(minutes=31)
    scene.insist()
    assert len(scene.instagram.posts) == 1


def test_a_token_is_renewed_weekly_and_the_old_one_serves_while_nobody_answers(
    scene: Scene,
) -> None:
    (before,) = accounts.listed(scene.studio)
    scene.clock.advance(days=8)
    scene.instagram.misbehave("500", at="refresh_access_token")
    assert accounts.tested(scene.studio)[0][1] == ""
    assert accounts.tested(scene.studio)[0][1] == ""
    (after,) = accounts.listed(scene.studio)
    assert before.access_ends_at
    assert after.access_ends_at
    assert (after.access_ends_at - before.access_ends_at).days >= 7


def test_a_sign_in_that_is_over_says_so(scene: Scene) -> None:
    scene.instagram.misbehave("token-expired", times=20)
    with pytest.raises(SignInNeeded, match="elite8 accounts login instagram"):
        scene.publish()


@pytest.mark.parametrize(("fault", "kind"), [("processing-failed", Refused), ("banned", Refused)])
def test_a_no_is_final(scene: Scene, fault: str, kind: type[Elite8Error]) -> None:
    scene.instagram.misbehave(fault)
    with pytest.raises(kind, match="Instagram"):
        scene.publish()
    assert scene.post().status == PostStatus.REFUSED
    assert scene.instagram.posts == []
