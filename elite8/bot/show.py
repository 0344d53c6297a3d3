"""Records in the words of a chat: short lines, what is bad first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from elite8.bot.words import Line, bold, table

if TYPE_CHECKING:
    from elite8.core.domain.attempt import Stop
    from elite8.core.operations.alerts import Ringing
    from elite8.core.operations.credits import Overview as Purse
    from elite8.core.operations.decisions import Doubt
    from elite8.core.operations.entries import Entry
    from elite8.core.operations.forecast import Forecast
    from elite8.core.operations.overview import Overview
    from elite8.core.operations.reports import Part, Period

MARKS = {"critical": "🔴", "warning": "🟠", "info": "🔵"}
NAMES = {
    "elite8_cpu_ratio": "processor",
    "elite8_memory_used_ratio": "memory",
    "elite8_disk_used_ratio": "disk",
}
MOST = 40
"""Lines of a list; of more, how many there are."""
SHORT = 80


def when(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant in the operator's zone."""
    return f"{at.astimezone(zone):%a %d %b %H:%M %Z}"


def counted(found: Iterable[tuple[str, int]]) -> str:
    """Return how many of each there are."""
    return ", ".join(f"{count} {name}" for name, count in found) or "none"


def few(lines: Sequence[Line]) -> list[Line]:
    """Return a list that a phone can show."""
    more = len(lines) - MOST
    return [*lines[:MOST], Line(f"and {more} more")] if more > 0 else list(lines)


def status(found: "Overview", stopped: "Sequence[Stop]", asked: int, zone: ZoneInfo) -> list[Line]:
    """Return how it goes now; `asked` posts wait for an approval."""
    bad = [one for one in found.health.checks if one.verdict == "bad"]
    machine = (f"{NAMES[name]} {value:.0%}" for name, value in found.machine if name in NAMES)
    return [
        bold(when(found.at, zone)),
        Line(f"leads: {found.leader or 'nobody'}"),
        Line(f"health: {'good' if found.health.good else 'bad'}"),
        *(Line(f"✗ {one.name}: {one.says}") for one in bad),
        *(Line(f"⏸ {one.words} is stopped") for one in stopped),
        Line(f"alerts: {len(found.alerts) or 'none'}{', see /alerts' if found.alerts else ''}"),
        Line(f"posts: {counted(found.posts)}"),
        *([Line(f"to approve: {asked}, see /pending")] if asked else ()),
        Line(f"videos: {counted(found.videos)}"),
        Line(f"credits: {'A2E is not used' if found.credits is None else found.credits}"),
        Line(", ".join(machine)),
        *([Line(""), bold("today"), *few([*entries(found.slots, zone)])] if found.slots else ()),
    ]


def entries(found: "Iterable[Entry]", zone: ZoneInfo) -> Iterator[Line]:
    """Yield posts of the calendar."""
    for one in found:
        why = f": {one.failure[:SHORT]}" if one.failure else ""
        at = f"{one.at.astimezone(zone):%H:%M}"
        yield Line(f"{at} {one.character} {one.network} {one.status}{why}")


def schedule(found: "Sequence[Entry]", zone: ZoneInfo) -> list[Line]:
    """Return the calendar, day by day."""
    lines: list[Line] = []
    days = dict.fromkeys(one.at.astimezone(zone).date() for one in found)
    for day in days:
        here = [one for one in found if one.at.astimezone(zone).date() == day]
        lines += [bold(f"{day:%a %d %b}"), *few([*entries(here, zone)]), Line("")]
    return lines or [Line("nothing is due then")]


def purse(found: "Purse", ends: "Forecast | None", zone: ZoneInfo) -> list[Line]:
    """Return what may be spent, and until when it lasts."""
    if found.reported is None and not (found.balance or found.month):
        return [Line("A2E is not used so far"), *(Line(note) for note in found.notes)]
    lines = [
        bold(f"{found.free} credits are free"),
        Line(f"held: {found.held}"),
        Line(f"A2E reports: {'not known' if found.reported is None else found.reported}"),
        Line(f"today: {found.today} of {found.today_budget}"),
        Line(f"month: {found.month}, {found.percent_used} % (${found.usd_this_month:.2f})"),
    ]
    if ends is not None:
        last = when(ends.ends_at, zone) if ends.ends_at else f"not within {ends.days} days"
        lines.append(Line(f"credits end: {last}, at {ends.pace}"))
    lines += [Line(f"{MARKS[one.level]} {one.message}") for one in found.low]
    lines += [
        Line(f"uncertain: {job} of {who}: {why[:SHORT]}") for job, who, why in found.uncertain
    ]
    return [*lines, *(Line(note) for note in found.notes)]


