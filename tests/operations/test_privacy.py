"""What somebody may ask: everything held, and to be gone for good; what is left of them."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import SQLModel, func, select

from elite8.core.domain.audit import Decision
from elite8.core.domain.campaign import Assignment
from elite8.core.domain.event import EventKind, EventSource, new_event
from elite8.core.domain.meanings import BESIDES
from elite8.core.domain.privacy import ErasedSum, PrivacyRequest
from elite8.core.domain.subscriber import Act, Alias, AliasKind, Subscriber
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import (
    audit,
    bygone,
    chores,
    consents,
    dossier,
    erasing,
    figures,
    imports,
    leftovers,
    privacy_page,
    purge,
    recurring_money,
    requests,
    reseal,
    taking_in,
    winback,
    winback_plan,
)
from elite8.core.operations import database as upkeep
from elite8.core.operations.given import Given
from elite8.core.operations.taking_in import Order
from elite8.core.storage import erasing as tables
from elite8.core.storage import events, keys, maintenance, tombstones, vault
from elite8.core.storage.tokens import Tokens, TokenStore
from elite8.core.studio import Studio
from tests.operations.lapsed import DRAFT, crowd
from tests.subscribed import event, subscriber, subscription

HANDLE, NUMBER, MAIL = "zzz_Peculiar.Fan", "fv-900913", "peculiar@example.org"
OTHER = "somebody_else"


def named(studio: Studio, handle: str, number: str = "", **facts: Any) -> str:
    """Enter a subscriber with names as an import does; return the pseudonym."""
    with studio.database.transaction() as session:
        safe = consents.opened(studio, session)
        digests = {
            vault.named(safe.salt, "fanvue", name): (kind, name)
            for name, kind in ((number, AliasKind.ID), (handle, AliasKind.HANDLE))
            if name
        }
        key = next(iter(digests))[:32]
        who = subscriber(session, handle, key=key, **facts)
        for digest, (kind, name) in digests.items():
            session.add(
                Alias(
                    digest=digest,
                    subscriber_id=who.id or 0,
                    kind=kind,
                    sealed=safe.seal_name(digest, name),
                    added_at=who.added_at,
                )
            )
        subscription(session, who)
        money = {"amount_minor": 999, "fee_minor": 200, "tax_minor": 0, "currency": "USD"}
        event(session, who, Act.SUB_START, datetime(2026, 9, 3, tzinfo=UTC), **money)
        event(session, who, Act.SUB_RENEW, datetime(2026, 10, 3, tzinfo=UTC), **money)
        event(session, who, Act.TIP, datetime(2026, 10, 9, tzinfo=UTC), **money)
        event(session, who, Act.VIEW, datetime(2026, 10, 9, tzinfo=UTC))
        events.enter(
            session,
            [
                new_event(
                    kind=EventKind.SUBSCRIBE,
                    at=datetime(2026, 9, 3, tzinfo=UTC),
                    source=EventSource.IMPORT,
                    key=f"{handle} 1",
                    person=key,
                )
            ],
        )
        return key


def linked(studio: Studio, key: str) -> str:
    """Give a subscriber's person a consent by email, and link both."""
    given = Given(
        channel="email", address=MAIL, country="JP", age="adult", evidence="form/1", wording="w1"
    )
    person = consents.record(studio, given).person
    with studio.database.transaction() as session:
        row = session.exec(select(Subscriber).where(Subscriber.key == key)).one()
        row.person_key = person
        session.add(row)
    return person


def counts(studio: Studio) -> dict[str, int]:
    names = ("subscriber", "alias", "subscription", "subscription_state", "subscriber_event")
    with studio.database.transaction() as session:
        tables = SQLModel.metadata.tables
        return {
            name: session.exec(select(func.count()).select_from(tables[name])).one()
            for name in (*names, "address")
        }


def every_byte(studio: Studio) -> bytes:
    """Return the database's files, as a thief would have them."""
    file = studio.database.file
    assert file is not None
    sides = (file, Path(f"{file}-wal"), Path(f"{file}-journal"))
    return b"".join(one.read_bytes() for one in sides if one.exists())


