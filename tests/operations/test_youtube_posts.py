"""A post on YouTube: one video whatever breaks, wherever we are killed."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina
from pydantic import SecretStr

from elite8.core.domain.post import Post, PostStatus
from elite8.core.errors import ConfigError, Elite8Error, Refused, SignInNeeded
from elite8.core.operations import accounts
from elite8.core.operations import publish as publishing
from elite8.core.operations.publish import Outcome, publish
from elite8.core.simulators.wire import Transport
from elite8.core.simulators.youtube import CLIENT_ID, CLIENT_SECRET, YouTubeSimulator
from elite8.core.storage import posts
from elite8.core.studio import Studio

pytestmark = pytest.mark.media

UPLOAD, BYTES = "POST /upload", "PUT /upload"


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
    """A studio signed in to a simulated YouTube, and a finished video."""

    studio: Studio
    youtube: YouTubeSimulator
    line: Deadly
    clock: Any

    def publish(self) -> Outcome:
        return publish(self.studio, "latest", "youtube")

    def post(self) -> Post:
        video = publishing.finished(self.studio, "latest")
        with self.studio.database.transaction() as session:
            found = posts.find(session, video.id, "youtube")
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
def signed_out(studio: Studio, clock: Any, filmed: Path) -> Iterator[Scene]:
    youtube = YouTubeSimulator(clock=clock, base_url="http://127.0.0.1")
    line = Deadly(Transport(youtube.handle))
    settings = studio.settings.model_copy(
        update={
            "youtube_url": "http://127.0.0.1",
            "youtube_client_id": CLIENT_ID,
            "youtube_client_secret": SecretStr(CLIENT_SECRET),
        }
    )
    shutil.copytree(filmed, settings.state_dir)
    opened = replace(studio, settings=settings, transport=line)
    clock.now = publishing.finished(opened, "latest").created_at
    stamina.set_testing(True, attempts=4, cap=True)
    yield Scene(studio=opened, youtube=youtube, line=line, clock=clock)
    stamina.set_testing(False)
    opened.database.close()
    assert youtube.violations == []


def sign_in(scene: Scene, **more: Any) -> accounts.Listed:
    shown: list[str] = []

    def browse() -> str:
        with httpx.Client(transport=scene.line) as browser:
            return str(browser.get(shown[0]).headers["Location"])

    asked: dict[str, Any] = {"characters": (), "regions": ()} | more
    return accounts.login(scene.studio, "youtube", show=shown.append, paste=browse, **asked)


@pytest.fixture
def scene(signed_out: Scene) -> Scene:
    sign_in(signed_out)
    signed_out.line.sent = 0
    return signed_out


def only(scene: Scene) -> Any:
    (video,) = scene.youtube.posts
    return video


def test_a_video_goes_out_once_labelled_and_as_it_was_checked(scene: Scene) -> None:
    out = scene.publish()
    video = only(scene)
    assert out.url == f"https://www.youtube.com/shorts/{video.id}"
    assert video.status["containsSyntheticMedia"] is True
    assert video.status["selfDeclaredMadeForKids"] is False
    assert video.privacy == "public"
    file = Path(publishing.finished(scene.studio, "latest").path)
    assert video.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    again = scene.publish()
    assert (again.before, again.url) == (True, out.url)
    assert len(scene.youtube.posts) == 1


@pytest.mark.parametrize("at", [UPLOAD, BYTES, "POST /token"])
@pytest.mark.parametrize("fault", ["lost-before", "lost-after", "429", "500", "503", "html"])
def test_whatever_breaks_there_is_one_video(scene: Scene, fault: str, at: str) -> None:
    if at == "POST /token":
        scene.clock.advance(hours=2)
    scene.youtube.misbehave(fault, at=at)
    scene.insist()
    assert len(scene.youtube.posts) == 1
    assert scene.post().remote_id == only(scene).id


@pytest.mark.parametrize(
    "faults",
    [
        [("cut-upload", BYTES)],
        [("cut-upload", BYTES), ("lost-after", BYTES), ("503", BYTES)],
        [("lost-after", BYTES), ("session-gone", BYTES)],
        [("lost-after", BYTES), ("session-gone", BYTES), ("late-visibility", "")],
        [("token-expired", BYTES)],
    ],
)
def test_several_troubles_in_a_row_make_one_video(
    scene: Scene, faults: list[tuple[str, str]]
) -> None:
    for fault, at in faults:
        scene.youtube.misbehave(fault, at=at)
    scene.insist()
    assert len(scene.youtube.posts) == 1


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("number", range(1, 4))
def test_killed_around_any_request_there_is_one_video(
    scene: Scene, number: int, *, before: bool
) -> None:
    scene.line.left, scene.line.before = number, before
    with suppress(Killed):
        scene.publish()
    scene.line.left = 0
    scene.insist()
    assert len(scene.youtube.posts) == 1


@pytest.mark.parametrize("step", ["keep", "record", "claim"])
@pytest.mark.parametrize("before", [True, False])
def test_killed_around_any_commit_there_is_one_video(
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
    assert len(scene.youtube.posts) == 1


def test_a_post_that_may_be_out_is_uncertain_and_asked_about(scene: Scene) -> None:
    scene.youtube.misbehave("lost-after", at=BYTES, times=12)
    with pytest.raises(Elite8Error):
        scene.publish()
    assert scene.post().status == PostStatus.UNCERTAIN
    assert scene.insist().before is False
    assert len(scene.youtube.posts) == 1


@pytest.mark.parametrize("fault", ["quota", "upload-limit"])
def test_a_limit_waits_for_its_day(scene: Scene, fault: str) -> None:
    scene.youtube.misbehave(fault, at=UPLOAD)
    with pytest.raises(Elite8Error, match="tomorrow"):
        scene.publish()
    waiting = scene.post()
    assert waiting.status == PostStatus.WAITING
    assert (waiting.due_at - scene.clock()).total_seconds() >= 12 * 3600
    assert scene.youtube.posts == []


def test_a_suspended_channel_is_refused_and_not_tried_again(scene: Scene) -> None:
    scene.youtube.misbehave("forbidden", at=UPLOAD)
    with pytest.raises(Refused, match="YouTube"):
        scene.publish()
    assert scene.post().status == PostStatus.REFUSED


def test_a_sign_in_that_is_over_says_so_and_nothing_goes_out(scene: Scene) -> None:
    scene.clock.advance(hours=2)
    scene.youtube.misbehave("invalid-grant", at="POST /token")
    with pytest.raises(SignInNeeded, match="elite8 accounts login youtube"):
        scene.publish()
    (listed,) = accounts.listed(scene.studio)
    assert listed.state == "sign in again"
    sign_in(scene)
    assert accounts.listed(scene.studio)[0].state == "ok"
    scene.insist()
    assert len(scene.youtube.posts) == 1


def test_without_an_account_or_an_app_the_words_say_what_to_do(signed_out: Scene) -> None:
    with pytest.raises(SignInNeeded, match="elite8 accounts login youtube"):
        signed_out.publish()
    settings = signed_out.studio.settings.model_copy(update={"youtube_client_id": ""})
    with pytest.raises(ConfigError, match="ELITE8_YOUTUBE_CLIENT_ID"):
        sign_in(replace_studio(signed_out, settings))


def replace_studio(scene: Scene, settings: Any) -> Scene:
    return replace(scene, studio=replace(scene.studio, settings=settings))


def test_posts_of_others_do_not_go_to_an_account_bound_to_one(signed_out: Scene) -> None:
    sign_in(signed_out, characters=("jin",))
    with pytest.raises(SignInNeeded, match="miyuki"):
        signed_out.publish()
    assert accounts.tested(signed_out.studio)[0][1] == ""


def test_no_secret_is_kept_in_the_open_or_said(scene: Scene, tmp_path: Path) -> None:
    scene.youtube.misbehave("forbidden", at=UPLOAD)
    with pytest.raises(Refused) as caught:
        scene.publish()
    scene.studio.database.close()
    token = accounts.store(scene.studio).read(accounts.listed(scene.studio)[0].id)
    said = str(caught.value) + repr(scene.studio) + json.dumps(str(scene.post()))
    for secret in (token.access, token.refresh, CLIENT_SECRET):
        assert secret not in said
        for file in (tmp_path / "state").rglob("*"):
            assert not file.is_file() or secret.encode() not in file.read_bytes()
