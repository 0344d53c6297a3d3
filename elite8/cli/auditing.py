"""`elite8 monitor audit`: what was decided, and whether the log of it is whole."""

from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.group import group
from elite8.cli.options import Json

if TYPE_CHECKING:
    from elite8.core.operations.audit import Verified

app = group("What was decided, by whom and by which rules: list, verify.")


@app.command("list")
def list_decisions(
    *,
    act: Annotated[str, typer.Option(help="Only this, as gate, desk, stop, send, consent.")] = "",
    about: Annotated[str, typer.Option(help="Only about this id, or ids that begin so.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10000, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """List decisions, the newest first."""
    from elite8.core.operations import audit
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = audit.listed(studio, act=act, subject=about, limit=limit)
    rows = [
        (
            str(one.number),
            output.local_time(one.at, studio.settings.time_zone),
            one.who,
            one.act,
            output.short(one.subject),
            one.decision,
            one.detail,
        )
        for one in found
    ]
    columns = ("", "when", "by", "what", "about", "decision", "")
    output.answer(
        "monitor audit list",
        found,
        as_json=json,
        table=lambda: output.table(columns, rows) if rows else "",
    )
    if not found and not json:
        output.say("no such decision is kept")


@app.command()
def verify(
    *,
    head: Annotated[
        str, typer.Option(metavar="NUMBER:HASH", help="An end of the log that you kept elsewhere.")
    ] = "",
    json: Json = False,
) -> None:
    """Look whether any row was changed, put in or taken out; exit 1 when one was."""
    from elite8.core.operations import audit
    from elite8.core.studio import open_studio

    found = audit.verify(open_studio(), head)
    problem = output.Problem(code="tampered", message=f"the audit log is broken: {found.says}")
    output.answer(
        "monitor audit verify",
        found,
        as_json=json,
        table=lambda: said(found),
        problems=() if found.good else (problem,),
    )
    if not found.good:
        raise typer.Exit(1)


def said(found: "Verified") -> str:
    """Return what was found, and the end of the log to keep elsewhere."""
    if not found.good:
        return f"{found.rows} rows are right, up to {found.head or 'none'}"
    kept = f"\nits end, to keep elsewhere: {found.head}" if found.head else ""
    return f"the log is whole: {found.says}{kept}"
