"""Opening: fresh, current, foreign, newer, many at once."""

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError, IntegrityError, StatementError
from sqlmodel import SQLModel, col, select

from elite8.core.domain.engagement import PARTS
from elite8.core.domain.post import Post
from elite8.core.domain.subscriber import Subscriber, SubscriptionState
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.storage import database, engagement, posts, videos
from elite8.core.storage.copying import tables
from elite8.core.storage.database import (
    HEAD,
    KEPT_SECONDS,
    KNOWN,
    Database,
    let_go,
    prepare_file,
    schema,
    write_ahead,
)
from elite8.core.storage.listing import list_videos
from elite8.core.storage.migrations import runner

NOW = datetime(2026, 11, 23, 9, 0, 0, 123457, tzinfo=UTC)
Kept = Callable[[Database], tuple[Video, Post]]
OPEN = "import sys; from elite8.core.storage.database import Database as D; D(sys.argv[1]).engine"


def made(file: Path, script: str) -> bytes:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(script)
    return file.read_bytes()


def test_the_packaged_head_is_alembics_own() -> None:
    assert runner.head() == HEAD


def test_the_migrations_make_the_tables_of_the_code(database: Database) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    assert tables()  # all are known now
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_an_instant_comes_back_aware_to_the_microsecond(database: Database, kept: Kept) -> None:
    video, _ = kept(database)
    with database.transaction() as session:
        found = videos.get(session, video.id)
        assert found
        assert (found.created_at, found.created_at.tzinfo) == (NOW, UTC)


def test_a_naive_instant_is_refused(database: Database, make_video: Callable[..., Video]) -> None:
    video = make_video()
    video.created_at = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="has no zone"), database.transaction() as session:
        videos.add(session, video)


def test_an_unknown_status_is_refused(database: Database, make_video: Callable[..., Video]) -> None:
    video = make_video()
    video.status = "lost"
    with pytest.raises(IntegrityError), database.transaction() as session:
        videos.add(session, video)


def test_what_is_raised_rolls_back(database: Database, make_video: Callable[..., Video]) -> None:
    with pytest.raises(KeyError), database.transaction() as session:  # noqa: PT012  # the point
        videos.add(session, make_video())
        raise KeyError
    with database.transaction() as session:
        assert videos.matching(session, "") == []


def test_a_video_is_found_by_the_beginning_of_its_id(
    database: Database, make_video: Callable[..., Video]
) -> None:
    found_by_beginnings(database, make_video)


@pytest.mark.postgres
def test_so_it_is_where_the_server_sorts_as_a_language_does(
    postgres: Callable[[str], str], make_video: Callable[..., Video]
) -> None:
    """As most servers are set up: there "~" comes before each letter and digit."""
    with closing(Database(postgres("of_no_language"))) as plain, plain.engine.connect() as line:
        line.execution_options(isolation_level="AUTOCOMMIT")
        made = "CREATE DATABASE of_a_language TEMPLATE template0 LOCALE 'en_US.UTF-8'"
        try:
            line.execute(text(made))
        except DatabaseError:
            pytest.skip("this machine has no en_US.UTF-8")
        address = plain.url.set(database="of_a_language").render_as_string(hide_password=False)
    with closing(Database(address)) as there:
        found_by_beginnings(there, make_video)


def found_by_beginnings(database: Database, make_video: Callable[..., Video]) -> None:
    made = [make_video(now=NOW + timedelta(days=day)) for day in (0, 0, 400)]
    with database.transaction() as session:
        for video in made:
            videos.add(session, video)
        for start, newest in ((made[0].id, made[0]), (made[2].id[:5], made[2]), ("", made[2])):
            assert videos.matching(session, start)[0].id == newest.id
        assert len(videos.matching(session, made[0].id[:9])) == 2
        assert len(videos.matching(session, "", limit=100)) == 3
        assert videos.matching(session, "Z") == videos.matching(session, "%") == []


def test_both_ways_of_listing_agree(url: str, database: Database, kept: Kept) -> None:
    video, _ = kept(database)
    (line,) = list_videos(url, limit=5)
    with database.transaction() as session:
        row = videos.get(session, video.id)
        assert row
    assert (line.id, line.character, line.status, line.title, line.created_at) == (
        row.id,
        row.character_id,
        row.status,
        row.title,
        row.created_at,
    )
    assert list_videos(url, limit=5, status="failed") == ()


