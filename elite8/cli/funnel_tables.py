"""The funnel in a terminal: bars, goals beside what is so, and what is not told."""

import math
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from elite8.cli import output
from elite8.core.domain.counted import FEW, NAMES, UNKNOWN, between, count, of, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.domain.funnel import Measured
    from elite8.core.operations.bottleneck import Next
    from elite8.core.operations.funnel import Cohort, Group, Period, Shown
    from elite8.core.operations.imports import Imported
    from elite8.core.operations.revenue import Earned, Revenue

BAR = 22
REACTS = ("engagement", "view")
ROWS = 40
"""Posts or videos that are shown; all are in --json."""


def dates(period: "Period") -> str:
    """Return a time in words, with its zone."""
    zone = ZoneInfo(period.zone)
    first = period.since.astimezone(zone).date()
    last = (period.until - timedelta(seconds=1)).astimezone(zone).date()
    return f"{first} to {last}, {period.zone}"


def named(name: str) -> str:
    """Return a name, or that it is not known."""
    return name or "unknown"


def shown(found: "Shown") -> object:
    """Return the funnel: for each name its way and its stages."""
    parts: list[object] = [f"The funnel, {dates(found.period)}"]
    if not found.groups:
        parts.append(f"nothing is known by {found.by} in that time")
        return tuple(parts)
    for group in found.groups:
        parts += of_group(group, f"by {found.by}: {named(group.name)}" if found.by else "")
    parts.append(
        "Bars are logarithms. Shares with 95 % intervals (Wilson); <10: fewer than ten people, or "
        "what would give them away; -: nobody counts it."
    )
    if found.unstaged:
        parts.append(f"{found.unstaged:,} views are of videos without a stage.")
    return tuple(parts)


def of_group(group: "Group", title: str) -> list[object]:
    """Return one name's way and stages."""
    most = max((step.count or 0 for step in group.steps), default=0)
    way = [
        (
            NAMES[step.kind],
            bar(step.count, most),
            count(step.count, hidden=step.hidden),
            percent(step.rate) if step.rate is not None else "",
            between(step.low, step.high),
        )
        for step in group.steps
    ]
    return [
        *(["", title] if title else []),
        output.table(("step", "", "how many", "of the one before", "95 %"), way),
        output.table(
            ("stage", "reacts", "share", "95 %", "goal", ""),
            [(row.stage, *goal(row.engagement, REACTS)) for row in group.stages],
        ),
        output.table(
            ("stage", "converts", "share", "95 %", "goal", ""),
            [(row.stage, *goal(row.conversion, (row.into, row.of))) for row in group.stages],
        ),
    ]


def goal(told: "Measured", names: tuple[str, str]) -> tuple[str, ...]:
    """Return what is so beside its goal."""
    return (
        of(told.hits, told.n, names, hidden=told.hidden),
        percent(told.rate),
        between(told.low, told.high),
        percent(told.goal),
        told.verdict,
    )


def bar(value: int | None, most: int) -> str:
    """Return a bar as long as the logarithm is."""
    share = logarithm(value, most)
    return "█" * max(1, round(BAR * share)) if share else ""


def logarithm(value: int | None, most: int) -> float:
    """Return which part of the longest bar a bar is, by logarithms; 0 for nothing."""
    if not value or value < 0:
        return 0.0
    return math.log1p(value) / math.log1p(max(most, 1))


def cohorts(found: "Sequence[Cohort]", *, weeks: bool) -> object:
    """Return the cohorts as a triangle."""
    if not found:
        return "nobody has subscribed in that time, as far as was imported"
    spell = "week" if weeks else "month"
    return (
        output.table(*triangle(found, weeks=weeks)),
        f"Share of them who paid in the {spell} they subscribed (0) and after; empty: not over.",
    )


def triangle(
    found: "Sequence[Cohort]", *, weeks: bool
) -> "tuple[Sequence[str], Sequence[Sequence[str]]]":
    """Return cohorts as columns and rows, twelve weeks or months of each at most."""
    shown = min(max(len(one.shares) for one in found), 12)
    spell = "week" if weeks else "month"
    rows = [
        (
            f"{one.first:%Y-%m-%d}" if weeks else f"{one.first:%Y-%m}",
            FEW if one.n is None else str(one.n),
            *(
                percent(one.shares[at])
                if at < len(one.shares) and one.shares[at] is not None
                else ""
                for at in range(shown)
            ),
        )
        for one in found
    ]
    return ("subscribed", "people", *(f"{spell} {at}" for at in range(shown))), rows


