"""A post on TikTok: one post whatever breaks, wherever we are killed."""

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
from elite8.core.errors import Elite8Error, Refused, SignInNeeded
from elite8.core.operations import accounts
from elite8.core.operations import publish as publishing
from elite8.core.operations.publish import Outcome, publish
from elite8.core.platforms import tiktok as platform
from elite8.core.simulators.tiktok import CLIENT_KEY, CLIENT_SECRET, TikTokSimulator
from elite8.core.simulators.wire import Transport
from elite8.core.storage import posts
from elite8.core.studio import Studio

pytestmark = pytest.mark.media

INIT, BYTES, STATUS = "/video/init", "PUT", "status/fetch"


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
    """A studio signed in to a simulated TikTok, and a finished video."""

    studio: Studio
    tiktok: TikTokSimulator
    line: Deadly
    clock: Any

    def publish(self) -> Outcome:
        return publish(self.studio, "latest", "tiktok")

    def post(self) -> Post:
        video = publishing.finished(self.studio, "latest")
        with self.studio.database.transaction() as session:
            found = posts.find(session, video.id, "tiktok")
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
    tiktok = TikTokSimulator(clock=clock, base_url="http://127.0.0.1")
    line = Deadly(Transport(tiktok.handle))
    settings = studio.settings.model_copy(
        update={
            "tiktok_url": "http://127.0.0.1",
            "tiktok_client_id": CLIENT_KEY,
            "tiktok_client_secret": SecretStr(CLIENT_SECRET),
        }
    )
    shutil.copytree(filmed, settings.state_dir)
    opened = replace(
        studio,
        settings=settings,
        transport=line,
        pause=lambda seconds: clock.advance(seconds=seconds),
    )
    clock.now = publishing.finished(opened, "latest").created_at
    stamina.set_testing(True, attempts=4, cap=True)
    made = Scene(studio=opened, tiktok=tiktok, line=line, clock=clock)
    sign_in(made)
    line.sent = 0
    yield made
    stamina.set_testing(False)
    opened.database.close()
    assert tiktok.violations == []


def sign_in(scene: Scene) -> accounts.Listed:
    shown: list[str] = []

    def browse() -> str:
        with httpx.Client(transport=scene.line) as browser:
            return str(browser.get(shown[0]).headers["Location"])

    return accounts.login(
        scene.studio, "tiktok", characters=(), regions=(), show=shown.append, paste=browse
    )


def only(scene: Scene) -> Any:
    (post,) = scene.tiktok.posts
    return post


def test_a_video_goes_out_once_labelled_and_as_it_was_checked(scene: Scene) -> None:
    out = scene.publish()
    post = only(scene)
    assert post.is_aigc is True
    assert post.privacy_level == "PUBLIC_TO_EVERYONE"
    assert out.url.startswith("https://www.tiktok.com/@")
    file = Path(publishing.finished(scene.studio, "latest").path)
    assert post.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert scene.publish().before
    assert len(scene.tiktok.posts) == 1


@pytest.mark.parametrize("at", [INIT, BYTES, STATUS, "creator_info", "oauth/token"])
@pytest.mark.parametrize("fault", ["lost-before", "lost-after", "429", "500", "html"])
def test_whatever_breaks_there_is_one_post(scene: Scene, fault: str, at: str) -> None:
    if at == "oauth/token":
        scene.clock.advance(minutes=118)
    scene.tiktok.misbehave(fault, at=at)
    if (fault, at) == ("lost-after", "oauth/token"):
        with pytest.raises(Elite8Error):
            scene.publish()
        sign_in(scene)  # the rotated token went down with the line: api/tiktok.md 1.2
    scene.insist()
    assert len(scene.tiktok.posts) == 1


@pytest.mark.parametrize(
    "faults",
    [
        [("cut-upload", BYTES)],
        [("cut-upload", BYTES), ("lost-after", BYTES)],
        [("upload-expired", BYTES)],
        [("token-expired", STATUS)],
        [("late-visibility", "")],
        [("processing-failed", "internal")],
    ],
)
def test_several_troubles_make_one_post(scene: Scene, faults: list[tuple[str, str]]) -> None:
    for fault, at in faults:
        scene.tiktok.misbehave(fault, at=at)
    scene.insist()
    assert len(scene.tiktok.posts) == 1


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("number", range(1, 6))
def test_killed_around_any_request_there_is_one_post(
    scene: Scene, number: int, *, before: bool
) -> None:
    scene.line.left, scene.line.before = number, before
    with suppress(Killed):
        scene.publish()
    scene.line.left = 0
    scene.insist()
    assert len(scene.tiktok.posts) == 1


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
    assert len(scene.tiktok.posts) == 1


def test_one_that_is_processed_for_ever_stays_uncertain_and_is_never_sent_again(
    scene: Scene,
) -> None:
    scene.tiktok.misbehave("processing-stuck")
    for _ in range(5):
        with pytest.raises(Elite8Error, match="still at work"):
            scene.publish()
        scene.clock.advance(hours=8)
    assert scene.post().status == PostStatus.UNCERTAIN
    handle = json.loads(scene.post().remote_handle)
    assert handle["publish_id"]
    assert len(scene.tiktok.posts) <= 1


@pytest.mark.parametrize(
    ("fault", "at", "sentence"),
    [
        ("banned", "", "banned this account"),
        ("processing-failed", "spam_risk_text", "change it"),
        ("processing-failed", "duration_check_failed", "too long or too short"),
    ],
)
def test_a_no_says_what_to_do(scene: Scene, fault: str, at: str, sentence: str) -> None:
    scene.tiktok.misbehave(fault, at=at)
    with pytest.raises(Refused, match=sentence):
        scene.publish()
    assert scene.post().status == PostStatus.REFUSED


def test_privacy_that_is_not_offered_is_refused_before_anything_is_opened(scene: Scene) -> None:
    scene.tiktok.change_creator("open-id-1", private=True)
    with pytest.raises((Refused, SignInNeeded), match=r"does not offer|sign"):
        scene.publish()


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, [(0, 0)]),
        (64_000_000, [(0, 63_999_999)]),
        (93_500_500, [(80_000_000, 93_500_499)]),
    ],
)
def test_pieces_are_cut_as_tiktok_counts(size: int, expected: list[tuple[int, int]]) -> None:
    chunk, count = platform.pieces(size)
    found = list(platform.ranges(size))
    assert found[-1:] == expected
    assert len(found) == count == max(1, size // chunk)
    assert sum(last - first + 1 for first, last in found) == size
