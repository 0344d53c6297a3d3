"""`elite8 publish`: send a finished video to its destination."""

from typing import Annotated

import typer

from elite8.cli import output
from elite8.cli.options import DryRun, Json

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(help="Send a finished video to its destination; a second time changes nothing.")
def publish(
    video: Annotated[
        str,
        typer.Argument(metavar="VIDEO", help="Its id, the first characters of it, or 'latest'."),
    ],
    *,
    to: Annotated[str, typer.Option("--to", help="Where: outbox.")],
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Publish one video."""
    from elite8.core.operations import publish as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    if dry_run:
        preview = operation.preview(studio, video, to)
        output.answer("publish", preview, as_json=json, table=lambda: preview.wording.caption)
        return
    outcome = operation.publish(studio, video, to)
    said = "is out already" if outcome.before else "is out"
    output.answer(
        "publish",
        outcome,
        as_json=json,
        table=lambda: f"{output.short(outcome.video)} {said}: {outcome.url}",
    )
