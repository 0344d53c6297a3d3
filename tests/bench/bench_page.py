"""Print how long the page takes with 100,000 posts and a year of metrics, cold and kept.

The site answers on loopback, as for an operator; beside it a bare Starlette page on the same kind
of server in the same run. Run: `PYTHONPATH=. python tests/bench/bench_page.py`; `--posts N` for
another size.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import SecretStr
from sqlalchemy import insert

from elite8.core.config import Config
from elite8.core.domain.identity import new_id
from elite8.core.domain.metric import METRICS
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.reading import AFTER, Reading
from elite8.core.domain.sample import DAY, HOUR, MINUTES, Sample
from elite8.core.domain.tick import Tick
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.operations import leading, overview
from elite8.core.operations.tasks import TASKS
from elite8.core.settings import Settings
from elite8.core.studio import Studio

ROOT = Path(__file__).parents[2]
NETWORKS = ("tiktok", "instagram", "youtube")
AHEAD = timedelta(days=2)
BATCH = 20_000
SERIES = 120
"""As many series as eight performers, three networks and nine tasks come to."""


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--posts", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=200)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        studio = a_year(Path(folder), told.posts)
        looks = {"a look at everything": overview.overview}
        for name, look in looks.items():
            print_times(name, timed(5, lambda look=look: look(studio)))  # type: ignore[misc]
        studio.database.close()


def a_year(folder: Path, posts: int) -> Studio:
    """Return a studio with a year of posts, read ten times each, and a year of metrics."""
    settings = Settings(
        state_dir=folder,
        config_dir=ROOT / "config",
        database_url=SecretStr(f"sqlite:///{folder}/elite8.db"),
    )
    studio = Studio(settings=settings, config=Config(settings.config_dir))
    now, lot = datetime.now(UTC).replace(microsecond=0), random.Random(8)  # noqa: S311  # no secret
    step = timedelta(days=365) / posts
    names = [one.id for one in studio.config.roster.characters]
    fill(studio, Video, videos(names, posts // 3, now, step, lot))
    known = [(video["id"], video["created_at"]) for video in videos_kept]
    fill(studio, Post, posts_of(known, now, lot))
    fill(studio, Reading, readings(now, lot))
    fill(studio, Sample, samples(now, lot))
    done = [{"task": name, "began_at": now, "ended_at": now, "good_at": now} for name in TASKS]
    fill(studio, Tick, [row | {"failures": 0, "failed": 0, "message": ""} for row in done])
    leading.lead(studio, leading.new_leader())
    return studio


videos_kept: list[dict[str, Any]] = []
posts_kept: list[dict[str, Any]] = []


def fill(studio: Studio, table: Any, rows: Any) -> None:
    """Put rows into a table, many at a time."""
    rows = [*rows]
    for first in range(0, len(rows), BATCH):
        with studio.database.transaction() as session:
            session.connection().execute(insert(table.__table__), rows[first : first + BATCH])


def videos(
    names: list[str], count: int, now: datetime, step: timedelta, lot: random.Random
) -> Iterator[dict[str, Any]]:
    """Yield a year of videos, the last ones for the coming two days."""
    for number in range(count):
        at = now + AHEAD - 3 * step * (count - number)
        row = Video(
            id=new_id(at),
            character_id=names[number % len(names)],
            status=VideoStatus.FINISHED if at < now else VideoStatus.PLANNED,
            engine="local",
            language="ja" if number % 3 else "en",
            content_type="dance",
            topic="rain",
            title=lot.choice(("雨の音と踊る", "Dancing in the rain", "新しいステップ")),
            script="one two three",
            seed=number,
            created_at=at,
            begun_at=at,
            finished_at=at + timedelta(seconds=40) if at < now else None,
        ).model_dump()
        videos_kept.append(row)
        yield row


def posts_of(
    known: list[tuple[str, datetime]], now: datetime, lot: random.Random
) -> Iterator[dict[str, Any]]:
    """Yield a post of each video on each network."""
    for video, at in known:
        for network in NETWORKS:
            out = at < now and lot.random() > 0.01
            row = Post(
                id=new_id(at),
                video_id=video,
                platform=network,
                status=PostStatus.PUBLISHED if out else PostStatus.WAITING,
                due_at=at,
                meant_at=at,
                published_at=at + timedelta(seconds=lot.uniform(1, 90)) if out else None,
                remote_id=f"r{video}" if out else "",
                seen="public" if out else "",
                attempts=int(out),
            )
            if at < now and not out:
                row.status, row.failure = PostStatus.REFUSED, "the caption was refused"
            posts_kept.append(row.model_dump())
            yield posts_kept[-1]


def readings(now: datetime, lot: random.Random) -> Iterator[dict[str, Any]]:
    """Yield what each post that is out was seen to have done, ten times in thirty days."""
    for post in posts_kept:
        if post["published_at"] is None:
            continue
        views = lot.paretovariate(1.2) * 500
        for number, after in enumerate(AFTER, 1):
            at = post["published_at"] + after
            if at > now:
                break
            seen = int(views * number / len(AFTER))
            yield Reading(
                id=new_id(at),
                post_id=post["id"],
                at=at,
                views=seen,
                reach=seen,
                likes=seen // 20,
                comments=seen // 200,
                shares=seen // 300,
                saves=seen // 250,
            ).model_dump()


def samples(now: datetime, lot: random.Random) -> Iterator[dict[str, Any]]:
    """Yield a year of metrics as they are kept: three days fine, sixty by the hour, then days."""
    spans = ((MINUTES, timedelta(0), 3), (HOUR, timedelta(days=3), 57), (DAY, timedelta(60), 305))
    names = [*METRICS]
    for number in range(SERIES):
        metric, labels = names[number % len(names)], f"n={number // len(names)}"
        if metric in overview.MACHINE and number < len(names):
            labels = ""
        for span, after, days in spans:
            for back in range(int(timedelta(days=days) / span)):
                at = datetime.fromtimestamp(
                    (now - after - back * span).timestamp() // span.total_seconds() * span.seconds
                    if span.seconds
                    else (now - after - back * span).timestamp() // 86400 * 86400,
                    UTC,
                )
                value = lot.random()
                facts = {"mean": value, "low": value / 2, "high": value, "last": value}
                yield {
                    "metric": metric,
                    "labels": labels,
                    "span": int(span.total_seconds()),
                    "at": at,
                    "count": 5,
                    **facts,
                }


def timed(rounds: int, does: Callable[[], object]) -> list[float]:
    """Return how long each of several goes took, in seconds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        does()
        took.append(time.perf_counter() - began)
    return took


def print_times(name: str, took: list[float]) -> float:
    """Print the median and the 95th percentile in milliseconds; return the latter."""
    p95 = sorted(took)[int(len(took) * 0.95) if len(took) > 20 else len(took) - 1]
    print(f"{name}: p50 {median(took) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms, n={len(took)}")
    return p95


if __name__ == "__main__":
    main()
