"""Questions about what published posts have done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from elite8.core.domain.account import Account
from elite8.core.domain.post import Post
from elite8.core.domain.reading import Reading
from elite8.core.domain.video import Video

RIPE = timedelta(hours=24)
"""A reading that is younger than this after the post says little yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A post and what its newest ripe reading says; `regions` are its account's."""

    network: str
    regions: str
    character: str
    slot: str
    published_at: datetime
    engaged: int
    reached: int


def ripe(session: Session) -> Sequence[Result]:
    """Return the posts that were read a day after they went out, with who reacted and who saw."""
    newest = select(Reading.post_id, func.max(Reading.at).label("at")).group_by(Reading.post_id)
    last = newest.subquery()
    asked = (
        select(Post, Reading, Account.regions, Video.character_id)
        .join(Video, col(Video.id) == col(Post.video_id))
        .join(Reading, col(Reading.post_id) == col(Post.id))
        .join(last, (last.c.post_id == col(Reading.post_id)) & (last.c.at == col(Reading.at)))
        .join(Account, col(Account.id) == col(Post.account_id))
    )
    return [
        result_of(post, reading, regions, character)
        for post, reading, regions, character in session.exec(asked)
        if post.published_at and reading.at - post.published_at >= RIPE and seen_by(reading)
    ]


def result_of(post: Post, reading: Reading, regions: str, character: str) -> Result:
    """Return a post with its reading; what a network does not count is nothing."""
    kinds = (reading.likes, reading.comments, reading.shares, reading.saves)
    assert post.published_at is not None  # noqa: S101  # only published ones come here
    return Result(
        network=post.platform,
        character=character,
        slot=post.slot,
        regions=post.region or regions,
        published_at=post.published_at,
        engaged=sum(kind or 0 for kind in kinds),
        reached=seen_by(reading),
    )


def seen_by(reading: Reading) -> int:
    """Return how many saw it: who was reached, else the views."""
    return reading.reach or reading.views or 0
