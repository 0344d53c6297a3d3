"""A disk that is full, read-only or wrong, a lock that is held, a server that goes: told in words.

Inside, each stays a fault of the database: nothing takes it for a network's answer.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from elite8.core.errors import ConfigError, Elite8Error, Unavailable, of_store
from elite8.core.storage.database import Database

SECRET = "made_up_somebody"


@pytest.fixture
def store(tmp_path: Path, empty_database: Path) -> Iterator[Database]:
    """A database with one row of its own table."""
    (tmp_path / "state").mkdir(mode=0o700)
    shutil.copy2(empty_database, tmp_path / "state")
    opened = Database(f"sqlite:///{tmp_path}/state/elite8.db")
    run(opened, "CREATE TABLE said (words TEXT UNIQUE)")
    run(opened, "INSERT INTO said VALUES ('first')")
    yield opened
    opened.close()


def run(store: Database, statement: str, *values: object) -> list[tuple[object, ...]]:
    with store.transaction() as session:
        found = session.connection().exec_driver_sql(statement, values)
        return [tuple(row) for row in found] if found.returns_rows else []


def trouble(store: Database, statement: str, *values: object) -> tuple[Elite8Error | None, str]:
    """Return what a person is told of a statement that fails, and what the fault itself says."""
    with pytest.raises(SQLAlchemyError) as caught:
        run(store, statement, *values)
    return of_store(caught.value), str(caught.value)


def words(store: Database) -> list[object]:
    return [row[0] for row in run(store, "SELECT words FROM said ORDER BY words")]


def test_a_full_disk_is_told_and_what_was_there_stays(store: Database) -> None:
    run(store, "PRAGMA max_page_count=1")  # SQLite takes what the file has already
    said, _ = trouble(store, "INSERT INTO said VALUES (?)", SECRET * 10_000)
    assert isinstance(said, ConfigError)
    assert "no room is left" in str(said)
    run(store, "PRAGMA max_page_count=100000")
    run(store, "INSERT INTO said VALUES (?)", "more")
    assert words(store) == ["first", "more"]


def test_a_read_only_disk_is_told(store: Database) -> None:
    run(store, "PRAGMA query_only=ON")
    said, fault = trouble(store, "INSERT INTO said VALUES (?)", SECRET)
    assert isinstance(said, ConfigError)
    assert "read-only" in str(said)
    assert SECRET not in fault


def test_a_lock_that_is_held_is_told(store: Database) -> None:
    run(store, "PRAGMA busy_timeout=0")
    with closing(sqlite3.connect(store.file or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said, _ = trouble(store, "INSERT INTO said VALUES ('late')")
    assert isinstance(said, Unavailable)
    assert "busy" in str(said)
    run(store, "INSERT INTO said VALUES ('late')")


def test_a_fault_of_ours_is_no_disk_and_names_no_value(store: Database) -> None:
    run(store, "INSERT INTO said VALUES (?)", SECRET)
    said, fault = trouble(store, "INSERT INTO said VALUES (?)", SECRET)
    assert (said, SECRET in fault) == (None, False)


def test_a_damaged_file_is_told_and_says_what_to_do(store: Database) -> None:
    for number in range(200):
        run(store, "INSERT INTO said VALUES (?)", f"{number:03}" * 400)
    file = store.file
    assert file
    store.close()
    whole = bytearray(file.read_bytes())
    for page in range(len(whole) // 4096 - 60, len(whole) // 4096):
        whole[page * 4096 : page * 4096 + 512] = b"\xee" * 512
    file.write_bytes(whole)
    said, _ = trouble(store, "SELECT words, rowid FROM said NOT INDEXED ORDER BY rowid")
    assert isinstance(said, ConfigError)
    assert "elite8 db restore" in str(said)


@pytest.mark.parametrize(("begin", "end"), [(0, 32), (32, 400), (-3000, None), (0, None)])
def test_a_damaged_write_ahead_log_costs_its_newest_rows_at_most(
    store: Database, begin: int, end: int | None, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(store.file or "")) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    run(store, "INSERT INTO said VALUES ('second')")
    run(store, "INSERT INTO said VALUES ('third')")
    assert store.file
    crashed = tmp_path / "crashed"
    crashed.mkdir(mode=0o700)
    for ending in ("", "-wal"):
        shutil.copy2(f"{store.file}{ending}", crashed / f"elite8.db{ending}")
    log = crashed / "elite8.db-wal"
    wrong = bytearray(log.read_bytes())
    assert len(wrong) > 3000
    wrong[begin:end] = bytes(byte ^ 0x5A for byte in wrong[begin:end])
    log.write_bytes(wrong)
    again = Database(f"sqlite:///{crashed}/elite8.db")
    found = words(again)
    assert found == ["first", "second", "third"][: len(found)]
    assert found[:1] == ["first"]
    assert run(again, "PRAGMA integrity_check") == [("ok",)]
    run(again, "INSERT INTO said VALUES ('z: after it')")
    again.close()


@pytest.mark.postgres
def test_a_server_that_drops_its_lines_is_told_and_then_used_again(
    postgres: Callable[[str], str],
) -> None:
    store = Database(postgres("dropped"))
    run(store, "CREATE TABLE said (words TEXT)")
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    other = Database(store.address)

    def cut() -> None:
        with store.transaction() as session:
            session.connection().exec_driver_sql("INSERT INTO said VALUES ('lost')")
            run(other, f"{drop} AND datname = 'dropped'")
            session.connection().exec_driver_sql("INSERT INTO said VALUES ('lost too')")

    with pytest.raises(SQLAlchemyError) as caught:
        cut()
    said = of_store(caught.value)
    assert isinstance(said, Unavailable)
    assert "does not answer" in str(said)
    run(other, f"{drop} AND datname = 'dropped'")
    run(store, "INSERT INTO said VALUES ('kept')")  # nobody has to start anew
    assert words(store) == ["kept"]
    store.close()
    other.close()
