"""`elite8 credits`: what is left, where it went, when it ends, and whether A2E agrees."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import SUBCOMMANDS, output
from elite8.cli.group import group
from elite8.cli.options import Json

if TYPE_CHECKING:
    from elite8.core.operations.credits import Flow, Overview, Reconciled, Share
    from elite8.core.operations.forecast import Forecast
    from elite8.core.studio import Studio

BAR = 30
DAYS_SHOWN = 14

app = group(SUBCOMMANDS["credits"], alone=True)

Seconds = Annotated[float, typer.Option("--duration", min=3, max=180, help="Of one video.")]
Videos = Annotated[int, typer.Option("--count", min=1, max=1000, help="How many videos.")]


@app.callback()
def credits_now(
    ctx: typer.Context,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask A2E.")] = False,
    json: Json = False,
) -> None:
    """Show what is left, what is held, and where credits went."""
    if ctx.invoked_subcommand is not None:
        return
    from elite8.core.operations import credits as operation
    from elite8.core.studio import open_studio

    found = operation.overview(open_studio(), ask=not offline)
    output.answer("credits", found, as_json=json, table=lambda: overview_tables(found))


def overview_tables(found: "Overview") -> object:
    """Return the purse as tables; notes and warnings go to stderr."""
    for note in found.notes:
        output.say(f"note: {note}")
    for one in found.low:
        output.say(f"{one.level}: {one.message}")
    for job, character, why in found.uncertain:
        output.say(f"undecided: {job} ({character}): {why}; elite8 generate settle {job}")
    reported = "not known" if found.reported is None else f"{found.reported}"
    purse = [
        ("balance", f"{found.balance}"),
        ("held", f"{found.held}"),
        ("free", f"{found.free}"),
        ("A2E reports", reported),
        ("today", f"{found.today} of {found.today_budget}"),
        ("this month", f"{found.month}, {found.percent_used} % used, ${found.usd_this_month:.2f}"),
    ]
    parts: list[object] = [output.table(("credits", ""), purse)]
    if found.characters:
        parts.append(shares("character", found.characters))
    if found.networks:
        parts.append(shares("network", found.networks))
    return tuple(parts)


def shares(name: str, found: Sequence["Share"]) -> object:
    """Return who used how much."""
    rows = [(s.name, f"{s.credits:g}", f"{s.videos}", f"${s.usd:.2f}") for s in found]
    return output.table((name, "credits", "videos", "cost"), rows)


@app.command()
def history(
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """Show the ledger, newest first."""
    from elite8.core.operations import credits as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.history(studio, limit=limit)
    zone = studio.settings.time_zone
    rows = [
        (
            output.local_time(one.at, zone),
            one.kind,
            f"{one.amount:+d}",
            one.character,
            one.operation,
            one.note or output.short(one.reference),
        )
        for one in found
    ]
    columns = ("when", "kind", "credits", "character", "what", "about")
    output.answer(
        "credits history",
        found,
        as_json=json,
        table=lambda: output.table(columns, rows) if rows else "the ledger has no entry yet",
    )


@app.command()
def forecast(
    *,
    videos_a_day: Annotated[
        int | None, typer.Option("--per-day", min=1, max=200, help="Else as in the last week.")
    ] = None,
    duration: Seconds = 15.0,
    json: Json = False,
) -> None:
    """Tell when the credits end at this pace, and what would not fit."""
    from elite8.core.operations import forecast as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.forecast(studio, videos_a_day=videos_a_day, seconds=duration)
    output.answer(
        "credits forecast", found, as_json=json, table=lambda: forecast_parts(studio, found)
    )


def forecast_parts(studio: "Studio", found: "Forecast") -> object:
    """Return the sentence that matters, and the coming days as bars."""
    pace = f"{found.pace} of {found.credits_a_video} credits"
    if found.ends_at is None:
        head = f"{found.free} credits are free; at {pace} they last beyond {found.days} days"
    else:
        zone = studio.settings.zone
        ends = found.ends_at.astimezone(zone)
        day, missing = found.short[0]
        head = (
            f"{found.free} credits are free; at {pace} they end {ends:%a %d %b %H:%M %Z}; "
            f"{missing} of {day:%A}'s {found.videos_a_day} videos would not fit"
        )
    short = dict(found.short)
    most = max((left for _, left in found.left), default=1) or 1
    rows = [
        (
            f"{day:%a %d %b}",
            f"{left}",
            "#" * round(BAR * max(left, 0) / most),
            f"{short[day]} do not fit" if day in short else "",
        )
        for day, left in found.left[:DAYS_SHOWN]
    ]
    return (head, output.table(("day", "left", "", ""), rows))


@app.command()
def reconcile(
    *,
    balance: Annotated[
        int | None, typer.Option(min=0, help="A2E's balance as its page shows it.")
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Enter the difference as an adjustment.")
    ] = False,
    json: Json = False,
) -> None:
    """Put our ledger beside A2E's balance and history; exit 1 while they differ."""
    from elite8.core.operations import credits as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.reconcile(studio, told=balance, accept=accept)
    differs = bool(found.difference) and not found.adjusted
    message = f"A2E has {found.difference:+d} credits" if found.difference else ""
    problems = [output.Problem(code="differs", message=f"{message} beside our ledger; see below")]
    output.answer(
        "credits reconcile",
        found,
        as_json=json,
        table=lambda: reconciled_parts(found, studio.settings.time_zone),
        problems=problems if differs else [],
    )
    if differs:
        raise typer.Exit(1)


