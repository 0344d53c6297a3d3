"""Who was erased is known again by a hash, and by nothing else."""

import fcntl
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path

from elite8.core.storage import noted, tombstones
from elite8.core.storage.database import Database

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def test_whoever_was_buried_is_dead_and_nobody_else(database: Database) -> None:
    many = [f"{number:064x}" for number in range(3000)]
    with database.transaction() as session:
        assert tombstones.bury(session, many[::2], NOW) == 1500
    with database.transaction() as session:
        assert tombstones.dead(session, many) == set(many[::2])
        assert tombstones.dead(session, []) == set()
        assert tombstones.bury(session, many[:10], NOW) == 5


def test_what_another_has_half_written_is_waited_for_and_not_cut_off(tmp_path: Path) -> None:
    """As on PostgreSQL, where no writer waits for the other's transaction."""
    file = tmp_path / "people.erased"
    with file.open("wb", buffering=0) as other, ThreadPoolExecutor(1) as beside:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write(b"half of ")
        mine = beside.submit(noted.append, file, ["mine"])
        assert wait([mine], 0.3).not_done
        other.write(b"theirs\n")
        fcntl.flock(other, fcntl.LOCK_UN)
        mine.result(30)
    assert noted.lines(file) == ["half of theirs", "mine"]