def sealed_bytes(studio: Studio) -> list[bytes]:
    with studio.database.transaction() as session:
        found = [bytes(one.sealed) for one in session.exec(select(Alias))]
        found += [
            bytes(one)
            for (one,) in session.connection().execute(text("SELECT sealed FROM address"))
        ]
        return found


@pytest.fixture
def house(studio: Studio) -> Studio:
    return studio


def test_an_export_holds_all_of_one_human_and_says_what_each_field_means(
    house: Studio, tmp_path: Path
) -> None:
    key = named(house, HANDLE, NUMBER)
    named(house, OTHER)
    linked(house, key)
    done = dossier.export(house, f"fanvue:{HANDLE.upper()}")
    assert done.file.stat().st_mode & 0o777 == 0o600
    told = json.loads(done.file.read_text())
    held = told["held"]
    assert {one["name"] for one in held["names"]} == {HANDLE, NUMBER}
    assert [one["address"] for one in held["addresses"]] == [MAIL]
    assert len(held["events"]) == 4
    assert len(held["way_to_member"]) == len(held["subscriptions"]) == 1
    assert held["consents"][0]["evidence_ref"] == "form/1"
    assert OTHER not in done.file.read_text()
    meanings = {text for fields in told["meanings"].values() for text in fields.values()}
    assert BESIDES not in meanings
    assert [one.decision for one in audit.listed(house, act="privacy")] == ["exported", "asked"]
    with pytest.raises(ConfigError, match="exists already"):
        dossier.export(house, key[:10], out=done.file.rename(tmp_path / "mine.json"))


def test_an_erasure_leaves_sums_by_month_and_hashes_and_nothing_else(house: Studio) -> None:
    key, other = named(house, HANDLE, NUMBER), named(house, OTHER)
    person = linked(house, key)
    secrets = sealed_bytes(house)
    gone = [one for one in secrets if one in every_byte(house)]
    assert len(gone) == 4
    tried = erasing.erase(house, key[:8], dry_run=True)
    assert (tried.names, tried.addresses, tried.dry_run) == (2, 1, True)
    assert counts(house)["subscriber"] == 2
    done = erasing.erase(house, f"fanvue:{NUMBER}")
    assert (done.names, done.addresses, done.funnel_events, done.swept) == (2, 1, 1, True)
    assert dict(done.rows)["subscriber_event"] == 4
    left = counts(house)
    assert left == dict.fromkeys(left, 1) | {"subscriber_event": 4, "address": 0}
    with house.database.transaction() as session:
        sums = [
            (one.platform, one.country, one.month, one.currency, one.amount_minor, one.fee_minor)
            for one in tables.sums(session)
        ]
        assert sums == [
            ("fanvue", "US", "2026-09", "USD", 999, 200),
            ("fanvue", "US", "2026-10", "USD", 1998, 400),
        ]
        people = {
            one.person
            for one in events.by_keys(
                session, EventSource.IMPORT, [f"{HANDLE} 1", f"{OTHER} 1"]
            ).values()
        }
        assert other in people
        assert key not in people
    assert consents.show(house, person).channels == ()
    assert sum(one in every_byte(house) for one in secrets) == 1  # the other one's
    with sqlite3.connect(house.database.file or "") as thief:
        lines = [line for line in thief.iterdump() if key in line or HANDLE in line]
    assert {line.split()[2] for line in lines if HANDLE not in line} == {'"tombstone"'}
    # A test's own key of a funnel event; an import's is hashed.
    assert {line.split()[2] for line in lines if HANDLE in line} == {'"funnel_event"'}
    again = erasing.erase(house, f"fanvue:{HANDLE}")
    assert (again.already, again.swept) == (True, True)
    assert erasing.erase(house, person).already
    assert audit.verify(house).good


