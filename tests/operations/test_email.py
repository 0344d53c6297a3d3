"""Letters to people who agreed: one each, with a way out that works, and never a second one."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from elite8.core.errors import ConfigError, Refused, SignInNeeded, Unanswered, Unavailable
from elite8.core.operations import (
    audit,
    bounces,
    consents,
    email_mail,
    mail,
    mailings,
    second_yes,
    way_out,
)
from elite8.core.operations.given import Given
from elite8.core.operations.letterbox import letters
from elite8.core.operations.mailings import Wish
from elite8.core.platforms.mail import NoSuchAddress
from elite8.core.simulators.smtp import PASSWORD, USER, MailSimulator
from elite8.core.storage import people
from elite8.core.studio import Studio

pytestmark = pytest.mark.enable_socket
WISH = Wish(
    channel="email",
    character="miyuki",
    subject="Ein neues Video",
    text="Es regnet.\n.Punkt\nhttps://example.org/v?a=1&b=2",
    language="de",
)
FANS = [f"fan{number}@example.org" for number in range(3)]
OURS = {
    "sender": "Nova Studio",
    "postal_address": "1 Example Street, Exampletown",
    "mail_from": "Nova <news@mail.example.com>",
    "bounces_to": "bounces@mail.example.com",
}


@pytest.fixture
def server() -> Iterator[MailSimulator]:
    with MailSimulator().serving() as found:
        yield found


@pytest.fixture
def office(studio: Studio, clock: Any, server: MailSimulator) -> Iterator[Studio]:
    clock.now = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)  # noon in Berlin
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
    found = replace(studio, settings=studio.settings.model_copy(update=decided), config=config)
    for address in FANS:
        agree(found, address)
    yield found
    found.database.close()


def agree(studio: Studio, address: str) -> None:
    given = Given(channel="email", address=address, country="DE", evidence="form/1")
    consents.record(studio, given)
    consents.confirm(studio, f"email:{address}", "email", "marketing", "doi/1")


def got(server: MailSimulator) -> list[str]:
    return [to for _, to, _ in server.taken]


def parsed(raw: bytes) -> Any:
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_each_gets_one_letter_with_all_it_owes(office: Studio, server: MailSimulator) -> None:
    written = mailings.write(office, WISH)
    looked = mail.look(office, written.id)
    assert (looked.reach, looked.held, server.taken) == (3, (), [])
    sent, trouble = mail.send(office, written.id, 100)
    assert (sent.sent, trouble) == (3, None)
    assert got(server) == FANS
    again, _ = mail.send(office, written.id, 100)
    assert (again.sent, len(server.taken)) == (3, 3)
    letter = parsed(server.taken[0][2])
    plain = letter.get_body(("plain",)).get_content()
    for owed in ("#Anzeige", "mit KI erstellt", OURS["sender"], OURS["postal_address"], "Abmelden"):
        assert owed in plain
    assert "\n.Punkt" in plain
    drawn = letter.get_body(("html",)).get_content()
    assert '<a href="https://example.org/v?a=1&amp;b=2">' in drawn
    assert letter["To"] == FANS[0]
    assert "fan1" not in server.taken[0][2].decode()


def test_the_way_out_stands_whole_on_one_line(
    office: Studio, server: MailSimulator, clock: Any
) -> None:
    mail.send(office, mailings.write(office, WISH).id, 1)
    sender, _, raw = server.taken[0]
    line = re.search(
        rb"^List-Unsubscribe: <(https://fans\.example\.com/u/\S+)>\r?$", raw, re.MULTILINE
    )
    assert line
    assert b"\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r" in raw
    assert b"=?utf-8?" not in raw.split(b"\r\n\r\n")[0]
    assert re.fullmatch(r"bounces\+[0-9A-Z]{26}@mail\.example\.com", sender)
    token = line[1].decode().rpartition("/")[2]
    assert way_out.take(office, token, "one-click")
    clock.advance(minutes=1)
    assert way_out.take(office, token, "one-click")
    assert {s: n for _, _, s, n in consents.counts(office)} == {"granted": 2, "withdrawn": 1}
    assert [one.decision for one in audit.listed(office, act="consent")].count("withdrawn") == 1
    written = mailings.write(office, WISH)
    mail.send(office, written.id, 100)
    assert got(server)[1:] == FANS[1:]


@pytest.mark.parametrize("cut", [1, 27, 28, 40])
def test_a_link_that_is_not_whole_ends_nothing(office: Studio, cut: int) -> None:
    with office.database.transaction() as session:
        who = next(people.reachable(session, "email"))[0].key
        link = way_out.link(office, consents.opened(office, session), who, "marketing")
    token = link.rpartition("/")[2]
    assert way_out.read(office, token) == (who, "marketing")
    wrong = "0" if token[cut] != "0" else "1"
    for one in (token[:-1], token[:cut] + wrong + token[cut + 1 :], "", "../x"):
        assert not way_out.take(office, one, "page")
    assert consents.counts(office)[0][2:] == ("granted", 3)


@pytest.mark.parametrize("fault", ["lost", "dropped"])
def test_a_letter_whose_answer_was_lost_is_never_sent_again(
    office: Studio, server: MailSimulator, clock: Any, fault: str
) -> None:
    written = mailings.write(office, WISH)
    server.faults.add(fault, FANS[1], 1)
    found, trouble = mail.send(office, written.id, 100)
    assert isinstance(trouble, Unanswered)
    assert (found.sent, found.uncertain) == (1, 1)
    clock.advance(hours=1)
    found, trouble = mail.send(office, written.id, 100)
    assert (found.sent, found.uncertain, trouble) == (2, 1, None)
    assert got(server).count(FANS[1]) == (1 if fault == "lost" else 0)


@pytest.mark.parametrize("fault", ["later", "no-data"])
def test_who_is_told_later_gets_it_the_next_time(
    office: Studio, server: MailSimulator, fault: str
) -> None:
    written = mailings.write(office, WISH)
    server.faults.add(fault, FANS[0], 1)
    found, trouble = mail.send(office, written.id, 100)
    assert (found.sent, found.uncertain, trouble) == (2, 0, None)
    mail.send(office, written.id, 100)
    assert sorted(got(server)) == FANS


def test_a_server_that_closes_ends_the_run_and_loses_nobody(
    office: Studio, server: MailSimulator
) -> None:
    written = mailings.write(office, WISH)
    server.faults.add("closing", FANS[1], 1)
    found, trouble = mail.send(office, written.id, 100)
    assert isinstance(trouble, Unavailable)
    assert found.sent == 1
    mail.send(office, written.id, 100)
    assert got(server) == FANS


def test_an_address_that_does_not_exist_is_never_written_to_again(
    office: Studio, server: MailSimulator
) -> None:
    server.unknown, server.full = {FANS[0]}, {FANS[1]}
    found, trouble = mail.send(office, mailings.write(office, WISH).id, 100)
    assert (found.sent, found.refused, trouble) == (1, 2, None)
    with pytest.raises(Refused, match="suppressed"):
        agree(office, FANS[0])
    agree(office, FANS[1])  # a full mailbox is emptied some day


def test_a_sender_who_is_refused_claims_nobody(office: Studio, server: MailSimulator) -> None:
    server.refuses_sender = True
    written = mailings.write(office, WISH)
    found, trouble = mail.send(office, written.id, 100)
    assert "refuses the sender" in str(trouble)
    assert (found.sent, found.refused, found.uncertain) == (0, 0, 0)


def test_what_died_while_it_was_sent_is_uncertain(
    office: Studio, server: MailSimulator, clock: Any
) -> None:
    written = mailings.write(office, WISH)
    with office.database.transaction() as session:
        mailing = mailings.named(session, written.id)
        keys = email_mail.who_waits(office, session, mailing)
    assert email_mail.begin(office, mailing, keys[0])  # the process ends here
    assert email_mail.begin(office, mailing, keys[0]) is None
    clock.advance(minutes=11)
    found, _ = mail.send(office, written.id, 100)
    assert (found.sent, found.uncertain, len(server.taken)) == (2, 1, 2)


def test_who_withdraws_while_it_goes_out_is_left_out(office: Studio) -> None:
    written = mailings.write(office, WISH)
    with office.database.transaction() as session:
        mailing = mailings.named(session, written.id)
        keys = email_mail.who_waits(office, session, mailing)
    consents.withdraw(office, keys[1], channel="email", via="page")
    assert email_mail.begin(office, mailing, keys[1]) is None


def test_no_more_go_out_in_a_day_than_were_decided(office: Studio, server: MailSimulator) -> None:
    small = office.config.messages.model_copy(update={"a_day": 2})
    vars(office.config)["messages"] = small
    found, trouble = mail.send(office, mailings.write(office, WISH).id, 100)
    assert "2 emails went out" in str(trouble)
    assert (found.sent, len(server.taken)) == (2, 2)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"smtp_host": ""}, ConfigError, "ELITE8_SMTP_HOST"),
        ({"web_url": ""}, Refused, "ELITE8_WEB_URL"),
        ({"web_token": None}, Refused, "ELITE8_WEB_TOKEN"),
        ({"smtp_password": SecretStr("wrong")}, SignInNeeded, "ELITE8_SMTP_USER"),
        ({"smtp_host": "127.0.0.2"}, Unavailable, "did not answer"),
    ],
)
def test_what_is_missing_is_said_before_anybody_is_claimed(
    office: Studio, change: dict[str, Any], error: type[Exception], said: str
) -> None:
    written = mailings.write(office, WISH)
    settings = office.settings.model_copy(update=change)
    changed = replace(office, settings=settings)
    vars(changed)["database"] = office.database
    found, trouble = mail.send(changed, written.id, 100)
    assert isinstance(trouble, error)
    assert said in str(trouble)
    assert "wrong" not in str(trouble)
    assert (found.sent, found.uncertain) == (0, 0)


def test_a_server_elsewhere_has_to_offer_tls(office: Studio) -> None:
    written = mailings.write(office, WISH)
    with MailSimulator(host="127.0.0.2").serving() as elsewhere:
        where = {"smtp_host": elsewhere.host, "smtp_port": elsewhere.port}
        changed = replace(office, settings=office.settings.model_copy(update=where))
        vars(changed)["database"] = office.database
        _, trouble = mail.send(changed, written.id, 100)
    assert "offers no TLS" in str(trouble)
    assert elsewhere.taken == []


def test_emails_go_out_in_somebodys_name(office: Studio) -> None:
    vars(office.config)["messages"] = office.config.messages.model_copy(
        update={"postal_address": ""}
    )
    with pytest.raises(Refused, match="email-address"):
        mailings.write(office, WISH)


BOUNCE = """From: MAILER-DAEMON@mail.example.org
To: {to}
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It failed.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; someone@example.org
Action: {action}
Status: {status}
--b
Content-Type: message/rfc822

