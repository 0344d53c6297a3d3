"""Jobs and credits, on SQLite and on PostgreSQL."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from elite8.core.domain.credit import EntryKind, new_entry
from elite8.core.domain.job import Family, Job, JobStatus, new_job
from elite8.core.domain.video import VideoStatus, new_video
from elite8.core.errors import Unavailable
from elite8.core.storage import jobs, ledger, videos
from elite8.core.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=15)


def a_job(video_id: str = "", family: Family = Family.AVATAR_VIDEO, **facts: object) -> Job:
    made = new_job(
        now=NOW,
        there=NOW,
        family=family,
        character_id="miyuki",
        video_id=video_id,
        request="{}",
        request_sha256="",
        held=15,
        priced=15,
        deadline_at=NOW + timedelta(minutes=30),
        holder="",
        held_until=NOW - timedelta(seconds=1),
    )
    for name, value in facts.items():
        setattr(made, name, value)
    return made


def keep(database: Database, job: Job) -> str:
    with database.transaction() as session:
        jobs.add(session, job)
        return job.id


def claim(database: Database, job_id: str, holder: str, now: datetime = NOW) -> Job | None:
    with database.transaction() as session:
        return jobs.claim(session, job_id, holder=holder, now=now, lease=LEASE)


def test_a_job_is_held_by_one_until_its_lease_ends_or_it_is_let_go(database: Database) -> None:
    job_id = keep(database, a_job())
    mine = claim(database, job_id, "me")
    assert mine
    assert claim(database, job_id, "other") is None
    with database.transaction() as session:
        jobs.let_go(session, mine, word="pending")
    other = claim(database, job_id, "other")
    assert other
    assert other.word == "pending"
    assert claim(database, job_id, "third", NOW + LEASE * 2)


def test_who_waited_for_its_turn_takes_no_job_of_who_was_first(database: Database) -> None:
    """It read the clock before the other's claim began; a clock that was wrong is far off."""
    job_id = keep(database, a_job())
    assert claim(database, job_id, "first", NOW + timedelta(milliseconds=3))
    assert claim(database, job_id, "waited") is None
    assert claim(database, job_id, "later", NOW - LEASE * 2), "a day that was wrong holds nothing"


def test_who_lost_the_claim_writes_nothing(database: Database) -> None:
    job_id = keep(database, a_job())
    slow = claim(database, job_id, "slow")
    assert slow
    assert claim(database, job_id, "quick", NOW + LEASE * 2)
    with pytest.raises(Unavailable, match="another process"), database.transaction() as session:
        jobs.move(session, slow, JobStatus.FAILED)
    with database.transaction() as session:
        kept = jobs.get(session, job_id)
        assert kept
        assert (kept.status, kept.claimed_by) == (JobStatus.SENDING, "quick")


def test_the_claims_of_the_dead_are_freed(database: Database) -> None:
    job_id = keep(database, a_job())
    assert claim(database, job_id, "dead")
    with database.transaction() as session:
        assert list(jobs.holders(session)) == ["dead"]
        jobs.free(session, {"dead"})
    assert claim(database, job_id, "me")


@pytest.mark.parametrize(
    ("start", "target"),
    [
        (JobStatus.COLLECTED, JobStatus.RUNNING),
        (JobStatus.FAILED, JobStatus.SENDING),
        (JobStatus.UNCERTAIN, JobStatus.COLLECTED),
    ],
)
def test_no_job_goes_back_to_being_sent(
    database: Database, start: JobStatus, target: JobStatus
) -> None:
    job = a_job(status=start)
    keep(database, job)
    with pytest.raises(ValueError, match="cannot become"), database.transaction() as session:
        jobs.move(session, job, target)


def test_only_unfinished_work_is_looked_at(database: Database) -> None:
    video = new_video(
        now=NOW,
        character_id="miyuki",
        engine="a2e",
        language="en",
        content_type="dance",
        topic="",
        title="",
        script="",
        seed=1,
        asked_seconds=None,
    )
    video.status = VideoStatus.GENERATING
    with database.transaction() as session:
        videos.add(session, video)
    running = keep(database, a_job(status=JobStatus.RUNNING))
    fetched = keep(database, a_job(video.id, status=JobStatus.COLLECTED))
    keep(database, a_job(status=JobStatus.COLLECTED))
    keep(database, a_job(status=JobStatus.FAILED))
    unsure = keep(database, a_job(status=JobStatus.UNCERTAIN))
    with database.transaction() as session:
        assert [job.id for job in jobs.in_work(session)] == [running, fetched]
        assert [job.id for job in jobs.uncertain(session)] == [unsure]
        assert jobs.in_flight(session, "a2e", NOW) == 1
        assert jobs.in_flight(session, "a2e", NOW + timedelta(hours=1)) == 0
        assert jobs.charged(session) == 15


def test_a_name_belongs_to_one_job(database: Database) -> None:
    keep(database, a_job(name="e8-same"))
    with pytest.raises(IntegrityError):
        keep(database, a_job(name="e8-same"))


def test_an_entry_is_made_once(database: Database) -> None:
    def settled() -> bool:
        entry = new_entry(
            now=NOW, account="a2e", kind=EntryKind.SETTLE, amount=-15, reference="job"
        )
        with database.transaction() as session:
            return ledger.enter(session, entry)

    assert settled()
    assert not settled()
    with database.transaction() as session:
        assert ledger.sums(session, "a2e").settled == 15


def test_the_database_itself_refuses_a_wrong_sign_and_a_second_entry(database: Database) -> None:
    def entry(amount: int) -> object:
        made = new_entry(now=NOW, account="a2e", kind=EntryKind.SETTLE, amount=-15, reference="job")
        made.amount = amount
        return made

    def keep_all(*rows: object) -> None:
        with database.transaction() as session:
            session.add_all(rows)

    for rows in ([entry(15)], [entry(-15), entry(-15)]):
        with pytest.raises(IntegrityError):
            keep_all(*rows)


def test_orders_wait_for_each_other_at_the_ledger(database: Database) -> None:
    began = threading.Barrier(2)
    entered: list[tuple[str, int]] = []

    def order(name: str) -> None:
        began.wait()
        with database.transaction() as session:
            ledger.lock(session, "a2e")
            assert ledger.opened_at(session, "a2e") is None
            before = len(entered)
            time.sleep(0.05)
            entered.append((name, before))

    threads = [threading.Thread(target=order, args=(name,)) for name in "AB"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [before for _, before in entered] == [0, 1]


def test_the_same_grant_entered_at_once_by_two_is_one_entry(database: Database) -> None:
    began = threading.Barrier(2)
    new: list[bool] = []

    def grant() -> None:
        entry = new_entry(
            now=NOW, account="a2e", kind=EntryKind.DAILY, amount=60, reference="2026-11-23"
        )
        began.wait()
        with database.transaction() as session:
            new.append(ledger.enter(session, entry))
            time.sleep(0.05)

    threads = [threading.Thread(target=grant) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new) == [False, True]


def test_a_lost_start_that_began_after_all_is_reopened_once(database: Database) -> None:
    closed = keep(database, a_job(status=JobStatus.FAILED))
    with database.transaction() as session:
        assert jobs.begun_after_all(session, closed, "task", coins=4)
        assert not jobs.begun_after_all(session, closed, "other")
    with database.transaction() as session:
        found = jobs.get(session, closed)
        assert found
        assert (found.status, found.task_id, found.coins) == ("running", "task", 4)


def test_the_databases_clock_is_near_this_machines(database: Database) -> None:
    assert abs(database.ahead()) < timedelta(seconds=5)
