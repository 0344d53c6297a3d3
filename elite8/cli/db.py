"""`elite8 db`: look after the database."""

from pathlib import Path
from typing import Annotated

import typer

from elite8.cli import SUBCOMMANDS, output
from elite8.cli.group import group
from elite8.cli.options import DryRun, Json

A_DATABASE = "An SQLite file, postgresql://USER@HOST/DATABASE, or - for yours."

app = group(SUBCOMMANDS["db"])


@app.command()
def migrate(*, json: Json = False) -> None:
    """Bring the database up to this version; a second time changes nothing."""
    from elite8.core.operations import database
    from elite8.core.studio import open_studio

    done = database.migrate(open_studio())
    output.answer("db migrate", done, as_json=json, table=lambda: done.sentence)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")],
    *,
    json: Json = False,
) -> None:
    """Write a consistent copy, also while the database is in use."""
    from elite8.core.operations import database
    from elite8.core.studio import open_studio

    done = database.backup(open_studio(), file)
    output.answer("db backup", done, as_json=json, table=lambda: done.sentence)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup made by 'db backup'.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a database that is there; it is kept beside.")
    ] = False,
    json: Json = False,
) -> None:
    """Put a backup in the database's place."""
    from elite8.core.operations import database
    from elite8.core.studio import open_studio

    done = database.restore(open_studio(), file, force=force)
    output.answer("db restore", done, as_json=json, table=lambda: done.sentence)


@app.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help=A_DATABASE)],
    target: Annotated[str, typer.Argument(metavar="TO", help="The same; it has to be empty.")],
    *,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Copy every row into an empty database, SQLite or PostgreSQL, and compare each."""
    from elite8.core.operations import copying
    from elite8.core.studio import open_studio

    with output.progress("copying") as tell:
        done = copying.copy(open_studio(), source, target, tell=tell, dry_run=dry_run)
    lines = [(one.table, str(one.rows), one.digest) for one in done.tables if one.rows]
    drawn = output.table(["table", "rows", "sum of hashes"], lines)
    output.answer(
        "db copy",
        done,
        as_json=json,
        table=lambda: (drawn, done.sentence) if lines else done.sentence,
        problems=[
            output.Problem(code="refused", message=f"{done.target} cannot hold {one}")
            for one in done.unfit
        ],
    )
    if done.unfit:
        raise typer.Exit(1)


@app.command()
def check(*, json: Json = False) -> None:
    """Look for damage; exit 1 when there is any."""
    from elite8.core.operations import database
    from elite8.core.studio import open_studio

    studio = open_studio()
    findings = database.check(studio)
    made_up = "" if studio.seed is None else "; the films of a synthetic studio have no files"
    output.answer(
        "db check",
        {"findings": findings},
        as_json=json,
        table=lambda: "" if findings else f"the database is sound{made_up}",
        problems=[output.Problem(code="refused", message=line) for line in findings],
    )
    if findings:
        raise typer.Exit(1)