Message-ID: <{name}@mail.example.com>
Subject: x

x
--b--
"""
COMPLAINT = """From: fbl@example.org
To: {to}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

A complaint.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
--b--
"""


@pytest.fixture
def returned(office: Studio, server: MailSimulator) -> Callable[..., bytes]:
    """Return a function that makes a letter which came back of the first one sent."""
    mail.send(office, mailings.write(office, WISH).id, 1)
    returns_to = server.taken[0][0]
    name = returns_to.partition("+")[2].partition("@")[0]

    def make(action: str, status: str, *, to: str = returns_to, named: str = name) -> bytes:
        form = COMPLAINT if action == "complaint" else BOUNCE
        return form.format(to=to, action=action, status=status, name=named.lower()).encode()

    return make


@pytest.mark.parametrize(
    ("action", "status", "kind", "closed"),
    [
        ("failed", "5.1.1", "gone", True),
        ("failed", "5.2.2", "full", False),
        ("delayed", "4.4.1", "later", False),
        ("complaint", "", "complaint", True),
    ],
)
def test_what_came_back_is_counted(  # noqa: PLR0913  # what comes back, and what is said of it
    office: Studio,
    returned: Callable[..., bytes],
    action: str,
    status: str,
    kind: str,
    *,
    closed: bool,
) -> None:
    letter = returned(action, status)
    (found,) = bounces.take(office, [letter])
    assert found.kind == kind
    bounces.take(office, [letter])
    (known,) = [consents.show(office, f"email:{FANS[0]}")]
    assert known.suppressed == (("email",) if closed else ())
    state = "withdrawn" if action == "complaint" else "granted"
    assert known.consents[0].status == state
    (one,) = mailings.listed(office)
    assert one.refused == (action == "failed")


def test_a_letter_that_names_none_of_ours_closes_nothing(
    office: Studio, returned: Callable[..., bytes]
) -> None:
    stranger = returned("failed", "5.1.1", to="x@example.org", named="0" * 26)
    inside = returned("failed", "5.2.2", to="x@example.org")
    found = bounces.take(office, [stranger, b"", b"\xff\xfe", inside])
    assert [bool(one.delivery) for one in found] == [False, False, False, True]
    assert consents.show(office, f"email:{FANS[0]}").suppressed == ()


def test_letters_are_found_in_files_boxes_and_folders(tmp_path: Path) -> None:
    one = b"Subject: x\n\ny\n"
    (tmp_path / "one.eml").write_bytes(one)
    (tmp_path / "box").write_bytes(
        b"From a@b Thu Nov 26 09:00:00 2026\n"
        + one
        + b"\n"
        + b"From a@b Thu Nov 26 09:00:00 2026\n"
        + one
    )
    (tmp_path / "dir" / "new").mkdir(parents=True)
    (tmp_path / "dir" / "new" / "1").write_bytes(one)
    empty = BytesIO(one)
    assert list(letters(tmp_path / "one.eml", empty)) == [one]
    assert len(list(letters(tmp_path / "box", empty))) == 2
    assert list(letters(tmp_path / "dir", empty)) == [one]
    assert list(letters(Path("-"), empty)) == [one]
    with pytest.raises(ConfigError, match="cannot be read"):
        list(letters(tmp_path / "none", empty))


def test_an_address_that_is_not_there_is_asked_once(office: Studio, server: MailSimulator) -> None:
    given = Given(channel="email", address="new@example.org", country="DE", evidence="form/9")
    who = consents.record(office, given).person
    server.unknown.add("new@example.org")
    with pytest.raises(NoSuchAddress):
        second_yes.ask(office, who)
    with pytest.raises(Refused, match="suppressed"):
        second_yes.ask(office, who)
    assert consents.show(office, who).suppressed == ("email",)


def test_who_is_asked_again_after_a_week_gets_another_letter(
    office: Studio, server: MailSimulator, clock: Any
) -> None:
    given = Given(channel="email", address="new@example.org", country="DE", evidence="form/9")
    who = consents.record(office, given).person
    second_yes.ask(office, who)
    clock.advance(days=8)
    second_yes.ask(office, who)
    assert len({parsed(raw)["Message-ID"] for _, _, raw in server.taken}) == 2


def test_the_second_yes_is_asked_for_once_and_its_link_is_it(
    office: Studio, server: MailSimulator, clock: Any
) -> None:
    given = Given(
        channel="email", address="new@example.org", country="DE", language="de", evidence="form/9"
    )
    who = consents.record(office, given).person
    server.faults.add("closing", "new@example.org", 1)
    with pytest.raises(Unavailable):
        second_yes.ask(office, who)
    assert second_yes.ask(office, who).person == who
    with pytest.raises(Refused, match="seven days"):
        second_yes.ask(office, who)
    ((_, to, raw),) = server.taken
    letter = parsed(raw)
    words = letter.get_body(("plain",)).get_content()
    assert (to, letter["Subject"]) == ("new@example.org", "Bitte bestätigen")
    assert OURS["postal_address"] in words
    assert "Anzeige" not in words
    token = re.findall(r"https://fans\.example\.com/c/(\S+)", words)[0]
    assert not way_out.take(office, token, "page")  # a yes is no no
    assert way_out.agree(office, token)
    assert way_out.agree(office, token)
    assert consents.show(office, who).consents[0].status == "granted"
    consents.withdraw(office, who, channel="email", via="page")
    assert not way_out.agree(office, token)
    clock.advance(days=8)
    with pytest.raises(Refused, match="nothing waits"):
        second_yes.ask(office, who)
