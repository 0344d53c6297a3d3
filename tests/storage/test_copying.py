"""A copy into another database: every row, the numbers to come, and nothing sent by both."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from elite8.core.domain.account import new_account
from elite8.core.domain.post import new_post
from elite8.core.domain.subscriber import Act
from elite8.core.domain.video import new_video
from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.operations import copying, dispatch, leading, stops, strongbox
from elite8.core.operations.copying import Moved
from elite8.core.settings import Settings
from elite8.core.storage import accounts, attempts, posts, privacy, sign_ins, videos
from elite8.core.storage import copying as rows
from elite8.core.storage.database import Database
from elite8.core.storage.tokens import Tokens
from elite8.core.studio import Studio
from tests import subscribed


def told(_step: str, _share: float) -> None:
    """Nobody watches."""


def copy(studio: Studio, source: str, target: str, *, dry_run: bool = False) -> Moved:
    return copying.copy(studio, source, target, tell=told, dry_run=dry_run)


@contextmanager
def opened(studio: Studio, address: str) -> Iterator[Studio]:
    with closing(Database(address if "://" in address else f"sqlite:///{address}")) as database:
        yield copying.at(studio, database)


@pytest.fixture
def other(empty_database: Path, tmp_path: Path) -> str:
    """An empty database beside the studio's."""
    return str(shutil.copy2(empty_database, tmp_path / "other.db"))


@pytest.fixture
def film(studio: Studio) -> Callable[..., Any]:
    """Return a function that keeps one planned video, and the post of it that waits."""

    def keep(**changes: Any) -> Any:
        facts: dict[str, Any] = {
            "now": studio.clock(),
            "character_id": "miyuki",
            "engine": "local",
            "language": "ja",
            "content_type": "story",
            "topic": "rain",
            "title": '雨 \'n "rain" \\ \t €',
            "script": "It rains.\n",
            "seed": 1,
            "asked_seconds": 0.1 + 0.2,
        }
        video = new_video(**facts | changes)
        post = new_post(
            now=studio.clock(), video_id=video.id, platform="outbox", due_at=studio.clock()
        )
        with studio.database.transaction() as session:
            videos.add(session, video)
            posts.add(session, post)
        return post

    return keep


@pytest.fixture
def peopled(studio: Studio, film: Callable[..., Any]) -> Studio:
    """A studio with a post, people, and events of which the newest was undone."""
    film()
    with studio.database.transaction() as session:
        for name in ("one", "two"):
            who = subscribed.subscriber(session, name)
            subscribed.subscription(session, who)
            subscribed.event(session, who, Act.TIP)
        session.connection().execute(text("DELETE FROM subscriber_event WHERE id = 2"))
    return studio


def next_number(studio: Studio, name: str = "three") -> int:
    """Return the number that the next event gets, one of somebody new."""
    with studio.database.transaction() as session:
        who = subscribed.subscriber(session, name)
        subscribed.event(session, who, Act.TIP)
        asked = text("SELECT max(id) FROM subscriber_event")
        return int(session.connection().execute(asked).scalar_one())


def test_a_copy_has_every_row(peopled: Studio, other: str, empty_database: Path) -> None:
    done = copy(peopled, "-", other)
    found = {one.table: one.rows for one in done.tables if one.rows}
    assert found["video"] == found["post"] == 1
    assert found["subscriber"] == found["subscription"] == 2
    third = shutil.copy2(empty_database, f"{other}.third")
    again = copy(peopled, other, str(third))
    # The first copy got a stop, its record, and where the other one is; all else is the same.
    changed = {one.table for one in again.tables} - {
        one.table for one in again.tables if one in done.tables
    }
    assert changed == {"stop", "audit", "backup_copy"}


