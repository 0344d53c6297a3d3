"""Look after what was ordered: find what was lost, fetch what is done, make it a video.

One call looks at every open job once and waits for nothing; whoever wants to wait calls again.
"""

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from elite8.core import log
from elite8.core.domain.job import Family, Job, JobStatus
from elite8.core.domain.video import VideoStatus
from elite8.core.errors import ConfigError, Elite8Error, Refused, Unanswered, Unavailable
from elite8.core.operations import fetch, media, purse, recover
from elite8.core.operations.commission import fail_video
from elite8.core.operations.deliver import deliver, made_of, purse_notes
from elite8.core.operations.holder import is_dead, new_holder
from elite8.core.operations.looked import LEASE, Looked, Progress, State, seen
from elite8.core.production.a2e import SLACK, Task
from elite8.core.storage import jobs, videos
from elite8.core.studio import Studio

BOOKED = timedelta(minutes=1)
"""A2E's books may have a row some seconds after its task ended (api/a2e.md 4.3)."""


def look(
    studio: Studio, progress: Progress, only: Collection[str] | None = None
) -> tuple[Looked, ...]:
    """Look at every open job once, or at those of the videos `only` and those without a video.

    What another process holds is left alone. A fault in the handling of one job stops no other; it
    is raised when all have been looked at.
    """
    with studio.database.transaction() as session:
        if dead := {name for name in jobs.holders(session) if is_dead(name)}:
            jobs.free(session, dead)
        waiting = [
            job.id
            for job in jobs.in_work(session)
            if only is None or not job.video_id or job.video_id in only
        ]
    found, faults = [], []
    for job_id in waiting:
        try:
            one = look_once(studio, job_id, progress)
        except Exception as fault:  # noqa: BLE001  # raised below, when the others are looked at
            log.get().error("a2e.fault", job=job_id, kind=type(fault).__name__)
            faults.append(fault)
        else:
            found += [one] if one else []
    if faults:
        raise faults[0]
    return tuple(found)


def survey(studio: Studio, progress: Progress) -> tuple[Looked, ...]:
    """Look at every open job, and name those that others look after or a person decides about."""
    found = look(studio, progress)
    seen_here = {one.job for one in found}
    with studio.database.transaction() as session:
        rest = [*jobs.in_work(session), *jobs.uncertain(session)]
    return (*found, *(standing(studio, job.id) for job in rest if job.id not in seen_here))


def look_once(studio: Studio, job_id: str, progress: Progress) -> Looked | None:
    """Look at one job, unless another process holds it."""
    now = studio.shared_now()
    with studio.database.transaction() as session:
        job = jobs.claim(session, job_id, holder=new_holder(), now=now, lease=LEASE)
    return look_at(studio, job, progress) if job is not None else None


def look_at(studio: Studio, job: Job, progress: Progress) -> Looked:
    """Take one job as far as it goes now; its trouble is part of what was found."""
    try:
        return step(studio, job, progress)
    except OSError as trouble:
        where = f" at {trouble.filename}" if trouble.filename else ""
        stopped = ConfigError(f"{trouble.strerror or trouble}{where}; the task is kept, look again")
        return seen(job, "running", message=str(stopped), error=stopped)
    except Elite8Error as trouble:
        log.get().warning("a2e.trouble", job=job.id, kind=type(trouble).__name__)
        ended = job.status in (JobStatus.FAILED, JobStatus.UNCERTAIN)
        state: State = "failed" if ended else "running"
        return seen(job, state, message=str(trouble), error=trouble)
    finally:
        with studio.database.transaction() as session:
            jobs.let_go(session, job)


def step(studio: Studio, job: Job, progress: Progress) -> Looked:
    """Do what the job's state asks for."""
    if job.status == JobStatus.SENDING and (found := recover.find(studio, job)):
        return found
    if job.status == JobStatus.RUNNING:
        return ask(studio, job, progress)
    return finished(studio, job, progress)


