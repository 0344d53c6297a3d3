"""The funnel and the regions in words: the way, a stage, a region, each as lines."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from elite8.core.domain.counted import FEW, NAMES, UNKNOWN, between, count, of, percent
from elite8.tui import about, drawn, said
from elite8.tui.spans import Span, Words, fit, width

if TYPE_CHECKING:
    from elite8.core.domain.funnel import Measured
    from elite8.core.domain.tally import Step
    from elite8.core.operations.funnel import StageRow
    from elite8.core.operations.growth import Growth, Place
    from elite8.core.operations.launch import Criterion, Kpi
    from elite8.core.operations.scene import Scene

VERDICTS: dict[str, Span] = {
    "met": ("✓", "good"),
    "below": ("▼", "bad"),
    "unclear": ("?", "unknown"),
    "too few": ("○", "dim"),
    "unknown": ("–", "faint"),
}
PACES: dict[str, Span] = {
    "within": ("✓", "good"),
    "too fast": ("▲", "warn"),
    "over": ("✗", "bad"),
    "unknown": ("?", "unknown"),
}
HOUR, NONE = timedelta(hours=1), timedelta()
BAR = 30
NAME = 12
NUMBER = 10


def verdict(name: str) -> Words:
    """Return what is so beside its goal, as its sign and its word."""
    shape, tone = VERDICTS.get(name, ("?", "unknown"))
    return ((f"{shape} ", tone), (name, tone if tone in ("bad", "unknown") else "dim"))


def rate(told: "Measured | Step") -> str:
    """Return a share, that it is of too few to be told, or that nobody knows it."""
    return FEW if told.hidden else percent(told.rate)


def way(growth: "Growth", cells: int) -> Words:
    """Return the way from views to payers in a line: what is beside the way where there is room."""
    spans: list[Span] = []
    for shares, beside in ((True, True), (False, True), (False, False)):
        steps = [one for one in growth.steps if beside or one.kind != "engagement"]
        spans = [*chain.from_iterable(step_in_line(one, shares=shares) for one in steps)][1:]
        if width(spans) <= cells:
            break
    return fit(spans, cells)


def step_in_line(step: "Step", *, shares: bool) -> Iterator[Span]:
    """Yield a step of the way: an arrow, its name, its number, and the share when asked for."""
    yield (" → ", "line")
    yield (f"{NAMES[step.kind]} ", "dim")
    yield (count(step.count, hidden=step.hidden), "strong" if step.count else "faint")
    if shares and step.rate is not None:
        yield (f" {percent(step.rate)}", "dim")


def bars(growth: "Growth") -> list[Words]:
    """Return the way as bars, as long as the logarithms are; each share is of the step before."""
    most = max((step.count or 0 for step in growth.steps), default=0) or 1
    lines: list[Words] = []
    for step in growth.steps:
        share = math.log1p(max(step.count or 0, 0)) / math.log1p(most)
        number = count(step.count, hidden=step.hidden)
        drawing = drawn.bar(share, BAR, "curve") if step.count else ((" " * BAR, ""),)
        shares = f"{percent(step.rate):>8}" if step.rate is not None else ""
        lines.append(
            (
                (f" {NAMES[step.kind]:<{NAME}}", "dim"),
                (f"{number:>{NUMBER}}  ", "strong" if step.count else "faint"),
                *drawing,
                (shares, ""),
                (f"  {between(step.low, step.high)}", "dim"),
            )
        )
    return lines


def bottleneck(growth: "Growth", cells: int) -> Words:
    """Return where the funnel loses most, with the arithmetic, or that nothing is sure."""
    found = growth.following
    worst = next((one for one in found.levers if one.stage == found.stage), None)
    if worst is None:
        return fit((("○ no bottleneck: ", "dim"), (found.why, "dim")), cells)
    name: Words = (("▼ ", "bad"), ("bottleneck ", "dim"), (f"{worst.stage} ", "strong"))
    whole: Words = (*name, (found.why, ""))
    if width(whole) <= cells:
        return whole
    so = worst.conversion
    lifted = f", {lift(worst.times)} at its goal" if worst.times else ""
    short = f"{rate(so)} ({between(so.low, so.high)})" if so.rate is not None else rate(so)
    return fit((*name, (f"{short}, goal {percent(so.goal)}{lifted}", "")), cells)


def lift(times: float) -> str:
    """Return how many times as many there would be."""
    return f"x {times:.1f}" if times < 100 else f"x {times:,.0f}"  # noqa: PLR2004  # three digits


def launch(growth: "Growth") -> Words:
    """Return where the launch stands."""
    if growth.begins is None:
        return (("launch: no day is set, begins in phase2_strategy.json", "dim"),)
    now = [one for one in growth.phases if one.is_now]
    whose = "; ".join(f"{' '.join(one.regions)} {one.focus}" for one in now)
    if growth.week is None or not now:
        verb = "begins" if growth.begins > growth.last else "is over; it began"
        day = f"{growth.begins:%a} {growth.begins.day} {growth.begins:%b %Y}"
        return ((f"launch {verb} {day}", "dim"),)
    return ((f"launch week {growth.week}: ", "dim"), (whose, "accent"))


def of_stage(row: "StageRow", growth: "Growth", scene: "Scene") -> list[Words]:
    """Return all there is about a stage: goals beside what is so, and what to make for it."""
    lines: list[Words] = [((row.aim, ""),), ()]
    names = (row.into, row.of)
    lines += [((f"{NAMES[row.of].capitalize()} that become {NAMES[row.into]}", "accent"),)]
    lines += measure(row.conversion, names)
    lines.append(about.fact("", (f"the goal is {row.basis}", "faint")))
    lines += [(), (("Viewers that react", "accent"),)]
    lines += measure(row.engagement, ("engagement", "view"))
    found = growth.following
    times = next((one.times for one in found.levers if one.stage == row.stage), None)
    part = next((one for one in found.mix if one.stage == row.stage), None)
    lines += [(), (("What to make", "accent"),)]
    if times:
        lines.append(about.fact("lever", (f"{lift(times)} at its goal", "")))
    if part:
        goes = "of the plan" if found.planned else "if planned by it"
        lines.append(about.fact("share", (percent(part.share), ""), (f" {goes}", "dim")))
    if row.stage == found.stage:
        lines += made(growth, scene)
    return lines


def measure(told: "Measured", names: tuple[str, str]) -> Iterator[Words]:
    """Yield what is so, its interval, of how many, and the goal."""
    yield about.fact("state", *verdict(told.verdict))
    spread = between(told.low, told.high)
    yield about.fact("so", (rate(told), "strong"), (f"  {spread}" if spread else "", "dim"))
    yield about.fact("goal", (percent(told.goal), ""))
    if told.n is not None or told.hidden:
        counted = of(told.hits, told.n, names, hidden=told.hidden)
        yield about.fact("n", (counted, "dim"))
    if told.hidden:
        yield about.fact("", ("under ten people are not told", "faint"))


def made(growth: "Growth", scene: "Scene") -> Iterator[Words]:
    """Yield what the bottleneck asks for, with its commands."""
    found = growth.following
    if found.seconds:
        yield about.fact("length", (f"{found.seconds[0]} to {found.seconds[1]} s", ""))
    where = ", ".join(map(said.network, found.networks)) or "no network is set up here"
    yield about.fact("where", (where, ""))
    if found.not_yet:
        yield about.fact("", (f"not here yet: {', '.join(found.not_yet)}", "faint"))
    for at, (name, _) in enumerate(found.content):
        yield about.fact("" if at else "what", (name, ""))
    for at, who in enumerate(found.performers):
        yield about.fact("" if at else "who", (about.name_of(scene, who), ""))
    yield ()
    yield (("g makes one, the same as", "dim"),)
    yield from (((one, "info"),) for one in found.commands[:1])


def gone(growth: "Growth", now: datetime) -> float:
    """Return how much of the month is gone by, 0 to 1."""
    begins, ends = growth.month
    return min(max((now - begins) / (ends - begins), 0.0), 1.0)


def pace(one: "Place", growth: "Growth", now: datetime) -> tuple[Span, str]:
    """Return the sign of how a region's month goes, and the sentence."""
    from elite8.core.operations import region_budget

    if one.may is None:
        return ("–", "faint"), "it has no budget: for later"
    told = region_budget.pace(one.may, gone(growth, now), one.spent)
    return PACES.get(told.partition(":")[0], ("?", "unknown")), told


