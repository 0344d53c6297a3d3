"""What a second audit broke: a list that is not whole, words that are not ours alone, a store."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from elite8.core.domain.account import new_account
from elite8.core.domain.post import PostStatus
from elite8.core.errors import Elite8Error
from elite8.core.operations import desk, due, outlets
from elite8.core.operations import publish as publishing
from elite8.core.storage import posts
from tests.operations.campaign import another
from tests.operations.scenes import Scene
from tests.operations.test_audited_posts import cut, insist, out_unheard, twisted
from tests.operations.test_lost_posts import sent_unheard

pytestmark = pytest.mark.media


def told(path: str, body: Mapping[str, object], times: int = 9) -> Callable[..., Any]:
    """Answer questions whose path ends so with `body`."""
    left = [times]

    def twist(request: httpx.Request) -> httpx.Response | None:
        line = f"{request.method} {request.url.path}"
        if line.endswith(path) and left[0]:
            left[0] -= 1
            return httpx.Response(200, json=body, request=request)
        return None

    return twist


@pytest.mark.parametrize("network", ["youtube"])
def test_an_empty_page_with_more_behind_it_proves_nothing(scene: Scene) -> None:
    out_unheard(scene)
    scene.simulator.misbehave("session-gone", at="PUT")

    def empty(request: httpx.Request) -> httpx.Response | None:
        here = request.url.path.endswith("playlistItems")
        if here and "pageToken" not in request.url.params:
            body = {"items": [], "nextPageToken": "more"}
            return httpx.Response(200, json=body, request=request)
        if here:
            request.url = request.url.copy_remove_param("pageToken")
        return None

    with twisted(scene, empty):
        insist(scene, 3)
    assert scene.count == 1
    assert (scene.post().status, scene.post().remote_id) == ("published", scene.only.id)


@pytest.mark.parametrize("network", ["youtube"])
@pytest.mark.parametrize("body", [{}, {"items": []}, {"items": None}])
def test_an_upload_that_is_listed_and_not_told_of_proves_nothing(
    scene: Scene, body: dict[str, object]
) -> None:
    out_unheard(scene)
    scene.simulator.misbehave("session-gone", at="PUT")
    with twisted(scene, told("GET /youtube/v3/videos", body, times=99)):
        insist(scene, 3)
    assert (scene.count, scene.post().status) == (1, PostStatus.UNCERTAIN)
    insist(scene, 3)
    assert (scene.count, scene.post().remote_id) == (1, scene.only.id)


def twins(scene: Scene) -> tuple[str, str]:
    """Order two posts of one performer with the same words."""
    wish = desk.Wish(caption="Good morning")
    (first,) = desk.order(scene.studio, "latest", [scene.network], wish)
    (second,) = desk.order(scene.studio, another(scene.studio, 1).id, [scene.network], wish)
    return first.id, second.id


def out(scene: Scene, post: str) -> None:
    found, video = desk.named(scene.studio, post)
    publishing.out(scene.studio, found, video)


def state(scene: Scene, post: str) -> Any:
    with scene.studio.database.transaction() as session:
        return posts.get(session, post)


@pytest.mark.parametrize("network", ["instagram"])
def test_a_post_whose_id_nobody_knows_is_not_taken_for_another(scene: Scene) -> None:
    first, second = twins(scene)
    scene.simulator.misbehave("publish-error-but-done", at="media_publish")
    with suppress(Elite8Error):
        out(scene, first)
    desk.resolve(scene.studio, first, "published", "https://www.instagram.com/reel/x")
    scene.clock.advance(minutes=1)
    with twisted(scene, cut("media_publish")), suppress(Elite8Error):
        out(scene, second)
    assert scene.count == 1
    scene.simulator.misbehave("container-forgotten")
    insist(scene, 3)
    assert state(scene, second).status == PostStatus.UNCERTAIN
    scene.clock.advance(hours=30)
    insist(scene, 3)
    assert state(scene, second).remote_id != scene.simulator.posts[0].media_id


@pytest.mark.parametrize("network", ["instagram"])
@pytest.mark.parametrize("hours", [0, 2])
def test_a_container_that_ended_is_not_begun_anew_before_its_post_could_be_listed(
    scene: Scene, hours: int
) -> None:
    """Late in the list, or published by a clock that was behind ours."""
    sent_unheard(scene)
    kept = json.loads(scene.post().remote_handle)["container"]
    inside = scene.simulator._network
    (post,) = inside.posts
    later = scene.clock() + timedelta(minutes=8)
    listed = post.listed_from if hours else later
    inside.posts[0] = replace(post, at=post.at - timedelta(hours=hours), listed_from=listed)

    def ended(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith(kept):
            return None
        return httpx.Response(200, json={"status_code": "EXPIRED", "id": kept}, request=request)

    with twisted(scene, ended):
        scene.clock.advance(minutes=6)
        due.run(scene.studio)
        insist(scene, 3)
    assert (scene.count, scene.post().remote_id) == (1, scene.only.media_id)


@pytest.mark.parametrize("network", ["instagram"])
def test_a_container_that_was_published_is_not_made_anew_whatever_the_row_says(
    scene: Scene,
) -> None:
    """As after a backup was put back."""
    sent_unheard(scene)
    row = scene.post()
    kept = json.loads(row.remote_handle)
    del kept["publishing"]
    with scene.studio.database.transaction() as session:
        known = posts.get(session, row.id)
        assert known
        known.remote_handle = json.dumps(kept)
    insist(scene, 3)
    assert (scene.count, scene.post().remote_id) == (1, scene.only.media_id)


@pytest.mark.parametrize("network", ["instagram"])
def test_a_published_post_that_is_listed_late_does_not_take_the_id_of_another(
    scene: Scene,
) -> None:
    first, second = twins(scene)
    scene.simulator.misbehave("publish-error-but-done", at="media_publish")
    with suppress(Elite8Error):
        out(scene, first)
    scene.clock.advance(minutes=1)
    scene.simulator.misbehave("publish-error-but-done", at="media_publish")
    with suppress(Elite8Error):
        out(scene, second)
    inside = scene.simulator._network
    inside.posts[1] = replace(inside.posts[1], listed_from=scene.clock() + timedelta(minutes=8))
    one, two = inside.posts
    scene.clock.advance(minutes=6)
    due.run(scene.studio)
    insist(scene, 4)
    assert scene.count == 2
    assert state(scene, first).remote_id in ("", one.media_id)
    assert state(scene, second).remote_id in ("", two.media_id)
    assert {state(scene, each).status for each in (first, second)} == {"published"}


@pytest.mark.parametrize("network", ["tiktok"])
def test_a_post_that_is_out_is_published_though_its_creator_is_not_told(scene: Scene) -> None:
    with twisted(scene, cut("status/fetch")), suppress(Elite8Error):
        scene.publish()
    assert scene.post().status == PostStatus.UNCERTAIN
    no = {"data": {}, "error": {"code": "spam_risk_user_banned_from_posting", "message": "no"}}
    with twisted(scene, told("creator_info/query/", no, times=99)):
        insist(scene, 2)
    assert (scene.count, scene.post().status) == (1, "published")


@pytest.mark.parametrize("network", ["youtube"])
def test_a_store_that_does_not_answer_ends_no_whole_turn(scene: Scene) -> None:
    first, _ = twins(scene)
    scene.clock.advance(minutes=30)
    held = sqlite3.connect(str(scene.studio.database.file), isolation_level=None)

    def taken(request: httpx.Request) -> None:
        if request.method == "PUT" and not held.in_transaction:
            held.execute("BEGIN IMMEDIATE")

    with closing(held), twisted(scene, taken):
        found = due.run(scene.studio, at_once=1)
    assert len(found) == 2
    assert {one.error for one in found} == {"unavailable"}
    insist(scene, 4)
    assert (scene.count, state(scene, first).status) == (2, "published")


@pytest.mark.parametrize("network", ["youtube"])
def test_a_post_for_no_region_goes_by_the_account_of_no_region(scene: Scene) -> None:
    now = scene.clock()
    main, abroad, hers = (
        new_account(now=now, network="youtube", handle=name, name=name)
        for name in ("main", "abroad", "hers")
    )
    abroad.regions, hers.regions, hers.characters = "JP", "JP", "miyuki"
    every = [abroad, main, hers]
    assert outlets.best(every, "jin", "") is main
    assert outlets.best(every, "jin", "JP") is abroad
    assert outlets.best(every, "miyuki", "") is hers
