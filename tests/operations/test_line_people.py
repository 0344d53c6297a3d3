"""LINE's friends as subscribers, their follows and unfollows as events: once each, no consent."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import stamina
from pydantic import SecretStr
from sqlmodel import select

from elite8.core.domain.consent import Consent
from elite8.core.domain.subscriber import ImportBatch, Subscriber, SubscriberEvent
from elite8.core.errors import Elite8Error, Refused
from elite8.core.operations import line_friends, line_people
from elite8.core.operations.direct import Fetched
from elite8.core.simulators.line import CHANNEL_ID, CHANNEL_SECRET, LineSimulator
from elite8.core.simulators.wire import Transport
from elite8.core.studio import Studio

FRIENDS = {f"U{number:032x}" for number in range(7)}
SOMEBODY = "U" + "f" * 32


@pytest.fixture
def there(clock: Any) -> LineSimulator:
    return LineSimulator(clock=clock, friends=set(FRIENDS), page=3)


@pytest.fixture
def friendly(studio: Studio, there: LineSimulator) -> Iterator[Studio]:
    settings = studio.settings.model_copy(
        update={
            "line_channel_id": CHANNEL_ID,
            "line_channel_secret": SecretStr(CHANNEL_SECRET),
            "line_url": "http://127.0.0.1",
        }
    )
    opened = replace(studio, settings=settings, transport=Transport(there.handle))
    stamina.set_testing(True, attempts=2, cap=True)
    yield opened
    stamina.set_testing(False)
    opened.database.close()


def fetch(studio: Studio, **how: Any) -> Fetched:
    return line_people.fetch(studio, step=lambda _words, _share: None, **how)


def rows(studio: Studio, kind: Any) -> list[Any]:
    with studio.database.transaction() as session:
        return list(session.exec(select(kind)))


def test_friends_are_read_page_by_page_and_again_none_is_new(
    friendly: Studio, there: LineSimulator
) -> None:
    first = fetch(friendly)
    assert (first.entered, first.known, first.account) == (7, 0, "@simulated")
    assert dict(first.kinds) == {"friend": 7}
    assert "7 friends by LINE's insight" in first.notes[0]
    there.friends.add(SOMEBODY)
    again = fetch(friendly)
    assert (again.entered, again.known) == (1, 7)
    assert {one.platform for one in rows(friendly, Subscriber)} == {"line"}
    assert rows(friendly, Consent) == []


def test_what_broke_off_goes_on(friendly: Studio, there: LineSimulator) -> None:
    there.page = 7
    there.faults.add("broken", "/insight", 1)
    with pytest.raises(Elite8Error):
        fetch(friendly)
    (begun,) = rows(friendly, ImportBatch)
    found = fetch(friendly)
    assert (found.batch, found.entered, found.known) == (begun.id, 0, 7)
    assert rows(friendly, ImportBatch)[0].ended_at is not None


def test_a_dry_run_keeps_nothing(friendly: Studio) -> None:
    assert fetch(friendly, dry_run=True).batch is None
    assert rows(friendly, Subscriber) == []


def test_an_account_that_may_not_list_friends_is_told_what_to_do(
    friendly: Studio, there: LineSimulator
) -> None:
    there.verified = False
    with pytest.raises(Refused, match="verified and premium official accounts alone"):
        fetch(friendly)


def test_a_page_that_leads_to_itself_ends(friendly: Studio, there: LineSimulator) -> None:
    there.faults.add("looped", "/followers/ids", 9)
    with pytest.raises(Refused, match="the same page"):
        fetch(friendly)


def test_a_follow_and_an_unfollow_are_events_once_each(
    friendly: Studio, there: LineSimulator, clock: Any
) -> None:
    follow = there.event("follow", SOMEBODY, 1)
    clock.advance(hours=1)
    leave = there.event("unfollow", SOMEBODY, 2)
    for body, signature in (leave, follow, follow, leave):
        assert line_friends.receive(friendly, signature, body) == line_friends.TAKEN
    acts = sorted((one.act, one.at) for one in rows(friendly, SubscriberEvent))
    assert [act for act, _ in acts] == ["optin", "optout"]
    assert acts[0][1] < acts[1][1]
    assert len(rows(friendly, Subscriber)) == 1
    there.friends.add(SOMEBODY)
    assert (found := fetch(friendly)).known == 1
    assert found.entered == 7


def test_who_was_erased_is_not_taken_in_again(friendly: Studio, there: LineSimulator) -> None:
    fetch(friendly)
    with friendly.database.transaction() as session:
        for one in session.exec(select(Subscriber)).all():
            one.erased_at = friendly.clock()
            session.add(one)
    body, signature = there.event("follow", min(FRIENDS), 3)
    assert line_friends.receive(friendly, signature, body) == line_friends.TAKEN
    assert rows(friendly, SubscriberEvent) == []
    assert fetch(friendly).erased == 7
