"""What is asked of winbacks, on either database: arms, contacts, returns, and what is forgotten."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from elite8.core.domain.campaign import Assignment, Campaign, HandedOut
from elite8.core.domain.subscriber import Act, Subscriber
from elite8.core.storage import campaigns, returns
from elite8.core.storage.database import Database, Session
from tests.subscribed import event, subscriber, subscription

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
END = START + timedelta(days=90)
WITHIN, LATE = START + timedelta(days=3), END + timedelta(seconds=1)


def campaign(session: Session, name: str = "autumn", **more: Any) -> Campaign:
    facts: dict[str, Any] = {
        "id": name.upper().ljust(26, "0"),
        "name": name,
        "kind": "discount",
        "zone": "UTC",
        "price_after_minor": 999,
        "currency": "USD",
        "renews": True,
        "channel": "draft",
        "character": "miyuki",
        "platforms": "fanvue",
        "language": "en",
        "text": "Hello",
        "window_days": 90,
        "cool_down_days": 60,
        "most_a_year": 2,
        "base": 0.03,
        "base_from": "prior",
        "hoped": 0.08,
        "worthwhile": 0.01,
        "status": "started",
        "created_at": START,
        "launched_at": START,
        "window_until": END,
    }
    row = Campaign(**facts | more)
    session.add(row)
    session.flush()
    return row


def drawn(session: Session, one: Campaign, *names: str) -> list[Subscriber]:
    """Enter people; the last one is held out."""
    whose = [subscriber(session, name) for name in names]
    campaigns.draw(
        session,
        [
            {
                "campaign_id": one.id,
                "who": who.key,
                "subscriber_id": who.id,
                "person_key": "",
                "stratum": "fanvue basic",
                "held_out": who is whose[-1],
            }
            for who in whose
        ],
    )
    return whose


def test_arms_are_kept_and_told_apart(database: Database) -> None:
    with database.transaction() as session:
        one = campaign(session)
        whose = drawn(session, one, "a", "b", "c")
        assert campaigns.sizes(session, one.id) == {False: 2, True: 1}
        (held,) = campaigns.assignments(session, one.id, held_out=True)
        assert held.subscriber_id == whose[-1].id
        busy = {who.id for who in whose}
        assert campaigns.busy(session, "other", START) == (busy, set())
        assert campaigns.busy(session, "other", END) == (set(), set())
        assert campaigns.busy(session, one.id, START) == (set(), set())


def test_what_was_handed_out_is_a_contact_of_other_campaigns(database: Database) -> None:
    with database.transaction() as session:
        one = campaign(session)
        who = drawn(session, one, "a", "b")[0]
        session.add(HandedOut(campaign_id=one.id, who=who.key, batch=1, at=WITHIN))
        session.flush()
        assert list(campaigns.contacts(session, "other")) == [(who.id, WITHIN)]
        assert list(campaigns.contacts(session, one.id)) == []


def test_money_and_returns_are_of_the_window(database: Database) -> None:
    with database.transaction() as session:
        one = campaign(session)
        a, b, c = drawn(session, one, "a", "b", "c")
        paid = {"amount_minor": 500, "fee_minor": 100, "currency": "USD"}
        event(session, a, Act.SUB_START, WITHIN, **paid)
        event(session, a, Act.TIP, WITHIN, amount_minor=50, currency="EUR")
        event(session, b, Act.SUB_START, LATE, **paid)
        event(session, c, Act.SUB_RENEW, WITHIN, key="back", **paid)
        event(session, c, Act.REFUND, LATE, about="back", amount_minor=-500, currency="USD")
        event(session, c, Act.OPTOUT, WITHIN)
        subscription(session, b, source_at=WITHIN, started_on=WITHIN.date())
        subscription(session, a, "rio", source_at=WITHIN, price_minor=0)
        assert [p.subscriber_id for p in returns.payments(session, one.id, START, END)] == [a.id]
        assert {x.subscriber_id for x in returns.exports(session, one.id, START)} == {b.id}
        assert returns.net(session, one.id, START, END) == {
            (a.id, "USD"): 400,
            (a.id, "EUR"): 50,
            (c.id, "USD"): 400,
        }
        assert returns.did(session, one.id, Act.OPTOUT, START, END) == {c.id}
        assert returns.prices(session, one.id) == {b.id}
        assert returns.known_until(session, ("fanvue", "fantia"), "miyuki") == {"fanvue": LATE}
        nobody = {"character_id": "", "key": "to nobody"}
        event(session, a, Act.SUB_RENEW, LATE + timedelta(days=2), **nobody)  # of rio's
        event(session, b, Act.SUB_RENEW, LATE + timedelta(days=1), character_id="")
        event(session, b, Act.VIEW, LATE + timedelta(days=3))
        known = {her: returns.known_until(session, ("fanvue",), her) for her in ("miyuki", "rio")}
        assert known == {
            "miyuki": {"fanvue": LATE + timedelta(days=1)},
            "rio": {"fanvue": LATE + timedelta(days=2)},
        }


def test_lapses_are_paired_with_what_came_after(database: Database) -> None:
    with database.transaction() as session:
        for name, days in (("a", (0, 10)), ("b", (0,)), ("c", ())):
            who = subscriber(session, name)
            event(session, who, Act.SUB_START, START - timedelta(days=31))
            event(session, who, Act.SUB_EXPIRE, START)
            for number, after in enumerate(days[1:]):
                at = START + timedelta(days=after)
                event(session, who, Act.SUB_START, at, key=f"{name}{number}")
        found = campaigns.lapses(session, ("fanvue",))
    assert sorted(found, key=str) == sorted(
        [(START.date(), date(2026, 12, 3)), (START.date(), None), (START.date(), None)], key=str
    )


def test_who_it_was_is_forgotten_with_their_draft(database: Database) -> None:
    with database.transaction() as session:
        one = campaign(session)
        who = drawn(session, one, "a", "b")[0]
        session.add(HandedOut(campaign_id=one.id, who=who.key, batch=1, at=WITHIN))
        session.flush()
        row = session.get(Assignment, (one.id, who.key))
        assert row is not None
        came = {"back_on": WITHIN.date(), "net_minor": 400, "settled_on": END.date()}
        campaigns.unlink(session, row, "f" * 32, **came)
        assert [c.id for c in campaigns.with_any(session, [who.id or 0])] == []
        assert [c.id for c in campaigns.older(session, END)] == [one.id]
    with database.transaction() as session:
        kept = session.get(Assignment, (one.id, "f" * 32))
        assert kept is not None
        assert (kept.subscriber_id, kept.net_minor) == (None, 400)
        assert [each.who for each in campaigns.handed_out(session, one.id)] == ["f" * 32]
