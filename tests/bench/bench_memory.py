"""Print what a process that watches and is looked at grows by with each film and post.

A soak of an hour sees a dozen of them; here one process watches, tells, reports and draws the page
over hundreds, half an hour of a stopped clock apart. The second half counts: what is loaded on
first use is there by then. Run: `PYTHONPATH=. python tests/bench/bench_memory.py`.
"""

import argparse
import ctypes
import gc
import json
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import linear_regression

import httpx
from pydantic import SecretStr
from sqlalchemy import event

from elite8.core import log
from elite8.core.config import Config
from elite8.core.domain.post import PostStatus, new_post
from elite8.core.domain.video import VideoStatus, new_video
from elite8.core.operations import board, overview, tasks, watch
from elite8.core.operations.exposition import exposed
from elite8.core.settings import Settings
from elite8.core.storage import posts, videos
from elite8.core.studio import Studio
from elite8.memory import give_back, keep_little
from elite8.web import pages

ROOT = Path(__file__).parents[2]
NETWORKS = ("tiktok", "instagram", "youtube")
APART = timedelta(minutes=30)
LIMIT = 2.0
"""kB for each film and post; of a daemon that makes 24 a day, two thirds of a MB in a fortnight."""


@dataclass
class Hands:
    """A clock that is moved on."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, default=300)
    told = asked.parse_args()
    keep_little()
    log.configure("critical", "json")
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        clock = Hands(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
        studio = opened(Path(folder), clock)
        statements: set[str] = set()
        for line in (studio, studio.looking):
            event.listen(
                line.database.engine,
                "before_cursor_execute",
                lambda _line, _cursor, words, *_: statements.add(words),
            )
        rows = []
        for number in range(told.posts):
            lived(studio, clock, number)
            if number % 10 == 9:
                rows.append((number + 1, *used(), len(statements)))
                if number % 50 == 49:
                    print("after {} posts: {:.0f} kB its own, of it {:.0f} of SQLite, {} blocks "
                          "of Python, {} statements".format(*rows[-1]), flush=True)  # fmt: skip
        studio.looking.database.close()
        studio.database.close()
    half = rows[len(rows) // 2 :]
    at = [float(row[0]) for row in half]
    own, sqlite, blocks, asked_for = (
        linear_regression(at, [float(row[n]) for row in half]).slope for n in range(1, 5)
    )
    print(
        f"each film and post, second half: {own:+.2f} kB its own, {sqlite:+.2f} kB of SQLite, "
        f"{blocks:+.1f} blocks of Python, {asked_for:+.2f} statements"
    )
    return int(own > LIMIT)


def opened(folder: Path, clock: Hands) -> Studio:
    """Return a studio whose chat is told what happens, by a line that takes everything."""
    settings = Settings(
        state_dir=folder, config_dir=ROOT / "config", telegram_token=SecretStr("7:" + "a" * 35)
    )
    message = {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}}
    taken = json.dumps({"ok": True, "result": message}).encode()
    studio = Studio(
        settings=settings,
        config=Config(settings.config_dir),
        clock=clock,
        transport=httpx.MockTransport(lambda _: httpx.Response(200, content=taken)),
    )
    vars(studio.config)["telegram"] = studio.config.telegram.model_copy(update={"chats": (7,)})
    return studio


def lived(studio: Studio, clock: Hands, number: int) -> None:
    """Make a film and have it out, then watch, report, and look as a page and a chat do."""
    clock.now += APART
    who = studio.config.roster.characters[number % 8].id
    video = new_video(
        now=clock.now, character_id=who, engine="local", language="en", content_type="dance",
        topic="rain", title=f"Film {number}", script="one two three " * 20, seed=number,
        asked_seconds=15.0,
    )  # fmt: skip
    video.status, video.begun_at, video.finished_at = VideoStatus.FINISHED, clock.now, clock.now
    post = new_post(
        now=clock.now, video_id=video.id, platform=NETWORKS[number % 3], due_at=clock.now
    )
    post.status, post.published_at, post.attempts = PostStatus.PUBLISHED, clock.now, 1
    with studio.database.transaction() as session:
        videos.add(session, video)
        session.flush()
        posts.add(session, post)
    for name in ("watch", "report", "measure"):
        tasks.marked(studio, name, tasks.TASKS[name].run)
    pages.drawn(board.board(studio), may_act=False)
    exposed(watch.collect(studio))
    overview.overview(studio)


def used() -> tuple[float, float, int]:
    """Return kB that are this process's own, kB of SQLite, and Python's blocks."""
    gc.collect()
    give_back()
    lines = Path("/proc/self/status").read_text().splitlines()
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