def money(one: "Place", growth: "Growth", now: datetime) -> Words:
    """Return what a region has of its month's budget, the pace as a sign before."""
    if one.may is None:
        return (("–", "faint"),)
    sign, _ = pace(one, growth, now)
    cents = ".2f" if one.spent and one.spent < 10 else ",.0f"  # noqa: PLR2004  # one digit
    spent = UNKNOWN if one.spent is None else f"${one.spent:{cents}}"
    return (sign, (f" {spent}", "" if one.spent else "dim"), (f"/{one.may:,.0f}", "dim"))


def window(one: "Place", now: datetime) -> Words:
    """Return the window that is open there, or the next one, by the clock there."""
    zone = ZoneInfo(one.zone)
    found = next((pair for pair in one.windows if pair[1] > now), None)
    if one.status == "later":
        return (("for later", "faint"),)
    if found is None:
        return (("–", "faint"),)
    since, until = (at.astimezone(zone) for at in found)
    if since <= now:
        return (("● ", "good"), (f"open to {until:%H:%M}", ""))
    day = "" if since.date() == now.astimezone(zone).date() else f"{since:%a} "
    return (("○ ", "dim"), (f"{day}{since:%H:%M}", ""))


def ready(one: "Place") -> Words:
    """Return whether a region is ready for more, or how many of what it must reach it has."""
    if not one.criteria:
        return (("–", "faint"),)
    if one.ready:
        return (("✓ ", "good"), ("ready", ""))
    met = sum(each.met is True for each in one.criteria)
    return (("○ ", "dim"), (f"{met} of {len(one.criteria)}", "dim"))


