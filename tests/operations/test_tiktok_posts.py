"""A post on TikTok: what only TikTok does; what holds everywhere is in test_one_post.py."""

import io
import json
from contextlib import redirect_stdout, suppress
from typing import Any

import pytest

from elite8.cli import publish as face
from elite8.core.domain.post import PostStatus
from elite8.core.errors import Elite8Error, RateLimited, Refused, SignInNeeded
from elite8.core.operations import accounts, audit, desk, due, measure, stuck
from elite8.core.platforms import tiktok as platform
from elite8.core.platforms import tiktok_opening
from elite8.core.simulators.tiktok.faults import FAIL_REASONS
from tests.operations.scenes import Scene, ruled

pytestmark = pytest.mark.media


@pytest.fixture
def network() -> str:
    return "tiktok"


def test_a_video_is_public_and_labelled(scene: Scene) -> None:
    out = scene.publish()
    assert scene.only.is_aigc is True
    assert scene.only.privacy_level == "PUBLIC_TO_EVERYONE"
    assert out.url.startswith("https://www.tiktok.com/@")


def test_what_goes_out_and_what_rules_keep_back_is_in_the_audit_log(scene: Scene) -> None:
    config = scene.studio.config
    english = config.words.words.model_copy(update={"en": ("fictional character",)})
    vars(config)["words"] = config.words.model_copy(update={"words": english})
    for _ in range(2):
        with suppress(Refused):
            scene.publish()
    vars(config).pop("words")
    scene.publish()
    rows = [one for one in audit.listed(scene.studio) if one.act != "account"][::-1]
    kept = [(one.act, one.decision, one.detail) for one in rows]
    assert kept[0] == ("gate", "block", "no-minor-words")
    assert kept[1][:2] == ("send", "begun")
    assert kept[1][2].startswith("tiktok ")
    assert len(kept) == 2
    assert {one.rules for one in rows} == {config.rules.version}


def test_a_rotated_token_that_is_lost_with_the_line_wants_a_new_sign_in(scene: Scene) -> None:
    scene.clock.advance(minutes=118)
    scene.simulator.misbehave("lost-after", at="oauth/token")
    assert scene.publish().url  # by the token that is still good for a moment
    scene.clock.advance(minutes=1)
    (account,) = accounts.listed(scene.studio)
    with pytest.raises(SignInNeeded):  # the rotated one went down with the line: 1.2
        accounts.access(scene.studio, accounts.named(scene.studio, account.id))
    assert scene.count == 1


def test_one_that_is_processed_for_ever_stays_uncertain_and_is_never_sent_again(
    scene: Scene,
) -> None:
    scene.simulator.misbehave("processing-stuck")
    for _ in range(5):
        with pytest.raises(Elite8Error, match="still at work"):
            scene.publish()
        scene.clock.advance(hours=8)
    assert scene.post().status == PostStatus.UNCERTAIN
    handle = json.loads(scene.post().remote_handle)
    assert handle["publish_id"]
    assert scene.count <= 1


@pytest.mark.parametrize(
    ("fault", "at", "sentence"),
    [
        ("banned", "", "banned this account"),
        ("processing-failed", "spam_risk_text", "change it"),
        ("processing-failed", "duration_check_failed", "too long or too short"),
    ],
)
def test_a_no_says_what_to_do(scene: Scene, fault: str, at: str, sentence: str) -> None:
    scene.simulator.misbehave(fault, at=at)
    with pytest.raises(Refused, match=sentence):
        scene.publish()
    assert scene.post().status == PostStatus.REFUSED


