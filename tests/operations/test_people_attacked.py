"""What a stranger, a wrong file, two clocks and an unlucky operator do to messages to people."""

import json
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from elite8.core.domain.consent import following, plain
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import (
    audit,
    consent_files,
    consents,
    erasing,
    line_mail,
    mail,
    mailings,
)
from elite8.core.operations.given import Given
from elite8.core.operations.mailings import Wish
from elite8.core.platforms import mail as letters
from elite8.core.simulators.line import CHANNEL_ID, CHANNEL_SECRET, LineSimulator
from elite8.core.simulators.smtp import PASSWORD, USER, MailSimulator
from elite8.core.simulators.wire import Transport
from elite8.core.storage import people
from elite8.core.studio import Studio

pytestmark = pytest.mark.enable_socket
WISH = Wish(channel="email", character="miyuki", subject="News", text="It rains.")
OURS = {
    "sender": "Nova Studio",
    "postal_address": "1 Example Street",
    "mail_from": "Nova <news@mail.example.com>",
}


@pytest.fixture
def server() -> Iterator[MailSimulator]:
    with MailSimulator().serving() as found:
        yield found


@pytest.fixture
def office(studio: Studio, clock: Any, server: MailSimulator) -> Iterator[Studio]:
    clock.now = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    decided = {
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,
        "smtp_user": USER,
        "smtp_password": SecretStr(PASSWORD),
        "web_url": "https://fans.example.com",
        "web_token": SecretStr("a-token-of-forty-letters-for-the-tests!!"),
    }
    config = copy(studio.config)
    vars(config)["messages"] = config.messages.model_copy(update=OURS)
    settings = studio.settings.model_copy(update=decided)
    found = replace(studio, settings=settings, config=config)
    yield found
    found.database.close()


def agree(studio: Studio, address: str, **more: str) -> str:
    facts: dict[str, Any] = {"channel": "email", "country": "GB", "evidence": "form/1"} | more
    return consents.record(studio, Given(address=address, **facts)).person


def test_a_no_holds_where_this_clock_is_behind_the_one_of_the_yes(clock: Any) -> None:
    yes = following(None, now=clock(), status="granted", person_key="1", channel="email")
    clock.advance(hours=-1)
    no = following(yes, now=clock(), status="withdrawn")
    forged = following(
        yes.model_copy(update={"id": "7" + yes.id[1:]}), now=clock(), status="withdrawn"
    )
    assert no.id > yes.id
    assert forged.id > "7" + yes.id[1:]


@pytest.mark.parametrize(
    "address",
    [
        "straße@example.org",
        "a\x00b@example.org",
        "a@exämple.org",
        "a\r\nRCPT@example.org",
        "İ@x.org",
    ],
)
def test_an_address_that_no_server_takes_is_refused_as_it_comes_in(
    office: Studio, address: str
) -> None:
    with pytest.raises(Refused, match="name@example"):
        agree(office, address)
    assert consents.counts(office) == ()


def test_an_address_in_wide_letters_is_the_same_one() -> None:
    assert plain("email", "Ｆan＠example.org") == "fan@example.org"  # noqa: RUF001  # as it is typed


def test_whoever_is_first_known_without_a_country_gets_its_zone_with_it(office: Studio) -> None:
    who = agree(office, "fan@example.org", country="")
    agree(office, "fan@example.org", country="JP")
    assert consents.show(office, who).zone == "Asia/Tokyo"


def test_a_sender_who_is_wrong_closes_nobodys_address(
    office: Studio, server: MailSimulator
) -> None:
    who = agree(office, "fan@example.org")
    server.faults.add("sender", "fan@example.org", 1)
    found, trouble = mail.send(office, mailings.write(office, WISH).id, 10)
    assert "refuses the sender" in str(trouble)
    assert (found.refused, found.uncertain) == (0, 0)
    assert consents.show(office, who).suppressed == ()


