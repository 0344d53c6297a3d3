"""The regions as tables and plots."""

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from elite8.cli import following, output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from elite8.core.domain.region import Region, Window
    from elite8.core.operations.comparison import Compared
    from elite8.core.operations.followers import Came
    from elite8.core.operations.launch import Kpi, Launched
    from elite8.core.operations.region_budget import Budget, Budgets
    from elite8.core.operations.region_check import Checked
    from elite8.core.operations.regions import Hours, Line, Month

UNKNOWN = "unknown"
MONTH = 12
"""Cells of a month's money."""
DAY_CELLS = 48
"""Cells of a day's plot: half an hour each."""
BAR = 20


def listed(found: "Sequence[Line]") -> object:
    """Return a region in a line."""
    rows = [
        (
            one.code,
            one.name + (" (later)" if one.status == "later" else ""),
            one.locale,
            output.local_time(one.now, one.zone)[11:],
            ", ".join(f"{name}{'' if name in one.accounts else '*'}" for name in one.networks),
            money(one.usd_per_day),
            one.launch or "-",
        )
        for one in found
    ]
    columns = ("", "region", "language", "now", "networks", "a day", "weeks of the launch")
    return output.table(columns, rows), "*: nobody is signed in there for it"


def money(usd: float | None) -> str:
    """Return dollars, a dash for nothing known."""
    return "-" if usd is None else f"${usd:.2f}"


def shown(code: str, one: "Region", came: "Came") -> tuple[object, ...]:
    """Return all of one region: facts, windows, networks, words."""
    budget = one.budget.usd_per_day if one.budget else None
    market = one.market
    rows = [
        ("region", f"{one.name} ({code}), {one.status}, tier {market.tier}"),
        ("posts are timed in", one.default_zone),
        ("its other zones", ", ".join(z for z in one.zones if z != one.default_zone) or "none"),
        ("posts are written in", one.locale),
        ("its other languages", ", ".join(z for z in one.languages if z != one.locale) or "none"),
        ("currency", f"{one.currency}, {one.minor_units} decimals"),
        ("holidays", f"{one.holidays.country} {one.holidays.subdiv or 'nationwide'}"),
        ("hashtags", " ".join(f"#{tag}" for tag in one.hashtags)),
        ("says AI", one.disclosure.ai),
        ("says advertising", f"{one.disclosure.ad} first ({one.disclosure.source})"),
        ("adult destinations", one.flags.adult_destinations),
        ("age has to be proven", "yes" if one.flags.age_assurance else "no"),
        ("mail is confirmed twice", "yes" if one.flags.double_opt_in else "no"),
        ("budget", f"{money(budget)} a day"),
        ("audience", f"{market.audience_millions or UNKNOWN} M ({market.source})"),
        ("growth", percent(market.growth)),
        ("competition", market.competition or UNKNOWN),
        ("law", "; ".join(one.law)),
        ("new followers", following.of_region(came)),
    ]
    if one.customs:
        rows += [("for an editor", line) for line in one.customs.lines]
    windows = [
        (days(each), f"{each.start}-{each.end}", each.basis, each.source, str(each.as_of))
        for each in one.windows
    ]
    networks = [(n.name, percent(n.weight), n.source, str(n.as_of)) for n in one.networks]
    return (
        output.table(("", ""), rows),
        " ",
        output.table(("days", "local hours", "basis", "source", "read"), windows),
        " ",
        output.table(("network", "weight", "source", "read"), networks),
    )


def days(window: "Window") -> str:
    """Return a window's days in short."""
    whole = {7: "every day", 5: "mon-fri"}
    return whole.get(len(window.days), ", ".join(window.days))


def percent(share: float | None) -> str:
    """Return a share in percent; unknown stays unknown."""
    return UNKNOWN if share is None else f"{share:.0%}"


