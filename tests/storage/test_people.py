"""The audit log, people and deliveries, the same on SQLite and on PostgreSQL."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from elite8.core.domain.audit import Decision
from elite8.core.domain.campaign import HandedOut
from elite8.core.domain.consent import Consent, Person
from elite8.core.domain.mailing import Mailing, new_delivery
from elite8.core.operations import consents
from elite8.core.operations.given import Given
from elite8.core.storage import audit, people
from elite8.core.storage.database import Database
from elite8.core.studio import Studio
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


@pytest.mark.postgres
def test_of_a_yes_and_a_no_at_once_the_no_holds(
    far: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a list comes in on one machine while somebody leaves on another."""
    facts: dict[str, Any] = {"channel": "email", "address": "fan@example.org"}
    facts["evidence"] = "form/1"
    known = consents.record(far, Given(**facts, purpose="service"))
    looked, left = threading.Event(), threading.Event()
    check = consents.check_no

    def slowly(*given: Any) -> None:
        check(*given)
        looked.set()
        left.wait(1)

    def leave() -> None:
        assert looked.wait(30)
        consents.withdraw(far, known.person, via="link")
        left.set()

    monkeypatch.setattr(consents, "check_no", slowly)
    with ThreadPoolExecutor(2) as both:
        yes = both.submit(consents.record, far, Given(**facts, source="import_attested"))
        no = both.submit(leave)
    assert (yes.exception(), no.exception()) == (None, None)
    assert {one.status for one in consents.show(far, known.person).consents} == {"withdrawn"}


@pytest.mark.postgres
def test_somebody_new_who_comes_twice_at_once_is_one(
    far: Studio, at_once: Callable[..., list[Any]]
) -> None:
    with far.database.transaction() as session:
        consents.opened(far, session)  # the salt is known
    given = Given(channel="email", address="fan@example.org", evidence="form/1")
    done = at_once(consents, "join", lambda: consents.record(far, given))
    assert sorted(one.new for one in done) == [False, True]
