"""Starts whose answer was lost: found and adopted, proven absent and sent anew, or asked about.

Sent anew only when A2E shows no such task, lists nothing that could be it, and charged for nothing
but what we know of; and once only. All instants compared here are by A2E's own clock.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from elite8.core import log
from elite8.core.domain.job import Family, Job, JobStatus
from elite8.core.errors import ConfigError, Elite8Error, Refused, Unanswered, Unavailable
from elite8.core.operations import commission, purse
from elite8.core.operations.looked import LEASE, Looked, seen
from elite8.core.production import a2e
from elite8.core.production.a2e import Task
from elite8.core.storage import jobs, videos
from elite8.core.studio import Studio

LOOKED_FOR = timedelta(minutes=3)
"""How long a task may take to appear in A2E's lists (api/a2e.md 12)."""
NEAR = timedelta(minutes=2)
"""How soon after a start a task without a name must have been made to be that start's."""
JUST = timedelta(seconds=5)
"""How much earlier it may seem: A2E's machines do not share one clock."""


def find(studio: Studio, job: Job) -> Looked | None:
    """Look for the task of a start; `None` when it was adopted and can be asked for."""
    recent = studio.a2e.recent(Family(job.family), job.began)
    passed = min(
        studio.shared_now() - job.sent_at, (studio.a2e.heard_at or studio.clock()) - job.began
    )
    task = next((one for one in recent if one.name == job.name), None)
    unnamed = nameless(studio, recent)
    task = task or only_one_it_can_be(studio, job, unnamed)
    if task is not None:
        adopt(studio, job, task)
        return None
    if passed < LOOKED_FOR:
        return seen(job, "lost", message="its start was not answered; looking for it at A2E")
    if why := doubt(studio, job, unnamed):
        with studio.database.transaction() as session:
            jobs.move(session, job, JobStatus.UNCERTAIN, failure=why)
        asking = Unanswered(f"{why}: elite8 generate settle {job.id}")
        return seen(job, "uncertain", message=str(asking), error=asking)
    return send_again(studio, job)


def adopt(studio: Studio, job: Job, task: Task) -> None:
    """Record that this task is the job's, and keep holding it."""
    facts = {"task_id": task.id, "word": task.word, "coins": task.coins, "failure": ""}
    with studio.database.transaction() as session:
        held_until = studio.shared_now() + LEASE
        jobs.go_on(session, job, JobStatus.RUNNING, claimed_until=held_until, **facts)
    log.get().info("a2e.adopted", job=job.id, task=task.id)


def nameless(studio: Studio, recent: Sequence[Task]) -> list[Task]:
    """Return the tasks that could be anybody's: no name, and an id nobody here knows."""
    with studio.database.transaction() as session:
        known = jobs.task_ids(session)
    return [task for task in recent if not task.name and task.id not in known]


def only_one_it_can_be(studio: Studio, job: Job, unnamed: Sequence[Task]) -> Task | None:
    """Return the one stranger made right after this start, when no other start is lost as well."""
    with studio.database.transaction() as session:
        alone = jobs.undecided(session) == 1
    if not alone or len(unnamed) != 1 or unnamed[0].created_at is None:
        return None
    return unnamed[0] if -JUST <= unnamed[0].created_at - job.began <= NEAR else None


def doubt(studio: Studio, job: Job, unnamed: Sequence[Task]) -> str:
    """Return why it is not proven that the start never reached A2E; "" when it is."""
    if unnamed:
        return f"its start was not answered, and {len(unnamed)} tasks at A2E could be it"
    try:
        spent = unexplained(studio, job)
    except (Refused, a2e.Strange) as unreadable:
        return f"its start was not answered, and A2E's books cannot be read ({unreadable})"
    if spent:
        return (
            "its start was not answered, no task has its name, yet A2E charged "
            f"{spent} credits more than is known here"
        )
    return ""


