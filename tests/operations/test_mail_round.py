"""The postman's round by a clock that does not wait: doubts settled, nights slept, returns read."""

import json
import os
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import stamina
from pydantic import SecretStr

from elite8.core.domain.mailing import DeliveryStatus
from elite8.core.errors import Unanswered, Withheld
from elite8.core.operations import (
    audit,
    bounces,
    chores,
    consents,
    email_mail,
    erasing,
    letterbox,
    line_mail,
    mail,
    mail_waits,
    mailings,
    stops,
)
from elite8.core.operations.given import Given
from elite8.core.operations.mailings import Wish
from elite8.core.platforms.line_messaging import Messaging, Quota
from elite8.core.simulators.line import CHANNEL_ID, CHANNEL_SECRET, LineSimulator
from elite8.core.simulators.smtp import PASSWORD, USER, MailSimulator
from elite8.core.simulators.wire import Transport
from elite8.core.storage import people
from elite8.core.studio import Studio

pytestmark = pytest.mark.enable_socket
NIGHT = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
"""21:30 in Japan, 13:30 in Germany."""
FRIENDS = [f"U{number:032x}" for number in range(1, 4)]
LINE = Wish(channel="line", character="miyuki", language="ja", text="新しい動画です")
EMAIL = Wish(channel="email", character="miyuki", language="ja", subject="動画", text="動画です")
OURS = {
    "sender": "Nova Studio",
    "postal_address": "1 Example Street",
    "mail_from": "Nova <news@mail.example.com>",
    "bounces_to": "bounces@mail.example.com",
}


@pytest.fixture
def line(clock: Any) -> LineSimulator:
    clock.now = NIGHT
    return LineSimulator(clock=clock, friends=set(FRIENDS))


@pytest.fixture
def server() -> Iterator[MailSimulator]:
    with MailSimulator().serving() as found:
        yield found


@pytest.fixture
def house(
    studio: Studio, line: LineSimulator, server: MailSimulator, tmp_path: Path
) -> Iterator[Studio]:
    decided = {
        "line_channel_id": CHANNEL_ID,
        "line_channel_secret": SecretStr(CHANNEL_SECRET),
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,
        "smtp_user": USER,
        "smtp_password": SecretStr(PASSWORD),
        "web_url": "https://fans.example.com",
        "web_token": SecretStr("a-token-of-forty-letters-for-the-tests!!"),
        "bounces_path": tmp_path / "Maildir",  # not there as long as nothing came back
    }
    config = copy(studio.config)
    vars(config)["messages"] = config.messages.model_copy(update=OURS)
    settings = studio.settings.model_copy(update=decided)
    found = replace(studio, settings=settings, config=config, transport=Transport(line.handle))
    stamina.set_testing(True, attempts=1, cap=True)
    for user in FRIENDS:
        agree(found, "line", user)
    for number in range(3):
        agree(found, "email", f"fan{number}@example.org")
    yield found
    stamina.set_testing(False)
    found.database.close()


def agree(studio: Studio, channel: str, address: str, **more: str) -> str:
    facts: dict[str, Any] = {"country": "JP", "evidence": "form/1"} | more
    return consents.record(studio, Given(channel=channel, address=address, **facts)).person


def turn(studio: Studio) -> str:
    return chores.mail(studio)


def test_nothing_is_asked_of_anybody_when_nothing_waits(house: Studio) -> None:
    assert not mail_waits.are_there(house)
    assert turn(house) == ""


@pytest.mark.parametrize("wish", [LINE, EMAIL], ids=["line", "email"])
def test_what_was_sent_at_night_goes_out_in_the_morning_once(
    house: Studio, line: LineSimulator, server: MailSimulator, clock: Any, wish: Wish
) -> None:
    written = mailings.write(house, wish)
    other = mailings.write(house, replace(wish, text="誰にも送られない"))
    sent, trouble = mail.send(house, written.id, 100)
    assert (sent.sent, sent.held, trouble) == (0, 3, None)
    agree(house, wish.channel, f"U{9:032x}" if wish is LINE else "late@example.org")
    assert turn(house) == ""
    clock.now = datetime(2026, 11, 26, 22, 59, tzinfo=UTC)
    assert turn(house) == ""
    clock.now = datetime(2026, 11, 26, 23, 0, tzinfo=UTC)  # 08:00 in Japan
    assert turn(house) == "messages: 3 sent"
    assert turn(house) == ""
    assert not mail_waits.are_there(house)
    got = [to for to, _ in line.got] if wish is LINE else [to for _, to, _ in server.taken]
    assert len(got) == len(set(got)) == 3
    (one, two) = (next(m for m in mailings.listed(house) if m.id == x.id) for x in (written, other))
    assert (one.sent, one.held, two.sent) == (3, 0, 0)
    told = [(row.decision, row.detail) for row in audit.listed(house, act="message")]
    assert ("held", f"{wish.channel} 3 people") in told


