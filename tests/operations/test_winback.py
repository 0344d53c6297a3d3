"""A winback from plan to report on a clock that does not wait, with a simulated LINE and mail."""

import csv
import os
import stat
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stamina
from pydantic import SecretStr

from elite8.core.domain import trial
from elite8.core.domain.campaign import Assignment
from elite8.core.domain.share import Share
from elite8.core.domain.subscriber import Act, Subscriber
from elite8.core.errors import ConfigError, Elite8Error, Refused, Withheld
from elite8.core.operations import (
    audience,
    audit,
    chores,
    consents,
    email_mail,
    mail,
    mailings,
    stops,
    winback,
    winback_drafts,
    winback_forget,
    winback_outcome,
    winback_plan,
    winback_report,
)
from elite8.core.operations.mailings import Wish as Message
from elite8.core.operations.winback_plan import Wish
from elite8.core.simulators.line import CHANNEL_ID, CHANNEL_SECRET, LineSimulator
from elite8.core.simulators.smtp import PASSWORD, USER, MailSimulator
from elite8.core.simulators.wire import Transport
from elite8.core.storage import campaigns, members, whole
from elite8.core.studio import Studio
from tests import subscribed
from tests.operations.lapsed import DRAFT, WISH, agree, back, crowd, lapse, link, name

pytestmark = pytest.mark.enable_socket
DAY = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
"""Noon in Japan."""
NIGHT = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)
LINE = replace(WISH, channel="line", subject="", message_cost=0.7, language="ja")
MANY = 20
OURS = {
    "sender": "Nova Studio",
    "postal_address": "1 Example Street",
    "mail_from": "Nova <news@mail.example.com>",
}


@pytest.fixture
def line(clock: Any) -> LineSimulator:
    clock.now = DAY
    return LineSimulator(clock=clock, friends={f"U{n:032x}" for n in range(MANY + 5)})


@pytest.fixture
def server() -> Iterator[MailSimulator]:
    with MailSimulator().serving() as found:
        yield found


