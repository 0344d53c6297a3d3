"""`elite8 subscribers`: people who may be written to."""

from elite8.cli import SUBCOMMANDS, consenting, importing, mailing
from elite8.cli.group import group

app = group(SUBCOMMANDS["subscribers"])
app.add_typer(consenting.app, name="consent")
app.add_typer(mailing.app, name="mail")
app.add_typer(importing.app, name="import")
