"""Killed between any two steps, a post is out once; asked twice, it goes out once."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from elite8.core.domain.destination import ONLINE
from elite8.core.domain.post import LEASE, PostStatus
from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.operations import compose, steps
from elite8.core.operations import publish as publishing
from elite8.core.operations.brief import Brief, plan
from elite8.core.operations.generate import make
from elite8.core.operations.library import find
from elite8.core.production import probe
from elite8.core.production.local import sound
from elite8.core.storage import posts
from elite8.core.studio import Studio
from tests.films import lay

pytestmark = pytest.mark.media

KILLED_AT = {
    "after the claim": "publishing.send = lambda *_, **__: os.kill(os.getpid(), 9)",
    "after the send, before the record": (
        "steps.record = lambda *_, **__: os.kill(os.getpid(), 9)"
    ),
    "in the middle of writing": (
        "from elite8.core.platforms import outbox; outbox.sync = lambda _: os.kill(os.getpid(), 9)"
    ),
}
VICTIM = """
import os
from elite8.core.operations import publish as publishing
from elite8.core.operations import steps
from elite8.core.studio import open_studio
{kill}
publishing.publish(open_studio(), "latest", "outbox")
"""


@pytest.fixture
def ready(filmed: Path, studio: Studio) -> Studio:
    """A studio whose newest video is finished; its state is this test's own copy."""
    lay(filmed, studio.settings.state_dir)
    return studio


def folders(studio: Studio) -> list[Path]:
    root = studio.settings.outbox_dir
    return sorted(p for p in root.iterdir() if p.name[0] != ".") if root.exists() else []


def statuses(studio: Studio) -> list[str]:
    video = find(studio, "latest")
    with studio.database.transaction() as session:
        return [post.status for post in posts.of_video(session, video.id)]


@pytest.mark.parametrize("kill", KILLED_AT.values(), ids=KILLED_AT)
def test_killed_between_two_steps_a_post_is_out_once_in_the_end(ready: Studio, kill: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", VICTIM.format(kill=kill)], capture_output=True, check=False
    )
    assert done.returncode == -9
    assert statuses(ready) == [PostStatus.PUBLISHING]
    before = {path: path.stat().st_ino for path in folders(ready)}
    later = Studio(
        settings=ready.settings,
        config=ready.config,
        clock=lambda: publishing_time(ready) + LEASE + timedelta(days=400),
    )
    outcome = publishing.publish(later, "latest", "outbox")
    later.database.close()
    assert statuses(ready) == [PostStatus.PUBLISHED]
    assert folders(ready) == [Path(outcome.url)]
    assert all(path.stat().st_ino == inode for path, inode in before.items())
    sent = (Path(outcome.url) / "video.mp4").read_bytes()
    assert sent == Path(find(ready, "latest").path).read_bytes()


def publishing_time(studio: Studio) -> datetime:
    """The instant of the newest video, which the real clock of the child process is near."""
    return find(studio, "latest").created_at


def test_while_one_publishes_another_is_told_to_wait(ready: Studio) -> None:
    video = publishing.finished(ready, "latest")
    post = publishing.post_of(ready, video, "outbox")
    steps.claim(ready, post, compose.rendition(ready, video, post))
    with pytest.raises(Unavailable, match="another process"):
        publishing.publish(ready, "latest", "outbox")
    assert folders(ready) == []


def test_two_processes_at_once_publish_once(ready: Studio) -> None:
    both = [
        subprocess.Popen([sys.executable, "-c", VICTIM.format(kill="")], stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    codes = [process.wait(120) for process in both]
    assert 0 in codes
    assert statuses(ready) == [PostStatus.PUBLISHED]
    assert len(folders(ready)) == 1


def test_a_second_call_says_where_it_is_and_writes_nothing(ready: Studio) -> None:
    first = publishing.publish(ready, "latest", "outbox")
    inode = Path(first.url).stat().st_ino
    second = publishing.publish(ready, "latest", "outbox")
    assert (first.before, second.before, first.url) == (False, True, second.url)
    assert Path(second.url).stat().st_ino == inode
    with ready.database.transaction() as session:
        assert [post.attempts for post in posts.of_video(session, first.video)] == [1]


def test_a_file_changed_after_it_was_checked_does_not_go_out(ready: Studio) -> None:
    video = publishing.finished(ready, "latest")
    own = ready.settings.state_dir / "changed.mp4"
    own.write_bytes(Path(video.path).read_bytes()[:-1] + b"x")
    with ready.database.transaction() as session:
        session.merge(video).path = str(own)
    with pytest.raises(Refused, match="does not go out"):
        publishing.publish(ready, "latest", "outbox")
    assert folders(ready) == []


def test_only_finished_videos_and_known_destinations_go_out(ready: Studio) -> None:
    with pytest.raises(ConfigError, match="choose outbox"):
        publishing.publish(ready, "latest", "myspace")
    video = find(ready, "latest")
    with ready.database.transaction() as session:
        session.merge(video).status = "failed"
    with pytest.raises(ConfigError, match="no finished video yet"):
        publishing.publish(ready, "latest", "outbox")


def test_the_finished_sound_is_as_loud_as_promised(ready: Studio) -> None:
    heard = sound.measure(Path(find(ready, "latest").path))
    assert abs(heard.integrated + 14) <= 1
    assert heard.true_peak <= -1


def test_the_finished_file_is_what_networks_take(ready: Studio) -> None:
    video = find(ready, "latest")
    assert probe.complaints(probe.probe(Path(video.path)), seconds=3) == ()
    assert Path(video.cover).read_bytes()[:2] == b"\xff\xd8"
    facts = json.loads(Path(video.path).with_suffix(".json").read_text("utf-8"))
    assert (facts["declared_age"], facts["rating"], facts["ai_generated"]) == (22, "general", True)


def test_the_sidecar_has_words_for_each_network(ready: Studio) -> None:
    where = Path(publishing.publish(ready, "latest", "outbox").url)
    sidecar = json.loads((where / "post.json").read_text("utf-8"))
    assert set(sidecar["networks"]) == set(ONLINE)
    for words in sidecar["networks"].values():
        assert "#AIgenerated" in words["caption"]
        assert words["problems"] == []


def test_the_same_seed_films_the_same_frames_and_sound(ready: Studio, tmp_path: Path) -> None:
    """The film of the fixture is made again."""
    from elite8.core.production import ffmpeg

    one = find(ready, "latest")
    later = replace(ready, clock=lambda: one.created_at)
    brief = Brief(characters=("miyuki",), seconds=3, seed=one.seed, out=tmp_path / "again")
    two = make(later, plan(later, brief)[0], lambda _step, _share: None)
    films = (
        ffmpeg.run(["-v", "error", "-i", str(path), "-f", "md5", "-"]).stdout
        for path in (one.path, two.path)
    )
    assert len(set(films)) == 1
    assert one.title == two.title