def period(found: "Period") -> list[Line]:
    """Return a day or a week in figures."""
    last = found.until - timedelta(days=1)
    span = f"{found.first:%a %d %b}"
    span = span if found.kind == "daily" else f"{span} to {last:%a %d %b}"
    took = "" if found.render_seconds is None else f", {found.render_seconds:g} s each"
    lines = [
        bold(span),
        Line(f"videos: {found.videos} made{took}, {found.failed} failed"),
        Line(f"posts: {found.posts} out, {found.late} late, {found.refused} refused"),
        Line(f"views so far: {found.views:,}, engaged {share(found.engaged, found.views)}"),
        Line(f"credits: {found.credits} (${found.usd:.2f})"),
        Line(f"alerts: {found.alerts}"),
    ]
    for name, parts in (("who", found.characters), ("where", found.networks)):
        if parts:
            lines += [Line(""), *figures(name, [(one.name, one) for one in parts])]
    return lines


def figures(head: str, parts: "Sequence[tuple[str, Part]]") -> list[Line]:
    """Return figures under each other."""
    rows = [(head, "made", "out", "late", "views")]
    rows += [
        (name, f"{one.videos}", f"{one.posts}", f"{one.late}", f"{one.views:,}")
        for name, one in parts
    ]
    return table(rows)


def share(part: int, whole: int) -> str:
    """Return a share in percent, a dash of nothing."""
    return f"{part / whole:.1%}" if whole else "-"


def days(name: str, found: "Sequence[tuple[str, Part]]", count: int) -> list[Line]:
    """Return how a performer or a network did, day by day."""
    if not found:
        return [Line(f"{name} did nothing in {count} days")]
    return [bold(name), *figures("day", found)]


def budget(found: "Purse", spent: "Sequence[Period]") -> list[Line]:
    """Return what was spent, day by day."""
    rows = [(f"{one.first:%a %d}", f"{one.credits}", f"${one.usd:.2f}") for one in spent]
    head = f"{found.free} credits are free, {found.held} held"
    month = f"{found.percent_used} % of the month's are used (${found.usd_this_month:.2f})"
    return [bold(head), Line(month), *table([("day", "credits", "usd"), *rows])]


def alert(one: "Ringing", zone: ZoneInfo) -> list[Line]:
    """Return what rings, since when, and what to do."""
    who = f"{one.acknowledged_by} looks after it" if one.acknowledged_by else ""
    told = [who, "silenced" if one.silent else ""]
    return [
        bold(f"{MARKS.get(one.severity, '')} {one.rule}"),
        Line(f"{one.message}, since {when(one.fired_at or one.since, zone)}"),
        Line(f"→ {one.do}"),
        *(Line(each) for each in told if each),
    ]


def doubt(one: "Doubt", zone: ZoneInfo) -> list[Line]:
    """Return a post that may or may not be out."""
    return [
        bold(f"{one.character} on {one.network}: is it out?"),
        Line(one.title),
        Line(f"it began to go out {when(one.since, zone)}: {one.failure[:200]}"),
        Line("Look at the network first. Sent anew while it is out, it would be there twice."),
    ]


def rehearsal(found: Mapping[str, Any]) -> list[Line]:
    """Return what would happen, from the JSON of `schedule rehearse`."""
    posts = found["posts"]
    out = sum(one["status"] == "published" for one in posts)
    late = sum(day["late"] for day in found["days"])
    lines = [
        bold(f"{out} of {len(posts)} posts are out, {late} of them late"),
        Line(f"out twice: {found['duplicates']}; alerts: {len(found['alerts'])}"),
    ]
    lines += [Line(f"limit: {name} ({count} times)") for name, count in found["limits"][:5]]
    return [*lines, *(Line(f"to change: {one}") for one in found["advice"])]
