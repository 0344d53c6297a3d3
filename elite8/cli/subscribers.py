"""`elite8 subscribers`: people who may be written to."""

import typer

from elite8.cli import consenting, mailing

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="People who may be written to.",
)
app.add_typer(consenting.app, name="consent")
app.add_typer(mailing.app, name="mail")
