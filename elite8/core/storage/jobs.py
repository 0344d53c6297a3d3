"""Questions about jobs."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, or_, select, update

from elite8.core.domain.job import NEXT, OPEN, Family, Job, JobStatus
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import Unavailable
from elite8.core.storage import held

MOST_COMPARED = 1000
"""Jobs that charges are compared with: more than a month of them."""


def add(session: Session, job: Job) -> None:
    """Keep a new job."""
    session.add(job)
    session.flush()


def get(session: Session, job_id: str) -> Job | None:
    """Return the job with this id."""
    return session.get(Job, job_id)


def still_held(session: Session, job: Job) -> Job:
    """Return the row of a held job as an object of its own, which may be moved and rolled back.

    Unavailable when the claim was lost.
    """
    row = session.get(Job, job.id)
    if row is None or row.claimed_by != job.claimed_by:
        raise Unavailable(f"job {job.id} was taken by another process; look again")
    return row


def of_video(session: Session, video_id: str) -> Job | None:
    """Return the newest job of a video."""
    asked = select(Job).where(col(Job.video_id) == video_id).order_by(col(Job.id).desc())
    return session.exec(asked.limit(1)).first()


def latest(session: Session, job_id: str) -> Job | None:
    """Return the job, or the one that was last sent in its place."""
    found = session.get(Job, job_id, populate_existing=True)
    while found is not None:
        after = session.exec(select(Job).where(col(Job.follows) == found.id).limit(1)).first()
        if after is None:
            break
        found = after
    return found


def in_work(session: Session) -> Sequence[Job]:
    """Return the jobs that need another look, oldest first.

    They are not at an end, or their result waits to be made a video.
    """
    unfinished = (VideoStatus.GENERATING, VideoStatus.GENERATED)
    waiting = select(Video.id).where(col(Video.status).in_(unfinished))
    asked = select(Job).where(
        or_(
            col(Job.status).in_((JobStatus.SENDING, JobStatus.RUNNING)),
            (col(Job.status) == JobStatus.COLLECTED) & col(Job.video_id).in_(waiting),
        )
    )
    return session.exec(asked.order_by(col(Job.id))).all()


def others_open(session: Session, job: Job) -> bool:
    """Return whether another job makes the same video."""
    asked = select(Job.id).where(
        col(Job.video_id) == job.video_id, col(Job.id) != job.id, col(Job.status).in_(OPEN)
    )
    return session.exec(asked.limit(1)).first() is not None


def uncertain(session: Session) -> Sequence[Job]:
    """Return the jobs only an operator can decide about, oldest first."""
    asked = select(Job).where(col(Job.status) == JobStatus.UNCERTAIN).order_by(col(Job.id))
    return session.exec(asked).all()


def undecided(session: Session) -> int:
    """Return how many starts may or may not have been charged."""
    states = (JobStatus.SENDING, JobStatus.UNCERTAIN)
    asked = select(func.count()).where(col(Job.status).in_(states))
    return int(session.exec(asked).one())


def in_flight(session: Session, engine: str, now: datetime) -> int:
    """Return how many tasks the engine has of us; those past their deadline do not count."""
    states = (JobStatus.SENDING, JobStatus.RUNNING)
    asked = select(func.count()).where(
        col(Job.engine) == engine, col(Job.status).in_(states), col(Job.deadline_at) > now
    )
    return int(session.exec(asked).one())


def task_ids(session: Session) -> set[str]:
    """Return every task id that is known to be ours."""
    return set(session.exec(select(Job.task_id).where(col(Job.task_id) != "")))


def sent(session: Session) -> Sequence[Job]:
    """Return every job, newest first: what our side knows of A2E's charges."""
    return session.exec(select(Job).order_by(col(Job.id).desc()).limit(MOST_COMPARED)).all()


def charged(session: Session) -> int:
    """Return what the tasks under way have cost at A2E, which charges when they start."""
    price = func.coalesce(Job.coins, Job.priced)
    asked = select(func.coalesce(func.sum(price), 0)).where(col(Job.status) == JobStatus.RUNNING)
    return int(session.exec(asked).one())


def paid(session: Session, since: datetime) -> Sequence[tuple[str, datetime, int]]:
    """Return task, start and cost of what was charged since then by the engine's clock.

    Those are tasks under way and those settled.
    """
    began = func.coalesce(Job.sent_there, Job.sent_at)
    price = func.coalesce(Job.coins, Job.priced)
    states = (JobStatus.RUNNING, JobStatus.COLLECTED)
    unusable = (col(Job.status) == JobStatus.FAILED) & (col(Job.result) != "")
    asked = select(Job.task_id, Job.sent_at, price).where(
        began >= since, or_(col(Job.status).in_(states), unusable)
    )
    return [(task, at, int(coins)) for task, at, coins in session.exec(asked)]


