"""A paid video: started once, never lost, paid once; whatever A2E does on the way."""

import errno
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from elite8.core.domain.job import Family, JobStatus
from elite8.core.domain.video import VideoStatus
from elite8.core.errors import (
    ConfigError,
    Elite8Error,
    OutOfCredits,
    RateLimited,
    Refused,
    SignInNeeded,
    Unavailable,
)
from elite8.core.operations import agenda, collect, commission, finish, produce, recover
from elite8.core.operations.brief import Brief, plan
from elite8.core.operations.credits import reconcile
from elite8.core.operations.looked import LEASE, Looked
from elite8.core.simulators.a2e import A2ESimulator
from elite8.core.storage import jobs, videos
from elite8.core.studio import Studio
from tests.cases import also
from tests.operations.orders import START, WORDS, order, quiet, speaker, sums

pytestmark = pytest.mark.media


@pytest.fixture
def miyuki(paid: Studio, clock: Any) -> commission.Avatar:
    return speaker(paid, clock)


def look(studio: Studio) -> Looked:
    (found,) = collect.look(studio, quiet)
    return found


def status_of(studio: Studio, ordered: commission.Ordered) -> tuple[str, str]:
    with studio.database.transaction() as session:
        job, video = jobs.get(session, ordered.job), videos.get(session, ordered.video)
        assert job
        assert video
        return job.status, video.status


def talking(a2e: A2ESimulator) -> list[Any]:
    return [start for start in a2e.starts if START in start.endpoint]


