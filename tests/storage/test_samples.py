"""The history of metrics, on both databases."""

from datetime import UTC, datetime, timedelta

from elite8.core.domain.metric import Value
from elite8.core.domain.sample import DAY, HOUR, MINUTES
from elite8.core.storage import samples, ticks
from elite8.core.storage.database import Database

AT = datetime(2026, 11, 23, 9, 1, tzinfo=UTC)


def test_values_of_a_span_are_merged_and_rolled_up(database: Database) -> None:
    for number in (1.0, 3.0, 2.0):
        with database.transaction() as session:
            samples.keep(session, [Value("elite8_cpu_ratio", number)], AT, MINUTES)
    with database.transaction() as session:
        assert samples.roll_up(session, MINUTES, HOUR, AT + timedelta(hours=2)) == 1
        (one,) = samples.history(session, "elite8_cpu_ratio", "", HOUR, AT - DAY)
        assert (one.count, one.low, one.mean, one.high, one.last) == (3, 1.0, 2.0, 3.0, 2.0)
        assert samples.history(session, "elite8_cpu_ratio", "", MINUTES, AT - DAY) == []


def test_a_task_counts_its_failures_until_one_ends_well(database: Database) -> None:
    from elite8.core.storage import figures

    last: tuple[object, ...] = ()
    for failure in ("first", "second", ""):
        with database.transaction() as session:
            ticks.began(session, "watch", AT)
            ticks.ended(session, "watch", AT, failure)
            session.expire_all()
            (tick,) = figures.ticks(session)
            last = (tick.failures, tick.failed, tick.good_at, tick.message)
    assert last == (0, 2, AT, "")
