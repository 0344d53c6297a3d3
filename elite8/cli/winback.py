"""`elite8 subscribers winback`: an offer to who left, measured against who got none."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output, winback_tables
from elite8.cli.group import group
from elite8.cli.options import DryRun, Json

if TYPE_CHECKING:
    from elite8.core.operations.winback_plan import Planned

app = group("Winback: plan, start, watch, report, stop; drafts for sending by hand.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the campaign, as autumn-2026.")]
File = Annotated[Path | None, typer.Option(help="A .toml file with these, and rarer ones.")]
Kind = Annotated[str | None, typer.Option(help="discount, free_access or limited_offer.")]
By = Annotated[str | None, typer.Option(help="line, email, or draft: copied by hand.")]
Character = Annotated[
    str | None, typer.Option("--character", "-c", help="Whose subscribers, and in whose name.")
]
Platform = Annotated[str | None, typer.Option(help="Where they were; several with commas.")]
Tier = Annotated[str | None, typer.Option(help="Only these tiers; several with commas.")]
Text = Annotated[str | None, typer.Option(help="Your words; the whole offer is put under them.")]
Language = Annotated[str | None, typer.Option(help="en, ja, pt, de or es.")]
Subject = Annotated[str | None, typer.Option(help="Of an email.")]
Percent = Annotated[int | None, typer.Option(help="Discount, 1 to 99.")]
Months = Annotated[int | None, typer.Option(help="For so many months, 1 to 12.")]
Days = Annotated[int | None, typer.Option(help="Of free access, 1 to 90.")]
Bonus = Annotated[str | None, typer.Option(help="What is given with it.")]
Code = Annotated[str | None, typer.Option(help="What people enter.")]
Deadline = Annotated[str | None, typer.Option(help="As 2026-12-10T18:00, or a day: its end.")]
CodeEnds = Annotated[str | None, typer.Option(help="When the code really stops working.")]
PriceAfter = Annotated[str | None, typer.Option(help="A month, after the offer: 9.99.")]
Currency = Annotated[str | None, typer.Option(help="Three letters; USD otherwise.")]
Cancel = Annotated[str | None, typer.Option(help="How people end it.")]
HoldOut = Annotated[float | None, typer.Option(help="Share that gets nothing, 0.2 to 0.5.")]
Budget = Annotated[str | None, typer.Option(help="What it may cost, in --currency.")]


@app.command()
def plan(
    name: Name,
    *,
    file: File = None,
    kind: Kind = None,
    by: By = None,
    character: Character = None,
    platform: Platform = None,
    tier: Tier = None,
    text: Text = None,
    language: Language = None,
    subject: Subject = None,
    percent: Percent = None,
    months: Months = None,
    days: Days = None,
    bonus: Bonus = None,
    code: Code = None,
    deadline: Deadline = None,
    code_ends: CodeEnds = None,
    price_after: PriceAfter = None,
    currency: Currency = None,
    cancel_how: Cancel = None,
    hold_out: HoldOut = None,
    budget: Budget = None,
    json: Json = False,
) -> None:
    """Keep a campaign and say all of it: who, how many, what it shows, costs and says.

    An option goes before the file. With NAME alone it shows what is kept. Nothing is sent.
    """
    given = {key: said for key, said in locals().items() if said is not None}
    planned(name, file, {key: given[key] for key in given.keys() - {"name", "file", "json"}}, json)


def planned(name: str, file: Path | None, given: dict[str, object], as_json: bool) -> None:  # noqa: FBT001  # as it came
    """Keep or show a campaign."""
    from elite8.core.operations import winback_file, winback_plan
    from elite8.core.studio import open_studio

    studio = open_studio()
    if file or given:
        whole = (winback_file.read(file) if file else {}) | given
        answer_plan(winback_plan.keep(studio, winback_file.wish(studio, name, whole)), as_json)
        return
    found = winback_plan.look(studio, name)
    if isinstance(found, winback_plan.Planned):
        answer_plan(found, as_json)
        return
    zone = studio.settings.time_zone
    output.answer(
        "subscribers winback plan",
        found,
        as_json=as_json,
        table=lambda: winback_tables.begun(found, zone),
    )


def answer_plan(found: "Planned", as_json: bool) -> None:  # noqa: FBT001  # as it came
    """Answer with what a campaign would do."""
    output.answer(
        "subscribers winback plan",
        found,
        as_json=as_json,
        table=lambda: winback_tables.planned(found),
    )


@app.command()
def start(
    name: Name,
    *,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Send so many at most.")] = 100_000,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Draw who is held out, keep it for good, and send; again it goes on where it was.

    Whom the hour keeps back gets it from the daemon when it is day there. Drafts: winback drafts.
    """
    from elite8.core.operations import winback
    from elite8.core.studio import open_studio

    studio = open_studio()
    if dry_run:
        tried = winback.attempt(studio, name)
        output.answer(
            "subscribers winback start",
            tried,
            as_json=json,
            table=lambda: winback_tables.tried(tried),
        )
        return
    found, trouble = winback.start(studio, name, limit)
    problems = [output.Problem(code=trouble.code, message=str(trouble))] if trouble else []
    output.answer(
        "subscribers winback start",
        found,
        as_json=json,
        table=lambda: winback_tables.status(found, studio.settings.time_zone),
        problems=problems,
        status="partial" if problems else None,
    )
    if found.campaign.channel == "draft" and not json:
        output.say(f"next: elite8 subscribers winback drafts {name} --out FILE")
    if trouble:
        raise typer.Exit(trouble.exit_code)


