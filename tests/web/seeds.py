"""A studio with a life behind it: four weeks of posts, alerts that ring, a daemon that leads."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from elite8.core.domain.credit import EntryKind, new_entry
from elite8.core.domain.metric import Value, value
from elite8.core.domain.post import PostStatus, new_post
from elite8.core.domain.reading import new_reading
from elite8.core.domain.sample import MINUTES
from elite8.core.domain.video import VideoStatus, new_video
from elite8.core.operations import alerts, leading, tasks
from elite8.core.operations.purse import ACCOUNT
from elite8.core.storage import ledger, posts, samples, videos
from elite8.core.studio import Studio

TITLES = (
    "雨の音と踊る夜",
    "Backstage in Shibuya",
    "新しいステップ、三つのコツ",
    "Ein Abend in Neonlicht",
    "朝のコーヒーと歌の練習🎤",
    "Um passo de cada vez",
    "Why the second chorus is quieter",
    "はじめてのボイストレーニング: 発声と呼吸",
)
SLOTS = (
    (8, ("tiktok", "instagram")),
    (12, ("instagram", "youtube")),
    (18, ("tiktok", "youtube")),
    (21, ("instagram", "tiktok", "youtube")),
)
REFUSED = "the network refused the caption: キャプションに使えない言葉があります"


@dataclass(frozen=True, slots=True)
class Life:
    """How much of it there is, and what is wrong with it."""

    days: int = 28
    rings: bool = True
    led: bool = True
    watched: bool = True
    died: bool = False
    paid: bool = True


def live(studio: Studio, clock: Any, life: Life) -> None:
    """Fill a studio; the clock's time is now, in the afternoon of the last day."""
    lot, now = random.Random(8), clock.now  # noqa: S311  # no secret
    for back in reversed(range(life.days)):
        a_day(studio, clock, now, back, lot)
    clock.now = now
    if life.paid:
        spend(studio, clock)
        clock.now = now
    machine(studio, now, lot, watched=life.watched)
    if life.died:
        clock.advance(hours=-3)
    if life.watched:
        for name in tasks.timetable(studio):
            tasks.marked(studio, name, lambda _: "")
    if life.rings:
        ring(studio)
    if life.led:
        leading.lead(studio, leading.new_leader())
    clock.now = now


def a_day(studio: Studio, clock: Any, now: datetime, back: int, lot: random.Random) -> None:
    """Keep the posts of one day of the operator's zone: what is past went out, but for a few."""
    here = now.astimezone(studio.settings.zone) - timedelta(days=back)
    names = [one.id for one in studio.config.roster.characters]
    for number, (hour, networks) in enumerate(SLOTS):
        at = here.replace(hour=hour, minute=0, second=0, microsecond=0)
        for turn in (0, 1):
            who = names[(number * 2 + turn + back) % len(names)]
            one_video(studio, clock, who, at, networks, now, lot)


def one_video(  # noqa: PLR0913, PLR0917  # the facts of one video
    studio: Studio,
    clock: Any,
    who: str,
    at: datetime,
    networks: Sequence[str],
    now: datetime,
    lot: Any,
    *,
    title: str = "",
) -> None:
    """Keep a video and its posts, one after the other by five minutes."""
    clock.now = min(at, now) - timedelta(hours=5)
    video = new_video(
        now=clock.now, character_id=who, engine="a2e", language="ja", content_type="dance",
        topic="rain", title=title or lot.choice(TITLES), script="one two three", seed=1,
        asked_seconds=15.0,
    )  # fmt: skip
    past = at <= now
    video.status = VideoStatus.FINISHED if past or lot.random() < 0.6 else VideoStatus.PLANNED
    if video.status == VideoStatus.FINISHED:
        video.begun_at, video.finished_at = clock.now, clock.now + timedelta(seconds=44)
    with studio.database.transaction() as session:
        videos.add(session, video)
    for gap, network in enumerate(networks):
        due = at + timedelta(minutes=5 * gap)
        one_post(studio, clock, video.id, network, due, now, lot)


def one_post(  # noqa: PLR0913, PLR0917  # the facts of one post
    studio: Studio,
    clock: Any,
    video: str,
    network: str,
    due: datetime,
    now: datetime,
    lot: Any,
) -> None:
    """Keep a post, and what it was seen to have done."""
    post = new_post(now=clock.now, video_id=video, platform=network, due_at=due)
    chance = lot.random()
    if due <= now:
        post.attempts = 1
        if chance < 0.02:
            post.status, post.failure = PostStatus.REFUSED, REFUSED
        else:
            post.status, post.remote_id, post.seen = PostStatus.PUBLISHED, "r1", "public"
            post.published_at = due + timedelta(
                seconds=lot.choice(
                    (4, 9, 31, 70, 30, 12, 4, 5, 6, 7, 8, 9, 9, 8, 7, 6, 5, 4, 3, 400)
                )
            )
    with studio.database.transaction() as session:
        posts.add(session, post)
        if post.published_at and now - post.published_at > timedelta(hours=1):
            scale = {"tiktok": 2200, "instagram": 900, "youtube": 1300}[network]
            views = int(lot.paretovariate(1.6) * scale * (1 + 0.3 * lot.random()))
            likes = int(views * lot.uniform(0.02, 0.07))
            session.add(
                new_reading(
                    at=min(now, post.published_at + timedelta(hours=12)),
                    post_id=post.id,
                    views=views,
                    reach=views,
                    likes=likes,
                    comments=likes // 12,
                    shares=likes // 20,
                    saves=likes // 9,
                )
            )


def spend(studio: Studio, clock: Any) -> None:
    """Open the ledger three weeks ago and spend from it each day."""
    began = clock.now - timedelta(days=20)
    with studio.database.transaction() as session:
        entries = [(began, EntryKind.OPENING, 1800, "opening")]
        for day in range(20):
            at = began + timedelta(days=day, hours=2)
            entries.append((at, EntryKind.DAILY, 60, f"{at:%Y-%m-%d}"))
            entries += [(at, EntryKind.SETTLE, -15, f"job {day} {number}") for number in range(9)]
        for at, kind, amount, reference in entries:
            made = new_entry(now=at, account=ACCOUNT, kind=kind, amount=amount, reference=reference)
            ledger.enter(session, made)


def machine(studio: Studio, now: datetime, lot: random.Random, *, watched: bool) -> None:
    """Keep a day of the machine's values; unwatched they end hours ago."""
    ends = now if watched else now - timedelta(hours=7)
    level = 0.2
    with studio.database.transaction() as session:
        for back in reversed(range(288)):
            level = min(max(level + lot.uniform(-0.06, 0.06), 0.03), 0.95)
            found = [
                Value("elite8_cpu_ratio", level),
                Value("elite8_memory_used_ratio", 0.41 + level / 10),
                Value("elite8_disk_used_ratio", 0.62 + (288 - back) / 9000),
                Value("elite8_process_resident_bytes", 84e6 + level * 5e6),
            ]
            samples.keep(session, found, ends - back * MINUTES, MINUTES)


def ring(studio: Studio) -> None:
    """Have three alerts ring, one of each severity, and one of them acknowledged."""
    alerts.evaluate(
        studio,
        [
            value("elite8_accounts_broken", 1, network="tiktok"),
            value("elite8_credits_used_ratio", 0.84),
            value("elite8_credits_left_today", 9),
            value("elite8_account_ends_seconds", 4e5, network="instagram", account="01K2ZB7QJ0MVX"),
        ],
    )
    alerts.acknowledge(studio, "credits-used", "", "maria")
