"""A message on Discord: what only Discord does; what holds everywhere is in test_one_post.py."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from elite8.core.domain.post import PostStatus
from elite8.core.errors import Elite8Error, RateLimited, Refused, SignInNeeded
from elite8.core.operations import accounts, due, measure
from elite8.core.operations import publish as publishing
from elite8.core.platforms.discord_answers import silent_since
from elite8.core.storage import attempts
from elite8.core.studio import Studio
from tests.operations.scenes import Scene, ruled

pytestmark = pytest.mark.media

POST = "POST /api"
CHANNEL = "https://discord.com/channels/789000/456000"


@pytest.fixture
def network() -> str:
    return "discord"


def without_bot(studio: Studio) -> Studio:
    changed = {"discord_bot_token": None}
    return replace(studio, settings=studio.settings.model_copy(update=changed))


def test_a_message_has_its_video_its_disclosure_and_calls_nobody(scene: Scene) -> None:
    video = publishing.finished(scene.studio, "latest")
    publishing.post_of(scene.studio, video, "discord", caption="Hi @everyone")
    out = scene.publish()
    assert out.url == f"{CHANNEL}/{scene.only.id}"
    assert (scene.only.sha256, scene.only.size) == (video.sha256, video.size_bytes)
    assert "AI-generated" in scene.only.content
    assert "#AIgenerated" in scene.only.description
    assert scene.only.allowed_mentions == {"parse": []}
    assert due.seen(scene.studio, scene.post()).seen == "visible"


def test_without_a_bot_a_lost_message_is_a_person_s_to_settle(scene: Scene) -> None:
    scene.studio = without_bot(scene.studio)
    scene.simulator.misbehave("lost-after", at=POST)
    for _ in range(4):
        with pytest.raises(Elite8Error, match=r"not known|did not answer"):
            scene.publish()
        scene.clock.advance(hours=7)
    post = scene.post()
    assert (post.status, scene.count) == (PostStatus.UNCERTAIN, 1)
    assert CHANNEL in post.failure
    assert f"publish resolve {post.id} published" in post.failure


def test_without_a_bot_one_killed_before_anything_was_sent_goes_out(scene: Scene) -> None:
    scene.studio = without_bot(scene.studio)
    scene.simulator.misbehave("lost-before", at="GET /api", times=9)
    with pytest.raises(Elite8Error):
        scene.publish()
    scene.clock.advance(minutes=31)
    scene.simulator.faults.take("lost-before", "GET /api")
    assert scene.insist().url
    assert scene.count == 1


def test_a_bot_that_sees_too_little_proves_nothing(scene: Scene) -> None:
    scene.simulator.misbehave("lost-after", at=POST)
    with pytest.raises(Elite8Error):
        scene.publish()
    scene.simulator.chatter("456000", 60)
    scene.clock.advance(minutes=31)
    with pytest.raises(Elite8Error, match="too much was written"):
        scene.publish()
    assert (scene.post().status, scene.count) == (PostStatus.UNCERTAIN, 1)


def lost(scene: Scene, fault: str) -> None:
    scene.simulator.misbehave(fault, at=POST)
    with pytest.raises(Elite8Error):
        scene.publish()
    scene.clock.advance(minutes=31)


def test_what_a_bot_is_not_shown_the_webhook_is(scene: Scene) -> None:
    """Without the Message Content intent a listed message has no file to know it by."""
    scene.simulator.misbehave("no-content-intent", at="channels", times=9)
    lost(scene, "lost-after")
    assert scene.publish().url == f"{CHANNEL}/{scene.only.id}"
    assert scene.count == 1


def test_what_the_webhook_wrote_besides_is_not_ours(scene: Scene) -> None:
    played = scene.simulator
    played._messages.append(played._message("456000", "123000", "hello", "another.mp4", ""))
    played.misbehave("no-content-intent", at="channels", times=9)
    lost(scene, "lost-before")
    assert scene.publish().url == f"{CHANNEL}/{played.posts[1].id}"
    assert scene.count == 2


def test_what_not_even_the_webhook_is_shown_is_for_a_person(scene: Scene) -> None:
    played = scene.simulator
    played._messages.append(played._message("456000", "123000", "", "", ""))
    played.misbehave("no-content-intent", at="channels", times=9)
    lost(scene, "lost-before")
    with pytest.raises(Elite8Error, match="is not shown"):
        scene.publish()
    assert (scene.post().status, scene.count) == (PostStatus.UNCERTAIN, 1)


def test_an_empty_list_proves_nothing_when_the_channel_says_otherwise(scene: Scene) -> None:
    """Without Read Message History a bot is shown an empty list, not a refusal."""
    scene.simulator.misbehave("no-history", at="channels", times=9)
    lost(scene, "lost-after")
    with pytest.raises(Elite8Error, match="Read Message History"):
        scene.publish()
    assert (scene.post().status, scene.count) == (PostStatus.UNCERTAIN, 1)


@pytest.mark.parametrize("written", [0, 1])
def test_an_empty_list_is_proof_when_the_channel_was_silent(scene: Scene, written: int) -> None:
    scene.simulator.chatter("456000", written)
    scene.clock.advance(hours=1)
    scene.simulator.misbehave("no-history", at="channels", times=9)
    lost(scene, "lost-before")
    assert scene.publish().url
    assert scene.count == 1


@pytest.mark.parametrize(
    "told_of",
    [
        {},
        {"id": "1"},
        {"id": "1", "last_message_id": 7},
        {"id": "1", "last_message_id": "9" * 400},
        {"id": "2", "last_message_id": None},
    ],
)
def test_a_channel_that_does_not_say_is_not_silent(told_of: dict[str, object]) -> None:
    assert not silent_since(told_of, "1", datetime(2026, 1, 1, tzinfo=UTC))


def test_a_webhook_that_was_moved_proves_nothing(scene: Scene) -> None:
    scene.simulator.misbehave("lost-before", at=POST)
    with pytest.raises(Elite8Error):
        scene.publish()
    (hook,) = scene.simulator.webhooks.values()
    scene.simulator.webhooks[hook.id] = replace(hook, channel="456001")
    scene.clock.advance(minutes=31)
    with pytest.raises(Elite8Error, match="another channel"):
        scene.publish()
    assert scene.count == 0


def test_a_dead_webhook_is_never_called_again(scene: Scene) -> None:
    scene.simulator.misbehave("deleted", at="GET /api")
    with pytest.raises(SignInNeeded, match="accounts login discord --paste"):
        scene.publish()
    sent = scene.line.sent
    scene.clock.advance(minutes=31)
    with pytest.raises(SignInNeeded, match="accounts login discord --paste"):
        scene.publish()
    assert not accounts.tested(scene.studio)[0][1].startswith("discord")  # who it is stands beside
    accounts.keep_fresh(scene.studio)
    assert scene.line.sent == sent
    assert scene.post().status == PostStatus.WAITING
    (account,) = accounts.listed(scene.studio)
    assert account.state == "sign in again"
    scene.simulator.violations.clear()
    scene.simulator._gone.clear()
    scene.sign_in()
    assert scene.insist().url


def test_a_file_that_discord_finds_too_large_is_refused(scene: Scene) -> None:
    scene.simulator.misbehave("too-large")
    with pytest.raises(Refused, match="too large for this server"):
        scene.publish()
    assert (scene.post().status, scene.count) == (PostStatus.REFUSED, 0)


def test_the_gate_keeps_a_file_over_ten_mebibytes_back_and_says_there_is_no_flag(
    scene: Scene,
) -> None:
    limits = scene.studio.config.social.networks["discord"].limits
    said = {each.rule: each for each in publishing.check(scene.studio, "latest", "discord")}
    assert said["discord-size-bytes"].verdict == "pass"
    assert said["discord-no-ai-flag"].verdict == "note"
    small = [one.model_copy(update={"value": 1000}) for one in limits if one.what == "size_bytes"]
    ruled(scene, limits=tuple(small))
    with pytest.raises(Refused, match="discord-size-bytes"):
        scene.publish()


def test_being_told_to_wait_waits(scene: Scene) -> None:
    scene.simulator.misbehave("429", at=POST)
    with pytest.raises(RateLimited):
        scene.publish()
    assert scene.post().status == PostStatus.WAITING
    assert scene.insist().url
    assert scene.count == 1


def test_a_message_that_is_deleted_is_hidden(scene: Scene) -> None:
    scene.publish()
    scene.simulator.delete(scene.only.id)
    looked = due.seen(scene.studio, scene.post())
    assert (looked.seen, "gone from Discord" in looked.message) == ("hidden", True)


def test_numbers_are_none_and_nobody_is_asked(scene: Scene) -> None:
    scene.publish()
    scene.clock.advance(hours=4)
    sent = scene.line.sent
    (read,) = measure.run(scene.studio)
    assert (read.error, read.message, scene.line.sent) == ("", "", sent)
    assert read.taken is not None
    assert read.taken.views is None


def test_the_address_is_nowhere_but_in_the_token_store(scene: Scene) -> None:
    (hook,) = scene.simulator.webhooks.values()
    scene.simulator.misbehave("lost-after", at=POST)
    with pytest.raises(Elite8Error) as lost:
        scene.publish()
    scene.insist()
    post = scene.post()
    with scene.studio.database.transaction() as session:
        trails = [story.calls for story in attempts.of_post(session, post.id)]
    rows = [json.dumps(vars(post), default=str), *trails]
    assert any("webhooks/123000/***" in trail for trail in trails)
    assert [text for text in (*rows, str(lost.value)) if hook.secret in text] == []


def test_what_is_no_webhook_is_refused_and_not_said(signed_out: Scene) -> None:
    for wrong in ("https://example.com/api/webhooks/1/" + "s" * 60, "not-an-address"):
        with pytest.raises(Refused) as no:
            accounts.login(
                signed_out.studio,
                "discord",
                characters=(),
                regions=(),
                show=lambda _: None,
                paste=partial(str, wrong),
            )
        assert wrong not in str(no.value)
    assert signed_out.line.sent == 0
