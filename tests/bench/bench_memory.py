"""Print what a process that looks and tells grows by with each film and post.

A soak of an hour sees a dozen of them; here one process takes the scene and tells the news over
120, half an hour of a stopped clock apart. The first twenty do not count: what is loaded on first
use is there by then. Run: `PYTHONPATH=. python tests/bench/bench_memory.py`.
"""

import argparse
import ctypes
import gc
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from elite8.core import log
from elite8.core.config import Config
from elite8.core.domain.post import PostStatus, new_post
from elite8.core.domain.video import VideoStatus, new_video
from elite8.core.operations import news
from elite8.core.operations.scene import scene
from elite8.core.settings import Settings
from elite8.core.storage import posts, videos
from elite8.core.studio import Studio
from elite8.memory import give_back, keep_little

ROOT = Path(__file__).parents[2]
APART = timedelta(minutes=30)
EACH = 20
LIMIT = 20.0
"""kB for each film and post; it was 77 before the same statements served however many there are."""


@dataclass
class Hands:
    """A clock that is moved on."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, default=120)
    told = asked.parse_args()
    keep_little()
    log.configure("critical", "json")
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        clock = Hands(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
        studio = opened(Path(folder), clock)
        rows = []
        for number in range(told.posts):
            lived(studio, clock, number)
            if number % EACH == EACH - 1:
                own, sqlite, blocks = used()
                rows.append((number + 1, own, sqlite, blocks))
                print(
                    f"after {number + 1} films and posts: {own:.0f} kB its own, of it "
                    f"{sqlite:.0f} of SQLite, {blocks} blocks of Python",
                    flush=True,
                )
        studio.looking.database.close()
        studio.database.close()
    first, last = rows[0], rows[-1]
    count = max(last[0] - first[0], 1)
    each = [(last[n] - first[n]) / count for n in (1, 2, 3)]
    print("each: {:+.1f} kB its own, {:+.1f} kB of SQLite, {:+.0f} blocks of Python".format(*each))
    return int(each[0] > LIMIT)


def opened(folder: Path, clock: Hands) -> Studio:
    """Return a studio with a chat that is told of what happens; nothing is sent."""
    settings = Settings(
        state_dir=folder, config_dir=ROOT / "config", telegram_token=SecretStr("7:" + "a" * 35)
    )
    studio = Studio(settings=settings, config=Config(settings.config_dir), clock=clock)
    vars(studio.config)["telegram"] = studio.config.telegram.model_copy(update={"chats": (7,)})
    return studio


def lived(studio: Studio, clock: Hands, number: int) -> None:
    """Make a film and have it out, then look as a console and the time machine do, and tell."""
    clock.now += APART
    video = new_video(
        now=clock.now, character_id="jin", engine="local", language="en", content_type="dance",
        topic="rain", title=f"Film {number}", script="one two " * 20, seed=number,
        asked_seconds=15.0,
    )  # fmt: skip
    video.status, video.begun_at, video.finished_at = VideoStatus.FINISHED, clock.now, clock.now
    post = new_post(now=clock.now, video_id=video.id, platform="youtube", due_at=clock.now)
    post.status, post.published_at, post.attempts = PostStatus.PUBLISHED, clock.now, 1
    with studio.database.transaction() as session:
        videos.add(session, video)
        session.flush()
        posts.add(session, post)
    scene(studio)
    news.gather(studio)


def used() -> tuple[float, float, int]:
    """Return kB that are this process's own, kB of SQLite, and Python's blocks."""
    gc.collect()
    give_back()
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    own = next(one for one in lines if one.startswith("RssAnon"))
    return float(own.split()[1]), sqlite_bytes() / 1024, sys.getallocatedblocks()


def sqlite_bytes() -> int:
    """Return what SQLite has in use in this process, in bytes; 0 where it is linked otherwise."""
    try:
        asked = ctypes.CDLL("libsqlite3.so.0").sqlite3_memory_used
    except OSError:
        return 0
    asked.restype = ctypes.c_int64
    return int(asked())


if __name__ == "__main__":
    sys.exit(main())
