"""Traffic through the proxy, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from elite8.core.domain.proxy import Balance, Outcome, Use, new_use
from elite8.core.storage import traffic
from elite8.core.storage.database import Database

AT = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
HOST = "open.tiktokapis.com"


def put(database: Database, at: datetime, region: str = "JP", **facts: object) -> str:
    with database.transaction() as session:
        use = new_use(at, region, "a", HOST, **facts)
        traffic.add(session, use)
        return use.id


def test_bytes_are_summed_by_day_and_region_and_what_is_held_counts(database: Database) -> None:
    put(database, AT, up=4 * 10**12, down=10, held=1)
    put(database, AT + timedelta(minutes=2), "US", up=5)
    put(database, AT + timedelta(minutes=2), held=7)
    with database.transaction() as session:
        assert traffic.used(session, AT.date()) == 4 * 10**12 + 23
        assert traffic.used(session, AT.date() + timedelta(days=1)) == 12
        assert traffic.everything(session) == 4 * 10**12 + 23
        assert traffic.by_region(session) == [("JP", 4 * 10**12, 10, 8), ("US", 5, 0, 0)]
        first = AT.date() + timedelta(days=1)
        assert traffic.by_region(session, first) == [("JP", 0, 0, 7), ("US", 5, 0, 0)]
        assert traffic.fold(session, first) == 0


def test_of_many_at_once_as_many_find_room_as_there_is(database: Database) -> None:
    def hold(_: int) -> bool:
        with database.transaction() as session:
            traffic.alone(session)
            if traffic.used(session, AT.date()) + 10 > 50:
                return False
            traffic.add(session, new_use(AT, "JP", "a", HOST, held=10))
            return True

    assert database.file or database.name
    with ThreadPoolExecutor(8) as workers:
        assert sum(workers.map(hold, range(20))) == 5


def test_the_newest_row_that_tells_how_the_proxy_is(database: Database) -> None:
    put(database, AT, up=1)
    put(database, AT + timedelta(seconds=1), outcome=Outcome.LOGIN)
    for seconds, outcome in enumerate((Outcome.BUDGET, Outcome.REST, Outcome.DOMAIN, "", "cut"), 2):
        put(database, AT + timedelta(seconds=seconds), outcome=outcome)
    with database.transaction() as session:
        found = traffic.newest(session, "JP")
        assert isinstance(found, Use)
        assert found.outcome == Outcome.LOGIN
        assert traffic.newest(session, "US") is None
        assert traffic.seen(session, "JP") is None
        told = traffic.since(session, (Outcome.LOGIN, Outcome.REST), AT)
        assert sorted(told) == [("JP", HOST, "login", 1), ("JP", HOST, "rest", 1)]


def test_days_that_are_folded_keep_their_sums_and_their_doubt(database: Database) -> None:
    put(database, AT, up=1, exact=False)
    put(database, AT, up=2, outcome="cut", country="jp")
    put(database, AT, "US", up=4)
    with database.transaction() as session:
        assert traffic.fold(session, AT.date() + timedelta(days=1)) == 1
    with database.transaction() as session:
        assert traffic.by_region(session) == [("JP", 3, 0, 0), ("US", 4, 0, 0)]
        assert traffic.estimated(session, AT.date()) == 1


def test_what_the_provider_said_is_kept_in_order(database: Database) -> None:
    for hours in (2, 1, 3, 3):
        with database.transaction() as session:
            at = AT + timedelta(hours=hours)
            traffic.note(session, Balance(at=at, left_gb=float(hours), ours=hours))
    with database.transaction() as session:
        assert [one.left_gb for one in traffic.balances(session)] == [3.0, 2.0, 1.0]