@app.command()
def status(name: Name, *, json: Json = False) -> None:
    """Say how far it is, in counts of messages; who came back waits for the window's end."""
    from elite8.core.operations import winback
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = winback.status(studio, name)
    output.answer(
        "subscribers winback status",
        found,
        as_json=json,
        table=lambda: winback_tables.status(found, studio.settings.time_zone),
    )


@app.command()
def report(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="One; else all, also null ones.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Say whether it worked: works, does not, or inconclusive; never before its window ends."""
    from elite8.core.operations import winback_report
    from elite8.core.studio import open_studio

    found = winback_report.report(open_studio(), name)
    output.answer(
        "subscribers winback report",
        found,
        as_json=json,
        table=lambda: tuple(part for one in found for part in winback_tables.reported(one)),
    )
    if not found and not json:
        output.say("no winback was started")


@app.command()
def stop(name: Name, *, json: Json = False) -> None:
    """Have it send nothing more; what is unsent stays unsent, and its window goes on."""
    from elite8.core.operations import winback
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = winback.stop(studio, name)
    output.answer(
        "subscribers winback stop",
        found,
        as_json=json,
        table=lambda: winback_tables.status(found, studio.settings.time_zone),
    )


@app.command()
def drafts(
    name: Name,
    *,
    out: Annotated[Path, typer.Option(help="A new .csv file; it holds names, and is yours alone.")],
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="So many at most.")] = 50,
    again: Annotated[
        int | None, typer.Option(min=1, help="Write this batch again, if its file is lost.")
    ] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write drafts to copy by hand into a file, each person's once."""
    from elite8.core.operations import winback_drafts
    from elite8.core.studio import open_studio

    studio = open_studio()
    studio = studio.drafting if dry_run else studio
    found = winback_drafts.hand_out(studio, name, out, limit=limit, again=again)
    output.answer(
        "subscribers winback drafts",
        found,
        as_json=json,
        table=lambda: winback_tables.handed(found, dry=dry_run),
    )


@app.command("list")
def list_campaigns(*, json: Json = False) -> None:
    """List campaigns, the newest first."""
    from elite8.core.operations import winback
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = winback.listed(studio)
    output.answer(
        "subscribers winback list",
        found,
        as_json=json,
        table=lambda: winback_tables.listed(found, studio.settings.time_zone) if found else "",
    )
    if not found and not json:
        output.say("no winback was planned")
