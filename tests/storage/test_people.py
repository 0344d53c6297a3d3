"""The audit log, people and deliveries, the same on SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from elite8.core.domain.audit import Decision
from elite8.core.domain.campaign import HandedOut
from elite8.core.domain.consent import Consent, Person
from elite8.core.domain.mailing import Mailing, new_delivery
from elite8.core.storage import audit, people
from elite8.core.storage.database import Database
from tests.storage.test_campaigns import campaign, drawn

NOW = datetime(2026, 11, 26, 9, 0, 0, 123456, tzinfo=UTC)


def test_a_row_of_the_audit_log_is_neither_changed_nor_deleted(database: Database) -> None:
    for name in ("a", "b"):
        with database.transaction() as session:
            audit.add(session, NOW, "command", Decision(act="t", subject=name, decision="yes"))
    for what in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            database.transaction() as session,
        ):
            session.execute(text(what))
    with database.transaction() as session:
        rows = list(audit.every(session))
        newest = audit.last_of(session, "t", "b")
    assert [one.number for one in rows] == [1, 2]
    assert rows[1].previous == rows[0].hash
    assert newest == rows[1]
    assert rows[0].at == NOW


def test_a_message_begins_once_for_each_person(database: Database) -> None:
    mailing = Mailing(
        id="M",
        channel="email",
        purpose="marketing",
        character="miyuki",
        language="en",
        text="x",
        created_at=NOW,
    )
    with database.transaction() as session:
        session.add_all([Person(key="P", added_at=NOW), mailing])
        session.flush()
        session.add(new_delivery(now=NOW, mailing=mailing, person_key="P", handle="h"))
        for number, status in enumerate(("granted", "withdrawn")):
            given = Consent(
                id=f"{number}",
                person_key="P",
                channel="email",
                purpose="marketing",
                status=status,
            )
            session.add(given)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(new_delivery(now=NOW, mailing=mailing, person_key="P", handle="h"))
    with database.transaction() as session:
        assert people.got(session, "M") == {"P"}
        assert people.contacts(session, datetime(2026, 11, 20, tzinfo=UTC)) == {"P": 1}
        assert list(people.counts(session)) == [("email", "marketing", "withdrawn", 1)]
        last = people.last(session, "P", "email", "marketing")
        assert last is not None
        assert last.status == "withdrawn"


def test_a_draft_that_was_handed_out_is_a_contact_of_the_person_its_account_is(
    database: Database,
) -> None:
    with database.transaction() as session:
        one = campaign(session)
        mine, other, _ = drawn(session, one, "a", "b", "c")
        session.add(Person(key="P", added_at=NOW))
        session.flush()
        mine.person_key = "P"
        session.add_all(
            HandedOut(campaign_id=one.id, who=who.key, batch=1, at=NOW) for who in (mine, other)
        )
        session.flush()
        before = NOW - timedelta(days=7)
        assert people.contacts(session, before) == {"P": 1}
        assert people.contacts(session, before, "P") == {"P": 1}
        assert people.contacts(session, before, but=one.id) == {}
        assert people.contacts(session, NOW, "P") == {}
