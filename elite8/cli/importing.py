"""`elite8 subscribers import`: exports of platforms, checked, taken in, taken back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.group import group
from elite8.cli.options import Json

if TYPE_CHECKING:
    from elite8.core.operations.taking_in import Order, TakenIn

app = group("Exports of platforms: check a file, take it in, take it back, list.")

TOLD = 10
File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV or JSONL, as it was exported.")]
Which = Annotated[
    str, typer.Option("--profile", "-p", help="How the file reads; import profiles lists them.")
]
Character = Annotated[
    str, typer.Option("--character", "-c", help="Whose subscribers, where a row does not say.")
]
Zone = Annotated[str, typer.Option(help="Of times without one, as Asia/Tokyo.")]
Exported = Annotated[
    str, typer.Option(help="When it was exported, where it does not say: 2026-11-26T09:00+09:00.")
]

LONGEST_NUMBER = 9
"""Digits of a file's number."""


@app.command()
def check(
    file: File,
    *,
    profile: Which,
    character: Character = "",
    zone: Zone = "",
    exported_at: Exported = "",
    json: Json = False,
) -> None:
    """Say what would become of a file: rows by kind, columns nobody asked for, wrong rows."""
    taken("check", order_of(file, profile, character, zone, exported_at), dry=True, as_json=json)


@app.command()
def apply(
    file: File,
    *,
    profile: Which,
    character: Character = "",
    zone: Zone = "",
    exported_at: Exported = "",
    json: Json = False,
) -> None:
    """Take a file in; again, or a longer one, adds only what is new."""
    taken("apply", order_of(file, profile, character, zone, exported_at), dry=False, as_json=json)


def order_of(file: Path, profile: str, character: str, zone: str, exported: str) -> "Order":
    """Return what was asked for."""
    from elite8.core.operations.taking_in import Order

    return Order(file=file, profile=profile, character=character, zone=zone, exported_at=exported)


def taken(act: str, order: "Order", *, dry: bool, as_json: bool) -> None:
    """Take a file in or say what would become of it; wrong rows make the exit code 1."""
    from elite8.core.operations import taking_in
    from elite8.core.studio import open_studio

    found = taking_in.take(open_studio(), order, dry_run=dry)
    problems = [
        output.Problem(code="refused", message=f"line {one.line}: {one.why}")
        for one in (found.lines if as_json else found.lines[:TOLD])
    ]
    output.answer(
        f"subscribers import {act}",
        found,
        as_json=as_json,
        table=lambda: drawn(found),
        problems=problems,
        status="partial" if problems and found.entered + found.known else None,
    )
    if problems:
        raise typer.Exit(1)


def drawn(found: "TakenIn") -> tuple[object, ...]:
    """Return what became of a file."""
    would = "would be " if found.dry_run else ""
    parts: list[object] = []
    if not found.verified:
        parts.append(f"profile {found.profile}: not verified against a real export. {found.note}")
    said = (
        f"{found.rows} rows of {found.file} ({found.encoding}): {found.entered} {would}entered, "
        f"{found.known} known before, {found.rejected} rejected"
    )
    if found.left_out:
        said += f"; {found.left_out} left out (totals, or what the profile skips)"
    if found.erased:
        said += f"; {found.erased} of people who were erased, and stay so"
    if found.purged:
        said += f"; {found.purged} older than what is kept, of people a purge may have taken out"
    parts.append(said)
    if found.batch is not None:
        undo = f"elite8 subscribers import undo {found.batch}"
        parts.append(f"batch {found.batch}; take it back with: {undo}")
    if found.unmapped:
        parts.append(f"columns nobody asked for: {', '.join(found.unmapped)}")
    if found.kinds:
        rows = [(kind, str(count)) for kind, count in found.kinds]
        parts.append(output.table(("kind", "rows"), rows))
    if found.reasons:
        wrong = [(why, str(count)) for why, count in found.reasons]
        parts.append(output.table(("rejected for", "rows"), wrong))
    if found.quarantine:
        parts.append(f"the rejected rows, with why: {found.quarantine}")
    return tuple(parts)


@app.command()
def undo(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="Its number.")],
    *,
    json: Json = False,
) -> None:
    """Take exactly one file back; what others said holds again. Twice is as once."""
    from elite8.core.errors import ConfigError
    from elite8.core.operations import undoing
    from elite8.core.studio import open_studio

    if not (batch.isascii() and batch.isdecimal() and len(batch) <= LONGEST_NUMBER):
        raise ConfigError(
            f"'{batch[:20]}' is no number of a file: elite8 subscribers import list shows them"
        )
    found = undoing.undo(open_studio(), int(batch))
    told = "was undone before; nothing of it was left" if found.again else "is undone"
    output.answer(
        "subscribers import undo",
        found,
        as_json=json,
        table=lambda: (
            f"batch {found.batch} {told}: {found.events} events, {found.states} states, "
            f"{found.subscriptions} subscriptions, {found.subscribers} subscribers and "
            f"{found.names} names taken back"
        ),
    )


@app.command("list")
def list_batches(
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """List the files that were taken in, the newest first."""
    from elite8.core.operations import undoing
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = undoing.listed(studio, limit)
    rows = [
        (
            str(one.number),
            output.local_time(one.started_at, studio.settings.time_zone),
            one.file,
            one.profile,
            f"{one.entered} of {one.rows}",
            str(one.rejected),
            "undone" if one.undone_at else "" if one.ended_at else "not ended: apply it again",
        )
        for one in found
    ]
    columns = ("batch", "taken in", "file", "profile", "entered", "rejected", "")
    output.answer(
        "subscribers import list",
        found,
        as_json=json,
        table=lambda: output.table(columns, rows) if rows else "",
    )
    if not found and not json:
        output.say("no file was taken in")


@app.command()
def profiles(*, json: Json = False) -> None:
    """List how exports are read, and whether a real one was seen."""
    from elite8.core.operations import profiles as operation
    from elite8.core.studio import open_studio

    found = operation.listed(open_studio())
    rows = [
        (
            one.name,
            one.kind,
            "yes" if one.verified else "not verified against a real export",
            f"{one.as_of:%Y-%m-%d}",
        )
        for one in found
    ]
    columns = ("profile", "of", "verified", "as of")
    output.answer(
        "subscribers import profiles",
        found,
        as_json=json,
        table=lambda: output.table(columns, rows),
    )
