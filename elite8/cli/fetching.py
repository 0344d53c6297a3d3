"""`elite8 subscribers fetch`: what official APIs tell of subscribers."""

from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.options import Json
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from elite8.core.operations.direct import Fetched

PLATFORMS = ("fanvue", "line")


def fetch(
    platform: Annotated[str, typer.Argument(metavar="PLATFORM", help="fanvue or line.")],
    *,
    account: Annotated[
        str, typer.Option("--account", help="Which one of Fanvue, when several are signed in.")
    ] = "",
    since: Annotated[
        str, typer.Option("--since", help="Fanvue: payments from this day, 2026-11-01, on.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask, and keep nothing.")] = False,
    json: Json = False,
) -> None:
    """Take in subscribers and payments by a platform's official API; again adds what is new."""
    from elite8.core.studio import open_studio

    if platform not in PLATFORMS:
        raise ConfigError(
            f"'{platform[:20]}' has no official API for that; choose {' or '.join(PLATFORMS)}, or "
            "take its export in: elite8 subscribers import apply"
        )
    if platform == "line" and (account or since):
        raise ConfigError("LINE tells who is a friend now: it takes no --account and no --since")
    with output.progress(platform) as show:
        if platform == "line":
            from elite8.core.operations import line_people

            found = line_people.fetch(open_studio(), dry_run=dry_run, step=show)
        else:
            from elite8.core.operations import fanvue_people

            found = fanvue_people.fetch(
                open_studio(), account=account, since=since, dry_run=dry_run, step=show
            )
    output.answer("subscribers fetch", found, as_json=json, table=lambda: drawn(found))


def drawn(found: "Fetched") -> tuple[object, ...]:
    """Return what an API told."""
    would = "would be " if found.dry_run else ""
    said = (
        f"{found.platform} {found.account}: {found.entered} {would}entered, {found.known} known"
        " before"
    )
    if found.erased:
        said += f"; {found.erased} of people who were erased, and stay so"
    if found.purged:
        said += f"; {found.purged} older than what is kept, of people a purge may have taken out"
    parts: list[object] = [said]
    if found.batch is not None:
        undo = f"elite8 subscribers import undo {found.batch}"
        parts.append(f"batch {found.batch}; take it back with: {undo}")
    if found.kinds:
        rows = [(kind, str(count)) for kind, count in found.kinds]
        parts.append(output.table(("kind", "told"), rows))
    if found.left_out:
        rows = [(why, str(count)) for why, count in found.left_out]
        parts.append(output.table(("left out", ""), rows))
    return (*parts, *found.notes)