def reconciled_parts(found: "Reconciled", zone: str) -> object:
    """Return both books and what they do not agree on; why that is not known goes to stderr."""
    for note in found.notes:
        output.say(f"note: {note}")
    head = [
        ("our balance", f"{found.ours}"),
        ("charged, still under way", f"{found.charged}"),
        ("A2E reports", "not known" if found.reported is None else f"{found.reported}"),
        ("difference", "not known" if found.difference is None else f"{found.difference:+d}"),
    ]
    if found.adjusted:
        head.append(("adjusted by", f"{found.adjusted:+d}"))
    parts: list[object] = [output.table(("credits", ""), head)]
    if found.items:
        rows = [
            (output.local_time(i.at, zone) if i.at else "", f"{i.credits:+d}", i.what)
            for i in found.items
        ]
        parts.append(output.table(("when", "credits", "what"), rows))
    return tuple(parts)


@app.command()
def estimate(*, duration: Seconds = 15.0, count: Videos = 1, json: Json = False) -> None:
    """Tell what videos would cost, each way of making them, cheapest first."""
    from elite8.core.operations import credits as operation
    from elite8.core.studio import open_studio

    found = operation.flows(open_studio().config.tariff, [duration] * count)
    output.answer("credits estimate", found, as_json=json, table=lambda: flow_table(found))


def flow_table(found: Sequence["Flow"]) -> object:
    """Return flows, cheapest first."""
    rows = [(f.operation, f"{f.credits}", f"${f.usd:.2f}", f.note) for f in found]
    return output.table(("flow", "credits", "cost", ""), rows)


@app.command()
def plan(*, duration: Seconds = 15.0, count: Videos = 4, json: Json = False) -> None:
    """Show the plan's facts, what is left of it, and the cheapest talking flow for a day."""
    from elite8.core.operations import credits as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.allowance(studio, count=count, seconds=duration)
    rows = [
        ("plan", f"{found.plan}, ${found.monthly_price_usd:.2f} a month"),
        ("gives", f"{found.monthly_credits} credits a month, {found.daily_bonus} a day"),
        ("largest picture", f"{found.longest_side} pixels; watermark: {found.watermark}"),
        ("avatars", f"{found.avatars_used} of {found.custom_avatars} made by us"),
        ("renews", f"{found.renews_on}"),
        ("free now", f"{found.free}"),
        ("a day of videos", f"{count} x {duration:g} s: {found.day_cost} credits by {found.flow}"),
        ("such days left", f"{found.days_left}"),
        ("source", f"{found.source}, {found.as_of}"),
    ]
    output.answer("credits plan", found, as_json=json, table=lambda: output.table(("", ""), rows))
