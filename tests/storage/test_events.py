"""Events and links on every database: entered once, also by two at once, and asked the same way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from elite8.core.domain.event import EventKind, EventSource, FunnelEvent, Origin, new_event
from elite8.core.domain.link import new_link
from elite8.core.domain.post import Post, new_post
from elite8.core.domain.reading import new_reading
from elite8.core.domain.subscriber import Act
from elite8.core.domain.video import Video
from elite8.core.operations import paid_once
from elite8.core.storage import events, links
from elite8.core.storage.database import Database
from tests.subscribed import digits, event, subscriber

AT = datetime(2026, 11, 23, 9, 0, 0, 123457, tzinfo=UTC)
HERE = Origin(stage="intent", region="JP", network="line", character="hana", post="p", video="v")


def happened(key: str, kind: EventKind = EventKind.CLICK, **more: object) -> FunnelEvent:
    facts: dict[str, object] = {"origin": HERE, **more}
    return new_event(kind=kind, at=AT, source=EventSource.LINK, key=key, **facts)  # type: ignore[arg-type]  # any


def test_an_event_is_entered_once_also_by_two_at_once(database: Database) -> None:
    def enter(_: int) -> int:
        with database.transaction() as session:
            return events.enter(session, [happened("a"), happened("b"), happened("b")])

    _ = database.engine
    with ThreadPoolExecutor(3) as workers:
        assert sorted(workers.map(enter, range(3))) == [0, 0, 2]
    with database.transaction() as session:
        (total,) = events.totals(session, AT, AT + timedelta(seconds=1))
        assert (total.kind, total.origin, total.count) == ("click", HERE, 2)
        assert events.totals(session, AT - timedelta(days=1), AT) == []
        assert events.kinds(session) == {"click"}


@pytest.mark.parametrize(
    "change", [{"kind": "munny"}, {"source": "rumour"}, {"amount_minor": 5}, {"key": "first"}]
)
def test_no_database_takes_an_event_that_is_none(
    database: Database, change: dict[str, object]
) -> None:
    with database.transaction() as session:
        events.enter(session, [happened("first")])
    wrong = happened("second")
    for name, value in change.items():
        setattr(wrong, name, value)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(wrong)


def test_readings_wait_until_they_are_entered_oldest_first_some_at_a_time(
    database: Database, make_video: Callable[..., Video]
) -> None:
    video = make_video(stage="loyalty")
    post: Post = new_post(now=AT, video_id=video.id, platform="youtube", due_at=AT, region="jp")
    counts: tuple[dict[str, Any], ...] = (
        *({"views": 5}, {"likes": 2}, {"watch_seconds": 9.0}, {"views": 7, "likes": 3}),
    )
    with database.transaction() as session:
        session.add(video)
        session.flush()
        session.add(post)
        session.flush()
        for hour, one in enumerate(counts):
            at = AT + timedelta(hours=hour)
            session.add(new_reading(at=at, post_id=post.id, **one))
    with database.transaction() as session:
        found = [reading.at for reading, _ in events.not_entered(session, None, 2)]
        assert found == [AT, AT + timedelta(hours=1)]
        assert len(events.not_entered(session, None, 9)) == 3
        assert len(events.not_entered(session, AT + timedelta(hours=2), 9)) == 1
        (first, _), *_rest = events.not_entered(session, None, 9)
        origin = events.origins(session, [post.id])[post.id]
        assert (origin.stage, origin.region, origin.network) == ("loyalty", "JP", "youtube")
        view = new_event(
            kind=EventKind.VIEW, at=AT, source=EventSource.READING, key=f"{first.id}:view",
            origin=origin, count=5,
        )  # fmt: skip
        events.enter(session, [view])
        assert len(events.not_entered(session, None, 9)) == 2
        assert events.sums_of_posts(session, [post.id]) == {(post.id, "view"): (5, AT)}
        assert events.last_gathered(session) == AT


def test_money_of_people_comes_back_whole(database: Database) -> None:
    money = {"amount_minor": -(2**40), "currency": "JPY", "person": "x" * 32, "about": "first"}
    with database.transaction() as session:
        events.enter(session, [happened("m", EventKind.MONEY, **money)])
    with database.transaction() as session:
        (found,) = events.of_people(session, AT, AT + timedelta(seconds=1))
        assert found == events.by_keys(session, EventSource.LINK, ["m"])["m"].happening
        assert (found.amount_minor, found.origin, found.at) == (-(2**40), HERE, AT)
        assert events.of_people(session, AT - timedelta(1), AT) == []


def test_earlier_money_comes_along_by_its_key_or_its_person_until_the_time_ends(
    database: Database,
) -> None:
    money = {"amount_minor": 5, "currency": "JPY"}
    keys = {"k" * 32 + "-1": "a", "l" * 32: "b", "m" * 32: "c"}
    with database.transaction() as session:
        paid = [happened(key, EventKind.MONEY, person=who, **money) for key, who in keys.items()]
        events.enter(session, [*paid, happened("lead", EventKind.LEAD, person="b")])
    since, until = AT + timedelta(1), AT + timedelta(2)
    with database.transaction() as session:
        assert events.of_people(session, since, until) == []
        found = events.of_people(session, since, until, keys={"k" * 32}, people={"b"})
        assert {one.key for one in found} == {"k" * 32 + "-1", "l" * 32}
        assert events.of_people(session, AT - timedelta(1), AT, keys={"k" * 32}) == []


def test_who_came_by_what_and_paid_when_is_the_same_on_every_database(database: Database) -> None:
    money = {"amount_minor": 500, "currency": "USD"}
    later, there = AT + timedelta(days=1), Origin(network="x")
    rows = [
        happened("click", person="a"),
        happened("nobody"),
        happened("nowhere", person="a", origin=Origin()),
        happened("start", EventKind.SUBSCRIBE, person="a"),
        happened("paid", EventKind.MONEY, person="a", **money),
        happened("back", EventKind.MONEY, person="a", **money | {"amount_minor": -500}),
    ]
    for key, kind in (("lead", EventKind.LEAD), ("again", EventKind.SUBSCRIBE)):
        rows.append(happened(key, kind, person="a", origin=there))
        rows[-1].at = later
    with database.transaction() as session:
        events.enter(session, rows)
    with database.transaction() as session:
        until = later + timedelta(seconds=1)
        came = [("a", AT, HERE), ("a", AT, HERE), ("a", later, there), ("a", later, there)]
        assert [*events.touching(session, until)] == came
        assert [*events.touching(session, until, later)] == came[2:]
        assert [*events.touching(session, later)] == came[:2]
        assert events.touched(session, until) == {HERE, there}
        assert events.joined(session, until) == {"a": AT}
        assert events.joined(session, AT) == {}
        assert [*events.paying(session, until)] == [("a", AT)]


def test_each_payment_of_a_time_comes_once_on_every_database(database: Database) -> None:
    money = {"amount_minor": 500, "currency": "USD"}
    before, until = AT - timedelta(days=9), AT + timedelta(seconds=9)
    with database.transaction() as session:
        who = subscriber(session, "one", added_at=before)
        event(session, who, Act.SUB_START, AT, key=digits("both"), **money)
        event(session, who, Act.TIP, AT, key=digits("theirs"), **money)
        event(session, who, Act.TIP, AT + timedelta(seconds=3), key=digits("alike"), **money)
        event(session, who, Act.TIP, before, key=digits("old"), **money)
        event(session, who, Act.REFUND, AT, key=digits("back"), about=digits("old"), **money)
        event(session, who, Act.TIP, until, key=digits("late"), **money)
        paid = {digits("both"): AT, digits("ours"): AT + timedelta(seconds=3)}
        for key, at in paid.items():
            one = happened(key, EventKind.MONEY, person=who.key, **money)
            one.at = at
            events.enter(session, [one])
        key = who.key
    with database.transaction() as session:
        found = paid_once.of_time(session, AT, until)
    assert {one.person for one in found} == {key}
    assert sorted((one.kind, one.key, one.amount_minor) for one in found) == sorted(
        [
            ("money", digits("both"), 500),
            ("money", digits("ours"), 500),
            ("money", digits("theirs"), 500),
            ("money", digits("old"), 500),
            ("money", digits("back"), -500),
            ("subscribe", key, None),
        ]
    )
    assert [one.at for one in found] == sorted(one.at for one in found)


def test_a_code_is_one_links_and_its_end_is_the_first(database: Database) -> None:
    with database.transaction() as session:
        links.add(session, new_link(now=AT, code="abcdefgh", target="https://example.com/"))
    with pytest.raises(IntegrityError), database.transaction() as session:
        links.add(session, new_link(now=AT, code="abcdefgh", target="https://example.org/"))
    with database.transaction() as session:
        assert links.retire(session, "abcdefgh", AT)
        assert not links.retire(session, "abcdefgh", AT + timedelta(days=1))
    with database.transaction() as session:
        found = links.of_code(session, "abcdefgh")
        assert found
        assert found.retired_at == AT
        assert links.every(session, retired=False, limit=5) == []
