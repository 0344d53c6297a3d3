"""What the templates ask of a picture: words and drawings made from its records."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from markupsafe import Markup

from elite8.core.domain.alert import SEVERITIES
from elite8.core.operations import words
from elite8.core.operations.alerts import Ringing
from elite8.core.operations.board import Board, Gauge, Line
from elite8.core.operations.entries import Entry
from elite8.web import charts
from elite8.web.charts import Mark, Series

MOST_SLOTS = 60
"""Posts of a day that are listed; what is more is counted."""
OPEN = ("waiting", "publishing", "uncertain", "refused")
IN_WORK = ("planned", "generating", "generated", "failed")
ALIKE = 0.012
"""Marks nearer than this share of a day stand beside each other."""
GOOD_SHARE = 0.95
WORST = ("bad", "unknown", "good")


def key_of(rule: str, subject: str) -> str:
    """Return what an alert is called in an address."""
    return hashlib.sha256(f"{rule}\n{subject}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Row:
    """A video of today's list, with its posts."""

    at: str
    name: str
    title: str
    making: str
    posts: tuple[Entry, ...]


@dataclass(frozen=True)
class View:
    """A picture, as the page says it; `trouble` is why it could not be made anew."""

    board: Board
    trouble: str

    @cached_property
    def names(self) -> dict[str, str]:
        """The performers' names by id."""
        return {one.id: one.name for one in self.board.performers}

    def at(self, when: datetime) -> str:
        """Return a time; its day too when it is not today."""
        return words.clock(when, self.board.zone, self.board.at)

    def ago(self, when: datetime) -> str:
        """Return how long ago something was."""
        return words.since(when, self.board.at)

    @property
    def zone(self) -> str:
        """What the zone is called now."""
        return words.zone_name(self.board.at, self.board.zone)

    @property
    def asof(self) -> str:
        """When this was so, to the second."""
        here = self.board.at.astimezone(ZoneInfo(self.board.zone))
        return f"{here:%H:%M:%S}"

    @property
    def bad(self) -> list[tuple[str, str]]:
        """What is broken: its names and what is said of them."""
        return [(names, says) for verdict, names, says in self.checks if verdict == "bad"]

    @property
    def verdict(self) -> str:
        """What stands above all; what could not be looked at anew is not known any more."""
        return "unknown" if self.trouble else self.board.verdict

    @property
    def headline(self) -> str:
        """The one line that says how it goes."""
        verdict, rings = self.verdict, len(self.board.alerts)
        if verdict == "unknown":
            return "Not known how it goes"
        if verdict == "bad":
            return "Not well"
        if verdict == "stale":
            return "Nobody is watching"
        if verdict == "alerts":
            return "1 alert rings" if rings == 1 else f"{rings} alerts ring"
        return "All is well"

    @property
    def title(self) -> str:
        """What the browser's tab says: what is wrong first."""
        return f"{self.headline} · elite8"

    def key(self, one: Ringing) -> str:
        """Return what an alert is called in an address."""
        return key_of(one.rule, one.subject)

    @property
    def alerts(self) -> list[Ringing]:
        """What rings, the worst first."""
        return sorted(self.board.alerts, key=lambda one: -SEVERITIES.index(one.severity))

    @property
    def checks(self) -> list[tuple[str, str, str]]:
        """What was looked at, the worst first: names of which the same is said stand together."""
        found: dict[tuple[str, str], list[str]] = {}
        for one in sorted(self.board.health.checks, key=lambda one: WORST.index(one.verdict)):
            found.setdefault((one.verdict, one.says), []).append(one.name)
        return [(verdict, ", ".join(names), says) for (verdict, says), names in found.items()]

    def subject(self, one: Ringing) -> str:
        """Return what an alert is about, its performer or network."""
        return one.subject.replace("=", " ")

    @cached_property
    def rows(self) -> list[Row]:
        """Today's videos with their posts, the earliest first."""
        by_video: dict[str, list[Entry]] = {}
        for one in self.board.slots[:MOST_SLOTS]:
            by_video.setdefault(one.video, []).append(one)
        return [self.row(posts) for posts in by_video.values()]

    def row(self, posts: Sequence[Entry]) -> Row:
        """Return a video and its posts; `making` is how far it is while it is not made."""
        first = posts[0]
        return Row(
            at=self.at(first.at),
            name=self.names.get(first.character, first.character),
            title=first.title,
            making="" if first.video_status == "finished" else first.video_status,
            posts=tuple(posts),
        )

    @property
    def more(self) -> int:
        """How many posts of today are not listed."""
        return max(len(self.board.slots) - MOST_SLOTS, 0)

    def state(self, one: Entry) -> str:
        """Return the state of a post for people: what waits past its time is overdue."""
        late = one.status == "waiting" and self.board.at - one.at > timedelta(minutes=2)
        return "overdue" if late else one.status

    @property
    def today(self) -> tuple[int, int]:
        """How many of today's posts are out, and how many there are."""
        out = sum(one.status == "published" for one in self.board.slots)
        return out, len(self.board.slots)

    @cached_property
    def lanes(self) -> list[str]:
        """The networks that have a post today, in their order."""
        there = {one.network for one in self.board.slots}
        return [one.id for one in self.board.networks if one.id in there]

    def strip(self) -> Markup:
        """Return today as a drawing."""
        zone = ZoneInfo(self.board.zone)
        begins = datetime.combine(self.board.day, time(), zone).timestamp()
        ends = datetime.combine(self.board.day + timedelta(days=1), time(), zone).timestamp()
        marks: list[Mark] = []
        for one in self.board.slots[: 4 * MOST_SLOTS]:
            share, lane = (
                (one.at.timestamp() - begins) / (ends - begins),
                self.lanes.index(one.network),
            )
            beside = [m for m in marks if m.lane == lane and share - m.share < ALIKE]
            state, name = self.state(one), self.names.get(one.character, one.character)
            title = (
                f"{self.at(one.at)} {words.NETWORKS.get(one.network, one.network)}, {name}: {state}"
            )
            first = beside[0].share if beside else share
            marks.append(Mark(first, lane, len(beside), words.SIGNS[state], title))
        now = (self.board.at.timestamp() - begins) / (ends - begins)
        states = Counter(self.state(one) for one in self.board.slots)
        says = ", ".join(f"{count} {state}" for state, count in states.items())
        return charts.strip(marks, len(self.lanes), now, f"Posts of today by the hour: {says}")

    @cached_property
    def reached(self) -> list[Line]:
        """The networks that had a post in these days."""
        return [one for one in self.board.networks if any(one.posts)]

    @property
    def views(self) -> int:
        """The views of all posts of these days."""
        return sum(sum(one.views) for one in self.board.networks)

    @property
    def engaged(self) -> int:
        """The reactions to all posts of these days."""
        return sum(one.engaged for one in self.board.networks)

    def reach(self, what: str) -> Markup:
        """Return the chart of `views` or `posts` by network."""
        series = [
            Series(one.id, words.NETWORKS.get(one.id, one.name), getattr(one, what))
            for one in self.reached
        ]
        titles = [self.tells(n, series, what) for n in range(len(self.board.days))]
        total = ", ".join(f"{one.name} {words.number(sum(one.values))}" for one in series)
        says = f"{what.capitalize()} of {len(titles)} days by network, a bar for each day: {total}"
        return charts.stacked(series, titles, says)

    def tells(self, number: int, series: Sequence[Series], what: str) -> str:
        """Return what a day's bar says to a pointer."""
        told = "\n".join(f"{one.name} {one.values[number]:,.0f}" for one in series)
        return f"{self.board.days[number]:%a %d %b}: {what}\n{told}"

    def top(self, what: str) -> float:
        """Return the value at the top of a chart by network."""
        days = zip(*(getattr(one, what) for one in self.reached), strict=True)
        return charts.ceiling(max(map(sum, days), default=0))

    def bars(self, one: Line) -> Markup:
        """Return a performer's views day by day."""
        return charts.bars(one.views, f"Views of {one.name} day by day")

    def queue(self, what: str) -> list[tuple[str, int]]:
        """Return how many posts or videos are in each state that wants something."""
        counts = dict(getattr(self.board, what))
        return [(name, counts.get(name, 0)) for name in (OPEN if what == "posts" else IN_WORK)]

    def done(self, what: str) -> int:
        """Return how many posts are out, or videos finished."""
        counts: dict[str, int] = dict(getattr(self.board, what))
        return counts.get("published" if what == "posts" else "finished", 0)

    @property
    def ends(self) -> str:
        """When the credits end, in words."""
        purse = self.board.purse
        if purse is None:
            return ""
        end = purse.forecast.ends_at
        if end is None:
            return f"last beyond {purse.forecast.days} days"
        return f"end {words.clock(end, self.board.zone)}"

    def runway(self) -> Markup:
        """Return the credits of the coming days as a drawing."""
        assert self.board.purse is not None  # noqa: S101  # the template asked before
        told = self.board.purse.forecast
        zone, days = ZoneInfo(self.board.zone), [day for day, _ in told.left]
        ended = told.ends_at.astimezone(zone).date() if told.ends_at else None
        ends = days.index(ended) if ended in days else None
        return charts.runway(
            [left for _, left in told.left],
            0,
            ends,
            f"Free credits of the coming days: they {self.ends}",
        )

    @property
    def purse_top(self) -> float:
        """The value at the top of the runway."""
        assert self.board.purse is not None  # noqa: S101  # the template asked before
        return charts.ceiling(max(left for _, left in self.board.purse.forecast.left))

    def gauge(self, one: Gauge) -> Markup:
        """Return a day of a value as a line."""
        ratio = one.metric.endswith("_ratio")
        top = 1.0 if ratio else charts.ceiling(max(value for _, value in one.points))
        says = f"{words.MACHINE[one.metric]} over the last day"
        return charts.curve(one.points, top, says)

    @property
    def measured(self) -> str:
        """How long ago the machine's values were kept last: a span of five minutes has one row."""
        last = max(one.points[-1][0] for one in self.board.machine)
        return self.ago(max(last, self.board.watched_at or last))

    @property
    def in_time(self) -> tuple[str, str]:
        """The share of posts in time, and the sign of that."""
        share = self.board.in_time
        if share is None:
            return "-", "unknown"
        return f"{share:.1%}".replace("%", " %"), "good" if share >= GOOD_SHARE else "warn"
