"""Look after what was ordered: find what was lost, fetch what is done, make it a video.

One call looks at every open job once and waits for nothing; whoever wants to wait calls again.
"""

import errno
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from elite8.core import log
from elite8.core.domain.job import Family, Job, JobStatus
from elite8.core.domain.video import VideoStatus
from elite8.core.errors import ConfigError, Elite8Error, Refused, Unavailable
from elite8.core.operations import commission, purse
from elite8.core.operations.deliver import deliver
from elite8.core.operations.generate import VideoMade
from elite8.core.production import a2e, probe
from elite8.core.production.a2e import Missing, Task
from elite8.core.storage import jobs, ledger, videos
from elite8.core.studio import Studio

LEASE = timedelta(minutes=15)
"""Longer than downloading and dressing three minutes of video take."""
LOOKED_FOR = timedelta(minutes=3)
"""How long a task may take to appear in A2E's lists (api/a2e.md 12)."""
LENGTH_OFF = 1.5
"""Seconds that a result may differ from its sound."""

Progress = Callable[[str, float], None]
State = Literal["running", "lost", "uncertain", "failed", "made", "ready"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one look at a job found; `video` is there once it is `made`."""

    job: str
    video_id: str
    character: str
    family: str
    state: State
    word: str
    share: float
    message: str = ""
    made: VideoMade | None = None
    error: Elite8Error | None = None


def look(studio: Studio, progress: Progress, only: Sequence[str] = ()) -> tuple[Looked, ...]:
    """Look at every open job once, or at those of the videos `only`; another's are left alone."""
    with studio.database.transaction() as session:
        ids = jobs.open_ids(session)
        jobs.free(session, {name for name in jobs.holders(session) if commission.is_dead(name)})
    found = []
    for job_id in ids:
        with studio.database.transaction() as session:
            job = jobs.claim(
                session, job_id, holder=commission.holder(), now=studio.clock(), lease=LEASE
            )
        if job is not None:
            found.append(look_at(studio, job, progress, only))
    return tuple(found)


def look_at(studio: Studio, job: Job, progress: Progress, only: Sequence[str]) -> Looked:
    """Take one job as far as it goes now; its trouble is part of what was found."""
    try:
        if only and job.video_id and job.video_id not in only:
            return seen(job, "running")
        step = {
            JobStatus.SENDING: find,
            JobStatus.RUNNING: ask,
            JobStatus.COLLECTED: finished,
        }[JobStatus(job.status)]
        return step(studio, job, progress)
    except Elite8Error as trouble:
        log.get().warning("a2e.trouble", job=job.id, kind=type(trouble).__name__)
        ended = job.status in (JobStatus.FAILED, JobStatus.UNCERTAIN)
        state: State = "failed" if ended else "running"
        return seen(job, state, message=str(trouble), error=trouble)
    finally:
        with studio.database.transaction() as session:
            jobs.let_go(session, job)


def seen(
    job: Job,
    state: State,
    *,
    message: str = "",
    made: VideoMade | None = None,
    error: Elite8Error | None = None,
) -> Looked:
    """Return what was found."""
    return Looked(
        job=job.id,
        video_id=job.video_id,
        character=job.character_id,
        family=job.family,
        state=state,
        word=job.word,
        share=job.share,
        message=message,
        made=made,
        error=error,
    )


def find(studio: Studio, job: Job, progress: Progress) -> Looked:
    """Look for a task whose start was not answered: adopt it, prove it absent, or ask a person."""
    task = lost(studio, job)
    if task is not None:
        with studio.database.transaction() as session:
            facts = {"task_id": task.id, "word": task.word, "coins": task.coins, "failure": ""}
            jobs.move(session, job, JobStatus.RUNNING, **facts)
        log.get().info("a2e.adopted", job=job.id, task=task.id)
        return ask(studio, job, progress)
    if studio.clock() < job.sent_at + LOOKED_FOR:
        return seen(job, "lost", message="its start was not answered; looking for it at A2E")
    if unexplained(studio, job):
        why = "its start was not answered, no task has its name, yet credits were spent since"
        with studio.database.transaction() as session:
            jobs.move(session, job, JobStatus.UNCERTAIN, failure=why)
        return seen(job, "uncertain", message=f"{why}: elite8 generate settle {job.id}")
    return send_again(studio, job)


def lost(studio: Studio, job: Job) -> Task | None:
    """Return the task by its name; where lists show no names, the only one it can be."""
    family = Family(job.family)
    if task := studio.a2e.find(family, job.name, job.sent_at):
        return task
    recent = studio.a2e.recent(family, job.sent_at)
    if any(task.name for task in recent):
        return None
    with studio.database.transaction() as session:
        known = jobs.task_ids(session)
    strangers = [task for task in recent if task.id not in known]
    return strangers[0] if len(strangers) == 1 else None


def unexplained(studio: Studio, job: Job) -> bool:
    """Return whether A2E has charged more around the start than our other tasks explain."""
    with studio.database.transaction() as session:
        others = [other for other in jobs.sent(session) if other.id != job.id]
    since = quiet_moment([other.sent_at for other in others], job.sent_at)
    try:
        charges = studio.a2e.charges(since)
    except (Refused, a2e.Strange):
        return True  # books that cannot be read prove nothing
    charged = -sum(charge.amount for charge in charges if charge.amount < 0)
    ours = sum(
        other.coins if other.coins is not None else other.priced
        for other in others
        if other.sent_at >= since and begun(studio, other)
    )
    return charged > ours


def quiet_moment(sent: Sequence[datetime], before: datetime) -> datetime:
    """Return a moment around which we sent nothing: what A2E charged since then is comparable."""
    moment = before - 2 * a2e.SLACK
    for at in sorted(sent, reverse=True):
        if abs(at - moment) <= a2e.SLACK:
            moment = at - 2 * a2e.SLACK
    return moment


def begun(studio: Studio, job: Job) -> bool:
    """Return whether A2E has the task of another job, which may be lost as well."""
    if job.task_id:
        return True
    if job.status != JobStatus.SENDING:
        return False
    return studio.a2e.find(Family(job.family), job.name, job.sent_at) is not None


def send_again(studio: Studio, job: Job) -> Looked:
    """Close a job that is proven never to have begun, and order the same anew."""
    now = studio.clock()
    with studio.database.transaction() as session:
        video = videos.get(session, job.video_id) if job.video_id else None
        jobs.move(session, job, JobStatus.FAILED, failure="it never reached A2E", ended_at=now)
        purse.release(session, now, job, "never began")
    kept = json.loads(job.request)
    wanted = a2e.Order(family=Family(job.family), body=kept.pop("body"))
    try:
        again = commission.intend(
            studio,
            wanted,
            character_id=job.character_id,
            priced=job.priced,
            held=job.held,
            video=video,
            kept=kept,
        )
    except Elite8Error as trouble:
        fail_video(studio, job, str(trouble))
        raise
    commission.send(studio, wanted, again)
    return seen(again, "running", message="its start never reached A2E; it was sent again")


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
    return fetch(studio, job, task, progress)


def overdue(job: Job, task: Task | None) -> Looked:
    """Return that a task takes longer than it may; whoever looks again asks again."""
    if task is None:
        why = "A2E no longer shows it"
    elif not task.known:
        why = f"A2E says '{task.word}', a word this version does not know"
    else:
        why = f"A2E still says '{task.word}'"
    sentence = (
        f"task {job.task_id} is past its deadline: {why}; nothing is lost, look again with "
        "'elite8 generate collect'"
    )
    return seen(job, "running", message=sentence, error=Unavailable(sentence))


def fail(studio: Studio, job: Job, task: Task) -> Looked:
    """Close a task that A2E gave up; what was held for it is free again."""
    why = f"A2E could not make it: {task.reason or task.word} (task {job.task_id})"
    now = studio.clock()
    with studio.database.transaction() as session:
        jobs.move(session, job, JobStatus.FAILED, failure=why, word=task.word, ended_at=now)
        purse.release(session, now, job, "failed at A2E")
    fail_video(studio, job, why)
    return seen(job, "failed", message=why, error=Refused(why))


def fail_video(studio: Studio, job: Job, why: str) -> None:
    """Close the job's video, if it has one that waits."""
    with studio.database.transaction() as session:
        video = videos.get(session, job.video_id) if job.video_id else None
        if video is not None and video.status == VideoStatus.GENERATING:
            videos.move(session, video, VideoStatus.FAILED, failure=why)


def fetch(studio: Studio, job: Job, task: Task, progress: Progress) -> Looked:
    """Bring the result home and pay for it; both are recorded at once."""
    if job.family == Family.AVATAR:
        result, sha256 = trained(studio, job), ""
    else:
        progress("download", 0.6)
        file = result_file(studio, job)
        sha256 = download(studio, job, task, file)
        result = str(file)
    now = studio.clock()
    coins = next((n for n in (task.coins, job.coins) if n is not None), job.priced)
    with studio.database.transaction() as session:
        facts = {"result": result, "sha256": sha256, "word": task.word, "share": 1.0}
        jobs.move(session, job, JobStatus.COLLECTED, coins=coins, ended_at=now, **facts)
        purse.settle(session, now, job, coins)
    log.get().info("a2e.collected", job=job.id, task=job.task_id, coins=coins)
    return finished(studio, job, progress)


def result_file(studio: Studio, job: Job) -> Path:
    """Return where the engine's own file is kept."""
    folder = studio.settings.state_dir / "engine"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{job.id}{'.png' if job.family == Family.PICTURE else '.mp4'}"


def trained(studio: Studio, job: Job) -> str:
    """Return the id of the avatar that was made."""
    made = studio.a2e.avatars(job.task_id)
    if not made:
        raise Unavailable(f"A2E has made avatar {job.task_id} and does not list it yet; look again")
    return made[0].id


def download(studio: Studio, job: Job, task: Task, file: Path) -> str:
    """Return the SHA-256 of the whole, playable result in `file`."""
    if not task.results:
        raise Unavailable(f"A2E says task {task.id} is done and names no result; look again")
    try:
        try:
            sha256 = studio.a2e.download(task.results[0], file)
        except Missing:
            fresh = studio.a2e.look(Family(job.family), task.id)
            if fresh is None or not fresh.results:
                raise
            sha256 = studio.a2e.download(fresh.results[0], file)
    except OSError as trouble:
        why = "no room is left" if trouble.errno == errno.ENOSPC else trouble.strerror
        raise ConfigError(
            f"{why} at {file.parent}; task {task.id} waits at A2E for about three days: "
            "free some space and run 'elite8 generate collect'"
        ) from None
    except Refused as unusable:
        why = f"{unusable} (task {task.id})"
        pay_for_nothing(studio, job, why)
        raise Refused(why) from None
    except Unavailable as broken:
        raise Unavailable(
            f"{broken}; task {task.id} waits at A2E, 'elite8 generate collect' goes on"
        ) from None
    if job.family != Family.PICTURE:
        check(studio, job, file)
    return sha256


def check(studio: Studio, job: Job, file: Path) -> None:
    """Refuse a result that is no whole video."""
    try:
        media = probe.probe(file)
        whole = media.is_whole and media.duration > 0
    except ConfigError:
        whole = False
    if not whole:
        why = (
            f"A2E's result is not a whole video (task {job.task_id}); it was paid for, so tell A2E"
        )
        pay_for_nothing(studio, job, why)
        raise Refused(why)


def pay_for_nothing(studio: Studio, job: Job, why: str) -> None:
    """Close a task whose result cannot be used: its credits are gone all the same."""
    now = studio.clock()
    coins = job.coins if job.coins is not None else job.priced
    with studio.database.transaction() as session:
        facts = {"failure": why, "result": "unusable", "coins": coins, "ended_at": now}
        jobs.move(session, job, JobStatus.FAILED, **facts)
        purse.settle(session, now, job, coins)
    fail_video(studio, job, why)


def finished(studio: Studio, job: Job, progress: Progress) -> Looked:
    """Make a fetched clip one of our videos; without one there is nothing more to do."""
    if not job.video_id:
        return seen(job, "ready", message=job.result)
    with studio.database.transaction() as session:
        video = videos.get(session, job.video_id)
        paid = ledger.sums(session, purse.ACCOUNT)
    if video is None or video.status not in (VideoStatus.GENERATING, VideoStatus.GENERATED):
        return seen(job, "ready")
    try:
        made = deliver(studio, job, video, progress)
    except Elite8Error as trouble:
        # The clip is kept and paid for; whoever looks again goes on from here.
        raise type(trouble)(f"{trouble}; the paid clip is kept at {job.result}") from trouble
    log.get().info("video.finished", video=video.id, coins=job.coins, free=paid.free)
    return seen(job, "made", made=made)


def decide(studio: Studio, reference: str, task_id: str) -> Job:
    """Record the operator's decision about an uncertain job: it is this task, or "" for none."""
    with studio.database.transaction() as session:
        found = [job for job in jobs.uncertain(session) if reference in (job.id, job.video_id)]
    if not found:
        raise ConfigError(f"no uncertain job '{reference[:40]}'; 'elite8 credits' lists them")
    job, now = found[0], studio.clock()
    with studio.database.transaction() as session:
        if task_id:
            jobs.move(session, job, JobStatus.RUNNING, task_id=task_id, failure="")
        else:
            why = "the operator found no such task at A2E"
            jobs.move(session, job, JobStatus.FAILED, failure=why, ended_at=now)
            purse.release(session, now, job, why)
    if not task_id:
        fail_video(studio, job, "its start was lost; make it again")
    return job
