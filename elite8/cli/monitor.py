"""`elite8 monitor`: how it goes, what rings, whether it is well."""

from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import SUBCOMMANDS, alerting, auditing, following, output, plotting, proxying
from elite8.cli.group import group
from elite8.cli.options import Json
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from elite8.core.operations.overview import Overview
    from elite8.core.operations.reports import Part, Period
    from elite8.core.studio import Studio

WIDTH = 24
SIGNS = {"good": "✓", "bad": "✗", "off": "-", "unknown": "?"}
NAMES = {
    "elite8_cpu_ratio": "processor",
    "elite8_memory_used_ratio": "memory",
    "elite8_disk_used_ratio": "disk",
    "elite8_process_resident_bytes": "this command",
}

app = group(SUBCOMMANDS["monitor"])
app.add_typer(alerting.app, name="alerts")
app.add_typer(proxying.app, name="proxy")
app.add_typer(auditing.app, name="audit")
app.command()(following.followers)

Day = Annotated[str, typer.Option("--day", help="Of this day, 2026-12-01; else today.")]
Written = Annotated[
    bool, typer.Option("--as-written", help="As it was written down then, not worked out anew.")
]


@app.command()
def status(*, json: Json = False) -> None:
    """Show how it goes now."""
    from elite8.core.operations.overview import overview
    from elite8.core.studio import open_studio

    found = overview(open_studio())
    output.answer("monitor status", found, as_json=json, table=lambda: status_drawn(found))


def status_drawn(found: "Overview") -> tuple[object, ...]:
    """Return the picture: what is bad first."""
    rows = now_rows(found)
    today = [
        (
            output.local_time(one.at, found.zone)[11:],
            one.character,
            one.network,
            one.status,
            one.failure,
        )
        for one in found.slots
    ]
    parts: list[object] = [output.table(("", ""), rows)]
    if found.alerts:
        parts.append(alerting.drawn(found.alerts, found.zone))
    if today:
        parts.append(output.table(("today", "performer", "network", "status", ""), today))
    return tuple(parts)


def now_rows(found: "Overview") -> list[tuple[str, str]]:
    """Return what is now, a line a fact."""
    bad = [one for one in found.health.checks if one.verdict == "bad"]
    return [
        ("now", output.local_time(found.at, found.zone)),
        *([("studio", f"synthetic, seed {found.seed}")] if found.seed is not None else []),
        ("leads", found.leader or "nobody"),
        ("health", "good" if found.health.good else "; ".join(f"{b.name} {b.says}" for b in bad)),
        ("alerts", f"{len(found.alerts)} ring" if found.alerts else "none"),
        ("posts", ", ".join(f"{count} {name}" for name, count in found.posts) or "none"),
        ("videos", ", ".join(f"{count} {name}" for name, count in found.videos) or "none"),
        ("credits", "A2E is not used" if found.credits is None else f"{found.credits} free"),
        ("followers", following.counted(found.followers)),
        *((NAMES[name], amount(name, value)) for name, value in found.machine),
    ]


def amount(name: str, value: float) -> str:
    """Return a value in the unit its name says."""
    if name.endswith("_ratio"):
        return f"{value:.0%}  {'█' * round(value * WIDTH)}"
    return f"{value / 1e6:.0f} MB" if name.endswith("_bytes") else f"{value:g}"


@app.command()
def daily(*, day: Day = "", as_written: Written = False, json: Json = False) -> None:
    """Tell a day in figures; any past one."""
    told("daily", day, as_written=as_written, json=json)


@app.command()
def weekly(*, day: Day = "", as_written: Written = False, json: Json = False) -> None:
    """Tell a week in figures, Monday to Sunday, and each of its days."""
    told("weekly", day, as_written=as_written, json=json)


def told(kind: str, day: str, *, as_written: bool, json: bool) -> None:
    """Show a period."""
    from datetime import timedelta

    from elite8.cli.schedule import first_day
    from elite8.core.operations import overview, reports
    from elite8.core.studio import open_studio

    studio = open_studio()
    first = first_day(studio, day)
    if first > overview.today(studio):
        raise ConfigError(f"{first} is yet to come; elite8 schedule show tells what is planned")
    if kind == "weekly":
        first -= timedelta(days=first.weekday())
    command = f"monitor {kind}"
    if as_written:
        body = reports.as_written(studio, kind, first)
        rows = [(name, str(value)) for name, value in body.items() if not isinstance(value, list)]
        output.answer(command, body, as_json=json, table=lambda: output.table(("", ""), rows))
        return
    found = reports.with_people(studio, reports.period(studio, kind, first))
    last = min(found.until - timedelta(days=1), overview.today(studio))
    days = overview.days(studio, last, max((last - first).days + 1, 1)) if kind == "weekly" else ()
    output.answer(command, found, as_json=json, table=lambda: period_drawn(found, days))


