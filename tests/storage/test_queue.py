"""What is handed out: queued once, done by one, taken back from the dead. On a real PostgreSQL."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import SQLModel

from elite8.core.domain.shard import WHOLE, Shard, parsed, parts
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.operations import dispatch, leading, tasks
from elite8.core.operations.task import Task
from elite8.core.storage import queue, serving, workers
from elite8.core.storage.database import Database
from elite8.core.storage.serving import Serving, take_back, working
from elite8.core.studio import Studio
from elite8.daemon import Daemon
from elite8.worker import Worker

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parents[2]
ONE = (WHOLE,)
SOON = 30.0
"""Seconds to wait for what takes a hundredth of one."""


@pytest.fixture(scope="module")
def shared_store(postgres: Callable[[str], str]) -> Iterator[Database]:
    opened = Database(postgres("handed_out"))
    queue.prepare(opened)
    yield opened
    opened.close()


@pytest.fixture
def store(shared_store: Database) -> Database:
    """The same database for all these tests, emptied."""
    with shared_store.engine.begin() as line:
        line.execute(text("TRUNCATE worker, lease, tick"))
        line.execute(text("TRUNCATE elite8_queue.procrastinate_jobs CASCADE"))
        line.execute(text("TRUNCATE elite8_queue.procrastinate_workers CASCADE"))
    return shared_store


@pytest.fixture
def far(studio: Studio, store: Database) -> Studio:
    """The studio, its rows in PostgreSQL."""
    url = SecretStr(store.url.render_as_string(hide_password=False))
    moved = replace(studio, settings=studio.settings.model_copy(update={"database_url": url}))
    vars(moved)["database"] = store
    return moved


def jobs(store: Database, what: str = "queue_name || ' ' || status") -> list[Any]:
    with store.engine.connect() as line:
        asked = f"SELECT {what} FROM elite8_queue.procrastinate_jobs ORDER BY id"  # noqa: S608
        return list(line.scalars(text(asked)))


@dataclass
class Hands:
    """Does what it is given, and waits in each part until it may go on."""

    may_end: threading.Event = field(default_factory=threading.Event)
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    ended: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    did: list[str] = field(default_factory=list)
    most: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def do(self, task: str, part: str) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.did.append(f"{task} {part}")
        self.begun.release()
        assert self.may_end.wait(SOON)
        with self._lock:
            self._now -= 1
        self.ended.release()


@contextmanager
def at_work(store: Database, hands: Hands, *queues: str) -> Iterator[Serving]:
    given = {"database": store, "name": "w", "queues": queues, "at_once": 2, "do": hands.do}
    jobs = Serving(**given, may_sweep=lambda: True)  # type: ignore[arg-type]  # as they are
    thread = threading.Thread(target=jobs.run)
    thread.start()
    try:
        yield jobs
    finally:
        hands.may_end.set()
        jobs.stop()
        thread.join(SOON)
        assert not thread.is_alive()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "LOOK", 0.05)
    monkeypatch.setattr(serving, "AGAIN", 0.05)


def there(studio: Studio, *queues: str) -> None:
    dispatch.beat(studio, leading.new_leader(), queues, 4, studio.clock())


def task(name: str, spread: int, did: str = "") -> Task:
    return Task(name=name, cron="* * * * *", help="", run=lambda *_, **__: did, spread=spread)


def test_a_part_that_waits_is_queued_once(far: Studio) -> None:
    there(far, "publish")
    publish = task("publish", 8)
    assert dispatch.hand_out(far, publish) == "handed to a worker in 8 parts"
    assert dispatch.hand_out(far, publish) == ""
    assert jobs(far.database) == ["publish todo"] * 8
    assert set(jobs(far.database, "lock")) == {f"publish {n}/8" for n in range(1, 9)}
    carried = jobs(far.database, "args::text")
    assert all(set(eval(one)) == {"task", "shard"} for one in carried), "a name, never a state"  # noqa: S307


@pytest.mark.parametrize("minutes", [-10, 10])
def test_by_a_clock_that_is_wrong_no_worker_begins(
    far: Studio, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """Else what is due at nine would go out when that machine says it is nine."""
    monkeypatch.setattr(Database, "ahead", lambda _: timedelta(minutes=minutes))
    with pytest.raises(ConfigError, match=r"clock is 600 s (ahead of|behind) the database's"):
        Worker(far).start()
    assert dispatch.known(far) == ()


def test_a_machine_takes_nothing_that_it_has_no_settings_for(far: Studio) -> None:
    """Else what was paid for would be fetched by nobody, and each tick be well."""
    able = dispatch.served(far, ())
    assert {*tasks.TASKS} > {*able} >= {"publish", "generate", "measure"}
    assert not {"collect", "mail"} & {*able}
    assert dispatch.served(far, ("collect", "publish")) == ("publish",)
    with pytest.raises(ConfigError, match="no settings for collect"):
        dispatch.served(far, ("collect",))
    own = {"a2e_api_key": SecretStr("k"), "smtp_host": "mail.example"}
    full = replace(far, settings=far.settings.model_copy(update=own))
    assert dispatch.served(full, ()) == ()
    assert dispatch.served(full, ("collect",)) == ("collect",)


def test_letters_that_came_back_here_are_read_here(far: Studio, tmp_path: Path) -> None:
    there(far)
    mail = tasks.named("mail")
    own = far.settings.model_copy(update={"bounces_path": tmp_path / "Maildir"})
    home = replace(far, settings=own)
    vars(home)["database"] = far.database
    assert dispatch.hand_out(home, mail) == "handed to a worker"
    (tmp_path / "Maildir" / "new").mkdir(parents=True)
    (tmp_path / "Maildir" / "new" / "1").write_bytes(b"Subject: no\n\n")
    assert dispatch.hand_out(home, mail) is None
    assert dispatch.hand_out(far, mail) == "", "one waits for a worker already"


def test_what_nobody_is_there_for_the_leader_does(far: Studio) -> None:
    assert dispatch.hand_out(far, task("collect", 1)) is None
    there(far, "publish", "measure")
    assert dispatch.hand_out(far, task("collect", 1)) is None
    assert dispatch.hand_out(far, task("report", 0)) is None
    far.clock.advance(minutes=2)  # type: ignore[attr-defined]  # the test's clock
    assert dispatch.hand_out(far, task("publish", 8)) is None, "not heard of any more"
    (lost,) = dispatch.known(far)
    assert (lost.there, lost.tasks) == (False, ("publish", "measure"))
    ticking = Daemon(far)
    ticking.tick(task("collect", 1, did="3 collected"))
    assert ticking.last.endswith("3 collected")
    assert jobs(far.database) == []


def test_on_sqlite_the_leader_does_it_itself(studio: Studio) -> None:
    there(studio, "publish")
    ticking = Daemon(studio)
    ticking.tick(task("publish", 8, did="1 published"))
    assert ticking.last.endswith("1 published")


def test_the_leader_hands_out_and_a_worker_does_it(
    far: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()

    def collect(_studio: Studio) -> str:
        done.set()
        return "1 collected"

    mine = replace(task("collect", 1), run=collect)
    monkeypatch.setattr(tasks, "TASKS", {**tasks.TASKS, "collect": mine})
    working = Worker(far, ("collect",))
    working.start()
    try:
        while not any(one.there for one in dispatch.known(far)):
            working.stopping.wait(0.01)
        ticking = Daemon(far)
        ticking.tick(mine)
        assert ticking.last.endswith("handed to a worker")
        assert done.wait(SOON)
    finally:
        ended = working.stop()
    assert ended
    assert working.did == {"collect": 1}
    assert dispatch.known(far) == ()
    assert jobs(far.database) == []


def test_who_has_ended_does_not_say_once_more_that_it_is_there(
    far: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the leader would hand out to nobody, and do it itself only at its next tick."""
    beat, says = dispatch.beat, threading.Event()

    def slowly(*given: Any) -> None:
        says.set()
        time.sleep(0.5)
        beat(*given)

    monkeypatch.setattr(dispatch, "beat", slowly)
    working = Worker(far)
    working.start()
    assert says.wait(SOON)
    working.stop()
    working._begun.join(SOON)
    assert dispatch.known(far) == ()


