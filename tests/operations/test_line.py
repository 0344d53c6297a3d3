"""Messages on LINE: to whom agreed, once each, whatever becomes of the answer."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
import stamina
from pydantic import SecretStr

from elite8.core.domain.mailing import DeliveryStatus
from elite8.core.errors import ConfigError, Refused, SignInNeeded, Unavailable
from elite8.core.operations import consents, line_friends, line_mail, mail, mailings
from elite8.core.operations.mailings import Wish
from elite8.core.platforms import line_messaging
from elite8.core.simulators.line import CHANNEL_ID, CHANNEL_SECRET, LineSimulator
from elite8.core.simulators.wire import Transport
from elite8.core.storage import people
from elite8.core.studio import Studio

WISH = Wish(channel="line", character="miyuki", language="ja", text="新しい動画です")
USERS = [f"U{number:032x}" for number in range(1, 6)]
HALF = (
    rb'{"events": [{"type": "follow", "mode": "active", "timestamp": 1795424400000, '
    rb'"source": {"userId": "\ud800"}, "webhookEventId": "01J"}]}'
)
"""Half a letter, which no database keeps."""


@pytest.fixture
def line(clock: Any) -> LineSimulator:
    clock.now = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)  # noon in Japan
    return LineSimulator(clock=clock)


@pytest.fixture
def account(studio: Studio, line: LineSimulator) -> Iterator[Studio]:
    decided = {
        "line_channel_id": CHANNEL_ID,
        "line_channel_secret": SecretStr(CHANNEL_SECRET),
    }
    settings = studio.settings.model_copy(update=decided)
    opened = replace(studio, settings=settings, transport=Transport(line.handle))
    stamina.set_testing(True, attempts=2, cap=True)
    yield opened
    stamina.set_testing(False)
    opened.database.close()


def befriend(studio: Studio, line: LineSimulator, *users: str) -> None:
    for number, user in enumerate(users):
        line.friends.add(user)
        body, signed = line.event("follow", user, number, follow={"isUnblocked": False})
        assert line_friends.receive(studio, signed, body) == 200


@pytest.fixture
def friends(account: Studio, line: LineSimulator) -> Studio:
    befriend(account, line, *USERS)
    return account


def states(studio: Studio, mailing: str) -> dict[str, int]:
    with studio.database.transaction() as session:
        found = [one.status for one in people.deliveries(session, mailing)]
    return {name: found.count(name) for name in set(found)}


def got(line: LineSimulator) -> list[str]:
    return sorted(user for user, _ in line.got)


def test_a_message_reaches_each_friend_once(friends: Studio, line: LineSimulator) -> None:
    wish = replace(
        WISH, video_url="https://cdn.example.com/n.mp4", preview_url="https://cdn.example.com/n.jpg"
    )
    written = mailings.write(friends, wish)
    looked = mail.look(friends, written.id)
    assert (looked.reach, looked.left, line.got) == (5, 200, [])
    sent, trouble = mail.send(friends, written.id, 100)
    assert (sent.sent, trouble) == (5, None)
    assert got(line) == USERS
    video, words = line.got[0][1]
    assert video["type"] == "video"
    assert "AIで作られた" in words["text"]
    assert "#PR" in words["text"].split()
    again, _ = mail.send(friends, written.id, 100)
    assert (again.sent, len(line.got), line.used) == (5, 5, 5)


def test_whoever_unfollows_or_says_stop_gets_nothing_more(
    friends: Studio, line: LineSimulator
) -> None:
    written = mailings.write(friends, WISH)
    for number, (kind, more) in enumerate(
        [("unfollow", {}), ("message", {"message": {"type": "text", "text": " ＳＴＯＰ！"}})]  # noqa: RUF001  # as it is written
    ):
        body, signed = line.event(kind, USERS[number], 10 + number, **more)
        assert line_friends.receive(friends, signed, body) == 200
    mail.send(friends, written.id, 100)
    assert got(line) == USERS[2:]


def test_an_unfollow_that_overtakes_its_follow_still_counts(
    account: Studio, line: LineSimulator, clock: Any
) -> None:
    early, signed_early = line.event("follow", USERS[0], 1)
    clock.advance(minutes=1)
    late, signed_late = line.event("unfollow", USERS[0], 2)
    for body, signed in ((late, signed_late), (early, signed_early), (late, signed_late)):
        assert line_friends.receive(account, signed, body) == 200
    assert consents.counts(account) == (("line", "marketing", "withdrawn", 1),)
    clock.advance(minutes=1)
    body, signed = line.event("follow", USERS[0], 3)
    assert line_friends.receive(account, signed, body) == 200
    assert line_friends.receive(account, signed_early, early) == 200
    assert consents.counts(account) == (("line", "marketing", "granted", 1),)


@pytest.mark.parametrize(
    ("order", "stands"),
    [
        *((one, "granted") for one in permutations(["follow 9", "unfollow 2", "follow 1"])),
        *((one, "withdrawn") for one in permutations(["unfollow 9", "follow 2", "unfollow 1"])),
    ],
)
def test_the_later_of_a_follow_and_an_unfollow_stands_in_any_order(
    account: Studio, line: LineSimulator, clock: Any, order: tuple[str, ...], stands: str
) -> None:
    now = clock.now
    said = []
    for number, one in enumerate(order):  # the webhook was down: all of them come late
        kind, hours = one.split()
        clock.now = now - timedelta(hours=int(hours))
        said.append(line.event(kind, USERS[0], number))
    clock.now = now
    for body, signed in said + said[:1]:
        assert line_friends.receive(account, signed, body) == 200
    assert consents.counts(account) == (("line", "marketing", stands, 1),)


def test_a_no_of_no_time_or_of_a_clock_that_is_ahead_is_of_now(
    account: Studio, line: LineSimulator, clock: Any
) -> None:
    befriend(account, line, *USERS[:2])
    clock.advance(minutes=1)
    for user, stamp in zip(USERS, (None, int(clock().timestamp() + 600) * 1000), strict=False):
        body, signed = line.event("unfollow", user, 7, timestamp=stamp)
        assert line_friends.receive(account, signed, body) == 200
        (one,) = consents.show(account, f"line:{user}").consents
        assert (one.status, one.at) == ("withdrawn", clock())


@pytest.mark.parametrize(
    ("body", "signed", "status"),
    [
        (b'{"events": []}', True, 200),
        (b'{"events": []}', False, 403),
        (b"not json", True, 400),
        (b"[]", True, 400),
        (HALF, True, 200),
        (b'{"events": [1, {"type": "follow", "mode": "standby"}, {"mode": "active"}]}', True, 200),
    ],
)
def test_what_is_posted_is_looked_at_before_it_is_read(
    account: Studio, body: bytes, *, signed: bool, status: int
) -> None:
    from elite8.core.simulators.line import signature

    told = signature(body) if signed else signature(body + b" ")
    assert line_friends.receive(account, told, body) == status


@pytest.mark.parametrize("fault", ["lost", "unheard", "broken"])
def test_a_lost_answer_is_settled_by_the_key_and_nobody_gets_it_twice(
    friends: Studio, line: LineSimulator, clock: Any, fault: str
) -> None:
    written = mailings.write(friends, WISH)
    line.faults.add(fault, "/message/multicast", 1)
    first, trouble = mail.send(friends, written.id, 100)
    assert (first.sent, first.uncertain, trouble) == (0, 5, None)
    clock.advance(hours=1)
    second, _ = mail.send(friends, written.id, 100)
    assert (second.sent, second.uncertain) == (5, 0)
    assert got(line) == USERS


def test_a_lost_answer_that_is_too_old_stays_uncertain(
    friends: Studio, line: LineSimulator, clock: Any
) -> None:
    written = mailings.write(friends, WISH)
    line.faults.add("lost", "/message/multicast", 1)
    mail.send(friends, written.id, 100)
    clock.advance(days=1)
    found, _ = mail.send(friends, written.id, 100)
    assert (found.sent, found.uncertain, len(line.got)) == (0, 5, 5)


def test_a_try_is_not_repeated_once_somebody_of_it_said_no(
    friends: Studio, line: LineSimulator, clock: Any
) -> None:
    written = mailings.write(friends, WISH)
    line.faults.add("unheard", "/message/multicast", 1)
    mail.send(friends, written.id, 100)
    clock.advance(minutes=5)
    body, signed = line.event("unfollow", USERS[3], 11)
    line_friends.receive(friends, signed, body)
    found, _ = mail.send(friends, written.id, 100)
    assert (found.uncertain, line.got) == (5, [])


def test_what_died_while_it_was_sent_is_settled_later(
    friends: Studio, line: LineSimulator, clock: Any
) -> None:
    written = mailings.write(friends, WISH)
    with friends.database.transaction() as session:
        mailing = mailings.named(session, written.id)
    line_mail.begin(friends, mailing, 2, None)  # the process ends here
    mail.send(friends, written.id, 100)
    assert got(line) == USERS[2:]
    assert states(friends, written.id) == {"sending": 2, "sent": 3}
    clock.advance(minutes=11)
    mail.send(friends, written.id, 100)
    assert got(line) == USERS


def test_being_told_to_wait_claims_nobody(friends: Studio, line: LineSimulator) -> None:
    written = mailings.write(friends, WISH)
    line.faults.add("busy", "/message/multicast", 1)
    found, trouble = mail.send(friends, written.id, 100)
    assert isinstance(trouble, Unavailable)
    assert (found.sent, found.uncertain, found.refused) == (0, 0, 0)
    mail.send(friends, written.id, 100)
    assert got(line) == USERS


def test_a_wait_that_answers_a_repeat_leaves_it_uncertain(
    friends: Studio, line: LineSimulator
) -> None:
    written = mailings.write(friends, WISH)
    line.faults.add("lost", "/message/multicast", 1)
    mail.send(friends, written.id, 100)
    line.faults.add("busy", "/message/multicast", 1)
    found, trouble = mail.send(friends, written.id, 100)
    assert isinstance(trouble, Unavailable)
    assert found.uncertain == 5


def test_too_few_messages_left_are_said_before_anybody_gets_one(
    friends: Studio, line: LineSimulator
) -> None:
    line.quota = 3
    written = mailings.write(friends, WISH)
    found, trouble = mail.send(friends, written.id, 100)
    assert isinstance(trouble, Refused)
    assert "LINE takes 3 more" in str(trouble)
    assert (found.sent, line.got) == (0, [])
    mail.send(friends, written.id, 3)
    assert len(line.got) == 3


def test_a_token_that_ended_is_made_anew(friends: Studio, line: LineSimulator) -> None:
    written = mailings.write(friends, WISH)
    with line_mail.account(friends) as there:
        there.quota()
        line.revoke()
        there.multicast(USERS, line_mail.bubbles(friends, row(friends, written.id)), KEY)
    assert got(line) == USERS


KEY = "123e4567-e89b-12d3-a456-426614174000"


def row(studio: Studio, reference: str) -> Any:
    with studio.database.transaction() as session:
        return mailings.named(session, reference)


def test_all_ways_of_sending_take_a_key_once(friends: Studio, line: LineSimulator) -> None:
    words = [line_messaging.text("hello")]
    with line_mail.account(friends) as there:
        assert not there.broadcast(words, KEY).before
        assert there.broadcast(words, KEY).before
        narrow = there.narrowcast({"type": "audience", "audienceGroupId": 1}, words, KEY[:-1] + "1")
        assert there.progress(narrow.request_id).phase == "succeeded"
        assert there.name() == "@simulated"
    assert len(line.got) == 10


def test_a_wrong_secret_and_a_missing_channel_say_what_to_set(
    friends: Studio, studio: Studio
) -> None:
    wrong = friends.settings.model_copy(update={"line_channel_secret": SecretStr("other")})
    with pytest.raises(SignInNeeded, match="ELITE8_LINE_CHANNEL_ID") as told:
        line_mail.quota(replace(friends, settings=wrong))
    assert "other" not in str(told.value)
    with pytest.raises(ConfigError, match=r"how-to/line\.md"):
        line_mail.quota(studio)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": "見てね fansly.com/x"}, "message-adult-links"),
        ({"text": "残り 3 名です"}, "no-fake-scarcity"),
        ({"text": "私は人間です"}, "no-human-claim"),
        ({"text": " "}, "UTF-16"),
        ({"text": "x" * 4001}, "UTF-16"),
        ({"channel": "fax"}, "no channel"),
        ({"language": "id"}, "no language"),
        ({"video_url": "http://cdn.example.com/n.mp4"}, "https"),
        ({"video_url": "https://cdn.example.com/n.mp4"}, "--preview-url"),
        ({"character": "nobody"}, "nobody"),
    ],
)
def test_what_may_not_be_said_is_not_even_kept(
    account: Studio, change: dict[str, Any], said: str
) -> None:
    with pytest.raises((Refused, ConfigError), match=said):
        mailings.write(account, replace(WISH, **change))
    assert mailings.listed(account) == ()


def test_at_night_nobody_is_written_to(friends: Studio, line: LineSimulator, clock: Any) -> None:
    written = mailings.write(friends, WISH)
    clock.now = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)  # 21:00 in Japan
    found, _ = mail.send(friends, written.id, 100)
    assert (found.sent, line.got) == (0, [])
    clock.advance(minutes=-1)
    mail.send(friends, written.id, 100)
    assert len(line.got) == 5


def test_two_who_send_at_once_share_the_friends(friends: Studio, line: LineSimulator) -> None:
    from concurrent.futures import ThreadPoolExecutor

    written = mailings.write(friends, WISH)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: mail.send(friends, written.id, 2), range(4)))
    assert got(line) == USERS
    assert states(friends, written.id) == {DeliveryStatus.SENT: 5}


def test_no_secret_and_no_id_of_a_friend_is_in_what_is_told(
    friends: Studio, line: LineSimulator
) -> None:
    written = mailings.write(friends, WISH)
    mail.send(friends, written.id, 100)
    told = json.dumps([str(one) for one in (mail.look(friends, written.id), written)])
    assert not any(user in told for user in USERS)
    with line_mail.account(friends) as there:
        there.quota()
        assert CHANNEL_SECRET not in repr(there)
        assert not any(token in repr(there) for token in line._tokens)


def test_the_simulator_refuses_what_line_refuses(account: Studio, line: LineSimulator) -> None:
    words = [line_messaging.text("x")]
    with line_mail.account(account) as there:
        for to in ([], ["nobody"], USERS[:1] * 2, [f"U{n:032x}" for n in range(501)]):
            with pytest.raises(Refused):
                there.multicast(to, words, KEY)
        with pytest.raises(Refused, match="retry key is invalid"):
            there.multicast(USERS, words, "not-a-uuid")
        with pytest.raises(Refused, match=r"messages\[0\]\.text"):
            there.validate("multicast", [{"type": "text", "text": "x" * 5001}])
        with pytest.raises(Refused):
            there.validate("multicast", words * 6)
    assert line.got == []
    assert timedelta(hours=23) == line_messaging.REPEATS
