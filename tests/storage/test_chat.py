"""What was asked by chat is on record once, and what was told is told once, on both databases."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

from elite8.core.domain.chat import Asked, Outcome
from elite8.core.storage import chat, notices
from elite8.core.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LARGE = 2**40
"""Ids of Telegram have up to 52 significant bits (core.telegram.org/bots/api, User)."""


def asked(number: int, at: datetime = NOW) -> Asked:
    return Asked(
        bot=LARGE,
        number=number,
        at=at,
        chat=-LARGE,
        person=LARGE,
        what="pause",
        outcome=Outcome.BEGUN,
    )


def test_of_several_that_hear_the_same_one_begins(database: Database) -> None:
    gate, found = Barrier(4), []
    _ = database.engine

    def hear() -> None:
        gate.wait()
        with database.transaction() as session:
            found.append(chat.begin(session, asked(1)))

    threads = [Thread(target=hear) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) == [False, False, False, True]


def test_what_became_of_it_is_known(database: Database) -> None:
    with database.transaction() as session:
        assert chat.outcome(session, asked(1)) == ""
        assert chat.begin(session, asked(1))
        chat.begin(session, asked(2, NOW + timedelta(days=1)))
    with database.transaction() as session:
        chat.end(session, asked(1), Outcome.DONE)
    with database.transaction() as session:
        assert chat.outcome(session, asked(1)) == "done"
        assert [one.number for one in chat.newest(session, 5)] == [2, 1]
        chat.forget(session, NOW + timedelta(hours=1))
        assert [one.number for one in chat.newest(session, 5)] == [2]


def test_what_was_told_is_known(database: Database) -> None:
    with database.transaction() as session:
        assert notices.untold(session, "video", ["a", "b"]) == {"a", "b"}
        notices.tell(session, "video", ["a"], NOW)
    with database.transaction() as session:
        assert notices.untold(session, "video", ["a", "b"]) == {"b"}
        assert notices.untold(session, "failure", ["a"]) == {"a"}
        assert notices.untold(session, "video", []) == set()
        notices.forget(session, NOW + timedelta(seconds=1))
        assert notices.untold(session, "video", ["a"]) == {"a"}