def test_a_server_that_refuses_each_is_not_asked_about_all(
    office: Studio, server: MailSimulator
) -> None:
    fans = [f"fan{number}@example.org" for number in range(6)]
    for one in fans:
        agree(office, one)
    server.full = set(fans)
    found, trouble = mail.send(office, mailings.write(office, WISH).id, 10)
    assert "each of the first 3 letters was refused" in str(trouble)
    assert found.refused == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail_from": "Nova\r\nBcc: all@example.org <news@mail.example.com>"},
        {"mail_from": "Nova <news@mäil.example.com>"},
        {"sender": "Nova\r\nX: y"},
    ],
    ids=str,
)
def test_what_would_forge_a_header_goes_to_nobody_or_is_no_header(
    office: Studio, server: MailSimulator, wrong: dict[str, str]
) -> None:
    agree(office, "fan@example.org")
    written = mailings.write(office, replace(WISH, subject="A\r\nBcc: all@example.org"))
    changed = office.config.messages.model_copy(update=wrong)
    vars(office.config)["messages"] = changed
    found, trouble = mail.send(office, written.id, 10)
    assert found.uncertain == 0
    assert (trouble is None) == ("sender" in wrong)
    for _, _, raw in server.taken:
        head = raw.partition(b"\r\n\r\n")[0]
        assert b"\nBcc:" not in head
        assert b"\nX:" not in head


def test_letters_are_seven_bits_and_their_answers_name_nobody(
    office: Studio, server: MailSimulator
) -> None:
    agree(office, "fan@example.org")
    written = mailings.write(office, replace(WISH, text="Grüße 動画 " + "x" * 2000))
    mail.send(office, written.id, 10)
    assert server.taken[0][2].isascii()
    assert max(map(len, server.taken[0][2].split(b"\r\n"))) <= 998
    assert letters.ADDRESSES.sub("…", "2.1.5 fan@example.org... ok") == "2.1.5 … ok"
    with office.database.transaction() as session:
        (row,) = people.deliveries(session, written.id)
    assert "@" not in row.answer


WRONG_ROWS = """channel,address,evidence,consented_at,zone
secret@example.org,email,form/1,2026-01-01,
email,ok@example.org,form/1,secret@example.org,
email,ok@example.org,form/1,2026-01-01,secret@example.org
email,no address at secret@example,form/1,2026-01-01,
email,ok@example.org,"form\x1b]0;secret@example.org\x07",2026-01-01,
email,ok@example.org,{long},2026-01-01,
email,ok@example.org,"=HYPERLINK(""http://x"")",2026-01-01,
"""


def test_a_file_with_columns_in_the_wrong_place_tells_no_address(
    office: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(WRONG_ROWS.format(long="x" * 201), encoding="utf-8")
    found = consent_files.load(office, file)
    assert [one.line for one in found.wrong] == [2, 3, 4, 5, 6, 7]
    assert found.new == 1
    rows = [row.detail + row.subject for row in audit.listed(office)]
    assert "@" not in json.dumps([*(one.why for one in found.wrong), *rows]).replace(
        "name@example.org", ""
    )
    assert "secret" not in json.dumps(capsys.readouterr())


def test_a_column_twice_is_refused(office: Studio, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("channel,address,evidence,consented_at,address\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="twice"):
        consent_files.load(office, file)


def test_who_was_erased_does_not_come_back_in_other_letters(office: Studio, tmp_path: Path) -> None:
    who = agree(office, "fan@example.org")
    erasing.erase(office, who)
    file = tmp_path / "list.csv"
    header = "channel,address,evidence,consented_at\n"
    spelled = ("FAN@Example.org", " fan@example.org ", "ｆan@example.org")  # noqa: RUF001  # same
    rows = "".join(f"email,{one},form/1,2026-11-25\n" for one in spelled)
    file.write_text(header + rows, encoding="utf-8")
    assert len(consent_files.load(office, file).wrong) == 3
    assert mail.look(office, mailings.write(office, WISH).id).reach == 0


def test_a_month_that_is_used_up_claims_nobody_for_good(office: Studio, clock: Any) -> None:
    user = f"U{1:032x}"
    line = LineSimulator(clock=clock, friends={user}, quota=None)
    decided = {"line_channel_id": CHANNEL_ID, "line_channel_secret": SecretStr(CHANNEL_SECRET)}
    settings = office.settings.model_copy(update=decided)
    there = replace(office, settings=settings, transport=Transport(line.handle))
    vars(there)["database"] = office.database
    agree(there, user, channel="line")
    written = mailings.write(there, replace(WISH, channel="line", subject=""))
    with there.database.transaction() as session:
        mailing = mailings.named(session, written.id)
    claimed = line_mail.begin(there, mailing, 1, None)
    line.quota = 0  # between the question and the call
    with line_mail.account(there) as account, pytest.raises(Refused, match="used up"):
        line_mail.put(there, account, mailing, claimed, again=False)
    line.quota = None
    found, trouble = mail.send(there, written.id, 10)
    assert (found.sent, trouble) == (1, None)