def test_a_video_is_made_paid_and_marked(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    ordered = order(paid, miyuki)
    assert sums(paid).held == ordered.held == talking(a2e)[0].coins
    assert look(paid).state == "running"
    clock.advance(seconds=10)
    usual = replace(paid, settings=paid.settings.model_copy(update={"ffmpeg": ""}))
    found = look(usual)
    assert found.made
    assert finish.verify(usual, found.made.path).missing == ()
    facts = json.loads(found.made.path.with_suffix(".json").read_text())
    assert facts["task"] == ordered.task
    assert facts["credits"] == ordered.held
    assert facts["words"][0].startswith("Welcome back")
    assert (sums(paid).held, sums(paid).balance) == (0, a2e.coins)
    assert collect.look(paid, quiet) == ()
    assert reconcile(paid, told=None, accept=False).difference == 0


def test_the_avatar_is_made_once_for_all_videos(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar
) -> None:
    assert commission.avatar(paid, paid.config.roster.named("miyuki")) == miyuki
    assert len(a2e.starts) == 1


def test_what_config_names_is_the_avatar(paid: Studio) -> None:
    character = paid.config.roster.named("miyuki")
    named = character.model_copy(
        update={"a2e": character.a2e.model_copy(update={"avatar_id": "x"})}
    )
    assert commission.avatar(paid, named) == commission.Avatar(id="x", own=True)


def test_an_answer_lost_after_the_start_was_taken_is_found_by_its_name(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("lost-after", at=START)
    ordered = order(paid, miyuki)
    assert status_of(paid, ordered)[0] == JobStatus.SENDING
    clock.advance(seconds=10)
    assert look(paid).made
    assert len(talking(a2e)) == 1
    assert sums(paid).balance == a2e.coins


def test_a_task_that_appears_late_is_waited_for(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("list-delay", at=START)
    a2e.misbehave("lost-after", at=START)
    order(paid, miyuki)
    assert look(paid).state == "lost"
    clock.advance(seconds=30)
    assert look(paid).made
    assert len(talking(a2e)) == 1


@pytest.mark.parametrize("fault", ["lost-before", *also("502", "html", "not-json")])
def test_a_start_that_never_arrived_is_sent_again_only_when_that_is_proven(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any, fault: str
) -> None:
    a2e.misbehave(fault, at=START)
    ordered = order(paid, miyuki)
    assert talking(a2e) == []
    assert look(paid).state == "lost"
    assert talking(a2e) == []
    clock.advance(minutes=4)
    assert look(paid).state == "running"
    assert len(talking(a2e)) == 1
    assert status_of(paid, ordered) == (JobStatus.FAILED, VideoStatus.GENERATING)
    clock.advance(seconds=10)
    assert look(paid).made
    assert sums(paid).balance == a2e.coins


def test_credits_spent_with_no_task_to_show_for_it_wait_for_the_operator(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("lost-before", at=START)
    ordered = order(paid, miyuki)
    a2e.spend(5, "something of somebody else's")
    clock.advance(minutes=4)
    assert look(paid).state == "uncertain"
    assert collect.look(paid, quiet) == ()
    assert talking(a2e) == []
    assert sums(paid).held == ordered.held
    assert recover.decide(paid, ordered.job, "").status == JobStatus.FAILED
    assert sums(paid).held == 0
    assert status_of(paid, ordered)[1] == VideoStatus.FAILED


def test_a_process_that_lost_its_job_while_it_slept_sends_nothing(
    paid: Studio,
    a2e: A2ESimulator,
    miyuki: commission.Avatar,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send = commission.send

    def asleep(*arguments: Any) -> None:
        clock.advance(minutes=2, seconds=30)
        assert look(paid).state == "lost"
        send(*arguments)

    monkeypatch.setattr(commission, "send", asleep)
    with pytest.raises(Unavailable, match="taken by another process"):
        order(paid, miyuki)
    assert talking(a2e) == []


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        ("business", Refused, "A2E refused"),
        ("refused-1003", Refused, "child-safety"),
        ("refused-1004", Refused, "child-safety"),
        ("nsfw", Refused, "unsuitable"),
        ("no-credits", OutOfCredits, "not enough credits"),
        ("429", RateLimited, "asks to wait"),
    ],
)
def test_a_start_that_is_refused_costs_nothing_and_says_why(  # noqa: PLR0913, PLR0917
    paid: Studio,
    a2e: A2ESimulator,
    miyuki: commission.Avatar,
    fault: str,
    kind: type[Elite8Error],
    sentence: str,
) -> None:
    a2e.misbehave(fault, at=START)
    with pytest.raises(kind, match=sentence):
        order(paid, miyuki)
    assert (sums(paid).held, sums(paid).balance) == (0, a2e.coins)
    assert collect.look(paid, quiet) == ()
    assert talking(a2e) == []


def test_a_task_that_fails_gives_its_credits_back(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("failed", at=START)
    ordered = order(paid, miyuki)
    clock.advance(seconds=10)
    found = look(paid)
    assert found.state == "failed"
    assert "could not make it" in found.message
    assert ordered.task in found.message
    assert status_of(paid, ordered) == (JobStatus.FAILED, VideoStatus.FAILED)
    assert (sums(paid).held, sums(paid).balance) == (0, a2e.coins)


def test_an_unknown_word_is_waited_for_and_then_named(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("unknown-status", at=START)
    a2e.misbehave("stuck", at=START)
    ordered = order(paid, miyuki)
    clock.advance(minutes=1)
    assert look(paid).state == "running"
    clock.advance(minutes=30)
    found = look(paid)
    assert isinstance(found.error, Unavailable)
    assert "'reticulating', a word this version does not know" in found.message
    assert status_of(paid, ordered)[0] == JobStatus.RUNNING


def test_a_broken_download_is_taken_up_and_a_stale_address_renewed(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    order(paid, miyuki)
    clock.advance(seconds=10)
    a2e.misbehave("expired-url")
    a2e.misbehave("cut-download")
    assert look(paid).made


def test_an_empty_result_is_fetched_again_then_paid_and_said(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    order(paid, miyuki)
    clock.advance(seconds=10)
    a2e.misbehave("empty-video")
    found = look(paid)
    assert found.state == "running"
    assert "0 bytes" in found.message
    clock.advance(days=4)
    found = look(paid)
    assert found.state == "failed"
    assert "0 bytes" in found.message
    assert "tell A2E" in found.message
    assert (sums(paid).held, sums(paid).balance) == (0, a2e.coins)


def test_a_result_on_a_strange_host_is_not_fetched_and_not_lost(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("forbidden-host", at=START)
    ordered = order(paid, miyuki)
    clock.advance(seconds=10)
    found = look(paid)
    assert isinstance(found.error, ConfigError)
    assert "result_hosts" in found.message
    assert status_of(paid, ordered)[0] == JobStatus.RUNNING


def test_a_truncated_result_is_kept_and_fetched_again(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    ordered = order(paid, miyuki)
    clock.advance(seconds=10)
    a2e.misbehave("truncated-video", times=20)
    found = look(paid)
    assert isinstance(found.error, Unavailable)
    assert "what came is kept" in found.message
    assert status_of(paid, ordered)[0] == JobStatus.RUNNING


def test_a_full_disk_keeps_the_task(
    paid: Studio,
    miyuki: commission.Avatar,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ordered = order(paid, miyuki)
    clock.advance(seconds=10)
    whole = type(paid.a2e).download

    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(paid.a2e), "download", full)
    found = look(paid)
    assert isinstance(found.error, ConfigError)
    assert ordered.task in found.message
    monkeypatch.setattr(type(paid.a2e), "download", whole)
    assert look(paid).made


def test_reads_are_asked_again_while_a2e_is_busy(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    order(paid, miyuki)
    clock.advance(seconds=10)
    a2e.misbehave("429", at="awsResult")
    a2e.misbehave("502", at="awsResult")
    assert look(paid).made


def test_without_a_quote_the_table_is_held_with_a_margin_and_a_quote_is_believed(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    quoted = order(paid, miyuki).held
    a2e.misbehave("no-quote")
    assert order(paid, miyuki).held == -(-quoted * 5 // 4)
    clock.advance(seconds=10)
    assert {one.state for one in collect.look(paid, quiet)} == {"made"}
    assert sums(paid).balance == a2e.coins


def test_what_the_reserve_or_the_day_does_not_allow_is_never_sent(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar
) -> None:
    a2e.spend(a2e.coins - 12, "elsewhere")
    with pytest.raises(OutOfCredits, match="12 are free and 10 are kept in reserve"):
        order(paid, miyuki)
    assert talking(a2e) == []


def test_a_wrong_key_says_where_to_get_one(paid: Studio) -> None:
    from pydantic import SecretStr

    settings = paid.settings.model_copy(update={"a2e_api_key": SecretStr("sk_wrong.key")})
    stranger = replace(paid, settings=settings)
    with pytest.raises(SignInNeeded, match="ELITE8_A2E_API_KEY") as caught:
        stranger.a2e.balance()
    assert "sk_wrong" not in str(caught.value)
    stranger.a2e.close()


def test_a_script_is_cut_to_what_was_asked(
    paid: Studio, miyuki: commission.Avatar, a2e: A2ESimulator
) -> None:
    asked = plan(paid, Brief(characters=("miyuki",), language="en", engine="a2e", seconds=8))[0]
    ordered = commission.order(paid, asked, miyuki, quiet)
    assert 4 < ordered.seconds < 8.5
    assert talking(a2e)[0].coins <= 9


def test_a_long_script_is_said_in_pieces(paid: Studio, miyuki: commission.Avatar) -> None:
    sentence = "This is one of many sentences that are said today, one after the other. "
    ordered = order(paid, miyuki, script=sentence * 20)
    assert ordered.seconds > 90


def test_too_short_or_too_long_a_script_is_refused_before_it_costs(
    paid: Studio, miyuki: commission.Avatar, a2e: A2ESimulator
) -> None:
    with pytest.raises(ConfigError, match="at least 3 s"):
        order(paid, miyuki, script="Hi.")
    with pytest.raises(ConfigError, match="shorten it"):
        order(paid, miyuki, script=f"{WORDS} {WORDS}", seconds=3)
    assert talking(a2e) == []


def test_a_portrait_is_painted_paid_and_kept(paid: Studio, a2e: A2ESimulator, clock: Any) -> None:
    job = commission.order_portrait(paid, paid.config.roster.named("jin"))
    assert job.held == 10
    clock.advance(seconds=10)
    found = look(paid)
    assert found.state == "ready"
    assert Path(found.message).read_bytes().startswith(b"\x89PNG")
    assert sums(paid).balance == a2e.coins == 1790


def test_a_moving_picture_is_made_and_one_still_in_line_is_taken_back(
    paid: Studio, a2e: A2ESimulator, clock: Any, tmp_path: Path
) -> None:
    from elite8.core.production import a2e as engine
    from elite8.core.production.specimen import Specimens

    picture = tmp_path / "p.png"
    picture.write_bytes(Specimens().picture(72, 128))
    url = paid.a2e.upload(picture, "image/png")
    wanted = engine.image_video(image_url=url, prompt="she waves", seconds=5)
    _, held = commission.price(paid, wanted, 5.0)
    draft = commission.Draft(wanted=wanted, character_id="miyuki", priced=held, held=held)
    job = commission.intend(paid, draft)
    commission.send(paid, wanted, job)
    clock.advance(seconds=10)
    assert look(paid).state == "ready"
    assert a2e.coins == sums(paid).balance == 1770
    task, _ = paid.a2e.start(wanted, "e8-taken-back")
    assert paid.a2e.remove(Family.IMAGE_VIDEO, task.id)
    assert a2e.coins == 1770
    assert not paid.a2e.remove(Family.IMAGE_VIDEO, task.id)


def test_reconcile_itemises_and_adjusts_only_when_told(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    order(paid, miyuki)
    clock.advance(seconds=10)
    assert look(paid).made
    a2e.spend(7, "elsewhere")
    before = reconcile(paid, told=None, accept=False)
    assert before.difference == -7
    assert [(one.what, one.credits) for one in before.items] == [("A2E alone: elsewhere", -7)]
    assert sums(paid).balance == a2e.coins + 7
    assert reconcile(paid, told=None, accept=True).adjusted == -7
    assert reconcile(paid, told=None, accept=False).difference == 0


def test_two_collectors_do_not_take_the_same_job(
    paid: Studio, miyuki: commission.Avatar, clock: Any
) -> None:
    ordered = order(paid, miyuki)
    with paid.database.transaction() as session:
        assert jobs.claim(session, ordered.job, holder="elsewhere:1:a", now=clock(), lease=LEASE)
    assert collect.look(paid, quiet) == ()
    clock.advance(minutes=16)
    assert look(paid).made


def test_a_planned_video_is_ordered_once_by_whoever_comes_first(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    """A daemon and a cron have the same list, and a third reads the row that is under way."""
    del miyuki
    (entry,) = agenda.add(
        paid, video="", character="miyuki", at="2026-11-23 20:00", zone="", to=("outbox",)
    )
    clock.advance(hours=1)
    (mine,), (theirs,) = produce.next_ones(paid), produce.next_ones(paid)
    assert produce.one(paid, mine).state == "ordered"
    with paid.database.transaction() as session:
        row = videos.get(session, entry.video)
    assert row
    for late in (theirs, row):
        found = produce.one(paid, late)
        assert (found.state, "another process" in found.message) == ("waits", True)
    assert sum(START in one.endpoint for one in a2e.starts) == 1
    clock.advance(minutes=10)
    assert [one.state for one in collect.look(paid, quiet)] == ["made"]
    assert sums(paid).held == 0


def test_nothing_that_is_kept_or_said_holds_the_key(
    paid: Studio, miyuki: commission.Avatar, tmp_path: Path
) -> None:
    order(paid, miyuki)
    paid.database.close()
    key = paid.settings.a2e_api_key
    assert key
    for file in (tmp_path / "state").rglob("*"):
        if file.is_file():
            assert key.get_secret_value().encode() not in file.read_bytes()
    assert Family.AVATAR_VIDEO not in repr(paid.settings)
    assert key.get_secret_value() not in repr(paid)
