"""What is asked of subscribers who may leave, on either database: nothing ahead, nobody erased."""

from datetime import UTC, date, datetime, timedelta

import pytest

from elite8.core.domain.subscriber import Act, Subscription
from elite8.core.storage import leaving
from elite8.core.storage.database import Database
from elite8.core.storage.leaving import Words
from tests.subscribed import event, subscriber, subscription

NOW = datetime(2026, 11, 23, 9, 0, 0, 500000, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def test_exports_come_in_the_order_of_time_until_then(database: Database) -> None:
    with database.transaction() as session:
        who = subscriber(session, "one", added_at=NOW)
        subscription(session, who, source_at=NOW, period_end=date(2026, 12, 1))
        subscription(session, who, "airi", source_at=LATER)
        gone = subscriber(session, "two", added_at=NOW, erased_at=NOW)
        subscription(session, gone, source_at=NOW)
    with database.transaction() as session:
        found = [*leaving.known(session, NOW)]
    today = NOW.date().toordinal()
    assert [(one.character, one.said) for one in found] == [("miyuki", today)] * 2
    assert found[0].until == date(2026, 12, 1).toordinal()
    assert found[0].auto_renew is True


def test_a_subscription_without_an_export_speaks_for_itself(database: Database) -> None:
    with database.transaction() as session:
        who = subscriber(session, "one", added_at=NOW)
        assert who.id
        session.add(
            Subscription(
                subscriber_id=who.id, character_id="miyuki", status="active", source_at=NOW
            )
        )
    with database.transaction() as session:
        (one,) = leaving.known(session, NOW)
    assert (one.status, one.price_minor, one.said) == ("active", None, NOW.date().toordinal())


def test_acts_are_by_subscriber_and_time_to_the_tenth_of_a_second(database: Database) -> None:
    with database.transaction() as session:
        one, two = (subscriber(session, name, added_at=NOW) for name in ("one", "two"))
        event(session, two, Act.MESSAGE_IN, NOW - timedelta(days=1))
        event(session, one, Act.LIKE, NOW)
        event(session, one, Act.VIEW, NOW - timedelta(days=2))
        event(session, one, Act.MESSAGE_OUT, NOW)
        event(session, one, Act.VIEW, LATER)
        ids = [one.id, one.id, two.id]
    with database.transaction() as session:
        found = leaving.acts(session, NOW)
        nothing = leaving.acts(session, NOW - timedelta(days=9))
    assert found.subscriber.tolist() == ids
    days = [2, 0, 1]
    assert found.at.tolist() == pytest.approx([NOW.timestamp() - 86_400 * n for n in days], abs=0.1)
    assert nothing.at.size == 0


def test_what_was_paid_back_is_no_purchase_and_friends_take_part(database: Database) -> None:
    with database.transaction() as session:
        buyer = subscriber(session, "buyer", added_at=NOW)
        friend = subscriber(session, "friend", "line", added_at=NOW)
        money = {"amount_minor": 500, "currency": "USD"}
        event(session, buyer, Act.TIP, NOW, key="kept", **money)
        event(session, buyer, Act.TIP, NOW, key="back", **money)
        event(session, buyer, Act.REFUND, NOW, about="back", amount_minor=-500, currency="USD")
        event(session, buyer, Act.MESSAGE_IN, NOW)
        event(session, friend, Act.MESSAGE_IN, NOW)
        ids = [buyer.id, friend.id]
    words = Words()
    with database.transaction() as session:
        found = leaving.bought(session, NOW, words)
    assert sorted(found.subscriber.tolist()) == ids
    assert {words.names[one] for one in found.platform.tolist()} == {"fanvue", "line"}
    assert set(found.day.tolist()) == {(NOW - datetime(1970, 1, 1, tzinfo=UTC)).days}
    assert found.amount[found.subscriber == ids[0]].tolist() == [500.0]


def test_friends_leave_by_their_last_word_until_then(database: Database) -> None:
    with database.transaction() as session:
        stays, goes, back = (
            subscriber(session, name, "line", added_at=NOW) for name in ("stays", "goes", "back")
        )
        event(session, stays, Act.OPTIN, NOW)
        event(session, stays, Act.OPTOUT, LATER)
        event(session, goes, Act.OPTOUT, NOW)
        event(session, back, Act.OPTOUT, NOW - timedelta(days=1))
        event(session, back, Act.OPTIN, NOW)
        gone, key = goes.id, goes.key
    with database.transaction() as session:
        assert leaving.left_friends(session, NOW) == {gone}
        assert leaving.keys(session, [gone or 0]) == {gone: key}
        assert leaving.last_seen(session, NOW) == {}
