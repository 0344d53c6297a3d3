"""A studio with a funnel behind it: staged videos, posts, readings, links, clicks and money."""

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from elite8.core.domain.credit import EntryKind
from elite8.core.domain.event import EventKind, EventSource, FunnelEvent, new_event
from elite8.core.domain.funnel import STAGES
from elite8.core.domain.identity import new_id
from elite8.core.domain.job import Job
from elite8.core.domain.post import PostStatus, new_post
from elite8.core.domain.reading import new_reading
from elite8.core.domain.video import VideoStatus, new_video
from elite8.core.operations import follow, imports, links, purse
from elite8.core.storage import events
from elite8.core.studio import Studio

REGIONS = ("US", "JP", "BR", "DE", "GB", "")
NETWORKS = ("tiktok", "instagram", "youtube")
WHO = ("miyuki", "airi", "hana")
HOSTILE = '<script>alert("1")</script>雨 & "x"'
COLUMNS = "kind,at,person,platform,link,amount,currency,event_id,refund_of"


@dataclass(frozen=True)
class Lived:
    """What a funnel was filled with: its posts, and its links by post."""

    posts: tuple[str, ...]
    codes: tuple[str, ...]


def live(studio: Studio, *, posts: int = 18, seed: int = 8) -> Lived:
    """Fill a studio with the four weeks before its clock."""
    lot, now = random.Random(seed), studio.clock()  # noqa: S311  # no secret
    made = [one_post(studio, lot, now, number) for number in range(posts)]
    codes: list[str] = []
    clicks: list[FunnelEvent] = []
    for number, post in enumerate(made):
        wish = links.Wish(target="https://example.com/join", post=post)
        codes.append(links.create(studio, wish).code)
        way = follow.way(studio, codes[-1])
        assert way
        clicks += [
            new_event(
                kind=EventKind.CLICK, at=now - timedelta(minutes=turn),
                source=EventSource.LINK, key=f"{number}-{turn}", origin=way.origin, about=way.code,
            )
            for turn in range(lot.randint(0, 60 if number % 6 >= 2 else 6))
        ]  # fmt: skip
    with studio.database.transaction() as session:
        events.enter(session, clicks)
    return Lived(posts=tuple(made), codes=tuple(codes))


def one_post(studio: Studio, lot: random.Random, now: datetime, number: int) -> str:
    """Keep a post that was read three times, and what its video cost."""
    at = now - timedelta(days=27 - number, hours=number % 7)
    stage = (*STAGES, "")[number % 7]
    video = new_video(
        now=at, character_id=WHO[number % 3], engine="a2e", language="en", content_type="dance",
        topic="rain", title=HOSTILE if number == 0 else f"Rain {number}", script="one", seed=number,
        asked_seconds=15.0, stage=stage,
    )  # fmt: skip
    video.status = VideoStatus.FINISHED
    post = new_post(
        now=at, video_id=video.id, platform=NETWORKS[number % 3], due_at=at,
        region=REGIONS[number % 6],
    )  # fmt: skip
    post.status, post.remote_id, post.published_at = PostStatus.PUBLISHED, "r", at
    with studio.database.transaction() as session:
        session.add(video)
        session.flush()
        session.add(post)
        session.flush()
        views = 0
        for hours in (3, 24, 96):
            views += lot.randint(-20 if views else 0, 900)
            likes = int(views * lot.uniform(0.01, 0.09))
            shares = None if number % 5 == 0 else likes // 9
            session.add(
                new_reading(
                    at=at + timedelta(hours=hours), post_id=post.id, views=views, likes=likes,
                    shares=shares,
                )
            )  # fmt: skip
        if number % 4:
            pay(session, video.id, at, 10 + number)
    return post.id


def pay(session: Any, video: str, at: datetime, coins: int) -> None:
    """Settle what a video cost."""
    job = Job(
        id=new_id(at), family="avatar_video", name=f"job {video}", video_id=video,
        character_id="miyuki", status="collected", request="{}",
        request_sha256="0" * 64, held=coins, priced=coins, coins=coins, sent_at=at, deadline_at=at,
    )  # fmt: skip
    session.add(job)
    session.flush()
    purse.enter(session, at, EntryKind.SETTLE, -coins, job.id, job=job)


def journeys(studio: Studio, lived: Lived, people: int = 60, seed: int = 9) -> list[str]:
    """Return the rows of a file about people: clicks, leads, subscriptions, money, some back."""
    lot, now = random.Random(seed), studio.clock()  # noqa: S311  # no secret
    rows = []
    for who in range(people):
        at = now - timedelta(days=lot.uniform(1, 60))
        for _ in range(lot.randint(0, 4)):
            rows.append(row("click", at, who, link=lot.choice(lived.codes)))
            at += timedelta(hours=lot.uniform(1, 90))
        if lot.random() < 0.7:
            rows.append(row("lead", at, who, link=lot.choice((*lived.codes, ""))))
        if lot.random() < 0.6:
            at += timedelta(hours=1)
            rows.append(row("subscribe", at, who))
            for month in range(lot.randint(1, 3)):
                paid = at + timedelta(days=30 * month, minutes=1)
                if paid > now:
                    break
                coin, amount = lot.choice((("USD", "9.99"), ("USD", "19.99"), ("JPY", "1480")))
                rows.append(
                    row("money", paid, who, amount=amount, currency=coin, id=f"{who}-{month}")
                )
                if lot.random() < 0.1:
                    back = {"amount": f"-{amount}", "currency": coin, "id": f"{who}-{month}-back"}
                    later = min(paid + timedelta(days=2), now)
                    between = min(paid + timedelta(days=1), now)
                    rows.append(row("click", between, who, link=lot.choice(lived.codes)))
                    rows.append(row("money", later, who, back_of=f"{who}-{month}", **back))
    rows.append(f"money,{now - timedelta(days=1):%Y-%m-%dT%H:%M:%S}+00:00,,,,5.01,USD,tip-1,")
    return rows


def row(  # noqa: PLR0913  # cells
    kind: str, at: datetime, who: int, *, link: str = "", amount: str = "", currency: str = "",
    id: str = "", back_of: str = "",  # noqa: A002  # a cell's name
) -> str:  # fmt: skip
    """Return one line of the file."""
    when = f"{at:%Y-%m-%dT%H:%M:%S}+00:00"
    return f"{kind},{when},fan{who},fanvue,{link},{amount},{currency},{id},{back_of}"


def entered(studio: Studio, rows: list[str], file: Path) -> imports.Imported:
    """Write rows to a file and enter it."""
    file.write_text("\n".join([COLUMNS, *rows]) + "\n", encoding="utf-8")
    return imports.bring_in(studio, file)


def plain(record: object) -> Any:
    """Return a record as JSON has it."""
    from elite8.cli.output import plain as made

    return json.loads(json.dumps(made(record), default=str))
