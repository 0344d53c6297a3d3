"""A payment that the funnel and a subscriber's export both tell counts once; no other is lost."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from elite8.core.domain.event import FunnelEvent
from elite8.core.domain.subscriber import Act
from elite8.core.operations import funnel, recurring_money, revenue
from elite8.core.operations.imports import native, pseudonym
from elite8.core.storage import vault
from elite8.core.studio import Studio
from tests.operations.funnelled import Lived, entered, live
from tests.subscribed import event, subscriber, subscription

Pay = Callable[..., None]
LEAD = "lead,{at},fan1,fanvue,{link},,,,"
PAID = "money,{at},fan1,fanvue,,{amount},USD,{id},"


@pytest.fixture
def lived(studio: Studio) -> Lived:
    return live(studio, posts=3)


@pytest.fixture
def pay(studio: Studio) -> Pay:
    """Enter what a subscriber's own export tells."""
    with studio.database.transaction() as session:
        salt = vault.own_salt(studio.settings.state_dir, session)
        key = pseudonym(salt, "fanvue", "fan1")
        who = subscriber(session, "fan1", key=key)

    def enter(act: Act, hours: float, amount: int, **facts: str) -> None:
        at = studio.clock() - timedelta(hours=hours)
        with studio.database.transaction() as session:
            event(session, who, act, at, amount_minor=amount, currency="USD", **facts)

    return enter


def when(studio: Studio, hours: float) -> str:
    return f"{studio.clock() - timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}+00:00"


def total(studio: Studio, by: str = "post") -> dict[str, int]:
    found = revenue.show(studio, funnel.period(studio), by)
    assert sum(row.last for row in found.rows) == sum(one.amount for one in found.totals)
    return {row.name: row.last for row in found.rows}


def test_by_the_platforms_own_id_it_is_one_payment(
    studio: Studio, lived: Lived, pay: Pay, tmp_path: Path
) -> None:
    lead = LEAD.format(at=when(studio, 30), link=lived.codes[0])
    row = PAID.format(at=when(studio, 5), amount="9.99", id="FVE-1")
    entered(studio, [lead, row], tmp_path / "a.csv")
    pay(Act.SUB_START, 5.001, 999, key=native("fanvue", "FVE-1")[:32])
    assert total(studio) == {lived.posts[0]: 999}
    pay(Act.TIP, 4, 500, key=native("fanvue", "FVE-2")[:32])
    assert total(studio) == {lived.posts[0]: 1499}


def test_without_an_id_the_same_amount_in_the_same_second_is_one(
    studio: Studio, pay: Pay, tmp_path: Path
) -> None:
    row = PAID.format(at=when(studio, 5), amount="5.00", id="")
    entered(studio, [row], tmp_path / "a.csv")
    pay(Act.TIP, 5, 500, key="1" * 32)
    assert total(studio) == {"": 500}
    pay(Act.TIP, 5, 500, key="2" * 32)
    assert total(studio) == {"": 1000}
    entered(studio, [row, row, row], tmp_path / "b.csv")
    assert total(studio) == {"": 1500}
    pay(Act.TIP, 6, 500, key="3" * 32)
    assert total(studio) == {"": 2000}


def test_what_is_paid_back_is_taken_from_who_had_got_it(
    studio: Studio, lived: Lived, pay: Pay, tmp_path: Path
) -> None:
    lead = LEAD.format(at=when(studio, 30), link=lived.codes[0])
    row = PAID.format(at=when(studio, 20), amount="9.99", id="FVE-1")
    later = LEAD.format(at=when(studio, 10), link=lived.codes[1])
    entered(studio, [lead, row, later], tmp_path / "a.csv")
    key = native("fanvue", "FVE-1")[:32]
    pay(Act.SUB_START, 20, 999, key=key)
    pay(Act.REFUND, 5, 999, about=key)
    assert total(studio) == {lived.posts[0]: 0}
    pay(Act.TIP, 24 * 40, 700, key="4" * 32)
    pay(Act.REFUND, 4, -700, about="4" * 32)
    assert total(studio) == {lived.posts[0]: 0, "": -700}


def test_the_funnel_knows_subscribers_from_their_exports_alone(
    studio: Studio, lived: Lived, pay: Pay, tmp_path: Path
) -> None:
    entered(studio, [LEAD.format(at=when(studio, 30), link=lived.codes[0])], tmp_path / "a.csv")
    pay(Act.SUB_START, 5, 999)
    found = funnel.known(studio, funnel.period(studio))
    assert {"money", "subscribe"} <= found.kinds
    assert sorted(one.kind for one in found.came) == ["lead", "money", "subscribe"]
    assert {one.origin.post for one in found.came} == {lived.posts[0]}


def test_each_subscriber_carries_what_brought_them(
    studio: Studio, lived: Lived, pay: Pay, tmp_path: Path
) -> None:
    with studio.database.transaction() as session:
        person = session.exec(select(FunnelEvent.person).where(col(FunnelEvent.person) != ""))
        assert person.first() is None
    rows = [
        LEAD.format(at=when(studio, 24 * 60), link=lived.codes[1]),
        LEAD.format(at=when(studio, 24 * 3), link=lived.codes[0]),
        LEAD.format(at=when(studio, 1), link=lived.codes[2]),
    ]
    entered(studio, rows, tmp_path / "a.csv")
    pay(Act.SUB_START, 24 * 2, 999)
    with studio.database.transaction() as session:
        who = subscriber(session, "nobody")
        subscription(session, who, source_at=studio.clock(), period_end=studio.clock().date())
    meant = funnel.period(studio)
    for by, name in (("post", lived.posts[0]), ("performer", "miyuki"), ("region", "US")):
        found = recurring_money.show(studio, meant, by)
        assert {row.name: row.gross.end for row in found.rows} == {name: 999, "": 999}
        assert found.rows[-1].name == ""
    posts = recurring_money.show(studio, meant, "post")
    assert posts.rows[0].label == '<script>alert("1")</script>雨 & "x" (tiktok)'
    videos = recurring_money.show(studio, meant, "video")
    assert videos.rows[0].credits == 0
    assert videos.rows[0].per_credit is None
