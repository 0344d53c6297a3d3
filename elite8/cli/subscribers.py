"""`elite8 subscribers`: people who may be written to."""

from elite8.cli import (
    SUBCOMMANDS,
    consenting,
    earning,
    importing,
    leaving,
    mailing,
    privacy,
    winback,
)
from elite8.cli.group import group

app = group(SUBCOMMANDS["subscribers"])
app.add_typer(consenting.app, name="consent")
app.command("money")(earning.money)
app.add_typer(importing.app, name="import")
app.command("at-risk")(leaving.at_risk)
app.command("churn")(leaving.churn)
app.add_typer(mailing.app, name="mail")
app.add_typer(winback.app, name="winback")
app.add_typer(privacy.app, name="privacy")
