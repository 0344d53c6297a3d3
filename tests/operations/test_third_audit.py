"""What a third audit left open: what is named, what is proven late, whose post it is."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from elite8.core.domain.account import new_account
from elite8.core.domain.post import PostStatus
from elite8.core.errors import ConfigError, Elite8Error, Withheld
from elite8.core.operations import accounts, compose, desk, due, rounds, steps, stops, stuck
from elite8.core.operations import plan as planning
from elite8.core.operations import publish as publishing
from elite8.core.storage import accounts as stored
from elite8.core.storage import posts
from tests.operations.scenes import Scene
from tests.operations.test_audited_posts import cut, insist, ordered, out_unheard, twisted
from tests.operations.test_lost_posts import sent_unheard
from tests.operations.test_second_audit import told
from tests.operations.test_tiktok_posts import drafted

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
    assert not rounds.is_quiet(scene.studio)
    (alarm,) = stuck.alarms(scene.studio)
    assert post.published_at
    assert (alarm.state, alarm.since) == ("hidden", post.published_at)
    assert "is out and its id is unknown" in alarm.message
    assert alarm.message.endswith(f"carries its AI label {post.url}")
    scene.clock.now = post.published_at + timedelta(days=8)
    assert stuck.alarms(scene.studio) == ()


@pytest.mark.parametrize("network", ["tiktok"])
def test_a_draft_is_looked_for_as_long_as_it_is_named(scene: Scene) -> None:
    drafted(scene)
    scene.clock.advance(days=5)
    assert [one.seen for one in due.turn(scene.studio).looked] == ["draft"]
    scene.simulator.finish_draft(scene.only.publish_id, title="Rain again")
    scene.clock.advance(minutes=30)
    due.turn(scene.studio)
    assert (scene.post().seen, stuck.alarms(scene.studio)) == ("visible", ())


@pytest.mark.parametrize("network", ["tiktok"])
def test_an_uncertain_post_stays_named_though_each_try_sends_bytes(scene: Scene) -> None:
    with twisted(scene, cut("PUT ")):
        for _ in range(4):
            with suppress(Elite8Error):
                scene.publish()
            scene.clock.advance(minutes=50)
        rung = [one.state for one in stuck.alarms(scene.studio)]
        assert scene.post().status == PostStatus.UNCERTAIN
        assert scene.clock() - scene.post().sent_at < timedelta(hours=1)
    assert rung == ["uncertain"]
    desk.resolve(scene.studio, scene.post().id, "retry", "")
    scene.clock.advance(minutes=1)
    with twisted(scene, cut("PUT ")), suppress(Elite8Error):
        scene.publish()
    assert stuck.alarms(scene.studio) == ()  # what an operator begins anew is counted anew


@pytest.mark.parametrize("network", ["youtube"])
def test_of_several_uploads_that_are_like_it_none_is_taken(scene: Scene) -> None:
    scene.simulator.misbehave("file-name-lost")
    out_unheard(scene)
    (ours,) = scene.simulator.posts
    inside = scene.simulator._project
    twin = replace(inside.videos[ours.id], id="byhand00001", file_name="")
    inside.videos["byhand00001"] = twin
    scene.simulator.misbehave("session-gone", at="PUT")
    insist(scene, 3)
    post = scene.post()
    assert (post.status, scene.count) == (PostStatus.UNCERTAIN, 2)
    assert all(f"youtu.be/{one}" in post.failure for one in (ours.id, twin.id))


@pytest.mark.parametrize("network", ["youtube"])
def test_a_stop_that_comes_after_the_claim_keeps_the_post_back(scene: Scene) -> None:
    ordered(scene)
    video = publishing.finished(scene.studio, "latest")
    ready = compose.rendition(scene.studio, video, scene.post())
    mine = steps.claim(scene.studio, scene.post(), ready)
    stops.stop(scene.studio, "network", "youtube", "wait")
    with pytest.raises(Withheld, match="is stopped"):
        steps.begin(scene.studio, mine.post, ready, "")
    assert scene.post().sent_at is None


@pytest.mark.parametrize("network", ["tiktok"])
@pytest.mark.parametrize("policy", ["skip", "next_slot", ""])
def test_what_is_proven_late_not_to_be_out_goes_by_its_policy(scene: Scene, policy: str) -> None:
    ordered(scene)
    at, known = scene.clock(), scene.post().id
    with scene.studio.database.transaction() as session:
        post = posts.get(session, known)
        assert post
        post.slot, post.wall, post.zone = "evening", f"{at:%Y-%m-%d %H:%M}", "UTC"
        post.missed, post.late_minutes = policy, 30
    with twisted(scene, cut("PUT ")), suppress(Elite8Error):
        scene.publish()
    scene.clock.advance(minutes=90)
    scene.simulator.misbehave("upload-expired", at="PUT")
    scene.clock.advance(minutes=5)
    due.turn(scene.studio)
    scene.clock.advance(minutes=5)
    turn = due.turn(scene.studio)
    now = scene.post()
    if policy:
        (missed,) = turn.missed
        assert "proven only" in missed.why
        assert (scene.count, now.status) == (0, "refused" if policy == "skip" else "waiting")
    else:
        assert (scene.count, now.status) == (1, "published")


@pytest.mark.parametrize("network", ["youtube"])
def test_of_accounts_that_are_all_bound_to_regions_none_is_taken_silently(scene: Scene) -> None:
    (first,) = accounts.listed(scene.studio)
    with scene.studio.database.transaction() as session:
        known = stored.get(session, first.id)
        assert known
        known.regions = "US"
    publishing.preview(scene.studio, "latest", "youtube")  # the only one takes it
    with scene.studio.database.transaction() as session:
        other = new_account(now=scene.clock(), network="youtube", handle="jp", name="abroad")
        other.regions = "JP"
        session.add(other)
    for ask in (publishing.preview, publishing.check, publishing.publish):
        with pytest.raises(ConfigError, match=r"\(US\), abroad \(JP\); choose one with --account"):
            ask(scene.studio, "latest", "youtube")
    with pytest.raises(ConfigError, match="bound to regions"):
        ordered(scene)
    assert "abroad (JP)" in " ".join(planning.plan(scene.studio, days=2, dry_run=True).notes)
    publishing.preview(scene.studio, "latest", "youtube", account=first.id)
    ordered(scene, account=first.id)
    assert scene.publish().url
