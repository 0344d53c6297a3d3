"""`elite8 subscribers money`, `cohorts`, `survival`, `ltv`: what subscribers pay, and how long."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import earning_tables, output, staying_tables
from elite8.cli.options import Json
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.funnel import Period
    from elite8.core.studio import Studio

Month = Annotated[str, typer.Option(metavar="MONTH", help="As 2026-10; this one otherwise.")]
Since = Annotated[str, typer.Option(metavar="DAY", help="From this day on, instead of a month.")]
Until = Annotated[str, typer.Option(metavar="DAY", help="The last day; today otherwise.")]
Html = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write a page with everything there, too.")
]
By = Annotated[
    str,
    typer.Option(
        help="platform, character, tier, country; or what brought them: post, video, stage, "
        "region, network, performer."
    ),
]
Into = Annotated[
    str, typer.Option(metavar="CURRENCY", help="All in one currency, by exchange_rates.json.")
]


def period(studio: "Studio", month: str, since: str, until: str) -> "Period":
    """Return the time that is asked for: a month, or from a day to a day."""
    from elite8.cli.funnel import day
    from elite8.core.operations import funnel, recurring_money

    if not (since or until):
        return recurring_money.month(studio, month)
    if month or not since:
        raise ConfigError("give --month, or --since with --until, not both")
    return funnel.period(studio, since=day(since), until=day(until))


def money(
    *,
    month: Month = "",
    since: Since = "",
    until: Until = "",
    by: By = "",
    into: Into = "",
    html: Html = None,
    json: Json = False,
) -> None:
    """Show MRR at both ends of a time, what moved it, churn by its names, and other money."""
    from elite8.core.operations import recurring_money
    from elite8.core.studio import open_studio

    studio = open_studio()
    meant = period(studio, month, since, until)
    found = recurring_money.show(studio, meant, by, into)
    notes(found.notes, json=json)
    if html:
        from elite8.cli import earning_page
        from elite8.core.operations import money_report

        earning_page.write(html, money_report.report(studio, meant, into))
        output.say(f"page: {html}")
    output.answer(
        "subscribers money", found, as_json=json, table=lambda: earning_tables.money(found)
    )


Platform = Annotated[str, typer.Option(help="Only this one, as fanvue.")]
Character = Annotated[str, typer.Option("--character", "-c", help="Only subscriptions to her.")]
Tier = Annotated[str, typer.Option(help="basic, premium, vip, free or other; where they are now.")]


def notes(found: "Sequence[str]", *, json: bool) -> None:
    """Say what keeps the figures from saying more."""
    for note in () if json else found:
        output.say(f"note: {note}")


def cohorts(
    *, platform: Platform = "", character: Character = "", tier: Tier = "", json: Json = False
) -> None:
    """Show by the month first paid which share still pays at the end of each month after."""
    from elite8.core.operations import staying
    from elite8.core.studio import open_studio

    only = staying.Only(platform=platform, character=character, tier=tier)
    found = staying.retention(open_studio(), only)
    notes(found.notes, json=json)
    output.answer(
        "subscribers cohorts", found, as_json=json, table=lambda: staying_tables.cohorts(found)
    )


def survival(
    *, platform: Platform = "", character: Character = "", tier: Tier = "", json: Json = False
) -> None:
    """Plot how long subscriptions last, with its interval, and what is foretold beside it."""
    from elite8.core.operations import staying
    from elite8.core.studio import open_studio

    only = staying.Only(platform=platform, character=character, tier=tier)
    found = staying.curve(open_studio(), only)
    notes(found.notes, json=json)
    output.answer(
        "subscribers survival", found, as_json=json, table=lambda: staying_tables.survival(found)
    )


def ltv(
    *,
    horizon: Annotated[
        int | None, typer.Option(help="Months ahead; else as platform_terms.json.")
    ] = None,
    discount: Annotated[
        float | None, typer.Option(help="Percent a year of waiting; else as platform_terms.json.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what a subscriber is worth by platform and tier, and what buyers still bring."""
    from elite8.core.operations import lifetime
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = lifetime.lifetime(studio, lifetime.terms(studio, horizon, discount))
    notes(found.notes, json=json)
    output.answer(
        "subscribers ltv", found, as_json=json, table=lambda: staying_tables.lifetime(found)
    )
