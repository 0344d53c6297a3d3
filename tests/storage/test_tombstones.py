"""Who was erased is known again by a hash, and by nothing else."""

from datetime import UTC, datetime

from elite8.core.storage import tombstones
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
