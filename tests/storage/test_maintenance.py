"""Backup, restore, check."""

import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from elite8.core.domain.post import Post
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.storage import maintenance, posts
from elite8.core.storage.database import Database

Kept = Callable[[Database], tuple[Video, Post]]


def titles(file: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT title FROM video").fetchall()


@pytest.fixture
def saved(lite: Database, kept: Kept, tmp_path: Path) -> Path:
    """A backup with one video, of a database that then got another title."""
    kept(lite)
    maintenance.backup(lite, tmp_path / "saved.db")
    with lite.transaction() as session:
        session.connection().execute(text("UPDATE video SET title = 'Later'"))
    return tmp_path / "saved.db"


def as_it_is(_: Database) -> None:
    """Leave the copy alone."""


def test_a_backup_is_whole_and_private(saved: Path) -> None:
    assert titles(saved) == [("Rain",)]
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_a_backup_never_overwrites(lite: Database, saved: Path) -> None:
    with pytest.raises(ConfigError, match="exists already"):
        maintenance.backup(lite, saved)


def test_a_restore_asks_before_it_replaces(lite: Database, saved: Path) -> None:
    with pytest.raises(ConfigError, match="--force"):
        maintenance.restore(saved, lite, force=False, ready=as_it_is)


def test_a_restore_keeps_the_replaced_one_beside(lite: Database, saved: Path) -> None:
    beside = maintenance.restore(saved, lite, force=True, ready=as_it_is)
    assert beside
    assert lite.file
    assert (titles(lite.file), titles(beside)) == ([("Rain",)], [("Later",)])


def test_nobody_else_reads_a_restored_database_nor_the_replaced_one_at_any_moment(
    lite: Database, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "copystat", lambda *_, **__: None)  # which comes last of all
    beside = maintenance.restore(saved, lite, force=True, ready=as_it_is)
    assert beside
    assert beside.stat().st_mode & 0o777 == 0o600
    fresh = Database(f"sqlite:///{tmp_path}/new/elite8.db")
    maintenance.restore(saved, fresh, force=False, ready=as_it_is)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_a_restored_database_opens_and_is_sound(lite: Database, saved: Path) -> None:
    maintenance.restore(saved, lite, force=True, ready=as_it_is)
    assert maintenance.check(lite) == ()


def test_a_restore_mends_a_damaged_database(lite: Database, saved: Path) -> None:
    lite.close()
    assert lite.file
    lite.file.write_bytes(b"noise" * 2000)
    beside = maintenance.restore(saved, lite, force=True, ready=as_it_is)
    assert beside
    assert beside.read_bytes() == b"noise" * 2000
    assert titles(lite.file) == [("Rain",)]


def test_a_restore_that_fails_leaves_the_database_whole(
    lite: Database, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lite.file
    killed = Database(f"sqlite:///{tmp_path}/killed.db")
    assert killed.file
    for side in ("", "-wal", "-shm"):  # what a killed process leaves: rows still in the log
        Path(f"{killed.file}{side}").write_bytes(Path(f"{lite.file}{side}").read_bytes())

    beside = maintenance.keep_beside

    def full(target: Path) -> Path:
        beside(target)
        raise ConfigError("no space left")

    monkeypatch.setattr(maintenance, "keep_beside", full)
    with pytest.raises(ConfigError):
        maintenance.restore(saved, killed, force=True, ready=as_it_is)
    assert titles(killed.file) == [("Later",)]


def test_what_is_to_be_in_a_restored_one_is_in_it_before_it_is_there(
    lite: Database, saved: Path
) -> None:
    assert lite.file

    def ready(copy: Database) -> None:
        assert titles(Path(lite.file or "")) == [("Later",)]
        with copy.transaction() as session:
            session.connection().execute(text("UPDATE video SET title = 'Held'"))

    maintenance.restore(saved, lite, force=True, ready=ready)
    assert (titles(lite.file), titles(saved)) == ([("Held",)], [("Rain",)])
    assert not [*lite.file.parent.glob(f".{lite.file.name}.*")]


def test_a_copy_that_cannot_be_readied_is_not_put_there(lite: Database, saved: Path) -> None:
    def broken(_: Database) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        maintenance.restore(saved, lite, force=True, ready=broken)
    assert lite.file
    assert titles(lite.file) == [("Later",)]
    assert not [*lite.file.parent.glob(f".{lite.file.name}.*")]


def test_a_database_in_use_is_not_replaced(
    lite: Database, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "BUSY_SECONDS", 0.0)
    assert lite.file
    with closing(sqlite3.connect(lite.file)) as other:
        other.execute("SELECT count(*) FROM video").fetchall()
        with pytest.raises(Unavailable, match="in use"):
            maintenance.restore(saved, lite, force=True, ready=as_it_is)


def test_noise_is_no_backup(lite: Database, tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"noise" * 2000)
    with pytest.raises(ConfigError, match="not an elite8 database"):
        maintenance.restore(tmp_path / "noise", lite, force=True, ready=as_it_is)


@pytest.mark.parametrize(
    "planted",
    [
        "CREATE TRIGGER audit_no_x AFTER INSERT ON post BEGIN DELETE FROM consent; END",
        "CREATE VIEW people AS SELECT * FROM subscriber",
    ],
)
def test_a_backup_that_acts_by_itself_is_refused(planted: str, lite: Database, saved: Path) -> None:
    with closing(sqlite3.connect(saved)) as changed:
        changed.execute(planted)
    with pytest.raises(ConfigError, match="by itself"):
        maintenance.restore(saved, lite, force=True, ready=as_it_is)


def test_a_finished_video_without_a_file_is_found(lite: Database, kept: Kept) -> None:
    kept(lite)
    with lite.transaction() as session:
        session.connection().execute(text("UPDATE video SET status = 'finished'"))
    assert maintenance.check(lite) == ("1 finished videos have no file or hash",)


@pytest.mark.postgres
def test_postgresql_has_its_own_backup(postgres: Callable[[str], str], tmp_path: Path) -> None:
    with pytest.raises(Refused, match="pg_dump"):
        maintenance.backup(Database(postgres("dumped")), tmp_path / "x")


def test_rows_of_any_database_are_copied_into_an_empty_one(
    database: Database, kept: Kept, tmp_path: Path
) -> None:
    video, post = kept(database)
    with closing(Database(f"sqlite:///{tmp_path / 'copy.db'}")) as copy:
        maintenance.copy_rows(database, copy)
        with copy.transaction() as session:
            found = posts.get(session, post.id)
            assert found
            assert (found.video_id, found.due_at) == (video.id, post.due_at)