def compared(found: "Sequence[Compared]") -> tuple[object, ...]:
    """Return regions beside each other, audience as bars, what posts did with its interval."""
    most = max((one.audience_millions or 0.0 for one in found), default=0.0)
    rows = [
        (
            one.code,
            str(one.tier),
            percent(one.growth),
            one.competition or UNKNOWN,
            money(one.usd_per_day),
            one.first_network,
            one.language,
        )
        for one in found
    ]
    seen = [
        (one.code, audience(one), bar(one.audience_millions or 0.0, most), engagement(one))
        for one in found
    ]
    columns = ("", "tier", "growth", "competition", "a day", "first network", "language")
    said = f"engagement: per viewer reached, of the last {found[0].days} days; 95 %, n posts"
    return (
        output.table(columns, rows),
        " ",
        output.table(("", "audience (M)", "", "engagement"), seen),
        said if found else "",
    )


def audience(one: "Compared") -> str:
    """Return millions, or that nobody knows."""
    return UNKNOWN if one.audience_millions is None else f"{one.audience_millions:g}"


def engagement(one: "Compared") -> str:
    """Return a region's engagement with its interval and posts."""
    done = one.done
    if done.engagement is None:
        return UNKNOWN
    span = "" if done.low is None else f" ({done.low:.1%}-{done.high:.1%})"
    return f"{done.engagement:.1%}{span}, n {done.posts}"


def bar(value: float, most: float, width: int = BAR) -> str:
    """Return a bar of full cells; "" of nothing."""
    return "█" * round(value / most * width) if most else ""


def hours(found: "Sequence[Hours]", zone: str) -> tuple[object, ...]:
    """Return windows, there and here, each region's day as a line, and the clock changes."""
    rows, plots = [], []
    for one in found:
        for window in one.windows:
            since, until = (output.local_time(at, zone) for at in (window.since, window.until))
            local = f"{window.start}-{window.end}"
            rows += [(one.code, f"{one.day:%a %Y-%m-%d}", local, since, until[11:], window.basis)]
        plots.append(f"{one.code} {plotted(one, zone)} {one.zone}")
    columns = ("", "day there", "there", f"from, {zone}", "to", "basis")
    head = f"   {''.join(f'{hour:02}    ' for hour in range(0, 24, 3))} {zone}, █ open there"
    changes = [
        (one.code, str(each.day), each.kind, f"{each.first} to {each.last}", one.zone)
        for one in found
        for each in one.changes
    ]
    parts: list[object] = [output.table(columns, rows), " ", "\n".join((head, *plots))]
    if changes:
        told = ("", "clocks change", "", "wall times", "zone")
        parts += [" ", output.table(told, changes)]
        parts.append("gap: they are skipped, a post is later by the gap; fold: the first is meant")
    return tuple(parts)


def plotted(one: "Hours", zone: str) -> str:
    """Return a day of the operator's clock, half an hour a cell, full where a window is open."""
    cells = ["·"] * DAY_CELLS
    for window in one.windows:
        at = window.since
        while at < window.until:
            cells[cell(at, zone)] = "█"
            at += timedelta(minutes=30)
    return "".join(cells)


def cell(at: "datetime", zone: str) -> int:
    """Return the half hour of the operator's day an instant is in."""
    here = at.astimezone(ZoneInfo(zone))
    return here.hour * 2 + here.minute // 30


def month(found: "Month") -> tuple[object, ...]:
    """Return the special days of a month, a day in a line, the launch's weeks below."""
    rows = []
    for day, there in groupby(found.events, key=lambda one: one.day):
        lines = [*there]
        rows.append(
            (
                f"{day:%a %d}",
                ", ".join(dict.fromkeys(one.region for one in lines)),
                "\n".join(f"{one.region} {one.kind}: {one.what}" for one in lines),
            )
        )
    title = f"{found.first:%B %Y}: {', '.join(found.regions)}"
    weeks = [f"{monday:%a %d %b}: {what}" for monday, what in found.weeks]
    none = "nothing special there this month"
    parts: list[object] = [title, output.table(("day", "", "what"), rows) if rows else none]
    told = "\n".join(weeks) or "no week of the launch: 'begins' in phase2_strategy.json says when"
    return (*parts, told)


