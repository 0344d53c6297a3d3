"""A post on Instagram: what only Instagram does; what holds everywhere is in test_one_post.py."""

from contextlib import suppress
from typing import Any

import pytest

from elite8.core.domain.post import PostStatus
from elite8.core.errors import Elite8Error, Refused, SignInNeeded
from elite8.core.operations import accounts, desk
from elite8.core.operations import publish as publishing
from elite8.core.platforms import instagram as platform
from elite8.core.platforms import reel
from tests.operations.campaign import another
from tests.operations.scenes import Scene, ruled

pytestmark = pytest.mark.media


@pytest.fixture
def network() -> str:
    return "instagram"


def test_a_video_is_labelled_by_flag_and_in_words(scene: Scene) -> None:
    out = scene.publish()
    assert scene.only.is_ai_generated is True
    assert "AI" in scene.only.caption
    assert out.url.startswith("https://www.instagram.com/reel/")


def test_a_token_is_renewed_weekly_and_the_old_one_serves_while_nobody_answers(
    scene: Scene,
) -> None:
    (before,) = accounts.listed(scene.studio)
    scene.clock.advance(days=8)
    scene.simulator.misbehave("500", at="refresh_access_token")
    assert accounts.tested(scene.studio)[0][1] == ""
    assert accounts.tested(scene.studio)[0][1] == ""
    (after,) = accounts.listed(scene.studio)
    assert before.access_ends_at
    assert after.access_ends_at
    assert (after.access_ends_at - before.access_ends_at).days >= 7


def test_a_sign_in_that_is_over_says_so(scene: Scene) -> None:
    scene.simulator.misbehave("token-expired", times=20)
    with pytest.raises(SignInNeeded, match="elite8 accounts login instagram"):
        scene.publish()


@pytest.mark.parametrize("fault", ["processing-failed", "banned"])
def test_a_no_is_final(scene: Scene, fault: str) -> None:
    scene.simulator.misbehave(fault)
    with pytest.raises(Refused, match="Instagram"):
        scene.publish()
    assert scene.post().status == PostStatus.REFUSED
    assert scene.count == 0


def test_where_a_public_address_is_configured_instagram_fetches_it(scene: Scene) -> None:
    ruled(scene, public_url="https://media.example.com/out/{file}")
    assert scene.publish().url
    assert scene.count == 1
    assert scene.only.is_ai_generated is True


def test_a_post_with_the_same_words_is_not_taken_for_a_lost_one(scene: Scene) -> None:
    scene.publish()
    first = scene.post()
    twin = another(scene.studio, 7)
    title = publishing.finished(scene.studio, first.video_id).title
    with scene.studio.database.transaction() as session:
        session.merge(twin).title = title
    scene.simulator.misbehave("lost-before", at="media_publish", times=9)
    post = publishing.post_of(scene.studio, twin, "instagram")
    with suppress(Elite8Error):
        publishing.out(scene.studio, post, twin)
    scene.simulator.misbehave("container-expired", times=9)
    scene.clock.advance(minutes=31)
    for _ in range(3):
        found = publishing.post_of(scene.studio, twin, "instagram")
        with suppress(Elite8Error):
            publishing.out(scene.studio, found, twin)
        scene.clock.advance(minutes=31)
    found = publishing.post_of(scene.studio, twin, "instagram")
    assert found.remote_id != first.remote_id


def test_a_reel_that_takes_long_to_process_keeps_its_container(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[Any, ...]] = []
    whole = reel.container

    def counted(*arguments: Any) -> dict[str, object]:
        made.append(arguments)
        return whole(*arguments)

    monkeypatch.setattr(platform, "container", counted)
    monkeypatch.setattr(platform, "PATIENCE", ())
    for _ in range(3):
        with suppress(Elite8Error):
            scene.publish()
        scene.clock.advance(minutes=31)
    assert scene.count == 1
    assert len(made) <= 3  # once to be sent, and at each gate: before it and before going on


def test_a_paid_partnership_needs_the_other_way_in(scene: Scene) -> None:
    desk.order(scene.studio, "latest", ["instagram"], desk.Wish(promotes="partner"))
    with pytest.raises(Refused, match="--via facebook"):
        scene.publish()
    assert scene.line.sent == 0