def test_listing_makes_no_database(tmp_path: Path) -> None:
    assert list_videos(f"sqlite:///{tmp_path}/none/elite8.db", limit=5) == ()
    assert not (tmp_path / "none").exists()


def test_a_fresh_database_is_for_its_owner_only(lite: Database) -> None:
    assert lite.file
    _ = lite.engine
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (lite.file.parent, lite.file)]
    assert modes == [0o700, 0o600]


def test_readers_and_a_writer_share_the_file(lite: Database) -> None:
    with lite.engine.connect() as connection:
        facts = [
            connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        ]
    assert facts == ["wal", 1, 2, 5000]


def test_a_file_another_process_writes_is_waited_for(lite: Database) -> None:
    assert lite.file
    prepare_file(lite.file)
    with closing(sqlite3.connect(lite.file, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = threading.Timer(0.3, other.rollback)
        done.start()
        write_ahead(lite.file)
        done.join()
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_tables_that_another_process_makes_are_waited_for(
    lite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To make them all may take longer than any transaction of ours."""
    assert lite.file
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    prepare_file(lite.file)
    with closing(sqlite3.connect(lite.file, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = threading.Timer(1.0, other.rollback)
        done.start()
        assert schema(lite.engine)[0] == HEAD
        done.join()
        other.execute("BEGIN IMMEDIATE")
        late = Database(lite.address)
        with pytest.raises(Unavailable, match="is busy"):  # the tables are there: nobody makes them
            _ = late.engine


@pytest.mark.slow
def test_a_file_that_is_held_by_another_for_too_long_is_said_in_words(lite: Database) -> None:
    assert lite.file
    _ = lite.engine
    late = Database(lite.address)
    with closing(sqlite3.connect(lite.file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="is busy"), late.transaction():
            pass


def test_a_second_opening_keeps_the_locks_of_the_first(lite: Database) -> None:
    """A process that opens and closes a file gives up all its locks on it, also SQLite's."""
    assert lite.file
    lock = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN EXCLUSIVE')"
    prepare_file(lite.file)
    with closing(sqlite3.connect(lite.file)) as mine:
        mine.execute("BEGIN IMMEDIATE")
        prepare_file(lite.file)
        told = subprocess.run(
            [sys.executable, "-c", lock, lite.file], capture_output=True, text=True, check=False
        )
    assert "database is locked" in told.stderr


@pytest.mark.slow
def test_processes_that_start_at_once_migrate_once(url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, url], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    assert [child.communicate()[1].decode()[-300:] for child in started] == ["", "", ""]


def test_a_database_of_another_program_is_left_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    before = made(file, "CREATE TABLE recipe (id)")
    with pytest.raises(ConfigError, match="another program"):
        _ = Database(f"sqlite:///{file}").engine
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.glob("other*")] == ["other.db"]


def test_random_bytes_are_left_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "noise.db"
    file.write_bytes(before := os.urandom(5000))
    with pytest.raises(ConfigError, match=r"noise\.db"):
        _ = Database(f"sqlite:///{file}").engine
    assert file.read_bytes() == before


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a file"):
        _ = Database(f"sqlite:///{tmp_path}").engine


def test_a_newer_database_is_refused(lite: Database) -> None:
    with lite.transaction() as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '0999'"))
    lite.close()
    with pytest.raises(ConfigError, match="newer elite8"):
        _ = lite.engine


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:hunter2@h:port/x",
        "mysql://u:hunter2@h/x",
        "postgresql://u:hunter2@127.0.0.1:1/x",
    ],
)
def test_no_password_is_told(address: str) -> None:
    database = Database(address)
    with pytest.raises((ConfigError, Unavailable)) as told:
        _ = database.engine
    assert "hunter2" not in f"{told.value} {database!r}"


def test_due_posts_are_found_by_their_index(lite: Database) -> None:
    seen: list[tuple[str, tuple[object, ...]]] = []

    def note(*called: object) -> None:
        seen.append((str(called[2]), tuple(called[3])))  # type: ignore[arg-type]  # SQLAlchemy's order

    event.listen(lite.engine, "before_cursor_execute", note)
    with lite.transaction() as session:
        posts.due(session, now=NOW)
        statement, values = seen[-1]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps = str(plan.all())
        assert "USING INDEX post_by_status" in steps
        assert "SCAN post" not in steps