def of_place(one: "Place", growth: "Growth", now: datetime) -> list[Words]:
    """Return all there is about a region."""
    there = now.astimezone(ZoneInfo(one.zone))
    lines: list[Words] = [
        about.fact("is", (f"{one.code}, {one.locale}", ""), (f", {one.status}", "dim")),
        about.fact(
            "now", (f"{there:%a} {there.day} {there:%b %H:%M}", ""), (f" {there:%Z}", "dim")
        ),
        *windows(one, now),
    ]
    if one.change:
        lines.append(about.fact("clocks", (one.change, "dim")))
    lines += [(), (("Accounts", "accent"),)]
    for name in one.networks:
        sign: Span = ("✓ ", "good") if name in one.accounts else ("○ ", "dim")
        said_ = "" if name in one.accounts else "  nobody signed in"
        lines.append((sign, (f"{said.network(name):<10}", ""), (said_, "faint")))
    lines += [(), (("This month", "accent"),), *budget(one, growth, now)]
    lines += [(), (("Launch", "accent"),)]
    lines.append(about.fact("weeks", (one.launch or "in none", "" if one.launch else "dim")))
    lines += (target(each) for each in one.kpis)
    if one.criteria:
        days = f"Ready for more, {growth.results_days} days"
        lines += [(), ((days, "accent"),), *(criterion(each) for each in one.criteria)]
    return lines


def windows(one: "Place", now: datetime) -> Iterator[Words]:
    """Yield the windows that are not over, by the clock there."""
    zone, label = ZoneInfo(one.zone), "windows"
    for since, until in one.windows:
        if until > now and since < now + timedelta(days=1):
            here, to = since.astimezone(zone), until.astimezone(zone)
            left = since - now
            ahead = f"in {left / HOUR:.0f} h" if left >= HOUR else said.nearly(since, now)
            when: Span = (f"  {ahead}", "dim") if left > NONE else ("  open now", "good")
            yield about.fact(label, (f"{here:%a %H:%M}-{to:%H:%M}", ""), when)
            label = ""


def budget(one: "Place", growth: "Growth", now: datetime) -> Iterator[Words]:
    """Yield a region's money: spent of what it may, and where the month heads."""
    sign, told = pace(one, growth, now)
    if one.may is None:
        yield ((told, "dim"),)
        return
    share = (one.spent or 0.0) / one.may if one.may else 0.0
    past = gone(growth, now)
    spent = UNKNOWN if one.spent is None else f"${one.spent:,.2f}"
    yield about.fact("spent", *drawn.bar(share, 12, "busy"), (f" {spent} of ${one.may:,.0f}", ""))
    yield about.fact("pace", (f"{sign[0]} ", sign[1]), (told, ""))
    yield about.fact("gone by", (f"{past:.0%} of the month", "dim"))
    if one.spent and past:
        yield about.fact("heading", (f"${one.spent / past:,.2f}", ""), (" at this pace", "dim"))


def target(one: "Kpi") -> Words:
    """Return a target beside what was reached."""
    figure = "{:.1%}" if one.name == "engagement" else "{:.3g}"
    so = UNKNOWN if one.actual is None else figure.format(one.actual)
    more = f", {one.n} post{'s' * (one.n > 1)}" if one.n else ""
    goal = figure.format(one.target)
    return ((f"{one.name:<18}", "dim"), (so, "" if one.actual else "faint"),
            (f" of {goal}{more}", "dim"))  # fmt: skip


def criterion(one: "Criterion") -> Words:
    """Return one thing a region must reach, and whether it has."""
    signs: dict[bool | None, Span] = {
        True: ("✓ ", "good"),
        False: ("✗ ", "bad"),
        None: ("? ", "unknown"),
    }
    return (signs[one.met], (one.said, ""))
