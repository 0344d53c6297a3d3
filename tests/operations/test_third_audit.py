"""What a third audit left open: what is named and how long, what is proven late, whose post it is."""

from datetime import timedelta

import pytest

from elite8.core.domain.post import PostStatus
from elite8.core.operations import desk, stuck, tasks
from tests.operations.scenes import Scene
from tests.operations.test_audited_posts import insist, twisted
from tests.operations.test_lost_posts import sent_unheard
from tests.operations.test_second_audit import told

pytestmark = pytest.mark.media


@pytest.mark.parametrize("network", ["instagram"])
@pytest.mark.parametrize("how", ["by a person", "never listed"])
def test_a_post_whose_id_nobody_knows_is_named_for_a_week(scene: Scene, how: str) -> None:
    sent_unheard(scene)
    if how == "by a person":
        desk.resolve(scene.studio, scene.post().id, "published", "https://www.instagram.com/reel/x")
    else:
        with twisted(scene, told("/media", {"data": []}, times=99)):
            insist(scene, 2)
    post = scene.post()
    assert (post.status, post.remote_id) == (PostStatus.PUBLISHED, "")
    scene.clock.advance(hours=5)
    assert not tasks.is_quiet(scene.studio)
    (alarm,) = stuck.alarms(scene.studio)
    assert (alarm.state, alarm.since) == ("hidden", post.published_at)
    assert "is out and its id is unknown" in alarm.message
    assert alarm.message.endswith(f"carries its AI label {post.url}")
    scene.clock.now = post.published_at + timedelta(days=8)
    assert stuck.alarms(scene.studio) == ()
