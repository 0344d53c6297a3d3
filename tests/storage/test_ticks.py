"""How tasks ended, in the database's own words, on both databases."""

from datetime import UTC, datetime

from elite8.core.domain.tick import Tick
from elite8.core.storage import ticks
from elite8.core.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def ended(database: Database, failure: str = "", part: str = "") -> tuple[int, int, str]:
    """Note an end; return failures in a row, all failures, and the message."""
    with database.transaction() as session:
        ticks.ended(session, "publish", NOW, failure, part)
    with database.transaction() as session:
        row = session.get(Tick, "publish")
        assert row
        return row.failures, row.failed, row.message


def test_a_part_that_goes_well_ends_its_own_failures_alone(database: Database) -> None:
    assert ended(database, part="1/8") == (0, 0, "")
    assert ended(database, "no disk", "3/8") == (1, 1, "3/8: no disk")
    assert ended(database, part="1/8") == (1, 1, "3/8: no disk")
    assert ended(database, "no disk", "3/8") == (2, 2, "3/8: no disk")
    assert ended(database, part="3/8") == (0, 2, "")
    assert ended(database, "no disk", "3/8") == (1, 3, "3/8: no disk")
    assert ended(database) == (0, 3, "")  # the leader does all parts itself
    assert ended(database, "no net") == (1, 4, "no net")
    assert ended(database, part="2/8") == (0, 4, "")  # workers do it now