def test_a_worker_stays_loaded_with_what_it_does_often(
    far: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    did: list[str] = []

    def run(_studio: Studio, shard: Shard = WHOLE) -> str:
        did.append(str(shard))
        return "1 published"

    wanted: Callable[..., bool] = lambda _studio, shard=WHOLE: shard.number != 3  # noqa: E731
    mine = replace(task("publish", 8), run=run, wanted=wanted, stays=True)
    monkeypatch.setattr(tasks, "TASKS", {**tasks.TASKS, "publish": mine})
    monkeypatch.setattr("elite8.children.Children.apart", lambda *_: pytest.fail("a process"))
    working = Worker(far)
    working.do("publish", "2/8")
    working.do("publish", "3/8")
    assert (did, working.failures) == (["2/8"], {})


def test_a_fault_is_told_and_the_worker_goes_on(
    far: Studio, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = replace(task("collect", 1), run=lambda _studio: str(1 // 0))
    monkeypatch.setattr(tasks, "TASKS", {**tasks.TASKS, "collect": broken})
    working = Worker(far)
    working.do("collect", "1/1")
    working.do("nonsense", "1/1")
    assert working.failures == {"collect": 1, "nonsense": 1}
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_a_stop_waits_for_what_runs(store: Database) -> None:
    hands = Hands()
    queue.hand_out(store, "publish", parts(4))
    with at_work(store, hands, "publish") as jobs_of:
        assert hands.begun.acquire(timeout=SOON)
        assert hands.begun.acquire(timeout=SOON)
        jobs_of.stop()
    assert len(hands.did) == 2, "at once two, and no more after the stop"
    assert jobs(store) == ["publish todo"] * 2


def test_two_workers_never_do_the_same_part_at_once(store: Database) -> None:
    hands = Hands()
    with at_work(store, hands), at_work(store, hands):
        queue.hand_out(store, "collect", ONE)
        assert hands.begun.acquire(timeout=SOON)
        assert queue.hand_out(store, "collect", ONE) == 1, "one runs, one may wait"
        assert not hands.begun.acquire(timeout=0.3)
        hands.may_end.set()
        assert hands.begun.acquire(timeout=SOON)
    assert (hands.most, hands.did) == (1, ["collect 1/1"] * 2)


def test_a_worker_does_its_own_tasks_only(store: Database) -> None:
    hands = Hands()
    hands.may_end.set()
    queue.hand_out(store, "generate", ONE)
    queue.hand_out(store, "measure", ONE)
    with at_work(store, hands, "measure"):
        assert hands.ended.acquire(timeout=SOON)
    assert (hands.did, jobs(store)) == (["measure 1/1"], ["generate todo"])


CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid != pg_backend_pid() AND datname = current_database()
"""
ENDED = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id)
VALUES ('x', 'part', 'collect', 'doing', :number)
"""
DOOMED = """
import sys, time
from elite8.core.storage.database import Database
from elite8.core.storage.serving import Serving

def do(task, part):
    print(task, part, flush=True)
    time.sleep(60)

Serving(database=Database(sys.argv[1]), name="w", queues=(), at_once=1, do=do,
        may_sweep=lambda: False).run()
"""


def test_what_a_killed_worker_held_is_done_by_another(store: Database) -> None:
    queue.hand_out(store, "collect", ONE)
    url = store.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", DOOMED, url],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as doomed:
        assert doomed.stdout
        assert doomed.stdout.readline() == "collect 1/1\n"
        doomed.send_signal(signal.SIGKILL)
    queue.hand_out(store, "collect", ONE)
    assert swept(store) == 0, "it may be alive"
    assert jobs(store) == ["collect doing", "collect todo"]
    minute_passes(store)
    assert swept(store) == 1
    assert jobs(store) == ["collect todo"], "the next one waited already: one is enough"
    assert jobs(store, "worker_id") == [None]
    hands = Hands()
    hands.may_end.set()
    with at_work(store, hands):
        assert hands.ended.acquire(timeout=SOON)
    assert hands.did == ["collect 1/1"]


def test_a_part_without_a_next_one_is_queued_anew(store: Database) -> None:
    queue.hand_out(store, "collect", ONE)
    with store.engine.begin() as line:
        line.execute(text("SET LOCAL search_path TO elite8_queue"))
        line.execute(text("SELECT procrastinate_register_worker_v1()"))
        taken = "SELECT procrastinate_fetch_job_v2(NULL, max(id)) FROM procrastinate_workers"
        line.execute(text(taken))
    assert jobs(store) == ["collect doing"]
    minute_passes(store)
    assert (swept(store), jobs(store), swept(store)) == (1, ["collect todo"], 0)


def swept(store: Database) -> int:
    async def sweep() -> int:
        app = working(store, 1, lambda *_: None)
        async with app.open_async():
            return await take_back(app)

    return asyncio.run(sweep())


def minute_passes(store: Database) -> None:
    with store.engine.begin() as line:
        asked = "UPDATE elite8_queue.procrastinate_workers SET last_heartbeat = last_heartbeat - "
        line.execute(text(f"{asked} interval '1 minute'"))


def test_what_ended_while_the_store_was_away_is_not_held_for_good(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "BEAT", 0.3)
    hands = Hands()
    hands.may_end.set()
    with at_work(store, hands) as alive:
        while alive._worker is None or alive._worker.worker_id is None:
            hands.begun.acquire(timeout=0.01)
        number = alive._worker.worker_id
        with store.engine.begin() as line:  # as one whose end was lost
            line.execute(text("SET LOCAL search_path TO elite8_queue"))
            ended = (
                "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id)"
            )
            line.execute(text(f"{ended} VALUES ('x', 'part', 'collect', 'doing', {number})"))
        queue.hand_out(store, "collect", ONE)
        assert hands.ended.acquire(timeout=SOON), "the lock of its part is free again"
    assert jobs(store) == []


def test_one_worker_at_a_time_looks_for_the_dead(far: Studio) -> None:
    one, other = leading.new_leader(), leading.new_leader()
    assert dispatch.may_sweep(far, one)
    assert not dispatch.may_sweep(far, other)
    dispatch.gone(far, one)
    assert dispatch.may_sweep(far, other)


def test_a_store_that_goes_away_is_waited_for(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "BEAT", 0.5)
    hands = Hands()
    with at_work(store, hands):
        queue.hand_out(store, "collect", ONE)
        assert hands.begun.acquire(timeout=SOON)
        with store.engine.connect() as line:
            line.execute(text(CUT))
        hands.may_end.set()  # its end may not be written
        assert hands.ended.acquire(timeout=SOON)
        queue.hand_out(store, "collect", ONE)
        assert hands.ended.acquire(timeout=SOON)
    assert hands.did == ["collect 1/1"] * 2


def test_a_store_that_is_away_as_it_begins_is_waited_for(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, tries = serving.working, iter([True])

    def away_at_first(*given: Any) -> Any:
        if next(tries, False):
            raise Unavailable("the store does not answer; is it running?")
        return begin(*given)

    monkeypatch.setattr(serving, "working", away_at_first)
    hands = Hands()
    hands.may_end.set()
    queue.hand_out(store, "collect", ONE)
    with at_work(store, hands):
        assert hands.ended.acquire(timeout=SOON)


def test_who_was_taken_for_dead_and_only_ends_what_it_runs_is_not_said_to_be_there(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wakes up, may fetch nothing more, and begins anew only when its last part has ended."""
    monkeypatch.setattr(serving, "BEAT", 0.3)
    hands = Hands()
    with at_work(store, hands) as alive:
        queue.hand_out(store, "generate", ONE)
        assert hands.begun.acquire(timeout=SOON)
        assert alive.up
        with store.engine.begin() as line:  # as others do with one that was silent
            line.execute(text("DELETE FROM elite8_queue.procrastinate_workers"))
        queue.hand_out(store, "publish", ONE)
        assert comes(lambda: not alive.up, SOON / 2), "the leader does it then"
        assert "publish 1/1" not in hands.did
        hands.may_end.set()
        assert comes(lambda: alive.up and "publish 1/1" in hands.did)


def comes(so: Callable[[], bool], within: float = SOON) -> bool:
    """Wait until something is so; return whether it came."""
    until = time.monotonic() + within
    while not so() and time.monotonic() < until:
        time.sleep(0.05)
    return so()


def test_the_queue_disturbs_none_of_our_tables(store: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.engine.connect() as line:
        assert compare_metadata(MigrationContext.configure(line), SQLModel.metadata) == []
        ours = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename ~ 'procra'"
        assert line.scalar(text(ours)) == 0


def test_the_queue_is_made_once_and_brought_up_to_date(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.prepare(store)
    known = queue.steps()
    newer = known | {"98.00.00_01_pre_more.sql": "CREATE TABLE more (id int); SELECT 1 % 2;"}
    monkeypatch.setattr(queue, "steps", lambda: newer)
    queue.prepare(store)
    queue.prepare(store)
    monkeypatch.setattr(queue, "steps", lambda: known)
    with pytest.raises(ConfigError, match=r"newer procrastinate \(98.*pip install --upgrade"):
        queue.prepare(store)
    with store.engine.begin() as line:
        line.execute(text("DROP TABLE elite8_queue.more"))
        line.execute(text(f"COMMENT ON SCHEMA elite8_queue IS '{queue.BY}{list(known)[-1]}'"))


def test_workers_long_gone_are_forgotten(far: Studio) -> None:
    there(far, "publish")
    far.clock.advance(days=2)  # type: ignore[attr-defined]  # the test's clock
    there(far)
    with far.database.transaction() as session:
        assert [one.queues for one in workers.every(session)] == [""]


def test_a_worker_needs_postgresql(studio: Studio) -> None:
    with pytest.raises(ConfigError, match=r"is SQLite, .*elite8 db copy"):
        Worker(studio).start()


@pytest.mark.parametrize("words", ["", "3", "3/", "0/8", "9/8", "1/33", "\uff11/8", "-1/8"])
def test_a_wrong_part_is_named(words: str) -> None:
    with pytest.raises(ConfigError):
        parsed(words)


def test_each_id_is_in_one_part() -> None:
    names = [f"X{sign}" for sign in "0123456789ABCDEFGHJKMNPQRSTVWXYZ"] + ["", "odd-i", "ü"]
    for of in (1, 3, 8, 32):
        held = [[one for one in names if shard.holds(one)] for shard in parts(of)]
        assert sorted(one for some in held for one in some) == sorted(names)
    assert parsed("3/8") == Shard(number=3, of=8)


def test_tasks_of_workers_are_chosen_by_name() -> None:
    assert dispatch.chosen(" publish, measure,publish,") == ("publish", "measure")
    with pytest.raises(ConfigError, match="no worker does 'report'; choose generate"):
        dispatch.chosen("publish,report")
    assert tasks.part_of(tasks.named("publish"), "2/8") == Shard(number=2, of=8)
    with pytest.raises(ConfigError, match="collect is done as a whole"):
        tasks.part_of(tasks.named("collect"), "2/8")


def test_time_is_the_stores(far: Studio) -> None:
    assert dispatch.every(far) == timedelta(seconds=queue.BEAT)
    assert far.shared_now() - datetime.now(UTC) != timedelta()
