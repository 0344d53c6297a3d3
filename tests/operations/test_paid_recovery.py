"""What an audit broke: clocks that differ, lists without names, two machines, endless resends."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from elite8.cli.ordered import Queue
from elite8.core.domain.credit import EntryKind
from elite8.core.domain.job import Family, JobStatus
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import ConfigError, Elite8Error, OutOfCredits, Unavailable
from elite8.core.operations import collect, commission, deliver, fetch, holder, purse, recover
from elite8.core.operations.credits import reconcile
from elite8.core.operations.looked import LEASE, Looked
from elite8.core.production.a2e import A2E
from elite8.core.simulators.a2e import A2ESimulator
from elite8.core.storage import jobs, videos
from elite8.core.storage.database import Database
from elite8.core.studio import Studio
from tests.operations.orders import START, brief, order, quiet, speaker, sums

pytestmark = pytest.mark.media


@pytest.fixture
def miyuki(paid: Studio, clock: Any) -> commission.Avatar:
    return speaker(paid, clock)


@pytest.fixture(autouse=True)
def unfilmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Finish videos without filming them."""

    def light(studio: Studio, _job: object, video: Video, _show: object) -> Any:
        with studio.database.transaction() as session:
            videos.move(session, video, VideoStatus.GENERATED)
        with studio.database.transaction() as session:
            videos.move(session, video, VideoStatus.FINISHED, seconds=3.0, path="v.mp4")
        return deliver.made_of(video, 3.0, 0.0, ())

    monkeypatch.setattr(collect, "deliver", light)


def look(studio: Studio) -> Sequence[Looked]:
    return collect.look(studio, quiet)


def job_of(studio: Studio, ordered: commission.Ordered) -> Any:
    with studio.database.transaction() as session:
        return jobs.get(session, ordered.job)


def talking(a2e: A2ESimulator) -> int:
    return sum(START in start.endpoint for start in a2e.starts)


@pytest.mark.parametrize("minutes", [-300, -5, 5, 300])
def test_a_clock_that_is_wrong_doubles_nothing(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any, minutes: int
) -> None:
    wrong = replace(paid, clock=lambda: clock() + timedelta(minutes=minutes))
    a2e.misbehave("lost-after", at=START)
    order(wrong, miyuki)
    clock.advance(minutes=4)
    assert [one.state for one in look(wrong)] == ["made"]
    assert talking(a2e) == 1
    a2e.misbehave("lost-before", at=START)
    order(wrong, miyuki, seed=2)
    assert [one.state for one in look(wrong)] == ["lost"]
    clock.advance(minutes=4)
    assert [one.state for one in look(wrong)] == ["running"]
    assert talking(a2e) == 2
    wrong.a2e.close()


