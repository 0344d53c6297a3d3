"""Somebody is taken out of every table, on both databases; others stay as they are."""

from datetime import UTC, date, datetime

from sqlmodel import func, select

from elite8.core.domain.engagement import Engagement
from elite8.core.domain.event import EventKind, EventSource, new_event
from elite8.core.domain.subscriber import Act, Subscriber, SubscriberEvent, SubscriptionState
from elite8.core.storage import erasing, events, maintenance, privacy
from elite8.core.storage.database import Database, Session
from tests.subscribed import event, subscriber, subscription

MAY, JUNE = datetime(2026, 5, 31, 23, 59, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
MONEY = {"amount_minor": 999, "fee_minor": 200, "currency": "USD"}


def seeded(session: Session, name: str) -> Subscriber:
    who = subscriber(session, name)
    subscription(session, who, status="expired", period_end=date(2026, 6, 30), source_at=MAY)
    event(session, who, Act.SUB_START, MAY, **MONEY)
    event(session, who, Act.REFUND, JUNE, amount_minor=-999, currency="USD")
    event(session, who, Act.TIP, JUNE, amount_minor=10**12, currency="JPY")
    person = new_event(
        kind=EventKind.LEAD, at=MAY, source=EventSource.IMPORT, key=name, person=who.key
    )
    events.enter(session, [person])
    return who


def test_rows_go_and_money_stays_by_month(database: Database) -> None:
    with database.transaction() as session:
        one, other = seeded(session, "one"), seeded(session, "other")
        erasing.overwrite_from_now_on(session)
        for _ in range(2):  # the second time there is nothing to add
            erasing.sum_up(session, [one.id or 0])
            erasing.remove(session, erasing.pointers(session), [one.id or 0])
        assert erasing.cut_funnel(session, {one.key: "f" * 32}) == 1
        left = session.exec(select(SubscriberEvent.subscriber_id).distinct()).all()
        assert left == [other.id]
        assert session.exec(select(func.count()).select_from(SubscriptionState)).one() == 1
        told = [
            (each.month, each.currency, each.amount_minor, each.fee_minor)
            for each in erasing.sums(session)
        ]
        assert told == [
            ("2026-05", "USD", 999, 200),
            ("2026-06", "JPY", 10**12, 0),
            ("2026-06", "USD", -999, 0),
        ]
        known = {table for table, _, _ in erasing.pointers(session)["subscriber"]}
        assert known >= {"alias", "subscription", "subscriber_event", Engagement.__tablename__}
    assert maintenance.scrub(database)


def test_the_lapsed_paid_nothing_since_and_have_nothing_that_goes_on(database: Database) -> None:
    with database.transaction() as session:
        gone = seeded(session, "gone")
        paid = seeded(session, "paid")
        event(session, paid, Act.TIP, datetime(2027, 1, 1, tzinfo=UTC), **MONEY)
        goes_on = seeded(session, "goes on")
        subscription(session, goes_on, "airi", source_at=datetime(2027, 5, 1, tzinfo=UTC))
        silent = subscriber(session, "silent", added_at=MAY)
        subscriber(session, "new", added_at=datetime(2027, 1, 1, tzinfo=UTC))

        def lapsed(before: datetime) -> list[int]:
            day = date(2028, 6, 1)
            return privacy.lapsed(session, before, day, after_id=0, limit=9)

        assert lapsed(MAY) == []
        assert lapsed(datetime(2026, 6, 2, tzinfo=UTC)) == [gone.id, silent.id]
