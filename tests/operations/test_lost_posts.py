"""A post whose outcome went down with the line is found again, or proven not to be there."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from elite8.core.domain.post import PostStatus
from elite8.core.errors import Elite8Error
from elite8.core.operations import desk, due
from elite8.core.operations import publish as publishing
from tests.operations.scenes import Scene
from tests.operations.test_audited_posts import cut, insist, out_unheard, twisted

pytestmark = pytest.mark.media


@contextmanager
def without_its_file(scene: Scene) -> Iterator[None]:
    """Have the video's file away meanwhile."""
    file = Path(publishing.finished(scene.studio, "latest").path)
    file.rename(file.with_suffix(".away"))
    try:
        yield
    finally:
        file.with_suffix(".away").rename(file)


def uploads_of_others(scene: Scene, count: int, *, later_by: timedelta) -> None:
    """Have other uploads stand before ours in the channel's list."""
    (ours,) = scene.simulator.posts
    videos = scene.simulator._project.videos
    for number in range(count):
        name = f"byhand{number:05}"
        sent = {**videos[ours.id].sent, "snippet": {"title": f"By hand {number}"}}
        at = ours.at + later_by
        videos[name] = replace(videos[ours.id], id=name, file_name=name, sent=sent, at=at)


@pytest.mark.parametrize("network", ["youtube"])
def test_without_file_name_and_session_a_video_is_known_by_its_size(scene: Scene) -> None:
    scene.simulator.misbehave("file-name-lost")
    out_unheard(scene)
    scene.simulator.misbehave("session-gone", at="PUT")
    with without_its_file(scene):
        insist(scene, 3)
    assert (scene.count, scene.post().status) == (1, "published")
    assert scene.post().remote_id == scene.only.id


@pytest.mark.parametrize("network", ["tiktok"])
def test_bytes_that_tiktok_lacks_are_counted_without_the_file(scene: Scene) -> None:
    with twisted(scene, cut("PUT ")), suppress(Elite8Error):
        scene.publish()
    with without_its_file(scene):
        insist(scene, 2)
        assert scene.post().status != PostStatus.UNCERTAIN
    assert scene.count == 0


@pytest.mark.parametrize("network", ["youtube"])
def test_a_video_of_whose_file_nothing_is_told_is_known_by_its_words(scene: Scene) -> None:
    out_unheard(scene)
    scene.simulator.misbehave("session-gone", at="PUT")
    scene.simulator.misbehave("file-details-missing", times=9)
    insist(scene, 3)
    assert (scene.count, scene.post().remote_id) == (1, scene.only.id)


@pytest.mark.parametrize("network", ["youtube"])
def test_a_video_of_the_same_title_and_no_more_told_opens_no_second_one(scene: Scene) -> None:
    out_unheard(scene)
    (ours,) = scene.simulator.posts
    videos = scene.simulator._project.videos
    sent = videos[ours.id].sent
    changed = {**sent, "snippet": {**sent["snippet"], "description": "cut by YouTube"}}
    videos[ours.id] = replace(videos[ours.id], sent=changed)
    scene.simulator.misbehave("session-gone", at="PUT")
    scene.simulator.misbehave("file-details-missing", times=99)
    insist(scene, 4)
    assert (scene.count, scene.post().status) == (1, PostStatus.UNCERTAIN)
    assert f"youtu.be/{ours.id}" in scene.post().failure


@pytest.mark.parametrize("network", ["youtube"])
def test_a_video_behind_five_hundred_others_is_found(scene: Scene) -> None:
    out_unheard(scene)
    (ours,) = scene.simulator.posts
    scene.simulator.misbehave("session-gone", at="PUT")
    uploads_of_others(scene, 500, later_by=timedelta(minutes=5))
    insist(scene, 3)
    assert (scene.post().remote_id, scene.count) == (ours.id, 501)


