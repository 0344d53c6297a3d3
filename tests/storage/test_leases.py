"""One holder of a name, by the database's own word, on both databases."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from elite8.core.storage import leases
from elite8.core.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LASTS = timedelta(seconds=90)


def take(database: Database, holder: str, seconds: float = 0, dead: str = "") -> str:
    now = NOW + timedelta(seconds=seconds)
    with database.transaction() as session:
        return leases.take(session, "daemon", holder=holder, now=now, lasts=LASTS, dead=dead).holder


@pytest.mark.parametrize(
    ("seconds", "dead", "holder"),
    [
        (0, "", "A"),
        (89, "", "A"),
        (90, "", "B"),
        (1, "A", "B"),
        (1, "C", "A"),
        (-1, "", "A"),
        (-91, "", "B"),
    ],
)
def test_a_lease_is_taken_when_it_ended_or_its_holder_is_dead(
    database: Database, seconds: float, dead: str, holder: str
) -> None:
    assert take(database, "A") == "A"
    assert take(database, "B", seconds, dead) == holder


def test_a_holder_prolongs_and_gives_back(database: Database) -> None:
    take(database, "A")
    take(database, "A", 60)
    with database.transaction() as session:
        held = leases.get(session, "daemon")
        assert held
        assert (held.since, held.until) == (NOW, NOW + timedelta(seconds=150))
        leases.give_back(session, "daemon", "B")
    assert take(database, "B", 61) == "A"
    with database.transaction() as session:
        leases.give_back(session, "daemon", "A")
    assert take(database, "B", 62) == "B"


def test_of_many_that_begin_at_once_one_gets_it(database: Database) -> None:
    _ = database.engine
    start = Barrier(4)
    told: dict[str, str] = {}

    def run(holder: str) -> None:
        start.wait()
        told[holder] = take(database, holder)

    threads = [Thread(target=run, args=(holder,)) for holder in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(told.values())) == 1
    assert len(told) == 4
