"""A post on Instagram: what only Instagram does; what holds everywhere is in test_one_post.py."""

import pytest

from elite8.core.domain.post import PostStatus
from elite8.core.errors import Refused, SignInNeeded
from elite8.core.operations import accounts
from tests.operations.scenes import Scene

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
