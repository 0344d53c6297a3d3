"""`elite8 subscribers at-risk` and `churn`: who is about to leave, and how one knows."""

from typing import Annotated

import typer

from elite8.cli import output
from elite8.cli.options import Json

OnPlatform = Annotated[str, typer.Option("--platform", help="Only there, as fanvue.")]


def at_risk(
    *,
    platform: OnPlatform = "",
    character: Annotated[
        str, typer.Option("--character", "-c", help="Only of this performer.")
    ] = "",
    tier: Annotated[str, typer.Option(help="basic, premium, vip, other.")] = "",
    band: Annotated[
        str, typer.Option(help="Only low, medium, high, critical or 'insufficient data'.")
    ] = "",
    limit: Annotated[int, typer.Option(help="So many people, the worst first.")] = 20,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit the models anew, to all there is by now.")
    ] = False,
    json: Json = False,
) -> None:
    """Show who is about to leave: why, by which model, and what is at stake."""
    from elite8.cli import leaving_tables
    from elite8.core.operations import at_risk as operation
    from elite8.core.studio import open_studio

    wanted = operation.Wanted(
        platform=platform, character=character, tier=tier, band=band, limit=limit, anew=refit
    )
    studio = open_studio()
    found = operation.at_risk(studio, wanted)
    if not json:
        for note in found.notes:
            output.say(f"note: {note}")
    zone = studio.settings.time_zone
    output.answer(
        "subscribers at-risk",
        found,
        as_json=json,
        table=lambda: leaving_tables.at_risk(found, zone),
    )


def churn(*, platform: OnPlatform = "", json: Json = False) -> None:
    """Show who left and why, the models and how good they are, and what was refused."""
    from elite8.cli import leaving_tables
    from elite8.core.operations import churn_report
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = churn_report.report(studio, platform)
    zone = studio.settings.time_zone
    output.answer(
        "subscribers churn", found, as_json=json, table=lambda: leaving_tables.churn(found, zone)
    )
