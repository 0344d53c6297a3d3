"""`elite8 schedule rehearse`: play the coming days and read what would happen."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.options import Json

if TYPE_CHECKING:
    from datetime import datetime

    from elite8.core.operations.rehearse import Rehearsal
    from elite8.core.studio import Studio

MOST_LOST = 12
"""Lost posts that are shown to people; all are in --json and --html."""


Html = Annotated[Path | None, typer.Option("--html", help="Also write a page with a timeline.")]
Regions = Annotated[str, typer.Option(help="As if planned for these: US,JP,BR,DE,GB.")]
Later = Annotated[bool, typer.Option("--allow-later", help="Also regions that are for later.")]


def rehearse(
    *,
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days.")] = 30,
    first: Annotated[str, typer.Option("--from", help="First day, 2026-03-01; else today.")] = "",
    faults: Annotated[str, typer.Option(help="none, typical, storm, or a JSON file.")] = "typical",
    seed: Annotated[int, typer.Option(help="The same number plays the same days again.")] = 1,
    engine: Annotated[str, typer.Option(help="local, or a2e with its credits.")] = "local",
    regions: Regions = "",
    allow_later: Later = False,
    html: Html = None,
    json: Json = False,
) -> None:
    """Play the coming days on simulated networks, faults and all; nothing is sent or spent."""
    from elite8.core.operations import rehearse as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    start = first_instant(studio, first)
    with output.progress("rehearsal") as show:
        found = operation.rehearse(
            studio,
            first=start,
            days=days,
            faults=operation.weather(faults, start, days, seed),
            seed=seed,
            engine=operation.engine_of(engine),
            regions=codes(studio, regions, allow_later=allow_later),
            progress=show,
        )
    write_page(html, found, studio.settings.time_zone)
    bad = broken_promises(found)
    output.answer(
        "schedule rehearse",
        found,
        as_json=json,
        table=lambda: drawn(found, studio.settings.time_zone),
        problems=[output.Problem(code="failed", message=each) for each in bad],
    )
    if bad:
        raise typer.Exit(1)


def codes(studio: "Studio", written: str, *, allow_later: bool) -> tuple[str, ...]:
    """Return the regions meant, none when nothing is said."""
    from elite8.core.operations import regional

    return regional.said(studio, written, allow_later=allow_later)


def write_page(html: Path | None, found: "Rehearsal", zone: str) -> None:
    """Write the page that was asked for and say where it is."""
    from elite8.cli import rehearsal_page

    if html is None:
        return
    rehearsal_page.write(html, found, zone)
    output.say(f"the timeline is in {html}")


def broken_promises(found: "Rehearsal") -> list[str]:
    """Return a sentence for all that must never happen and did."""
    twice = [f"{found.duplicates} posts are out twice"] if found.duplicates else []
    forbidden = found.violations[:3]
    return [*twice, *found.broken[:3]] + [
        f"a network was asked for what it forbids: {each}" for each in forbidden
    ]


def first_instant(studio: "Studio", written: str) -> "datetime":
    """Return midnight of the first day in the operator's zone; without one, now."""
    from datetime import UTC, datetime, time

    from elite8.cli.schedule import first_day

    if not written:
        return studio.clock()
    start = datetime.combine(first_day(studio, written), time(), studio.settings.zone)
    return start.astimezone(UTC)


def drawn(found: "Rehearsal", zone: str) -> tuple[object, ...]:
    """Return the days, what was lost, what rang, and what to change."""
    from elite8.cli import rehearsal_page

    lost = [one for one in found.posts if one.status != "published"]
    rows = [
        (
            output.local_time(one.meant, zone),
            one.character,
            one.network,
            one.status,
            one.why[:100],
        )
        for one in lost[:MOST_LOST]
    ]
    out = sum(one.status == "published" for one in found.posts)
    late = sum(day.late for day in found.days)
    said = [
        (
            f"{out} of {len(found.posts)} posts are out, {late} of them late; {len(lost)} are "
            f"not; {found.duplicates} are out twice; {len(found.alerts)} alerts ring"
        ),
        *(f"limit: {name} ({count} times)" for name, count in found.limits[:5]),
        *(f"to change: {line}" for line in found.advice),
    ]
    parts: list[object] = [
        output.table(("day", "out", "late", "not out", "credits"), rehearsal_page.days(found))
    ]
    if rows:
        parts += [" ", output.table(("meant for", "who", "where", "state", "why"), rows)]
    if len(lost) > MOST_LOST:
        parts.append(f"… and {len(lost) - MOST_LOST} more; --json and --html have them all")
    return (*parts, "\n".join(said))


def add_to(app: typer.Typer) -> None:
    """Put the command under `schedule`."""
    app.command()(rehearse)
