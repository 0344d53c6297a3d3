"""Moving a row on, by whoever still holds it."""

from sqlmodel import Session, col, func, select, update

from elite8.core.domain.job import Job
from elite8.core.domain.post import Post
from elite8.core.domain.video import Video


def alone(session: Session, name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it until this one ends.

    On SQLite a transaction that may write is alone already.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def move(session: Session, row: Video | Post | Job, **facts: object) -> bool:
    """Write `facts` and end the claim; `False`, and nothing written, when the claim was lost.

    `row` is as its holder knows it: the update finds the row only while nobody has moved it since.
    """
    kind = type(row)
    known: dict[str, object] = {"claimed_by": "", "claimed_until": None, **facts}
    mine = [
        col(getattr(kind, name)) == getattr(row, name) for name in ("id", "status", "claimed_by")
    ]
    # `row` is set below: looking for copies in the session costs more than the update.
    update_it = update(kind).where(*mine).values(**known).returning(col(kind.id))
    moved = session.exec(update_it.execution_options(synchronize_session=False)).first()
    if moved is None:
        return False
    for name, value in known.items():
        setattr(row, name, value)
    return True
