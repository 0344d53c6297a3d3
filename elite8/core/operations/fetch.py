"""Bring home what a paid task made: whole, checked, and only then closed."""

import errno
import hashlib
from datetime import timedelta
from pathlib import Path

from elite8.core.domain.job import Family, Job, JobStatus
from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.operations import purse
from elite8.core.operations.commission import fail_video
from elite8.core.production import probe
from elite8.core.production.a2e import Missing, Task
from elite8.core.storage import jobs
from elite8.core.studio import Studio

KEPT = timedelta(days=3)
"""How long A2E keeps what it made (api/a2e.md 13, result lifetime)."""


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


def is_here(job: Job) -> bool:
    """Return whether the fetched file is still as it came."""
    file = Path(job.result)
    if not file.is_file():
        return False
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == job.sha256


def download(studio: Studio, job: Job, task: Task, file: Path) -> str:
    """Return the SHA-256 of the whole, playable result in `file`.

    What cannot be used is fetched again by the next look, and given up only when A2E no longer
    keeps it: a page in its place or a storage that is not ready look no different.
    """
    if not task.results:
        raise Unavailable(f"A2E says task {task.id} is done and names no result; look again")
    try:
        sha256 = brought(studio, job, task, file)
        check(job, file)
    except OSError as trouble:
        why = "no room is left" if trouble.errno == errno.ENOSPC else trouble.strerror
        raise ConfigError(
            f"{why} at {file.parent}; task {task.id} waits at A2E for about three days: "
            "free some space and run 'elite8 generate collect'"
        ) from None
    except Missing as gone:
        raise give_up(studio, job, f"{gone}; its address stays refused") from None
    except Refused as unusable:
        file.unlink(missing_ok=True)
        raise give_up(studio, job, str(unusable)) from None
    except Unavailable as broken:
        raise Unavailable(
            f"{broken}; task {task.id} waits at A2E, 'elite8 generate collect' goes on"
        ) from None
    return sha256


def brought(studio: Studio, job: Job, task: Task, file: Path) -> str:
    """Download the result; an address that ran out is asked for anew, once."""
    try:
        return studio.a2e.download(task.results[0], file)
    except Missing:
        fresh = studio.a2e.look(Family(job.family), task.id)
        if fresh is None or not fresh.results:
            raise
        return studio.a2e.download(fresh.results[0], file)


def check(job: Job, file: Path) -> None:
    """Refuse a result that is no whole video, or no picture."""
    if job.family == Family.PICTURE:
        if not probe.is_picture(file):
            raise Refused("A2E's result is not a picture")
        return
    try:
        media = probe.probe(file)
        whole = media.is_whole and 0 < media.duration <= probe.MOST_SECONDS
        whole = whole and media.width * media.height <= probe.MOST_PIXELS
    except ConfigError:
        whole = False
    if not whole:
        raise Refused("A2E's result is not a whole video")


def give_up(studio: Studio, job: Job, why: str) -> Unavailable | Refused:
    """Return the trouble; when A2E no longer keeps it, it is closed, and its credits are gone."""
    if studio.clock() <= job.deadline_at + KEPT:
        return Unavailable(f"{why} (task {job.task_id}); 'elite8 generate collect' fetches it anew")
    final = f"{why} (task {job.task_id}); it was paid for, so tell A2E"
    if job.status == JobStatus.RUNNING:
        pay_for_nothing(studio, job, final, "unusable")
    else:
        with studio.database.transaction() as session:
            fail_video(session, job, final)
    return Refused(final)


def pay_for_nothing(studio: Studio, job: Job, why: str, result: str) -> None:
    """Close a task that brought nothing: its credits are gone all the same."""
    now = studio.clock()
    coins = job.coins if job.coins is not None else job.priced
    with studio.database.transaction() as session:
        facts = {"failure": why, "result": result, "coins": coins, "ended_at": now}
        jobs.move(session, job, JobStatus.FAILED, **facts)
        purse.settle(session, now, job, coins)
        fail_video(session, job, why)
