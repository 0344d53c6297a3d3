"""Exports of subscribers and what they did: taken in once, undone exactly, never guessed."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlmodel import select

from elite8.core.domain import buying
from elite8.core.domain.subscriber import (
    Alias,
    ImportBatch,
    Subscriber,
    SubscriberEvent,
    Subscription,
    SubscriptionState,
)
from elite8.core.errors import ConfigError
from elite8.core.operations import consents, profiles, taking_in, undoing
from elite8.core.operations.cells import Wrong, money
from elite8.core.operations.entering import Desk
from elite8.core.operations.imports import pseudonym
from elite8.core.operations.taking_in import Order, TakenIn, take
from elite8.core.operations.undoing import undo
from elite8.core.storage import engaging, tombstones
from elite8.core.studio import Studio
from tests.conftest import ROOT
from tests.domain.purchases import CALIBRATED, FILE

EVENTS = "platform,platform_user_id,type,occurred_at,amount,currency,character_id\n"
STATES = (
    "platform,platform_user_id,status,tier,price,currency,character_id,exported_at,"
    "current_period_end\n"
)
TIP = "fanvue,u1,tip,2026-11-01T10:00:00Z,5.00,USD,miyuki\n"
RENEWAL = "fanvue,u2,sub_renew,2026-11-01T11:00:00Z,$9.99,USD,miyuki\n"


Taken = Callable[..., TakenIn]


@pytest.fixture
def taken(studio: Studio, tmp_path: Path) -> Taken:
    def run(
        text: str | bytes,
        profile: str = "events",
        name: str = "e.csv",
        *,
        dry_run: bool = False,
        **more: str,
    ) -> TakenIn:
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return take(studio, Order(file=file, profile=profile, **more), dry_run=dry_run)

    return run


def every(studio: Studio, kind: Any) -> list[Any]:
    with studio.database.transaction() as session:
        return list(session.exec(select(kind)))


def test_two_equal_tips_in_one_second_are_two_and_again_none(studio: Studio, taken: Taken) -> None:
    first = taken(EVENTS + TIP + TIP)
    again = taken(EVENTS + RENEWAL + TIP + TIP + TIP)
    assert (first.entered, first.known) == (2, 0)
    assert (again.entered, again.known) == (2, 2)
    assert [one.amount_minor for one in every(studio, SubscriberEvent)].count(500) == 3


def test_the_later_export_holds_whichever_comes_first(studio: Studio, taken: Taken) -> None:
    old = "fanvue,u1,active,basic,9.99,USD,miyuki,2026-11-01T00:00:00Z,2026-12-01\n"
    new = "fanvue,u1,expired,vip,49.99,USD,miyuki,2026-11-20T00:00:00Z,2026-11-20\n"
    taken(STATES + new, "subscribers")
    taken(STATES + old, "subscribers", "older.csv")
    (now,) = every(studio, Subscription)
    assert (now.status, now.tier, now.price_minor) == ("expired", "vip", 4999)
    assert len(every(studio, SubscriptionState)) == 2
    assert taken(STATES + old, "subscribers", "older.csv").entered == 0


def test_of_a_birth_the_year_alone_is_kept(studio: Studio, taken: Taken) -> None:
    head = "platform,platform_user_id,status,character_id,exported_at,birth_year_declared\n"
    row = "fanvue,u{},active,miyuki,2026-11-01T00:00:00Z,{}\n"
    told = ("1990", "1990-05-03", "19900503", "03.05.1990")
    found = taken(head + "".join(row.format(n, one) for n, one in enumerate(told)), "subscribers")
    assert (found.entered, found.rejected) == (1, 3)
    assert [one.birth_year for one in every(studio, Subscriber)] == [1990]
    assert any("a whole date is not kept" in one.why for one in found.lines)


def test_the_same_name_on_two_platforms_is_two_people(studio: Studio, taken: Taken) -> None:
    taken(EVENTS + TIP + TIP.replace("fanvue", "onlyfans"))
    people = every(studio, Subscriber)
    assert {(one.platform, one.person_key) for one in people} == {
        ("fanvue", None),
        ("onlyfans", None),
    }
    assert len({one.key for one in people}) == 2


def test_a_dry_run_keeps_nothing(studio: Studio, taken: Taken) -> None:
    assert taken(EVENTS + TIP, dry_run=True).entered == 1
    assert every(studio, Subscriber) == []


def test_a_missing_column_refuses_the_file(taken: Taken) -> None:
    with pytest.raises(ConfigError, match="no column 'occurred_at'"):
        taken("platform,platform_user_id,type,when\nfanvue,u1,tip,2026-11-01T10:00:00Z\n")


MADE_UP = ROOT / "tests" / "operations" / "exports"
NOT_NEUTRAL = sorted(one.stem for one in MADE_UP.glob("*.csv"))


@pytest.mark.parametrize("name", NOT_NEUTRAL)
def test_a_made_up_export_comes_in_by_its_profile(studio: Studio, name: str) -> None:
    order = Order(
        file=MADE_UP / f"{name}.csv",
        profile=name,
        character="hana",
        exported_at="2026-11-22T09:00:00+09:00"
        if profiles.named(studio, name).kind == "subscribers"
        else "",
    )
    found = take(studio, order)
    assert (found.entered, found.lines, found.unmapped) == (2, (), ())
    assert found.verified == (name == "fanvue_earnings")
    assert take(studio, order).entered == 0


def test_every_profile_but_the_neutral_ones_has_a_made_up_export(studio: Studio) -> None:
    assert {*NOT_NEUTRAL, "events", "subscribers"} == set(profiles.files(studio))


def test_fanvue_s_money_is_gross_fee_tax_and_its_referrals_and_totals_are_left_out(
    studio: Studio,
) -> None:
    order = Order(file=MADE_UP / "fanvue_earnings.csv", profile="fanvue_earnings")
    assert take(studio, order).left_out == 2
    tip = next(one for one in every(studio, SubscriberEvent) if one.act == "tip")
    assert (tip.amount_minor, tip.fee_minor, tip.tax_minor, tip.currency) == (600, 100, 100, "USD")


def test_japanese_exports_are_read_in_their_letters_zone_and_yen(studio: Studio) -> None:
    found = take(studio, Order(file=MADE_UP / "fc2_sales.csv", profile="fc2_sales"))
    first = min(every(studio, SubscriberEvent), key=lambda one: one.at)
    assert (found.encoding, first.at, first.amount_minor) == (
        "cp932",
        datetime(2026, 10, 31, 15, 30, tzinfo=UTC),
        1000,
    )


def test_money_that_does_not_add_up_is_put_aside_with_its_own_text(taken: Taken) -> None:
    head = EVENTS.replace("amount", "amount,fee,net")
    row = "fanvue,=u1,tip,2026-11-01T10:00:00Z,10.00,2.00,{},USD,miyuki\n"
    found = taken(head + row.format("7.98") + row.format("7.99"))
    assert (found.entered, found.rejected) == (1, 1)
    assert found.quarantine is not None
    assert found.quarantine.stat().st_mode & 0o777 == 0o600
    kept = found.quarantine.read_text("utf-8")
    assert "is not net 798" in kept
    assert ",fanvue,'=u1,tip," in kept


@pytest.mark.parametrize(
    ("text", "currency", "decimal", "minor"),
    [
        ("1,234.50", "USD", ".", 123450),
        ("1.234,50 €", "EUR", ",", 123450),
        ("\uff049.99", "USD", ".", 999),
        ("￥1,000", "JPY", ".", 1000),
        ("\\500", "JPY", ".", 500),
        ("($5.00)", "USD", ".", -500),
        ("R$ 9,99", "BRL", ",", 999),
        ("1'000.00 CHF", "CHF", ".", 100000),
    ],
)
def test_sums_are_read_as_people_write_them(
    text: str, currency: str, decimal: str, minor: int
) -> None:
    assert money(text, currency, decimal, "amount") == minor


@pytest.mark.parametrize(
    ("text", "currency", "decimal"),
    [
        ("9,99", "USD", "."),
        ("1.234,50", "USD", "."),
        ("9.99", "JPY", "."),
        ("€5", "USD", "."),
        ("5 EUR", "USD", "."),
        ("12,34,567", "USD", "."),
        ("1e3", "USD", "."),
        ("five", "USD", "."),
    ],
)
def test_sums_that_may_be_two_things_are_none(text: str, currency: str, decimal: str) -> None:
    with pytest.raises(Wrong):
        money(text, currency, decimal, "amount")


def test_an_id_used_for_another_payment_is_told_and_not_entered(
    studio: Studio, taken: Taken
) -> None:
    head = "event_id," + EVENTS
    first = taken(head + "A1," + TIP + "A1," + TIP)
    second = taken(head + "A1," + TIP.replace("5.00", "6.00"))
    assert (first.entered, first.known, second.entered) == (1, 1, 0)
    assert "another amount" in second.lines[0].why
    assert [one.amount_minor for one in every(studio, SubscriberEvent)] == [500]


def test_a_handle_alone_and_later_with_its_id_are_one_person(studio: Studio, taken: Taken) -> None:
    head = EVENTS.replace("platform_user_id", "platform_user_id,handle")
    row = "fanvue,{},tip,2026-11-01T10:00:0{}Z,5.00,USD,miyuki\n"
    taken(head + row.format(",@Anna", 1))
    taken(head + row.format("77,anna-new", 3) + row.format("77,anna", 2) + row.format("78,bo", 4))
    assert len(every(studio, Subscriber)) == 2
    assert len(every(studio, Alias)) == 5
    assert {one.subscriber_id for one in every(studio, SubscriberEvent)} == {1, 2}


def test_names_are_sealed_and_are_the_pseudonyms_of_the_funnel(
    studio: Studio, taken: Taken
) -> None:
    found = taken(EVENTS + TIP.replace("u1", "Wanda-77") + "fanvue,Wanda-77,jump,x,,,\n")
    with studio.database.transaction() as session:
        safe = consents.opened(studio, session)
    (name,) = every(studio, Alias)
    (who,) = every(studio, Subscriber)
    assert safe.opened_name(name.digest, name.sealed) == "Wanda-77"
    assert b"anda-77" not in name.sealed
    assert who.key == pseudonym(safe.salt, "fanvue", "wanda-77")
    assert "anda-77" not in repr(found)


def test_the_erased_stay_erased(studio: Studio, taken: Taken) -> None:
    first = taken(EVENTS + TIP + RENEWAL)
    with studio.database.transaction() as session:
        one = session.exec(select(Alias)).first()
        assert one is not None
        tombstones.bury(session, [one.digest], studio.clock())
    undo(studio, first.batch or 0)
    again = taken(EVENTS + TIP + RENEWAL, name="again.csv")
    assert (again.entered, again.erased) == (1, 1)
    assert len(every(studio, Subscriber)) == len(every(studio, Alias)) == 1


def test_undo_takes_exactly_one_file_back_and_twice_is_as_once(
    studio: Studio, taken: Taken
) -> None:
    old = "fanvue,u1,active,basic,9.99,USD,miyuki,2026-11-01T00:00:00Z,2026-12-01\n"
    new = "fanvue,u1,expired,vip,49.99,USD,miyuki,2026-11-20T00:00:00Z,2026-11-20\n"
    taken(STATES + old, "subscribers")
    newer = taken(STATES + new + new.replace("u1", "u9"), "subscribers", "newer.csv")
    tips = taken(EVENTS + TIP + RENEWAL)
    done = undo(studio, newer.batch or 0)
    assert (done.states, done.subscriptions, done.subscribers, done.names) == (2, 1, 1, 1)
    (now,) = every(studio, Subscription)
    assert (now.status, now.tier, now.price_minor) == ("active", "basic", 999)
    assert len(every(studio, SubscriberEvent)) == 2
    assert undo(studio, newer.batch or 0).again
    undo(studio, tips.batch or 0)
    undo(studio, 1)
    assert [every(studio, kind) for kind in (Subscriber, Alias, Subscription)] == [[], [], []]
    assert taken(EVENTS + TIP + RENEWAL).entered == 2


def test_who_looked_while_a_file_was_taken_back_looks_again(
    studio: Studio, taken: Taken, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def look(*_: object) -> int:
        clock.advance(seconds=1)
        with studio.database.transaction() as session:
            seen.append(engaging.entered(session))
        return 0

    wrong = taken(EVENTS + TIP)
    taken(EVENTS + TIP.replace("10:00", "11:00"), name="newer.csv")
    with monkeypatch.context() as between:
        between.setattr(undoing, "events", look)
        undoing.undo(studio, wrong.batch or 0)  # killed before anything of it was gone
    assert undoing.undo(studio, wrong.batch or 0).events == 1
    look()
    assert undoing.undo(studio, wrong.batch or 0).again
    look()
    assert len(set(seen)) == 2
    assert seen[1] == seen[2]


FACTS = (
    "platform,platform_user_id,status,character_id,exported_at,birth_year_declared,country,locale,"
    "last_seen_at\n"
)


def facts(day: int, told: str, character: str = "miyuki") -> str:
    """Return an export of a day of November that says this of u1, and what of them stays so."""
    return f"{FACTS}fanvue,u1,expired,{character},2026-11-{day:02}T00:00:00Z,{told}\n"


def known_of(studio: Studio) -> tuple[int | None, str, str, int | None]:
    """Return what is known of the only subscriber, and on which day they were seen last."""
    (one,) = every(studio, Subscriber)
    seen = one.last_seen_at
    return one.birth_year, one.country, one.language, seen and seen.day


def test_what_an_undone_file_said_of_somebody_goes_with_it_and_the_right_one_holds(
    studio: Studio, taken: Taken
) -> None:
    taken(facts(1, ",,,"), "subscribers")
    wrong = taken(facts(10, "1990,DE,de,2026-11-09T00:00:00Z"), "subscribers")
    assert known_of(studio) == (1990, "DE", "de", 9)
    undo(studio, wrong.batch or 0)
    assert known_of(studio) == (None, "", "", None)
    taken(facts(10, "2010,US,en,2026-11-08T00:00:00Z"), "subscribers")
    assert known_of(studio) == (2010, "US", "en", 8)


def test_undo_leaves_what_other_files_said_of_somebody(studio: Studio, taken: Taken) -> None:
    first = taken(facts(1, "1985,JP,ja,2026-10-30T00:00:00Z"), "subscribers")
    wrong = taken(facts(10, "1990,DE,de,2026-11-09T00:00:00Z", "rio"), "subscribers")
    assert known_of(studio) == (1990, "DE", "de", 9)
    undo(studio, wrong.batch or 0)
    assert known_of(studio) == (1985, "JP", "ja", 30)
    undo(studio, first.batch or 0)
    assert every(studio, Subscriber) == []


def test_no_file_makes_anybody_older_and_the_newest_export_says_where_they_live(
    studio: Studio, taken: Taken
) -> None:
    taken(facts(10, "2010,US,en,"), "subscribers")
    taken(facts(20, "1990,GB,,"), "subscribers")
    taken(facts(5, "1980,DE,de,2026-11-04T00:00:00Z"), "subscribers")  # an older one, later
    assert known_of(studio) == (2010, "GB", "en", 4)


def test_the_right_file_corrects_the_wrong_one_of_the_same_export(
    studio: Studio, taken: Taken
) -> None:
    wrong, right = facts(10, "1990,DE,de,"), facts(10, "2010,US,en,")
    taken(wrong, "subscribers")
    found = taken(right, "subscribers", "right.csv")
    assert (found.entered, known_of(studio)) == (1, (2010, "US", "en", None))
    for again in (wrong, right):  # said before: nothing new
        assert taken(again, "subscribers", "again.csv").entered == 0
    assert known_of(studio) == (2010, "US", "en", None)


def test_who_came_with_an_undone_file_stays_while_another_one_knows_them(
    studio: Studio, taken: Taken
) -> None:
    first = taken(EVENTS + TIP)
    second = taken(EVENTS + TIP.replace("10:00", "11:00"), name="second.csv")
    undo(studio, first.batch or 0)
    assert len(every(studio, Subscriber)) == len(every(studio, Alias)) == 1
    undo(studio, second.batch or 0)
    assert every(studio, Subscriber) == every(studio, Alias) == []


def test_whoever_is_killed_in_the_middle_goes_on_with_the_same_batch(
    studio: Studio, taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(TIP.replace("u1", f"u{number}") for number in range(5))
    monkeypatch.setattr(taking_in, "AT_ONCE", 2)
    entered = Desk.events

    def killed(desk: Desk, session: Any, some: Any) -> Any:
        if some[0].line > 3:
            raise KeyboardInterrupt
        return entered(desk, session, some)

    monkeypatch.setattr(Desk, "events", killed)
    with pytest.raises(KeyboardInterrupt):
        taken(EVENTS + rows)
    monkeypatch.setattr(Desk, "events", entered)
    assert len(every(studio, SubscriberEvent)) == 2
    found = taken(EVENTS + rows)
    (batch,) = every(studio, ImportBatch)
    assert (found.batch, found.entered, found.known) == (1, 3, 2)
    assert (batch.entered, batch.known, batch.rows, batch.ended_at is None) == (5, 0, 5, False)


def test_equal_rows_in_different_portions_are_still_several(
    taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_in, "AT_ONCE", 2)
    assert taken(EVENTS + TIP * 5).entered == 5
    assert taken(EVENTS + TIP * 6).entered == 1


SOLD = "Date,Service,Buyer,Amount\n2026-11-01,Fan Club,fan1,9.99\n"


def test_a_fan_who_pays_two_performers_alike_paid_each_of_them(
    studio: Studio, taken: Taken
) -> None:
    first = taken(SOLD, "pornhub_sales", character="miyuki")
    other = taken(SOLD, "pornhub_sales", character="rio")
    assert [(one.entered, one.known) for one in (first, other)] == [(1, 0), (1, 0)]
    for whose in ("miyuki", "rio"):
        assert taken(SOLD, "pornhub_sales", character=whose).known == 1
    undo(studio, first.batch or 0)
    assert [one.character_id for one in every(studio, SubscriberEvent)] == ["rio"]
    assert taken(SOLD, "pornhub_sales", character="miyuki").entered == 1


@pytest.mark.parametrize(
    "whose",
    [
        ("miyuki", "rio", "", "miyuki"),
        ("", "miyuki", "miyuki", "rio"),
        ("rio", "miyuki", "miyuki", ""),
    ],
)
def test_rows_alike_of_several_performers_come_in_once_under_the_keys_they_always_had(
    studio: Studio, taken: Taken, monkeypatch: pytest.MonkeyPatch, whose: tuple[str, ...]
) -> None:
    monkeypatch.setattr(taking_in, "AT_ONCE", 1)
    file = EVENTS + "".join(TIP.replace("miyuki", one) for one in whose)
    assert taken(file).entered == 4
    (person,) = every(studio, Subscriber)
    second = int(datetime(2026, 11, 1, 10, tzinfo=UTC).timestamp())
    said = f"('fanvue', {person.key!r}, 'tip', {second}, 500, 'USD')"
    digest = hashlib.sha256(said.encode()).hexdigest()[:20]
    kept = [(one.key, one.character_id) for one in every(studio, SubscriberEvent)]
    assert kept == [
        (f"{second:08x}{digest}{number:04x}", one) for number, one in enumerate(whose, 1)
    ]
    again = taken(file, name="again.csv")
    assert (again.entered, again.known, again.rejected) == (0, 4, 0)
    some = taken(EVENTS + TIP * 3, name="more.csv")  # the third may be what names nobody
    assert (some.entered, some.known, some.rejected) == (0, 2, 1)


@pytest.mark.parametrize(
    ("first", "then", "why"),
    [
        ("", "miyuki", "take that back first: elite8 subscribers import undo 1"),
        ("miyuki", "", "told the same of miyuki, and this file names no performer"),
    ],
)
def test_a_file_that_named_no_performer_is_not_counted_again_for_one(
    studio: Studio, taken: Taken, first: str, then: str, why: str
) -> None:
    taken(SOLD, "pornhub_sales", character=first)
    found = taken(SOLD + SOLD.splitlines(keepends=True)[1], "pornhub_sales", character=then)
    assert (found.entered, found.known, found.rejected) == (1, 0, 1)  # two alike, one of them new
    assert found.lines[0].why.startswith("would count twice: batch 1 told the same")
    assert why in found.lines[0].why
    assert len(every(studio, SubscriberEvent)) == 2


def test_jsonl_says_the_same_as_csv(taken: Taken) -> None:
    line = (
        '{"platform":"fanvue","platform_user_id":"u1","type":"tip","amount":5.00,"mood":"fine",'
        '"occurred_at":"2026-11-01T10:00:00Z","currency":"USD","character_id":"miyuki"}\n'
    )
    assert taken(EVENTS + TIP).entered == 1
    found = taken(line + "[]\n", name="e.jsonl")
    assert (found.known, found.rejected, found.unmapped) == (1, 1, ("mood",))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("fanvue,u1,jump,2026-11-01T10:00:00Z,5.00,USD,miyuki", "type: 'jump'"),
        ("fanvue,u1,tip,2026-11-01T10:00:00,5.00,USD,miyuki", "has no zone"),
        ("fanvue,u1,tip,01.11.2026,5.00,USD,miyuki", "is not written as iso"),
        ("fanvue,u1,tip,2027-11-01T10:00:00Z,5.00,USD,miyuki", "yet to come"),
        ("fanvue,u1,tip,2026-11-01T10:00:00Z,5.00,,miyuki", "currency"),
        ("fanvue,u1,tip,2026-11-01T10:00:00Z,5.00,USD,nobody", "character_id"),
        ("myspace,u1,tip,2026-11-01T10:00:00Z,5.00,USD,miyuki", "platform"),
        ("fanvue,,tip,2026-11-01T10:00:00Z,5.00,USD,miyuki", "says of nobody"),
        ("fanvue,u1,tip,2026-11-01T10:00:00Z,5.00,USD", "6 cells"),
    ],
)
def test_a_wrong_row_is_left_out_with_why_and_the_others_come_in(
    taken: Taken, row: str, why: str
) -> None:
    found = taken(EVENTS + row + "\n" + TIP)
    assert (found.entered, found.rejected, found.lines[0].line) == (1, 1, 2)
    assert why in found.lines[0].why


def test_a_price_nobody_named_is_other_never_the_nearest_tier(studio: Studio, taken: Taken) -> None:
    head = STATES.replace("tier,", "")
    rows = "".join(
        f"fanvue,u{price},active,{price},USD,miyuki,2026-11-01T00:00:00Z,2026-12-01\n"
        for price in ("9.99", "9.98", "0", "19.99")
    )
    taken(head + rows, "subscribers")
    assert [one.tier for one in every(studio, Subscription)] == ["other", "other", "free", "other"]


@pytest.mark.parametrize("start", [b"PK\x03\x04rest", b"%PDF-1.7"])
def test_a_file_that_is_no_text_says_what_it_is(taken: Taken, start: bytes) -> None:
    with pytest.raises(ConfigError, match="save it as CSV"):
        taken(start)


def test_purchases_of_cdnow_come_in_and_are_those_of_the_papers(
    studio: Studio, tmp_path: Path
) -> None:
    """Imported, read back and summed: the figures of Fader, Hardie and Lee 2005, to the digit."""
    file = tmp_path / "cdnow.csv"
    rows = [line.split(",") for line in FILE.read_text("utf-8").splitlines()[1:]]
    began = date(1997, 1, 1)
    file.write_text(
        "platform,platform_user_id,type,occurred_at,amount_minor,currency\n"
        + "".join(
            f"fanvue,{who},ppv,{began + timedelta(days=int(day))},{cents},USD\n"
            for who, day, cents in rows
        )
    )
    found = take(studio, Order(file=file, profile="events", zone="UTC"))
    assert (found.entered, found.rejected) == (6919, 0)
    events = every(studio, SubscriberEvent)
    person = np.array([one.subscriber_id for one in events])
    day = np.array([(one.at.date() - began).days for one in events])
    _, seen = buying.summary(person, day, CALIBRATED)
    assert seen.frequency.sum() == 2457
    assert seen.recency.sum() == pytest.approx(16_135.5, abs=0.1)
    assert seen.age.sum() == pytest.approx(77_111.2, abs=0.1)
    fitted = buying.fitted(seen)
    found_ones = (fitted.r, fitted.alpha, fitted.a, fitted.b)
    assert [round(one, 3) for one in found_ones] == [0.243, 4.414, 0.793, 2.426]
    assert round(fitted.log_likelihood, 1) == -9582.4
