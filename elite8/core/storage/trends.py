"""What went out on each of many days and what it has done, added up by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, case, col, func, select

from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.reading import Reading
from elite8.core.domain.video import Video
from elite8.core.storage.figures import engaged, is_newest, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The posts of a performer on a network that went out on one of the days, counted from 0."""

    network: str
    character: str
    day: int
    posts: int
    views: int
    engaged: int


def out_by_day(session: Session, borders: Sequence[datetime]) -> list[Sum]:
    """Return the sums of each day; one lasts from its border to before the next."""
    first, *later = borders
    *inner, last = later
    out = col(Post.published_at)
    day = case(
        *((out < border, number) for number, border in enumerate(inner)), else_=len(inner)
    ).label("day")
    names: tuple[Any, ...] = (Post.platform, Video.character_id, day)
    asked = (
        select(*names, func.count(), total(Reading.views), engaged())  # type: ignore[call-overload]  # six of them
        .join(Video, col(Video.id) == col(Post.video_id))
        .outerjoin(Reading, is_newest())
        .where(col(Post.status) == PostStatus.PUBLISHED, out >= first, out < last)
        .group_by(col(Post.platform), col(Video.character_id), "day")
    )
    keys = ("network", "character", "day", "posts", "views", "engaged")
    return [Sum(**dict(zip(keys, row, strict=True))) for row in session.exec(asked)]
