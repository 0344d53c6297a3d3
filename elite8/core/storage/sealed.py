"""Sealed rows in the order of their hashes, some at a time: addresses, and names."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, SQLModel, col, select


def after(session: Session, kind: type[SQLModel], digest: str, limit: int) -> Sequence[Any]:
    """Return the next rows after a hash; they have a `digest` and what is `sealed`."""
    column = col(kind.digest)  # type: ignore[attr-defined]  # both tables have it
    return session.exec(select(kind).where(column > digest).order_by(column).limit(limit)).all()
