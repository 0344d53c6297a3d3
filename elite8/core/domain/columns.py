"""What rows are made of: a base for tables, column types that hold on every database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel


class Kept(SQLModel):
    """A row of a table. Tables validate nothing: their validators are built if somebody asks."""

    model_config = {"defer_build": True}  # pydantic's


class UtcDateTime(TypeDecorator[datetime]):
    """Aware instants: naive ones are refused, UTC is stored, aware UTC comes back."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Return what is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no zone; instants are aware and in UTC")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002  # same
        """Return what was stored, aware."""
        return None if value is None else value.replace(tzinfo=UTC)
