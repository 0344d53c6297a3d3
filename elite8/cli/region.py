"""`elite8 region`: the countries we speak to: hours, holidays, rules, money, launch."""

from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import SUBCOMMANDS, output
from elite8.cli.group import group
from elite8.cli.options import Json

if TYPE_CHECKING:
    from datetime import date

    from elite8.core.operations.region_check import Checked

app = group(SUBCOMMANDS["region"])

Codes = Annotated[
    list[str] | None, typer.Argument(metavar="[REGION]...", help="Two letters: JP; none for all.")
]


@app.command("list")
def list_regions(*, json: Json = False) -> None:
    """List the regions: language, the time there, networks, budget, weeks of the launch."""
    from elite8.cli import region_tables
    from elite8.core.operations import regions
    from elite8.core.studio import open_studio

    found = regions.listed(open_studio())
    output.answer("region list", found, as_json=json, table=lambda: region_tables.listed(found))


@app.command()
def show(
    region: Annotated[str, typer.Argument(metavar="REGION", help="Two letters: JP.")],
    *,
    json: Json = False,
) -> None:
    """Show one region: all that the config says of it, with sources and days; new followers."""
    from elite8.cli import region_tables
    from elite8.core.operations import followers, regional
    from elite8.core.studio import open_studio

    studio, code = open_studio(), region.upper()
    found = regional.named(studio, region)
    came = followers.of_regions(studio, (code,))[code]
    output.answer(
        "region show",
        {**found.model_dump(mode="json"), "new_followers": came},
        as_json=json,
        table=lambda: region_tables.shown(code, found, came),
    )


@app.command()
def compare(regions: Codes = None, *, json: Json = False) -> None:
    """Compare regions: audience, growth, competition, money, and what posts there have done."""
    from elite8.cli import region_tables
    from elite8.core.operations import comparison
    from elite8.core.studio import open_studio

    found = comparison.compare(open_studio(), regions or ())
    output.answer(
        "region compare", found, as_json=json, table=lambda: region_tables.compared(found)
    )


@app.command()
def times(
    regions: Codes = None,
    *,
    on: Annotated[str, typer.Option("--on", help="The day there, 2026-12-01; else today.")] = "",
    json: Json = False,
) -> None:
    """Show when posts go out: local windows, your time beside them, the next clock changes."""
    from elite8.cli import region_tables
    from elite8.core.operations import regions as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.hours(studio, regions or (), day_of(on))
    output.answer(
        "region times",
        found,
        as_json=json,
        table=lambda: region_tables.hours(found, studio.settings.time_zone),
    )


def day_of(written: str) -> "date | None":
    """Return the day that is meant, `None` when none is said."""
    from datetime import date

    from elite8.core.errors import ConfigError

    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise ConfigError(f"'{written[:20]}' is no day; write 2026-12-01") from None
    if not date(2000, 1, 1) <= day <= date(2098, 1, 1):
        raise ConfigError(f"{day} is outside 2000 to 2098; write 2026-12-01")
    return day


@app.command()
def calendar(
    regions: Codes = None,
    *,
    month: Annotated[str, typer.Option("--month", help="2026-12; else this one.")] = "",
    json: Json = False,
) -> None:
    """Show a month: holidays, weeks of the launch, clock changes."""
    from elite8.cli import region_tables
    from elite8.core.operations import regions as operation
    from elite8.core.studio import open_studio

    found = operation.month(open_studio(), regions or (), month)
    output.answer("region calendar", found, as_json=json, table=lambda: region_tables.month(found))


@app.command()
def check(
    regions: Codes = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also what passes.")] = False,
    json: Json = False,
) -> None:
    """Say what holds: rules, ages of facts, what lacks. Exit 1 when an active region is blocked."""
    from elite8.cli import region_tables
    from elite8.core.operations import region_check
    from elite8.core.studio import open_studio

    found = region_check.check(open_studio(), regions or ())
    blocks = [one for one in found if one.verdict == "block" and is_active(found, one)]
    output.answer(
        "region check",
        found,
        as_json=json,
        table=lambda: region_tables.checked(found, everything=everything),
        problems=[
            output.Problem(code="refused", message=f"{one.region} {one.what}: {one.said}")
            for one in blocks
        ],
    )
    if blocks:
        raise typer.Exit(1)


def is_active(found: "tuple[Checked, ...]", one: "Checked") -> bool:
    """Return whether a region is in use: what one of `later` lacks keeps nothing back."""
    return not any(each.region == one.region and each.what == "status" for each in found)


@app.command()
def budget(*, json: Json = False) -> None:
    """Show this month's money: allocation, what was spent by the ledger, pace, where it ends."""
    from elite8.cli import region_tables
    from elite8.core.operations import region_budget
    from elite8.core.studio import open_studio

    found = region_budget.budgets(open_studio())
    output.answer("region budget", found, as_json=json, table=lambda: region_tables.budgets(found))


@app.command()
def launch(*, json: Json = False) -> None:
    """Show the launch by weeks, targets beside actuals, and which region is ready for more."""
    from elite8.cli import region_tables
    from elite8.core.operations import launch as operation
    from elite8.core.studio import open_studio

    found = operation.launch(open_studio())
    output.answer("region launch", found, as_json=json, table=lambda: region_tables.launched(found))
