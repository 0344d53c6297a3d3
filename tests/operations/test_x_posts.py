"""A post on X: what only X does; what holds everywhere is in test_one_post.py."""

from datetime import timedelta
from typing import Any

import pytest

from elite8.core.domain.network import Pace
from elite8.core.domain.post import PostStatus
from elite8.core.errors import Elite8Error, RateLimited, Refused, SignInNeeded, Withheld
from elite8.core.operations import accounts, desk, due, gate, measure
from elite8.core.operations import publish as publishing
from elite8.core.simulators.wire import Request
from tests.operations.campaign import another
from tests.operations.scenes import Scene, ruled

pytestmark = pytest.mark.media

POST, LIST = "POST /2/tweets", "GET /2/users"


@pytest.fixture
def network() -> str:
    return "x"


def test_a_post_is_labelled_counted_as_x_counts_and_found_by_its_address(scene: Scene) -> None:
    out = scene.publish()
    assert scene.only.made_with_ai is True
    assert scene.only.paid_partnership is False
    assert out.url == f"https://x.com/i/status/{scene.only.id}"
    assert due.seen(scene.studio, scene.post()).seen == "visible"


def test_a_paid_partnership_is_told(scene: Scene) -> None:
    publishing.post_of(
        scene.studio, publishing.finished(scene.studio, "latest"), "x", promotes="partner"
    )
    scene.publish()
    assert scene.only.paid_partnership is True
    assert scene.only.text.startswith("#ad ")


def test_a_video_of_many_segments_arrives_whole(scene: Scene, monkeypatch: Any) -> None:
    from elite8.core.platforms import x_upload

    monkeypatch.setattr(x_upload, "SEGMENT", 100_000)
    monkeypatch.setattr(x_upload, "LEAST", 10_000)
    scene.simulator.misbehave("lost-after", at="/append", times=2)
    scene.publish()
    video = publishing.finished(scene.studio, "latest")
    assert (scene.only.sha256, scene.only.media.size) == (video.sha256, video.size_bytes)


@pytest.mark.parametrize(
    ("fault", "at", "sentence", "status"),
    [
        ("processing-failed", "", "could not process", PostStatus.REFUSED),
        ("duplicate", "", "change the words", PostStatus.REFUSED),
        ("no-credits", "", "add credits", PostStatus.WAITING),
        ("usage-capped", POST, "next cycle", PostStatus.WAITING),
        ("suspended", "", "has suspended this account", PostStatus.WAITING),
    ],
)
def test_a_no_says_what_to_do_and_makes_nothing(
    scene: Scene, fault: str, at: str, sentence: str, status: str
) -> None:
    scene.simulator.misbehave(fault, at=at)
    with pytest.raises(Elite8Error, match=sentence):
        scene.publish()
    assert (scene.post().status, scene.count) == (status, 0)
    assert scene.post().remote_handle == ""


def test_a_lost_post_that_x_lists_late_is_not_made_again(scene: Scene) -> None:
    scene.simulator.misbehave("late-visibility", at=POST)
    scene.simulator.misbehave("lost-after", at=POST)
    with pytest.raises(Elite8Error, match="did not answer"):
        scene.publish()
    with pytest.raises(Elite8Error, match="may have the post"):
        scene.publish()
    scene.clock.advance(minutes=2)
    assert scene.publish().url.endswith(scene.only.id)


def test_when_the_second_try_is_a_duplicate_the_first_is_looked_for_on(scene: Scene) -> None:
    scene.simulator.misbehave("lost-after", at=POST)
    with pytest.raises(Elite8Error):
        scene.publish()
    scene.only.listed_at += timedelta(hours=1)  # longer than anybody documented
    scene.clock.advance(minutes=31)
    with pytest.raises(Elite8Error, match="the earlier try may be it"):
        scene.publish()
    scene.clock.advance(minutes=15)
    with pytest.raises(Elite8Error, match="publish resolve"):
        scene.publish()
    assert scene.post().status == PostStatus.UNCERTAIN
    scene.clock.advance(minutes=31)
    assert scene.publish().url.endswith(scene.only.id)


def test_without_videos_in_the_list_our_words_are_proof_when_ours_is_alone(scene: Scene) -> None:
    scene.simulator.misbehave("attachments-missing", at=LIST, times=9)
    scene.simulator.misbehave("lost-after", at=POST)
    with pytest.raises(Elite8Error):
        scene.publish()
    assert scene.publish().url.endswith(scene.only.id)


def test_a_list_of_posts_without_names_proves_nothing(scene: Scene) -> None:
    scene.simulator.misbehave("lost-after", at=POST)
    with pytest.raises(Elite8Error):
        scene.publish()
    scene.clock.advance(minutes=45)  # by then it is listed, if it is there
    scene.simulator.misbehave("ids-missing", at=LIST)
    with pytest.raises(Elite8Error, match="did not list"):
        scene.publish()
    assert scene.publish().url.endswith(scene.only.id)


def test_two_lost_posts_are_each_found_by_their_own_video(scene: Scene) -> None:
    first = publishing.finished(scene.studio, "latest")
    second = another(scene.studio, 7)
    scene.simulator.misbehave("lost-after", at=POST, times=2)
    both = [(publishing.post_of(scene.studio, one, "x"), one) for one in (first, second)]
    for post, video in both:
        with pytest.raises(Elite8Error):
            publishing.out(scene.studio, post, video)
    again = [publishing.publish(scene.studio, video.id, "x") for _, video in both]
    assert [out.url.rpartition("/")[2] for out in again] == [p.id for p in scene.simulator.posts]
    assert len({out.url for out in again}) == 2