def test_a_clock_that_is_put_right_while_an_answer_is_lost_doubles_nothing(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    wrong = replace(paid, clock=lambda: clock() - timedelta(hours=2))
    a2e.misbehave("list-delay", at=START)
    a2e.misbehave("lost-after", at=START)
    order(wrong, miyuki)
    assert [one.state for one in look(paid)] == ["lost"]
    clock.advance(minutes=1)
    assert [one.state for one in look(paid)] == ["made"]
    assert talking(a2e) == 1
    wrong.a2e.close()


def test_one_task_without_a_name_is_the_one_lost_start(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("nameless", at=START)
    a2e.misbehave("lost-after", at=START)
    order(paid, miyuki)
    clock.advance(seconds=10)
    assert [one.state for one in look(paid)] == ["made"]
    assert sums(paid).balance == a2e.coins


def test_two_tasks_without_names_are_nobodys_until_a_person_says(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("nameless", at=START, times=2)
    a2e.misbehave("lost-after", at=START, times=2)
    first, second = order(paid, miyuki), order(paid, miyuki, seed=2)
    clock.advance(minutes=4)
    found = look(paid)
    assert [one.state for one in found] == ["uncertain", "uncertain"]
    assert "2 tasks at A2E could be it" in found[0].message
    assert talking(a2e) == 2
    with pytest.raises(ConfigError, match="shows no avatar_video task"):
        recover.decide(paid, first.job, "0" * 24)
    tasks = [start.task_id for start in a2e.starts if START in start.endpoint]
    recover.decide(paid, first.job, tasks[0])
    with pytest.raises(ConfigError, match="belongs to another job"):
        recover.decide(paid, second.job, tasks[0])
    recover.decide(paid, second.job, tasks[1])
    assert [one.state for one in look(paid)] == ["made", "made"]
    assert sums(paid).balance == a2e.coins


def test_the_ledger_is_not_adjusted_while_a_start_is_undecided(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar
) -> None:
    a2e.misbehave("lost-after", at=START)
    order(paid, miyuki)
    with pytest.raises(ConfigError, match="undecided"):
        reconcile(paid, told=None, accept=True)


@pytest.mark.parametrize("fault", ["502", "html", "lost-before"])
def test_a_start_that_never_arrives_is_sent_twice_and_no_more(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any, fault: str
) -> None:
    a2e.misbehave(fault, at=START, times=9)
    ordered = order(paid, miyuki)
    clock.advance(minutes=4)
    assert [one.state for one in look(paid)] == ["running"]
    clock.advance(minutes=4)
    (found,) = look(paid)
    assert found.state == "failed"
    assert "two starts never reached A2E" in found.message
    assert look(paid) == ()
    assert collect.standing(paid, ordered.job).state == "failed"
    assert (sums(paid).held, sums(paid).balance) == (0, a2e.coins)


def test_what_was_sent_anew_replaces_the_lost_start_in_one_step(
    paid: Studio,
    a2e: A2ESimulator,
    miyuki: commission.Avatar,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a2e.misbehave("lost-before", at=START)
    ordered = order(paid, miyuki)
    clock.advance(minutes=4)
    monkeypatch.setattr(purse, "hold", stop)
    with pytest.raises(KeyboardInterrupt):
        look(paid)
    monkeypatch.undo()
    assert job_of(paid, ordered).status == JobStatus.SENDING
    assert sums(paid).held == ordered.held


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_late_answer_of_a_start_that_was_given_up_is_kept_and_paid(
    paid: Studio,
    a2e: A2ESimulator,
    miyuki: commission.Avatar,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start = A2E.start
    slept: list[None] = []

    def asleep(line: A2E, *arguments: Any) -> Any:
        if not slept:
            slept.append(clock.advance(minutes=5))
            other = replace(paid)
            assert [one.state for one in look(other)] == ["running"]
            other.a2e.close()
        return start(line, *arguments)

    monkeypatch.setattr(A2E, "start", asleep)
    order(paid, miyuki)
    assert talking(a2e) == 2  # asleep between the last look at the clock and the line: not ours
    clock.advance(seconds=10)
    look(paid)
    with paid.database.transaction() as session:
        assert {start.task_id for start in a2e.starts} == jobs.task_ids(session)
    assert (sums(paid).held, sums(paid).balance) == (0, a2e.coins)


def test_a_clip_that_is_being_finished_is_left_alone(
    paid: Studio, miyuki: commission.Avatar, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order(paid, miyuki)
    clock.advance(seconds=10)
    other, seen = replace(paid), []
    whole = vars(collect)["deliver"]

    def watched(*arguments: Any) -> Any:
        seen.append(look(other))
        return whole(*arguments)

    monkeypatch.setattr(collect, "deliver", watched)
    assert [one.state for one in look(paid)] == ["made"]
    assert seen == [()]
    other.a2e.close()


def test_a_page_in_place_of_the_clip_closes_nothing(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    ordered = order(paid, miyuki)
    clock.advance(seconds=10)
    a2e.misbehave("html", at=".mp4")
    (found,) = look(paid)
    assert found.state == "running"
    assert "not a whole video" in found.message
    assert job_of(paid, ordered).status == JobStatus.RUNNING
    assert [one.state for one in look(paid)] == ["made"]


def test_a_clip_that_was_lost_here_is_fetched_again(
    paid: Studio, miyuki: commission.Avatar, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = order(paid, miyuki)
    clock.advance(seconds=10)
    light = vars(collect)["deliver"]
    monkeypatch.setattr(collect, "deliver", full_disk)
    (found,) = look(paid)
    assert "the paid clip is kept" in found.message
    Path(job_of(paid, ordered).result).unlink()
    monkeypatch.setattr(collect, "deliver", light)
    assert [one.state for one in look(paid)] == ["made"]
    assert Path(job_of(paid, ordered).result).exists()


@pytest.mark.parametrize("store", [True, False])
def test_another_machine_finishes_a_clip_that_a2e_gives_no_more(  # noqa: PLR0913, PLR0917
    paid: Studio,
    a2e: A2ESimulator,
    miyuki: commission.Avatar,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    store: bool,
) -> None:
    url = f"file://{tmp_path}/share" if store else ""
    paid = replace(paid, settings=paid.settings.model_copy(update={"media_url": url}))
    ordered = order(paid, miyuki)
    clock.advance(seconds=10)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(collect, "deliver", full_disk)
        look(paid)
    a2e.misbehave("truncated-video", times=20)
    Path(job_of(paid, ordered).result).unlink()
    (found,) = look(paid)
    assert found.state == ("made" if store else "running")


def full_disk(*_: object) -> None:
    raise ConfigError("no room")


def test_a_failed_task_whose_credits_are_kept_is_paid_and_said(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("failed", at=START)
    order(paid, miyuki)
    clock.advance(seconds=10)
    assert "not given back" not in look(paid)[0].message
    a2e.misbehave("failed-kept", at=START)
    order(paid, miyuki, seed=2)
    clock.advance(seconds=10)
    assert [one.state for one in look(paid)] == ["running"]
    clock.advance(minutes=1)
    (found,) = look(paid)
    assert found.state == "failed"
    assert "not given back so far: elite8 credits reconcile" in found.message
    assert (sums(paid).held, sums(paid).balance) == (0, a2e.coins)


def test_a_refund_that_is_booked_a_little_later_is_waited_for(
    paid: Studio,
    a2e: A2ESimulator,
    miyuki: commission.Avatar,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a2e.misbehave("failed", at=START)
    order(paid, miyuki)
    clock.advance(seconds=10)
    with monkeypatch.context() as before:
        before.setattr(A2E, "charges", lambda *_: ())
        for _ in range(3):
            (found,) = look(paid)
            assert (found.state, "looked at again" in found.message) == ("running", True)
            clock.advance(seconds=10)
    assert [one.state for one in look(paid)] == ["failed"]
    assert (sums(paid).held, sums(paid).balance) == (0, a2e.coins)


def test_a_fault_in_one_job_stops_no_other(
    paid: Studio, miyuki: commission.Avatar, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = order(paid, miyuki), order(paid, miyuki, seed=2)
    clock.advance(seconds=10)
    whole = vars(collect)["deliver"]

    def faulty(studio: Studio, job: Any, video: Video, show: Any) -> Any:
        if job.id == first.job:
            raise RuntimeError("a bug of ours")
        return whole(studio, job, video, show)

    monkeypatch.setattr(collect, "deliver", faulty)
    with pytest.raises(RuntimeError, match="a bug of ours"):
        look(paid)
    assert collect.standing(paid, second.job).state == "made"


def test_a_task_past_its_deadline_takes_no_room_and_can_be_given_up(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    allowed = paid.config.tariff.limits.tasks_in_flight
    a2e.misbehave("stuck", at=START, times=allowed)
    ordered = [order(paid, miyuki, seed=number) for number in range(1, allowed + 1)]
    assert not commission.room(paid)
    clock.advance(days=5)
    assert commission.room(paid)
    assert "--absent" in look(paid)[0].message
    recover.decide(paid, ordered[0].job, "")
    assert job_of(paid, ordered[0]).status == JobStatus.FAILED
    assert len(look(paid)) == allowed - 1


def run(queue: Queue, clock: Any, *, rounds: int = 20) -> None:
    for _ in range(rounds):
        queue.collect(quiet)
        queue.order(quiet)
        clock.advance(seconds=30)


def queue_of(studio: Studio) -> tuple[Queue, list[Any], list[Elite8Error]]:
    made: list[Any] = []
    problems: list[Elite8Error] = []
    return Queue(studio, [brief(studio)], made, problems), made, problems


@pytest.mark.usefixtures("miyuki")
def test_who_waits_sees_what_another_process_collected(paid: Studio, clock: Any) -> None:
    queue, made, problems = queue_of(paid)
    queue.order(quiet)
    clock.advance(seconds=10)
    other = replace(paid)
    assert [one.state for one in look(other)] == ["made"]
    run(queue, clock, rounds=1)
    assert not queue.is_busy(wait=True)
    assert (len(made), problems) == (1, [])
    other.a2e.close()


def test_an_avatar_that_is_never_done_is_not_waited_for_for_ever(
    paid: Studio, a2e: A2ESimulator, clock: Any
) -> None:
    a2e.misbehave("stuck", at="startTraining")
    queue, _, problems = queue_of(paid)
    queue.order(quiet)
    assert queue.is_busy(wait=True)
    clock.advance(days=1)
    run(queue, clock, rounds=3)
    assert not queue.is_busy(wait=True)
    assert "past its deadline" in str(problems[0])


def test_what_has_no_room_is_said_when_nobody_waits(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar
) -> None:
    a2e.misbehave("stuck", at=START, times=9)
    for number in range(paid.config.tariff.limits.tasks_in_flight):
        order(paid, miyuki, seed=number)
    queue, _, problems = queue_of(paid)
    queue.order(quiet)
    assert not queue.is_busy(wait=False)
    queue.say_what_waits()
    assert "as many tasks of ours as it takes" in str(problems[0])


def test_a_quote_of_nothing_is_no_quote(paid: Studio, miyuki: commission.Avatar) -> None:
    class Free(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("/quote"):
                return httpx.Response(200, json={"code": 0, "data": {"coins": 0}})
            assert paid.transport
            return paid.transport.handle_request(request)

    cheap = replace(paid, transport=Free())
    assert order(cheap, miyuki).held > 0
    cheap.a2e.close()


def test_two_machines_whose_clocks_differ_go_by_the_databases(
    paid: Studio, miyuki: commission.Avatar, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = order(paid, miyuki)
    fast = replace(paid, clock=lambda: clock() + timedelta(hours=1))
    monkeypatch.setattr(Database, "ahead", lambda _: clock() - fast.clock())
    with paid.database.transaction() as session:
        now = clock()
        assert jobs.claim(session, ordered.job, holder="x:1:a", now=now, lease=LEASE)
    assert look(fast) == ()
    fast.a2e.close()


def test_the_day_an_order_is_refused_names_its_job_no_more(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("lost-before", at=START)
    ordered = order(paid, miyuki)
    clock.advance(minutes=4)
    with paid.database.transaction() as session:
        purse.enter(session, clock(), EntryKind.ADJUST, -a2e.coins, "all gone")
    (found,) = look(paid)
    assert found.state == "failed"
    assert isinstance(found.error, OutOfCredits)
    assert job_of(paid, ordered).status == JobStatus.FAILED
    assert sums(paid).held == 0


def test_a_holder_is_dead_only_where_its_process_would_be_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = holder.new_holder()
    assert len(mine) <= 64
    assert not holder.is_dead(mine)
    machine = mine.partition(":")[0]
    gone = f"{machine}:{2**22 + 1}:00000000"
    assert holder.is_dead(gone)
    monkeypatch.setattr(holder, "machine", lambda: "another")
    assert not holder.is_dead(gone)


def test_the_order_that_replaces_another_says_which(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("lost-before", at=START)
    ordered = order(paid, miyuki)
    clock.advance(minutes=4)
    look(paid)
    with paid.database.transaction() as session:
        latest = jobs.latest(session, ordered.job)
    assert latest
    assert latest.follows == ordered.job
    assert json.loads(latest.request)["lines"]


def test_a_start_that_is_lost_while_a2e_is_down_is_only_said(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("lost-before", at=START)
    order(paid, miyuki)
    clock.advance(minutes=4)
    a2e.misbehave("502", at="awsList", times=4)
    a2e.misbehave("502", at="video", times=40)
    (found,) = look(paid)
    assert isinstance(found.error, Unavailable)
    assert talking(a2e) == 0


def test_a_wait_between_intent_and_start_does_not_hasten_the_verdict(
    paid: Studio,
    a2e: A2ESimulator,
    miyuki: commission.Avatar,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send = commission.send

    def waited(*arguments: Any) -> None:
        clock.advance(minutes=4)
        send(*arguments)

    monkeypatch.setattr(commission, "send", waited)
    a2e.misbehave("list-delay", at=START)
    a2e.misbehave("lost-after", at=START)
    order(paid, miyuki)
    assert [one.state for one in look(paid)] == ["lost"]
    clock.advance(minutes=1)
    assert [one.state for one in look(paid)] == ["made"]
    assert talking(a2e) == 1


def test_a_strangers_task_of_before_is_not_adopted(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("nameless", at=START)
    ordered = order(paid, miyuki)
    with paid.database.transaction() as session:
        job = jobs.get(session, ordered.job)
        assert job
        job.task_id, job.status, job.video_id = "", JobStatus.FAILED, ""
    clock.advance(seconds=100)
    a2e.misbehave("lost-before", at=START)
    order(paid, miyuki, seed=2)
    clock.advance(minutes=4)
    assert [one.state for one in look(paid)] == ["uncertain"]


@pytest.mark.parametrize("state", ["refused", "paid for nothing"])
def test_a_job_and_its_video_end_together(  # noqa: PLR0913, PLR0917
    paid: Studio,
    a2e: A2ESimulator,
    miyuki: commission.Avatar,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
) -> None:
    if state == "refused":
        monkeypatch.setattr(commission, "fail_video", stop)
        a2e.misbehave("no-credits", at=START)
        with pytest.raises(KeyboardInterrupt):
            order(paid, miyuki)
    else:
        a2e.misbehave("failed-kept", at=START)
        order(paid, miyuki)
        clock.advance(seconds=10)
        look(paid)
        clock.advance(minutes=1)
        monkeypatch.setattr(fetch, "fail_video", stop)
        with pytest.raises(KeyboardInterrupt):
            look(paid)
    with paid.database.transaction() as session:
        (job,) = [one for one in jobs.sent(session) if one.video_id]
        video = videos.get(session, job.video_id)
        assert video
        assert (job.status in {"sending", "running"}, video.status) == (True, "generating")


def test_a_page_in_place_of_a_picture_is_no_picture(
    paid: Studio, a2e: A2ESimulator, clock: Any
) -> None:
    commission.order_portrait(paid, paid.config.roster.named("jin"))
    clock.advance(seconds=10)
    a2e.misbehave("html", at=".png")
    (found,) = look(paid)
    assert (found.state, "not a picture" in found.message) == ("running", True)
    assert [one.state for one in look(paid)] == ["ready"]


def test_a_late_answer_makes_the_video_wanted_again(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("lost-after", at=START)
    ordered = order(paid, miyuki)
    with paid.database.transaction() as session:
        job = jobs.get(session, ordered.job)
        assert job
        commission.close(session, clock(), job, "given up elsewhere")
        commission.fail_video(session, job, "given up elsewhere")
    lost = job_of(paid, ordered)
    lost.status = JobStatus.SENDING
    clock.advance(seconds=10)
    task = paid.a2e.find(Family.AVATAR_VIDEO, lost.name, lost.began)
    assert task
    commission.keep_task(paid, lost, task, "trace")
    assert [one.state for one in look(paid)] == ["made"]
    assert sums(paid).balance == a2e.coins


def test_an_avatar_that_failed_elsewhere_is_not_ordered_again_and_again(
    paid: Studio, a2e: A2ESimulator, clock: Any
) -> None:
    a2e.misbehave("failed", at="startTraining", times=9)
    queue, _, problems = queue_of(paid)
    other = replace(paid)
    for _ in range(5):
        queue.order(quiet)
        clock.advance(seconds=10)
        look(other)
    assert len(a2e.starts) == 1
    assert "avatar could not be made" in str(problems[0])
    other.a2e.close()


def test_a_clock_a_year_ahead_grants_nothing(paid: Studio, a2e: A2ESimulator, clock: Any) -> None:
    assert credits_now(paid) == a2e.coins
    wrong = replace(paid, clock=lambda: clock() + timedelta(days=365))
    assert credits_now(wrong) == a2e.coins
    wrong.a2e.close()


def credits_now(studio: Studio) -> int:
    from elite8.core.operations.credits import overview

    return overview(studio, ask=True).balance


@pytest.mark.usefixtures("miyuki")
def test_an_adjustment_is_entered_once_though_two_accept(
    paid: Studio, a2e: A2ESimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    a2e.spend(20, "elsewhere")
    charges = A2E.charges
    others: list[int] = []

    def meanwhile(line: A2E, since: Any) -> Any:
        if not others:
            others.append(1)
            reconcile(paid, told=None, accept=True)
        return charges(line, since)

    monkeypatch.setattr(A2E, "charges", meanwhile)
    with pytest.raises(Unavailable, match="credits moved"):
        reconcile(paid, told=None, accept=True)
    assert sums(paid).balance == a2e.coins


def test_nothing_decides_about_a_job_nobody_named(
    paid: Studio, a2e: A2ESimulator, clock: Any
) -> None:
    a2e.misbehave("stuck")
    commission.order_portrait(paid, paid.config.roster.named("jin"))
    clock.advance(days=1)
    with pytest.raises(ConfigError, match="no uncertain or overdue job"):
        recover.decide(paid, "", "")


def test_an_overdue_task_cannot_be_swapped_for_another(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("stuck", at=START)
    ordered = order(paid, miyuki)
    clock.advance(days=1)
    with pytest.raises(ConfigError, match="give it up with --absent"):
        recover.decide(paid, ordered.job, "another")


def test_a_clip_that_cannot_be_made_a_video_can_be_given_up(
    paid: Studio, miyuki: commission.Avatar, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = order(paid, miyuki)
    clock.advance(seconds=10)
    monkeypatch.setattr(collect, "deliver", full_disk)
    look(paid)
    clock.advance(days=1)
    paid_for = sums(paid).balance
    recover.decide(paid, ordered.job, "")
    assert collect.standing(paid, ordered.job).state == "failed"
    assert look(paid) == ()
    assert sums(paid).balance == paid_for


def test_a_lease_given_by_a_wrong_clock_ends(
    paid: Studio, miyuki: commission.Avatar, clock: Any
) -> None:
    ordered = order(paid, miyuki)
    with paid.database.transaction() as session:
        later = clock() + timedelta(days=400)
        assert jobs.claim(session, ordered.job, holder="x:1:a", now=later, lease=LEASE)
    clock.advance(seconds=10)
    assert [one.state for one in look(paid)] == ["made"]


def test_an_uncertain_order_is_named_with_its_error(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("lost-before", at=START)
    order(paid, miyuki)
    a2e.spend(5, "something of somebody else's")
    clock.advance(minutes=4)
    (found,) = look(paid)
    assert "generate settle" in str(found.error)
    (again,) = collect.survey(paid, quiet)
    assert (again.state, again.job) == ("uncertain", found.job)


def test_a_hiccup_while_sending_anew_ends_nothing(
    paid: Studio, a2e: A2ESimulator, miyuki: commission.Avatar, clock: Any
) -> None:
    a2e.misbehave("lost-before", at=START)
    ordered = order(paid, miyuki)
    clock.advance(minutes=4)
    a2e.misbehave("html", at="remainingCoins")
    look(paid)
    assert job_of(paid, ordered).status == JobStatus.SENDING
    assert [one.state for one in look(paid)] == ["running"]
