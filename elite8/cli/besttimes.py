"""`elite8 schedule best-times`: when posts do well, with how sure that is."""

from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.domain.best_times import Cell
    from elite8.core.operations.best_times import BestTimes

WIDTH = 28
"""Characters of the plot."""


def best_times(
    *,
    region: Annotated[str, typer.Option("--region", help="Only this one, e.g. DE.")] = "",
    network: Annotated[str, typer.Option("--network", help="Only this network.")] = "",
    json: Json = False,
) -> None:
    """Say when posts did well, with intervals; under 20 posts nothing is claimed."""
    from elite8.core.operations import best_times as operation
    from elite8.core.studio import open_studio

    found = operation.best_times(open_studio(), region=region.upper(), network=network)
    output.answer(
        "schedule best-times",
        found,
        as_json=json,
        table=lambda: drawn(found),
    )


def drawn(found: "BestTimes") -> tuple[object, ...]:
    """Return a table with a plot for each region's network."""
    if not found.cells:
        return ("no post has a reading a day after it went out; 'elite8 daemon' takes them",)
    parts: list[object] = []
    for (region, network), group in groupby(found.cells, key=lambda c: (c.region, c.network)):
        cells = list(group)
        zone = found.zones[region]
        parts.append(f"{network}, {region or 'no region'} ({zone}): engagements per viewer reached")
        parts.append(output.table(("days", "hours", "n", "rate", "80 %", ""), rows(cells)))
    parts.append(
        f"━ 80 %, ─ 95 %, ● the rate. *: under {found.fewest} posts nothing is claimed; it says "
        "mostly what all posts say"
    )
    return tuple(parts)


def rows(cells: "Sequence[Cell]") -> list[tuple[str, ...]]:
    """Return cells as rows, the best first, all plots on one scale."""
    low, high = min(cell.lowest for cell in cells), max(cell.highest for cell in cells)
    return [
        (
            "Sat-Sun" if cell.weekend else "Mon-Fri",
            f"{cell.first:02}-{cell.last:02}",
            f"{cell.n}" if cell.claims else f"{cell.n}*",
            f"{cell.rate:.2%}",
            f"{cell.low:.2%}-{cell.high:.2%}",
            plot(cell, low, high),
        )
        for cell in cells
    ]


def plot(cell: "Cell", low: float, high: float) -> str:
    """Return the intervals and the rate as a line between `low` and `high`."""

    def place(value: float) -> int:
        return round((value - low) / ((high - low) or 1) * (WIDTH - 1))

    line = [" "] * WIDTH
    for at in range(place(cell.lowest), place(cell.highest) + 1):
        line[at] = "─"
    for at in range(place(cell.low), place(cell.high) + 1):
        line[at] = "━"
    line[place(cell.rate)] = "●"
    return "".join(line)


def add_to(app: typer.Typer) -> None:
    """Put the command under `schedule`."""
    app.command("best-times")(best_times)