def period_drawn(found: "Period", days: "Sequence[Period]") -> tuple[object, ...]:
    """Return a period's figures, then by performer and network."""
    from datetime import timedelta

    seconds = "" if found.render_seconds is None else f"{found.render_seconds:g} s at the median"
    last = found.until - timedelta(days=1)
    span = f"{found.first}" if found.kind == "daily" else f"{found.first} to {last}"
    rows = [
        ("videos made", f"{found.videos}", seconds),
        ("videos failed", f"{found.failed}", ""),
        ("posts out", f"{found.posts}", f"{found.late} late" if found.late else "none late"),
        ("posts refused", f"{found.refused}", ""),
        ("views so far", f"{found.views:,}", share(found.engaged, found.views)),
        ("credits", f"{found.credits}", f"${found.usd:.2f}"),
        ("alerts", f"{found.alerts}", ""),
        *came_and_went(found),
    ]
    parts: list[object] = [output.table((span, "", ""), rows)]
    if days:
        most = max((one.views for one in days), default=0)
        lines = [
            (f"{one.first:%a %d}", f"{one.posts}", f"{one.views:,}", bar(one.views, most))
            for one in days
        ]
        parts.append(output.table(("day", "posts", "views", ""), lines))
    for name, several in (("performer", found.characters), ("network", found.networks)):
        if several:
            parts.append(part_table(name, [(one.name, one) for one in several]))
    return tuple(parts)


def came_and_went(found: "Period") -> "Iterator[tuple[str, str, str]]":
    """Yield who came and who went: subscriptions and followers, where any are known."""
    came = found.subscribers
    if came and (came.began or came.ended or came.turned_off or came.failed):
        lost = f"{came.turned_off} turned renewal off, {came.failed} payments failed"
        yield "subscriptions", f"+{came.began} -{came.ended}", lost
    if found.followers:
        count = found.followers.count
        yield (
            "followers",
            f"{count:,}",
            following.counted(found.followers, "in this time").partition(", ")[2],
        )


def part_table(name: str, parts: "Sequence[tuple[str, Part]]") -> object:
    """Return figures as a table, each under its name, with a plot of their views."""
    most = max(one.views for _, one in parts)
    rows = [
        (
            called,
            f"{one.videos}",
            f"{one.posts}",
            f"{one.late}",
            f"{one.refused}",
            f"{one.views:,}",
            share(one.engaged, one.views),
        )
        for called, one in parts
    ]
    columns = (name, "videos", "posts", "late", "refused", "views", "engaged")
    room = min(WIDTH, output.room(columns, rows))
    plotted = [
        (*row, bar(one.views, most, room)) for row, (_, one) in zip(rows, parts, strict=True)
    ]
    return output.table((*columns, ""), plotted)


def share(part: int, whole: int) -> str:
    """Return a share in percent, a dash of nothing."""
    return f"{part / whole:.1%}" if whole else "-"


def bar(value: float, most: float, width: int = WIDTH) -> str:
    """Return a bar as long as the value is of the most, which is `width` cells long."""
    return "█" * round(value / most * width) if most else ""


@app.command()
def character(
    name: Annotated[str, typer.Argument(metavar="NAME", help="For example miyuki.")],
    *,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days.")] = 14,
    json: Json = False,
) -> None:
    """Show how a performer did, day by day."""
    from elite8.core.studio import open_studio

    studio = open_studio()
    studio.config.roster.named(name)
    by_day(studio, "character", name, days, as_json=json)


@app.command()
def platform(
    name: Annotated[str, typer.Argument(metavar="NETWORK", help="For example tiktok.")],
    *,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days.")] = 14,
    json: Json = False,
) -> None:
    """Show how a network did, day by day."""
    from elite8.core.operations.figures import NETWORKS
    from elite8.core.studio import open_studio

    if name not in NETWORKS:
        raise ConfigError(f"no network '{name[:20]}'; choose {', '.join(NETWORKS)}")
    by_day(open_studio(), "platform", name, days, as_json=json)