@pytest.mark.parametrize("network", ["youtube"])
def test_more_uploads_than_are_looked_through_prove_nothing(scene: Scene) -> None:
    out_unheard(scene)
    scene.simulator.misbehave("session-gone", at="PUT")
    uploads_of_others(scene, 1100, later_by=timedelta(minutes=5))
    insist(scene, 4)
    assert (scene.post().status, scene.count) == (PostStatus.UNCERTAIN, 1101)


@pytest.mark.parametrize("network", ["youtube"])
def test_a_channel_is_looked_through_until_before_the_try_and_no_further(scene: Scene) -> None:
    with twisted(scene, cut("PUT ")), suppress(Elite8Error):
        scene.publish()
    assert scene.count == 0
    scene.simulator.misbehave("session-gone", at="PUT")
    asked: list[str] = []

    def listed(request: httpx.Request) -> None:
        asked.extend([request.url.path] if "playlistItems" in request.url.path else [])

    twin = scene.simulator
    with twisted(scene, listed):
        scene.clock.advance(minutes=80)
        due.run(scene.studio)
        old_uploads(twin, scene, 200)
        insist(scene, 2)
    assert (scene.post().status, len(scene.simulator.posts)) == ("published", 201)
    assert len(asked) <= 2


def old_uploads(simulator: object, scene: Scene, count: int) -> None:
    """Have uploads of weeks ago in the channel."""
    from elite8.core.simulators.youtube.videos import Video

    project = simulator._project  # type: ignore[attr-defined]  # the simulator's
    (channel,) = {one.channel for one in project.sessions.values()} or {"UC" + "0" * 22}
    for number in range(count):
        name = f"old{number:08}"
        project.videos[name] = Video(
            id=name,
            channel=channel,
            sent={"snippet": {"title": f"Old {number}"}, "status": {}},
            file_name=name,
            sha256="",
            size=1,
            at=scene.clock() - timedelta(days=30),
        )


@pytest.mark.parametrize("network", ["youtube"])
def test_a_video_that_is_locked_as_private_says_why_and_what_to_do(scene: Scene) -> None:
    scene.simulator.misbehave("locked-private")
    scene.publish()
    scene.clock.advance(minutes=30)
    (looked,) = due.look_back(scene.studio)
    assert scene.post().seen == "hidden"
    assert ("audit" in looked.message, "Studio" in looked.message) == (True, True)
    assert scene.post().failure == looked.message


def sent_unheard(scene: Scene) -> None:
    """Have the publication done, and its answer lost."""
    scene.simulator.misbehave("publish-error-but-done", at="media_publish")
    with suppress(Elite8Error):
        scene.publish()
    assert (scene.count, scene.post().status) == (1, PostStatus.UNCERTAIN)


@pytest.mark.parametrize("network", ["instagram"])
def test_a_container_forgotten_for_good_is_begun_anew_when_it_can_appear_no_more(
    scene: Scene,
) -> None:
    with twisted(scene, cut("media_publish")), suppress(Elite8Error):
        scene.publish()
    scene.simulator.misbehave("container-forgotten")
    insist(scene, 3)
    assert (scene.count, scene.post().status) == (0, PostStatus.UNCERTAIN)
    assert "asked on for a day" in scene.post().failure
    scene.clock.advance(hours=22)
    insist(scene, 1)
    assert (scene.count, scene.post().status) == (1, "published")


@pytest.mark.parametrize("network", ["instagram"])
def test_a_post_out_of_a_forgotten_container_is_known_by_its_words(scene: Scene) -> None:
    sent_unheard(scene)
    scene.simulator.misbehave("container-forgotten")
    insist(scene, 1)
    assert (scene.count, scene.post().remote_id) == (1, scene.only.media_id)


@pytest.mark.parametrize("network", ["instagram"])
def test_a_list_without_words_never_proves_that_a_post_is_not_there(scene: Scene) -> None:
    sent_unheard(scene)
    scene.simulator.misbehave("container-forgotten")
    scene.simulator.misbehave("captions-missing", times=99)
    insist(scene, 2)
    scene.clock.advance(hours=30)
    insist(scene, 2)
    assert (scene.count, scene.post().status) == (1, PostStatus.UNCERTAIN)
    told = scene.post().failure
    assert scene.only.shortcode in told
    assert f"publish resolve {scene.post().id}" in told


