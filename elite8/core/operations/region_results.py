"""What the posts for a region have done: engagement with its uncertainty; unknown stays unknown."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from elite8.core.operations import followers, region_returns
from elite8.core.operations.followers import Came
from elite8.core.storage import regions, results
from elite8.core.storage.results import Result
from elite8.core.studio import Studio

CERTAIN = 1.96
"""Standard errors of a 95 % interval."""
UNCOUNTED = Came()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is known of a region's last days; `None` is what nobody knows.

    `engagement` is engagements per viewer reached over `posts` with a reading a day old, published
    from `first` to `last`. `came` are its own accounts' new followers of a month; `roas_why` is why
    `roas` is unknown, or what it leaves out.
    """

    engagement: float | None = None
    low: float | None = None
    high: float | None = None
    posts: int = 0
    first: date | None = None
    last: date | None = None
    published: int = 0
    came: Came = UNCOUNTED
    roas: float | None = None
    roas_why: str = ""


def measured(studio: Studio, days: int) -> Mapping[str, Measured]:
    """Return by region what its posts of the last days have done."""
    now = studio.clock()
    since = now - timedelta(days=days)
    with studio.database.transaction() as session:
        ripe = [one for one in results.ripe(session) if one.published_at >= since]
        counted = regions.counted(session, since, now)
    out = {region: count for region, status, count in counted if status == "published"}
    back = region_returns.returns(studio, since, now)
    came = followers.of_regions(studio, tuple(back))
    return {
        code: replace(
            of_posts(studio, [post for post in ripe if is_of(post, code)], out.get(code, 0)),
            came=came[code],
            roas=one.roas,
            roas_why=one.why,
        )
        for code, one in back.items()
    }


def is_of(result: Result, code: str) -> bool:
    """Return whether a post is for this region alone; one for several tells of none."""
    return result.regions.upper().split() == [code]


def of_posts(studio: Studio, posts: Sequence[Result], published: int) -> Measured:
    """Return what some posts have done together."""
    reached = sum(one.reached for one in posts)
    if not posts or not reached:
        return Measured(published=published)
    rate = sum(one.engaged for one in posts) / reached
    spread = error(posts, rate, reached)
    zone = studio.settings.zone
    days = sorted(one.published_at.astimezone(zone).date() for one in posts)
    return Measured(
        engagement=rate,
        low=None if spread is None else max(rate - CERTAIN * spread, 0.0),
        high=None if spread is None else rate + CERTAIN * spread,
        posts=len(posts),
        first=days[0],
        last=days[-1],
        published=published,
    )


def error(posts: Sequence[Result], rate: float, reached: int) -> float | None:
    """Return the standard error of a ratio over posts (Cochran 1977, 6.4); `None` for one post."""
    n = len(posts)
    if n == 1:
        return None
    squares = sum((one.engaged - rate * one.reached) ** 2 for one in posts)
    return math.sqrt(n / (n - 1) * squares) / reached
