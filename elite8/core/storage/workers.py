"""Who works for this store."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from elite8.core.domain.worker import Worker

FORGOTTEN = timedelta(days=1)
"""How long a worker that was not heard of is still named."""


def heard_of(session: Session, worker: Worker) -> None:
    """Keep that a worker is there until its `until`, and forget those long gone."""
    session.merge(worker)
    session.exec(delete(Worker).where(col(Worker.until) < worker.until - FORGOTTEN))


def gone(session: Session, name: str) -> None:
    """Forget a worker that has ended."""
    session.exec(delete(Worker).where(col(Worker.name) == name))


def every(session: Session) -> list[Worker]:
    """Return all that are known, also those not heard of since, the longest there first."""
    return list(session.exec(select(Worker).order_by(col(Worker.since), col(Worker.name))))


def doing(session: Session, task: str, now: datetime) -> list[Worker]:
    """Return the workers that are there now and do this task."""
    return [one for one in every(session) if one.until > now and one.takes(task)]