def checked(found: "Sequence[Checked]", *, everything: bool) -> tuple[object, str]:
    """Return what was looked at, and the sum in a sentence."""
    lines = [one for one in found if everything or one.verdict != "pass"]
    rows = [
        (
            one.region,
            one.verdict,
            one.what,
            one.said,
            one.source.removeprefix("config/phase2/"),
            "-" if one.age is None else f"{one.age} d",
        )
        for one in lines
    ]
    passed = sum(one.verdict == "pass" for one in found)
    said = f"{passed} of {len(found)} pass; passing them is no legal clearance"
    columns = ("", "", "what", "said", "source", "age")
    return output.table(columns, rows) if rows else "", said


def budgets(found: "Budgets") -> tuple[object, ...]:
    """Return a month's money, a region in a line, how much of it is gone as a bar."""
    rows = [
        (
            one.region,
            money(one.usd_per_day),
            percent(one.share),
            money(one.may),
            money(one.by_now),
            told(one.spent),
            told(one.heading),
            spent_bar(one, found.gone),
        )
        for one in found.regions
    ]
    paces: dict[str, list[str]] = {}
    for one in found.regions:
        paces.setdefault(one.said, []).append(one.region)
    columns = ("", "a day", "share", "month", "by now", "spent", "heads for", "")
    said = [
        *(f"{', '.join(codes)}: {pace}" for pace, codes in paces.items()),
        f"{found.first:%B %Y}, {found.gone:.0%} of it gone; all regions ${found.usd_per_month:.2f}",
        "spent: credits the ledger settled for their videos; ad money is not booked here",
    ]
    if found.other:
        said.append(f"${found.other:.2f} more for videos of no region")
    return output.table(columns, rows), "\n".join(said)


def told(usd: float | None) -> str:
    """Return dollars; unknown stays unknown."""
    return UNKNOWN if usd is None else f"${usd:.2f}"


def spent_bar(one: "Budget", gone: float) -> str:
    """Return a month as a line: full what was spent, a mark where today is."""
    cells = ["·"] * MONTH
    if one.spent is not None and one.may:
        for at in range(min(round(one.spent / one.may * MONTH), MONTH)):
            cells[at] = "█"
    cells[min(int(gone * MONTH), MONTH - 1)] = "│"
    return "".join(cells)


def launched(found: "Launched") -> tuple[object, ...]:
    """Return the launch's weeks as a chart, targets beside actuals, who is ready."""
    last = max((one.last_week for one in found.phases), default=1)
    rows = []
    for one in found.phases:
        span = f"{one.first} to {one.last}" if one.first else "not begun"
        line = "   " * (one.first_week - 1) + "██ " * (one.last_week - one.first_week + 1)
        now = "now" if one.is_now else ""
        rows.append((" ".join(one.regions), one.focus, line.ljust(last * 3), span, now))
    weeks = "".join(f"{week:<3}" for week in range(1, last + 1))
    kpis = [
        (one.region, one.name, figure(one, one.target), actual(one), str(one.n) if one.n else "-")
        for one in found.kpis
    ]
    begins = (
        f"week {found.week}, begun {found.begins}"
        if found.begins
        else ("it has no begin: write a Monday into 'begins' of phase2_strategy.json")
    )
    return (
        output.table(("regions", "", weeks, "days", ""), rows),
        begins,
        " ",
        output.table(("", "target", "to reach", "reached", "n"), kpis),
        " ",
        *(one.said for one in found.readiness),
        "ROAS: money by last touch over the credits settled for its videos; ad money is not booked",
    )


def figure(one: "Kpi", value: float) -> str:
    """Return a target's value in its unit."""
    return f"{value:.1%}" if one.name == "engagement" else f"{value:.3g}"


def actual(one: "Kpi") -> str:
    """Return what was reached; unknown says why, and a figure what it leaves out."""
    value = UNKNOWN if one.actual is None else figure(one, one.actual)
    return f"{value} ({one.why})" if one.why else value
