"""What Instagram says that a reel has done. Source: api/instagram.md sections 7 and 9."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from elite8.core.domain.reading import Counts
from elite8.core.platforms.answers import count, record, records
from elite8.core.platforms.graph import GONE, object_of, told

TOGETHER = 1
"""Insights are of one media a call (9)."""
METRICS = "views,reach,likes,comments,shares,saved"
WATCHED = "ig_reels_video_view_total_time"
"""Milliseconds of all plays; one metric Instagram does not know fails the whole call (9)."""
FOLLOWERS = "followers_count"
"""A field of the IG User (Instagram Platform, reference ig-user; as of 2026-11)."""
PARAMETER = 100


def counted(ask: Callable[..., httpx.Response], media: str) -> Counts | None:
    """Return what is told of a reel, `None` when there is none any more."""
    answer = ask(f"{media}/insights", metric=f"{METRICS},{WATCHED}")
    code, subcode = problem(answer)
    if (code, subcode) == (PARAMETER, GONE):
        return None
    if code == PARAMETER:
        answer = ask(f"{media}/insights", metric=METRICS)
    return of_reel(told(answer))


def problem(answer: httpx.Response) -> tuple[object, object]:
    """Return code and subcode of a refusal."""
    error = record(object_of(answer).get("error"))
    return error.get("code"), error.get("error_subcode")


def of_reel(answer: Mapping[str, Any]) -> Counts:
    """Return the numbers of one reel; no data yet is an empty list, not zeros."""
    rows = {str(row.get("name")): records(row.get("values")) for row in records(answer.get("data"))}
    found = {name: count(values[0].get("value")) for name, values in rows.items() if values}
    watched = found.get(WATCHED)
    return Counts(
        views=found.get("views"),
        reach=found.get("reach"),
        likes=found.get("likes"),
        comments=found.get("comments"),
        shares=found.get("shares"),
        saves=found.get("saved"),
        watch_seconds=None if watched is None else watched / 1000,
    )
