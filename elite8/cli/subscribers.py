"""`elite8 subscribers`: people who may be written to."""

from elite8.cli import SUBCOMMANDS, consenting, earning, importing, mailing
from elite8.cli.group import group

app = group(SUBCOMMANDS["subscribers"])
app.add_typer(consenting.app, name="consent")
app.add_typer(mailing.app, name="mail")
app.command("money")(earning.money)
app.command("cohorts")(earning.cohorts)
app.command("survival")(earning.survival)
app.command("ltv")(earning.ltv)
app.add_typer(importing.app, name="import")