def unexplained(studio: Studio, job: Job) -> int:
    """Return what A2E has charged around the start beyond what our other tasks explain."""
    with studio.database.transaction() as session:
        others = [other for other in jobs.sent(session) if other.id != job.id]
    since = quiet_moment([other.began for other in others], job.began)
    charges = studio.a2e.charges(since)
    charged = -sum(charge.amount for charge in charges if charge.amount < 0)
    ours = sum(
        other.coins if other.coins is not None else other.priced
        for other in others
        if other.began >= since and begun(studio, other)
    )
    return max(0, charged - ours)


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
    return studio.a2e.find(Family(job.family), job.name, job.began) is not None


def send_again(studio: Studio, job: Job) -> Looked:
    """Order the same anew, once; a second start that never arrives is given up."""
    if job.follows:
        lost = Unavailable("two starts never reached A2E; look at the network, then make it again")
        commission.refuse(studio, job, lost)
        return seen(job, "failed", message=str(lost), error=lost)
    kept = json.loads(job.request)
    wanted = a2e.Order(family=Family(job.family), body=kept.pop("body"))
    with studio.database.transaction() as session:
        video = videos.get(session, job.video_id) if job.video_id else None
    draft = commission.Draft(
        wanted=wanted,
        character_id=job.character_id,
        priced=job.priced,
        held=job.held,
        video=video,
        kept=kept,
        instead=job,
    )
    try:
        again = commission.intend(studio, draft)
    except Unavailable:
        raise  # it stays lost, and is looked for again
    except Elite8Error as trouble:
        commission.refuse(studio, job, trouble)
        return seen(job, "failed", message=str(trouble), error=trouble)
    try:
        commission.send(studio, wanted, again)
    except Elite8Error as trouble:
        return seen(again, "failed", message=str(trouble), error=trouble)
    return seen(again, "running", message="its start never reached A2E; it was sent again")


def decide(studio: Studio, reference: str, task_id: str) -> Job:
    """Record the operator's decision about an uncertain job: it is this task, or "" for none.

    One whose task is past its deadline can be given up in the same way; what A2E took for it is
    then paid.
    """
    job = undecided(studio, reference)
    if task_id:
        check_task(studio, job, task_id)
        with studio.database.transaction() as session:
            jobs.move(session, job, JobStatus.RUNNING, task_id=task_id, failure="")
        return job
    now, began = studio.clock(), bool(job.task_id)
    why = "the operator gave it up" if began else "the operator found no such task at A2E"
    with studio.database.transaction() as session:
        if job.status == JobStatus.COLLECTED:
            pass  # paid already; only its video is given up
        elif began:
            jobs.move(session, job, JobStatus.FAILED, failure=why, result="given up", ended_at=now)
            purse.settle(session, now, job, job.coins if job.coins is not None else job.priced)
        else:
            commission.close(session, now, job, why)
        commission.fail_video(session, job, f"{why}; make it again")
    return job


def undecided(studio: Studio, reference: str) -> Job:
    """Return the job the operator may decide about: uncertain, or past its deadline."""
    with studio.database.transaction() as session:
        late = [one for one in jobs.in_work(session) if is_overdue(studio, one)]
        found = [
            one
            for one in (*jobs.uncertain(session), *late)
            if reference and reference in (one.id, one.video_id)
        ]
    if not found:
        raise ConfigError(
            f"no uncertain or overdue job '{reference[:40]}'; 'elite8 credits' and "
            "'elite8 generate collect' list them"
        )
    return found[0]


def is_overdue(studio: Studio, job: Job) -> bool:
    """Return whether a task has taken longer than it may, or its clip cannot be made a video."""
    late = (JobStatus.RUNNING, JobStatus.COLLECTED)
    return job.status in late and job.deadline_at < studio.clock()


def check_task(studio: Studio, job: Job, task_id: str) -> None:
    """Refuse a task that is another job's, or that A2E does not show."""
    with studio.database.transaction() as session:
        taken = task_id in jobs.task_ids(session)
    if job.task_id and task_id != job.task_id:
        raise ConfigError(f"job {job.id} is task {job.task_id}; give it up with --absent")
    if taken and task_id != job.task_id:
        raise ConfigError(f"task {task_id[:40]} belongs to another job already")
    if studio.a2e.look(Family(job.family), task_id) is None:
        raise ConfigError(
            f"A2E shows no {job.family} task {task_id[:40]}; look at the id on its page"
        )
