"""Jobs of the queue, fetched and done in threads until told to end."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from elite8.core import log
from elite8.core.storage import queue
from elite8.core.storage.database import Database, ends
from elite8.core.storage.queue import BEAT

if TYPE_CHECKING:
    import psycopg
    from procrastinate import App, JobContext
    from procrastinate.jobs import Job
    from procrastinate.worker import Worker

STALLED = 30.0
"""Seconds without a sign of life after which a worker is taken for dead."""
LOOK = 5.0
"""Seconds between two looks for jobs; that there are new ones is heard sooner."""
AGAIN = 2.0
"""Seconds until a store that went away is tried again."""

HEARD = """
SELECT count(*) = 1 AS heard FROM procrastinate_workers
WHERE id = %(me)s AND last_heartbeat > now() - %(seconds)s * interval '1 second'
"""


@dataclass(kw_only=True)
class Serving:
    """Has `do` do jobs, so many at once; `may_sweep` says whether it is this one's turn to look.

    A store that goes away is waited for; a job that runs meanwhile goes on. `up`: it fetches jobs.
    """

    database: Database
    name: str
    queues: Sequence[str]
    at_once: int
    do: Callable[[str, str], None]
    may_sweep: Callable[[], bool]
    up: bool = False
    _running: set[int] = field(default_factory=set)
    _idle: set[int] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop | None = None
    _worker: "Worker | None" = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def run(self) -> None:
        """Work until `stop` was called and what runs has ended."""
        asyncio.run(self._serve())

    def stop(self) -> None:
        """Take no more jobs; from any thread, also before it runs."""
        if self._loop is None or self._loop.is_closed():
            self._over.set()
        else:
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._over.set()
        if self._worker is not None:
            self._worker.stop()  # type: ignore[no-untyped-call]  # theirs

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(self.at_once + 2))
        while not self._over.is_set():
            try:
                app = working(self.database, self.at_once, self._done)
                async with app.open_async():
                    await self._work(app)
            except Exception as trouble:  # noqa: BLE001  # it is tried again
                kind = type(trouble.__cause__ or trouble).__name__
                log.get().warning("queue.away", kind=kind, again_in=AGAIN)
            await self._rest(AGAIN)

    def _done(self, job: int, task: str, shard: str) -> None:
        self._running.add(job)
        try:
            self.do(task, shard)
        finally:
            self._running.discard(job)

    async def _work(self, app: "App") -> None:
        """Fetch and do jobs until told to end, or until the store is away."""
        from procrastinate.worker import Worker

        self._worker = Worker(
            app=app,
            queues=[*self.queues] or None,  # a list is an array to PostgreSQL, a tuple is none
            name=self.name,
            concurrency=self.at_once,
            fetch_job_polling_interval=LOOK,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=BEAT,
            stalled_worker_timeout=STALLED,
        )
        sweeping = asyncio.create_task(self._sweep(app))
        self.up = True
        try:
            if not self._over.is_set():
                await self._worker.run()  # type: ignore[no-untyped-call]  # theirs
        finally:
            self.up, self._worker = False, None
            sweeping.cancel()

    async def _sweep(self, app: "App") -> None:
        """Have others do what dead workers held, again and again."""
        while True:
            await asyncio.sleep(BEAT)
            try:
                self.up = await self._fetches(app)
                await self._drop_ended(app)
                if await asyncio.to_thread(self.may_sweep):
                    await take_back(app)
            except Exception as trouble:  # noqa: BLE001  # the next look is soon
                log.get().warning("queue.not_swept", kind=type(trouble).__name__)

    async def _fetches(self, app: "App") -> bool:
        """Return whether the library's worker still fetches jobs: as long as its heart beats.

        After a connection that broke it takes no more, and ends once what it runs has ended: a
        film may take minutes, and whoever hands out has to know.
        """
        if self._worker is None or self._worker.worker_id is None:
            return self.up
        found = await app.connector.execute_query_one_async(
            HEARD, me=self._worker.worker_id, seconds=STALLED
        )
        return bool(found["heard"])

    async def _drop_ended(self, app: "App") -> None:
        """Take from the queue what ended while the store was away, seen so twice.

        Its end was not written: as this worker lives, nobody else would take it back, ever.
        """
        if self._worker is None or self._worker.worker_id is None:
            return
        mine = self._worker.worker_id
        held = await app.job_manager.list_jobs_async(worker_id=mine, status="doing")
        found = {job.id or 0: job for job in held}
        idle = found.keys() - self._running
        for number in idle & self._idle:
            log.get().info("queue.end_written", part=found[number].lock)
            await end(app, found[number])
        self._idle = idle - self._idle

    async def _rest(self, seconds: float) -> None:
        if not self._over.is_set():
            try:
                await asyncio.wait_for(self._over.wait(), seconds)
            except TimeoutError:
                return


def working(database: Database, at_once: int, do: Callable[[int, str, str], None]) -> "App":
    """Return what fetches jobs, by connections of its own, and has `do` do them."""
    procrastinate = queue.library()
    queue.prepare(database)
    with database.engine.connect() as line:
        where = line.dialect.identifier_preparer.quote(queue.place(line))
    _, how = database.engine.dialect.create_connect_args(database.url)

    async def configure(line: "psycopg.AsyncConnection[Any]") -> None:
        await line.execute(f"SET search_path TO {where}".encode())
        await line.commit()

    connector = procrastinate.PsycopgConnector(
        kwargs={**how, **ends(database.url)},
        configure=configure,
        min_size=1,
        max_size=at_once + 3,
        name="queue",
    )
    app: App = procrastinate.App(connector=connector)

    @app.task(name=queue.JOB, pass_context=True)
    def part(context: "JobContext", task: str, shard: str) -> None:
        do(context.job.id or 0, task, shard)

    return app


async def end(app: "App", job: "Job") -> None:
    """Take a job from the queue."""
    status = queue.library().jobs.Status.ABORTED
    await app.job_manager.finish_job(job, status, delete_job=True)


async def take_back(app: "App") -> int:
    """Queue anew what dead workers held; return how many. What waits already is dropped."""
    jobs, errors = app.job_manager, queue.library().exceptions
    found = list(await jobs.get_stalled_jobs(seconds_since_heartbeat=STALLED))
    for job in found:
        log.get().warning("queue.taken_back", part=job.lock)
        try:
            await jobs.retry_job(job)
        except errors.UniqueViolation:
            await end(app, job)
    await jobs.prune_stalled_workers(STALLED)
    return len(found)