def following(found: "Next") -> object:
    """Return the bottleneck with its arithmetic, and what to make."""
    head = f"Bottleneck, {dates(found.period)}: {found.stage or 'none that is sure'}"
    levers = [
        (
            one.stage,
            "" if one.times is None else f"x {one.times:.1f}",
            one.conversion.verdict,
            one.why,
        )
        for one in found.levers
    ]
    content = "; ".join(f"{name} ({', '.join(types)})" for name, types in found.content)
    seconds = f"{found.seconds[0]} to {found.seconds[1]} s" if found.seconds else ""
    where = ", ".join(found.networks) or "no network that is set up here"
    later = f" (not here yet: {', '.join(found.not_yet)})" if found.not_yet else ""
    shares = [
        (one.stage, f"{one.per_day:g}", f"x {one.factor:.2f}", percent(one.share))
        for one in found.mix
    ]
    goes = (
        "the plan goes by it" if found.planned else 'the plan goes by it with "plan": {"on": true}'
    )
    return (
        head,
        found.why,
        output.table(("stage", "lever", "", "arithmetic"), levers),
        f"Make next: {content}; {seconds}; for {where}{later}",
        *found.commands,
        "",
        output.table(("stage", "a day", "by its gap", "share of the videos"), shares),
        f"A day's number times the gap, half to twice; {goes} (phase2/funnel.json).",
    )


def revenue(found: "Revenue") -> object:
    """Return what brought the money, currency by currency."""
    if not found.totals:
        return f"no money in {dates(found.period)}; elite8 funnel import FILE enters it"
    from elite8.core.domain.money import told

    parts: list[object] = [f"Money by {found.by}, {dates(found.period)}"]
    for total in found.totals:
        mine = [one for one in found.rows if one.currency == total.currency]
        rows = [earned(one) for one in mine[:ROWS]]
        whole = told(total.amount, total.currency)
        sum_ = whole.partition(" ")[0]
        rows.append(("all", sum_, sum_, sum_, "", "", "", ""))
        columns = (
            *(f"{found.by}, {total.currency}", "last", "first", "40/20/40", "views", "clicks"),
            *("credits", "each"),
        )
        parts.append(output.table(columns, rows))
        if len(mine) > ROWS:
            parts.append(f"{len(mine) - ROWS} more rows are in --json")
        parts.append(
            f"{told(total.unknown, total.currency)} of {whole} has no known post. "
            + (
                f"{total.credits:,} credits were settled in that time: "
                f"{told(round(total.per_credit), total.currency)} each."
                if total.per_credit is not None
                else "No credits were settled in that time."
            )
        )
    parts.append(
        f"Last touch, first touch, 40/20/40 by position; a touch counts for {found.days} days. "
        "Each is money for each credit of the row's videos."
    )
    return tuple(parts)


def earned(one: "Earned") -> tuple[str, ...]:
    """Return a row of money."""
    from elite8.core.domain.money import bare

    return (
        one.label or "unknown",
        *(bare(each, one.currency) for each in (one.last, one.first, one.position)),
        *(count(each) for each in (one.views, one.clicks)),
        count(one.credits),
        UNKNOWN if one.per_credit is None else bare(round(one.per_credit), one.currency),
    )


def imported(found: "Imported") -> object:
    """Return what became of a file."""
    names = {**NAMES, "money": "payments"}
    kinds = ", ".join(f"{number:,} {names[kind]}" for kind, number in found.kinds)
    would = "would be entered" if found.dry_run else "entered"
    parts = [
        f"{found.rows:,} rows: {found.entered:,} {would}{f' ({kinds})' if kinds else ''}",
        f"{found.known:,} known before, {len(found.rejected):,} left out",
    ]
    if found.erased:
        parts.append(f"{found.erased:,} of people who were erased, and stay so")
    if found.quarantine:
        parts.append(f"what was left out: {found.quarantine}; mend it there and import that file")
    return tuple(parts)