def by_day(studio: "Studio", kind: str, name: str, count: int, *, as_json: bool) -> None:
    """Show one performer or network over some days."""
    from elite8.core.operations import overview

    found = []
    for one in overview.days(studio, overview.today(studio), count):
        parts = one.characters if kind == "character" else one.networks
        found += [(one.first, part) for part in parts if part.name == name]
    rows = [(f"{day:%a %m-%d}", part) for day, part in found]
    output.answer(
        f"monitor {kind}",
        [{"day": day, "figures": part} for day, part in found],
        as_json=as_json,
        table=lambda: part_table(name, rows) if rows else f"{name} did nothing in {count} days",
    )


@app.command()
def budget(*, json: Json = False) -> None:
    """Show what is spent and how long it lasts; `elite8 credits` tells more."""
    from elite8.core.operations import credits as purse
    from elite8.core.operations import overview
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = purse.overview(studio, ask=False)
    says: tuple[str, ...] = (
        f"{found.free} credits are free, {found.held} held",
        f"{found.percent_used} % of the month's are used (${found.usd_this_month:.2f})",
    )
    if studio.settings.a2e_api_key is None and not (found.balance or found.month):
        says = ("A2E is not used: films are made on this machine and cost no credits",)
    days = overview.days(studio, overview.today(studio), 14)
    most = max((one.credits for one in days), default=0)
    rows = [
        (f"{one.first:%a %m-%d}", f"{one.credits}", f"${one.usd:.2f}", bar(one.credits, most))
        for one in days
    ]
    data = {"purse": found, "days": [{"day": one.first, "credits": one.credits} for one in days]}
    output.answer(
        "monitor budget",
        data,
        as_json=json,
        table=lambda: (
            *says,
            output.table(("day", "credits", "", ""), rows),
        ),
    )


@app.command()
def health(*, json: Json = False) -> None:
    """Say whether it works, worked out now; exit 1 when it does not."""
    from elite8.core.operations import health as operation
    from elite8.core.studio import open_studio

    checks = operation.health(open_studio()).checks
    judged("monitor health", [(one.name, one.verdict, one.says) for one in checks], as_json=json)


@app.command()
def doctor(*, json: Json = False) -> None:
    """Ask every outside thing once, live; exit 1 when one does not work."""
    from elite8.core.operations.doctor import examine
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = []
    with output.progress("asking") as show:
        for one in examine(studio):
            found.append(one)
            show(one.name, 0.5)
    judged("monitor doctor", [(one.name, one.state, one.says) for one in found], as_json=json)


def judged(command: str, lines: "Sequence[tuple[str, str, str]]", *, as_json: bool) -> None:
    """Show what was looked at, how it is and why; exit 1 when one is bad."""
    bad = [f"{name}: {says}" for name, state, says in lines if state == "bad"]
    rows = [(name, f"{SIGNS[state]} {state}", says) for name, state, says in lines]
    output.answer(
        command,
        {
            "good": not bad,
            "checks": [dict(zip(("name", "state", "says"), one, strict=True)) for one in lines],
        },
        as_json=as_json,
        table=lambda: output.table(("", "", ""), rows),
        problems=[output.Problem(code="unhealthy", message=one) for one in bad],
    )
    if bad:
        raise typer.Exit(1)


@app.command()
def web(
    *,
    listen: Annotated[
        str, typer.Option(metavar="ADDRESS:PORT", help="Else ELITE8_WEB_LISTEN.")
    ] = "",
    json: Json = False,
) -> None:
    """Show all of this as a page in a browser, until Ctrl-C; the daemon does so by itself."""
    from elite8.cli.serving import serve

    serve(listen, as_json=json)


@app.command()
def metrics(
    name: Annotated[
        str, typer.Argument(metavar="[METRIC]", help="Its history; else all values now.")
    ] = "",
    *,
    labels: Annotated[
        str, typer.Option("--labels", help="Of the series, like network=tiktok.")
    ] = "",
    hours: Annotated[int, typer.Option(min=1, max=1440, help="How far back.")] = 48,
    json: Json = False,
) -> None:
    """Print all metrics as Prometheus reads them, or plot the history of one."""
    from elite8.core.studio import open_studio

    if name:
        plotting.plot(open_studio(), name, labels, hours, as_json=json)
        return
    from elite8.core.operations.exposition import exposed
    from elite8.core.operations.watch import collect

    values = collect(open_studio())
    output.answer("monitor metrics", values, as_json=json, table=lambda: exposed(values).rstrip())