def given_back(session: Session, price: int, since: datetime) -> int:
    """Return how many tasks of that price, ended since then, failed and were not paid for."""
    asked = select(func.count()).where(
        col(Job.status) == JobStatus.FAILED,
        col(Job.task_id) != "",
        col(Job.result) == "",
        func.coalesce(Job.coins, Job.priced) == price,
        col(Job.ended_at) >= since,
    )
    return int(session.exec(asked).one())


def avatar(session: Session, character_id: str) -> Job | None:
    """Return the character's avatar, or the order for it that is still open."""
    asked = select(Job).where(
        col(Job.family) == Family.AVATAR,
        col(Job.character_id) == character_id,
        col(Job.status).in_((*OPEN, JobStatus.COLLECTED)),
    )
    return session.exec(asked.order_by(col(Job.id).desc()).limit(1)).first()


def last_avatar(session: Session, character_id: str) -> Job | None:
    """Return the newest order of the character's avatar, whatever became of it."""
    asked = select(Job).where(
        col(Job.family) == Family.AVATAR, col(Job.character_id) == character_id
    )
    return session.exec(asked.order_by(col(Job.id).desc()).limit(1)).first()


def avatars_made(session: Session) -> int:
    """Return how many avatars were made."""
    made = (col(Job.family) == Family.AVATAR, col(Job.status) == JobStatus.COLLECTED)
    return int(session.exec(select(func.count()).where(*made)).one())


def holders(session: Session) -> Sequence[str]:
    """Return who holds a job."""
    return session.exec(select(Job.claimed_by).where(col(Job.claimed_by) != "").distinct()).all()


def free(session: Session, dead: set[str]) -> None:
    """End the claims of holders that are gone."""
    mine = col(Job.claimed_by).in_(dead)
    session.exec(update(Job).where(mine).values(claimed_by="", claimed_until=None))


def claim(
    session: Session, job_id: str, *, holder: str, now: datetime, lease: timedelta
) -> Job | None:
    """Return the job, held by `holder` until the lease ends; `None` while another holds it."""
    # A lease that ends far later than one that begins now was given by a clock that was wrong; a
    # little later is one that began while this one waited for its turn.
    free = or_(
        col(Job.claimed_until).is_(None),
        col(Job.claimed_until) < now,
        col(Job.claimed_until) > now + 2 * lease,
    )
    taken = session.exec(
        update(Job)
        .where(col(Job.id) == job_id, free)
        .values(claimed_by=holder, claimed_until=now + lease)
        .returning(col(Job.id))
    ).first()
    return session.get(Job, job_id, populate_existing=True) if taken else None


def move(session: Session, job: Job, status: JobStatus, **facts: object) -> None:
    """Put the job in its next state and let it go; a forbidden step is a ValueError.

    Unavailable, and nothing is written, when the row is no longer as its holder left it.
    """
    if status not in NEXT[JobStatus(job.status)]:
        raise ValueError(f"a job that is {job.status} cannot become {status}")
    if not held.move(session, job, status=status, **facts):
        raise Unavailable(f"job {job.id} was taken by another process; look again")


def go_on(session: Session, job: Job, status: JobStatus, **facts: object) -> None:
    """Put the job in its next state as `move` does, and keep holding it."""
    mine = {"claimed_by": job.claimed_by, "claimed_until": job.claimed_until}
    move(session, job, status, **{**mine, **facts})


def note(session: Session, job: Job, **facts: object) -> None:
    """Write down what is known of a held job; its state and its holder stay.

    Unavailable, and nothing is written, when the claim was lost.
    """
    mine = {"claimed_by": job.claimed_by, "claimed_until": job.claimed_until}
    if not held.move(session, job, **{**mine, **facts}):
        raise Unavailable(f"job {job.id} was taken by another process; look again")


def begun_after_all(session: Session, job_id: str, task_id: str, **facts: object) -> bool:
    """Give a job that was thought lost the task that its late answer named.

    Whoever gave it up by then was wrong: the task is there and paid for. `False` when the job has
    a task already.
    """
    given_up = (col(Job.id) == job_id, col(Job.task_id) == "")
    known = {"claimed_by": "", "claimed_until": None, "ended_at": None, "failure": "", **facts}
    moved = update(Job).where(*given_up).values(status=JobStatus.RUNNING, task_id=task_id, **known)
    return session.exec(moved.returning(col(Job.id))).first() is not None


def let_go(session: Session, job: Job, **facts: object) -> None:
    """End the claim and keep what is known; the state stays."""
    held.move(session, job, **facts)
