"""`elite8 funnel`: goals beside what is so, the bottleneck, cohorts, money, imports, the report."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import SUBCOMMANDS, funnel_tables, linking, output
from elite8.cli.group import group
from elite8.cli.options import DryRun, Json
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from elite8.core.operations.funnel import Period
    from elite8.core.studio import Studio

app = group(SUBCOMMANDS["funnel"])
app.add_typer(linking.app, name="link")

TOLD = 20
"""Rejected rows that are told; all of them stand in the file beside."""

Days = Annotated[int | None, typer.Option(help="So many days up to today, or up to --until.")]
Since = Annotated[str, typer.Option(metavar="DAY", help="From this day on, as 2026-11-01.")]
Until = Annotated[str, typer.Option(metavar="DAY", help="The last day; today otherwise.")]
ByPlace = Annotated[str, typer.Option(help="region, network or character; else all together.")]
ByAny = Annotated[str, typer.Option(help="post, video, stage, region, network or character.")]


def period(studio: "Studio", days: int | None, since: str, until: str, usual: int = 28) -> "Period":
    """Return the time that is asked for, of the `usual` days when nothing says how many."""
    from elite8.core.operations import funnel as operation

    if days is not None and since:
        raise ConfigError("say --since or --days, not both: --days counts back from --until")
    many = usual if days is None else days
    return operation.period(studio, days=many, since=day(since), until=day(until))


def day(written: str) -> date | None:
    """Return a day, `None` for none."""
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ConfigError(f"'{written[:20]}' is no day; write it as 2026-11-26") from None


@app.command()
def show(
    *,
    by: ByPlace = "",
    days: Days = None,
    since: Since = "",
    until: Until = "",
    json: Json = False,
) -> None:
    """Show how many get how far, and each stage's goals beside what is so."""
    from elite8.core.operations import funnel as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.show(studio, period(studio, days, since, until), by)
    if not json:
        for note in found.notes:
            output.say(f"note: {note}")
    output.answer("funnel show", found, as_json=json, table=lambda: funnel_tables.shown(found))


@app.command()
def cohort(
    *,
    weeks: Annotated[bool, typer.Option("--weeks", help="By weeks instead of months.")] = False,
    days: Days = None,
    since: Since = "",
    until: Until = "",
    json: Json = False,
) -> None:
    """Show of who subscribed together which share paid how much later."""
    from elite8.core.operations import funnel as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.cohorts(studio, period(studio, days, since, until, 365), weeks=weeks)
    output.answer(
        "funnel cohort",
        found,
        as_json=json,
        table=lambda: funnel_tables.cohorts(found, weeks=weeks),
    )


@app.command("next")
def next_one(
    *, days: Days = None, since: Since = "", until: Until = "", json: Json = False
) -> None:
    """Show which stage is the bottleneck, and what to make about it."""
    from elite8.core.operations import bottleneck
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = bottleneck.following(studio, period(studio, days, since, until))
    output.answer("funnel next", found, as_json=json, table=lambda: funnel_tables.following(found))


@app.command()
def revenue(
    *,
    by: ByAny = "post",
    days: Days = None,
    since: Since = "",
    until: Until = "",
    json: Json = False,
) -> None:
    """Show what brought the money, by last touch, first touch and position beside each other."""
    from elite8.core.operations import revenue as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.show(studio, period(studio, days, since, until), by)
    output.answer("funnel revenue", found, as_json=json, table=lambda: funnel_tables.revenue(found))


@app.command("import")
def bring_in(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or JSONL, in UTF-8.")],
    *,
    zone: Annotated[str, typer.Option(help="Of times that have none, as Asia/Tokyo.")] = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Enter clicks, leads, subscriptions and money from a file; again adds only what is new."""
    from elite8.core.operations import imports
    from elite8.core.studio import open_studio

    found = imports.bring_in(open_studio(), file, zone=zone, dry_run=dry_run)
    problems = [
        output.Problem(code="refused", message=f"line {one.line}: {one.why}")
        for one in (found.rejected if json else found.rejected[:TOLD])
    ]
    output.answer(
        "funnel import",
        found,
        as_json=json,
        table=lambda: funnel_tables.imported(found),
        problems=problems,
        status="partial" if problems and found.entered + found.known else None,
    )
    if problems:
        raise typer.Exit(1)


@app.command()
def report(
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to; an older one is replaced.")],
    days: Days = None,
    since: Since = "",
    until: Until = "",
    json: Json = False,
) -> None:
    """Write everything on one page that needs nothing else and prints well."""
    from elite8.cli import funnel_page
    from elite8.core.operations import funnel_report
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = funnel_report.report(studio, period(studio, days, since, until))
    funnel_page.write(out, found)
    output.answer("funnel report", {"file": str(out)}, as_json=json, table=lambda: str(out))
