"""Many rows at once: what the caller has seen to is not looked at twice, and all else is."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from elite8.core.domain.subscriber import SubscriberEvent
from elite8.core.storage import bulk, subscribers
from elite8.core.storage.database import Database
from tests.subscribed import subscriber

NOW = datetime(2026, 11, 23, 9, 0, 0, 500, tzinfo=UTC)
NAMES = ("key", "subscriber_id", "character_id", "act", "at", "currency", "quantity", "content")


def poured(database: Database, key: str, act: str, *, checked: bool) -> int:
    with database.transaction() as session:
        who = subscriber(session, key, added_at=NOW).id
        at = bulk.stored(session)(NOW)
        row: tuple[Any, ...] = (key, who, "", act, at, "", 1.0, "", "")
        return bulk.pour(session, SubscriberEvent, (*NAMES, "about"), [row, row], checked=checked)


def test_checks_rest_only_while_rows_are_poured_that_were_looked_at(lite: Database) -> None:
    assert poured(lite, "one", "tip", checked=True) == 1
    with pytest.raises(IntegrityError, match="known_act"):
        poured(lite, "two", "munny", checked=False)
    with pytest.raises(IntegrityError):
        poured(lite, "three", None, checked=True)  # type: ignore[arg-type]  # what no table takes
    with pytest.raises(IntegrityError, match="known_act"):
        poured(lite, "four", "munny", checked=False)


def test_an_instant_is_stored_to_the_last_digit_on_every_database(database: Database) -> None:
    assert poured(database, "one", "tip", checked=True) == 1
    with database.transaction() as session:
        found = session.exec(select(SubscriberEvent)).one()
        assert (found.at, found.act) == (NOW, "tip")


def test_keys_are_found_by_how_they_begin_and_by_nothing_else(database: Database) -> None:
    keys = ("ab0", "abf", "ab", "ac0", "aaf")
    for key in keys:
        poured(database, key, "tip", checked=True)
    with database.transaction() as session:
        found = {key for key, _, _ in subscribers.alike(session, ["ab", "ad"])}
        assert found == {"ab", "ab0", "abf"}
        assert list(subscribers.alike(session, ())) == []