def test_no_more_than_was_asked_for(house: Studio, server: MailSimulator, clock: Any) -> None:
    agree(house, "email", "day@example.org", country="GB")
    written = mailings.write(house, EMAIL)
    sent, _ = mail.send(house, written.id, 2)
    assert (sent.sent, sent.held) == (1, 1)
    sent, _ = mail.send(house, written.id, 1)  # the last order holds: one, not one more
    assert (sent.sent, sent.held) == (1, 1)
    clock.advance(hours=12)
    assert turn(house) == "messages: 1 sent"
    clock.advance(hours=1)
    assert turn(house) == ""
    assert len(server.taken) == 2


def test_whoever_said_no_in_the_night_gets_nothing(
    house: Studio, server: MailSimulator, clock: Any
) -> None:
    written = mailings.write(house, EMAIL)
    mail.send(house, written.id, 100)
    consents.withdraw(house, "email:fan0@example.org", channel="email", via="page")
    erasing.erase(house, "email:fan1@example.org")
    clock.advance(hours=12)
    assert turn(house) == "messages: 1 sent"
    assert [to for _, to, _ in server.taken] == ["fan2@example.org"]


def test_an_unknown_zone_is_no_night_that_ends(house: Studio) -> None:
    agree(house, "email", "where@example.org", country="US")
    sent, _ = mail.send(house, mailings.write(house, EMAIL).id, 100)
    assert sent.held == 3


def test_after_a_day_nobody_is_waited_for(house: Studio, line: LineSimulator, clock: Any) -> None:
    written = mailings.write(house, LINE)
    mail.send(house, written.id, 100)
    clock.advance(hours=36)  # the daemon stood still; it is day
    assert turn(house) == ""
    assert (line.got, mail_waits.are_there(house)) == ([], False)


@pytest.mark.parametrize(
    "of", [[("character", "miyuki")], [("network", "line"), ("network", "email")]]
)
def test_what_was_cancelled_or_stopped_does_not_go_out(
    house: Studio, line: LineSimulator, server: MailSimulator, clock: Any, of: list[Any]
) -> None:
    first, second = mailings.write(house, LINE), mailings.write(house, EMAIL)
    mail.send(house, first.id, 100)
    mail.send(house, second.id, 100)
    assert mail.cancel(house, first.id).held == 0
    assert mail.cancel(house, first.id).held == 0
    for scope, value in of:
        stops.stop(house, scope, value, "")
    clock.advance(hours=12)
    assert turn(house) == ""
    assert (line.got, server.taken) == ([], [])
    _, trouble = mail.send(house, second.id, 100)
    assert isinstance(trouble, Withheld)
    for scope, value in of:
        stops.resume(house, scope, value, "skip")
    assert turn(house) == "messages: 3 sent"


def test_what_is_cancelled_as_it_goes_on_goes_to_nobody_more(
    house: Studio, server: MailSimulator, clock: Any
) -> None:
    written = mailings.write(house, EMAIL)
    mail.send(house, written.id, 100)

    def call_off(_to: str, _letter: bytes) -> None:
        mail.cancel(house, written.id)

    server.told = call_off
    clock.advance(hours=12)
    assert turn(house) == "messages: 1 sent"
    assert (len(server.taken), turn(house)) == (1, "")


