"""The ledger of consents, and whom a message may reach at the moment it would be sent."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from elite8.cli import run
from elite8.core.domain.mailing import DeliveryStatus, Mailing, new_delivery
from elite8.core.domain.network import Wording
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import audit, consent_files, consents, eligible, erasing
from elite8.core.operations.eligible import Letter
from elite8.core.operations.given import Given
from elite8.core.storage import people
from elite8.core.studio import Studio
from tests.subscribed import subscriber

JP = Given(
    channel="email",
    address="Fan@Example.org",
    country="JP",
    language="ja",
    age="adult",
    evidence="form/1",
    wording="w1",
)
LINE = "U0123456789abcdef0123456789abcdef"
LETTER = Letter(
    channel="email",
    purpose="marketing",
    wording=Wording(
        title="New", caption="Rain\nMade by AI.\nNova Studio\n1 Street\n#ad", hashtags=()
    ),
    sentence="Made by AI.",
    sender="Nova Studio",
    postal_address="1 Street",
    opt_out=True,
    rating="sfw",
    advertising=("#ad",),
)


@pytest.fixture(autouse=True)
def noon_in_japan(clock: Any) -> None:
    clock.now = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


def reach(studio: Studio, letter: Letter = LETTER) -> eligible.Reach:
    with studio.database.transaction() as session:
        return eligible.reach(studio, session, letter, set())


def reached(studio: Studio, letter: Letter = LETTER) -> int:
    return len(reach(studio, letter).people)


def test_a_consent_is_kept_once_and_lets_a_message_through(studio: Studio) -> None:
    first = consents.record(studio, JP)
    again = consents.record(studio, replace(JP, address=" fan@example.ORG "))
    assert (first.status, first.new, again.new) == ("granted", True, False)
    assert first.person == again.person
    assert reached(studio) == 1
    assert [one.decision for one in audit.listed(studio, act="consent")] == ["granted"]


def test_in_germany_it_counts_once_it_is_confirmed(studio: Studio) -> None:
    german = replace(JP, country="DE")
    assert consents.record(studio, german).status == "pending_doi"
    assert dict(reach(studio).held).keys() >= {"message-consent", "de-double-opt-in"}
    assert consents.confirm(studio, "email:fan@example.org", "email", "marketing").new
    assert not consents.confirm(studio, "email:fan@example.org", "email", "marketing").new
    assert consents.record(studio, german).status == "granted"
    assert reach(studio).held == (("message-quiet-hours", 1),)  # 04:00 in Berlin


def test_where_nobody_knows_the_country_an_email_is_confirmed_as_well(studio: Studio) -> None:
    assert consents.record(studio, replace(JP, country="")).status == "pending_doi"
    follower = Given(channel="line", address=LINE, source="platform_native", evidence="follow")
    assert consents.record(studio, follower).status == "granted"


def test_a_withdrawal_holds_at_once_and_no_list_undoes_it(studio: Studio, clock: Any) -> None:
    who = consents.record(studio, JP).person
    clock.advance(hours=1)
    (gone,) = consents.withdraw(studio, who, channel="email", purpose="marketing", via="link")
    assert (gone.status, gone.via) == ("withdrawn", "link")
    assert reached(studio) == 0
    (again,) = consents.withdraw(studio, who, channel="email", via="link")
    assert not again.new
    for other in (replace(JP, source="import_attested"), replace(JP, at=clock() - timedelta(1))):
        with pytest.raises(Refused, match="withdrew it later"):
            consents.record(studio, other)
    clock.advance(hours=1)
    assert consents.record(studio, replace(JP, evidence="form/2")).status == "granted"


def test_an_old_list_gives_nothing_back_after_another_yes(studio: Studio, clock: Any) -> None:
    long_ago = clock() - timedelta(days=90)
    facts = {"country": "DE", "at": long_ago, "confirmed_at": long_ago + timedelta(days=1)}
    old = replace(JP, source="import_attested", evidence="list/1", **facts)
    who = consents.record(studio, old).person
    consents.withdraw(studio, who, channel="email", purpose="marketing", via="one-click")
    clock.advance(days=1)
    again = replace(old, source="form", evidence="form/2", at=None)
    with pytest.raises(Refused, match="withdrew it later"):  # confirmed before the no
        consents.record(studio, again)
    assert consents.record(studio, replace(again, confirmed_at=None)).status == "pending_doi"
    for other in (old, replace(old, at=clock(), confirmed_at=clock())):
        with pytest.raises(Refused, match="withdrew it later"):
            consents.record(studio, other)
    assert consents.show(studio, who).consents[0].status == "pending_doi"
    assert consents.confirm(studio, who, "email", "marketing").status == "granted"


@pytest.mark.parametrize(
    ("source", "evidence"),
    [("import_attested", "list/1"), ("import_attested", ""), ("platform_native", "follow/1")],
)
def test_what_is_told_again_takes_no_place_of_a_newer_yes(
    studio: Studio, source: Any, evidence: str
) -> None:
    old = datetime(2023, 1, 1, tzinfo=UTC)
    row = replace(JP, source=source, at=old, evidence=evidence)
    consents.record(studio, row)
    newer = consents.record(studio, replace(JP, evidence="form/2"))
    again = consents.record(studio, row)
    assert (again.new, again.status, again.evidence, again.at) == (
        *(False, "granted", "form/2"),
        newer.at,
    )
    assert reached(studio) == 1


@pytest.mark.parametrize("purpose", ["", "marketing"])
def test_a_no_stands_for_a_purpose_that_nothing_was_known_of(
    studio: Studio, clock: Any, purpose: str
) -> None:
    who = consents.record(studio, replace(JP, purpose="service")).person
    clock.advance(days=1)
    consents.withdraw(studio, who, channel="email", purpose=purpose, via="operator")
    clock.advance(days=1)
    old = replace(JP, evidence="list/1", at=clock() - timedelta(days=300))
    for other in (old, replace(old, source="import_attested")):
        with pytest.raises(Refused, match="withdrew it later"):
            consents.record(studio, other)
    assert consents.record(studio, replace(JP, evidence="form/2")).status == "granted"


def test_a_purpose_that_is_none_ends_nothing(studio: Studio) -> None:
    who = consents.record(studio, JP).person
    with pytest.raises(ConfigError, match="no purpose 'news'; choose marketing, service"):
        consents.withdraw(studio, who, purpose="news", via="operator")
    assert consents.show(studio, who).consents[0].status == "granted"


def test_who_withdraws_from_everything_is_never_written_to_again(studio: Studio) -> None:
    who = consents.record(studio, JP).person
    consents.withdraw(studio, who, via="operator")
    with pytest.raises(Refused, match="suppressed"):
        consents.record(studio, replace(JP, evidence="form/2"))
    assert consents.show(studio, who).suppressed == ("email",)


def test_who_was_erased_does_not_come_back_by_an_import(studio: Studio) -> None:
    who = consents.record(studio, JP).person
    erasing.erase(studio, "email:fan@example.org")
    with pytest.raises(Refused, match="suppressed"):
        consents.record(studio, replace(JP, source="import_attested"))
    known = consents.show(studio, who)
    assert (known.channels, known.country, known.age) == ((), "", "unknown")
    assert {one.evidence for one in known.story} == {""}
    assert known.consents[0].status == "withdrawn"


def test_no_address_is_in_the_database_or_the_log(studio: Studio) -> None:
    consents.record(studio, JP)
    consents.suppress(studio, "email", "other@example.org", "bounced")
    studio.database.close()
    state = studio.settings.state_dir
    for file in state.glob("elite8.db*"):
        assert b"example.org" not in file.read_bytes().lower()
    assert "example" not in str(audit.listed(studio))


def test_without_the_very_salt_nothing_is_known_and_nothing_goes_on(studio: Studio) -> None:
    consents.record(studio, JP)
    salt = studio.settings.state_dir / "keys" / "people.salt"
    kept = salt.read_bytes()
    salt.write_bytes(b"x" * 32)
    with pytest.raises(ConfigError, match="of another database"):
        consents.record(studio, JP)
    salt.unlink()
    with pytest.raises(ConfigError, match="restore it from a backup"):
        consents.record(studio, JP)
    salt.write_bytes(kept)
    assert not consents.record(studio, JP).new


@pytest.mark.parametrize(
    ("change", "held"),
    [
        ({"country": "US"}, "message-quiet-hours"),  # which of its zones is unknown
        ({"country": "US", "zone": "America/New_York"}, "message-quiet-hours"),  # 22:00
        ({"source": "import_attested", "evidence": ""}, "message-consent"),
    ],
)
def test_a_person_is_held_back_by_what_is_so_where_they_are(
    studio: Studio, change: dict[str, Any], held: str
) -> None:
    consents.record(studio, replace(JP, **change))
    assert held in dict(reach(studio).held)


def test_adult_matter_goes_to_known_adults_only(studio: Studio) -> None:
    consents.record(studio, JP)
    consents.record(studio, replace(JP, address="a@example.org", age="unknown"))
    consents.record(studio, replace(JP, address="b@example.org", age="minor"))
    assert reached(studio) == 3
    found = reach(studio, replace(LETTER, adult=True))
    assert (len(found.people), dict(found.held)["message-age"]) == (1, 2)


def test_the_year_an_account_declares_goes_before_the_word_of_a_consent(studio: Studio) -> None:
    young = consents.record(studio, JP).person
    grown = consents.record(studio, replace(JP, address="a@example.org", age="unknown")).person
    with studio.database.transaction() as session:
        subscriber(session, "one", person_key=young, birth_year=1990)
        subscriber(session, "two", person_key=young, birth_year=2012)
        subscriber(session, "three", person_key=grown, birth_year=1990)
        subscriber(session, "four", birth_year=2012)  # nobody's
    found = reach(studio, replace(LETTER, adult=True))
    assert [person.key for person, _ in found.people] == [grown]
    assert dict(found.held)["message-age"] == 1


def test_an_age_is_never_made_higher_by_a_later_word(studio: Studio) -> None:
    who = consents.record(studio, replace(JP, age="minor")).person
    consents.record(studio, replace(JP, age="adult", evidence="form/2"))
    assert consents.show(studio, who).age == "minor"


def test_two_marketing_messages_in_seven_days_are_the_most(studio: Studio, clock: Any) -> None:
    who = consents.record(studio, JP).person
    for number, status in enumerate(["sent", "uncertain"]):
        mailing = Mailing(
            id=f"m{number}",
            channel="email",
            purpose="marketing",
            character="miyuki",
            language="ja",
            text="x",
            created_at=clock(),
        )
        with studio.database.transaction() as session:
            session.add(mailing)
            session.flush()
            row = new_delivery(now=clock(), mailing=mailing, person_key=who, handle="h")
            row.status = DeliveryStatus(status)
            session.add(row)
        assert reached(studio) == 1 - number
    clock.advance(days=7)
    assert reached(studio) == 1
    with studio.database.transaction() as session:
        assert people.contacts(session, clock() - timedelta(days=8))[who] == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"channel": "fax"}, "no channel 'fax'"),
        ({"purpose": "fun"}, "no purpose"),
        ({"age": "22"}, "no age"),
        ({"country": "Germany"}, "its two letters"),
        ({"country": "ZZ"}, "no country 'ZZ'"),
        ({"zone": "Mars/Base"}, "no zone"),
        ({"language": "de-DE"}, "no language"),
        ({"evidence": ""}, "--evidence"),
        ({"at": datetime(2027, 1, 1, tzinfo=UTC)}, "in the future"),
        ({"confirmed_at": datetime(2027, 1, 1, tzinfo=UTC)}, "in the future"),
    ],
)
def test_what_is_no_consent_is_refused(studio: Studio, change: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        consents.record(studio, replace(JP, **change))


def test_a_country_may_be_written_small(studio: Studio) -> None:
    given = replace(JP, country="gb")
    assert given.country == "GB"
    assert consents.record(studio, given).channel == given.channel


@pytest.mark.parametrize("address", ["fan", "a@b", "a b@example.org", "a@example.org\nx", ""])
def test_an_address_that_is_none_is_refused(studio: Studio, address: str) -> None:
    with pytest.raises(Refused, match="email address"):
        consents.record(studio, replace(JP, address=address))


def test_taking_a_consent_away_never_reaches_more_people(studio: Studio) -> None:
    chance = random.Random(8)  # noqa: S311  # which one, nothing secret
    keys = [
        consents.record(
            studio, replace(JP, address=f"p{n}@example.org", country=chance.choice(["JP", "DE"]))
        ).person
        for n in range(8)
    ]
    before = reached(studio)
    for key in chance.sample(keys, 8):
        consents.withdraw(studio, key, channel="email", via="test")
        assert reached(studio) <= before
        before = reached(studio)
    assert before == 0


CSV = """channel,address,evidence,consented_at,country,confirmed_at
email,one@example.org,list/1,2026-10-01,JP,
email,two@example.org,list/2,2026-10-01,DE,2026-10-02T10:00:00+02:00
email,three@example.org,,2026-10-01,JP,
email,nobody,list/4,2026-10-01,JP,
email,five@example.org,list/5,soon,JP,
"""


def test_a_file_is_read_row_by_row_and_twice_is_once(studio: Studio, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(CSV, encoding="utf-8-sig")
    dry = consent_files.load(studio.drafting, file)
    assert (dry.new, consents.counts(studio)) == (3, ())
    first = consent_files.load(studio, file)
    assert (first.new, first.known) == (3, 0)
    assert first.statuses == (("granted", 2), ("none", 1))
    assert [one.line for one in first.wrong] == [5, 6]
    assert "nobody" not in str(first.wrong)
    again = consent_files.load(studio, file)
    assert (again.new, again.known) == (0, 3)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("channel,address,evidence", "no column 'consented_at'"),
        ("channel,address,evidence,consented_at,name", "unknown column 'name'"),
    ],
)
def test_a_file_of_another_shape_is_refused(
    studio: Studio, tmp_path: Path, head: str, said: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(head + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        consent_files.load(studio, file)


def test_a_file_of_json_lines_needs_the_same(studio: Studio, tmp_path: Path) -> None:
    file = tmp_path / "list.jsonl"
    good = {"channel": "email", "address": "one@example.org", "evidence": "list/1"}
    rows = [good | {"consented_at": "2026-10-01", "country": "JP"}, good]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = consent_files.load(studio, file)
    assert (found.new, [one.line for one in found.wrong]) == (1, [2])
    assert "no 'consented_at'" in found.wrong[0].why


def test_the_commands_record_show_and_erase(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["subscribers", "consent"]
    monkeypatch.setattr("sys.stdin", StringIO("email:fan@example.org\n"))
    given = ["record", "-", "--country", "DE", "--evidence", "form/1"]
    assert run([*command, *given]) == 0
    assert "counts once it is confirmed" in capsys.readouterr().err
    assert run([*command, "confirm", "email:fan@example.org", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["data"][0]
    assert told["status"] == "granted"
    assert run([*command, "show"]) == 0
    assert "granted" in capsys.readouterr().out
    assert run([*command, "show", told["person"]]) == 0
    assert "Europe/Berlin" in capsys.readouterr().out
    assert run([*command, "withdraw", told["person"], "--channel", "email"]) == 0
    assert run([*command, "erase", told["person"]]) == 0
    assert run([*command, "show", "email:fan@example.org"]) == 2
    assert "example.org" not in capsys.readouterr().err


def test_consents_hold_on_rows_alone(studio: Studio) -> None:
    consents.record(studio, JP)
    with studio.database.transaction() as session:
        (count,) = session.execute(text("SELECT count(*) FROM consent")).one()
    assert count == 1
