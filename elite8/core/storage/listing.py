"""The list of videos, read from SQLite with the standard library.

Importing SQLModel costs more than the answer: decision 3. A test compares it with the general path.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from elite8.core.domain.summaries import VideoSummary
from elite8.core.errors import ConfigError

COLUMNS = ("id", "character_id", "language", "status", "title", "seconds", "path", "created_at")
SQLITE = "sqlite:///"


def list_videos(
    url: str, *, limit: int, status: str | None = None, character: str | None = None
) -> tuple[VideoSummary, ...]:
    """Return at most `limit` videos, newest first; none when there is no database yet."""
    wanted = {"status": status, "character_id": character}
    asked = {name: value for name, value in wanted.items() if value is not None}
    where = " AND ".join(f"{name} = :{name}" for name in asked) or "1 = 1"
    # Names come from the two literals above, values are bound.
    query = f"SELECT {', '.join(COLUMNS)} FROM video WHERE {where} ORDER BY id DESC LIMIT :limit"  # noqa: S608
    rows = from_sqlite if url.startswith(SQLITE) else from_any
    return tuple(summary(row) for row in rows(url, query, asked | {"limit": limit}))


def from_sqlite(url: str, query: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of an SQLite file; a file that is not there has none."""
    file = Path(url.removeprefix(SQLITE))
    if not file.exists() or not file.stat().st_size:
        return
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            yield from database.execute(query, values)
    except sqlite3.Error as trouble:
        raise ConfigError(f"{file} is not an elite8 database: {trouble}") from None


def from_any(url: str, query: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of any database we know."""
    from sqlalchemy import text

    from elite8.core.storage.database import Database

    database = Database(url)
    try:
        with database.transaction() as session:
            yield from (tuple(row) for row in session.execute(text(query), values))
    finally:
        database.close()


def summary(row: tuple[Any, ...]) -> VideoSummary:
    """Return a row as a record."""
    facts = dict(zip(COLUMNS, row, strict=True))
    created = facts["created_at"]
    instant = datetime.fromisoformat(created) if isinstance(created, str) else created
    return VideoSummary(
        id=facts["id"],
        character=facts["character_id"],
        language=facts["language"],
        status=facts["status"],
        title=facts["title"],
        seconds=facts["seconds"],
        path=Path(facts["path"]) if facts["path"] else None,
        created_at=instant.replace(tzinfo=UTC),
    )