def test_who_was_erased_is_not_taken_in_by_a_file_of_the_funnel(
    house: Studio, tmp_path: Path
) -> None:
    file = tmp_path / "funnel.csv"
    head = "kind,at,person,platform,event_id\n"
    rows = (
        f"subscribe,2026-09-03T00:00Z,{HANDLE},fanvue,1\nlead,2026-09-01T00:00Z,{OTHER},fanvue,2\n"
    )
    file.write_text(head + rows)
    named(house, HANDLE, NUMBER)
    assert imports.bring_in(house, file).entered == 2
    erasing.erase(house, f"fanvue:{NUMBER}")
    file.write_text(head + rows + f"lead,2026-09-02T00:00Z,{HANDLE},fanvue,3\n")
    found = imports.bring_in(house, file)
    assert (found.entered, found.known, found.erased, found.rejected) == (0, 1, 2, ())


@pytest.mark.parametrize("step", ["note", "transaction", "sweep"])
def test_an_erasure_that_was_killed_is_finished_by_the_next_run(
    house: Studio, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    key = named(house, HANDLE, NUMBER)
    linked(house, key)
    secrets = sealed_bytes(house)

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    where = {
        "note": (erasing, "taken_out"),
        "transaction": (erasing, "finish"),
        "sweep": (maintenance, "scrub"),
    }[step]
    with monkeypatch.context() as patch:
        patch.setattr(*where, die)
        with pytest.raises(Killed):
            erasing.erase(house, key)
    assert purge.purge(house).finished == (2 if step == "note" else 0)
    assert counts(house)["subscriber"] == counts(house)["address"] == 0
    assert not [one for one in secrets if one in every_byte(house)]
    with house.database.transaction() as session:
        assert all(one.swept_at for one in session.exec(select(PrivacyRequest)))


def test_whoever_reads_for_long_keeps_the_bytes_until_the_next_purge(house: Studio) -> None:
    named(house, HANDLE, NUMBER)
    secrets = sealed_bytes(house)
    reader = sqlite3.connect(house.database.file or "", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM alias").fetchone()
    assert not erasing.erase(house, f"fanvue:{HANDLE}").swept
    reader.close()
    assert purge.purge(house).swept
    assert not [one for one in secrets if one in every_byte(house)]


def test_a_backup_from_before_brings_nobody_back_and_is_named_until_it_goes(
    house: Studio, tmp_path: Path, clock: Any
) -> None:
    key = named(house, HANDLE, NUMBER)
    copy = tmp_path / "before.db"
    upkeep.backup(house, copy)
    clock.advance(minutes=1)
    done = erasing.erase(house, key)
    assert [(one.path, one.holds) for one in done.backups] == [(copy, True)]
    assert done.backups[0].delete_by - done.backups[0].made_at == timedelta(days=90)
    said = upkeep.restore(house, copy, force=True).sentence
    assert "1 erased since then are erased in it too" in said
    assert counts(house)["alias"] == 0
    with house.database.transaction() as session:
        assert tombstones.dead(session, {key}) == {key}
    for one in leftovers.copies(house):
        one.path.unlink()
    assert leftovers.copies(house) == ()


def test_rejected_rows_and_answers_of_the_erased_go_too(house: Studio) -> None:
    key = named(house, HANDLE, NUMBER)
    answer = dossier.export(house, key).file
    folder = house.settings.state_dir / leftovers.QUARANTINE
    folder.mkdir()
    file = folder / "batch-1.csv"
    file.write_text(f"line,why,user,paid\n2,no date,{HANDLE},9.99\n3,no date,{OTHER},9.99\n")
    erasing.erase(house, key)
    assert file.read_text() == f"line,why,user,paid\n3,no date,{OTHER},9.99\n"
    assert not answer.exists()


def test_a_request_has_its_clocks_and_rings(house: Studio, clock: Any) -> None:
    key, indonesian = named(house, HANDLE), named(house, OTHER, country="ID")
    first = requests.add(house, f"fanvue:{HANDLE}", "access")
    assert (first.due_at - first.asked_at, first.new) == (timedelta(days=15), True)
    assert HANDLE.casefold() not in first.who.casefold()
    assert first.id in first.letter
    assert not requests.add(house, key, "access").new
    soon = requests.add(house, indonesian, "rectify")
    assert soon.due_at - soon.asked_at == timedelta(days=3)
    assert [one.id for one in requests.listed(house)] == [soon.id, first.id]
    assert ringing(house) == {"open": 2, "soon": 0, "late": 0}
    clock.advance(days=2)
    assert ringing(house) == {"open": 2, "soon": 1, "late": 0}
    requests.done(house, soon.id[:20], "the country is corrected")
    clock.advance(days=8)
    assert ringing(house) == {"open": 1, "soon": 1, "late": 0}
    clock.advance(days=5)
    assert ringing(house) == {"open": 1, "soon": 1, "late": 1}
    assert requests.acknowledge(house, first.id).letter == ""
    with pytest.raises(ConfigError, match="no request 'gossip'"):
        requests.add(house, key, "gossip")
    with pytest.raises(ConfigError, match="nobody is known so"):
        requests.add(house, "fanvue:stranger", "access")


def ringing(studio: Studio) -> dict[str, int]:
    with studio.database.transaction() as session:
        return {
            dict(one.labels)["state"]: int(one.value)
            for one in figures.asked_of_us(session, studio.clock())
        }


def test_an_export_that_tells_of_a_wish_to_be_erased_opens_one_request(house: Studio) -> None:
    key = named(house, HANDLE)
    with house.database.transaction() as session:
        who = session.exec(select(Subscriber).where(Subscriber.key == key)).one()
        event(session, who, Act.ERASE_REQUEST, datetime(2026, 11, 20, tzinfo=UTC))
    assert chores.privacy(house) == "1 requests opened"
    assert chores.privacy(house) == ""
    (asked,) = requests.listed(house)
    assert (asked.kind, asked.source, asked.who) == ("erase", "import", key)
    with pytest.raises(Refused, match="an erasure is done by"):
        requests.done(house, asked.id, "erased by hand")
    done = erasing.erase(house, key)
    assert done.request == asked.id
    assert requests.listed(house) == ()
    (kept,) = requests.listed(house, everything=True)
    assert (kept.who, kept.state) == ("", "done")


def test_a_purge_takes_out_the_lapsed_and_lets_them_come_back(house: Studio, clock: Any) -> None:
    key = named(house, HANDLE, NUMBER)
    kept = named(house, OTHER)
    with house.database.transaction() as session:
        session.connection().execute(text("UPDATE subscription SET status = 'expired'"))
    clock.now = datetime(2028, 10, 1, tzinfo=UTC)  # the last payment is of October 2026
    assert purge.purge(house).lapsed == 0
    with house.database.transaction() as session:
        who = session.exec(select(Subscriber).where(Subscriber.key == kept)).one()
        event(
            session,
            who,
            Act.TIP,
            datetime(2027, 1, 1, tzinfo=UTC),
            amount_minor=500,
            currency="USD",
        )
        gone = session.exec(select(Subscriber).where(Subscriber.key == key)).one()
        failed = {"amount_minor": 777, "currency": "USD"}  # no money, and in no sum of it
        event(session, gone, Act.PAYMENT_FAILED, datetime(2026, 8, 1, tzinfo=UTC), **failed)
    clock.advance(days=20)
    tried = purge.purge(house, dry_run=True)
    assert (tried.lapsed, tried.dry_run, counts(house)["subscriber"]) == (1, True, 2)
    done = purge.purge(house)
    assert (done.lapsed, done.swept) == (1, True)
    assert purge.purge(house).lapsed == 0
    with house.database.transaction() as session:
        assert tombstones.dead(session, {key}) == set()
        assert len(session.exec(select(ErasedSum)).all()) == 2


HISTORY = (
    "platform,platform_user_id,handle,type,occurred_at,amount,currency,character_id,event_id\n"
)
PAID = "fanvue,u1,fan one,sub_renew,2026-10-01T10:00:00Z,9.99,USD,miyuki,{}\n"


def took(studio: Studio, folder: Path, rows: str) -> tuple[int, int, int, int]:
    """Take an export in; return how many rows were entered, known, purged and rejected."""
    file = folder / "history.csv"
    file.write_text(HISTORY + rows)
    found = taking_in.take(studio, Order(file=file, profile="events"))
    return found.entered, found.known, found.purged, found.rejected


def told_of_october(studio: Studio) -> tuple[int, str]:
    """Return what the figure of October 2026 holds, and what is said beside it of the purged."""
    found = recurring_money.show(studio, recurring_money.month(studio, "2026-10"))
    notes = [one for one in found.notes if "purged" in one]
    return sum(one.received.total for one in found.totals), "".join(notes)[:9]


@pytest.mark.parametrize("name", ["", "invoice 1"], ids=["by what it says", "by its id"])
def test_what_was_purged_is_told_once_however_often_its_export_comes(
    house: Studio, tmp_path: Path, clock: Any, name: str
) -> None:
    row = PAID.format(name)
    assert took(house, tmp_path, row) == (1, 0, 0, 0)
    assert told_of_october(house) == (999, "")
    clock.now = datetime(2029, 1, 1, tzinfo=UTC)
    for _ in range(3):
        purge.purge(house)
        assert took(house, tmp_path, row) == (0, 0, 1, 0)
        assert counts(house)["subscriber"] == counts(house)["alias"] == 0
        assert told_of_october(house) == (0, "9.99 USD ")
        clock.advance(days=7)
    house.config.__dict__["privacy"] = house.config.privacy.model_copy(update={"lapsed_months": 60})
    by_handle = row.replace("u1", "")
    other = row.replace("invoice 1", "another id")
    for one in (row, by_handle, other):
        assert took(house, tmp_path, one) == (0, 0, 1, 0)


def test_after_a_purge_new_payments_come_in_and_old_ones_of_whoever_stayed(
    house: Studio, tmp_path: Path, clock: Any
) -> None:
    new = PAID.format("").replace("2026-10-01", "2028-12-01")
    stays = PAID.format("").replace("u1", "u2").replace("fan one", "fan two")
    clock.now = datetime(2028, 11, 1, tzinfo=UTC)
    assert took(house, tmp_path, PAID.format("") + stays.replace("2026-10", "2028-10"))[0] == 2
    clock.now = datetime(2029, 1, 1, tzinfo=UTC)
    assert purge.purge(house).lapsed == 1
    assert took(house, tmp_path, PAID.format("") + new + stays) == (2, 0, 1, 0)
    assert told_of_october(house) == (999, "9.99 USD ")  # of who stayed, and of who was purged
    assert took(house, tmp_path, PAID.format("") + new + stays) == (0, 2, 1, 0)
    clock.advance(days=800)
    assert purge.purge(house).lapsed == 2
    assert took(house, tmp_path, PAID.format("") + new + stays) == (0, 0, 3, 0)
    assert told_of_october(house) == (0, "19.98 USD")


def test_who_was_paid_back_of_late_is_not_purged_before_that_is_old_too(
    house: Studio, tmp_path: Path, clock: Any
) -> None:
    back = PAID.format("").replace("sub_renew", "refund").replace("2026-10-01", "2027-03-01")
    clock.now = datetime(2027, 4, 1, tzinfo=UTC)
    took(house, tmp_path, PAID.format("") + back)
    clock.now = datetime(2029, 1, 1, tzinfo=UTC)
    assert purge.purge(house).lapsed == 0
    clock.advance(days=90)
    assert purge.purge(house).lapsed == 1
    assert took(house, tmp_path, PAID.format("") + back) == (0, 0, 2, 0)


def test_a_purge_that_was_kept_without_its_border_had_the_period_of_today(
    house: Studio, tmp_path: Path, clock: Any
) -> None:
    clock.now = datetime(2029, 1, 1, tzinfo=UTC)
    with house.database.transaction() as session:
        assert bygone.look(house, session) is None
        old = Decision(act="privacy", subject="1", decision="purged", detail="2 lapsed people")
        audit.keep(house, session, old)
    assert took(house, tmp_path, PAID.format("")) == (0, 0, 1, 0)
    assert took(house, tmp_path, PAID.format("").replace("2026-10-01", "2027-01-03"))[0] == 1


def test_the_daemon_purges_only_where_it_is_switched_on(house: Studio, clock: Any) -> None:
    named(house, HANDLE)
    with house.database.transaction() as session:
        session.connection().execute(text("UPDATE subscription SET status = 'expired'"))
    clock.now = datetime(2030, 1, 1, tzinfo=UTC)
    assert chores.privacy(house) == ""
    house.config.__dict__["privacy"] = house.config.privacy.model_copy(update={"purge": True})
    assert chores.privacy(house) == "1 lapsed people and 0 files purged"


def test_the_page_tells_what_waits_and_never_a_key(house: Studio) -> None:
    named(house, HANDLE)
    requests.add(house, f"fanvue:{HANDLE}", "access")
    found = privacy_page.page(house)
    assert len(found.requests) == 1
    assert [(one.name, one.there) for one in found.keys] == [
        ("key", True),
        ("salt", True),
        ("erased", False),
    ]
    secret = (house.settings.state_dir / "keys" / "people.salt").read_bytes()
    assert secret.hex() not in repr(found)


def test_a_new_key_seals_what_another_one_sealed_and_goes_on_after_a_kill(
    house: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = named(house, HANDLE, NUMBER)
    linked(house, key)
    before = keys.own(house.settings.state_dir).value.decode()
    TokenStore(house.settings.state_dir, before).write("ACCOUNT", Tokens(access="a"))
    in_force = keys.new()
    settings = house.settings.model_copy(update={"token_key": SecretStr(in_force)})
    later = replace(house, settings=settings)
    with pytest.raises(ConfigError, match="another key"):
        dossier.export(later, key)
    with monkeypatch.context() as patch:
        patch.setattr(reseal, "again_name", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            reseal.reseal(later, before)
    for wrong, said in ((in_force, "the key in force; give the OLD one"), ("", "no key was read")):
        with pytest.raises(ConfigError, match=said):
            reseal.reseal(later, wrong)
    done = reseal.reseal(later, before)
    assert (done.sign_ins, done.addresses, done.names, done.already) == (0, 0, 2, 2)
    assert reseal.reseal(later, before).already == 4
    told = json.loads(dossier.export(later, key).file.read_text())["held"]
    assert {one["name"] for one in told["names"]} == {HANDLE, NUMBER}
    with pytest.raises(ConfigError, match="neither"):
        reseal.reseal(house, keys.new())


def test_a_campaign_keeps_what_came_of_the_erased_and_not_who_they_were(
    house: Studio, clock: Any
) -> None:
    crowd(house, 60)
    winback_plan.keep(house, DRAFT)
    winback.start(house, DRAFT.name)
    with house.database.transaction() as session:
        one, *others = session.exec(select(Assignment)).all()
    done = erasing.erase(house, one.who)
    assert dict(done.rows)["subscriber"] == 1
    with house.database.transaction() as session:
        rows = {row.who: row for row in session.exec(select(Assignment))}
        assert len(rows) == len(others) + 1
        (hashed,) = rows.keys() - {other.who for other in others}
        assert hashed != one.who
        assert (rows[hashed].subscriber_id, rows[hashed].held_out) == (None, one.held_out)
    clock.advance(days=700)
    assert purge.purge(house, dry_run=True).assignments == 0
    clock.advance(days=40)
    later = house.config.privacy.model_copy(update={"lapsed_months": 120})
    house.config.__dict__["privacy"] = later
    done_later = purge.purge(house)
    assert (done_later.lapsed, done_later.assignments) == (0, len(others))
    with house.database.transaction() as session:
        rows = {row.who: row for row in session.exec(select(Assignment))}
        assert not rows.keys() & {other.who for other in others}