def test_a_schema_nobody_knows_is_refused(lite: Database) -> None:
    with lite.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    lite.close()
    with pytest.raises(ConfigError, match="unknown schema '0000'"):
        _ = lite.engine


def older(url: str, version: str, *then: str) -> None:
    """Have a database of an older version, and these statements done there."""
    from alembic import command
    from sqlalchemy import create_engine

    meant = Database(url)
    if meant.file:
        meant.file.parent.mkdir(exist_ok=True, mode=0o700)
    old = create_engine(meant.url)
    config = runner.configuration()
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
        for statement in then:
            connection.execute(text(statement))
    old.dispose()


def test_sums_that_were_made_as_a_whole_are_made_in_each_part(url: str) -> None:
    state = "VALUES (0, '2026-11-23 09:00:00.123457', 'rules', 'looks')"
    older(url, "0027", f"INSERT INTO engagement_state (days_before, until, basis, seen) {state}")
    with closing(Database(url)) as opened, opened.transaction() as session:
        assert engagement.untils(session, 0) == [NOW] * PARTS
        assert {one.seen for one in engagement.states(session).values()} == {"looks"}


SUBSCRIBED = (
    """INSERT INTO subscriber
    (id, key, platform, country, language, birth_year, added_at) VALUES
    (1, 'a', 'fanvue', 'US', 'en', 2010, '2026-11-23 09:00:00'),
    (2, 'b', 'fanvue', 'DE', 'de', 1990, '2026-11-23 09:00:00')""",
    """INSERT INTO subscription
    (id, subscriber_id, character_id, tier, currency, months, status, left_reason, source_at) VALUES
    (7, 1, 'miyuki', 'other', '', 1, 'active', '', '2026-11-23 09:00:00')""",
    """INSERT INTO subscription_state
    (subscription_id, tier, currency, months, status, left_reason, source_at)
    SELECT id, tier, currency, months, status, left_reason, source_at
    FROM subscription CROSS JOIN (SELECT 1 UNION SELECT 2) AS twice""",
)
"""Somebody with two exports, and somebody whose only file was taken back."""


def test_what_was_known_of_somebody_was_said_by_each_of_their_exports(url: str) -> None:
    older(url, "0028", *SUBSCRIBED)
    with closing(Database(url)) as opened, opened.transaction() as session:
        said = session.exec(select(SubscriptionState)).all()
        assert [(one.country, one.language, one.birth_year) for one in said] == [
            ("US", "en", 2010),
            ("US", "en", 2010),
        ]
        people = session.exec(select(Subscriber).order_by(col(Subscriber.id))).all()
        assert [(one.country, one.birth_year) for one in people] == [("US", 2010), ("", None)]


@pytest.mark.parametrize("version", sorted(KNOWN))
def test_a_database_of_any_version_is_brought_up_to_date(tmp_path: Path, version: str) -> None:
    older(url := f"sqlite:///{tmp_path / 'old.db'}", version)
    with closing(Database(url)) as opened, opened.engine.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    assert found == HEAD


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_that_would_be_forgotten_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match="needs a file"):
        _ = Database(address).engine


def test_an_unescaped_at_sign_leaves_nothing_of_the_password() -> None:
    assert Database("postgresql://u:p@ss@host/db").name == "postgresql://host/db"


def test_an_empty_file_has_no_videos(tmp_path: Path) -> None:
    (tmp_path / "elite8.db").touch()
    assert list_videos(f"sqlite:///{tmp_path / 'elite8.db'}", limit=1) == ()


def test_a_transaction_within_one_is_a_fault_told_at_once(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path}/elite8.db")) as database:
        with (
            database.transaction(),
            pytest.raises(RuntimeError, match="hand its session on"),
            database.transaction(),
        ):
            pass
        with database.transaction() as session:
            assert session.connection().scalar(text("SELECT 1")) == 1


def test_a_connection_lets_go_of_its_pages_once_a_minute() -> None:
    said: list[str] = []
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.set_trace_callback(said.append)
        record: Any = SimpleNamespace(info={})
        let_go(connection, record)
        assert said == []
        record.info["let_go"] -= KEPT_SECONDS
        let_go(connection, record)
        let_go(connection, record)
        assert said == ["PRAGMA shrink_memory"]
        let_go(None, record)  # a connection that broke