@pytest.fixture
def house(studio: Studio, line: LineSimulator, server: MailSimulator) -> Iterator[Studio]:
    decided = {
        "line_channel_id": CHANNEL_ID,
        "line_channel_secret": SecretStr(CHANNEL_SECRET),
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
    found = replace(studio, settings=settings, config=config, transport=Transport(line.handle))
    stamina.set_testing(True, attempts=1, cap=True)
    yield found
    stamina.set_testing(False)
    found.database.close()


@pytest.fixture
def people(house: Studio) -> dict[str, int]:
    """So many who lapsed and agreed to emails."""
    return link(house, crowd(house, MANY))


def arms(studio: Studio) -> tuple[list[Assignment], list[Assignment]]:
    with studio.database.transaction() as session:
        one = winback_plan.kept(session, "autumn")
        drawn = list(campaigns.assignments(session, one.id))
    return [r for r in drawn if not r.held_out], [r for r in drawn if r.held_out]


def addresses(people: dict[str, int], rows: list[Assignment]) -> set[str]:
    ids = {row.subscriber_id for row in rows}
    return {address for address, who in people.items() if who in ids}


def sent_to(server: MailSimulator) -> list[str]:
    return [to for _, to, _ in server.taken]


def begin(studio: Studio, wish: Wish = WISH) -> winback.Status:
    winback_plan.keep(studio, wish)
    found, trouble = winback.start(studio, wish.name)
    assert trouble is None
    return found


@pytest.mark.usefixtures("people")
def test_a_plan_says_all_of_it_and_sends_nothing(
    house: Studio, server: MailSimulator, line: LineSimulator
) -> None:
    agree(house, "who@example.org")
    planned = winback_plan.keep(house, replace(WISH, budget_minor=10_000))
    assert (planned.eligible, planned.treated, planned.held_out) == (MANY, 10, 10)
    assert "5.00 USD" in planned.words
    assert "9.99 USD" in planned.words
    assert "Settings, Subscriptions, Cancel" in planned.words
    assert "2027-01-26" in planned.words  # two months on, in Tokyo
    assert "Nova Studio" in planned.words
    assert (planned.base, planned.base_from) == (0.03, "prior: too few lapses are known")
    assert planned.needed == trial.needed(0.03, 0.08)
    assert planned.detectable == trial.detectable(0.03, 10, 10)
    assert planned.cost.expected == pytest.approx(10 * 0.08 * (999 - 500) * 2, rel=0.01)
    assert "'inconclusive' is what to expect" in " ".join(planned.notes)
    (japan, *_) = [each for each in planned.legal if each.rule == "message-consent"]
    assert (japan.country, japan.people, bool(japan.source)) == ("JP", MANY, True)
    assert (server.taken, line.got) == ([], [])


def test_only_who_drew_it_is_written_to_and_never_twice(
    house: Studio, people: dict[str, int], server: MailSimulator
) -> None:
    found = begin(house)
    treated, held = arms(house)
    assert (len(treated), len(held), found.sent) == (10, 10, 10)
    assert set(sent_to(server)) == addresses(people, treated)
    assert b"9.99 USD" in server.taken[0][2]
    for _ in range(2):
        again, _ = winback.start(house, "autumn")
        assert again.sent == 10
    with house.database.transaction() as session:
        message = winback_plan.kept(session, "autumn").mailing_id or ""
    mail.send(house, message, 1000)  # not by the other command either
    assert mail.look(house, message).reach == 0
    assert chores.mail(house) == ""
    assert len(server.taken) == 10
    assert not set(sent_to(server)) & addresses(people, held)
    told = [(row.decision, row.detail) for row in audit.listed(house, act="winback")]
    assert told == [("started", f"autumn: 10 and 10 held out, lot {found.campaign.lot}")]
    assert "example.org" not in str(audit.listed(house))


@pytest.mark.usefixtures("people")
def test_who_drew_which_arm_is_what_the_hash_says(house: Studio) -> None:
    begin(house)
    treated, held = arms(house)
    one = treated[0].campaign_id
    places = {row.who: trial.bucket(one, row.who) for row in (*treated, *held)}
    assert max(places[r.who] for r in held) <= min(places[r.who] for r in treated)
    assert {row.stratum for row in treated} == {"fanvue basic"}


@pytest.mark.usefixtures("people")
def test_a_try_says_what_would_happen_and_keeps_nothing(
    house: Studio, server: MailSimulator
) -> None:
    winback_plan.keep(house, WISH)
    tried = winback.attempt(house, "autumn")
    assert (tried.campaign.treated, tried.campaign.held_out, tried.reach) == (10, 10, 10)
    assert (arms(house), server.taken) == (([], []), [])
    assert audit.listed(house, act="winback") == ()


def test_at_night_it_waits_and_the_daemon_goes_on_to_the_same_people(
    house: Studio, people: dict[str, int], server: MailSimulator, clock: Any
) -> None:
    clock.now = NIGHT
    found = begin(house)
    assert (found.sent, found.waiting) == (0, 10)
    treated, held = arms(house)
    consents.withdraw(house, f"email:{min(addresses(people, treated))}", via="page")
    with house.database.transaction() as session:
        angry = session.get(Subscriber, treated[3].subscriber_id)
        assert angry is not None
        subscribed.event(session, angry, Act.COMPLAINT, clock.now)
    clock.advance(hours=11)
    reached = {min(addresses(people, treated)), *addresses(people, [treated[3]])}
    expected = addresses(people, treated) - reached
    assert chores.mail(house) == f"messages: {len(expected)} sent"
    assert set(sent_to(server)) == expected
    assert not set(sent_to(server)) & addresses(people, held)


@pytest.mark.usefixtures("people")
def test_what_was_stopped_stays_unsent(house: Studio, server: MailSimulator, clock: Any) -> None:
    clock.now = NIGHT
    begin(house)
    for _ in range(2):
        assert winback.stop(house, "autumn").campaign.status == "stopped"
    clock.advance(hours=11)
    assert chores.mail(house) == ""
    with house.database.transaction() as session:
        message = winback_plan.kept(session, "autumn").mailing_id or ""
    mail.send(house, message, 1000)
    with pytest.raises(Refused, match="was stopped"):
        winback.start(house, "autumn")
    assert server.taken == []
    assert [row.decision for row in audit.listed(house, act="winback")] == ["stopped", "started"]


@pytest.mark.usefixtures("people")
def test_the_stop_key_holds_a_winback(house: Studio) -> None:
    winback_plan.keep(house, WISH)
    stops.stop(house, "character", "miyuki", "")
    with pytest.raises(Refused, match="is stopped"):
        winback.start(house, "autumn")
    assert arms(house) == ([], [])


@pytest.mark.usefixtures("people")
def test_killed_between_lot_and_mail_it_goes_on_as_drawn(
    house: Studio, server: MailSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    winback_plan.keep(house, WISH)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mail, "send", dies)
        with pytest.raises(KeyboardInterrupt):
            winback.start(house, "autumn")
    drawn = [row.who for row in arms(house)[0]]
    assert (len(drawn), server.taken) == (10, [])
    with house.database.transaction() as session:
        lapse(session, "later")  # a list that grew does not draw anew
    winback.start(house, "autumn")
    assert [row.who for row in arms(house)[0]] == drawn
    assert len(server.taken) == 10


@pytest.mark.usefixtures("people")
def test_killed_in_the_middle_of_mail_nobody_gets_it_twice(
    house: Studio, server: MailSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    winback_plan.keep(house, WISH)
    real, count = email_mail.put, iter(range(100))

    def dies(*given: Any) -> None:
        if next(count) == 5:
            raise KeyboardInterrupt
        real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(email_mail, "put", dies)
        with pytest.raises(KeyboardInterrupt):
            winback.start(house, "autumn")
    found, _ = winback.start(house, "autumn")
    assert (found.sent, found.uncertain) == (9, 1)
    assert len(set(sent_to(server))) == len(server.taken) == 9


def test_line_is_sent_to_friends_who_agreed_and_a_lost_answer_is_settled(
    house: Studio, line: LineSimulator, clock: Any
) -> None:
    friends = link(house, crowd(house, MANY), "line")
    line.faults.add("lost", "/message/multicast", 1)
    found = begin(house, LINE)
    assert found.uncertain == 10
    clock.advance(minutes=5)
    assert chores.mail(house) == "messages: 10 settled"
    treated, held = arms(house)
    got = [to for to, _ in line.got]
    assert set(got) == addresses(friends, treated)
    assert (len(got), set(got) & addresses(friends, held)) == (10, set())


def test_a_stopped_winback_does_not_repeat_a_lost_call(
    house: Studio, line: LineSimulator, clock: Any
) -> None:
    link(house, crowd(house, MANY), "line")
    line.faults.add("unheard", "/message/multicast", 1)
    begin(house, LINE)
    winback.stop(house, "autumn")
    clock.advance(minutes=5)
    chores.mail(house)
    assert line.got == []


def test_line_has_no_names_of_adult_sites_and_a_price(house: Studio) -> None:
    with pytest.raises(Withheld, match="LINE bars adult business"):
        winback_plan.keep(house, replace(LINE, text="Come back to Fanvue"))
    with pytest.raises(ConfigError, match="message_cost"):
        winback_plan.keep(house, replace(LINE, message_cost=None))
    yen = winback_plan.keep(
        house, replace(LINE, message_cost=None, currency="JPY", price_after_minor=1000)
    )
    assert yen.message_cost == 0  # the free plan
    assert "0 JPY" in yen.notes[0]


def test_a_list_that_tells_nothing_and_a_budget_that_is_spent_are_refused(house: Studio) -> None:
    crowd(house, 19)
    winback_plan.keep(house, DRAFT)
    with pytest.raises(Refused, match="fewer than 10"):
        winback.start(house, "autumn")
    with house.database.transaction() as session:
        for number in range(30):
            lapse(session, f"more{number}")
    winback_plan.keep(house, replace(DRAFT, budget_minor=100))
    with pytest.raises(Refused, match=r"over the budget of 1\.00 USD"):
        winback.start(house, "autumn")
    assert arms(house) == ([], [])


def test_who_was_in_another_winback_is_in_no_second_one(house: Studio, clock: Any) -> None:
    crowd(house, MANY)
    begin(house, DRAFT)
    other = replace(DRAFT, name="winter")
    assert dict(winback_plan.keep(house, other).refused) == {audience.BUSY: MANY}
    found = winback_drafts.hand_out(house, "autumn", house.settings.state_dir / "a.csv", limit=5)
    assert (found.count, dict(found.held)) == (0, {winback_drafts.NAMELESS: 10})
    clock.advance(days=91)
    assert dict(winback_plan.keep(house, other).refused) == {}
    longer = replace(other, cool_down_days=100, most_a_year=1)
    assert dict(winback_plan.keep(house, longer).refused) == {}  # nothing was handed out


@pytest.mark.usefixtures("people")
def test_the_cool_down_counts_what_was_sent(house: Studio, clock: Any) -> None:
    begin(house, replace(WISH, window_days=7))
    clock.advance(days=59)
    other = replace(WISH, name="winter")
    assert dict(winback_plan.keep(house, other).refused) == {"a winback less than 60 days ago": 10}
    clock.advance(days=1)
    assert winback_plan.keep(house, other).refused == ()
    once = replace(other, most_a_year=1)
    assert dict(winback_plan.keep(house, once).refused) == {"a winback within a year": 10}


@pytest.mark.usefixtures("people")
def test_ordinary_messages_go_to_both_arms(house: Studio, server: MailSimulator) -> None:
    begin(house)
    news = mailings.write(
        house, Message(channel="email", character="miyuki", subject="News", text="A film")
    )
    mail.send(house, news.id, 100)
    assert len(server.taken) == 10 + MANY


# ── drafts


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture
def named(house: Studio) -> list[int]:
    ids = crowd(house, MANY)
    for number, who in enumerate(ids):
        name(house, who, f"=HYPERLINK({number})")
    return ids


@pytest.mark.usefixtures("named")
def test_drafts_are_handed_out_once_in_a_file_of_ones_own(house: Studio, tmp_path: Path) -> None:
    begin(house, DRAFT)
    old = os.umask(0)
    try:
        first = winback_drafts.hand_out(house, "autumn", tmp_path / "1.csv", limit=5)
        rest = winback_drafts.hand_out(house, "autumn", tmp_path / "2.csv", limit=100)
    finally:
        os.umask(old)
    none = winback_drafts.hand_out(house, "autumn", tmp_path / "3.csv", limit=100)
    assert [(h.batch, h.count, h.left) for h in (first, rest, none)] == [
        (1, 5, 5),
        (2, 5, 0),
        (3, 0, 0),
    ]
    assert not (tmp_path / "3.csv").exists()
    assert stat.S_IMODE((tmp_path / "1.csv").stat().st_mode) == 0o600
    lines = read(tmp_path / "1.csv") + read(tmp_path / "2.csv")
    assert len({line["name"] for line in lines}) == 10
    assert all(line["name"].startswith("'=HYPERLINK") for line in lines)
    assert "9.99 USD" in lines[0]["text"]
    with pytest.raises(Refused, match="is there already"):
        winback_drafts.hand_out(house, "autumn", tmp_path / "1.csv", limit=5)
    assert winback.status(house, "autumn").handed_out == 10


@pytest.mark.usefixtures("named")
def test_a_file_that_did_not_come_about_is_written_again_by_its_number(
    house: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(house, DRAFT)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(whole, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            winback_drafts.hand_out(house, "autumn", tmp_path / "1.csv", limit=5)
    rest = winback_drafts.hand_out(house, "autumn", tmp_path / "2.csv", limit=100)
    again = winback_drafts.hand_out(house, "autumn", tmp_path / "1.csv", limit=1, again=1)
    assert (rest.count, again.count) == (5, 5)
    names = [line["name"] for part in ("1", "2") for line in read(tmp_path / f"{part}.csv")]
    assert len(names) == len(set(names)) == 10


@pytest.mark.usefixtures("named")
def test_what_cannot_be_written_was_not_handed_out(house: Studio, tmp_path: Path) -> None:
    begin(house, DRAFT)
    (tmp_path / "file").touch()
    with pytest.raises((ConfigError, OSError)):
        winback_drafts.hand_out(house, "autumn", tmp_path / "file" / "1.csv", limit=5)
    assert winback.status(house, "autumn").handed_out == 0


@pytest.mark.usefixtures("named")
def test_who_said_no_since_is_in_no_file(house: Studio, tmp_path: Path, clock: Any) -> None:
    begin(house, DRAFT)
    treated, _ = arms(house)
    with house.database.transaction() as session:
        for row, act in zip(treated, (Act.OPTOUT, Act.CHARGEBACK), strict=False):
            who = session.get(Subscriber, row.subscriber_id)
            assert who is not None
            subscribed.event(session, who, act, clock.now)
    found = winback_drafts.hand_out(house, "autumn", tmp_path / "1.csv", limit=100)
    assert found.count == 8
    assert dict(found.held)["opted out"] == 1


def news(house: Studio, number: int, channel: str = "email") -> int:
    """Send a message to everybody who agreed; return how many got it."""
    words = Message(channel=channel, character="miyuki", subject=f"{number}", text=f"Film {number}")
    if channel == "line":
        words = replace(words, subject="", language="ja")
    return mail.send(house, mailings.write(house, words).id, 100)[0].sent


@pytest.mark.parametrize("channel", ["email", "line"])
def test_a_draft_counts_in_the_cap_of_a_week(
    house: Studio, named: list[int], tmp_path: Path, clock: Any, channel: str
) -> None:
    link(house, named, channel)
    begin(house, DRAFT)
    given = winback_drafts.hand_out(house, "autumn", tmp_path / "1.csv", limit=100)
    assert (given.count, given.held) == (10, ())
    assert [news(house, number, channel) for number in range(3)] == [MANY, MANY - 10, 0]
    again = winback_drafts.hand_out(house, "autumn", tmp_path / "2.csv", limit=100, again=1)
    assert again.count == 10  # a lost file comes anew: its drafts are not in their own way
    clock.advance(days=7)
    assert news(house, 3, channel) == MANY


@pytest.mark.usefixtures("people")
def test_drafts_and_sends_are_not_mixed_up(house: Studio, tmp_path: Path) -> None:
    begin(house)
    with pytest.raises(Refused, match="goes out by email"):
        winback_drafts.hand_out(house, "autumn", tmp_path / "1.csv", limit=5)
    with pytest.raises(ConfigError, match="no winback 'x'"):
        winback.start(house, "x")


# ── what came of it


def played(
    house: Studio, clock: Any, treated_back: int, held_back: int, count: int = 160, **wish: Any
) -> winback_report.Reported:
    """Play a window in which so many of each arm come back."""
    crowd(house, count)
    begin(house, replace(DRAFT, **wish))
    treated, held = arms(house)
    with house.database.transaction() as session:
        for rows, some in ((treated, treated_back), (held, held_back)):
            for number, row in enumerate(rows[:some]):
                back(session, row, clock.now + timedelta(days=1 + number % 60))
        late = lapse(session, "late")
        subscribed.event(session, late, Act.SUB_RENEW, clock.now + timedelta(days=91))
    clock.advance(days=92)
    (found,) = winback_report.report(house, "autumn")
    return found


def test_a_planted_effect_is_found_with_its_interval_and_value(house: Studio, clock: Any) -> None:
    found = played(house, clock, 32, 8, bonus_cost=100.0)
    assert (found.verdict, found.treated, found.held_out) == (
        "works",
        Share(32, 80),
        Share(8, 80),
    )
    expected = trial.effect(Share(32, 80), Share(8, 80))
    assert expected is not None
    assert (found.low, found.high) == (expected.low, expected.high)
    assert found.cost_each == pytest.approx(100 * 32 / 80)
    assert found.value == pytest.approx((32 - 8) * 400 / 80 - 40)
    assert found.value_of_one == pytest.approx(80 / 0.3)
    assert found.second_lives == 32


def test_no_effect_is_not_said_to_work(house: Studio, clock: Any) -> None:
    found = played(house, clock, 9, 8)
    assert found.verdict != "works"
    assert found.value_of_one is None


def test_what_does_not_work_is_said_where_the_list_is_long_enough(
    house: Studio, clock: Any
) -> None:
    found = played(house, clock, 8, 20, worthwhile=0.05)
    assert found.verdict == "does not"


def test_before_the_window_ends_nothing_is_told(house: Studio, clock: Any) -> None:
    crowd(house, 40)
    begin(house, DRAFT)
    treated, _ = arms(house)
    with house.database.transaction() as session:
        for row in treated:
            back(session, row, clock.now + timedelta(days=1))
    clock.advance(days=89)
    (found,) = winback_report.report(house)
    assert (found.verdict, found.treated, found.effect, found.doubt) == (
        "inconclusive",
        None,
        None,
        None,
    )
    assert "still open" in found.reason
    assert not winback.status(house, "autumn").over
    clock.advance(days=2)
    (found,) = winback_report.report(house)
    assert "import a newer export" in found.reason  # the data end before the window
    assert found.treated is None


@pytest.mark.parametrize(
    ("act", "facts", "reaches"),
    [
        (Act.LIKE, {"character_id": "rio"}, False),
        (Act.SUB_RENEW, {"character_id": "rio"}, False),
        (Act.LIKE, {}, False),
        (Act.TIP, {"amount_minor": 500}, False),
        (Act.SUB_RENEW, {}, True),
        (Act.SUB_RENEW, {"character_id": ""}, True),  # of the only subscription there is
    ],
)
def test_data_reach_the_end_by_what_is_paid_to_the_performer(
    house: Studio, clock: Any, act: Act, facts: dict[str, Any], *, reaches: bool
) -> None:
    crowd(house, 40)
    begin(house, DRAFT)
    clock.advance(days=92)
    with house.database.transaction() as session:
        subscribed.event(session, lapse(session, "late"), act, clock.now, **facts)
    (found,) = winback_report.report(house, "autumn")
    assert (found.treated is not None) == reaches
    assert ("known of fanvue for miyuki ends on 2026-11-20" in found.reason) != reaches


@pytest.mark.parametrize(("character", "reaches"), [("rio", False), ("miyuki", True)])
def test_data_reach_the_end_by_an_export_of_the_performer(
    house: Studio, clock: Any, character: str, *, reaches: bool
) -> None:
    crowd(house, 40)
    begin(house, DRAFT)
    clock.advance(days=92)
    with house.database.transaction() as session:
        late = subscribed.subscriber(session, "late")
        subscribed.subscription(session, late, character, source_at=clock.now)
        subscribed.event(session, late, Act.SUB_RENEW, clock.now, character_id="")
    (found,) = winback_report.report(house, "autumn")
    assert (found.treated is not None) == reaches


def test_coming_back_is_paying_again_in_the_window(house: Studio, clock: Any) -> None:
    crowd(house, 60)
    start = clock.now
    begin(house, DRAFT)
    treated, held = arms(house)
    cases: list[dict[str, Any]] = [
        {},
        {"paid": 0},  # a trial
        {"at": start + timedelta(days=90, hours=1)},  # late
        {"key": "refunded"},
    ]
    with house.database.transaction() as session:
        for row, case in zip(treated, cases, strict=False):
            back(session, row, case.pop("at", start + timedelta(days=2)), **case)
        refunded = session.get(Subscriber, treated[3].subscriber_id)
        assert refunded is not None
        paid_back = {"amount_minor": -500, "fee_minor": -100, "currency": "USD"}
        at = start + timedelta(days=4)
        subscribed.event(session, refunded, Act.REFUND, at, about="refunded", **paid_back)
        exported = session.get(Subscriber, treated[4].subscriber_id)
        assert exported is not None
        terms = {"status": "active", "source_at": start + timedelta(days=30)}
        subscribed.subscription(session, exported, "rio", **terms)
        other = session.get(Subscriber, held[0].subscriber_id)
        assert other is not None
        subscribed.event(session, other, Act.SUB_RENEW, start + timedelta(days=91))
    clock.advance(days=92)
    (found,) = winback_report.report(house, "autumn")
    assert (found.treated, found.held_out) == (
        Share(2, 30),  # who paid, and who an export has back
        Share(0, 30),
    )


def test_a_payment_that_failed_is_no_money(house: Studio, clock: Any) -> None:
    crowd(house, 60)
    begin(house, DRAFT)
    treated, _ = arms(house)
    failed = {"amount_minor": 999, "currency": "USD"}
    at = clock.now + timedelta(days=2)
    with house.database.transaction() as session:
        who = session.get(Subscriber, treated[0].subscriber_id)
        assert who is not None
        assert who.id is not None
        before = members.paid(session, who.id)
        subscribed.event(session, who, Act.PAYMENT_FAILED, at, **failed)
        one = winback_plan.kept(session, "autumn")
        came = winback_outcome.of_all(session, one)
        assert {each.net_minor for each in came} == {0}
        assert members.paid(session, who.id) == before


@pytest.mark.parametrize(
    ("paid", "refunds", "comes"),
    [
        (999, [-100], True),
        (999, [-100, -899], False),
        (999, [1000], False),  # told without its sign
        (999, [None], False),  # no amount is all of it
        (None, [-100], False),  # nobody knows what is left
        (None, [], True),
    ],
)
def test_a_part_paid_back_is_no_reason_not_to_be_back(
    house: Studio, clock: Any, paid: int | None, refunds: list[int | None], *, comes: bool
) -> None:
    crowd(house, MANY)
    start = clock.now
    begin(house, DRAFT)
    treated, _ = arms(house)
    with house.database.transaction() as session:
        back(session, treated[0], start + timedelta(days=2), key="p", amount_minor=paid)
        who = session.get(Subscriber, treated[0].subscriber_id)
        assert who is not None
        for number, amount in enumerate(refunds):
            at = start + timedelta(days=95 + number)  # also after the window
            subscribed.event(session, who, Act.REFUND, at, about="p", amount_minor=amount)
        late = lapse(session, "late")
        subscribed.event(session, late, Act.SUB_RENEW, start + timedelta(days=91))
    clock.advance(days=92)
    (found,) = winback_report.report(house, "autumn")
    assert found.treated == Share(int(comes), 10)


def test_several_campaigns_are_corrected_together_and_all_are_told(
    house: Studio, clock: Any
) -> None:
    for number in range(3):
        with house.database.transaction() as session:
            for each in range(100):
                lapse(session, f"{number} {each}")
        begin(house, replace(DRAFT, name=f"nr-{number}"))
    with house.database.transaction() as session:
        for number, (some, others) in enumerate([(15, 6), (4, 4), (5, 4)]):
            one = winback_plan.kept(session, f"nr-{number}")
            for out, many in ((False, some), (True, others)):
                for row in campaigns.assignments(session, one.id, held_out=out)[:many]:
                    back(session, row, clock.now + timedelta(days=3))
        late = lapse(session, "late")
        subscribed.event(session, late, Act.SUB_RENEW, clock.now + timedelta(days=91))
    clock.advance(days=92)
    found = winback_report.report(house)
    assert [one.campaign.name for one in found] == ["nr-2", "nr-1", "nr-0"]
    best = found[2]
    assert best.doubt is not None
    assert best.doubt < 0.05
    assert best.corrected == pytest.approx(3 * best.doubt)
    assert (best.verdict, "after Holm" in best.reason) == ("inconclusive", True)
    assert {one.of_campaigns for one in found} == {3}


def test_guards_are_told(house: Studio, people: dict[str, int], clock: Any) -> None:
    start = clock.now
    begin(house)
    treated, held = arms(house)
    clock.advance(days=1)
    for address in sorted(addresses(people, treated))[:6]:
        consents.withdraw(house, f"email:{address}", channel="email", via="page")
    with house.database.transaction() as session:
        for row in treated[:3]:
            who = session.get(Subscriber, row.subscriber_id)
            assert who is not None
            subscribed.event(session, who, Act.COMPLAINT, clock.now)
        other = session.get(Subscriber, held[0].subscriber_id)
        assert other is not None
        subscribed.event(session, other, Act.SUB_RENEW, start + timedelta(days=91))
    clock.advance(days=91)
    (found,) = winback_report.report(house)
    left, angry = found.guards
    assert (left.seen.count, left.seen.of, left.broken) == (6, 10, True)
    assert (angry.seen.count, angry.broken) == (3, True)
    assert found.contacted == 10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deadline": DAY + timedelta(hours=23)}, "less than 24 hours"),
        ({"deadline": DAY + timedelta(days=91)}, "after the window"),
        ({"deadline": DAY + timedelta(days=9), "code": "HI"}, "--code-ends"),
        (
            {
                "deadline": DAY + timedelta(days=9),
                "code": "HI",
                "code_ends": DAY + timedelta(days=30),
            },
            "a fake deadline",
        ),
        ({"code_ends": DAY + timedelta(days=30)}, "a fake deadline"),
        ({"text": "Only today!"}, "the text says 'today'"),
        ({"text": "Until 24 December", "deadline": DAY + timedelta(days=9)}, "'24 dec"),
        ({"text": "12月24日まで"}, "12月24日"),
        ({"kind": "limited_offer", "bonus": "a song"}, "needs --deadline"),
        ({"kind": "free_access", "days": 14}, "a consent of its own"),
        ({"cancel": ""}, "--cancel-how"),
        ({"percent": None}, "needs --percent"),
        ({"percent": 100}, "percent is from 1 to 99"),
        ({"hold_out": 0.1}, "held out"),
        ({"cool_down_days": 30}, "60 days apart"),
        ({"most_a_year": 3}, "more than 2"),
        ({"hoped": 0.01, "base": 0.05}, "hoped for"),
        ({"kind": "gift"}, "no kind 'gift'"),
        ({"platforms": ("myspace",)}, "'myspace' is unknown"),
        ({"name": "Old Name!"}, "small letters"),
        ({"price_after_minor": 0}, "price after"),
    ],
)
def test_what_is_no_honest_offer_is_refused_in_words(
    house: Studio, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(Elite8Error, match=words):
        winback_plan.keep(house, replace(WISH, **change))


def test_a_code_does_not_get_another_deadline_later(house: Studio) -> None:
    crowd(house, MANY)
    ends = DAY + timedelta(days=9)
    coded = replace(DRAFT, code="HI", deadline=ends, code_ends=ends)
    begin(house, coded)
    later = ends + timedelta(days=20)
    again = replace(coded, name="winter", deadline=later, code_ends=later)
    with pytest.raises(Refused, match="was said to end"):
        winback_plan.keep(house, again)
    with pytest.raises(Refused, match="was started"):
        winback_plan.keep(house, coded)


@pytest.mark.usefixtures("people")
def test_after_the_deadline_nothing_goes_out(
    house: Studio, server: MailSimulator, clock: Any
) -> None:
    clock.now = NIGHT
    ends = NIGHT + timedelta(days=3)
    begin(house, replace(WISH, deadline=ends))
    clock.now = DAY + timedelta(days=4)
    found, _ = winback.start(house, "autumn")
    assert (found.sent, server.taken) == (0, [])


def test_after_24_months_a_campaign_knows_what_came_of_people_and_not_who_they_were(
    house: Studio, clock: Any
) -> None:
    before = played(house, clock, 32, 8)
    treated, _ = arms(house)
    with house.database.transaction() as session:
        mine = next(r for r in treated if r.subscriber_id is not None)
        assert winback_forget.forget(house, session, [mine.subscriber_id or 0]) == 1
    clock.advance(days=700)
    with house.database.transaction() as session:
        assert winback_forget.age(house, session, clock.now - winback_forget.KEPT) == 159
        assert winback_forget.age(house, session, clock.now - winback_forget.KEPT) == 0
    drew, held = arms(house)
    assert {row.subscriber_id for row in (*drew, *held)} == {None}
    assert not {row.who for row in treated} & {row.who for row in drew}
    (after,) = winback_report.report(house, "autumn")
    same = ("verdict", "treated", "held_out", "low", "high", "value", "guards")
    assert [getattr(after, n) for n in same] == [getattr(before, n) for n in same]
    assert after.notes == ("160 people are no longer known, and count as they were settled",)