@pytest.mark.postgres
def test_to_postgresql_and_back_is_the_same_to_the_last_row(
    peopled: Studio, other: str, postgres: Callable[[str], str]
) -> None:
    address = postgres("copied_there")
    one = new_account(now=peopled.clock(), network="tiktok", handle="7", name="miyuki")
    with peopled.database.transaction() as session:
        account = accounts.keep(session, one).id
    strongbox.store(peopled).write(account, Tokens(access="first", refresh="1//0"))
    gone = copy(peopled, "-", address)
    assert len(gone.tables) > 40
    assert (gone.sign_ins, "sign-ins that came along: 1" in gone.sentence) == (1, True)
    with opened(peopled, address) as there:
        assert next_number(there) == 3
        assert strongbox.store(there).read(account).access == "first"
        strongbox.store(there).write(account, Tokens(access="renewed there", refresh="1//1"))
        with there.database.transaction() as session:
            (video, *_) = videos.matching(session, "")
            assert (video.title, video.asked_seconds) == ('雨 \'n "rain" \\ \t €', 0.1 + 0.2)
    back = copy(settled(peopled, address), "-", other)
    assert (back.sign_ins, [one for one in back.tables if one.table == "sign_in"]) == (1, [])
    assert {one for one in gone.tables if one.table in {"video", "post", "subscription"}} <= set(
        back.tables
    )
    with opened(peopled, other) as there:
        assert next_number(there, "four") == 4
        assert strongbox.store(there).read(account).access == "renewed there"
        with there.database.transaction() as session:
            assert sign_ins.every(session) == {}


@pytest.mark.postgres
def test_what_postgresql_cannot_hold_is_told_by_column_and_nothing_is_copied(
    studio: Studio, film: Callable[..., Any], postgres: Callable[[str], str]
) -> None:
    film(topic="rain\0")
    film(seed=1 << 40)
    address = postgres("copied_unfit")
    seen = copy(studio, "-", address, dry_run=True)
    assert seen.unfit == (
        "video.seed: a number beyond 2147483647",
        "video.topic: a NUL character in a text",
    )
    with pytest.raises(Refused, match=r"cannot hold a value of video\.") as trouble:
        copy(studio, "-", address)
    assert "1099511627776" not in str(trouble.value)
    with opened(studio, address) as there, there.database.transaction() as session:
        assert not any(rows.counts(session.connection()).values())


def test_an_event_is_never_given_the_number_of_one_that_is_gone(
    peopled: Studio, other: str
) -> None:
    copy(peopled, "-", other)
    with opened(peopled, other) as there:
        assert next_number(there) == 3


def test_a_database_with_rows_is_refused_as_it_is(peopled: Studio, other: str) -> None:
    copy(peopled, "-", other)
    before = Path(other).read_bytes()
    for dry_run in (False, True):
        with pytest.raises(Refused, match="is not empty"):
            copy(peopled, "-", other, dry_run=dry_run)
    assert Path(other).read_bytes() == before