def test_privacy_that_is_not_offered_is_refused_before_anything_is_opened(scene: Scene) -> None:
    scene.simulator.change_creator("open-id-1", private=True)
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
    chunk, count = tiktok_opening.pieces(size)
    found = list(tiktok_opening.ranges(size))
    assert found[-1:] == expected
    assert len(found) == count == max(1, size // chunk)
    assert sum(last - first + 1 for first, last in found) == size


def test_a_draft_waits_in_the_inbox_to_be_finished_by_hand(scene: Scene) -> None:
    ruled(scene, mode="inbox")
    assert scene.publish().url
    assert scene.only.mode == "inbox"
    looked = due.seen(scene.studio, scene.post())
    assert (scene.post().seen, "by hand" in looked.message) == ("draft", True)
    assert scene.publish().before


def drafted(scene: Scene) -> str:
    """Send a draft by the command, and return what it says."""
    ruled(scene, mode="inbox")
    wish = desk.Wish(caption="Rain again")
    with redirect_stdout(io.StringIO()) as said:
        face.send(scene.studio, "latest", ["tiktok"], wish, as_json=False)
    return said.getvalue()


def test_a_draft_is_named_as_one_until_a_person_has_posted_it(scene: Scene) -> None:
    said = drafted(scene)
    assert ("waits in the tiktok inbox" in said, "AI-generated" in said) == (True, True)
    assert "publish show" in said
    scene.clock.advance(minutes=30)
    turn = due.turn(scene.studio)
    assert [one.seen for one in turn.looked] == ["draft"]
    scene.clock.advance(days=1)
    (alarm,) = stuck.alarms(scene.studio)
    assert ("is a draft" in alarm.message, alarm.state) == (True, "hidden")
    scene.simulator.finish_draft(scene.only.publish_id, title="Rain again")
    scene.clock.advance(minutes=30)
    due.turn(scene.studio)
    post = scene.post()
    assert (post.seen, post.failure, stuck.alarms(scene.studio)) == ("visible", "", ())
    assert "/video/" in post.url
    assert scene.count == 1


def test_a_draft_that_nobody_posts_is_named_for_a_week(scene: Scene) -> None:
    drafted(scene)
    scene.clock.advance(minutes=30)
    due.turn(scene.studio)
    scene.clock.advance(days=6)
    assert len(stuck.alarms(scene.studio)) == 1
    scene.clock.advance(days=2)
    assert stuck.alarms(scene.studio) == ()


def test_what_a_draft_has_done_is_measured_once_it_is_posted(scene: Scene) -> None:
    drafted(scene)
    scene.simulator.finish_draft(scene.only.publish_id, title="Rain again")
    scene.clock.advance(minutes=30)
    due.turn(scene.studio)
    scene.clock.advance(hours=3)
    (read,) = measure.run(scene.studio)
    assert (read.post, read.error) == (scene.post().id, "")


@pytest.mark.parametrize("fault", ["cut-upload", "lost-after", "processing-stuck"])
def test_a_draft_that_was_cut_off_is_one_draft(scene: Scene, fault: str) -> None:
    ruled(scene, mode="inbox")
    scene.simulator.misbehave(fault, at="PUT" if fault != "processing-stuck" else "")
    with suppress(AssertionError):
        scene.insist()
    assert scene.count == (fault != "processing-stuck")
    assert scene.simulator._platform.publications
    opened = [one for one in scene.simulator._platform.publications.values() if one.received]
    assert len(opened) == 1


@pytest.mark.parametrize("reason", FAIL_REASONS)
def test_every_reason_of_a_failed_post_has_its_class_and_makes_no_second_one(
    scene: Scene, reason: str
) -> None:
    scene.simulator.misbehave("processing-failed", at=reason)
    with pytest.raises(Elite8Error) as caught:
        scene.publish()
    again = reason in {"internal", "video_pull_failed", "photo_pull_failed"}
    wait = reason == "spam_risk_too_many_posts"
    assert isinstance(caught.value, RateLimited) == (again or wait)
    assert isinstance(caught.value, SignInNeeded) == (reason == "auth_removed")
    signed_out = reason == "auth_removed"
    assert (scene.post().status == PostStatus.WAITING) == (again or wait or signed_out)
    if wait:
        assert (scene.post().due_at - scene.clock()).days == 1
        scene.clock.advance(days=1)
    if again or wait:
        scene.insist()
        assert scene.count == 1


@pytest.mark.parametrize("count", [None, "many", True])
def test_a_count_of_bytes_that_says_nothing_opens_no_second_post(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, count: object
) -> None:
    whole = platform.TikTok._status  # the answer is what is changed

    def uncounted(network: platform.TikTok, publish_id: str) -> Any:
        return {**whole(network, publish_id), "uploaded_bytes": count}

    monkeypatch.setattr(platform.TikTok, "_status", uncounted)
    scene.simulator.misbehave("lost-after", at="/upload", times=9)
    scene.simulator.misbehave("processing-stuck")
    for _ in range(6):
        with suppress(Elite8Error):
            scene.publish()
        scene.clock.advance(minutes=61)
    assert scene.count <= 1
    assert len(scene.simulator.posts) <= 1
    assert scene.post().status in {PostStatus.UNCERTAIN, PostStatus.PUBLISHED}


def test_what_tiktok_cannot_make_is_opened_three_times_and_no_more(scene: Scene) -> None:
    scene.simulator.misbehave("processing-failed", at="internal", times=50)
    for _ in range(8):
        with suppress(Elite8Error):
            scene.publish()
        if scene.post().status == PostStatus.REFUSED:
            break
        scene.clock.advance(minutes=31)
    assert scene.post().status == PostStatus.REFUSED
    assert scene.post().attempts == 3


@pytest.mark.parametrize("wanted", [(), ("comment",), ("comment", "duet", "stitch")])
def test_viewers_may_do_what_the_operator_turned_on_and_the_creator_left_on(
    scene: Scene, wanted: tuple[str, ...]
) -> None:
    creator = "open-id-1"
    scene.simulator.change_creator(creator, stitch_disabled=True)
    ruled(scene, interactions=wanted)
    scene.publish()
    off = (scene.only.disable_comment, scene.only.disable_duet, scene.only.disable_stitch)
    assert off == ("comment" not in wanted, "duet" not in wanted, True)


@pytest.mark.parametrize("mode", ["direct", "inbox"])
def test_what_is_longer_than_this_creator_may_post_is_not_opened(scene: Scene, mode: str) -> None:
    creator = "open-id-1"
    scene.simulator.change_creator(creator, max_video_post_duration_sec=2)
    ruled(scene, mode=mode)
    with pytest.raises(Refused, match=r"may post 2 s at most, the video lasts 3\.0 s"):
        scene.publish()
    assert (scene.post().status, scene.count) == (PostStatus.REFUSED, 0)
    assert not scene.simulator._platform.publications


@pytest.mark.parametrize(("promotes", "toggles"), [("", (0, 0)), ("own", (0, 1))])
def test_what_a_post_promotes_is_said_to_tiktok_and_to_its_viewers(
    scene: Scene, promotes: Any, toggles: tuple[int, int]
) -> None:
    (post,) = desk.order(scene.studio, "latest", ["tiktok"], desk.Wish(promotes=promotes))
    scene.publish()
    assert (scene.only.brand_content_toggle, scene.only.brand_organic_toggle) == toggles
    assert scene.only.title.startswith("#ad ") == bool(promotes)
    assert desk.show(scene.studio, post.id).promotes == promotes


def test_a_paid_partnership_that_nobody_sees_is_refused_before_it_is_sent(scene: Scene) -> None:
    ruled(scene, privacy="private")
    desk.order(scene.studio, "latest", ["tiktok"], desk.Wish(promotes="partner"))
    with pytest.raises(Refused, match="make it public"):
        scene.publish()
    assert scene.count == 0
