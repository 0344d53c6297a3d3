"""The log of decisions: in the same transaction, in one chain, and no row can go unnoticed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from elite8.cli import run
from elite8.core.config import Config
from elite8.core.domain.audit import AuditEntry, Decision, following, hash_of
from elite8.core.domain.post import Post, new_post
from elite8.core.domain.rule import Verdict
from elite8.core.domain.video import new_video
from elite8.core.errors import ConfigError
from elite8.core.operations import audit, desk, stops
from elite8.core.storage import posts, videos
from elite8.core.studio import Studio

BLOCK = Verdict(rule="rating", verdict="block", reason="x", source="y", as_of=date(2026, 1, 1))


def decide(studio: Studio, *names: str) -> None:
    for name in names:
        with studio.database.transaction() as session:
            audit.keep(studio, session, Decision(act="test", subject=name, decision="yes"))


def write(studio: Studio, *statements: str) -> None:
    """Write as somebody would who has the file and takes the triggers away."""
    with studio.database.transaction() as session:
        for trigger in ("audit_no_update", "audit_no_delete"):
            session.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        for one in statements:
            session.execute(text(one))


@pytest.fixture
def five(studio: Studio) -> Iterator[Studio]:
    decide(studio, "a", "b", "c", "d", "e")
    yield studio
    if "looking" in vars(studio):
        studio.looking.database.close()


def test_a_log_that_nobody_touched_is_whole(five: Studio) -> None:
    found = audit.verify(five)
    assert (found.good, found.rows, found.broken) == (True, 5, None)
    assert found.head.startswith("5:")


def test_an_empty_log_is_whole(studio: Studio) -> None:
    assert audit.verify(studio).says == "nothing is kept so far"


def chain(length: int) -> list[AuditEntry]:
    rows: list[AuditEntry] = []
    for name in range(length):
        last = (rows[-1].number, rows[-1].hash) if rows else None
        what = Decision(act="test", subject=str(name), decision="yes")
        at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
        rows.append(AuditEntry(**following(last, at=at, who="command", what=what)))
    return rows


@pytest.mark.parametrize(
    ("number", "changed"),
    [
        (1, {"at": datetime(2020, 1, 1, tzinfo=UTC)}),
        (2, {"hash": "0" * 64}),
        (3, {"decision": "no"}),
        (4, {"detail": "x"}),
        (4, {"number": 9}),
        (5, {"who": "x"}),
        (5, {"previous": "0" * 64}),
        (1, None),
        (2, None),
    ],
)
def test_the_first_broken_row_is_named(number: int, changed: dict[str, Any] | None) -> None:
    rows = chain(5)
    for name, value in (changed or {}).items():
        setattr(rows[number - 1], name, value)
    found = audit.walked(rows if changed else rows[: number - 1] + rows[number:], {})
    assert (found.good, found.broken, found.rows) == (False, number, number - 1)


@pytest.mark.parametrize("number", [1, 3])
def test_a_row_that_is_taken_out_of_the_database_is_named(five: Studio, number: int) -> None:
    write(five, "DELETE FROM audit WHERE number = ?".replace("?", str(number)))
    assert audit.verify(five).broken == number


def test_a_row_that_was_changed_with_its_own_hash_breaks_the_next(five: Studio) -> None:
    with five.database.transaction() as session:
        third = session.get(AuditEntry, 3)
        assert third
        session.expunge(third)
    anew = hash_of(third.model_dump() | {"decision": "no"})
    write(
        five, "UPDATE audit SET decision = 'no', hash = 'new' WHERE number = 3".replace("new", anew)
    )
    assert audit.verify(five).broken == 4


def test_rows_that_are_gone_at_the_end_are_missed(five: Studio) -> None:
    assert audit.verify(five).good
    write(five, "DELETE FROM audit WHERE number > 3")
    found = audit.verify(five)
    assert (found.good, found.broken) == (False, 4)
    assert "it went on to row 5" in found.says


def test_an_end_kept_elsewhere_shows_what_the_file_beside_it_hides(five: Studio) -> None:
    head = audit.verify(five).head
    write(five, "DELETE FROM audit WHERE number > 3")
    audit.head_file(five).unlink()
    assert audit.verify(five).good  # nobody here can know
    assert audit.verify(five, head).broken == 4


def test_a_log_that_was_written_anew_is_another_one(five: Studio) -> None:
    head = audit.verify(five).head
    write(five, "DELETE FROM audit")
    decide(five, "a", "b", "c", "x", "e", "f")
    found = audit.verify(five, head)
    assert (found.good, found.broken) == (False, 5)


def test_the_database_itself_refuses_to_change_a_row(five: Studio) -> None:
    for what in ("UPDATE audit SET who = 'x'", "DELETE FROM audit"):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            five.database.transaction() as session,
        ):
            session.execute(text(what))
    assert audit.verify(five).rows == 5


@pytest.mark.parametrize("head", ["5", "x:y", "5:abc", ""])
def test_a_head_that_is_none_is_refused(five: Studio, head: str) -> None:
    if not head:
        audit.head_file(five).parent.mkdir(exist_ok=True)
        audit.head_file(five).write_text("{}")
    with pytest.raises(ConfigError):
        audit.verify(five, head)


def test_what_is_rolled_back_was_not_decided(studio: Studio) -> None:
    with studio.database.transaction() as session:
        audit.keep(studio, session, Decision(act="test", subject="a", decision="yes"))
        session.rollback()
    assert audit.listed(studio) == ()


def test_the_same_block_is_kept_once_and_another_one_anew(studio: Studio) -> None:
    for found in ([BLOCK], [BLOCK], [], [BLOCK, BLOCK]):
        audit.keep_block(studio, "post", found)
    (one,) = audit.listed(studio)
    assert (one.act, one.detail, one.rules) == ("gate", "rating", studio.config.rules.version)


def test_who_decided_is_the_face(studio: Studio) -> None:
    decide(studio, "a")
    with audit.acting("chat"):
        decide(studio, "b")
    decide(studio, "c")
    assert [one.who for one in audit.listed(studio)] == ["command", "chat", "command"]


def waiting(studio: Studio) -> Post:
    at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    video = new_video(
        now=at,
        character_id="miyuki",
        engine="local",
        language="en",
        content_type="story",
        topic="rain",
        title="Rain",
        script="It rains.",
        seed=1,
        asked_seconds=None,
    )
    post = new_post(now=at, video_id=video.id, platform="outbox", due_at=at)
    with studio.database.transaction() as session:
        videos.add(session, video)
        posts.add(session, post)
    return post


def test_what_the_desk_decides_and_what_is_stopped_is_kept(studio: Studio) -> None:
    post = waiting(studio)
    desk.reject(studio, post.id, "somebody's private reason")
    desk.retry(studio, post.id)
    stops.stop(studio, "character", "miyuki", "her reason")
    stops.stop(studio, "character", "miyuki", "again")
    stops.resume(studio, "character", "miyuki", "skip")
    kept = [(one.act, one.subject, one.decision) for one in reversed(audit.listed(studio))]
    assert kept == [
        ("desk", post.id, "rejected"),
        ("desk", post.id, "retried"),
        ("stop", "character miyuki", "stopped"),
        ("stop", "character miyuki", "resumed"),
    ]
    assert "reason" not in json.dumps([str(one) for one in audit.listed(studio)])


def test_a_changed_config_is_kept_once(
    studio: Studio, edited_config: Callable[[str, str, str], Path]
) -> None:
    first = audit.keep_config(studio)
    assert "publishing.json" in first
    assert audit.keep_config(studio) == ()
    folder = edited_config("publishing.json", '"grace_seconds": 0', '"grace_seconds": 7')
    changed = replace(studio, config=Config(folder))
    assert audit.keep_config(changed) == ("publishing.json",)
    entry = audit.listed(studio, act="config", limit=1)[0]
    assert (entry.subject, entry.decision, len(entry.detail)) == ("publishing.json", "changed", 16)
    (folder / "finishing.json").unlink()
    assert audit.keep_config(changed) == ("finishing.json",)
    assert audit.listed(studio, act="config", limit=1)[0].detail == "none"


def test_the_commands_list_and_verify(five: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["monitor", "audit", "list", "--act", "test", "--json"]) == 0
    told: Any = json.loads(capsys.readouterr().out)
    assert [one["number"] for one in told["data"]] == [5, 4, 3, 2, 1]
    assert run(["monitor", "audit", "verify"]) == 0
    assert "the log is whole: 5 rows" in capsys.readouterr().out
    write(five, "UPDATE audit SET decision = 'no' WHERE number = 3")
    assert run(["monitor", "audit", "verify"]) == 1
    said = capsys.readouterr()
    assert "row 3 was changed" in said.err
    assert "2 rows are right" in said.out


def test_two_at_once_make_one_chain(studio: Studio) -> None:
    from concurrent.futures import ThreadPoolExecutor

    make: Callable[[str], None] = lambda name: decide(studio, name)  # noqa: E731
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, [f"s{number}" for number in range(40)]))
    assert audit.verify(studio).rows == 40