def ask(studio: Studio, job: Job, progress: Progress) -> Looked:
    """Ask for a running task once, and fetch it when it is done."""
    task = studio.a2e.look(Family(job.family), job.task_id)
    now = studio.clock()
    if task is None or task.state == "running":
        word, share = (task.word, task.share) if task else (job.word, job.share)
        with studio.database.transaction() as session:
            jobs.move(session, job, JobStatus.RUNNING, word=word, share=share, asked_at=now)
        return overdue(job, task) if now > job.deadline_at else seen(job, "running")
    if task.state == "failed":
        return fail(studio, job, task)
    bring(studio, job, task, progress)
    return finished(studio, job, progress)


def overdue(job: Job, task: Task | None) -> Looked:
    """Return that a task takes longer than it may; whoever looks again asks again."""
    if task is None:
        why = "A2E no longer shows it"
    elif not task.known:
        why = f"A2E says '{task.word}', a word this version does not know"
    else:
        why = f"A2E still says '{task.word}'"
    sentence = (
        f"task {job.task_id} is past its deadline: {why}; look again with 'elite8 generate "
        f"collect', or give it up with 'elite8 generate settle {job.id} --absent'"
    )
    return seen(job, "running", message=sentence, error=Unavailable(sentence))


def fail(studio: Studio, job: Job, task: Task) -> Looked:
    """Close a task that A2E gave up; its credits are free again when A2E gave them back."""
    why = f"A2E could not make it: {task.reason or task.word} (task {job.task_id})"
    job.coins = task.coins if task.coins is not None else job.coins
    back = not job.held or given_back(studio, job)
    if not back and is_fresh(studio, job, task):
        return seen(job, "running", message=f"{why}; A2E's books are looked at again")
    if not back:
        why += "; its credits are not given back so far: elite8 credits reconcile"
        fetch.pay_for_nothing(studio, job, why, "not given back")
    else:
        now = studio.clock()
        with studio.database.transaction() as session:
            jobs.move(session, job, JobStatus.FAILED, failure=why, word=task.word, ended_at=now)
            purse.release(session, now, job, "failed at A2E")
            fail_video(session, job, why)
    return seen(job, "failed", message=why, error=Refused(why))


def is_fresh(studio: Studio, job: Job, task: Task) -> bool:
    """Return whether a failure was first seen so lately that its refund may not be booked yet."""
    now = studio.clock()
    if job.word == task.word and job.asked_at is not None:
        return now - job.asked_at < BOOKED
    with studio.database.transaction() as session:
        jobs.move(session, job, JobStatus.RUNNING, word=task.word, asked_at=now)
    return True


def given_back(studio: Studio, job: Job) -> bool:
    """Return whether A2E's books show more refunds of this amount than other tasks that failed.

    A row that says nothing of a refund and is as large as a grant proves nothing.
    """
    price = job.coins if job.coins is not None else job.priced
    try:
        charges = studio.a2e.charges(job.began - SLACK)
    except (Refused, Unavailable):
        return False
    plan = studio.config.tariff.current
    granted = price in (plan.daily_bonus, plan.monthly_credits)
    refunds = sum(
        charge.amount == price and (not granted or "refund" in charge.kind.lower())
        for charge in charges
    )
    with studio.database.transaction() as session:
        return refunds > jobs.given_back(session, price, job.began - SLACK)


