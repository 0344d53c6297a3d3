"""The time machine: kept, thinned, asked, replayed, and without a secret."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from elite8.core.config import Config
from elite8.core.domain.attempt import new_attempt
from elite8.core.domain.post import PostStatus, new_post
from elite8.core.domain.snapshot import KeptScene
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import desk, recording, snapshots, stops, tasks
from elite8.core.operations.scene import scene
from elite8.core.storage import attempts, posts, videos
from elite8.core.storage import snapshots as kept
from elite8.core.studio import Studio
from tests.web.seeds import Life, live

CANARY = "canary-7f3a9c1e5b2d8f60"


def pause(studio: Studio, number: int) -> None:
    """Change something that shows."""
    stops.stop(studio, "network", ("tiktok", "instagram", "youtube")[number % 3], "")


def instants(studio: Studio) -> list[datetime]:
    with studio.database.transaction() as session:
        return [*kept.instants(session, before=datetime.max.replace(tzinfo=UTC))]


def test_what_was_kept_comes_back_as_it_was(studio: Studio, clock: Any) -> None:
    live(studio, clock, Life(days=7))
    assert snapshots.keep(studio) == "kept"
    before, found = scene(studio), snapshots.at(studio, clock.now)
    assert found
    assert (found.at, found.until) == (clock.now, clock.now)
    then = found.scene
    assert then.accounts == before.accounts
    assert then.queue == tuple(replace(one, sha256="") for one in before.queue)
    assert then.films == before.films[: len(then.films)]
    assert then.events == before.events[: len(then.events)]
    assert len(then.events) > 3
    same = ("slots", "alerts", "health", "purse", "networks", "performers", "days", "next", "posts")
    for name in same:
        assert getattr(then.board, name) == getattr(before.board, name), name
    assert [one.metric for one in then.board.machine] == [
        one.metric for one in before.board.machine
    ]
    newest = [(one.points[-1], kept.points[-1]) for one, kept in zip_machine(before, then)]
    assert all(there[0] == here[0] for there, here in newest)
    assert all(there[1] == pytest.approx(here[1], rel=1e-3) for there, here in newest)


def zip_machine(one: Any, other: Any) -> Any:
    return zip(one.board.machine, other.board.machine, strict=True)


def test_when_only_the_clock_changed_nothing_is_written(studio: Studio, clock: Any) -> None:
    assert snapshots.keep(studio) == "kept"
    first = clock.now
    for _ in range(5):
        clock.advance(minutes=1)
        assert snapshots.keep(studio) == "still"
    assert instants(studio) == [first]
    assert snapshots.span(studio) == (first, clock.now)
    pause(studio, 0)
    clock.advance(minutes=1)
    assert snapshots.keep(studio) == "kept"
    assert instants(studio) == [first, clock.now]


def test_what_holds_is_written_again_each_quarter_of_an_hour(studio: Studio, clock: Any) -> None:
    began = clock.now
    for _ in range(31):
        snapshots.keep(studio)
        clock.advance(minutes=1)
    assert [at - began for at in instants(studio)] == [timedelta(minutes=n) for n in (0, 15, 30)]


def test_one_scrubs_back_and_forth(studio: Studio, clock: Any) -> None:
    times = []
    for number in range(3):
        pause(studio, number)
        snapshots.keep(studio)
        times.append(clock.now)
        clock.advance(minutes=1)
    found = snapshots.at(studio, clock.now)
    assert found
    assert len(found.scene.board.stopped) == 3
    back = snapshots.neighbour(studio, found.at, -1)
    assert back
    assert (back.at, len(back.scene.board.stopped)) == (times[1], 2)
    assert snapshots.neighbour(studio, times[0], -1) is None
    on = snapshots.neighbour(studio, times[0], 2)
    assert on
    assert on.at == times[2]
    assert snapshots.neighbour(studio, times[2], 1) is None
    assert snapshots.neighbour(studio, times[2], 0) == found
    assert snapshots.at(studio, times[0] - timedelta(seconds=1)) is None


def test_each_minute_for_two_days_then_each_quarter_for_thirty(studio: Studio, clock: Any) -> None:
    began, minute = clock.now, timedelta(minutes=1)
    body = snapshots.packed(snapshots.written(scene(studio)))
    with studio.database.transaction() as session:
        for number in range(35 * 24 * 12):  # one in five minutes, for 35 days
            at = began + number * 5 * minute
            session.add(KeptScene(at=at, until=at, version=1, body=body))
    clock.now = began + timedelta(days=35)
    assert snapshots.forget(studio) > 0
    left = instants(studio)
    assert min(left) >= clock.now - timedelta(days=30)
    fine = [at for at in left if at >= clock.now - timedelta(days=2)]
    assert len(fine) == 2 * 24 * 12
    assert len(left) - len(fine) == 28 * 24 * 4
    assert snapshots.forget(studio) == 0


def test_the_watch_keeps_one_and_the_report_thins(studio: Studio, clock: Any) -> None:
    tasks.watch(studio)
    assert instants(studio) == []  # nothing was ever planned
    live(studio, clock, Life(days=1, rings=False))
    tasks.watch(studio)
    found = snapshots.at(studio, clock.now)
    assert found
    assert found.scene.board.watched_at == clock.now
    clock.advance(days=31)
    tasks.report(studio)
    assert instants(studio) == []


def test_what_another_version_wrote_is_refused_in_words(studio: Studio, clock: Any) -> None:
    with studio.database.transaction() as session:
        kept.keep(session, KeptScene(at=clock.now, until=clock.now, version=9, body=b"?"))
    with pytest.raises(Refused, match="another version"):
        snapshots.at(studio, clock.now)
    clock.advance(minutes=1)
    assert snapshots.keep(studio) == "kept"


@pytest.mark.parametrize("body", [b"", b"no such packing", b"\x00" * 40])
def test_a_damaged_one_is_refused_in_words(studio: Studio, clock: Any, body: bytes) -> None:
    with studio.database.transaction() as session:
        kept.keep(session, KeptScene(at=clock.now, until=clock.now, version=1, body=body))
    with pytest.raises(Refused):
        snapshots.at(studio, clock.now)


def test_a_fault_of_the_time_machine_does_not_stop_the_watch(studio: Studio, clock: Any) -> None:
    live(studio, clock, Life(days=1, rings=False))
    with studio.database.transaction() as session:
        kept.keep(session, KeptScene(at=clock.now, until=clock.now, version=1, body=b"x"))
    clock.advance(minutes=1)
    tasks.watch(studio)
    clock.advance(minutes=20)
    tasks.watch(studio)
    found = snapshots.at(studio, clock.now)
    assert found
    assert found.at == clock.now


@pytest.fixture
def told(studio: Studio, clock: Any) -> Studio:
    """A studio whose secrets stand where they should not: in the words of a try and a failure."""
    facts = {"a2e_api_key": SecretStr(CANARY), "telegram_token": SecretStr(f"{CANARY}:t")}
    known = {
        name: value for name, value in facts.items() if name in type(studio.settings).model_fields
    }
    opened = replace(studio, settings=studio.settings.model_copy(update=known))
    assert known
    live(opened, clock, Life(days=1, rings=False))
    words = f"401 for {CANARY} and Bearer abcdefgh12345678, at https://me:hunter2@example.test"
    with opened.database.transaction() as session:
        video = videos.matching(session, "")[0]
        post = new_post(now=clock.now, video_id=video.id, platform="outbox", due_at=clock.now)
        post.status, post.failure = PostStatus.REFUSED, words
        posts.add(session, post)
        told = new_attempt(at=clock.now, post_id=post.id, kind="send", message=words)
        attempts.add(session, told)
    return opened


def test_no_secret_gets_into_a_snapshot_or_a_recording(told: Studio, tmp_path: Path) -> None:
    assert CANARY in str(scene(told))
    snapshots.keep(told)
    with told.database.transaction() as session:
        row = kept.newest(session)
    assert row
    plain = json.dumps(snapshots.unpacked(row.body), ensure_ascii=False)
    recorder = recording.Recorder(told, tmp_path / "bug.gz")
    recorder.add(scene(told))
    recorder.close()
    for text in (plain, gzip.decompress((tmp_path / "bug.gz").read_bytes()).decode()):
        assert "401 for ***" in text
        for secret in (CANARY, "abcdefgh12345678", "hunter2"):
            assert secret not in text
    told.database.close()


def recorded(studio: Studio, clock: Any, file: Path) -> list[datetime]:
    """Record three scenes, a minute apart."""
    recorder, times = recording.Recorder(studio, file), []
    for number in range(3):
        pause(studio, number)
        assert recorder.add(scene(studio))
        times.append(clock.now)
        clock.advance(seconds=2)
        assert not recorder.add(scene(studio))  # nothing but the clock
        clock.advance(seconds=58)
    recorder.close()
    return times


def test_a_recording_is_replayed_as_it_was(studio: Studio, clock: Any, tmp_path: Path) -> None:
    file = tmp_path / "bug.gz"
    times = recorded(studio, clock, file)
    assert file.stat().st_mode & 0o777 == 0o600
    found = recording.opened(file)
    assert found.span() == (times[0], times[2])
    first, last = found.at(times[0]), found.at(times[2] + timedelta(hours=1))
    assert first
    assert last
    assert (first.at, first.until) == (times[0], times[1])
    assert last.scene.board.stopped == scene(studio).board.stopped
    assert found.at(times[0] - timedelta(seconds=1)) is None
    steps = [found.neighbour(times[1], step) for step in (-2, -1, 0, 1, 2)]
    assert [one and one.at for one in steps] == [None, *times, None]


def test_a_file_that_is_there_is_not_written_over(studio: Studio, tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.write_text("mine")
    with pytest.raises(ConfigError, match="exists already"):
        recording.Recorder(studio, file)
    assert file.read_text() == "mine"


Spoil = Callable[[list[dict[str, Any]]], bytes]


def lines(found: list[Any]) -> bytes:
    return gzip.compress("".join(f"{json.dumps(one)}\n" for one in found).encode())


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda _: b"", "nothing was recorded"),
        (lambda _: b"plain text", "line 1: cut off or damaged"),
        (lambda found: lines(found)[:-20], "cut off or damaged"),
        (lambda _: gzip.compress(b"{}\n"), "line 1: not a recording"),
        (lambda _: gzip.compress(b"[1]\nno json\n"), "line 1: not a recording"),
        (lambda found: lines([found[0]]), "nothing was recorded"),
        (lambda found: lines([{**found[0], "version": 99}, found[1]]), "line 1: .*another version"),
        (lambda found: lines([*found[:3], {"at": "noon"}]), "line 4: no scene"),
        (lambda found: lines([*found[:3], 7]), "line 4: no scene"),
        (lambda found: lines([found[0], found[2], found[1]]), "line 3: its time is before"),
        (
            lambda found: gzip.compress(json.dumps(found[0]).encode() + b"\n\xff\xfe\n"),
            "line 2: cut",
        ),
        (lambda found: lines(found) + gzip.compress(b"{half"), "line 5: not JSON"),
    ],
    ids=[
        *("empty", "text", "cut", "object", "list", "only a head", "newer", "time", "number"),
        *("backwards", "bytes", "half a line"),
    ],
)
def test_an_unreadable_recording_names_its_line(
    studio: Studio, clock: Any, tmp_path: Path, spoil: Spoil, line: str
) -> None:
    file = tmp_path / "bug.gz"
    recorded(studio, clock, file)
    found = [json.loads(one) for one in gzip.decompress(file.read_bytes()).splitlines()]
    file.write_bytes(spoil(found))
    with pytest.raises(ConfigError, match=line):
        recording.opened(file)


def test_a_scene_that_is_none_is_told_with_its_line_when_it_is_shown(
    studio: Studio, clock: Any, tmp_path: Path
) -> None:
    file = tmp_path / "bug.gz"
    times = recorded(studio, clock, file)
    found = [json.loads(one) for one in gzip.decompress(file.read_bytes()).splitlines()]
    del found[2]["scene"]["board"]["day"]
    file.write_bytes(lines(found))
    opened = recording.opened(file)
    assert opened.at(times[0])
    with pytest.raises(ConfigError, match="line 3: no scene of this version"):
        opened.at(times[1])


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        recording.opened(tmp_path / "none")


def test_how_long_is_kept_is_the_operators(
    studio: Studio, clock: Any, edited_config: Callable[[str, str, str], Path]
) -> None:
    folder = edited_config(
        "monitoring/metrics_config.json", '"every_minutes": 15', '"every_minutes": 4'
    )
    other = replace(studio, config=Config(folder))
    for _ in range(9):
        snapshots.keep(other)
        clock.advance(minutes=1)
    assert len(instants(other)) == 3
    other.database.close()


def test_a_decision_shows_in_the_next_snapshot(studio: Studio, clock: Any) -> None:
    live(studio, clock, Life(days=1))
    snapshots.keep(studio)
    post = next(one for one in scene(studio).queue if one.status == "waiting")
    clock.advance(minutes=1)
    desk.cancel(studio, post.id)
    assert snapshots.keep(studio) == "kept"
    found = snapshots.at(studio, clock.now)
    assert found
    assert found.scene.events[0].subject == post.id
    assert found.scene.events[0].kind == "decision"
