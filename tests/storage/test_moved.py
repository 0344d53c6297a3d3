"""Payments and ends as columns, and when accounts were heard of, on either database."""

from datetime import UTC, datetime, timedelta

from elite8.core.domain.spell import Move
from elite8.core.domain.subscriber import Act
from elite8.core.storage import moved
from elite8.core.storage.database import Database
from elite8.core.storage.leaving import Only
from tests.subscribed import event, subscriber, subscription

NOW = datetime(2026, 11, 23, 9, 0, 0, 500000, tzinfo=UTC)
TODAY = NOW.toordinal()
PAID = {"amount_minor": 999, "currency": "USD"}


def before(days: int) -> datetime:
    return NOW - timedelta(days=days)


def test_what_each_did_comes_by_time_and_nothing_of_later_or_of_the_erased(
    database: Database,
) -> None:
    with database.transaction() as session:
        one, two = (subscriber(session, name, added_at=NOW) for name in ("one", "two"))
        gone = subscriber(session, "gone", added_at=NOW, erased_at=NOW)
        event(session, two, Act.SUB_START, before(3), **PAID)
        event(session, one, Act.SUB_EXPIRE, before(1), character_id="")
        event(session, one, Act.SUB_START, before(40), **PAID)
        event(session, one, Act.AUTO_RENEW_OFF, NOW)
        event(session, one, Act.LIKE, NOW)
        event(session, one, Act.SUB_RENEW, NOW + timedelta(hours=1), **PAID)
        event(session, gone, Act.SUB_START, before(3), **PAID)
        ids = [one.id, two.id]
    with database.transaction() as session:
        first, second = moved.moves(session, NOW).people
        none = moved.moves(session, NOW, Only(platform="line"))
    assert [first.subscriber, second.subscriber] == ids
    assert first.rows() == [
        Move(TODAY - 40, Act.SUB_START, 999, "USD", "miyuki"),
        Move(TODAY - 1, Act.SUB_EXPIRE),
        Move(TODAY, Act.AUTO_RENEW_OFF, None, "", "miyuki"),
    ]
    assert (first.platform, first.latest) == ("fanvue", TODAY - 1)
    assert first.characters == {"", "miyuki"}
    assert none.people == []


def test_a_payment_that_names_nobody_is_heard_of_the_only_subscription(database: Database) -> None:
    with database.transaction() as session:
        single, double = (subscriber(session, name, added_at=NOW) for name in ("one", "two"))
        subscription(session, single, "airi", source_at=before(50))
        for character in ("hana", "rio"):
            subscription(session, double, character, source_at=before(60))
        event(session, single, Act.SUB_RENEW, before(2), character_id="", **PAID)
        event(session, double, Act.SUB_RENEW, before(1), character_id="", **PAID)
        event(session, double, Act.SUB_RENEW, before(4), character_id="rio", **PAID)
    with database.transaction() as session:
        days = moved.heard(session, NOW, moved.moves(session, NOW))
        nothing = moved.heard(session, before(99), moved.moves(session, before(99)))
    ago = {character: TODAY - day for (_, character), day in days.items()}
    assert ago == {"airi": 2, "": 1, "rio": 4, "hana": 60}
    assert nothing == {}