@pytest.mark.parametrize("network", ["instagram"])
@pytest.mark.parametrize("fault", ["captions-missing", "captions-unknown"])
def test_a_published_container_is_found_by_its_time_where_no_words_are_told(
    scene: Scene, fault: str
) -> None:
    sent_unheard(scene)
    scene.simulator.misbehave(fault, times=9)
    insist(scene, 1)
    assert (scene.count, scene.post().remote_id) == (1, scene.only.media_id)


@pytest.mark.parametrize("network", ["instagram"])
def test_words_are_known_however_instagram_writes_them(scene: Scene) -> None:
    words = "Cafe\u0301  au lait \u2014 with @nobody\n\n\n  and a wink \U0001f609 "
    desk.order(scene.studio, "latest", ["instagram"], desk.Wish(caption=words))
    sent_unheard(scene)
    scene.simulator.misbehave("container-forgotten")
    insist(scene, 1)
    assert (scene.count, scene.post().remote_id) == (1, scene.only.media_id)


@pytest.mark.parametrize("network", ["instagram"])
def test_a_post_of_the_first_publication_is_found_after_the_second(scene: Scene) -> None:
    with twisted(scene, cut("media_publish")):
        for _ in range(3):
            with suppress(Elite8Error):
                scene.publish()
            scene.clock.advance(minutes=80)
    post = scene.post()
    inside = scene.simulator._network
    kept = json.loads(post.remote_handle)
    container = inside.containers[kept["container"]]
    inside._post(container, late=False)
    (early,) = scene.simulator.posts
    began = scene.clock() - timedelta(minutes=239)
    inside.posts[0] = replace(early, at=began, listed_from=began)
    scene.simulator.misbehave("container-forgotten")
    insist(scene, 2)
    scene.clock.advance(hours=26)
    insist(scene, 2)
    assert (scene.count, scene.post().remote_id) == (1, early.media_id)


@pytest.mark.parametrize("network", ["instagram"])
def test_a_container_that_is_not_shown_is_as_good_as_forgotten(scene: Scene) -> None:
    sent_unheard(scene)
    kept = json.loads(scene.post().remote_handle)["container"]
    said = {"error": {"code": 100, "error_subcode": 33, "message": "cannot be loaded"}}

    def unseen(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(400, json=said, request=request) if kept in str(request.url) else None

    with twisted(scene, unseen):
        insist(scene, 2)
    assert (scene.count, scene.post().remote_id) == (1, scene.only.media_id)


@pytest.mark.parametrize("network", ["youtube", "instagram"])
def test_a_clock_that_was_an_hour_ahead_hides_no_post(scene: Scene) -> None:
    scene.clock.advance(minutes=61)
    if scene.network == "youtube":
        out_unheard(scene)
        scene.simulator.misbehave("session-gone", at="PUT")
    else:
        sent_unheard(scene)
        scene.simulator.misbehave("container-forgotten")
    inside = scene.simulator
    if scene.network == "youtube":
        for video in inside._project.videos.values():
            video.at -= timedelta(minutes=61)
    else:
        posts = inside._network.posts
        posts[0] = replace(posts[0], at=posts[0].at - timedelta(minutes=61))
    insist(scene, 2)
    scene.clock.advance(hours=26)
    insist(scene, 2)
    assert (scene.count, scene.post().status) == (1, "published")


@pytest.mark.parametrize("network", ["instagram"])
def test_a_post_behind_a_hundred_others_is_found(scene: Scene) -> None:
    sent_unheard(scene)
    scene.simulator.misbehave("container-forgotten")
    posts = scene.simulator._network.posts
    (ours,) = scene.simulator.posts
    for number in range(130):
        posts.append(replace(ours, media_id=f"1801999{number:010d}", caption=f"By hand {number}"))
    insist(scene, 2)
    assert (scene.post().remote_id, scene.count) == (ours.media_id, 131)
