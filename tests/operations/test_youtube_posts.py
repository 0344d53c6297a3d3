"""A post on YouTube: what only YouTube does; what holds everywhere is in test_one_post.py."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from elite8.core.domain.post import PostStatus
from elite8.core.errors import ConfigError, Elite8Error, RateLimited, Refused, SignInNeeded
from elite8.core.operations import accounts, desk, due
from elite8.core.operations import publish as publishing
from elite8.core.simulators.youtube import CLIENT_SECRET
from tests.operations.campaign import another
from tests.operations.scenes import Scene, ruled

pytestmark = pytest.mark.media

UPLOAD, BYTES = "POST /upload", "PUT /upload"


@pytest.fixture
def network() -> str:
    return "youtube"


def test_a_video_is_public_labelled_and_found_by_its_address(scene: Scene) -> None:
    out = scene.publish()
    video = scene.only
    assert out.url == f"https://www.youtube.com/shorts/{video.id}"
    assert scene.post().remote_id == video.id
    assert video.status["containsSyntheticMedia"] is True
    assert video.status["selfDeclaredMadeForKids"] is False
    assert video.privacy == "public"


def test_a_post_that_may_be_out_is_uncertain_and_asked_about(scene: Scene) -> None:
    scene.simulator.misbehave("lost-after", at=BYTES, times=12)
    with pytest.raises(Elite8Error):
        scene.publish()
    assert scene.post().status == PostStatus.UNCERTAIN
    assert scene.insist().before is False
    assert scene.count == 1


def test_an_upload_goes_on_where_youtube_moves_it(scene: Scene) -> None:
    scene.simulator.misbehave("session-moved", at=BYTES, times=2)
    opened = scene.simulator._project.sessions_opened  # no face shows it
    assert scene.publish().url
    assert scene.simulator._project.sessions_opened == opened + 3  # one, moved twice
    assert scene.count == 1


@pytest.mark.parametrize("fault", ["quota", "upload-limit"])
def test_a_limit_waits_for_its_day(scene: Scene, fault: str) -> None:
    scene.simulator.misbehave(fault, at=UPLOAD)
    with pytest.raises(Elite8Error, match="tomorrow"):
        scene.publish()
    waiting = scene.post()
    assert waiting.status == PostStatus.WAITING
    assert (waiting.due_at - scene.clock()).total_seconds() >= 12 * 3600
    assert scene.count == 0


def test_a_suspended_channel_is_refused_and_not_tried_again(scene: Scene) -> None:
    scene.simulator.misbehave("forbidden", at=UPLOAD)
    with pytest.raises(Refused, match="YouTube"):
        scene.publish()
    assert scene.post().status == PostStatus.REFUSED


def test_a_sign_in_that_is_over_says_so_and_nothing_goes_out(scene: Scene) -> None:
    scene.clock.advance(hours=2)
    scene.simulator.misbehave("invalid-grant", at="POST /token")
    with pytest.raises(SignInNeeded, match="elite8 accounts login youtube"):
        scene.publish()
    (listed,) = accounts.listed(scene.studio)
    assert listed.state == "sign in again"
    scene.sign_in()
    assert accounts.listed(scene.studio)[0].state == "ok"
    scene.insist()
    assert scene.count == 1


def test_without_an_account_or_an_app_the_words_say_what_to_do(signed_out: Scene) -> None:
    with pytest.raises(SignInNeeded, match="elite8 accounts login youtube"):
        signed_out.publish()
    settings = signed_out.studio.settings.model_copy(update={"youtube_client_id": ""})
    appless = replace(signed_out, studio=replace(signed_out.studio, settings=settings))
    with pytest.raises(ConfigError, match="ELITE8_YOUTUBE_CLIENT_ID"):
        appless.sign_in()


def test_posts_of_others_do_not_go_to_an_account_bound_to_one(signed_out: Scene) -> None:
    signed_out.sign_in(characters=("jin",))
    with pytest.raises(SignInNeeded, match="miyuki"):
        signed_out.publish()
    assert accounts.tested(signed_out.studio)[0][1] == ""


def test_no_secret_is_kept_in_the_open_or_said(scene: Scene, tmp_path: Path) -> None:
    scene.simulator.misbehave("forbidden", at=UPLOAD)
    with pytest.raises(Refused) as caught:
        scene.publish()
    scene.studio.database.close()
    token = accounts.store(scene.studio).read(accounts.listed(scene.studio)[0].id)
    said = str(caught.value) + repr(scene.studio) + json.dumps(str(scene.post()))
    for secret in (token.access, token.refresh, CLIENT_SECRET):
        assert secret not in said
        for file in (tmp_path / "state").rglob("*"):
            assert not file.is_file() or secret.encode() not in file.read_bytes()


def test_what_is_more_than_the_projects_day_waits_for_its_midnight(scene: Scene) -> None:
    daily = scene.studio.config.social.networks["youtube"].daily
    assert daily
    ruled(scene, daily=daily.model_copy(update={"posts": 1}))
    scene.publish()
    second = another(scene.studio, 2)
    post = publishing.post_of(scene.studio, second, "youtube")
    with pytest.raises(RateLimited, match="takes 1 posts a day"):
        publishing.out(scene.studio, post, second)
    waiting = publishing.post_of(scene.studio, second, "youtube")
    there = waiting.due_at.astimezone(ZoneInfo("America/Los_Angeles"))
    assert (there.hour, there.minute, waiting.status) == (0, 0, PostStatus.WAITING)
    scene.clock.now = waiting.due_at
    assert publishing.out(scene.studio, waiting, second).url
    assert scene.count == 2


def test_the_cover_is_set_when_the_video_is_processed_and_seen(scene: Scene) -> None:
    scene.publish()
    scene.clock.advance(minutes=5)
    due.look_back(scene.studio)
    assert scene.post().seen == "visible"
    assert scene.only.thumbnail_sha256


@pytest.mark.parametrize(("promotes", "paid"), [("", False), ("own", False), ("partner", True)])
def test_a_paid_partnership_is_said_to_youtube(scene: Scene, promotes: Any, paid: bool) -> None:
    desk.order(scene.studio, "latest", ["youtube"], desk.Wish(promotes=promotes))
    scene.publish()
    assert scene.only.paid_placement == paid
    assert scene.only.snippet["description"].startswith("#ad ") == bool(promotes)