def bring(studio: Studio, job: Job, task: Task, progress: Progress) -> None:
    """Bring the result home and pay for it; both are recorded at once, and the job stays ours."""
    if job.family == Family.AVATAR:
        result, sha256 = fetch.trained(studio, job), ""
    else:
        progress("download", 0.6)
        file = fetch.result_file(studio, job)
        sha256 = fetch.download(studio, job, task, file)
        result = str(file)
    now = studio.clock()
    coins = next((n for n in (task.coins, job.coins) if n is not None), job.priced)
    facts = {"result": result, "sha256": sha256, "word": task.word, "share": 1.0, "coins": coins}
    with studio.database.transaction() as session:
        until = studio.shared_now() + LEASE
        jobs.go_on(session, job, JobStatus.COLLECTED, claimed_until=until, ended_at=now, **facts)
        purse.settle(session, now, job, coins)
    log.get().info("a2e.collected", job=job.id, task=job.task_id, coins=coins)
    if sha256:  # once it is paid for in our books: the store may be slow, or away
        media.lay_by(studio, Path(result), sha256)


def finished(studio: Studio, job: Job, progress: Progress) -> Looked:
    """Make a fetched clip one of our videos; without one there is nothing more to do."""
    if not job.video_id:
        return seen(job, "ready", message=job.result)
    with studio.database.transaction() as session:
        video = videos.get(session, job.video_id)
    if video is None or video.status not in (VideoStatus.GENERATING, VideoStatus.GENERATED):
        return seen(job, "ready", message=job.result)
    if not fetch.is_here(job):
        fetch_again(studio, job, progress)  # lost, or in the folder of another machine
    try:
        made = deliver(studio, job, video, progress)
    except Elite8Error as trouble:
        # The clip is kept and paid for; whoever looks again goes on from here.
        raise type(trouble)(f"{trouble}; the paid clip is kept at {job.result}") from trouble
    log.get().info("video.finished", video=video.id, coins=job.coins)
    return seen(job, "made", made=made)


def fetch_again(studio: Studio, job: Job, progress: Progress) -> None:
    """Bring a clip that is not here home once more, from the store of films or A2E."""
    progress("download", 0.6)
    file, sha256 = fetch.result_file(studio, job), job.sha256
    if not media.laid_by(studio, sha256, file):
        sha256 = downloaded_again(studio, job, file)
    with studio.database.transaction() as session:
        jobs.note(session, job, sha256=sha256, result=str(file))


def downloaded_again(studio: Studio, job: Job, file: Path) -> str:
    """Return the SHA-256 of a clip fetched from A2E once more; it keeps them for three days."""
    task = studio.a2e.look(Family(job.family), job.task_id)
    if task is None or task.state != "done":
        raise Unavailable(
            f"{job.result} is not here and A2E no longer has it; collect on the machine that has "
            f"it, or give it up: elite8 generate settle {job.id} --absent"
        )
    return fetch.download(studio, job, task, file)


def standing(studio: Studio, job_id: str) -> Looked:
    """Return where a job, or the one sent in its place, stands by our own records."""
    with studio.database.transaction() as session:
        job = jobs.latest(session, job_id)
        video = videos.get(session, job.video_id) if job and job.video_id else None
    if job is None:
        raise ConfigError(f"no job '{job_id[:40]}'")
    if video is not None and video.status == VideoStatus.FINISHED:
        notes = purse_notes(studio)
        return seen(job, "made", made=made_of(video, video.seconds or 0.0, 0.0, notes))
    if job.status == JobStatus.UNCERTAIN:
        asking = Unanswered(f"{job.failure}: elite8 generate settle {job.id}")
        return seen(job, "uncertain", message=str(asking), error=asking)
    if job.status == JobStatus.FAILED or (video and video.status == VideoStatus.FAILED):
        final = Refused(job.failure or (video.failure if video else ""))
        return seen(job, "failed", message=str(final), error=final)
    if job.status == JobStatus.COLLECTED and video is None:
        return seen(job, "ready", message=job.result)
    return seen(job, "lost" if job.status == JobStatus.SENDING else "running")


def standings(studio: Studio, video_ids: Collection[str]) -> tuple[Looked, ...]:
    """Return where ordered videos stand by our own records: another process may look after them."""
    with studio.database.transaction() as session:
        found = [jobs.of_video(session, video_id) for video_id in video_ids]
    return tuple(standing(studio, job.id) for job in found if job is not None)