def test_words_over_280_by_weight_are_cut_and_your_own_tags_are_only_a_warning(
    scene: Scene,
) -> None:
    video = publishing.finished(scene.studio, "latest")
    said = publishing.check(scene.studio, video.id, "x", caption="雨" * 300 + " #a #b #c")
    found = {each.rule: each.verdict for each in said}
    assert (found["x-caption-weighted"], found["x-hashtags"]) == ("pass", "pass")
    few = publishing.check(scene.studio, video.id, "x", caption="#a #b")
    assert {each.rule: each.verdict for each in few}["x-hashtags"] == "warn"
    assert {"x-price", "x-seconds", "x-size-bytes", "x-fps"} <= set(found)


def test_an_address_costs_thirteen_times_as_much_and_is_said(scene: Scene) -> None:
    (plain,) = gate.charged("x", price(scene), wording(scene, "Rain"))
    (linked,) = gate.charged("x", price(scene), wording(scene, "Rain on elite8.app"))
    assert ("$0.015" in plain.reason, plain.verdict) == (True, "note")
    assert ("$0.200" in linked.reason, linked.verdict) == (True, "warn")


def price(scene: Scene) -> Any:
    return scene.studio.config.social.networks["x"].price


def wording(scene: Scene, caption: str) -> Any:
    from elite8.core.domain.network import Wording

    del scene
    return Wording(title="", caption=caption, hashtags=())


def test_an_account_holds_itself_to_the_pace_of_the_network(scene: Scene) -> None:
    pace = Pace(posts=1, minutes=15, source="x", as_of=scene.clock().date())
    ruled(scene, paces=(pace,))
    scene.publish()
    video = another(scene.studio, 1)
    post = publishing.post_of(scene.studio, video, "x")
    with pytest.raises(RateLimited, match="1 posts in 15 minutes"):
        publishing.out(scene.studio, post, video)
    assert scene.count == 1
    scene.clock.advance(minutes=16)
    again = desk.where(scene.studio, [post])
    assert again[0].status == "waiting"
    publishing.out(scene.studio, publishing.post_of(scene.studio, video, "x"), video)
    assert scene.count == 2


def test_numbers_are_read_by_the_old_names_where_x_has_them(scene: Scene) -> None:
    scene.publish()
    scene.clock.advance(hours=4)
    scene.simulator.misbehave("old-names", at="GET /2/tweets")
    (read,) = measure.run(scene.studio)
    assert read.error == ""
    assert read.taken is not None
    assert (read.taken.views or 0) > (read.taken.likes or 0) > 0
    assert read.taken.reach is None


def test_a_refresh_token_that_x_refuses_ends_the_sign_in(scene: Scene) -> None:
    scene.clock.advance(hours=2)
    scene.simulator.misbehave("invalid-grant")
    with pytest.raises(SignInNeeded, match="accounts login x"):
        scene.publish()
    (account,) = accounts.listed(scene.studio)
    assert account.state == "sign in again"
    scene.sign_in()
    assert scene.insist().url


def test_the_app_is_named_in_a_header_and_never_to_the_browser(signed_out: Scene) -> None:
    heard: list[Request] = []
    whole = signed_out.simulator.handle

    def handle(request: Request) -> Any:
        heard.append(request)
        return whole(request)

    signed_out.line._inner._handler = handle  # type: ignore[attr-defined]  # the transport's
    signed_out.sign_in()
    (asked,) = [one for one in heard if one.path == "/2/oauth2/token"]
    assert asked.headers["authorization"].startswith("Basic ")
    assert b"client_secret" not in asked.body
    assert all("client_secret" not in one.query for one in heard)


def test_a_code_is_good_for_thirty_seconds(signed_out: Scene) -> None:
    shown: list[str] = []

    def slow() -> str:
        import httpx

        with httpx.Client(transport=signed_out.line) as browser:
            found = str(browser.get(shown[0]).headers["Location"])
        signed_out.clock.advance(seconds=31)
        return found

    with pytest.raises((SignInNeeded, Refused)):
        accounts.login(
            signed_out.studio, "x", characters=(), regions=(), show=shown.append, paste=slow
        )


def test_a_network_of_which_the_config_says_nothing_is_refused_in_words(scene: Scene) -> None:
    social = scene.studio.config.social
    networks = {name: rules for name, rules in social.networks.items() if name != "x"}
    vars(scene.studio.config)["social"] = social.model_copy(update={"networks": networks})
    with pytest.raises(Elite8Error, match=r"social_config\.json says nothing of 'x'"):
        scene.publish()


def test_a_stop_holds_back_what_would_be_posted_again(scene: Scene) -> None:
    from elite8.core.operations import stops

    scene.simulator.misbehave("lost-before", at=POST)
    with pytest.raises(Elite8Error):
        scene.publish()
    stops.stop(scene.studio, "network", "x", "wait")
    scene.clock.advance(minutes=31)
    with pytest.raises(Withheld):
        scene.publish()
    assert (scene.count, scene.post().status) == (0, PostStatus.UNCERTAIN)