def test_a_row_that_arrives_otherwise_takes_the_whole_copy_back(
    peopled: Studio, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = rows.enter

    def lossy(line: Any, table: Any, some: Any, name: str) -> None:
        if table.name != "post":
            enter(line, table, some, name)

    monkeypatch.setattr(rows, "enter", lossy)
    with pytest.raises(Refused, match="post did not arrive"):
        copy(peopled, "-", other)
    monkeypatch.undo()
    assert stops.listed(peopled) == ()
    assert copy(peopled, "-", other).rows


def test_nothing_goes_out_of_either_until_one_is_resumed(peopled: Studio, other: str) -> None:
    done = copy(peopled, "-", other)
    assert done.stopped
    assert "publish resume" in done.sentence
    with opened(peopled, other) as there:
        assert [one.scope for one in stops.listed(there)] == ["all"]
        with there.database.transaction() as session:
            assert [one.path for one in privacy.copies(session)] == [
                str(peopled.settings.state_dir / "elite8.db")
            ]
    assert "copied to" in stops.listed(peopled)[0].reason


def test_what_fell_due_in_a_backup_waits_for_a_persons_word(
    peopled: Studio, other: str, empty_database: Path
) -> None:
    with peopled.database.transaction() as session:
        (video, *_) = videos.matching(session, "")
        ours = new_post(
            now=peopled.clock(), video_id=video.id, platform="tiktok", due_at=peopled.clock()
        )
        posts.add(session, ours)
    assert copy(peopled, "-", other).asked == ()
    third = shutil.copy2(empty_database, f"{other}.third")
    done = copy(replace(peopled, settings=elsewhere(peopled)), other, str(third))
    assert done.asked == (ours.id,)
    assert ours.id in done.sentence
    with opened(peopled, str(third)) as there, there.database.transaction() as session:
        post = posts.get(session, ours.id)
        assert post
        assert (post.status, "may be out since" in post.failure) == ("refused", True)


@pytest.mark.postgres
def test_a_dump_that_is_put_back_and_copied_is_held_back_as_a_backup_is(
    peopled: Studio, postgres: Callable[[str], str]
) -> None:
    """What docs/how-to/backup.md says to do: PostgreSQL's own restore holds nothing back."""
    put_back = postgres("put_back")
    with peopled.database.transaction() as session:
        (video, *_) = videos.matching(session, "")
        now = peopled.clock()
        ours = new_post(now=now, video_id=video.id, platform="tiktok", due_at=now)
        posts.add(session, ours)
    copy(peopled, "-", put_back)
    goes_on = settled(peopled, postgres("goes_on"))
    done = copy(goes_on, put_back, "-")
    assert (done.asked, done.stopped) == ((ours.id,), True)
    with goes_on.database.transaction() as session:
        post = posts.get(session, ours.id)
        assert post
        assert (post.status, [one.scope for one in attempts.stops(session)]) == ("refused", ["all"])
    goes_on.database.close()


def elsewhere(studio: Studio) -> Settings:
    """The same settings with a database of their own."""
    address = SecretStr(f"sqlite:///{studio.settings.state_dir}/new.db")
    return studio.settings.model_copy(update={"database_url": address})


def settled(studio: Studio, address: str) -> Studio:
    """The studio once its settings name this database."""
    update = {"database_url": SecretStr(address)}
    return replace(studio, settings=studio.settings.model_copy(update=update))


@pytest.mark.postgres
def test_what_is_copied_to_be_looked_at_takes_no_place_of_sign_ins_in_use(
    peopled: Studio, other: str, postgres: Callable[[str], str]
) -> None:
    """A PostgreSQL of before, a dump say: a network may have taken back what lies there."""
    address = postgres("copied_to_look")
    one = new_account(now=peopled.clock(), network="x", handle="7", name="miyuki")
    with peopled.database.transaction() as session:
        account = accounts.keep(session, one).id
    mine = strongbox.store(peopled)
    mine.write(account, Tokens(access="then", refresh="1//0"))
    copy(peopled, "-", address)
    mine.write(account, Tokens(access="now", refresh="1//1"))
    seen = copy(peopled, address, other)
    assert mine.read(account).access == "now"
    assert (seen.sign_ins, "no sign-in came along" in seen.sentence) == (0, True)
    with opened(peopled, other) as there, there.database.transaction() as session:
        assert sign_ins.every(session) == {}


def test_a_trial_makes_and_changes_nothing(peopled: Studio, tmp_path: Path) -> None:
    seen = copy(peopled, "-", str(tmp_path / "other.db"), dry_run=True)
    assert (seen.dry_run, seen.stopped) == (True, True)
    assert not (tmp_path / "other.db").exists()
    assert stops.listed(peopled) == ()
    done = copy(peopled, "-", str(tmp_path / "other.db"))
    assert done.tables == seen.tables


def test_a_database_at_work_is_not_copied(studio: Studio, other: str) -> None:
    leading.lead(studio, leading.new_leader())
    with pytest.raises(Unavailable, match="a daemon works on"):
        copy(studio, "-", other)
    vars(studio)["database"].close()
    late = replace(studio, clock=lambda: studio.clock() + timedelta(hours=1))
    assert not copy(late, "-", other).stopped


def test_a_database_that_a_worker_works_on_is_not_copied(studio: Studio, other: str) -> None:
    """Where whoever led has ended: it may be renewing a sign-in."""
    dispatch.beat(studio, leading.new_leader(), (), 4, studio.clock())
    with pytest.raises(Unavailable, match=r"a worker works on .* \(process \d+ on "):
        copy(studio, "-", other)


@pytest.mark.parametrize(
    ("source", "target", "says"),
    [
        ("-", "-", "onto itself"),
        ("none.db", "other.db", "nothing to copy"),
        ("-", "postgresql://me:hunter2@host/base", "a password on the command line"),
        ("-", "postgresql://me@host/base?password=hunter2", "a password on the command line"),
        ("-", "mysql://host/base", "is not supported"),
    ],
)
def test_what_cannot_be_copied_is_told(studio: Studio, source: str, target: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as trouble:
        copy(studio, source, target)
    assert "hunter2" not in str(trouble.value)


def test_an_old_database_stays_as_it_is(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "old.db").touch()
    with pytest.raises(ConfigError, match="db migrate"):
        copy(studio, str(tmp_path / "old.db"), str(tmp_path / "other.db"))
    assert (tmp_path / "old.db").read_bytes() == b""
