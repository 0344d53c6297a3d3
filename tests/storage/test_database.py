"""Opening: fresh, again, by two at once, and everything that is not our database."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from elite8.core.errors import ConfigError, Refused
from elite8.core.storage import listing, maintenance
from elite8.core.storage.database import HEAD, Database, stamp
from elite8.core.storage.migrations.runner import head
from sqlalchemy import text
from sqlmodel import SQLModel


def test_the_head_the_program_knows_is_alembic_s() -> None:
    assert head() == HEAD


def test_the_migrations_make_the_tables_the_program_uses(database: Database) -> None:
    with database.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    assert found == []


def test_opening_again_does_not_load_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'elite8.db'}"
    first = Database(url)
    assert stamp(first.engine) == HEAD
    first.close()
    show = (
        f"from elite8.core.storage.database import Database; Database({url!r}).engine;"
        "import sys; print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_two_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'elite8.db'}"
    code = f"from elite8.core.storage.database import Database; Database({url!r}).engine"
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait(60) for process in both] == [0, 0, 0]
    opened = Database(url)
    assert stamp(opened.engine) == HEAD
    opened.close()


def test_sqlite_is_set_as_promised(tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'elite8.db'}")
    with opened.engine.connect() as connection:
        settings = [
            connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    opened.close()
    assert settings == ["wal", 1, 5000]
    assert (tmp_path / "deep" / "er" / "elite8.db").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "deep" / "er").stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "elite8.db"
    file.write_bytes(b"not a database, " * 100)
    with pytest.raises(ConfigError, match="is not an elite8 database"):
        _ = Database(f"sqlite:///{file}").engine
    with pytest.raises(ConfigError, match="is not an elite8 database"):
        listing.list_videos(f"sqlite:///{file}", limit=1)
    assert file.read_bytes() == b"not a database, " * 100


def test_another_program_s_database_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "elite8.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE theirs (a)")
    with pytest.raises(ConfigError, match="another program"):
        _ = Database(f"sqlite:///{file}").engine


def test_a_newer_database_is_refused(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(ConfigError, match="newer elite8"):
        _ = Database(database.address).engine


def test_a_folder_in_its_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "elite8.db").mkdir()
    with pytest.raises(ConfigError, match="is not a file"):
        _ = Database(f"sqlite:///{tmp_path / 'elite8.db'}").engine


def test_a_state_folder_of_someone_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(ConfigError, match="belongs to another user"):
        _ = Database(f"sqlite:///{tmp_path / 'elite8.db'}").engine
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["nonsense", "mysql://me:pw_hidden@host/db", "://"])
def test_an_address_that_is_none_is_one_sentence_without_the_password(url: str) -> None:
    with pytest.raises(ConfigError, match="ELITE8_DATABASE_URL") as wrong:
        _ = Database(url).engine
    assert "pw_hidden" not in str(wrong.value) + repr(Database(url))


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
        _ = 1 / 0
    assert stamp(database.engine) == HEAD


def test_a_backup_restores_what_was_there_and_keeps_what_it_replaces(tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path / 'elite8.db'}")
    with opened.transaction() as session:
        session.execute(text("CREATE TABLE note (a)"))
    maintenance.backup(opened, tmp_path / "copy.db")
    with opened.transaction() as session:
        session.execute(text("DROP TABLE note"))
    with pytest.raises(ConfigError, match="--force"):
        maintenance.restore(tmp_path / "copy.db", opened, force=False)
    beside = maintenance.restore(tmp_path / "copy.db", opened, force=True)
    with opened.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM note")) == 0
    opened.close()
    assert beside is not None
    assert beside.exists()
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


def test_a_backup_never_overwrites_and_a_bad_one_is_never_restored(tmp_path: Path) -> None:
    opened = Database(f"sqlite:///{tmp_path / 'elite8.db'}")
    _ = opened.engine
    (tmp_path / "there.db").write_bytes(b"mine" * 300)
    with pytest.raises(ConfigError, match="exists already"):
        maintenance.backup(opened, tmp_path / "there.db")
    with pytest.raises(ConfigError, match="is not an elite8 database"):
        maintenance.restore(tmp_path / "there.db", opened, force=True)
    with pytest.raises(ConfigError, match="there is no file"):
        maintenance.restore(tmp_path / "gone.db", opened, force=True)
    assert stamp(opened.engine) == HEAD
    opened.close()


@pytest.mark.postgres
def test_backup_on_postgresql_says_what_does_it_there(postgres: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="pg_dump"):
        maintenance.backup(Database(postgres), tmp_path / "x.db")


def test_check_finds_nothing_in_a_sound_database_and_names_what_is_wrong(
    database: Database,
) -> None:
    assert maintenance.check(database) == ()
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO video (id, character_id, status, engine, language, content_type, topic,"
                " title, script, seed, voice, path, cover, sha256, size_bytes, failure, claimed_by,"
                " created_at) VALUES ('1', 'm', 'finished', 'l', 'en', 'd', '', '', '', 1, '', '',"
                " '', '', 0, '', '', '2026-11-23 00:00:00')"
            )
        )
    assert maintenance.check(database) == ("1 finished videos have no file or hash",)
