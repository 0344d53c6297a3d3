"""What YouTube says that videos have done. Source: api/youtube.md section 8."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from elite8.core.domain.reading import FORGOTTEN, Counts
from elite8.core.platforms.answers import count, record, records

TOGETHER = 50
"""Ids of one videos.list (8)."""
SUBSCRIBERS = "subscriberCount"
MOST_ROWS = "200"
PACIFIC = ZoneInfo("America/Los_Angeles")
DAY = timedelta(days=1)


def query(video_ids: Sequence[str]) -> dict[str, str]:
    """Return what is asked of videos.list."""
    return {"part": "statistics", "id": ",".join(video_ids)}


def counted(answer: Mapping[str, Any]) -> dict[str, Counts]:
    """Return what is told of each video; a hidden number is missing, reach and saves always."""
    return {
        str(video["id"]): of_video(record(video.get("statistics")))
        for video in records(answer.get("items"))
        if video.get("id")
    }


def of_video(told: Mapping[str, Any]) -> Counts:
    """Return the numbers of one video, which come as strings."""
    return Counts(
        views=count(told.get("viewCount")),
        likes=count(told.get("likeCount")),
        comments=count(told.get("commentCount")),
    )


def subscribers(answer: Mapping[str, Any]) -> int | None:
    """Return how many subscribe to the channel, rounded by YouTube; `None` where it hides them.

    Source: YouTube Data API, the resource `channel`, `statistics`; as of 2026-11.
    """
    for channel in records(answer.get("items")):
        told = record(channel.get("statistics"))
        return None if told.get("hiddenSubscriberCount") is True else count(told.get(SUBSCRIBERS))
    return None


def report(video_ids: Sequence[str], now: datetime) -> dict[str, str]:
    """Return what is asked of Analytics: all days of posts that are still read, Pacific ones."""
    return {
        "ids": "channel==MINE",
        "startDate": f"{(now - FORGOTTEN - DAY).astimezone(PACIFIC):%Y-%m-%d}",
        "endDate": f"{now.astimezone(PACIFIC):%Y-%m-%d}",
        "metrics": "views,shares,estimatedMinutesWatched",
        "dimensions": "video",
        "filters": f"video=={','.join(video_ids)}",
        "sort": "-views",
        "maxResults": MOST_ROWS,
    }


def completed(found: Mapping[str, Counts], report: Mapping[str, Any]) -> dict[str, Counts]:
    """Return the numbers with what a report adds; `rows` is absent when there is no data."""
    names = [str(header.get("name")) for header in records(report.get("columnHeaders"))]
    rows = report.get("rows")
    told = [
        dict(zip(names, row, strict=False))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, list)
    ]
    of = {str(row.get("video")): row for row in told}
    return {video: more(counts, of.get(video, {})) for video, counts in found.items()}


def more(counts: Counts, row: Mapping[str, Any]) -> Counts:
    """Return the numbers of one video with those of its row."""
    minutes = count(row.get("estimatedMinutesWatched"))
    watched = None if minutes is None else minutes * 60.0
    return replace(counts, shares=count(row.get("shares")), watch_seconds=watched)
