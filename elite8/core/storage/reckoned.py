"""Questions about what was worked out and kept; nothing here needs NumPy."""

from sqlmodel import Session, delete

from elite8.core.domain.reckoned import OUTLOOK, Reckoned


def get(session: Session, name: str) -> Reckoned | None:
    """Return what is kept under a name, `None` before anything was."""
    return session.get(Reckoned, name)


def keep(session: Session, row: Reckoned) -> None:
    """Have this instead of what was kept under its name."""
    session.merge(row)
    session.flush()


def forget_people(session: Session) -> None:
    """Delete what names anybody, if only by a pseudonym; it is worked out again without them."""
    session.exec(delete(Reckoned).where(Reckoned.name == OUTLOOK))  # type: ignore[arg-type]  # a column
