"""The reports of YouTube Analytics, of single videos. Source: api/youtube.md section 8."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from elite8.core.simulators.wire import Reply, Request, json_reply
from elite8.core.simulators.youtube.calls import expect
from elite8.core.simulators.youtube.grants import Access
from elite8.core.simulators.youtube.project import Project
from elite8.core.simulators.youtube.quota import PACIFIC
from elite8.core.simulators.youtube.refusals import No, forbidden, wrong
from elite8.core.simulators.youtube.videos import Video

REPORTS = "/v2/reports"
SCOPES = ("yt-analytics.readonly",)
LATE = timedelta(hours=48)
"""The newest days are left out; data is 48 to 72 h late."""
MOST_ROWS = 200
METRICS = ("views", "shares", "likes", "comments", "estimatedMinutesWatched")
"""What of the known metrics is told here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was asked for: whole Pacific days, both included."""

    since: date
    until: date
    metrics: tuple[str, ...]
    videos: frozenset[str]
    sort: str
    most: int


def reports(project: Project, request: Request, access: Access) -> Reply:
    """Return a row for each of the channel's videos that has data."""
    access.require(SCOPES)
    asked = read(request.query, access)
    found = {
        video.id: numbers
        for video in project.videos.values()
        if video.channel == access.channel
        and video.id in asked.videos
        and (numbers := counted(video, asked, project.clock()))
    }
    by, down = asked.sort.removeprefix("-"), asked.sort.startswith("-")
    order = sorted(found, key=lambda video: found[video][by], reverse=down)
    rows = [[video, *found[video].values()] for video in order]
    headers = [
        {"name": "video", "columnType": "DIMENSION", "dataType": "STRING"},
        *({"name": name, "columnType": "METRIC", "dataType": "INTEGER"} for name in asked.metrics),
    ]
    told = {"rows": rows[: asked.most]} if rows else {}  # absent without data [C:DISCA]
    return json_reply({"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers, **told})


def read(query: Mapping[str, str], access: Access) -> Report:
    """Return the checked query; a combination that does not exist here is refused."""
    required = ("ids", "startDate", "endDate", "metrics")
    expect(query, required, ("dimensions", "filters", "sort", "maxResults", "startIndex"))
    if query["ids"] not in ("channel==MINE", f"channel=={access.channel}"):
        raise forbidden("The request is not authorized to ask for this channel.")
    metrics, sort = tuple(query["metrics"].split(",")), query.get("sort", "")
    name, _, ids = query.get("filters", "").partition("==")
    most = query.get("maxResults", "")
    known = set(metrics) <= set(METRICS) and sort.removeprefix("-") in metrics
    counted_rows = most.isdecimal() and 1 <= int(most) <= MOST_ROWS
    if not known or not counted_rows or query.get("dimensions") != "video" or name != "video":
        raise unsupported()
    since, until = day(query["startDate"]), day(query["endDate"])
    if since > until:
        raise wrong("endDate is before startDate")
    videos = frozenset(ids.split(","))
    return Report(
        since=since, until=until, metrics=metrics, videos=videos, sort=sort, most=int(most)
    )


def counted(video: Video, asked: Report, now: datetime) -> dict[str, int]:
    """Return what the days brought a video, in the order of the metrics; empty without data."""
    published = video.published()
    last = min(midnight(asked.until + timedelta(days=1)), midnight(day_of(now - LATE)))
    if published is None or last <= published:
        return {}
    before, after = (
        told(video, at - published) for at in (midnight(asked.since), max(last, published))
    )
    return {name: after[name] - before[name] for name in asked.metrics}


def told(video: Video, age: timedelta) -> dict[str, int]:
    """Return every metric at an age."""
    growth = video.growth
    views = growth.views(age)
    return {
        "views": views,
        **{name: growth.count(name, age) for name in ("shares", "likes", "comments")},
        "estimatedMinutesWatched": int(views * growth.seconds_a_view / 60),
    }


def unsupported() -> No:
    """Return the refusal of a combination that does not exist [C:AR0909]."""
    return wrong("The query is not supported.")


def day(written: str) -> date:
    """Return a day; one that is none is refused."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise wrong("a date is YYYY-MM-DD") from None


def day_of(instant: datetime) -> date:
    """Return the Pacific day of an instant."""
    return instant.astimezone(PACIFIC).date()


def midnight(of: date) -> datetime:
    """Return when a Pacific day begins."""
    return datetime.combine(of, time(), PACIFIC)
