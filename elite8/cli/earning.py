"""`elite8 subscribers money`, `cohorts`, `survival`, `ltv`: what subscribers pay, and how long."""

from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import earning_tables, output
from elite8.cli.options import Json
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from elite8.core.operations.funnel import Period
    from elite8.core.studio import Studio

Month = Annotated[str, typer.Option(metavar="MONTH", help="As 2026-10; this one otherwise.")]
Since = Annotated[str, typer.Option(metavar="DAY", help="From this day on, instead of a month.")]
Until = Annotated[str, typer.Option(metavar="DAY", help="The last day; today otherwise.")]
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
    json: Json = False,
) -> None:
    """Show MRR at both ends of a time, what moved it, churn by its names, and other money."""
    from elite8.core.operations import recurring_money
    from elite8.core.studio import open_studio

    studio = open_studio()
    meant = period(studio, month, since, until)
    found = recurring_money.show(studio, meant, by, into)
    if not json:
        for note in found.notes:
            output.say(f"note: {note}")
    output.answer(
        "subscribers money", found, as_json=json, table=lambda: earning_tables.money(found)
    )
