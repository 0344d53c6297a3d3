"""A database for looks: no writer holds it up, and it holds up none."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError

from elite8.core.domain.post import Post
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError
from elite8.core.storage import videos
from elite8.core.storage.database import Database

Kept = Callable[[Database], tuple[Video, Post]]


def looking(database: Database) -> Database:
    return Database(database.address, looks=True)


def count(database: Database) -> int:
    with database.transaction() as session:
        return len(videos.matching(session, "", limit=100))


def test_a_look_is_made_while_a_writer_holds_the_lock(lite: Database, kept: Kept) -> None:
    kept(lite)
    with closing(looking(lite)) as looks, closing(sqlite3.connect(lite.file or "")) as writer:
        writer.isolation_level = None
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE video SET title = 'half way'")
        assert [count(looks) for _ in range(20)] == [1] * 20
        assert writer.in_transaction
        writer.execute("ROLLBACK")


def test_looks_of_many_threads_take_no_turns(lite: Database, kept: Kept) -> None:
    kept(lite)
    with closing(looking(lite)) as looks:
        both = threading.Barrier(2, timeout=5)

        def look() -> None:
            with looks.transaction() as session:
                both.wait()  # the other one is in its transaction too
                videos.matching(session, "")

        threads = [threading.Thread(target=look) for _ in range(2)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert not both.broken


def test_a_writer_is_not_held_up_by_a_look(lite: Database, kept: Kept) -> None:
    with closing(looking(lite)) as looks, looks.transaction() as session:
        assert videos.matching(session, "") == []
        kept(lite)
        assert videos.matching(session, "") == []  # as it was when the look began
    assert count(lite) == 1


def test_an_ordinary_transaction_takes_the_write_lock_as_ever(lite: Database, kept: Kept) -> None:
    kept(lite)
    with (
        closing(sqlite3.connect(lite.file or "", timeout=0)) as other,
        lite.transaction() as session,
    ):
        other.isolation_level = None
        videos.matching(session, "")  # it only reads, and yet
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_who_looks_writes_nothing(
    database: Database, kept: Kept, make_video: Callable[..., Video]
) -> None:
    kept(database)
    with closing(looking(database)) as looks:
        with (
            pytest.raises((OperationalError, InternalError, DBAPIError), match=r"(?i)read.?only"),
            looks.transaction() as session,
        ):
            videos.add(session, make_video())
        assert count(looks) == 1
    assert count(database) == 1


def test_who_looks_first_has_the_tables_made(database: Database) -> None:
    with closing(looking(database)) as looks:
        assert count(looks) == 0


def test_who_looks_refuses_the_database_of_another_program(lite: Database) -> None:
    file = lite.file
    assert file
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file)) as made:
        made.executescript("CREATE TABLE recipe (name TEXT)")
    with closing(looking(lite)) as looks, pytest.raises(ConfigError, match="another program"):
        count(looks)


def test_the_number_of_changes_moves_only_when_something_was_committed(
    lite: Database, kept: Kept, make_video: Callable[..., Video]
) -> None:
    with closing(replace(lite, looks=True)) as looks:
        first = looks.changes()
        count(looks)
        count(lite)
        assert looks.changes() == first
        kept(lite)
        second = looks.changes()
        assert second != first
        with pytest.raises(RuntimeError):
            given_up(lite, make_video())
        assert looks.changes() == second


def test_a_change_by_another_process_is_seen(lite: Database) -> None:
    before = lite.changes()
    with closing(sqlite3.connect(lite.file or "")) as other, other:
        other.execute("INSERT INTO lease VALUES ('daemon', 'x', '2026-01-01', '2026-01-02')")
    assert lite.changes() != before


def test_changes_are_not_counted_on_postgresql(database: Database) -> None:
    assert (database.changes() is None) == (database.file is None)


def given_up(lite: Database, video: Video) -> None:
    """Write in a transaction that comes to nothing."""
    with lite.transaction() as session:
        videos.add(session, video)
        raise RuntimeError("rolled back")