def test_of_friends_no_call_is_begun_for_whom_nobody_waits_any_more(
    house: Studio, line: LineSimulator, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = mailings.write(house, LINE)
    mail.send(house, written.id, 100)

    def quota(_: Messaging) -> Quota:
        mail.cancel(house, written.id)
        return Quota(most=None, used=0)

    monkeypatch.setattr(Messaging, "quota", quota)
    clock.advance(hours=12)
    assert (turn(house), line.got) == ("", [])


def test_what_met_trouble_waits_for_nobody(house: Studio) -> None:
    written = mailings.write(house, EMAIL)
    without = replace(house, settings=house.settings.model_copy(update={"smtp_host": ""}))
    vars(without)["database"] = house.database
    found, trouble = mail.send(without, written.id, 100)
    assert trouble is not None
    assert found.held == 0


def test_a_server_that_is_down_in_the_morning_is_asked_again(
    house: Studio, server: MailSimulator, clock: Any
) -> None:
    written = mailings.write(house, EMAIL)
    mail.send(house, written.id, 100)
    clock.advance(hours=12)
    server.faults.add("closing", "fan0@example.org", 1)
    assert turn(house) == ""
    assert turn(house) == "messages: 3 sent"
    assert len(server.taken) == 3


@pytest.mark.parametrize("fault", ["lost", "unheard"])
def test_a_call_whose_answer_was_lost_is_settled_by_its_key(
    house: Studio, line: LineSimulator, clock: Any, fault: str
) -> None:
    clock.advance(hours=12)
    written = mailings.write(house, LINE)
    line.faults.add(fault, "/message/multicast", 1)
    found, _ = mail.send(house, written.id, 100)
    assert found.uncertain == 3
    clock.advance(minutes=5)
    assert turn(house) == "messages: 3 settled"
    assert sorted(to for to, _ in line.got) == FRIENDS
    assert (turn(house), line.used) == ("", 3)


def test_after_23_hours_a_call_stays_uncertain(
    house: Studio, line: LineSimulator, clock: Any
) -> None:
    clock.advance(hours=12)
    written = mailings.write(house, LINE)
    line.faults.add("unheard", "/message/multicast", 1)
    mail.send(house, written.id, 100)
    clock.advance(hours=23)
    assert turn(house) == ""
    assert (mailings.listed(house)[0].uncertain, line.got) == (3, [])


def test_a_key_is_settled_in_another_process_while_it_dies(
    house: Studio, line: LineSimulator, clock: Any
) -> None:
    clock.advance(hours=12)
    written = mailings.write(house, LINE)
    with house.database.transaction() as session:
        mailing = mailings.named(session, written.id)
    line_mail.begin(house, mailing, 3, None)  # the process ends here
    assert turn(house) == ""  # it may be at it still
    clock.advance(minutes=11)
    assert turn(house) == "messages: 3 settled"
    assert len(line.got) == 3


def test_an_uncertain_email_is_never_sent_again(
    house: Studio, server: MailSimulator, clock: Any
) -> None:
    clock.advance(hours=11)
    written = mailings.write(house, EMAIL)
    clock.advance(hours=-11)
    mail.send(house, written.id, 100)
    clock.advance(hours=11)
    with house.database.transaction() as session:
        mailing = mailings.named(session, written.id)
        keys = email_mail.who_waits(house, session, mailing)
    assert email_mail.begin(house, mailing, keys[0])  # the process ends here
    server.faults.add("lost", "fan1@example.org", 1)
    for _ in range(4):
        turn(house)
        clock.advance(minutes=11)
    with house.database.transaction() as session:
        found = [one.status for one in people.deliveries(session, written.id)]
    uncertain, sent = DeliveryStatus.UNCERTAIN, DeliveryStatus.SENT
    assert found == [uncertain, uncertain, sent]
    assert [to for _, to, _ in server.taken] == ["fan1@example.org", "fan2@example.org"]


def returned(server: MailSimulator, status: str = "5.1.1") -> bytes:
    """The letter that came back of the last one sent."""
    return (
        f"To: {server.taken[-1][0]}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: text/plain\n\nx\n--b\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        f"Action: failed\nStatus: {status}\n\n--b--\n"
    ).encode()


def test_what_came_back_is_read_once_and_left_where_it_is(
    house: Studio, server: MailSimulator, clock: Any, tmp_path: Path
) -> None:
    clock.advance(hours=12)
    mail.send(house, mailings.write(house, EMAIL).id, 1)
    new = tmp_path / "Maildir" / "new"
    new.mkdir(parents=True)
    (new / "1").write_bytes(returned(server))
    assert turn(house) == "messages: 1 came back: gone"
    assert consents.show(house, "email:fan0@example.org").suppressed == ("email",)
    assert turn(house) == ""
    os.utime(new, ns=(0, 0))  # its ctime moves on, as when a letter comes
    (new / "2").write_bytes(b"Subject: hello\n\nhello\n")
    assert "not ours" in turn(house)
    assert sorted(one.name for one in new.iterdir()) == ["1", "2"]


def test_many_letters_are_read_over_several_rounds(tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    for number in range(7):
        (new / str(number)).write_bytes(b"x")
    mark, seen = 0, 0
    while letterbox.changed(tmp_path, mark):
        found, mark = letterbox.fresh(tmp_path, mark, 3)
        seen += len(list(found))
    assert seen >= 7


def test_an_mbox_is_read_anew_when_it_changed(
    house: Studio, server: MailSimulator, clock: Any, tmp_path: Path
) -> None:
    clock.advance(hours=12)
    mail.send(house, mailings.write(house, EMAIL).id, 1)
    (tmp_path / "Maildir").write_bytes(b"From x@y Thu Nov 26 09:00:00 2026\n" + returned(server))
    assert turn(house) == "messages: 1 came back: gone"
    assert turn(house) == ""


def test_a_place_that_is_gone_is_no_news(house: Studio) -> None:
    assert not mail_waits.are_there(house)


HOSTILE = {
    "status-is-text": b"Content-Type: message/delivery-status\n"
    b"Content-Transfer-Encoding: base64\n\n!",
    "empty-status": b"Content-Type: message/delivery-status\n\n",
    "deep": b"".join(b"Content-Type: message/rfc822\n\n" for _ in range(5000)),
    "parts": b'Content-Type: multipart/report; boundary="b"\n\n' + b"--b\n\nx\n" * 20_000,
    "header": b"To: " + b"<" * 500_000 + b"\nMessage-ID: [\n\nx",
    "names": b"To: " + b"a@b, " * 100_000 + b"\n\nx",
    "no-charset": b"Content-Type: text/plain; charset=\xff\xfe\nTo: \xff\xfe\n\n\x00",
    "large": b"To: x@example.org\n\n" + b"x" * (10 << 20),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_strangers_letter_stops_no_other(
    house: Studio, server: MailSimulator, clock: Any, tmp_path: Path, name: str
) -> None:
    clock.advance(hours=12)
    mail.send(house, mailings.write(house, EMAIL).id, 1)
    new = tmp_path / "Maildir" / "new"
    new.mkdir(parents=True)
    (new / "1").write_bytes(HOSTILE[name])
    (new / "2").write_bytes(returned(server, "5.1.1\x1b[2J" + "9" * 300))
    assert "1 came back: gone" in turn(house)
    written = mailings.listed(house)[0].id
    with house.database.transaction() as session:
        (row,) = people.deliveries(session, written)
    assert row.answer == "came back (5.1.1)"


@pytest.mark.parametrize("code", ["5.1.0", "5.1.7", "5.1.8", "5.7.1", "5.2.2", ""])
def test_only_an_address_that_is_not_there_is_closed(
    house: Studio, server: MailSimulator, clock: Any, code: str
) -> None:
    clock.advance(hours=12)
    mail.send(house, mailings.write(house, EMAIL).id, 1)
    bounces.take(house, [returned(server, code)])
    assert consents.show(house, "email:fan0@example.org").suppressed == ()


def test_a_letter_cannot_end_what_went_to_line(house: Studio, clock: Any) -> None:
    clock.advance(hours=12)
    written = mailings.write(house, LINE)
    mail.send(house, written.id, 1)
    with house.database.transaction() as session:
        (row,) = people.deliveries(session, written.id)
    forged = f"To: x+{row.id}@mail.example.com\nContent-Type: message/feedback-report\n\nx".encode()
    (found,) = bounces.take(house, [forged])
    assert found.delivery == ""
    assert mailings.listed(house)[0].sent == 1


def test_trouble_with_one_message_is_told_and_touches_no_other(
    house: Studio, clock: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = mailings.write(house, LINE), mailings.write(house, EMAIL)
    mail.send(house, first.id, 100)
    mail.send(house, second.id, 100)
    clock.advance(hours=12)
    secret = {"line_channel_secret": SecretStr("other-secret")}
    wrong = replace(house, settings=house.settings.model_copy(update=secret))
    vars(wrong)["database"] = house.database
    assert turn(wrong) == "messages: 3 sent"
    said = json.dumps(capsys.readouterr())
    assert "ELITE8_LINE_CHANNEL_ID" in said
    assert "other-secret" not in said
    assert "@example.org" not in said


def test_a_garbled_answer_is_a_lost_one(house: Studio, server: MailSimulator, clock: Any) -> None:
    clock.advance(hours=12)
    written = mailings.write(house, EMAIL)
    server.faults.add("garbled", "fan0@example.org", 1)
    found, trouble = mail.send(house, written.id, 1)
    assert isinstance(trouble, Unanswered)
    assert found.uncertain == 1
    mail.send(house, written.id, 100)
    assert len(server.taken) == 3
